package digest

import (
	"math/rand/v2"
	"testing"
	"time"

	"sencoforum/calendar"
)

func moment(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("Mon 2 Jan 2006 15:04:05", s, calendar.London())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestTheLatestIssueAndTheNext(t *testing.T) {
	weekly, daily := Schedule{Kind: Weekly, Weekday: time.Monday, Hour: 6, Minute: 30}, Schedule{Kind: Daily, Hour: 6, Minute: 30}
	for _, k := range []struct {
		name               string
		s                  Schedule
		now, latest, next_ string
	}{
		{"a minute before the hour it is last week's", weekly, "Mon 23 Nov 2026 06:29:59", "Mon 16 Nov 2026 06:30:00", "Mon 23 Nov 2026 06:30:00"},
		{"at the hour it is this week's", weekly, "Mon 23 Nov 2026 06:30:00", "Mon 23 Nov 2026 06:30:00", "Mon 30 Nov 2026 06:30:00"},
		{"on Sunday night it is still this week's", weekly, "Sun 29 Nov 2026 23:59:59", "Mon 23 Nov 2026 06:30:00", "Mon 30 Nov 2026 06:30:00"},
		{"the clock goes forward within the week", weekly, "Sun 29 Mar 2026 03:00:00", "Mon 23 Mar 2026 06:30:00", "Mon 30 Mar 2026 06:30:00"},
		{"the clock goes back within the week", weekly, "Sun 25 Oct 2026 12:00:00", "Mon 19 Oct 2026 06:30:00", "Mon 26 Oct 2026 06:30:00"},
		{"a day of 23 hours", daily, "Sun 29 Mar 2026 06:29:59", "Sat 28 Mar 2026 06:30:00", "Sun 29 Mar 2026 06:30:00"},
		{"a day of 25 hours", daily, "Sun 25 Oct 2026 06:30:00", "Sun 25 Oct 2026 06:30:00", "Mon 26 Oct 2026 06:30:00"},
		{"an hour that the clock leaves out", Schedule{Kind: Daily, Hour: 1, Minute: 30}, "Sun 29 Mar 2026 12:00:00", "Sun 29 Mar 2026 02:30:00", "Mon 30 Mar 2026 01:30:00"},
		{"the turn of the year", daily, "Fri 1 Jan 2027 00:00:00", "Thu 31 Dec 2026 06:30:00", "Fri 1 Jan 2027 06:30:00"},
		{"another day of the week", Schedule{Kind: Weekly, Weekday: time.Friday, Hour: 16}, "Thu 26 Nov 2026 12:00:00", "Fri 20 Nov 2026 16:00:00", "Fri 27 Nov 2026 16:00:00"},
	} {
		now := moment(t, k.now)
		if got, want := k.s.Latest(now), moment(t, k.latest); !got.Equal(want) {
			t.Errorf("%s: the latest is %s, want %s", k.name, got, want)
		}
		if got, want := k.s.Next(now), moment(t, k.next_); !got.Equal(want) {
			t.Errorf("%s: the next is %s, want %s", k.name, got, want)
		}
	}
}

// A server that runs ten years, stops now and then for up to a month, and whose clock is set forward and back by up to a year,
// makes one issue for each period in which it looked, and never two.
func TestOneIssueForEachPeriodInTenYears(t *testing.T) {
	for _, s := range []Schedule{{Kind: Weekly, Weekday: time.Monday, Hour: 6, Minute: 30}, {Kind: Daily, Hour: 6, Minute: 30}, {Kind: Daily, Hour: 1, Minute: 30}} {
		for seed := range uint64(4) {
			rnd := rand.New(rand.NewPCG(seed, 7))
			made, looked := map[Day]int{}, map[Day]bool{}
			now := moment(t, "Thu 1 Jan 2026 00:00:00")
			end, shift := now.AddDate(10, 0, 0), time.Duration(0)
			for now.Before(end) {
				clock := now.Add(shift)
				at, due, err := s.Due(clock, func(d Day) (bool, error) { return made[d] > 0, nil })
				if err != nil || at.After(clock) {
					t.Fatalf("at %s the issue of %s is due, error %v", clock, at, err)
				}
				looked[dayOf(at)] = true
				if due {
					made[dayOf(at)]++
				}
				switch rnd.IntN(400) {
				case 0:
					now = now.Add(time.Duration(rnd.IntN(30*24)) * time.Hour)
				case 1:
					shift = time.Duration(rnd.IntN(2*365*24)-365*24) * time.Hour
				case 2:
					shift = 0
				}
				now = now.Add(time.Duration(1+rnd.IntN(600)) * time.Minute)
			}
			for d := range looked {
				if made[d] != 1 {
					t.Fatalf("%+v, seed %d: %d issues of %d", s, seed, made[d], d)
				}
			}
			if least := map[Kind]int{Weekly: 350, Daily: 2200}[s.Kind]; len(looked) < least {
				t.Errorf("only %d periods were looked at", len(looked))
			}
		}
	}
}

// A server that never stops has an issue on each Monday, summer and winter.
func TestEveryMondayHasItsIssue(t *testing.T) {
	s := Schedule{Kind: Weekly, Weekday: time.Monday, Hour: 6, Minute: 30}
	at := s.Latest(moment(t, "Mon 5 Jan 2026 06:30:00"))
	for range 52 * 10 {
		next := s.Next(at)
		if h, m, _ := next.Clock(); next.Weekday() != time.Monday || h != 6 || m != 30 || !s.Before(next).Equal(at) {
			t.Fatalf("after %s comes %s", at, next)
		}
		if days := next.Sub(at).Hours() / 24; days < 6.9 || days > 7.1 {
			t.Fatalf("%s is %.2f days after %s", next, days, at)
		}
		at = next
	}
}
