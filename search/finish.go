package search

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"sencoforum/archive"
)

// common are words that are in most posts, or say only that somebody asks.
var common = setOf(`a about am an and any anyone are as at be been but by can could did do does else for from fw fwd get got had has have
	he her hi his how i i'd i'm i've if in is it its me my no not of on or our please re she should so some that the their them there these they this
	those to us was we were what when where which who why will with would you your`)

func setOf(text string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(text) {
		set[w] = true
	}
	return set
}

// finish puts a query in order once all is read: each thing once, within the bounds, so that printing it and reading that
// makes the same query.
func (p *parser) finish() Query {
	q := &p.q
	if p.in != Any {
		for i := range q.Clauses {
			for j := range q.Clauses[i].Terms {
				if t := &q.Clauses[i].Terms[j]; t.Field == Any {
					t.Field = p.in
				}
			}
		}
	}
	q.Clauses = once(q.Clauses)
	quieten(q.Clauses)
	p.uncommon()
	q.Filter.tidy()
	for utf8.RuneCountInString(q.String()) > MaxText && q.dropLast() {
		p.dropped = true
		p.uncommon()
	}
	if p.dropped {
		p.note(NoteTooLong, "That was a lot. I looked for the first %d words.", MaxTerms)
	}
	f := &q.Filter
	if !f.Before.IsZero() && !f.After.Before(f.Before) {
		f.Before = f.After
		p.note(NoteNothing, "No post can match: there is no day that fits all your dates.")
	}
	return *q
}

// uncommon makes common words count where there is nothing else to look for.
func (p *parser) uncommon() {
	q := &p.q
	if slices.ContainsFunc(q.Clauses, func(c Clause) bool { return !c.Not && !c.Terms[0].Common }) {
		return
	}
	n := 0
	var kept []Clause
	for _, c := range q.Clauses {
		c.Terms[0].Common = false
		if slices.ContainsFunc(kept, c.same) {
			continue
		}
		if n++; n > MaxTerms {
			p.dropped = true
			break
		}
		kept = append(kept, c)
	}
	q.Clauses = kept
}

// once leaves out clauses, and terms within a clause, that stand there already. Common words may stand there again: of two
// names the second can need its "of". A word may, too, where such a one stands between: "toe by toe" is a name.
func once(all []Clause) []Clause {
	var kept []Clause
	for _, c := range all {
		var terms []Term
		for _, t := range c.Terms {
			if !slices.ContainsFunc(terms, t.same) {
				terms = append(terms, t)
			}
		}
		c.Terms = terms
		c.Terms[0].Common = !c.Not && len(terms) == 1 && terms[0].isCommon() // of "the OR the" one is left
		if c.Terms[0].Common || !slices.ContainsFunc(kept, c.same) || again(kept, c) {
			kept = append(kept, c)
		}
	}
	return kept
}

// again reports whether a clause is the one before the last, behind a common word.
func again(kept []Clause, c Clause) bool {
	n := len(kept)
	return n > 1 && kept[n-1].Terms[0].Common && len(c.Terms) == 1 && !c.Not && !c.Terms[0].Phrase && kept[n-2].same(c)
}

// isCommon reports whether a term is a common word, wherever it stands.
func (t Term) isCommon() bool {
	return t.Field != From && !t.Phrase && len(t.Words) == 1 && common[t.Words[0]]
}

func (t Term) same(o Term) bool {
	return t.Field == o.Field && t.Phrase == o.Phrase && t.Common == o.Common && slices.Equal(t.Words, o.Words)
}

func (c Clause) same(o Clause) bool {
	return c.Not == o.Not && slices.EqualFunc(c.Terms, o.Terms, Term.same)
}

// tidy sorts what has no order and leaves out what stands there twice.
func (f *Filter) tidy() {
	f.Lists, f.NotLists, f.NotTopics, f.MessageIDs = sorted(f.Lists), sorted(f.NotLists), sorted(f.NotTopics), sorted(f.MessageIDs)
	f.Posts, f.Threads = sorted(f.Posts), sorted(f.Threads)
	for i := range f.Topics {
		f.Topics[i] = sorted(f.Topics[i])
	}
	slices.SortFunc(f.Topics, slices.Compare)
	f.Topics = slices.CompactFunc(f.Topics, slices.Equal)
}

