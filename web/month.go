package web

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"sencoforum/archive"
	"sencoforum/store"
)

// monthPer is how many discussions one page of a month has.
const monthPer = 50

// monthData is what was begun in a month.
type monthData struct {
	Title       string
	Count       string
	Discussions []discussionData
	Older       string
	Year        string // the page of its year
	Before      link
	After       link
}

// yearPageData is a year with its months, and all years.
type yearPageData struct {
	Title  string
	Months []barData
	Years  []link
}

type barData struct {
	Path, Text         string
	Discussions, Posts int
	Width              int // of a hundred
}

func (v *visit) yearArg() (int, error) {
	y, err := strconv.Atoi(v.args["year"])
	if err != nil || y < 1970 || y > v.now.In(london).Year()+1 {
		return 0, errNoPage
	}
	return y, nil
}

// months sums up the months of all lists that the page is to show, by the first day of each.
func (v *visit) months() (map[time.Time]archive.Month, error) {
	lists, err := v.narrowed()
	if err != nil {
		return nil, err
	}
	all := map[time.Time]archive.Month{}
	for _, l := range lists {
		months, err := v.s.cfg.Overview.Months(v.reader, l.ID, london)
		if err != nil {
			return nil, err
		}
		for _, m := range months {
			first := time.Date(m.Year, m.Month, 1, 0, 0, 0, 0, london)
			sum := all[first]
			m.Discussions, m.Posts = m.Discussions+sum.Discussions, m.Posts+sum.Posts
			all[first] = m
		}
	}
	return all, nil
}

func yearPage(v *visit) error {
	year, err := v.yearArg()
	if err != nil {
		return err
	}
	all, err := v.months()
	if err != nil {
		return err
	}
	d := yearPageData{Title: fmt.Sprintf("Discussions of %d", year)}
	most := 1
	years := map[int]bool{year: true}
	for at, m := range all {
		years[m.Year] = true
		if at.Year() == year {
			most = max(most, m.Posts)
		}
	}
	for i := range 12 {
		at := time.Date(year, time.Month(i+1), 1, 0, 0, 0, 0, london)
		if m, ok := all[at]; ok {
			d.Months = append(d.Months, barData{Path: v.s.cfg.Path + at.Format("/2006/01"), Text: at.Format("January"),
				Discussions: m.Discussions, Posts: m.Posts, Width: max(1, m.Posts*100/most)})
		}
	}
	for _, y := range slices.Backward(slices.Sorted(maps.Keys(years))) {
		d.Years = append(d.Years, link{Path: fmt.Sprintf("%s/%04d", v.s.cfg.Path, y), Text: fmt.Sprint(y), Here: y == year})
	}
	return v.show(http.StatusOK, "year.html", v.shell(d.Title, link{Path: fmt.Sprintf("/%04d", year), Text: fmt.Sprint(year)}), d)
}

func monthPage(v *visit) error {
	year, err := v.yearArg()
	if err != nil {
		return err
	}
	m, err := strconv.Atoi(v.args["month"])
	if err != nil || m < 1 || m > 12 {
		return errNoPage
	}
	lists, err := v.narrowed()
	if err != nil {
		return err
	}
	from, err := v.cursor()
	if err != nil {
		return err
	}
	start := time.Date(year, time.Month(m), 1, 0, 0, 0, 0, london)
	end := start.AddDate(0, 1, 0)
	if from == (archive.Cursor{}) || from.Value > uint32(end.Unix()) {
		from = archive.Cursor{Value: uint32(end.Unix())}
	}
	q := archive.Query{Order: archive.ByBegun, From: from, Count: monthPer}
	found, next, err := v.begun(q, lists, start)
	if err != nil {
		return err
	}
	d := monthData{Title: "Discussions begun in " + start.Format("January 2006"), Year: fmt.Sprintf("/%04d", year)}
	if next != (archive.Cursor{}) {
		d.Older = fmt.Sprintf("%s%s?from=%d-%d", v.s.cfg.Path, start.Format("/2006/01"), next.Value, next.Thread)
	}
	if before := start.AddDate(0, -1, 0); before.Year() >= 1970 {
		d.Before = link{Path: v.s.cfg.Path + before.Format("/2006/01"), Text: before.Format("January 2006")}
	}
	if !end.After(v.now) {
		d.After = link{Path: v.s.cfg.Path + end.Format("/2006/01"), Text: end.Format("January 2006")}
	}
	err = v.s.db.View(func(tx *store.Tx) (err error) {
		d.Discussions, err = v.discussions(tx, found, false)
		return err
	})
	if err != nil {
		return err
	}
	sh := v.shell(d.Title, link{Path: d.Year, Text: fmt.Sprint(year)})
	return v.show(http.StatusOK, "month.html", sh, d)
}
