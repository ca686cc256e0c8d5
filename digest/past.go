package digest

import (
	"errors"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/store"
)

// KeptDays is for how many days issues are kept.
const KeptDays = 120

// mostPast bounds how many issues are looked at for a list of them: those of KeptDays on several lists.
const mostPast = 2000

// What may be wrong with the day of an issue.
var (
	ErrNoIssue  = errors.New("no digest went out on that day")
	ErrOldIssue = errors.New("the digest of that day is kept no longer")
)

// KindOf is the kind that has a name, such as weekly.
func KindOf(name string) (Kind, bool) { return kindOf(list.DeliveryMode(name)) }

// Past returns the issues of a list that went to all members of their kind, the newest first, for somebody who may read the list.
// For anybody else there are none.
func Past(tx *store.Tx, r list.Reader, l list.ID) (all []Issue, err error) {
	if !r.Reads(l) {
		return nil, nil
	}
	looked := 0
	for row, err := range issues.Back(tx) {
		if looked++; err != nil || looked > mostPast {
			return all, err
		}
		if i := row.Value; i.List == l && i.Only == 0 {
			i.Muted = nil
			all = append(all, i)
		}
	}
	return all, nil
}

// ReadPast puts the issue of a day into words once more, from the archive as it is now, for somebody who may read its list. It has
// all of its discussions, also those that its reader muted. The error is ErrNoIssue or ErrOldIssue where there is none.
func (e *Editor) ReadPast(tx *store.Tx, r list.Reader, l list.List, k Kind, on time.Time) (Content, error) {
	if !r.Reads(l.ID) {
		return Content{}, ErrNoIssue
	}
	n, ok, err := periods.Get(tx, keyOf(l.ID, k, dayOf(on)))
	if err != nil {
		return Content{}, err
	}
	if !ok || n == 0 {
		return Content{}, ErrNoIssue
	}
	i, ok, err := issues.Get(tx, n)
	if err != nil {
		return Content{}, err
	}
	if !ok {
		return Content{}, ErrOldIssue
	}
	return e.content(tx, l, i)
}

// A Section is a part of an issue for a page.
type Section struct {
	Head    string
	Anchor  string
	Inside  string // how much is in it
	Whole   bool   // its discussions have words, and not their names only
	Entries []Line
	More    string // what is not named; empty: nothing
}

// A Line is a discussion for a page.
type Line struct {
	Thread                                        archive.Number
	Subject, About, Asks, First, Says, Era, Close string
}

// Sections are the parts of an issue that have something in them, in their order.
func (c Content) Sections() (sections []Section) {
	for p := Help; p <= Notices; p++ {
		all, left := c.part(p)
		if len(all) == 0 {
			continue
		}
		s := Section{Head: c.head(p), Anchor: anchors[p], Inside: inside(p, len(all)+left), Whole: p == Help || p == Most}
		if left > 0 {
			s.More = "And " + number(left, "discussion") + " more."
		}
		for _, e := range all {
			l := Line{Thread: e.Thread, Subject: e.Subject, About: e.about(" · "), Era: e.Era, Close: e.Closes}
			if e.Asks != "" {
				l.Asks = e.asked()
			}
			if e.Says != "" {
				l.First, l.Says = e.first(), e.Says
			}
			s.Entries = append(s.Entries, l)
		}
		sections = append(sections, s)
	}
	return sections
}

// Amount says how much is in an issue, and how long it takes to read.
func (c Content) Amount() string {
	return c.amount() + " · about " + number(c.minutes(), "minute") + " to read"
}
