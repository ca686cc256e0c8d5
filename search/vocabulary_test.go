package search

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sencoforum/calendar"
)

func vocabulary(t testing.TB) *Vocabulary {
	t.Helper()
	v, err := LoadVocabulary(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestShippedVocabulary(t *testing.T) {
	t.Parallel()
	v := vocabulary(t)
	if n := len(v.Entries()); n < 150 {
		t.Errorf("%d entries, want 150 at least", n)
	}
	for _, e := range v.Entries() {
		if got := v.Lookup(e.Name); !slices.Contains(got, e) {
			t.Errorf("%q is not found by its name", e.Name)
		}
		if !strings.HasSuffix(e.Means, ".") || strings.Contains(e.Means, "!") {
			t.Errorf("the sentence of %q: %q", e.Name, e.Means)
		}
		for _, f := range slices.Concat(e.Also, e.Kinds) {
			if w := wordsOf(f); len(w) == 1 && common[w[0]] {
				t.Errorf("%q of %q is a common word", f, e.Name)
			}
		}
		if e.Until != 0 && e.From == 0 && e.Until < 1980 {
			t.Errorf("%q ended in %d, before there was mail", e.Name, e.Until)
		}
	}
}

func TestAlsoFor(t *testing.T) {
	t.Parallel()
	v := vocabulary(t)
	for _, c := range []struct{ text, has, hasNot string }{
		{"EHCP", "EHC plan; statement", "the plan"},
		{"EHCPs", "EHC plan; statement", ""},
		{"e.h.c.p.", "EHC plan", ""},
		{"ehc plan deadline", "EHCP; statement", ""},
		{"statement", "EHC plan", ""},
		{"the plan", "EHC plan", ""},
		{"plan", "", "EHC plan"},
		{"statement of special educational needs", "statement; EHC plan", ""},
		{"personal statement", "", "EHC plan"},
		{"accelerated reader", "reading scheme", "scribe"},
		{"statement of purpose", "", "EHC plan"},
		{"SENDCo's", "SENCO", ""},
		{"BESD", "SEMH; EBD", ""},
		{"SEMH", "BESD", ""},
		{"school action", "SEN support", ""},
		{"SEN support", "School Action", ""},
		{"sen-support", "School Action", ""},
		{"IEP", "individual education plan; provision map", ""},
		{"LSA", "teaching assistant", ""},
		{"LEA", "local authority", ""},
		{"CAF form", "early help", ""},
		{"connexions", "careers adviser", ""},
		{"record of needs", "co-ordinated support plan", ""},
		{"DDA", "Equality Act", ""},
		{"NQT", "early career teacher", ""},
		{"DfES", "DCSF", ""},
		{"salt", "speech and language therapist", ""},
		{"SENDIST", "SEND Tribunal", "SENT"},
		{"PDA", "pathological demand avoidance", ""},
		{"ta or lsa", "teaching assistant", ""},
		{"glue ear", "hearing impairment", "cochlear implant"},
		{`"statement"`, "", "EHC plan"},
		{"-statement", "", "EHC plan"},
		{"from:statement", "", "EHC plan"},
		{"subject:statement", "EHC plan", ""},
		{"statement only:my-words", "", "EHC plan"},
		{"statement OR laptop", "EHC plan", ""},
	} {
		got := v.Expand(Parse(c.text, testNow)).AlsoFor()
		for want := range strings.SplitSeq(c.has, "; ") {
			if want != "" && !slices.Contains(got, want) {
				t.Errorf("%q also looks for %q, want %q", c.text, got, want)
			}
		}
		if c.hasNot != "" && slices.Contains(got, c.hasNot) {
			t.Errorf("%q also looks for %q, not wanted", c.text, c.hasNot)
		}
	}
}

func TestExpandJoinsNames(t *testing.T) {
	t.Parallel()
	v := vocabulary(t)
	q := v.Expand(Parse("how do i get a statement of special educational needs review", testNow))
	var terms []string
	for _, c := range q.Clauses {
		terms = append(terms, strings.Join(c.Terms[0].Words, " "))
	}
	want := "how|do|i|get|a|statement of special educational needs|review"
	if got := strings.Join(terms, "|"); got != want {
		t.Errorf("the terms are %s, want %s", got, want)
	}
	if q.String() != Parse(q.String(), testNow).String() {
		t.Errorf("%s prints as another query", q)
	}
}

func TestWeightsOfExpansions(t *testing.T) {
	t.Parallel()
	v := vocabulary(t)
	weight := func(typed, name string) float64 {
		for _, c := range v.Expand(Parse(typed, testNow)).Clauses {
			for _, term := range c.Terms {
				for _, e := range term.Expansions {
					if e.Name == name {
						return e.Weight
					}
				}
			}
		}
		return 0
	}
	for _, c := range []struct {
		what                     string
		typed, name, more, name2 string
	}{
		{"what means it sometimes counts less", "the plan", "EHCP", "EHC plan", "EHCP"},
		{"older names count less than the same one", "EHC plan", "statement", "EHC plan", "EHCP"},
		{"names before names count less", "SEMH", "EBD", "SEMH", "BESD"},
		{"letters with two meanings count less", "IDP", "individual development plan", "ALNCo", "additional learning needs co-ordinator"},
		{"what is only near counts less", "PDA", "autism", "PDA", "pathological demand avoidance"},
	} {
		less, more := weight(c.typed, c.name), weight(c.more, c.name2)
		if less <= 0 || less >= more || more >= 1 {
			t.Errorf("%s: %q for %q has %v, %q for %q has %v", c.what, c.name, c.typed, less, c.name2, c.more, more)
		}
	}
}

func TestOldWordsEnd(t *testing.T) {
	t.Parallel()
	v := vocabulary(t)
	for _, e := range v.Expand(Parse("EHCP", testNow)).Clauses[0].Terms[0].Expansions {
		var want time.Time
		if e.Name == "statement" {
			want = time.Date(2018, 1, 1, 0, 0, 0, 0, calendar.London())
		}
		if !e.Before.Equal(want) {
			t.Errorf("%q counts before %v, want %v", e.Name, e.Before, want)
		}
	}
}

func TestWhy(t *testing.T) {
	t.Parallel()
	v := vocabulary(t)
	for text, want := range map[string]string{
		"statement": "Since 2014 people write “EHC plan” for “statement” in England.",
		"EBD":       "Since 2014 people write “SEMH” for “EBD”.",
		"EHCP":      "Until 2014 people wrote “statement” where you wrote “EHCP”.",
	} {
		if got := v.Why(v.Expand(Parse(text, testNow))); !slices.Contains(got, want) {
			t.Errorf("of %q is said %q, want %q", text, got, want)
		}
	}
}

// However many words have meanings, the cost is bounded.
func TestExpansionsAreBounded(t *testing.T) {
	t.Parallel()
	v := vocabulary(t)
	n := 0
	for _, c := range v.Expand(Parse("SEMH autism dyslexia statement IEP TA SENCO phonics", testNow)).Clauses {
		for _, term := range c.Terms {
			n += len(term.Expansions)
			if len(term.Expansions) < 2 {
				t.Errorf("%q has %d expansions", term.Words, len(term.Expansions))
			}
		}
	}
	if n > MaxExpansions {
		t.Errorf("%d expansions", n)
	}
}

func TestOwnVocabulary(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := "\ufeffHub\r\nshort: HB\r\nalso: Learning  Hub;\r\nmeans: Our unit for\r\n pupils.\r\n\r\n# gone\nstatement\nremove: yes\n\nEHC plan\nmeans: Ours.\n\nIDP\nmeans: x.\n"
	if err := os.WriteFile(filepath.Join(dir, VocabularyFile), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	// An entry of the program names the one that was removed: the line is the one that removed it.
	_, err := LoadVocabulary(dir)
	var wrong Faults
	if !errors.As(err, &wrong) || wrong[0].File != filepath.Join(dir, VocabularyFile) || wrong[0].Line != 8 || !strings.Contains(wrong[0].Problem, `names "statement"; write an entry`) {
		t.Errorf("the error is %v", err)
	}
	v, err := ParseVocabulary(strings.Replace(text, "statement\nremove: yes\n\n", "", 1))
	if err != nil {
		t.Fatal(err)
	}
	got := v.Lookup("learning hubs")
	if len(got) != 1 || got[0].Say() != "Hub (HB): Our unit for pupils." {
		t.Errorf("found %v", got)
	}
}

func TestWrongVocabulary(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"a\n", `line 1: the entry "a" has no sentence; add means:`},
		{"a\nmeans: x.\n\nA\nmeans: y.\n", `line 4: "A" is an entry already, at line 1; put the two together`},
		{"a\nmeans: x.\nmeanz: y\n", `line 3: "meanz" is no word of a vocabulary; there are full, short, also, kinds, loose, was, near, not, used, nation, means and remove`},
		{"a\nmeans: x.\nb\n", `line 3: "b" has no colon; an empty line ends an entry`},
		{"a\nalso:\nmeans: x.\n", "line 2: nothing stands behind also:; write something, or take the line away"},
		{"a\nalso: b\nalso: c\nmeans: x.\n", `line 3: the entry "a" has also: twice; put a semicolon between two values`},
		{"a\nused: 20x4\nmeans: x.\n", `line 2: the years "20x4"; write them like 1983-2014, until 2014 or since 2014`},
		{"a\nused: 2014-1983\nmeans: x.\n", `line 2: the years "2014-1983"; write them like 1983-2014, until 2014 or since 2014`},
		{"a\nwas: c\nmeans: x.\n", `line 1: the entry "a" names "c", which is no entry; write one, or take the name away`},
		{"a: b\nmeans: x.\n", `line 1: an entry begins with its name, on a line without a colon: "a: b"`},
		{"a\nshort: ?!\nmeans: x.\n", `line 2: "?!" has no letters; write a name`},
		{"a\nmeans: x\u202e.\n", `line 2: the character U+202E, which nobody sees, stands here; delete it` + "\n" + `line 1: the entry "a" has no sentence; add means:`},
		{"a\nmeans: x.\nremove: perhaps\n", "line 3: write remove: yes, or leave the line out"},
		{"a\nremove: yes\n", `line 1: there is no entry "a" that could be taken away; correct its name, or take these lines away`},
		{"b\nwas: c\nmeans: x.\n\nSEMHH\nremove: yes\n", `line 5: there is no entry "SEMHH" that could be taken away; correct its name, or take these lines away` + "\n" +
			`line 1: the entry "b" names "c", which is no entry; write one, or take the name away`},
		{"\xff", "the file is no UTF-8 text; save it as plain text, UTF-8"},
	} {
		_, err := ParseVocabulary(c.text)
		if got := fmt.Sprint(err); got != c.want {
			t.Errorf("%q gives\n%s, want\n%s", c.text, got, c.want)
		}
	}
}

func FuzzVocabulary(f *testing.F) {
	f.Add(shipped[:3000])
	f.Add("a\nfull: b c\nshort: A; AB\nalso: d\nloose: e\nnot: a f\nwas: g\nused: until 2014\nmeans: x.\n\ng\nnear: a\nmeans: y.\n")
	f.Add("a\nwas: a\nnear: a\nmeans: x.\n\nb\nremove: yes\n")
	f.Fuzz(func(t *testing.T, text string) {
		v, err := ParseVocabulary(text)
		if err != nil {
			return
		}
		for _, e := range v.Entries()[:min(len(v.Entries()), 20)] {
			if !slices.Contains(v.Lookup(e.Name), e) {
				t.Errorf("%q is not found by its name", e.Name)
			}
			q := v.Expand(Parse(e.Name+" "+strings.Join(e.Also, " "), testNow))
			checkExpanded(t, q)
			v.Why(q)
		}
		for _, a := range v.Abbreviations(text) {
			if a.Start < 0 || a.End > len(text) || a.Start >= a.End {
				t.Errorf("a place from %d to %d of %d", a.Start, a.End, len(text))
			}
		}
	})
}

// checkExpanded holds what Expand promises.
func checkExpanded(t *testing.T, q Query) {
	t.Helper()
	n := 0
	for _, c := range q.Clauses {
		for _, term := range c.Terms {
			n += len(term.Expansions)
			for _, e := range term.Expansions {
				if e.Weight <= 0 || e.Weight >= 1 || len(e.Words) == 0 || e.Entry == "" {
					t.Errorf("%q has the expansion %+v", term.Words, e)
				}
			}
			if len(term.Words) == 0 || (c.Not || term.Phrase) && len(term.Expansions) > 0 {
				t.Errorf("the term %+v", term)
			}
		}
	}
	if n > MaxExpansions {
		t.Errorf("%d expansions", n)
	}
}

func BenchmarkParseAndExpand(b *testing.B) {
	v := vocabulary(b)
	for b.Loop() {
		v.Expand(Parse("how do i get a statement of special educational needs for SEMH after:september 2013 has:file", testNow))
	}
}
