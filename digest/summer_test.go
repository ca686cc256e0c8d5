package digest

import (
	"strings"
	"testing"
	"time"

	"sencoforum/calendar"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

func summerHours(t *testing.T) calendar.Hours {
	t.Helper()
	dates, err := calendar.Parse("england 2026-05-25 2026-05-29 half term\nengland 2026-07-22 2026-08-31 summer\nengland 2027-07-24 2027-09-01 summer")
	if err != nil {
		t.Fatal(err)
	}
	return calendar.Hours{Dates: dates, Nation: calendar.England}
}

// Of all issues of two years, one of each kind before each summer offers a pause.
func TestTheLastIssueBeforeTheSummerOffersAPause(t *testing.T) {
	h := summerHours(t)
	for kind, want := range map[Kind][]string{Weekly: {"2026-07-20", "2027-07-19"}, Daily: {"2026-07-21", "2027-07-23"}} {
		s := Schedule{Kind: kind, Weekday: time.Monday, Hour: 6, Minute: 30}
		var got []string
		for at := s.Latest(moment(t, "Thu 1 Jan 2026 12:00:00")); at.Year() < 2028; at = s.Next(at) {
			if summer(h, s, at) != "" {
				got = append(got, at.Format(time.DateOnly))
			}
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s: %v, want %v", kind.Mode(), got, want)
		}
	}
	s := Schedule{Kind: Weekly, Weekday: time.Monday, Hour: 6, Minute: 30}
	const want = "The summer holidays begin on 22 July. For no email until term begins, reply: pause until 1 September"
	if got := summer(h, s, moment(t, "Mon 20 Jul 2026 06:30:00")); got != want {
		t.Errorf("%q", got)
	}
	if summer(calendar.Hours{}, s, moment(t, "Mon 20 Jul 2026 06:30:00")) != "" {
		t.Error("an offer without a calendar")
	}
}

func TestTheOfferStandsInTheMail(t *testing.T) {
	f := newForum(t, 3, list.ModeWeekly)
	f.ed.cfg.Hours = summerHours(t)
	f.until("Mon 20 Jul 2026 06:00:00")
	f.post(1, "Rulers", "I have some rulers to give away, for whoever wants them.")
	f.until("Mon 20 Jul 2026 06:31:00")
	var all []Issue
	var l list.List
	testdb.View(t, f.db, func(tx *store.Tx) (err error) {
		for row, err := range issues.All(tx) {
			if err != nil {
				return err
			}
			all = append(all, row.Value)
		}
		l, err = list.Get(tx, 1)
		return err
	})
	seen := 0
	for _, i := range all {
		c, err := f.ed.Compose(l, i)
		if err != nil {
			t.Fatal(err)
		}
		has := strings.Contains(strings.Join(strings.Fields(c.Text), " "), "reply: pause until 1 September")
		if has != strings.Contains(c.HTML, "reply: pause until 1 September") || has != (i.Kind == Weekly) {
			t.Errorf("kind %d: %v\n%s", i.Kind, has, c.Text)
		}
		seen++
	}
	if seen != 2 {
		t.Errorf("%d issues", seen)
	}
}
