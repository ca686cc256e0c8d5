package search

import (
	"slices"
	"strings"
)

// Weights say what a match is worth by its place. They are parts of the ranking; weights of 0 match all the same.
type weights struct {
	Own      float64 // own words, subject, author, names of files
	Subject  float64 // more for the subject
	Files    float64 // words in files
	Quoted   float64 // words that are quoted, where they were asked for
	Together float64 // more where words of one term stand together
	Apart    float64 // the words of a name where they stand apart, which may be about something else
	From     float64 // name of the author, where it was asked for
}

func defaultWeights() weights {
	return weights{Own: 1, Subject: 0.8, Files: 0.4, Quoted: 0.3, Together: 0.6, Apart: 0.75, From: 1}
}

// A compiled query is one that can be run over a moment of the index.
type compiled struct {
	must cursor   // nil: every post, or none where nothing is true
	not  []cursor //
	none bool     // nothing can match
}

// A compiler makes cursors of queries. It belongs to one search.
type compiler struct {
	*scanned
	weights
	analyser *analyser
	marks    marks
	written  func(place uint32) uint32 // when a post was, in Unix seconds; nil: not known here
}

// compile makes the cursors of all clauses.
func (c *compiler) compile(q Query) (out compiled, err error) {
	var must []cursor
	left := 0 // clauses of words that a post is found by
	for _, cl := range q.Clauses {
		if !cl.Not && !isCommon(cl) {
			left++
		}
	}
	for _, cl := range q.Clauses {
		if isCommon(cl) && (left > 0 || cl.Not) {
			continue
		}
		got, err := c.clause(cl, q.Exact)
		if err != nil {
			return out, err
		}
		switch {
		case cl.Not && got != nil:
			out.not = append(out.not, got)
		case !cl.Not && got == nil:
			out.none = true
		case !cl.Not:
			must = append(must, got)
		}
	}
	if out.none || len(must) == 0 {
		return out, nil
	}
	if out.must = and(must...); out.must != nil && len(out.not) > 0 {
		out.must = &notCursor{cursor: out.must, not: out.not}
	}
	return out, nil
}

func isCommon(cl Clause) bool {
	return !slices.ContainsFunc(cl.Terms, func(t Term) bool { return !t.Common })
}

func (c *compiler) clause(cl Clause, exact bool) (cursor, error) {
	var parts []cursor
	for _, t := range cl.Terms {
		got, err := c.term(t, cl.Not)
		if err != nil {
			return nil, err
		}
		parts = append(parts, got)
		if exact || cl.Not {
			continue
		}
		typed := worthOf(got)
		for _, e := range t.Expansions {
			got, err := c.together(t.Field, e.Words, e.Weight, false)
			if err != nil {
				return nil, err
			}
			parts = append(parts, c.dated(noMore(got, e.Weight*typed), e.Before))
		}
	}
	return or(parts...), nil
}

// term is what somebody typed.
func (c *compiler) term(t Term, not bool) (cursor, error) {
	if t.Phrase {
		return c.together(t.Field, t.Words, 1, !not)
	}
	var parts []cursor
	for _, w := range t.Words {
		forms := c.forms(w, t.Common)
		if len(forms) == 0 {
			continue
		}
		got, err := c.anyForm(t.Field, forms, 1, !not)
		if err != nil || got == nil {
			return nil, err
		}
		parts = append(parts, got)
	}
	all := and(parts...)
	if all == nil || len(parts) < 2 || not {
		return all, nil
	}
	together := c.Together
	if t.Named {
		together += 1 - c.Apart
		all = &scaledCursor{cursor: all, by: c.Apart}
	}
	near, err := c.fields(t.Field, c.sequence(t.Words), together)
	return like(all, near), err
}

// together is words that stand beside each other. Where they hold a word with a hyphen it may stand without.
func (c *compiler) together(f Field, words []string, weight float64, typed bool) (cursor, error) {
	if len(words) == 1 {
		return c.anyForm(f, c.forms(words[0], false), weight, typed)
	}
	seq := c.sequence(words)
	c.marks.add(seq, typed)
	return c.fields(f, seq, weight)
}

func (c *compiler) anyForm(f Field, forms [][]placedWord, weight float64, typed bool) (cursor, error) {
	var parts []cursor
	for _, form := range forms {
		c.marks.add(form, typed)
		got, err := c.fields(f, form, weight)
		if err != nil {
			return nil, err
		}
		parts = append(parts, got)
	}
	return or(parts...), nil
}

// forms are the ways in which a word stands in the index: its parts beside each other, or in one; in the plural or not, where
// it may be that of letters. A common word is looked for as it is written in capitals.
func (c *compiler) forms(word string, common bool) (forms [][]placedWord) {
	seq := c.sequence([]string{word})
	if len(seq) == 0 && common {
		seq = c.sequence([]string{strings.ToUpper(word)})
	}
	if len(seq) > 0 {
		forms = append(forms, seq)
	}
	one := strings.Join(strings.FieldsFunc(word, isHyphen), "")
	if one != word && len(seq) <= joinedMost {
		if whole := c.sequence([]string{one}); len(whole) == 1 {
			forms = append(forms, whole)
		}
	}
	if len(seq) == 1 && len(word) >= 3 && len(word) <= 5 && strings.HasSuffix(word, "s") {
		single := c.sequence([]string{strings.ToUpper(word[:len(word)-1])})
		if len(single) == 1 && single[0].term != seq[0].term {
			forms = append(forms, single)
		}
	}
	return forms
}

// sequence are the terms of words that stand beside each other.
func (c *compiler) sequence(words []string) (seq []placedWord) {
	at := 0
	for _, w := range words {
		last, pos := at, 0
		for start, s := 0, (scanner{text: w}); ; {
			from, to, ok := s.next()
			if !ok {
				break
			}
			start = from
			for _, part := range strings.FieldsFunc(w[start:to], isHyphen) {
				pos++
				if t, ok := c.analyser.token(part, 0, 0); ok {
					seq = append(seq, placedWord{term: t.term, behind: last + pos})
				}
			}
		}
		at += pos
	}
	for i := len(seq) - 1; i >= 0; i-- {
		seq[i].behind -= seq[0].behind
	}
	return seq
}

// fields looks for words that stand beside each other in each field that is meant.
func (c *compiler) fields(f Field, seq []placedWord, weight float64) (cursor, error) {
	if len(seq) == 0 {
		return nil, nil
	}
	var err error
	in := func(name string, w float64) cursor {
		if err != nil {
			return nil
		}
		var got cursor
		got, err = c.phrase(name, seq, w*weight)
		return got
	}
	more := func() cursor {
		if c.Subject == 0 { // it finds no post that is not found in any
			return nil
		}
		return in(fieldSubject, c.Subject)
	}
	var got cursor
	switch f {
	case Subject:
		got = in(fieldSubject, c.Own)
	case From:
		got = in(fieldFrom, c.From)
	case Files:
		got = in(fieldFiles, c.Own)
	case Quotes:
		got = or(like(in(fieldAny, c.Own), more()), in(fieldFiles, c.Files), in(fieldQuoted, c.Quoted))
	default:
		got = or(like(in(fieldAny, c.Own), more()), in(fieldFiles, c.Files))
	}
	return got, err
}
