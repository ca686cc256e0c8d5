package moderate

import (
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"sencoforum/calendar"
	"sencoforum/hold"
	"sencoforum/list"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("Mon 2 Jan 2006 15:04", s, calendar.London())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// plan lists the deeds that are to come, in their order.
func plan(it hold.Item) string {
	all := alarms(it, calendar.Hours{})
	sort.SliceStable(all, func(i, j int) bool { return all[i].at.Before(all[j].at) })
	var out []string
	for _, a := range all {
		out = append(out, fmt.Sprintf("%s: %s", a.at.In(calendar.London()).Format("Mon 2 Jan 15:04"), a.deed))
	}
	return strings.Join(out, "; ")
}

func TestWhatIsDueAboutAnItem(t *testing.T) {
	thursday, night := at(t, "Thu 26 Nov 2026 10:00"), at(t, "Thu 26 Nov 2026 23:00")
	told := []hold.Told{{Person: 2, At: thursday}}
	pupil, private := []list.Finding{{Cause: list.CausePupil}}, []list.Finding{{Cause: list.CausePrivate}}
	for _, c := range []struct {
		name string
		it   hold.Item
		want string
	}{
		{"nobody was told yet, as it came at night", hold.Item{Reason: hold.Moderation, Clock: hold.Clock{Asked: night}},
			"Fri 27 Nov 07:00: tell those on duty; Tue 1 Dec 07:00: say that it still waits; Fri 11 Dec 07:00: give it back"},
		{"those on duty know", hold.Item{Reason: hold.Moderation, Clock: hold.Clock{Asked: thursday, Told: told}},
			"Thu 26 Nov 14:00: tell the others; Mon 30 Nov 10:00: say that it still waits; Thu 10 Dec 10:00: give it back"},
		{"somebody has it", hold.Item{Reason: hold.Moderation, Clock: hold.Clock{Asked: thursday, Told: told, Claim: &hold.Claim{Person: 2, Until: thursday.Add(24 * time.Hour)}}},
			"Fri 27 Nov 10:00: tell the others; Mon 30 Nov 10:00: say that it still waits; Thu 10 Dec 10:00: give it back"},
		{"all know, and it is late", hold.Item{Reason: hold.Moderation, Clock: hold.Clock{Asked: thursday, Told: told, All: true, Late: true}},
			"Thu 10 Dec 10:00: give it back"},
		{"decided", hold.Item{Clock: hold.Clock{Asked: thursday, Decision: &hold.Decision{At: thursday, Due: thursday.Add(5 * time.Minute)}}},
			"Thu 26 Nov 10:05: let the decision take effect"},
		{"done", hold.Item{Clock: hold.Clock{Asked: thursday, Decision: &hold.Decision{At: thursday, Done: true}}},
			"Wed 24 Feb 10:00: forget the decision"},
		{"it looks private", hold.Item{Reason: hold.Doubt, Since: thursday, Findings: private},
			"Fri 27 Nov 10:00: remind the author; Tue 1 Dec 10:00: give back what its author did not answer for"},
		{"it looks private, and its author was reminded", hold.Item{Reason: hold.Doubt, Since: thursday, Findings: private, Clock: hold.Clock{Reminded: true}},
			"Tue 1 Dec 10:00: give back what its author did not answer for"},
		{"it may name a child", hold.Item{Reason: hold.Doubt, Since: thursday, Findings: pupil},
			"Thu 26 Nov 14:00: pass it to the moderators; Fri 27 Nov 07:30: remind the author; Thu 3 Dec 10:00: give back what its author did not answer for"},
		{"it may name a child, and moderators have it too", hold.Item{Reason: hold.Doubt, Since: thursday, Findings: pupil, Clock: hold.Clock{Asked: thursday.Add(4 * time.Hour), Told: told}},
			"Thu 26 Nov 18:00: tell the others; Fri 27 Nov 07:30: remind the author; Thu 3 Dec 10:00: give back what its author did not answer for"},
		{"an unverified message has another keeper", hold.Item{Reason: hold.Unverified, Since: thursday}, ""},
	} {
		if got := plan(c.it); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// Whatever has happened to an item that moderators have, something is still to come until it is decided and forgotten:
// nothing expires in silence.
func TestNothingIsForgotten(t *testing.T) {
	now := at(t, "Thu 26 Nov 2026 10:00")
	n := 0
	for _, reason := range []hold.Reason{hold.Doubt, hold.Moderation} {
		for bits := range 1 << 6 {
			for _, findings := range [][]list.Finding{nil, {{Cause: list.CausePupil}}, {{Cause: list.CausePrivate}, {Cause: list.CauseFile}}} {
				it := hold.Item{Reason: reason, Since: now, Findings: findings}
				if bits&1 != 0 || reason == hold.Moderation {
					it.Asked = now
				}
				it.All, it.Late, it.Reminded = bits&2 != 0, bits&4 != 0, bits&8 != 0
				if bits&16 != 0 {
					it.Told = []hold.Told{{Person: 1}}
				}
				if bits&32 != 0 {
					it.Decision = &hold.Decision{At: now, Due: now.Add(time.Minute), Done: bits&1 != 0}
				}
				if n++; len(alarms(it, calendar.Hours{})) == 0 {
					t.Errorf("nothing is to come for %+v", it)
				}
			}
		}
	}
	t.Logf("%d items", n)
}
