package digest

import (
	"testing"
	"time"

	"sencoforum/calendar"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

// A list that wants digests only in term has none in the holidays, and then one with all that was written meanwhile.
func TestDigestsRestInTheHolidays(t *testing.T) {
	f := newForum(t, 1, list.ModeWeekly)
	dates, err := calendar.Parse("england 2026-01-10 2026-01-20 snow")
	if err != nil {
		t.Fatal(err)
	}
	f.ed.cfg.Hours = calendar.Hours{Dates: dates, Nation: calendar.England}
	testdb.Update(t, f.db, func(tx *store.Tx) error {
		l, err := list.Get(tx, 1)
		if err != nil {
			return err
		}
		l.Holiday = list.HolidaysPause
		return list.Save(tx, l)
	})
	f.post(1, "Snow", "The school is shut today and nobody is here to answer.")
	for when, want := range map[string]int{"Mon 12 Jan 2026 12:00:00": 0} {
		f.until(when)
		if n := len(f.rows()); n != want {
			t.Errorf("%s: %d rows", when, n)
		}
	}
	f.until("Mon 19 Jan 2026 12:00:00")
	if n := len(f.rows()); n != 0 {
		t.Errorf("at the end of the holidays: %d rows", n)
	}
	f.post(1, "Sun", "The school is open again and everybody is here.")
	f.until("Mon 26 Jan 2026 12:00:00")
	rows := f.rows()
	if len(rows) != 1 {
		t.Fatalf("after the holidays: %d rows", len(rows))
	}
	i, _, err := issueOf(f.db, 1)
	if err != nil || len(i.Items) != 2 {
		t.Errorf("the issue has %d discussions, %v", len(i.Items), err)
	}
}

func issueOf(db *store.DB, n Number) (i Issue, ok bool, err error) {
	err = db.View(func(tx *store.Tx) (err error) { i, ok, err = issues.Get(tx, n); return err })
	return i, ok, err
}

// What moderators announced is a notice, and stands once.
func TestAnAnnouncementIsANotice(t *testing.T) {
	f := newForum(t, 1, list.ModeWeekly)
	p := f.post(1, "Webinar", "The webinar is on 2 December. Book by 30 November.")
	testdb.Update(t, f.db, func(tx *store.Tx) error {
		written, err := period(tx, plan{list: list.List{ID: 1}, to: 1 << 30})
		if err != nil {
			return err
		}
		posts := written[p.Number]
		posts[0].Announced = true
		one, ok, err := talkOf(tx, p.Number, posts)
		if err != nil || !ok || !one.notice {
			t.Errorf("%+v, %v", one, err)
		}
		if got := pick([]talk{one}, Weekly, f.now, time.Time{}); len(got) != 1 || got[0].Part != Notices {
			t.Errorf("%+v", got)
		}
		return nil
	})
}
