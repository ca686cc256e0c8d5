package search

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// An Abbreviation is a place in a text where letters stand for words.
type Abbreviation struct {
	Start, End int    // bytes of the text
	Title      string // the words; with several meanings "one, or another"
	Entries    []*Entry
}

// maxAbbreviations bounds what is found in one text.
const maxAbbreviations = 100

// Abbreviations finds the first use of each abbreviation in a text, in order, for <abbr title> and for a short list of
// words below a mail. Letters count only as the vocabulary writes them: TA is a teaching assistant, "ta" is thanks. Those
// that mean it only sometimes are left alone.
func (v *Vocabulary) Abbreviations(text string) []Abbreviation {
	var all []Abbreviation
	seen := map[string]bool{}
	for start := 0; start < len(text) && len(all) < maxAbbreviations; {
		at := strings.IndexFunc(text[start:], inWord)
		if at < 0 {
			break
		}
		start += at
		end := start + len(text[start:])
		if n := strings.IndexFunc(text[start:], func(r rune) bool { return !inWord(r) && r != '&' }); n >= 0 {
			end = start + n
		}
		word := strings.TrimRight(text[start:end], "&")
		if a, ok := v.abbreviation(word); ok && !seen[a.Title] {
			seen[a.Title] = true
			a.Start, a.End = start, start+len(word)
			all = append(all, a)
		}
		start = end
	}
	return all
}

// abbreviation returns what a word of a text stands for.
func (v *Vocabulary) abbreviation(word string) (a Abbreviation, ok bool) {
	if len(word) > maxForm || countUpper(word) < 2 {
		return a, false
	}
	single := strings.TrimSuffix(word, "s")
	var titles []string
	uses := slices.Clone(v.uses(wordsOf(word)))
	slices.SortStableFunc(uses, func(a, b use) int { return cmp.Compare(a.ended(), b.ended()) })
	for _, u := range uses {
		if u.entry == nil || u.loose || !u.short || !slices.Contains(u.entry.Short, word) && !slices.Contains(u.entry.Short, single) {
			continue
		}
		if title := u.entry.Title(); !strings.EqualFold(title, word) {
			titles = append(titles, title)
			a.Entries = append(a.Entries, u.entry)
		}
	}
	a.Title = strings.Join(titles, ", or ")
	return a, len(titles) > 0
}

// ended is 1 for what is no longer in use: what the letters stand for today comes first.
func (u use) ended() int {
	if u.entry != nil && u.entry.Until != 0 {
		return 1
	}
	return 0
}

func countUpper(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsUpper(r) {
			n++
		}
	}
	return n
}

// Say returns the entry as a line of a glossary in plain text: "EHC plan (EHCP): A legal plan ... Since 2014. England."
func (e *Entry) Say() string {
	var b strings.Builder
	b.WriteString(e.Name)
	if len(e.Short) > 0 && e.Short[0] != e.Name {
		fmt.Fprintf(&b, " (%s)", e.Short[0])
	}
	b.WriteString(": ")
	if e.Full != "" {
		fmt.Fprintf(&b, "%s. ", e.Full)
	}
	b.WriteString(e.Means)
	switch {
	case e.From != 0 && e.Until != 0:
		fmt.Fprintf(&b, " Used from %d to %d.", e.From, e.Until)
	case e.Until != 0:
		fmt.Fprintf(&b, " Used until %d.", e.Until)
	case e.From != 0:
		fmt.Fprintf(&b, " Used since %d.", e.From)
	}
	if e.Nation != "" {
		fmt.Fprintf(&b, " %s.", e.Nation)
	}
	return b.String()
}

// GlossaryOf returns entries for the abbreviations of a text, such as an issue of a digest, by their names: at most so
// many, those that are used first, and of letters with two meanings one. What every member knows is not in it: SENCO.
func (v *Vocabulary) GlossaryOf(text string, most int) []*Entry {
	var all []*Entry
	for _, a := range v.Abbreviations(text) {
		e := a.Entries[0]
		if e.Name != "SENCO" && e.Name != "SEND" && len(all) < most && !slices.Contains(all, e) {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b *Entry) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return all
}
