package digest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/calendar"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
)

func typicalHours(t testing.TB, n calendar.Nation) calendar.Hours {
	t.Helper()
	dates, err := calendar.Parse(calendar.Typical())
	if err != nil {
		t.Fatal(err)
	}
	return calendar.Hours{Dates: dates, Nation: n}
}

var mondays, days = Schedule{Kind: Weekly, Weekday: time.Monday, Hour: 6, Minute: 30}, Schedule{Kind: Daily, Weekday: time.Monday, Hour: 6, Minute: 30}

func TestWhichIssuesRestInTheHolidays(t *testing.T) {
	h := typicalHours(t, calendar.England)
	for _, c := range []struct {
		name string
		s    Schedule
		how  list.Holidays
		at   string
		want bool
	}{
		{"as usual nothing rests", mondays, list.HolidaysUsual, "Mon 27 Jul 2026 06:30:00", false},
		{"a pause is for all of the holidays", mondays, list.HolidaysPause, "Mon 3 Aug 2026 06:30:00", true},
		{"in term nothing rests", mondays, list.HolidaysPause, "Mon 7 Sep 2026 06:30:00", false},
		{"a bank holiday alone is no reason", mondays, list.HolidaysPause, "Mon 4 May 2026 06:30:00", false},
		{"thin: the first Monday of the summer rests", mondays, list.HolidaysThin, "Mon 27 Jul 2026 06:30:00", true},
		{"thin: the second does not", mondays, list.HolidaysThin, "Mon 3 Aug 2026 06:30:00", false},
		{"thin: the sixth does not", mondays, list.HolidaysThin, "Mon 31 Aug 2026 06:30:00", false},
		{"thin: a half term's Monday rests", mondays, list.HolidaysThin, "Mon 26 Oct 2026 06:30:00", true},
		{"thin: a day of the holidays rests", days, list.HolidaysThin, "Tue 28 Jul 2026 06:30:00", true},
		{"thin: the day of the weekly one does not", days, list.HolidaysThin, "Mon 27 Jul 2026 06:30:00", false},
	} {
		if got := rests(h, c.s, c.how, moment(t, c.at)); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// Over the years that the typical dates know, with the clock going forward and back: nothing rests in term, all does in a pause, and a
// thin time has one issue a fortnight of the weekly kind, and one a week of the daily kind.
func TestHolidaysOfEveryNationOverTheYears(t *testing.T) {
	for _, n := range calendar.Nations() {
		h := typicalHours(t, n)
		for _, s := range []Schedule{mondays, days} {
			for _, how := range []list.Holidays{list.HolidaysUsual, list.HolidaysThin, list.HolidaysPause} {
				sent, last := 0, s.Latest(moment(t, "Mon 1 Sep 2025 12:00:00"))
				for at := s.Next(last); at.Before(moment(t, "Thu 29 Jun 2028 00:00:00")); at = s.Next(at) {
					if rests(h, s, how, at) {
						if !h.Break(at) || how == list.HolidaysUsual {
							t.Errorf("%s, %s, %s: %s rests", n, s.Kind.Mode(), how, at)
						}
						continue
					}
					most := map[list.Holidays]int{list.HolidaysUsual: s.days(), list.HolidaysThin: 7 * s.days(), list.HolidaysPause: 77}[how]
					if s.Kind == Weekly && how == list.HolidaysThin {
						most = 14
					}
					if gap := int(at.Sub(last).Round(24*time.Hour) / (24 * time.Hour)); gap > most {
						t.Errorf("%s, %s, %s: %d days without one before %s", n, s.Kind.Mode(), how, gap, at)
					}
					if how == list.HolidaysPause && h.Break(at) {
						t.Errorf("%s, %s: one in a pause, %s", n, s.Kind.Mode(), at)
					}
					sent, last = sent+1, at
				}
				t.Logf("%s, %s, %s: %d issues", n, s.Kind.Mode(), how, sent)
			}
		}
	}
}

// A year of a list with one message a day, in whose holidays digests are thin: each message is told of in exactly one issue of each
// kind.
func TestAYearOfMessagesWithThinHolidays(t *testing.T) {
	f := newForum(t, 1, list.ModeWeekly)
	f.ed.cfg.Hours = typicalHours(t, calendar.England)
	f.set(func(l *list.List) { l.Holiday = list.HolidaysThin })
	for day := range 369 {
		f.post(1, fmt.Sprintf("Matter %d", f.n), "The lift of the school is out of order again this week.")
		f.now = time.Date(2026, 1, 1+day, 6, 31, 0, 0, calendar.London())
		f.step()
	}
	told, issued := f.told()
	if issued[Weekly] != 45 || issued[Daily] != 278 {
		t.Errorf("%d weekly issues and %d daily ones, want 45 and 278", issued[Weekly], issued[Daily])
	}
	for k, all := range told {
		first := archive.Number(f.n + 1)
		for n, times := range all {
			if first = min(first, n); times != 1 {
				t.Errorf("%s: message %d is told of %d times", k.Mode(), n, times)
			}
		}
		if missing := f.n - int(first) + 1 - len(all); missing > 0 {
			t.Errorf("%s: %d of the kept messages are in no issue", k.Mode(), missing)
		}
	}
}

// told returns in how many kept issues each message is told of, and how many issues of each kind there were in all.
func (f *forum) told() (told map[Kind]map[archive.Number]int, issued map[Kind]int) {
	f.t.Helper()
	told, issued = map[Kind]map[archive.Number]int{Weekly: {}, Daily: {}}, map[Kind]int{}
	testdb.View(f.t, f.db, func(tx *store.Tx) error {
		for row, err := range periods.All(tx) {
			if err != nil {
				return err
			}
			if row.Value == 0 {
				continue
			}
			issued[row.Key.B.A]++
			i, _, err := issues.Get(tx, row.Value) // some are kept no longer
			if err != nil {
				return err
			}
			for _, it := range i.Items {
				if it.Posts > 0 {
					told[i.Kind][it.Thread]++
				}
			}
		}
		return nil
	})
	return told, issued
}

// After a rest an issue says from when it is, asks for help with what nobody was asked meanwhile, and counts as begun what is.
func TestAnIssueAfterARestSaysSince(t *testing.T) {
	f := newForum(t, 1, list.ModeWeekly)
	f.ed.cfg.Hours = typicalHours(t, calendar.England)
	f.set(func(l *list.List) { l.Holiday = list.HolidaysPause })
	f.until("Fri 17 Jul 2026 12:00:00")
	f.post(1, "Keys", "The keys of the hall are with the caretaker.")
	f.until("Mon 20 Jul 2026 06:30:00")
	f.until("Thu 23 Jul 2026 09:00:00")
	f.post(1, "Timers", "Who has used visual timers with a whole class?")
	f.until("Fri 24 Jul 2026 09:00:00")
	lost := f.post(1, "Lost", "We lost a box of rulers in the hall.")
	f.post(1, "Re: Lost", "It has been found again in the kitchen.", lost.MessageID)
	f.until("Fri 28 Aug 2026 09:00:00")
	f.post(1, "Plans", "The plans for the first week are in the shared folder.")
	for f.now.Before(moment(t, "Mon 7 Sep 2026 06:00:00")) {
		f.now = f.now.Add(24 * time.Hour)
		f.step()
	}
	f.until("Mon 7 Sep 2026 06:31:00")
	rows := f.rows()
	_, m := f.mail(rows[len(rows)-1])
	text := strings.ReplaceAll(m.Text(), "\r", "")
	for _, want := range []string{"\nIt has all that has come since the one of 20 July.\n", "CAN YOU HELP?\n\n* Timers\n", "* Lost\n  1 reply", "ALSO SINCE 20 JULY\n\n* Plans\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "Keys") || strings.Contains(text, "week\n") {
		t.Errorf("%s", text)
	}
}

// What a list says at the top of its digests stands in text and page, and its letters are no HTML.
func TestTheListsOwnWordsStandAtTheTop(t *testing.T) {
	f := newForum(t, 1, list.ModeWeekly)
	testdb.Update(t, f.db, func(tx *store.Tx) error {
		return list.SetWords(tx, 1, list.Words{Name: notice.TextDigest, Text: "Our meeting is <soon>.\nAsk {owner} where."})
	})
	f.post(1, "Keys", "The keys of the hall are with the caretaker.")
	f.until("Mon 5 Jan 2026 06:31:00")
	rows := f.rows()
	_, m := f.mail(rows[len(rows)-1])
	if text := strings.ReplaceAll(m.Text(), "\r", ""); !strings.Contains(text, "to read.\n\nOur meeting is <soon>. Ask senco-forum-owner@lists.example.org where.\n\nIN THIS EMAIL") {
		t.Errorf("%s", text)
	}
	var l list.List
	testdb.View(t, f.db, func(tx *store.Tx) (err error) {
		l, err = list.Get(tx, 1)
		return err
	})
	i, _, err := issueOf(f.db, 1)
	if err != nil {
		t.Fatal(err)
	}
	c, err := f.ed.Compose(l, i)
	if err != nil || !strings.Contains(c.HTML, ">Our meeting is &lt;soon&gt;. Ask ") {
		t.Errorf("%v\n%s", err, c.HTML)
	}
}

// set changes the settings of the list.
func (f *forum) set(change func(*list.List)) {
	f.t.Helper()
	testdb.Update(f.t, f.db, func(tx *store.Tx) error {
		l, err := list.Get(tx, 1)
		if err != nil {
			return err
		}
		change(&l)
		return list.Save(tx, l)
	})
}
