package bounce

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestScore has one course of events for each rule.
//
// ceiling: flat table
func TestScore(t *testing.T) {
	type step struct {
		day  Day
		e    Event
		want Action
	}
	dead, full := Event{Class: Dead}, Event{Class: Full}
	refused := Event{Class: Dead, Probe: true}
	probed := func(then ...step) []step {
		return append([]step{{100, dead, Nothing}, {101, dead, Nothing}, {102, dead, SendProbe}}, then...)
	}
	for _, c := range []struct {
		name  string
		steps []step
		want  State
	}{
		{"three dead bounces on one day are one point",
			[]step{{100, dead, Nothing}, {100, dead, Nothing}, {100, dead, Nothing}}, State{Points: 1, LastDead: 100}},
		{"the third day brings a probe and no points",
			[]step{{100, dead, Nothing}, {101, dead, Nothing}, {105, dead, SendProbe}}, State{LastDead: 105, ProbeSent: 105}},
		{"a probe refused as dead suspends",
			probed(step{102, refused, Suspend}), State{Suspended: true}},
		{"a probe refused on its third day suspends",
			probed(step{105, refused, Suspend}), State{Suspended: true}},
		{"a probe refused on the fourth day is one point",
			probed(step{106, refused, Nothing}), State{Points: 1, LastDead: 106}},
		{"a probe refused for spam does nothing",
			probed(step{103, Event{Class: Policy, Probe: true}, Nothing}), State{LastDead: 102, ProbeSent: 102}},
		{"a probe that is not refused leaves nothing behind",
			probed(step{130, Event{Arrived: true}, Nothing}), State{}},
		{"who is suspended stays so",
			probed(step{103, refused, Suspend}, step{104, Event{Arrived: true}, Nothing}, step{105, dead, Nothing}), State{Suspended: true}},
		{"points are forgotten after 21 days",
			[]step{{100, dead, Nothing}, {101, dead, Nothing}, {122, dead, Nothing}}, State{Points: 1, LastDead: 122}},
		{"points are kept for 20 days",
			[]step{{100, dead, Nothing}, {101, dead, Nothing}, {121, dead, SendProbe}}, State{LastDead: 121, ProbeSent: 121}},
		{"holidays score nothing",
			[]step{{100, Event{Class: Dead, Frozen: true}, Nothing}, {101, Event{Class: Dead, Frozen: true}, Nothing}, {102, Event{Class: Dead, Frozen: true}, Nothing}}, State{}},
		{"a probe that comes back in the holidays suspends nobody",
			probed(step{103, Event{Class: Dead, Probe: true, Frozen: true}, Nothing}), State{LastDead: 102, ProbeSent: 102}},
		{"an open circuit breaker scores nothing",
			[]step{{100, dead, Nothing}, {101, Event{Class: Dead, Broken: true}, Nothing}, {102, dead, Nothing}}, State{Points: 2, LastDead: 102}},
		{"a domain that nobody has checked scores nothing",
			[]step{{100, Event{Class: NoDomain}, Nothing}, {101, Event{Class: NoDomain}, Nothing}, {102, Event{Class: NoDomain}, Nothing}}, State{}},
		{"a clock that was stepped back scores nothing twice",
			[]step{{100, dead, Nothing}, {99, dead, Nothing}, {100, dead, Nothing}}, State{Points: 1, LastDead: 100}},
		{"points of a clock that ran a year ahead are forgotten",
			[]step{{465, dead, Nothing}, {100, dead, Nothing}}, State{Points: 1, LastDead: 100}},
		{"a full mailbox is asked about after 30 days, once",
			[]step{{100, full, Nothing}, {110, full, Nothing}, {120, full, Nothing}, {129, full, Nothing}, {130, full, AskBackup}, {131, full, Nothing}},
			State{FullSince: 100, FullLast: 131, FullAsked: true}},
		{"a delay does not end a run of full",
			[]step{{100, full, Nothing}, {110, Event{Class: Delay}, Nothing}, {114, full, Nothing}, {127, full, Nothing}, {130, full, AskBackup}}, State{FullSince: 100, FullLast: 130, FullAsked: true}},
		{"mail that arrives ends a run of full",
			[]step{{100, full, Nothing}, {112, full, Nothing}, {113, Event{Arrived: true}, Nothing}, {126, full, Nothing}, {131, full, Nothing}}, State{FullSince: 126, FullLast: 131}},
		{"fifteen days of silence end a run of full",
			[]step{{100, full, Nothing}, {115, full, Nothing}, {131, full, Nothing}}, State{FullSince: 131, FullLast: 131}},
	} {
		var s State
		for i, step := range c.steps {
			var got Action
			if s, got = Score(s, step.e, step.day); got != step.want {
				t.Errorf("%s: step %d: got %v, want %v", c.name, i, got, step.want)
			}
		}
		if diff := cmp.Diff(c.want, s); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestDayOf(t *testing.T) {
	london := time.FixedZone("BST", 3600)
	got, want := DayOf(time.Date(2026, 7, 1, 0, 30, 0, 0, london)), DayOf(time.Date(2026, 7, 1, 23, 30, 0, 0, london))
	if got != want || want-DayOf(time.Date(2026, 6, 30, 23, 30, 0, 0, london)) != 1 {
		t.Errorf("got %d, want %d and one less the day before", got, want)
	}
	if got := DayOf(time.Date(1970, 1, 2, 12, 0, 0, 0, time.UTC)); got != 1 {
		t.Errorf("got %d, want 1", got)
	}
}

func drawEvent(classes ...Class) *rapid.Generator[Event] {
	return rapid.Custom(func(t *rapid.T) Event {
		return Event{
			Class: rapid.SampledFrom(classes).Draw(t, "class"), Arrived: rapid.Bool().Draw(t, "arrived"), Probe: rapid.Bool().Draw(t,
				"probe"),
			Frozen: rapid.Bool().Draw(t, "frozen"), Broken: rapid.Bool().Draw(t, "broken"),
		}
	})
}

// TestOnlyDeadSuspends: whatever else comes back, and however often, changes no score.
func TestOnlyDeadSuspends(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := State{Points: rapid.IntRange(0, 2).Draw(t, "points"), LastDead: 1000, ProbeSent: Day(rapid.SampledFrom([]int{0, 1000}).Draw(t,
			"probe"))}
		day := Day(1000)
		for _, e := range rapid.SliceOfN(drawEvent(Unknown, NoDomain, Full, Delay, Policy), 1, 200).Draw(t, "events") {
			before := s.Points
			day += Day(rapid.IntRange(0, 5).Draw(t, "days"))
			var a Action
			if s, a = Score(s, e, day); a == Suspend || a == SendProbe || s.Suspended || s.Points > before {
				t.Fatalf("%v on day %d: %v, %+v", e, day, a, s)
			}
		}
	})
}

