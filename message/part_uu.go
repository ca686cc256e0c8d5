package message

import "bytes"

// decodeUU decodes what uuencode wrote between "begin" and "end", the encoding
// of files before MIME. Where there is no beginning, b stays as it is.
func decodeUU(b []byte) []byte {
	var out []byte
	begun := false
	for pos := 0; pos < len(b); {
		line, next := cutLine(b, pos)
		pos = next
		switch {
		case !begun:
			begun = bytes.HasPrefix(line, []byte("begin "))
		case len(line) == 0 || string(line) == "end":
			return out
		default:
			out = appendUU(out, line)
		}
	}
	if !begun {
		return b
	}
	return out
}

// appendUU decodes one line, whose first letter is the number of bytes in it.
func appendUU(out, line []byte) []byte {
	want := len(out) + int(uuValue(line, 0))
	for i := 1; i < len(line) && len(out) < want; i += 4 {
		group := uuValue(line, i)<<18 | uuValue(line, i+1)<<12 | uuValue(line, i+2)<<6 | uuValue(line, i+3)
		out = append(out, byte(group>>16), byte(group>>8), byte(group))
	}
	return out[:min(want, len(out))]
}

// uuValue is the value of a letter; spaces at the end of a line may be missing.
func uuValue(line []byte, i int) uint32 {
	if i >= len(line) {
		return 0
	}
	return uint32(line[i]-' ') & 0x3f
}
