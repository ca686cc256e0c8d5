package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sencoforum/calendar"
	"sencoforum/list"
	"sencoforum/store"
)

// A list that wants it reminds its members of the rules once a month in term, whatever restarts; by two words somebody ends that, and a
// list that does not want it says nothing.
func TestStoryRulesReminder(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam", "kim", "lea")
		b.mode("asha", list.ModeEvery)
		b.mode("sam", list.ModeWeekly)
		b.mode("kim", list.ModeNone)
		b.must(b.send("lea@garden.example", theRobot, "reminders", "no reminders"))
		const subject = "How we write to each other here"
		firstOfNext := func(months int) time.Time {
			y, m, _ := time.Now().In(calendar.London()).Date()
			return time.Date(y, m+time.Month(months), 1, 0, 0, 0, 0, calendar.London())
		}
		first, away := firstOfNext(2), firstOfNext(3)
		b.holidays(fmt.Sprintf("england %s %s shut\n", away.Format(time.DateOnly), away.AddDate(0, 1, -1).Format(time.DateOnly)))
		b.wait(time.Until(first.AddDate(0, 0, -8)))
		if n := b.count("asha", subject); n != 0 {
			t.Fatalf("%d reminders that nobody wanted", n)
		}
		b.must(b.house.db.Update(func(tx *store.Tx) error {
			l, err := list.Get(tx, 1)
			if err != nil {
				return err
			}
			l.RemindRules = true
			return list.Save(tx, l)
		}))
		for time.Now().Before(away) {
			b.wait(25 * time.Hour)
			b.stop()
			b.start()
			b.wait(time.Minute)
		}
		for who, want := range map[string]int{"asha": 1, "tom": 1, "sam": 1, "kim": 0, "lea": 0} {
			if n := b.count(who, subject); n != want {
				t.Errorf("%s was reminded %d times in a month of term, want %d", who, n, want)
			}
		}
		text := b.mails("asha@garden.example", subject)[0].text
		if !strings.Contains(text, "could show who a child or family is") {
			t.Errorf("%s", text)
		}
		b.must(b.send("asha@garden.example", theRobot, "Re: "+subject, "No reminders"))
		b.wait(time.Minute)
		b.got("asha", "Done: reminders off")
		b.wait(time.Until(away.AddDate(0, 1, -1)))
		if n := b.count("tom", subject); n != 1 {
			t.Errorf("Tom was reminded in the holidays")
		}
		b.wait(12 * 24 * time.Hour)
		if asha, tom := b.count("asha", subject), b.count("tom", subject); asha != 1 || tom != 2 {
			t.Errorf("in the next month Asha has %d reminders and Tom %d, want 1 and 2", asha, tom)
		}
		b.items()
		b.stop()
	})
}
