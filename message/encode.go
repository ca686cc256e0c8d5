package message

import (
	"bytes"
	"encoding/base64"
)

// canonical returns b with CRLF as its only line end, and whether it may then
// travel as it is: no line over 998 octets, no NUL and no bare CR. Where b is
// canonical already it is returned itself.
func canonical(b []byte) (out []byte, ok bool) {
	bare, ok := inspect(b)
	if !ok || bare == 0 {
		return b, ok
	}
	out = make([]byte, 0, len(b)+bare)
	for pos := 0; pos < len(b); {
		i := bytes.IndexByte(b[pos:], '\n')
		if i < 0 {
			return append(out, b[pos:]...), true
		}
		line := bytes.TrimSuffix(b[pos:pos+i], []byte("\r"))
		out = append(append(out, line...), '\r', '\n')
		pos += i + 1
	}
	return out, true
}

// inspect counts the bare LFs of b, and reports whether all its lines may
// travel once these are CRLF.
func inspect(b []byte) (bare int, ok bool) {
	if bytes.IndexByte(b, 0) >= 0 {
		return 0, false
	}
	for len(b) > 0 {
		line, rest, ended := bytes.Cut(b, []byte("\n"))
		b = rest
		if ended {
			var crlf bool
			if line, crlf = bytes.CutSuffix(line, []byte("\r")); !crlf {
				bare++
			}
		}
		if len(line) > hardLine || bytes.IndexByte(line, '\r') >= 0 {
			return 0, false
		}
	}
	return bare, true
}

// isEightBit reports octets beyond ASCII.
func isEightBit(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return true
		}
	}
	return false
}

// encodeText encodes the content of a text part with the simplest transfer
// encoding that carries it: 7bit, else quoted-printable, or base64 where most
// of it would have to be escaped. Line ends become CRLF.
func encodeText(content []byte) (encoding string, body []byte) {
	eightBit, escaped := false, 0
	for _, c := range content {
		if c >= 0x7f || c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			escaped++
			eightBit = eightBit || c >= 0x80
		}
	}
	if !eightBit {
		if out, ok := canonical(content); ok {
			return "7bit", out
		}
	}
	// Escapes cost two octets each, base64 one for every three.
	if escaped > len(content)/6 {
		return "base64", encodeBase64(crlf(content))
	}
	return "quoted-printable", encodeQuoted(content)
}

// crlf ends every line with CRLF and leaves bare CRs where they are.
func crlf(b []byte) []byte {
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n"))
}

// encodeBase64 encodes b in lines of 76 letters (RFC 2045 §6.8).
func encodeBase64(b []byte) []byte {
	const perLine = 57
	out := make([]byte, 0, (len(b)/perLine+1)*(perLine/3*4+2))
	for len(b) > 0 {
		n := min(perLine, len(b))
		out = base64.StdEncoding.AppendEncode(out, b[:n])
		out = append(out, '\r', '\n')
		b = b[n:]
	}
	return out
}

// encodeQuoted encodes text as quoted-printable (RFC 2045 §6.7). Controls and
// bare CRs are escaped, spaces at the end of a line, and a leading "From ",
// which some hosts on the way would change.
func encodeQuoted(b []byte) []byte {
	out := make([]byte, 0, len(b)+len(b)/8)
	for len(b) > 0 {
		line, rest, ended := bytes.Cut(b, []byte("\n"))
		if ended {
			line = bytes.TrimSuffix(line, []byte("\r"))
		}
		out = appendQuotedLine(out, line)
		if ended {
			out = append(out, '\r', '\n')
		}
		b = rest
	}
	return out
}

// appendQuotedLine encodes one line, broken so that none is over 76 octets.
func appendQuotedLine(out, line []byte) []byte {
	const hex = "0123456789ABCDEF"
	from := bytes.HasPrefix(line, []byte("From "))
	col := 0
	for i, c := range line {
		last := i == len(line)-1
		plain := c >= ' ' && c <= '~' && c != '=' || c == '\t'
		if (c == ' ' || c == '\t') && last || i == 0 && from {
			plain = false
		}
		width := 3
		if plain {
			width = 1
		}
		if room := 76 - col; width > room || width == room && !last {
			out = append(out, '=', '\r', '\n')
			col = 0
		}
		if plain {
			out = append(out, c)
		} else {
			out = append(out, '=', hex[c>>4], hex[c&15])
		}
		col += width
	}
	return out
}
