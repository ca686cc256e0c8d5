package message

import (
	"bytes"
	"encoding/base64"
)

// Content returns the bytes of a leaf with its transfer encoding removed
// (RFC 2045 §6). It forgives what programs do: letters that do not belong
// there, missing padding, a footer that was glued on, an encoding that was
// named but not used. For identity it is Body itself and must not be changed.
func (p *Part) Content() []byte {
	data, _ := p.decode()
	return data
}

// decode returns the content, and the plain text that was glued behind it.
func (p *Part) decode() (data, tail []byte) {
	switch p.Encoding {
	case "base64":
		return decodeBase64(p.Body)
	case "quoted-printable":
		return decodeQuoted(p.Body), nil
	case "x-uuencode":
		return decodeUU(p.Body), nil
	}
	return p.Body, nil
}

// decodeBase64 decodes b and returns what was glued on behind the data. Where
// nothing looks like base64, data is b itself.
func decodeBase64(b []byte) (data, tail []byte) {
	out := make([]byte, base64.StdEncoding.DecodedLen(len(b)))
	if n, err := base64.StdEncoding.Decode(out, b); err == nil {
		return out[:n], nil
	}
	var d base64Decoder
	d.out = out[:0]
	for pos := 0; pos < len(b); {
		line, next := cutLine(b, pos)
		line = bytes.Trim(line, " \t")
		if isGlued(line) {
			if len(d.out) == 0 && d.bits == 0 {
				return b, nil
			}
			tail = b[pos:]
			break
		}
		d.line(line)
		pos = next
	}
	return d.out, tail
}

// isGlued reports a line that is text and not data: a rule of dashes or
// underlines, or words with letters that base64 does not have.
func isGlued(line []byte) bool {
	if bytes.HasPrefix(line, []byte("--")) || bytes.HasPrefix(line, []byte("__")) {
		return true
	}
	foreign := 0
	for _, c := range line {
		if v := base64Value[c]; v == notBase64 && c != ' ' && c != '\t' {
			foreign++
		}
	}
	return foreign > 0 && bytes.IndexByte(line, ' ') > 0 || foreign*4 > len(line)
}

// base64Decoder decodes letter by letter; a closed group may be followed by
// another, since some programs encode in pieces.
type base64Decoder struct {
	out   []byte
	group uint32
	bits  uint
}

func (d *base64Decoder) line(line []byte) {
	for _, c := range line {
		switch v := base64Value[c]; {
		case v < 64:
			d.group = d.group<<6 | uint32(v)
			d.bits += 6
			if d.bits >= 8 {
				d.bits -= 8
				d.out = append(d.out, byte(d.group>>d.bits))
			}
		case c == '=':
			d.group, d.bits = 0, 0
		}
	}
}

const notBase64 = 0xff

// base64Value maps a byte to its value in the base64 alphabet, the padding to 64.
var base64Value = func() (t [256]byte) {
	for i := range t {
		t[i] = notBase64
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") {
		t[c] = byte(i)
	}
	return t
}()

// decodeQuoted decodes quoted-printable (RFC 2045 §6.7). An equals sign
// that encodes nothing stays; spaces at the end of a line were added on the way.
func decodeQuoted(b []byte) []byte {
	if bytes.IndexByte(b, '=') < 0 && !bytes.Contains(b, []byte(" \n")) && !bytes.Contains(b, []byte(" \r")) {
		return b
	}
	out := make([]byte, 0, len(b))
	for pos := 0; pos < len(b); {
		line, next := cutLine(b, pos)
		end := b[pos+len(line) : next]
		line = bytes.TrimRight(line, " \t")
		soft := len(line) > 0 && line[len(line)-1] == '='
		if soft {
			line = line[:len(line)-1]
		}
		out = appendQuoted(out, line)
		if !soft {
			out = append(out, end...)
		}
		pos = next
	}
	return out
}

func appendQuoted(out, line []byte) []byte {
	for {
		i := bytes.IndexByte(line, '=')
		if i < 0 {
			return append(out, line...)
		}
		out = append(out, line[:i]...)
		if i+2 < len(line) && isHex(line[i+1]) && isHex(line[i+2]) {
			out = append(out, unhex(line[i+1])<<4|unhex(line[i+2]))
			line = line[i+3:]
			continue
		}
		out = append(out, '=')
		line = line[i+1:]
	}
}
