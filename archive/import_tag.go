package archive

import (
	"bytes"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"sencoforum/message"
)

// What finding an old list's tag costs at most, and how sure it is.
const (
	tagMarked = 200  // messages with a list's marks that are looked at
	tagLooked = 5000 // messages that are looked at for these marks
	tagLeast  = 10   // messages with marks before anything is believed
	tagShare  = 80   // percent of them that have to bear the tag
)

// oldTags finds the tag that the list of an old archive put before its subjects: most of the first messages that bear a list's
// marks (List-Id, or Mailman's footer) have it, before or behind reply marks.
type oldTags struct {
	looked, marked int
	bear           map[string]int
}

// leadingTag is a tag at the beginning of a subject.
var leadingTag = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\[[^\[\]\r\n]{1,60}\]`)
})

func (o *oldTags) note(m *message.Message, raw []byte) {
	if o.looked == tagLooked || o.marked == tagMarked {
		return
	}
	o.looked++
	if !m.Header.Has("List-Id") {
		if _, footer := (Mailman{}).cutFooter(raw); !footer {
			return
		}
	}
	o.marked++
	stem, _ := message.Stem(m.Subject(), "")
	if tag := leadingTag().FindString(stem); tag != "" {
		if o.bear == nil {
			o.bear = map[string]int{}
		}
		o.bear[tag]++
	}
}

// tag is the one that was found, or empty.
func (o *oldTags) tag() string {
	if o.marked < tagLeast {
		return ""
	}
	for tag, n := range o.bear { // at most one bears so much
		if n*100 >= o.marked*tagShare {
			return tag
		}
	}
	return ""
}

// A TagCutter takes the tag of an old list out of subjects.
type TagCutter struct{ tag *regexp.Regexp }

// NewTagCutter returns a cutter for a tag as the old list had it in its settings: without regard to case, and with any number
// where Mailman counted posts (%d).
func NewTagCutter(tag string) TagCutter {
	words := strings.Fields(strings.ToValidUTF8(tag, "\uFFFD")) // which stands for a byte that is no UTF-8 in a subject as well
	for i, w := range words {
		words[i] = strings.ReplaceAll(regexp.QuoteMeta(w), "%d", `\d+`)
	}
	end := ""
	if r := []rune(strings.TrimSpace(tag)); len(r) > 0 && (unicode.IsLetter(r[len(r)-1]) || unicode.IsDigit(r[len(r)-1])) {
		end = `(?:\s|$)`
	}
	return TagCutter{regexp.MustCompile(`(?i)^` + strings.Join(words, `\s+`) + end)}
}

// What may stand before a tag, besides another one: marks of replies and forwarding, in any language.
var beforeTag = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\pL{1,6}(?:\s?[\[(^*]\d{1,4}[\])]?)?\s*[:\x{FF1A}]`)
})

// Fix takes the tag out of the subject of a message, wherever it stands among reply marks and other tags at the beginning, and
// says whether it was there. In the middle of a subject it stays.
func (c TagCutter) Fix(raw []byte) ([]byte, bool) {
	at, end := fieldAt(raw, "Subject")
	if end == 0 {
		return raw, false
	}
	_, value, _ := strings.Cut(string(raw[at:end]), ":")
	body := strings.TrimRight(value, "\r\n")
	left, cut := c.cut(body)
	field := "Subject: " + left
	// A part that is encoded may have it as well.
	m := message.Message{Header: message.NewHeader(message.Field{Name: "Subject", Value: left})}
	if text, again := c.cut(m.Subject()); again {
		var w message.Writer
		if w.Text("Subject", text); w.Err() == nil {
			field, cut = strings.TrimRight(string(w.Bytes()), "\r\n"), true
		}
	}
	if !cut {
		return raw, false
	}
	if !strings.Contains(value[len(body):], "\r") {
		field = strings.ReplaceAll(field, "\r\n", "\n")
	}
	return bytes.Join([][]byte{raw[:at], []byte(field + value[len(body):]), raw[end:]}, nil), true
}

// cut takes the tag out of what stands at the beginning of a subject.
func (c TagCutter) cut(s string) (left string, did bool) {
	const space = " \t\r\n"
	var before strings.Builder
	for rest := s; ; {
		text := strings.TrimLeft(rest, space)
		gap := rest[:len(rest)-len(text)]
		if m := c.tag.FindString(text); m != "" {
			did, rest = true, strings.TrimLeft(text[len(m):], space)
			if before.Len() > 0 {
				rest = " " + rest
			}
			continue
		}
		m := beforeTag().FindString(text)
		if m == "" {
			m = leadingTag().FindString(text)
		}
		if m == "" {
			left = before.String() + rest
			break
		}
		before.WriteString(gap + m)
		rest = text[len(m):]
	}
	if !did {
		return s, false
	}
	return strings.TrimSpace(left), true
}
