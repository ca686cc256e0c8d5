package web

import (
	"fmt"
	"html/template"
	"strings"

	"sencoforum/search"
)

// abbreviationsMost is how many abbreviations of one post are explained.
const abbreviationsMost = 30

// A writer escapes the text of a post.
type writer func(text string) string

// explaining is a writer of one post, with the words that the forum knows.
func (v *visit) explaining() writer {
	if v.s.cfg.Search == nil {
		return template.HTMLEscapeString
	}
	return explaining(v.s.cfg.Search.Vocabulary())
}

// explaining returns a writer that says of an abbreviation what it stands for, the first time it comes. What every member
// knows is not explained.
func explaining(words *search.Vocabulary) writer {
	seen := map[string]bool{}
	return func(text string) string {
		if len(seen) >= abbreviationsMost || !strings.ContainsAny(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
			return template.HTMLEscapeString(text)
		}
		var b strings.Builder
		at := 0
		for _, a := range words.Abbreviations(text) {
			if seen[a.Title] || len(seen) >= abbreviationsMost || isKnown(a) || inAddress(text, a.Start, a.End) {
				continue
			}
			seen[a.Title] = true
			b.WriteString(template.HTMLEscapeString(text[at:a.Start]))
			fmt.Fprintf(&b, `<abbr title="%s">%s</abbr>`, template.HTMLEscapeString(a.Title), template.HTMLEscapeString(text[a.Start:a.End]))
			at = a.End
		}
		b.WriteString(template.HTMLEscapeString(text[at:]))
		return b.String()
	}
}

func isKnown(a search.Abbreviation) bool {
	return a.Entries[0].Name == "SENCO" || a.Entries[0].Name == "SEND"
}

// inAddress reports letters that are a piece of an address of mail or of the web.
func inAddress(text string, start, end int) bool {
	from := strings.LastIndexAny(text[:start], " \t\n") + 1
	to := len(text)
	if i := strings.IndexAny(text[end:], " \t\n"); i >= 0 {
		to = end + i
	}
	return strings.ContainsAny(text[from:to], `@\`) || strings.Contains(text[from:to], "www.") || strings.Contains(text[from:to], "://")
}
