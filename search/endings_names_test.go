package search

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
)

// lookedFor returns what a search looks for besides, in small letters.
func lookedFor(v *Vocabulary, text string) (all []string) {
	for _, c := range v.Expand(Parse(text, testNow)).Clauses {
		for _, t := range c.Terms {
			for _, e := range t.Expansions {
				all = append(all, strings.Join(e.Words, " "))
			}
		}
	}
	return all
}

func TestNamesWithOtherEndings(t *testing.T) {
	t.Parallel()
	v, err := ParseVocabulary(`absconding
also: running out of class; biting; try a pen
means: x.

statement transfer
also: conversion of statements
means: y.

setting
means: z.
`)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"runs out of the class":          "absconding",
		"absconds":                       "absconding",
		"absconded":                      "absconding",
		"tries his pen":                  "absconding",
		"transferring statements":        "",
		"statement transfers":            "conversion of statements",
		"statement transferred to Leeds": "", // says of a statement what happened to it
		"set":                            "", // too little is left
		"bit":                            "",
		"class of running":               "",
	} {
		got := lookedFor(v, text)
		if want == "" && len(got) > 0 || want != "" && !slices.Contains(got, want) {
			t.Errorf("%q looks for %q, want %q", text, got, want)
		}
	}
}

func TestAWordThatANameHasTwice(t *testing.T) {
	t.Parallel()
	v, err := ParseVocabulary("Toe by Toe\nalso: red book\nmeans: x.\n\none to one support\nalso: velcro\nmeans: y.\n")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"toe by toe": "red book", "one to one support": "velcro"} {
		if got := lookedFor(v, text); !slices.Contains(got, want) {
			t.Errorf("%q looks for %q, want %q", text, got, want)
		}
	}
	q := v.Expand(Parse("day by day plan", testNow))
	if n := len(q.Clauses); n != 3 {
		t.Errorf("what is no name has %d clauses: %v", n, q)
	}
}

// A kind of a thing leads to what stands near that thing, but not to its other kinds.
func TestKindsLeadFurther(t *testing.T) {
	t.Parallel()
	v, err := ParseVocabulary("reading software\nkinds: Nessy; Lexia\nnear: reading programme\nmeans: x.\n\nreading programme\nalso: catch up\nmeans: y.\n")
	if err != nil {
		t.Fatal(err)
	}
	if got := lookedFor(v, "Nessy"); !slices.Contains(got, "catch up") || slices.Contains(got, "lexia") {
		t.Errorf("looks for %q", got)
	}
}

// What one term does not need of the places for other names is for the others.
func TestPlacesAreShared(t *testing.T) {
	t.Parallel()
	var many []string
	for i := range 14 {
		many = append(many, fmt.Sprintf("name%c", 'a'+i))
	}
	names := strings.Join(many, "; ")
	v, err := ParseVocabulary("big\nalso: " + names + "\nmeans: x.\n\nvast\nalso: " + strings.ReplaceAll(names, "name", "word") +
		"\nmeans: z.\n\nsmall1\nalso: tiny1\nmeans: y.\n\nsmall2\nalso: tiny2\nmeans: y.\n\nsmall3\nalso: tiny3\nmeans: y.\n")
	if err != nil {
		t.Fatal(err)
	}
	if got := lookedFor(v, "big small1 small2 small3 vast"); len(got) != 14+14+3 {
		t.Errorf("%d names: %q", len(got), got)
	}
}

func TestVagueWordsTellLess(t *testing.T) {
	t.Parallel()
	v, err := ParseVocabulary("sensory break\nalso: calm box\nloose: playtime\nmeans: x.\n")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{"playtime": true, "calm box": false, "other": false} {
		if got := v.Expand(Parse(text, testNow)).Clauses[0].Terms[0].Vague; got != want {
			t.Errorf("%q is vague: %v", text, got)
		}
	}
}

// An everyday word that was the name of a thing until 2014 means it in posts of that time, and not in new ones.
func TestOldWordsCountInOldPosts(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	var items []archive.ImportItem
	for i, p := range []struct {
		subject string
		year    int
	}{{"A statement for Tom", 2009}, {"A statement from the bank", 2024}, {"Who writes the EHC plan?", 2024}} {
		at := time.Date(p.year, 3, 1, 12, 0, 0, 0, time.UTC)
		items = append(items, archive.ImportItem{Written: at, Raw: fmt.Appendf(nil,
			"From: a@example.org\r\nMessage-ID: <old%d@example.org>\r\nDate: %s\r\nSubject: %s\r\n\r\nA question.\r\n", i, at.Format(time.RFC1123Z), p.subject)})
	}
	s.importAll(items)
	ids := s.threadsByID()
	_, found := s.asked("vocabulary", s.searcher(shippedWords(t))).ask("EHCP")
	for id, want := range map[string]bool{"<old0@example.org>": true, "<old1@example.org>": false, "<old2@example.org>": true} {
		if got := found[ids[id]]; got != want {
			t.Errorf("%s is found: %v", id, got)
		}
	}
}
