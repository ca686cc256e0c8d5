package main

import (
	"fmt"
	"strings"
)

// figure is one number of the results.
type figure struct {
	key   key
	value string
	take  func(results, key, string) (float64, bool)
}

func median(peer, measure, variant, value string) figure {
	return figure{key{peer, measure, variant}, value, results.median}
}

func highest(peer, measure, variant, value string) figure {
	return figure{key{peer, measure, variant}, value, results.highest}
}

func (f figure) of(r results) (float64, bool) {
	if f.take == nil {
		return 0, false
	}
	return f.take(r, f.key, f.value)
}

// how says what is held against the bounds.
type how int

const (
	itself     how = iota // our figure
	ratio                 // ours as a multiple of what is beside it
	difference            // ours less what is beside it
)

// target is a row: what was measured, and the bounds that a good server keeps. A bound of 0 is none.
type target struct {
	name      string
	ours      figure
	less      bool // at most the bound, and not at least
	must, aim float64

	how    how
	other  string // what is beside it
	beside figure

	size  float64 // recipients that the bounds are for, where they would be easier for fewer; 0 is any
	upper bool    // our figure is an upper bound of what is meant: above the bounds it shows nothing
}

func atLeast(name string, our figure, must, aim float64) target {
	return target{name: name, ours: our, must: must, aim: aim}
}

func atMost(name string, our figure, must, aim float64) target {
	return target{name: name, ours: our, less: true, must: must, aim: aim}
}

// times makes the bounds multiples of another figure.
func (t target) times(other string, beside figure) target {
	t.how, t.other, t.beside = ratio, other, beside
	return t
}

// more makes the bounds what is added to another figure.
func (t target) more(other string, beside figure) target {
	t.how, t.other, t.beside = difference, other, beside
	return t
}

// forSize says how many recipients the bounds are for.
func (t target) forSize(n float64) target {
	t.size = n
	return t
}

// upperBound says that our figure is one.
func (t target) upperBound() target {
	t.upper = true
	return t
}

// judged returns the number that is held against the bounds.
func (t target) judged(r results) (float64, bool) {
	our, ok := t.ours.of(r)
	if t.how == itself || !ok {
		return our, ok
	}
	other, ok := t.beside.of(r)
	switch {
	case !ok || t.how == ratio && other == 0:
		return 0, false
	case t.how == ratio:
		return our / other, true
	}
	return our - other, true
}

// verdict says whether the bounds are kept. Rows without bounds have none, unless something is wrong with them.
func (t target) verdict(r results) string {
	if n := r.incomplete[t.ours.key]; n > 0 {
		return fmt.Sprintf("**INCOMPLETE**: %d of ours did not reach everybody once", n)
	}
	got, ok := t.judged(r)
	switch {
	case !ok:
		return "not measured"
	case t.must == 0 && t.aim == 0:
		return ""
	}
	word := t.word(got)
	if n, _ := r.median(t.ours.key, "recipients"); t.size != 0 && n != t.size {
		word += fmt.Sprintf(" with %.0f recipients, not the %.0f it is for", n, t.size)
	}
	return word
}

func (t target) word(got float64) string {
	kept := func(bound float64) bool { return bound == 0 || t.less && got <= bound || !t.less && got >= bound }
	switch {
	case !kept(t.must) && t.upper:
		return "not shown: an upper bound"
	case !kept(t.must):
		return "**MISSED**"
	case !kept(t.aim) && t.must == 0:
		return "aim missed"
	case !kept(t.aim) || t.aim == 0:
		return "must met"
	}
	return "aim met"
}

// bound writes one as it is compared: ">= 3 x".
func (t target) bound(v float64) string {
	if v == 0 {
		return ""
	}
	text := ">= "
	if t.less {
		text = "<= "
	}
	switch t.how {
	case ratio:
		return text + number(v, true) + " x"
	case difference:
		return text + "+" + number(v, true)
	}
	return text + number(v, true)
}

// compared writes the ratio or the difference.
func (t target) compared(r results) string {
	v, ok := t.judged(r)
	switch {
	case t.how == itself || !ok:
		return ""
	case t.how == ratio:
		return number(v, true) + " x"
	}
	return fmt.Sprintf("%+.1f", v)
}

// targetTable has a row for each target.
func targetTable(r results) string {
	t := newTable("measure", "ours", "beside", "ratio", "must", "aim", "met?")
	size := r.sizes()
	for _, row := range targets() {
		beside := strings.TrimSpace(number(row.beside.of(r)) + " " + row.other)
		t.row(size.Replace(row.name), number(row.ours.of(r)), size.Replace(beside), row.compared(r), row.bound(row.must), row.bound(row.aim), row.verdict(r))
	}
	return "## Targets\n\nThe ratio is ours as a multiple of what is beside it, or the difference of two sizes. None of this is true for\n" +
		"another run or another machine.\n\n" + t.String()
}

// sizes replaces SMALL and BIG by the numbers of members.
func (r results) sizes() *strings.Replacer {
	name := func(list string) string {
		for _, measure := range []string{single, imported} {
			if n, ok := r.median(key{ours, measure, list}, "recipients"); ok {
				return number(n, true)
			}
		}
		return "the " + list + " list's"
	}
	return strings.NewReplacer("SMALL", name(small), "BIG", name(big))
}