func sorted[T cmp.Ordered](all []T) []T {
	slices.Sort(all)
	return slices.Compact(all)
}

// dropLast leaves out one thing, the least that is asked for. It returns false when nothing is left.
func (q *Query) dropLast() bool {
	f := &q.Filter
	for _, names := range []*[]string{&f.MessageIDs, &f.NotTopics, &f.NotLists, &f.Lists} {
		if n := len(*names); n > 0 {
			*names = (*names)[:n-1]
			return true
		}
	}
	for _, numbers := range []*[]archive.Number{&f.Posts, &f.Threads} {
		if n := len(*numbers); n > 1 {
			*numbers = (*numbers)[:n-1]
			return true
		}
	}
	switch {
	case len(q.Clauses) > 0:
		q.Clauses = q.Clauses[:len(q.Clauses)-1]
	case len(f.Topics) > 0:
		f.Topics = f.Topics[:len(f.Topics)-1]
	default:
		return false
	}
	return true
}

// String prints the query in the words of the language, so that Parse makes the same query of it. Typed and Notes, and
// what Expand added, are not in it. The result has at most MaxText characters.
func (q Query) String() string {
	var b strings.Builder
	put := func(parts ...string) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		for _, s := range parts {
			b.WriteString(s)
		}
	}
	quotes := false
	for _, c := range q.Clauses {
		for i, t := range c.Terms {
			quotes = quotes || t.Field == Quotes
			if c.Not {
				put("-", t.String())
				continue
			}
			if i > 0 {
				put("OR")
			}
			put(t.String())
		}
	}
	q.Filter.print(put)
	if quotes {
		put("in:quotes")
	}
	if q.Sort != Best {
		put("sort:", map[Sort]string{Newest: "newest", Oldest: "oldest"}[q.Sort])
	}
	if q.Exact {
		put("only:my-words")
	}
	return b.String()
}

// String prints the term without its expansions.
func (t Term) String() string {
	words := strings.Join(t.Words, " ")
	if t.Phrase {
		words = `"` + words + `"`
	} else if t.Plus {
		words += "+"
	}
	return map[Field]string{Subject: "subject:", From: "from:", Files: "file:"}[t.Field] + words
}

// print prints a filter in a fixed order.
func (f Filter) print(put func(...string)) {
	for _, group := range f.Topics {
		for i, t := range group {
			if i > 0 {
				put("OR")
			}
			put("topic:", t)
		}
	}
	for _, t := range f.NotTopics {
		put("-topic:", t)
	}
	for _, l := range f.Lists {
		put("list:", l)
	}
	for _, l := range f.NotLists {
		put("-list:", l)
	}
	if !f.After.IsZero() {
		put("after:", f.After.Format(time.DateOnly))
	}
	if !f.Before.IsZero() {
		put("before:", f.Before.Format(time.DateOnly))
	}
	for _, w := range factWords {
		if f.Is&w.fact != 0 {
			put(w.words)
		}
		if f.IsNot&w.fact != 0 {
			put("-", w.words)
		}
	}
	for _, n := range f.Posts {
		put("#", fmt.Sprint(n))
	}
	for _, n := range f.Threads {
		put("thread:", fmt.Sprint(n))
	}
	for _, id := range f.MessageIDs {
		put("<", id, ">")
	}
}

// factWords print the facts, in the language and for people.
var factWords = []struct {
	fact             Fact
	words, is, isNot string
}{
	{HasFile, "has:file", "With a file", "Without a file"},
	{HasLink, "has:link", "With a link", "Without a link"},
	{IsQuestion, "is:question", "Questions", "No questions"},
	{IsAnswered, "is:answered", "Answered", "Not answered"},
	{IsUnanswered, "is:unanswered", "Without an answer", "Not those without an answer"},
	{IsClosed, "is:closed", "Closed", "Not closed"},
}
