package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"sencoforum/search"
)

// glossaryData is the words of special needs: of one letter with what they mean, or of all letters by their names.
type glossaryData struct {
	Letters []link
	Letter  string
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

// glossaryPage explains words. ?letter=E has the explanations of a letter; without it there are all names.
func glossaryPage(v *visit) error {
	letter := strings.ToUpper(v.query("letter"))
	d := glossaryData{Letter: letter, Search: !v.visiting()}
	all := map[string][]*search.Entry{}
	for _, e := range v.s.cfg.Search.Vocabulary().Entries() {
		all[letterOf(e.Name)] = append(all[letterOf(e.Name)], e)
	}
	var letters []string
	for l := range all {
		letters = append(letters, l)
	}
	slices.Sort(letters)
	if letter != "" && all[letter] == nil {
		return errNoPage
	}
	for _, l := range letters {
		entries := all[l]
		slices.SortStableFunc(entries, func(a, b *search.Entry) int {
			return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
		})
		d.Letters = append(d.Letters, link{Path: v.glossaryPath(l), Text: l, Here: l == letter})
		names := lettersData{Letter: l}
		for _, e := range entries {
			if l == letter {
				d.Entries = append(d.Entries, v.entryWord(e))
			}
			if len(e.Short) == 0 { // the page of all letters would be too heavy; they stand on that of their letter
				continue
			}
			names.Names = append(names.Names, link{Path: v.entryPath(e.Name), Text: named(e)})
		}
		if letter == "" {
			d.Names = append(d.Names, names)
		}
	}
	crumbs := []link{{Path: "/glossary", Text: "Words and letters"}}
	title := "Words and letters of special needs"
	if letter != "" {
		title = "Words and letters: " + letter
	}
	return v.show(http.StatusOK, "glossary.html", v.shell(title, crumbs...), d)
}

func (v *visit) glossaryPath(letter string) string {
	return v.s.cfg.Path + "/glossary?letter=" + url.QueryEscape(letter)
}

// letterOf is the letter under which a name stands; figures stand together. So many begin with "se" that they have a page of their own.
func letterOf(name string) string {
	if len(name) > 1 && strings.EqualFold(name[:2], "se") {
		return "SE"
	}
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

// entryPath is where an entry is explained.
func (v *visit) entryPath(name string) string {
	return v.glossaryPath(letterOf(name)) + "#" + url.PathEscape(entryID(name))
}

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

func (v *visit) entryWord(e *search.Entry) entryWord {
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
		d.Before = append(d.Before, link{Path: v.entryPath(was), Text: was})
	}
	if !v.visiting() {
		d.Find = v.s.cfg.Path + wish{typed: e.Name}.path("")
	}
	return d
}
