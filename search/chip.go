package search

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sencoforum/archive"
)

// A Chip is one filter of a query as it is shown above the answers, and the query without it.
type Chip struct {
	Text    string // "From 2 September 2014"
	Without Query  // Typed is its text
}

// Chips returns what narrows a query besides its words, each with the query that remains when it is taken away.
func (q Query) Chips() []Chip {
	var all []Chip
	add := func(text string, change func(*Filter)) {
		w := q
		w.Filter = q.Filter.clone()
		change(&w.Filter)
		w.Notes = nil
		w.Typed = w.String()
		all = append(all, Chip{text, w})
	}
	f := q.Filter
	for i, group := range f.Topics {
		add("Topic: "+orList(spaced(group)), func(f *Filter) { f.Topics = slices.Delete(f.Topics, i, i+1) })
	}
	for i, t := range f.NotTopics {
		add("Not topic: "+spaced([]string{t})[0], func(f *Filter) { f.NotTopics = slices.Delete(f.NotTopics, i, i+1) })
	}
	if len(f.Lists) > 0 {
		add("List: "+orList(f.Lists), func(f *Filter) { f.Lists = nil })
	}
	for i, l := range f.NotLists {
		add("Not list: "+l, func(f *Filter) { f.NotLists = slices.Delete(f.NotLists, i, i+1) })
	}
	if text := f.days(); text != "" {
		add(text, func(f *Filter) { f.After, f.Before = time.Time{}, time.Time{} })
	}
	for _, w := range factWords {
		if f.Is&w.fact != 0 {
			add(w.is, func(f *Filter) { f.Is &^= w.fact })
		}
		if f.IsNot&w.fact != 0 {
			add(w.isNot, func(f *Filter) { f.IsNot &^= w.fact })
		}
	}
	if n := len(f.Posts) + len(f.Threads) + len(f.MessageIDs); n > 0 {
		add(f.places(), func(f *Filter) { f.Posts, f.Threads, f.MessageIDs = nil, nil, nil })
	}
	return all
}

// clone copies what may be changed.
func (f Filter) clone() Filter {
	f.Topics, f.NotTopics = slices.Clone(f.Topics), slices.Clone(f.NotTopics)
	f.Lists, f.NotLists = slices.Clone(f.Lists), slices.Clone(f.NotLists)
	return f
}

// spaced are slugs as people read them.
func spaced(slugs []string) []string {
	var out []string
	for _, s := range slugs {
		out = append(out, strings.ReplaceAll(s, "-", " "))
	}
	return out
}

// days tells the days in the shortest way: a year, a month, a day, or from and to.
func (f Filter) days() string {
	first, end := f.After, f.Before
	const day = "2 January 2006"
	switch {
	case first.IsZero() && end.IsZero():
		return ""
	case end.IsZero():
		return "From " + first.Format(day)
	case first.IsZero():
		return "Before " + end.Format(day)
	case !first.Before(end):
		return "No day"
	case end.Equal(first.AddDate(0, 0, 1)):
		return first.Format(day)
	case first.Day() == 1 && end.Equal(first.AddDate(0, 1, 0)):
		return first.Format("January 2006")
	case first.YearDay() == 1 && end.YearDay() == 1 && end.Equal(first.AddDate(1, 0, 0)):
		return first.Format("2006")
	case first.YearDay() == 1 && end.YearDay() == 1:
		return fmt.Sprintf("%d to %d", first.Year(), end.Year()-1)
	}
	return first.Format(day) + " to " + end.AddDate(0, 0, -1).Format(day)
}

// places tells the posts that a query is about.
func (f Filter) places() string {
	name := func(what string, all []archive.Number) string {
		if len(all) == 1 {
			return fmt.Sprintf("%s %d", what, all[0])
		}
		return fmt.Sprintf("%d %ss", len(all), strings.ToLower(what))
	}
	switch {
	case len(f.Threads) == 0 && len(f.MessageIDs) == 0:
		return name("Post", f.Posts)
	case len(f.Posts) == 0 && len(f.MessageIDs) == 0:
		return name("Discussion", f.Threads)
	case len(f.Posts) == 0 && len(f.Threads) == 0 && len(f.MessageIDs) == 1:
		return "The post with this Message-ID"
	}
	return "Certain posts"
}
