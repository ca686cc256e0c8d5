package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/store"
)

// What the first page has of each.
const (
	homeLatest    = 20
	homeQuestions = 5
	homeYears     = 8
)

// unansweredAfter is how long a question waits before others are asked to help with it, and unansweredFor how long it is
// shown.
const (
	unansweredAfter = 48 * time.Hour
	unansweredFor   = 60 * 24 * time.Hour
)

// homeData is the first page for members.
type homeData struct {
	Post      []string // addresses to write to
	Write     bool     // one can write here, too
	Search    bool
	Since     int // how many years of answers there are
	Pinned    []discussionData
	Latest    []discussionData
	Older     string
	Questions []discussionData
	Years     []yearData
	AllYears  string
	Topics    []link
	Chosen    []collectionLink
	Lists     []link
}

type yearData struct {
	Path, Text, Count string
}

// home is the first page: for visitors what this is, for members what is new.
func home(v *visit) error {
	if v.visiting() {
		return visitorsHome(v)
	}
	lists, err := v.narrowed()
	if err != nil {
		return err
	}
	from, err := v.cursor()
	if err != nil {
		return err
	}
	q := archive.Query{Count: homeLatest, From: from}
	latest, next, err := v.latest(lists, q)
	if err != nil {
		return err
	}
	waiting, err := v.waiting(lists)
	if err != nil {
		return err
	}
	d := homeData{Search: v.s.has("/search"), Write: v.s.cfg.Desk.Write != nil}
	if next != (archive.Cursor{}) {
		d.Older = fmt.Sprintf("%s/?from=%d-%d", v.s.cfg.Path, next.Value, next.Thread)
		if len(v.lists) > 1 {
			d.Older += "&list=" + lists[0].Name
		}
	}
	if err := v.years(&d, lists); err != nil {
		return err
	}
	for _, l := range v.lists {
		d.Post = append(d.Post, l.Post().String())
		if len(v.lists) > 1 {
			d.Lists = append(d.Lists, link{Path: v.s.cfg.Path + "/?list=" + l.Name, Text: l.Title, Here: len(lists) == 1 && lists[0].ID == l.ID})
		}
	}
	err = v.s.db.View(func(tx *store.Tx) (err error) {
		if d.Latest, err = v.discussions(tx, latest, true); err != nil {
			return err
		}
		if d.Questions, err = v.discussions(tx, waiting, false); err != nil {
			return err
		}
		if d.Chosen, err = v.collected(tx, lists); err != nil {
			return err
		}
		d.Topics, err = v.topics(tx, lists)
		return err
	})
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "home.html", v.shell("Discussions"), d)
}

// cursor is where a list goes on, from ?from=VALUE-THREAD.
func (v *visit) cursor() (c archive.Cursor, err error) {
	s := v.query("from")
	if s == "" {
		return c, nil
	}
	a, b, _ := strings.Cut(s, "-")
	value, err1 := strconv.ParseUint(a, 10, 32)
	thread, err2 := strconv.ParseUint(b, 10, 32)
	if err1 != nil || err2 != nil {
		return c, errNoPage
	}
	return archive.Cursor{Value: uint32(value), Thread: archive.Number(thread)}, nil
}

// waiting are questions that nobody has answered for two days.
func (v *visit) waiting(lists []list.List) ([]archive.Summary, error) {
	q := archive.Query{Count: homeQuestions, Unanswered: true, Order: archive.ByBegun}
	q.From = archive.Cursor{Value: uint32(v.now.Add(-unansweredAfter).Unix())}
	all, _, err := v.latest(lists, q)
	var some []archive.Summary
	for _, s := range all {
		if s.Begun.After(v.now.Add(-unansweredFor)) {
			some = append(some, s)
		}
	}
	return some, err
}

// years counts what was begun in each year.
func (v *visit) years(d *homeData, lists []list.List) error {
	counts := map[int]int{}
	first, last := 0, 0
	for _, l := range lists {
		months, err := v.s.cfg.Overview.Months(v.reader, l.ID, london)
		if err != nil {
			return err
		}
		for _, m := range months {
			counts[m.Year] += m.Discussions
			last = max(last, m.Year)
			if first == 0 || m.Year < first {
				first = m.Year
			}
		}
	}
	if first == 0 {
		return nil
	}
	d.Since = last - first + 1
	for y := last; y >= first; y-- {
		if counts[y] > 0 && len(d.Years) < homeYears {
			d.Years = append(d.Years, yearData{Path: fmt.Sprintf("%s/%04d", v.s.cfg.Path, y), Text: fmt.Sprint(y), Count: plural(counts[y], "discussion", "discussions")})
		}
	}
	if last-first >= homeYears {
		d.AllYears = fmt.Sprintf("%s/%04d", v.s.cfg.Path, first)
	}
	return nil
}

// topics are links to the topics of lists.
func (v *visit) topics(tx *store.Tx, lists []list.List) (all []link, err error) {
	seen := map[string]bool{}
	for _, l := range lists {
		topics, err := archive.Topics(tx, l.ID)
		if err != nil {
			return nil, err
		}
		for _, t := range topics {
			if !seen[t.Slug] {
				all = append(all, link{Path: v.s.cfg.Path + "/topic/" + t.Slug, Text: t.Name})
			}
			seen[t.Slug] = true
		}
	}
	return all, nil
}

// welcomeData is the first page for visitors.
type welcomeData struct {
	Members  string
	Join     string
	Approved bool // by a moderator, who joins
	Demo     bool
}

func visitorsHome(v *visit) error {
	d := welcomeData{Demo: v.s.cfg.Demo != nil}
	err := v.s.db.View(func(tx *store.Tx) error {
		if v.site.ID == 0 {
			return nil
		}
		n, err := list.Count(tx, v.site.ID)
		d.Members = about(n)
		return err
	})
	if err != nil {
		return err
	}
	if v.site.ID != 0 {
		d.Join, d.Approved = v.site.Service("join").String(), v.site.Joins() == list.JoinApprove
	}
	sh := v.shell("New SENCO? You are not alone.")
	sh.About = "Free email forum for SENCOs in UK schools: ask about EHCPs, annual reviews, exam access arrangements and more, and get answers from colleagues."
	return v.show(http.StatusOK, "welcome.html", sh, d)
}

// about rounds a number of people as one would say it.
func about(n int) string {
	switch {
	case n < 20:
		return ""
	case n < 200:
		n -= n % 10
	default:
		n -= n % 100
	}
	return thousands(n)
}
