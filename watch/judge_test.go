package watch

import (
	"testing"
	"time"

	"sencoforum/queue"
)

var noon = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return noon.Add(-d) }

// tallyWith counts accepted, deferred, refused by policy.
func tallyWith(accepted, deferred, refused uint64) (t Tally) {
	t.Accepted, t.Deferred, t.Refused[classPolicy] = accepted, deferred, refused
	return t
}

func TestJudge(t *testing.T) {
	two := [2]uint64{1, 2}
	waits := func(n int, oldest time.Duration, resting bool) queue.ProviderState {
		return queue.ProviderState{Later: n, Oldest: ago(oldest), Resting: resting}
	}
	full := record{Accepted: ago(30 * time.Hour), Answer: Answer{Class: classFull}, Bad: run{}}
	for name, c := range map[string]struct {
		facts facts
		want  Kind
	}{
		"nothing is known":                             {facts{}, ""},
		"ten refused of one post, none taken":          {facts{People: 40, Record: record{Bad: run{Refused: 10, Posts: [2]uint64{1}}}}, Refuses},
		"nine refused of one post":                     {facts{People: 40, Record: record{Bad: run{Refused: 9, Posts: [2]uint64{1}}}}, ""},
		"three refused of two posts":                   {facts{People: 40, Record: record{Bad: run{Refused: 3, Posts: two}}}, Refuses},
		"two refused of two posts at a large provider": {facts{People: 40, Record: record{Bad: run{Refused: 2, Posts: two}}}, ""},
		"a school of one refuses two posts":            {facts{People: 1, Record: record{Bad: run{Refused: 2, Posts: two}}}, Refuses},
		"a school refuses one post to all":             {facts{People: 9, Record: record{Bad: run{Refused: 9, Posts: [2]uint64{1}}}}, ""},
		"a school with a dead address too":             {facts{People: 9, Record: record{Bad: run{Refused: 2, Dead: 1, Posts: two}}}, ""},
		"only dead addresses":                          {facts{People: 40, Record: record{Bad: run{Dead: 30}}}, ""},
		"all are called dead that took mail":           {facts{People: 40, Record: record{Bad: run{Dead: 30}}, Usual: tallyWith(900, 0, 0)}, Refuses},
		"dead addresses among many refusals":           {facts{People: 40, Record: record{Bad: run{Refused: 2, Dead: 30}}}, Refuses},
		"one in four only put off":                     {facts{People: 40, Record: record{Bad: run{Refused: 12, Deferred: 4}}}, ""},
		"its domain cannot be found":                   {facts{People: 40, Record: record{Answer: Answer{Class: classNoDomain}, Bad: run{Refused: 12}}}, Unreachable},
		"no connection for a quarter of an hour":       {facts{People: 40, State: waits(10, soon, true), Record: record{Accepted: ago(soon)}}, Unreachable},
		"no connection, little waits":                  {facts{People: 40, State: waits(9, soon, true), Record: record{Accepted: ago(soon)}}, ""},
		"no connection for a moment":                   {facts{People: 40, State: waits(10, soon-time.Second, true)}, ""},
		"one connection fails, another works":          {facts{People: 40, State: waits(10, 2*soon, true), Record: record{Accepted: ago(time.Minute)}}, ""},
		"a small server is off for an evening":         {facts{People: 3, State: waits(3, 10*time.Hour, true), Record: record{Accepted: ago(20 * time.Hour)}}, ""},
		"a small server is off for a day":              {facts{People: 3, State: waits(3, veryLate, true), Record: record{Accepted: ago(30 * time.Hour)}}, Unreachable},
		"a small server puts off for a day":            {facts{People: 3, State: waits(3, veryLate, false), Record: record{Accepted: ago(30 * time.Hour)}}, Defers},
		"one mailbox is full for days":                 {facts{People: 3, State: waits(3, 2*veryLate, false), Record: full}, ""},
		"much is put off":                              {facts{People: 40, State: waits(5, late, false), Recent: tallyWith(10, 5, 0)}, Defers},
		"much is put off, as always":                   {facts{People: 40, State: waits(5, late, false), Recent: tallyWith(10, 5, 0), Usual: tallyWith(1000, 400, 0)}, ""},
		"much is put off, unlike before":               {facts{People: 40, State: waits(5, late, false), Recent: tallyWith(10, 5, 0), Usual: tallyWith(1000, 100, 0)}, Defers},
		"a greylist":                                   {facts{People: 40, State: waits(40, 20*time.Minute, false), Recent: tallyWith(0, 80, 0)}, ""},
		"one in four refused":                          {facts{People: 40, Recent: tallyWith(30, 0, 10)}, RefusesMany},
		"one in five refused":                          {facts{People: 40, Recent: tallyWith(40, 0, 10)}, ""},
		"nine refused":                                 {facts{People: 40, Recent: tallyWith(9, 0, 9)}, ""},
		"one in four came back later":                  {facts{People: 40, Recent: Tally{Accepted: 40, Returned: [len(classes)]uint64{classPolicy: 10}}}, RefusesMany},
		"one in four refused, as always":               {facts{People: 40, Recent: tallyWith(30, 0, 10), Usual: tallyWith(300, 0, 90)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c.facts.Now = noon
			if got, _ := judge(&c.facts); got != c.want {
				t.Errorf("judge says %q, want %q", got, c.want)
			}
		})
	}
}

