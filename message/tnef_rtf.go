package message

import (
	"encoding/binary"
	"strconv"
	"strings"
	"unicode/utf16"
)

// packedDictionary is what the window of packed RTF begins with ([MS-OXRTFCP] §2.1.2.1).
const packedDictionary = `{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif` +
	`SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0` + "\r\n" + `\par \pard\plain\f0\fs20\b\i\u\tab\tx`

// unpackRTF unpacks RTF as Outlook packs it ([MS-OXRTFCP]). It returns what can be read; the result is at most nine
// times as long as b.
func unpackRTF(b []byte) []byte {
	const window = 4096
	if len(b) < 16 {
		return nil
	}
	packing, rest := binary.LittleEndian.Uint32(b[8:]), b[16:]
	switch packing {
	case 0x414c454d: // "MELA": not packed
		return rest
	case 0x75465a4c: // "LZFu"
	default:
		return nil
	}
	var dict [window]byte
	pos := copy(dict[:], packedDictionary)
	var out []byte
	put := func(c byte) {
		out = append(out, c)
		dict[pos] = c
		pos = (pos + 1) % window
	}
	for len(rest) > 0 {
		control := rest[0]
		rest = rest[1:]
		for bit := 0; bit < 8 && len(rest) > 0; bit++ {
			if control>>bit&1 == 0 {
				put(rest[0])
				rest = rest[1:]
				continue
			}
			if len(rest) < 2 {
				return out
			}
			ref := int(binary.BigEndian.Uint16(rest))
			rest = rest[2:]
			from, length := ref>>4, ref&15+2
			if from == pos {
				return out
			}
			for i := range length {
				put(dict[(from+i)%window])
			}
		}
	}
	return out
}

// maxRTFDepth bounds the groups of RTF inside each other.
const maxRTFDepth = 100

// rtfText returns the words of RTF, which is all that a reader needs of it: a paragraph a line. Fonts, pictures and
// fields are left out.
func rtfText(b []byte) string {
	r := rtfReader{rest: b, codepage: 1252, group: rtfGroup{skip: 1}}
	for len(r.rest) > 0 && len(r.up) <= maxRTFDepth {
		r.step()
	}
	r.flush()
	return normalLines(r.out.String())
}

type rtfGroup struct {
	hidden bool // its text is not shown
	skip   int  // characters that follow \u for old readers
	fresh  bool // nothing came yet, so the next word may name its purpose
}

type rtfReader struct {
	rest     []byte
	codepage int
	group    rtfGroup
	up       []rtfGroup
	passed   int    // characters still to be passed over after \u
	octets   []byte // characters of the code page that are not decoded yet
	units    []uint16
	out      strings.Builder
}

// step reads one sign, word or group mark.
func (r *rtfReader) step() {
	c := r.rest[0]
	r.rest = r.rest[1:]
	switch c {
	case '{':
		r.up = append(r.up, r.group)
		r.group.fresh = true
		r.passed = 0
		return
	case '}':
		if n := len(r.up); n > 0 {
			r.group, r.up = r.up[n-1], r.up[:n-1]
		}
		r.passed = 0
		return
	case '\\':
		r.control()
	case '\r', '\n':
		return
	default:
		r.octet(c)
	}
	r.group.fresh = false
}

// octet adds one character of the code page.
func (r *rtfReader) octet(c byte) {
	switch {
	case r.passed > 0:
		r.passed--
	case !r.group.hidden && c != 0:
		r.flushUnits()
		r.octets = append(r.octets, c)
	}
}

// control reads what follows a backslash.
func (r *rtfReader) control() {
	if len(r.rest) == 0 {
		return
	}
	c := r.rest[0]
	switch {
	case c == '\'':
		if len(r.rest) >= 3 && isHex(r.rest[1]) && isHex(r.rest[2]) {
			r.octet(unhex(r.rest[1])<<4 | unhex(r.rest[2]))
		}
		r.rest = r.rest[min(3, len(r.rest)):]
	case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		r.word()
	default:
		r.rest = r.rest[1:]
		switch c {
		case '*':
			r.group.hidden = true
		case '~':
			r.text(" ")
		case '_':
			r.text("-")
		case '\r', '\n':
			r.text("\n")
		case '\\', '{', '}':
			r.octet(c)
		}
	}
}

// word reads a control word with its number.
func (r *rtfReader) word() {
	n := 0
	for n < len(r.rest) && n < 32 && (r.rest[n]|0x20 >= 'a' && r.rest[n]|0x20 <= 'z') {
		n++
	}
	name := string(r.rest[:n])
	end := n
	if end < len(r.rest) && r.rest[end] == '-' {
		end++
	}
	for end < len(r.rest) && end < n+11 && isDigit(r.rest[end]) {
		end++
	}
	number, err := strconv.Atoi(string(r.rest[n:end]))
	if end < len(r.rest) && r.rest[end] == ' ' {
		end++
	}
	r.rest = r.rest[end:]
	r.do(name, number, err == nil)
}

// do obeys a control word.
func (r *rtfReader) do(name string, number int, numbered bool) {
	if r.group.fresh && rtfHidden[name] {
		r.group.hidden = true
		return
	}
	switch name {
	case "u":
		if !r.group.hidden && numbered {
			r.flushOctets()
			r.units = append(r.units, uint16(number))
		}
		r.passed = r.group.skip
	case "uc":
		r.group.skip = max(0, min(number, 8))
	case "ansicpg":
		r.codepage = number
	case "bin":
		r.rest = r.rest[min(len(r.rest), max(0, number)):]
	default:
		r.text(rtfSigns[name])
	}
}

func (r *rtfReader) text(s string) {
	if s != "" && !r.group.hidden {
		r.flush()
		r.out.WriteString(s)
	}
}

func (r *rtfReader) flush() {
	r.flushOctets()
	r.flushUnits()
}

func (r *rtfReader) flushOctets() {
	if len(r.octets) > 0 {
		r.out.WriteString(decodeCharset(r.octets, codepageName(r.codepage)))
		r.octets = r.octets[:0]
	}
}

func (r *rtfReader) flushUnits() {
	if len(r.units) > 0 {
		r.out.WriteString(string(utf16.Decode(r.units)))
		r.units = r.units[:0]
	}
}

// rtfSigns are control words that stand for text.
var rtfSigns = map[string]string{
	"par": "\n", "line": "\n", "row": "\n", "page": "\n", "sect": "\n", "tab": "\t", "cell": "\t",
	"emdash": "—", "endash": "–",
	"lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
}

// rtfHidden begin groups that are no text.
var rtfHidden = map[string]bool{
	"fonttbl": true, "colortbl": true, "stylesheet": true, "info": true, "pict": true, "object": true, "header": true,
	"footer": true, "fldinst": true, "listtable": true, "listoverridetable": true, "themedata": true, "datastore": true,
}
