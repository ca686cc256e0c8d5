package web

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"sencoforum/search"
)

// glossaryData is the words of special needs: of one letter with what they mean, or of all letters the names that have letters.
type glossaryData struct {
	Letters []link
	Letter  string
	Parts   []link // of the letter, where it has several
	Entries []entryWord
	Names   []lettersData
	Search  bool
}

// lettersData is the names of one letter.
type lettersData struct {
	Letter string
	Names  []link
}

// entryWord is an entry of the vocabulary.
type entryWord struct {
	ID, Name, Full, Means string
	Used                  string // years and nation
	Also                  string
	Before                []link // what had its place before
	Find                  string // page that searches for it
}

// glossaryMost is how many entries a page has at most: more would be too heavy for a phone.
const glossaryMost = 56

// A glossary is the vocabulary as its pages have it.
type glossary struct {
	path    string
	letters []string                     // in order
	parts   map[string][][]*search.Entry // of a letter, each a page
	where   map[string]string            // path of an entry, by its name
}

func newGlossary(path string, entries []*search.Entry) glossary {
	g := glossary{path: path, parts: map[string][][]*search.Entry{}, where: map[string]string{}}
	all := map[string][]*search.Entry{}
	for _, e := range entries {
		all[letterOf(e.Name)] = append(all[letterOf(e.Name)], e)
	}
	for l, entries := range all {
		slices.SortStableFunc(entries, func(a, b *search.Entry) int {
			return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
		})
		pages := (len(entries) + glossaryMost - 1) / glossaryMost
		g.parts[l] = slices.Collect(slices.Chunk(entries, (len(entries)+pages-1)/pages))
		for i, part := range g.parts[l] {
			for _, e := range part {
				g.where[e.Name] = g.page(l, i) + "#" + url.PathEscape(entryID(e.Name))
			}
		}
	}
	g.letters = slices.Sorted(maps.Keys(all))
	return g
}

// page is the address of part i of a letter.
func (g glossary) page(letter string, i int) string {
	path := g.path + "/glossary?letter=" + url.QueryEscape(letter)
	if i > 0 {
		path += fmt.Sprintf("&part=%d", i+1)
	}
	return path
}

// glossaryPage explains words. ?letter=E has the explanations of a letter, in several parts where it has many; without it there are all
// names that have letters.
func glossaryPage(v *visit) error {
	g := newGlossary(v.s.cfg.Path, v.s.cfg.Search.Vocabulary().Entries())
	d := glossaryData{Letter: strings.ToUpper(v.query("letter")), Search: !v.visiting()}
	for _, l := range g.letters {
		d.Letters = append(d.Letters, link{Path: g.page(l, 0), Text: l, Here: l == d.Letter})
	}
	title := "Words and letters of special needs"
	if d.Letter == "" {
		d.Names = g.names()
	} else {
		parts, at := g.parts[d.Letter], 1
		if text := v.query("part"); text != "" {
			at, _ = strconv.Atoi(text) // 0 is no part
		}
		if at < 1 || at > len(parts) {
			return errNoPage
		}
		for _, e := range parts[at-1] {
			d.Entries = append(d.Entries, v.entryWord(g, e))
		}
		title = "Words and letters: " + d.Letter
		if len(parts) > 1 {
			title += fmt.Sprintf(", page %d of %d", at, len(parts))
			for i := range parts {
				d.Parts = append(d.Parts, link{Path: g.page(d.Letter, i), Text: fmt.Sprintf("Page %d", i+1), Here: i+1 == at})
			}
		}
	}
	return v.show(http.StatusOK, "glossary.html", v.shell(title, link{Path: "/glossary", Text: "Words and letters"}), d)
}

// names are those that have letters, by the letter with which they begin.
func (g glossary) names() (all []lettersData) {
	for _, l := range g.letters {
		names := lettersData{Letter: l}
		for _, e := range slices.Concat(g.parts[l]...) {
			if len(e.Short) > 0 {
				names.Names = append(names.Names, link{Path: g.where[e.Name], Text: named(e)})
			}
		}
		if names.Names != nil {
			all = append(all, names)
		}
	}
	return all
}

// letterOf is the letter under which a name stands; figures stand together.
func letterOf(name string) string {
	for _, r := range name {
		switch {
		case unicode.IsLetter(r):
			return string(unicode.ToUpper(r))
		case unicode.IsDigit(r):
			return "0"
		}
	}
	return "0"
}

// entryID is the anchor of an entry.
func entryID(name string) string { return "w-" + strings.Join(strings.Fields(name), "-") }

// named is a name with the letters for it: "EHC plan (EHCP)".
func named(e *search.Entry) string {
	if len(e.Short) > 0 && e.Short[0] != e.Name {
		return e.Name + " (" + e.Short[0] + ")"
	}
	return e.Name
}

// mostAlso is how many other names an entry is shown with; search knows them all.
const mostAlso = 4

// someOf lists the first of some names.
func someOf(names []string) string {
	if left := len(names) - mostAlso; left > 1 {
		return strings.Join(names[:mostAlso], ", ") + fmt.Sprintf(" and %d more", left)
	}
	return strings.Join(names, ", ")
}

func (v *visit) entryWord(g glossary, e *search.Entry) entryWord {
	d := entryWord{ID: entryID(e.Name), Name: named(e), Full: e.Full, Means: e.Means, Also: someOf(e.Also)}
	switch {
	case e.From != 0 && e.Until != 0:
		d.Used = fmt.Sprintf("Used from %d to %d.", e.From, e.Until)
	case e.Until != 0:
		d.Used = fmt.Sprintf("Used until %d.", e.Until)
	case e.From != 0:
		d.Used = fmt.Sprintf("Used since %d.", e.From)
	}
	if e.Nation != "" {
		d.Used = strings.TrimSpace(d.Used + " " + e.Nation + ".")
	}
	for _, was := range e.Was {
		d.Before = append(d.Before, link{Path: g.where[was], Text: was})
	}
	if !v.visiting() {
		d.Find = v.s.cfg.Path + wish{typed: e.Name}.path("")
	}
	return d
}