func TestOver(t *testing.T) {
	alarm := func(k Kind) Alarm { return Alarm{Kind: k, Raised: ago(time.Hour), Told: ago(time.Hour)} }
	now := record{Accepted: noon}
	good := func(n uint64, since time.Duration) record {
		return record{Accepted: noon, Good: run{Accepted: n, Since: ago(since)}}
	}
	some := queue.ProviderState{Waiting: 5, Oldest: ago(2 * time.Hour)}
	for name, c := range map[string]struct {
		facts facts
		want  bool
	}{
		"nothing was taken since":             {facts{Alarm: alarm(Refuses), Record: record{Accepted: ago(2 * time.Hour), Good: run{Accepted: 50}}}, false},
		"one was taken, more waits":           {facts{Alarm: alarm(Refuses), Record: good(1, 0), State: some}, false},
		"one was taken, and no refusal since": {facts{Alarm: alarm(Refuses), Record: good(1, soon), State: some}, true},
		"one was taken, nothing waits":        {facts{Alarm: alarm(Refuses), Record: good(1, 0)}, true},
		"ten were taken":                      {facts{Alarm: alarm(Refuses), Record: good(10, 0), State: some}, true},
		"some taken, and then refused":        {facts{Alarm: alarm(Refuses), Record: now}, false},
		"a connection, and mail was taken":    {facts{Alarm: alarm(Unreachable), Record: now, State: some}, true},
		"taken, but no connection now":        {facts{Alarm: alarm(Unreachable), Record: now, State: queue.ProviderState{Resting: true}}, false},
		"taken, but old copies wait":          {facts{Alarm: alarm(Defers), Record: now, State: some}, false},
		"taken, and only young copies wait":   {facts{Alarm: alarm(Defers), Record: now, State: queue.ProviderState{Later: 2, Oldest: ago(time.Minute)}}, true},
		"many refused until lately":           {facts{Alarm: alarm(RefusesMany), Record: now}, false},
		"many refused long ago":               {facts{Alarm: Alarm{Kind: RefusesMany, Raised: ago(calm)}, Record: now}, true},
		"many are still refused":              {facts{Alarm: Alarm{Kind: RefusesMany, Raised: ago(calm)}, Record: now, Recent: tallyWith(10, 0, 10)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			c.facts.Now = noon
			if got := over(&c.facts); got != c.want {
				t.Errorf("over says %v, want %v", got, c.want)
			}
		})
	}
}

func TestNext(t *testing.T) {
	open := Alarm{Kind: Refuses, Since: ago(3 * time.Hour), Raised: ago(2 * time.Hour), Told: ago(2 * time.Hour)}
	closed := func(d time.Duration) Alarm { a := open; a.Closed = ago(d); return a }
	asked := facts{State: queue.ProviderState{Waiting: 1}}
	taken := facts{Record: record{Accepted: noon, Good: run{Accepted: 10}}}
	quiet := open
	quiet.Quiet = true
	day := open
	day.Told = ago(remindEvery)
	for name, c := range map[string]struct {
		alarm Alarm
		kind  Kind
		facts facts
		want  step
		open  bool
	}{
		"all is well":                        {Alarm{}, "", asked, stay, false},
		"trouble":                            {Alarm{}, Refuses, asked, raise, true},
		"the same trouble":                   {open, Refuses, asked, stay, true},
		"judge is silent, nothing was taken": {open, "", asked, stay, true},
		"a day later":                        {day, Refuses, asked, remind, true},
		"taken again":                        {open, "", taken, finish, false},
		"again within two hours":             {closed(time.Hour), Refuses, asked, keep, true},
		"over again, nobody had heard":       {quiet, "", taken, keep, false},
		"again after two hours":              {closed(relapse), Refuses, asked, raise, true},
		"worse":                              {Alarm{Kind: Defers, Told: noon}, Refuses, asked, keep, true},
		"nothing heard of for long":          {open, "", facts{Record: record{Answer: Answer{At: ago(forgotten + time.Hour)}}}, keep, false},
	} {
		t.Run(name, func(t *testing.T) {
			c.facts.Now, c.facts.Alarm = noon, c.alarm
			got, did := next(c.alarm, c.kind, noon, &c.facts)
			if did != c.want || got.Open() != c.open {
				t.Errorf("step %d, open %v; want %d, %v", did, got.Open(), c.want, c.open)
			}
		})
	}
}

