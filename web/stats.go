package web

import (
	"fmt"
	"net/http"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/store"
)

// statsRoutes are the pages with figures.
var statsRoutes = []route{
	{"GET", "/stats", signedIn, statsPage, false},
	{"GET", "/mod/stats", moderates, modStatsPage, false},
}

// statsMonths is how many months the page shows each for itself.
const statsMonths = 24

// statsData is what members may know of how much is written.
type statsData struct {
	Lists   []link
	Facts   []factData
	Months  []statsMonth
	ByMonth plot
	Years   []statsYear
	ByYear  plot
	Waits   []waitData
	Asked   int // questions of the last twelve months
	Sizes   []sizeData
	BySize  plot
	Mod     bool
}

type factData struct{ Name, Value string }

type statsMonth struct {
	Path, Text   string
	Posts, Begun string
}

type statsYear struct {
	Path, Text                 string
	Posts, Questions, Answered string
}

type waitData struct {
	Text, Count, Share string
	Width              int
}

type sizeData struct{ Text, Members string }

// waitNames are the spans of archive.Waits, for people.
var waitNames = [...]string{"Within an hour", "Within a day", "Within three days", "Within a week", "Later"}

// A span is what was written in a month or a year.
type span struct {
	posts, begun, questions, answered int
	waits                             archive.Waits
}

func (s *span) add(m archive.ActiveMonth) {
	s.posts, s.begun, s.questions = s.posts+m.Posts, s.begun+m.Begun, s.questions+m.Questions
	for i, n := range m.Answered {
		s.answered += n
		s.waits[i] += n
	}
}

func statsPage(v *visit) error {
	lists, err := v.narrowed()
	if err != nil {
		return err
	}
	months := map[time.Time]*span{}
	for _, l := range lists {
		all, err := v.s.cfg.Overview.Activity(v.reader, l.ID, london)
		if err != nil {
			return err
		}
		for _, m := range all {
			at := time.Date(m.Year, m.Month, 1, 0, 0, 0, 0, london)
			if months[at] == nil {
				months[at] = &span{}
			}
			months[at].add(m)
		}
	}
	d := v.activity(months)
	for _, l := range v.lists {
		if len(v.lists) > 1 {
			d.Lists = append(d.Lists, link{Path: v.s.cfg.Path + "/stats?list=" + l.Name, Text: l.Title, Here: len(lists) == 1 && lists[0].ID == l.ID})
		}
	}
	if err := v.sizes(&d, lists); err != nil {
		return err
	}
	d.Mod = v.moderates()
	return v.show(http.StatusOK, "stats.html", v.shell("Statistics", link{Path: "/stats", Text: "Statistics"}), d)
}

// activity makes figures, pictures and tables of months.
func (v *visit) activity(months map[time.Time]*span) (d statsData) {
	now := v.now.In(london)
	this := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, london)
	var all, lately span
	years := map[int]*span{}
	first, last := now.Year(), now.Year()
	for at, m := range months {
		y := years[at.Year()]
		if y == nil {
			y = &span{}
			years[at.Year()] = y
		}
		for _, sum := range []*span{&all, y} {
			sum.join(m)
		}
		if first, last = min(first, at.Year()), max(last, at.Year()); at.After(this.AddDate(0, -12, 0)) {
			lately.join(m)
		}
	}
	d.Facts = []factData{
		{"Discussions", thousands(all.begun)}, {"Messages", thousands(all.posts)}, {"Messages in the last 12 months", thousands(lately.posts)},
		{"Questions answered, last 12 months", share(lately.answered, lately.questions)},
	}
	d.lastMonths(v, this, months)
	d.allYears(v, first, last, years)
	d.Asked = lately.questions
	for i, n := range lately.waits {
		d.wait(waitNames[i], n)
	}
	d.wait("No answer yet", lately.questions-lately.answered)
	return d
}

func (s *span) join(o *span) {
	s.posts, s.begun, s.questions, s.answered = s.posts+o.posts, s.begun+o.begun, s.questions+o.questions, s.answered+o.answered
	for i, n := range o.waits {
		s.waits[i] += n
	}
}

func (d *statsData) wait(text string, n int) {
	d.Waits = append(d.Waits, waitData{Text: text, Count: thousands(n), Share: share(n, d.Asked), Width: n * 100 / max(d.Asked, 1)})
}

func (d *statsData) lastMonths(v *visit, this time.Time, months map[time.Time]*span) {
	var values []int
	var names []string
	for i := statsMonths - 1; i >= 0; i-- {
		at := this.AddDate(0, -i, 0)
		m := months[at]
		if m == nil {
			m = &span{}
		}
		values, names = append(values, m.posts), append(names, at.Format("Jan 06"))
		row := statsMonth{Text: at.Format("January 2006"), Posts: thousands(m.posts), Begun: thousands(m.begun)}
		if m.begun > 0 {
			row.Path = v.s.cfg.Path + at.Format("/2006/01")
		}
		d.Months = append([]statsMonth{row}, d.Months...)
	}
	d.ByMonth = plotOf("bm", "Messages a month", fmt.Sprintf("A bar for each of the last %d months. The table below has the same figures.", statsMonths), values, names)
}

func (d *statsData) allYears(v *visit, first, last int, years map[int]*span) {
	var values []int
	var names []string
	for y := first; y <= last; y++ {
		sum := years[y]
		if sum == nil {
			sum = &span{}
		}
		values, names = append(values, sum.posts), append(names, fmt.Sprint(y))
		row := statsYear{Text: fmt.Sprint(y), Posts: thousands(sum.posts), Questions: thousands(sum.questions), Answered: share(sum.answered, sum.questions)}
		if sum.begun > 0 {
			row.Path = fmt.Sprintf("%s/%04d", v.s.cfg.Path, y)
		}
		d.Years = append([]statsYear{row}, d.Years...)
	}
	d.ByYear = plotOf("by", "Messages a year", "A bar for each year. The table below has the same figures.", values, names)
}

// sizes adds how many members there are, and were in the months in which they were counted.
func (v *visit) sizes(d *statsData, lists []list.List) error {
	now, months := 0, map[time.Time]int{}
	err := v.s.db.View(func(tx *store.Tx) error {
		now = 0
		clear(months)
		for _, l := range lists {
			n, err := list.Count(tx, l.ID)
			if err != nil {
				return err
			}
			now += n
			all, err := list.Sizes(tx, v.reader, l.ID)
			if err != nil {
				return err
			}
			for _, s := range all {
				months[time.Date(s.Year, s.Month, 1, 0, 0, 0, 0, london)] += s.Members
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	d.Facts = append(d.Facts, factData{"Members now", thousands(now)})
	var values []int
	var names []string
	at := v.now.In(london)
	this := time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, london)
	for i := statsMonths - 1; i >= 0; i-- {
		at := this.AddDate(0, -i, 0)
		n, ok := months[at]
		if i == 0 {
			n, ok = now, true
		}
		if ok {
			values, names = append(values, n), append(names, at.Format("Jan 06"))
			d.Sizes = append([]sizeData{{Text: at.Format("January 2006"), Members: thousands(n)}}, d.Sizes...)
		}
	}
	d.BySize = plotOf("ms", "Members", "A bar for each month in which members were counted. The table below has the same figures.", values, names)
	return nil
}
