package message

import (
	"encoding/base64"
	"strings"
	"unicode/utf16"
)

// decodeUTF7 reads UTF-7 (RFC 2152), which a few old gateways still send.
// Runs that cannot be read stay as they are.
func decodeUTF7(b []byte) string {
	var out strings.Builder
	s := string(b)
	for {
		plus := strings.IndexByte(s, '+')
		if plus < 0 {
			break
		}
		out.WriteString(fixUTF8(s[:plus]))
		s = s[plus+1:]
		n := base64Run(s)
		out.WriteString(decodeUTF16Run(s[:n]))
		s = strings.TrimPrefix(s[n:], "-")
	}
	out.WriteString(fixUTF8(s))
	return out.String()
}

// base64Run returns how many letters of the base64 alphabet s begins with.
func base64Run(s string) int {
	n := 0
	for n < len(s) && base64Value[s[n]] < 64 {
		n++
	}
	return n
}

func decodeUTF16Run(s string) string {
	if s == "" {
		return "+" // "+-" is a plus sign
	}
	raw, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		return "+" + s
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
	}
	return string(utf16.Decode(units))
}
