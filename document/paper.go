package document

import (
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// errFull says that enough text was taken.
var errFull = errors.New("more text than is taken")

// paper gathers the text of a file, up to MaxText.
type paper struct {
	sections []Section
	now      strings.Builder
	name     string
	open     bool
	size     int
	full     bool
}

// section begins a sheet, a page or a slide.
func (p *paper) section(name string) {
	p.close()
	p.open, p.name = true, strings.TrimSpace(oneLine(name))
	p.size += len(name) + 2
}

func (p *paper) close() {
	if p.open || p.now.Len() > 0 {
		p.sections = append(p.sections, Section{Name: p.name, Text: p.now.String()})
	}
	p.now.Reset()
	p.name, p.open = "", false
}

// write adds text, and returns errFull when there is no more room. Form feeds become line ends, since they begin sections.
func (p *paper) write(s string) error {
	if p.size+len(s) > MaxText {
		p.full = true
		s = s[:max(0, MaxText-p.size)]
		for s != "" && !utf8.ValidString(s[max(0, len(s)-utf8.UTFMax):]) && !utf8.RuneStart(s[len(s)-1]) {
			s = s[:len(s)-1]
		}
	}
	p.size += len(s)
	if strings.ContainsAny(s, "\f\x00\r") {
		s = strings.NewReplacer("\f", "\n", "\x00", "", "\r", "").Replace(s)
	}
	p.now.WriteString(s)
	if p.full {
		return errFull
	}
	return nil
}

func (p *paper) text() Text {
	p.close()
	return Text{Sections: p.sections, Cut: p.full}
}

// plain reads a text in UTF-8, in UTF-16 with a byte order mark, or else in windows-1252.
func plain(data []byte) Text {
	var p paper
	s := ""
	switch {
	case isWide(data):
		s = wide(data[:min(len(data), 2*MaxText+2)])
	case utf8.Valid(data):
		s = strings.TrimPrefix(string(data[:min(len(data), MaxText+8)]), "\ufeff")
	default:
		s = western(data[:min(len(data), MaxText+8)])
	}
	if p.write(strings.ToValidUTF8(s, "\ufffd")) != nil || len(data) > 2*MaxText+2 {
		p.full = true
	}
	return p.text()
}

// isWide reports the mark with which a text in UTF-16 begins, as Excel writes "Unicode text".
func isWide(data []byte) bool {
	return len(data) >= 2 && (data[0] == 0xff && data[1] == 0xfe || data[0] == 0xfe && data[1] == 0xff)
}

func wide(data []byte) string {
	high, low := 1, 0
	if data[0] == 0xfe {
		high, low = 0, 1
	}
	units := make([]uint16, 0, len(data)/2)
	for i := 2; i+1 < len(data); i += 2 {
		units = append(units, uint16(data[i+high])<<8|uint16(data[i+low]))
	}
	return string(utf16.Decode(units))
}

// western reads windows-1252, which is what British machines write where they do not write UTF-8.
func western(data []byte) string {
	const upper = "€\ufffd‚ƒ„…†‡ˆ‰Š‹Œ\ufffdŽ\ufffd\ufffd‘’“”•–—˜™š›œ\ufffdžŸ"
	table := []rune(upper)
	var b strings.Builder
	for _, c := range data {
		switch {
		case c < 0x80:
			b.WriteByte(c)
		case c < 0xa0:
			b.WriteRune(table[c-0x80])
		default:
			b.WriteRune(rune(c))
		}
	}
	return b.String()
}
