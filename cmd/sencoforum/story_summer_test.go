package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// Before the summer members who get single posts are offered a pause once, and one word takes it until term begins. Who has digests,
// is paused, gets nothing or wants no reminders is not asked.
func TestStorySummerPause(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam", "kim", "lea")
		b.mode("asha", list.ModeEvery)
		b.mode("tom", list.ModeQuestions)
		b.mode("sam", list.ModeWeekly)
		b.mode("kim", list.ModeNone)
		b.mode("lea", list.ModeEvery)
		begins := time.Now().AddDate(0, 0, 20)
		last := begins.AddDate(0, 0, 40)
		b.holidays(fmt.Sprintf("england %s %s summer\n", begins.Format(time.DateOnly), last.Format(time.DateOnly)))
		b.must(b.send("lea@garden.example", theRobot, "pause", "pause for 5 weeks"))
		b.wait(12 * 24 * time.Hour)
		if n := b.count("asha", "A pause over the summer?"); n != 0 {
			t.Fatalf("Asha was asked %d times before the last week", n)
		}
		for range 7 {
			b.wait(25 * time.Hour)
			b.stop()
			b.start()
			b.wait(time.Minute)
		}
		for who, want := range map[string]int{"asha": 1, "tom": 1, "sam": 0, "kim": 0, "lea": 0} {
			if n := b.count(who, "A pause over the summer?"); n != want {
				t.Errorf("%s was asked %d times, want %d", who, n, want)
			}
		}
		offer := b.mails("asha@garden.example", "A pause over the summer?")[0].text
		id := message.Parse([]byte(offer)).Header.Get("Message-ID")
		b.must(b.send("asha@garden.example", theRobot, "Re: A pause over the summer? Reply pause", "Pause", "In-Reply-To: "+id))
		b.wait(time.Minute)
		term := last.AddDate(0, 0, 1)
		for term.Weekday() == time.Saturday || term.Weekday() == time.Sunday {
			term = term.AddDate(0, 0, 1)
		}
		if told, _ := b.got("asha", "Done:"); !strings.Contains(told, term.Format("2 January")) {
			t.Errorf("Asha reads, term begins %s\n%s", term.Format("2 January"), told)
		}
		b.items()
		b.stop()
	})
}