// TestScoreIsBounded: one point a day, a probe before each suspension, and nothing while frozen or broken.
func TestScoreIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s State
		var probed Day
		day := Day(1000)
		scored := make(map[Day]int)
		for _, e := range rapid.SliceOfN(drawEvent(Dead, Dead, Dead, Full, Policy), 1, 200).Draw(t, "events") {
			day += Day(rapid.SampledFrom([]int{0, 0, 0, 1, 1, 2, 4, 22}).Draw(t, "days"))
			before := s
			var a Action
			s, a = Score(s, e, day)
			if s.Points > before.Points || a == SendProbe {
				scored[day]++
			}
			if a == Suspend && (probed == 0 || day-probed > ProbeDays || !e.Probe) {
				t.Fatalf("suspended on day %d, last probe %d", day, probed)
			}
			if (e.Frozen || e.Broken) && (a == Suspend || a == SendProbe || s.Points > before.Points) {
				t.Fatalf("%+v: %v", e, a)
			}
			if a == SendProbe {
				probed = day
			}
			if scored[day] > 1 || s.Points < 0 || s.Points >= ProbeScore {
				t.Fatalf("day %d: scored %d times, %+v", day, scored[day], s)
			}
		}
	})
}

func TestBroken(t *testing.T) {
	for _, c := range []struct {
		name string
		t    Tally
		want bool
	}{
		{"nobody", Tally{}, false},
		{"nine of nine are too few", Tally{9, 9}, false},
		{"ten of ten", Tally{10, 10}, true},
		{"ten of fifty are just 20 %", Tally{50, 10}, false},
		{"ten of 49", Tally{49, 10}, true},
		{"thirty of a thousand", Tally{1000, 30}, false},
		{"half of a thousand", Tally{1000, 500}, true},
	} {
		if got := c.t.Broken(); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