func TestNobody(t *testing.T) {
	resting := func(since time.Duration) facts {
		return facts{State: queue.ProviderState{Waiting: 6, Oldest: ago(since), Resting: true}}
	}
	refused := func(n uint64, since time.Duration) facts {
		return facts{State: queue.ProviderState{Later: 6, Oldest: ago(since)}, Record: record{Bad: run{Refused: n, Since: ago(since)}}}
	}
	taken := func(d time.Duration) facts { return facts{Record: record{Accepted: ago(d)}} }
	accused := refused(10, time.Minute)
	accused.Alarm = Alarm{Kind: Refuses}
	full := facts{State: queue.ProviderState{Later: 9, Oldest: ago(50 * time.Hour)}, Record: record{Accepted: ago(time.Hour)}}
	for name, c := range map[string]struct {
		all  []facts
		want bool
	}{
		"nothing waits":                         {nil, false},
		"two without a connection for long":     {[]facts{resting(soon), resting(soon), taken(time.Hour)}, true},
		"two without a connection for a moment": {[]facts{resting(time.Minute), resting(time.Minute)}, false},
		"one without a connection":              {[]facts{resting(time.Hour), taken(2 * time.Hour)}, false},
		"somebody took mail since":              {[]facts{resting(soon), resting(soon), taken(time.Minute)}, false},
		"all refuse":                            {[]facts{refused(6, time.Minute), refused(6, time.Minute)}, true},
		"few are refused":                       {[]facts{refused(1, time.Minute), refused(1, time.Minute)}, false},
		"one of two is accused already":         {[]facts{accused, refused(10, time.Minute)}, false},
		"one has been off since before":         {[]facts{resting(50 * time.Hour), resting(soon), taken(time.Hour)}, false},
		"a full mailbox elsewhere":              {[]facts{resting(soon), resting(soon), full}, true},
	} {
		t.Run(name, func(t *testing.T) {
			for i := range c.all {
				c.all[i].Now = noon
			}
			if _, got := nobody(c.all); got != c.want {
				t.Errorf("nobody says %v, want %v", got, c.want)
			}
		})
	}
}

// TestOneAlarmForEverything raises none for a provider while nobody takes anything, nor just after, of what began before.
func TestOneAlarmForEverything(t *testing.T) {
	refusing := func(name string, since time.Duration) facts {
		return facts{Now: noon, People: 40, State: queue.ProviderState{Provider: name, Later: 20, Oldest: ago(since)},
			Record: record{Bad: run{Refused: 20, Since: ago(since), Posts: [2]uint64{1}}}}
	}
	names := func(all []change) (got []string) {
		for _, c := range all {
			got = append(got, c.provider)
		}
		return got
	}
	two := []facts{refusing("a.example", time.Minute), refusing("b.example", time.Minute)}
	if got := names(decide(two, Alarm{}, noon)); len(got) != 1 || got[0] != everybody {
		t.Errorf("alarms %v, want one about all", got)
	}
	one := []facts{refusing("a.example", time.Minute), {Now: noon, Record: record{Accepted: noon}}}
	over := Alarm{Kind: Nothing, Raised: ago(time.Hour), Closed: ago(time.Second)}
	if got := names(decide(one, over, noon)); len(got) != 0 {
		t.Errorf("alarms %v, want none of what began before mail went again", got)
	}
	over.Closed = ago(time.Hour)
	if got := names(decide(one, over, noon)); len(got) != 1 || got[0] != "a.example" {
		t.Errorf("alarms %v, want that of the provider", got)
	}
}
