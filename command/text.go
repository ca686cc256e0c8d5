package command

import (
	"strings"
	"unicode"
)

// maxText is how much of a reply is looked at, in octets.
const maxText = 64 << 10

// plain writes a text as it is read: LF line ends, straight quotes, ordinary spaces, none of the marks that nobody sees, no
// stars around bold words.
func plain(text string) string {
	text = strings.ToValidUTF8(text[:min(len(text), maxText)], "")
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\u00a0' || r == '\u202f' || r == '\t' || r >= '\u2000' && r <= '\u200a':
			return ' '
		case r == '‘' || r == '’' || r == '‛' || r == '´' || r == '`':
			return '\''
		case r == '“' || r == '”' || r == '„' || r == '«' || r == '»' || r == '‟':
			return '"'
		case r == '\u1427': // a mark that an add-on of Gmail leaves
			return -1
		case r == '\r' || r == '\ufe0f' || r >= 0x1f3fb && r <= 0x1f3ff: // how an emoji is drawn
			return -1
		case r != '\n' && (unicode.Is(unicode.Cf, r) || unicode.IsControl(r)):
			return -1
		}
		return r
	}, text)
	return unstarred(text)
}

// unstarred takes the stars off "*bold*" words.
func unstarred(text string) string {
	if !strings.Contains(text, "*") {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.Count(line, "*")%2 == 0 {
			line = strings.ReplaceAll(line, "*", "")
		}
		b.WriteString(line)
	}
	return b.String()
}

// token is a word of a line: what stands between spaces, and the signs before and after it apart.
type token struct {
	low        string // without signs, in lower case; a sign that stands alone is none
	raw        string // without signs
	before     string // signs before it
	after      string // signs behind it, also of signs that stand alone
	from, to   int    // octets in the line, signs included
	plainStart int    // where raw begins
}

// tokens cuts a line into words.
func tokens(line string) []token {
	var all []token
	pending := ""
	for at := 0; at < len(line); {
		if line[at] == ' ' {
			at++
			continue
		}
		end := strings.IndexByte(line[at:], ' ')
		if end < 0 {
			end = len(line)
		} else {
			end += at
		}
		word := line[at:end]
		raw := strings.TrimFunc(word, isSign)
		if raw == "" {
			if len(all) > 0 {
				all[len(all)-1].after += word
			} else {
				pending += word
			}
			at = end
			continue
		}
		i := strings.Index(word, raw)
		all = append(all, token{
			low: strings.ToLower(raw), raw: raw, before: pending + word[:i], after: word[i+len(raw):],
			from: at, to: end, plainStart: at + i,
		})
		pending = ""
		at = end
	}
	return all
}

// isSign reports what may stand around a word. What belongs to words is none: "#", "@", "+", "&" and emojis.
func isSign(r rune) bool {
	switch r {
	case '#', '@', '+', '&', '/', '%', '£', '$', '=':
		return false
	}
	return unicode.IsPunct(r) || r == '|' || r == '~' || r == '<' || r == '>' || r == '^'
}

// isEmoji reports a word of pictures or of a face such as ":)", which tokens has as signs.
func isEmoji(t token) bool {
	for _, r := range t.raw {
		if !unicode.IsSymbol(r) && r != '\u2764' {
			return false
		}
	}
	return true
}

// phraseAt reports whether the words of a phrase stand at the beginning of ts.
func phraseAt(ts []token, phrase []string) bool {
	if len(ts) < len(phrase) {
		return false
	}
	for i, w := range phrase {
		if ts[i].low != w {
			return false
		}
	}
	return true
}

// joined is the words of ts with one space between.
func joined(ts []token) string {
	var b strings.Builder
	for i, t := range ts {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(t.low)
	}
	return b.String()
}

// paragraphs cuts a text into paragraphs of trimmed lines, none of them empty.
func paragraphs(text string) [][]string {
	var all [][]string
	var p []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line != "" {
			p = append(p, line)
			continue
		}
		if len(p) > 0 {
			all = append(all, p)
			p = nil
		}
	}
	if len(p) > 0 {
		all = append(all, p)
	}
	return all
}

// shorten cuts a text that is quoted back.
func shorten(s string, most int) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) <= most {
		return string(r)
	}
	return strings.TrimRight(string(r[:most]), " ") + " ..."
}
