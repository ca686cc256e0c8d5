package bounce

import (
	"fmt"
	"strings"
	"testing"

	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/store"
)

// points returns the points of a member's address.
func (d *desk) points(t testing.TB, p list.PersonID) (n int) {
	t.Helper()
	if err := d.db.View(func(tx *store.Tx) error {
		s, _, err := states.Get(tx, store.Pair[list.ID, list.PersonID]{A: 1, B: p})
		n = s.Points
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestAProviderThatRefusesHarmsNobody: 200 members, the first of them at two domains of one provider.
//
// ceiling: flat table
func TestAProviderThatRefusesHarmsNobody(t *testing.T) {
	dead := queue.Result{Outcome: queue.Failed, Code: 550, Enhanced: "5.1.1", Text: "no such user"}
	full := queue.Result{Outcome: queue.Failed, Code: 552, Enhanced: "5.2.2", Text: "mailbox full"}
	dropped := queue.Result{Outcome: queue.Dropped}
	for name, c := range map[string]struct {
		at, refused int // members at the provider, and how many of them are refused
		result      queue.Result
		dropped     int // of those who are not refused
		provider    func(string) string
		points      int // of the first member, afterwards
		alarm       string
	}{
		"one in ten":                    {60, 6, dead, 0, region, 1, ""},
		"nine of thirty":                {30, 9, dead, 0, region, 1, ""},
		"ten of thirty":                 {30, 10, dead, 0, region, 0, "Refused by region: post 1 of SENCO Forum"},
		"ten of fifty, a fifth":         {50, 10, dead, 0, region, 1, ""},
		"eleven of fifty":               {50, 11, dead, 0, region, 0, "Refused by region: post 1 of SENCO Forum"},
		"full mailboxes":                {30, 20, full, 0, region, 0, ""},
		"eleven of fifty-five":          {55, 11, dead, 0, region, 1, ""},
		"of whom five were not sent to": {55, 11, dead, 5, region, 0, "Refused by region: post 1 of SENCO Forum"},
		"ten each at domains apart":     {100, 20, dead, 0, nil, 1, ""},
		"fifteen each at domains apart": {100, 30, dead, 0, nil, 0, "Refused by a.school.example: post 1 of SENCO Forum"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDeskAt(t, 200, func(i int) string {
				if i > c.at {
					return fmt.Sprintf("alone%d.example", i)
				}
				return map[int]string{0: "b", 1: "a"}[i%2] + ".school.example"
			})
			d.Provider = c.provider
			results := make([]queue.Result, 200)
			for i := range results {
				switch {
				case i < c.refused:
					results[i] = c.result
				case i < c.refused+c.dropped:
					results[i] = dropped
				case i == 199: // elsewhere, and dead whatever the provider does
					results[i] = dead
				default:
					results[i] = queue.Result{Outcome: queue.Delivered, Code: 250}
				}
			}
			n := d.batch(t, results...)
			var broken bool
			if err := d.db.Update(func(tx *store.Tx) (err error) { broken, err = d.Batch(tx, n); return err }); err != nil {
				t.Fatal(err)
			}
			if got := d.points(t, 1); got != c.points {
				t.Errorf("%d points, want %d", got, c.points)
			}
			if got := d.points(t, 200); got != 1 {
				t.Errorf("%d points for the dead address elsewhere", got)
			}
			subjects, _ := d.letters(t)
			got := strings.Join(subjects, "\n")
			if broken != (c.alarm != "") || c.alarm != "" && !strings.HasPrefix(got, "operator@host.example: "+c.alarm) || c.alarm == "" && got != "" {
				t.Errorf("broken %v, letters %q, want %q", broken, got, c.alarm)
			}
			if want := map[bool]int{true: 2, false: min(1, len(c.alarm))}[c.provider == nil && c.alarm != ""]; len(subjects) != want {
				t.Errorf("%d letters, want one for each provider: %d", len(subjects), want)
			}
		})
	}
}

// region is one provider for the domains of a region, whose people it serves.
func region(domain string) string {
	if strings.HasSuffix(domain, ".school.example") {
		return "region"
	}
	return domain
}
