package search

import (
	"slices"
	"strings"
	"unicode/utf8"

	"sencoforum/archive"
	"sencoforum/message"
)

// Bounds of a snippet, in bytes.
const (
	snippetLength = 220
	snippetBefore = 60      // of what stands before the first mark
	snippetText   = 1 << 20 // of a text that is looked through
)

// snippetOf is the piece of a post's own words that shows best why it was found. Quoted words are shown only where they were asked
// for and nothing else was found. It reports whether a word of the search is in it.
func (s shower) snippetOf(p archive.Post) (_ []Span, tells bool, err error) {
	own, words, err := s.texts.of(s.tx, p)
	if err != nil || own == "" && words == nil {
		return nil, false, err
	}
	marks := s.marks(own)
	if len(marks) == 0 && asksQuotes(s.f.query) {
		quoted, err := s.quoted(p, words)
		if err != nil {
			return nil, false, err
		}
		if marks := s.marks(quoted); len(marks) > 0 {
			return snippet(quoted, marks), true, nil
		}
	}
	if len(marks) == 0 {
		own = own[greeted(own):]
	}
	return snippet(own, marks), len(marks) > 0, nil
}

// greetings begin a message, up to a comma or the like.
var greetings = []string{"hi", "hello", "dear", "morning", "good morning", "good afternoon", "good evening", "hey"}

// longestGreeting is how far the mark at its end may be, in bytes.
const longestGreeting = 40

// greeted is the length of the greeting with which a text begins: it tells nothing of what the message is about.
func greeted(text string) int {
	end := strings.IndexAny(text[:min(len(text), longestGreeting)], ",.!?:;")
	if end < 0 || text[end] == '?' {
		return 0
	}
	for _, g := range greetings {
		if begin := strings.ToLower(text[:end]); len(strings.Fields(begin)) <= 4 && (begin == g || strings.HasPrefix(begin, g+" ")) {
			return len(text) - len(strings.TrimLeft(text[end+1:], " "))
		}
	}
	return 0
}

// quoted is what a post quotes, in one line. Its words are nil where they were not read yet.
func (s shower) quoted(p archive.Post, words *message.Words) (string, error) {
	if words == nil {
		raw, err := archive.Raw(s.tx, p)
		if err != nil || raw == nil {
			return "", err
		}
		w := message.Parse(raw).Words()
		words = &w
	}
	return oneLine(quotedOf(*words)), nil
}

// oneLine is a text without line ends.
func oneLine(text string) string {
	if len(text) > snippetText {
		text = strings.ToValidUTF8(text[:snippetText], "")
	}
	return strings.Join(strings.Fields(text), " ")
}

// marked is a whole text with its marks.
func marked(text string, marks []Mark) (spans []Span) {
	at := 0
	for _, m := range marks {
		if m.Start > at {
			spans = append(spans, Span{Text: text[at:m.Start]})
		}
		spans = append(spans, Span{Text: text[m.Start:m.End], Mark: true})
		at = m.End
	}
	if at < len(text) {
		spans = append(spans, Span{Text: text[at:]})
	}
	return spans
}

// snippet is the piece of a text with the most different marks, with a sign where something is left out. Without marks it is the
// beginning.
func snippet(text string, marks []Mark) []Span {
	from, to := window(text, marks)
	var inside []Mark
	for _, m := range marks {
		if m.Start >= from && m.End <= to {
			inside = append(inside, Mark{Start: m.Start - from, End: m.End - from, Typed: m.Typed})
		}
	}
	spans := marked(text[from:to], inside)
	if from > 0 {
		spans = append([]Span{{Text: "… "}}, spans...)
	}
	if to < len(text) {
		spans = append(spans, Span{Text: " …"})
	}
	return spans
}

// Line is a piece of a snippet with its first mark in it, for a place that has one line: at most so many characters, at least 20.
func Line(spans []Span, most int) string {
	most = max(most, 20)
	text, from, to := []rune(Text(spans)), 0, 0
	for _, s := range spans {
		to = from + utf8.RuneCountInString(s.Text)
		if s.Mark {
			break
		}
		from = to
	}
	if len(text) <= most {
		return string(text)
	}
	if to == len(text) && !spans[len(spans)-1].Mark { // no mark
		from, to = 0, 0
	}
	sign, room := "", most-2
	switch {
	case to <= room:
		from = 0
	default:
		from = max(from-most/3, 0)
		for from > 0 && from < to && text[from-1] != ' ' {
			from++
		}
		sign, room = "… ", room-2
	}
	if len(text)-from <= room {
		return sign + string(text[from:])
	}
	end := from + room
	for at := end; at > from+room/2; at-- {
		if text[at] == ' ' {
			end = at
			break
		}
	}
	return sign + strings.TrimRight(string(text[from:end]), " …") + " …"
}

// window says where a snippet begins and ends. What was typed counts more than what it means besides, and each word once.
func window(text string, marks []Mark) (from, to int) {
	best := -1.0
	for i, m := range marks {
		seen, worth := map[string]bool{}, 0.0
		for _, n := range marks[i:] {
			if n.End > m.Start+snippetLength-snippetBefore {
				break
			}
			word := strings.ToLower(text[n.Start:n.End])
			v := 0.5
			if n.Typed {
				v = 1
			}
			if seen[word] {
				v /= 10
			}
			seen[word] = true
			worth += v
		}
		if worth > best {
			best, from = worth, m.Start
		}
	}
	from = startOf(text, from)
	if to = from + snippetLength; to >= len(text) {
		return from, len(text)
	}
	if at := strings.LastIndexByte(text[from:to], ' '); at > 0 {
		return from, from + at
	}
	for !utf8.RuneStart(text[to]) {
		to--
	}
	return from, to
}

// startOf goes back from a place to the beginning of its sentence, or else of a word.
func startOf(text string, at int) int {
	from := max(0, at-snippetBefore)
	if from == 0 {
		return 0
	}
	before := text[from:at]
	for _, end := range []string{". ", "? ", "! "} {
		if i := strings.LastIndex(before, end); i >= 0 {
			return from + i + len(end)
		}
	}
	if i := strings.IndexByte(before, ' '); i >= 0 {
		return from + i + 1
	}
	return at
}

// asksQuotes reports whether quoted words were asked for.
func asksQuotes(q Query) bool {
	return slices.ContainsFunc(q.Clauses, func(c Clause) bool {
		return slices.ContainsFunc(c.Terms, func(t Term) bool { return t.Field == Quotes })
	})
}
