package bounce

import (
	"fmt"
	"strings"
	"testing"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/store"
)

// taken is a post that a mail service took for all members.
func (d *desk) taken(t testing.TB, members int) uint32 {
	t.Helper()
	results := make([]queue.Result, members)
	for i := range results {
		results[i] = queue.Result{Outcome: queue.Delivered, Code: 250}
	}
	return uint32(d.batch(t, results...))
}

// reports that a member's copy of a post came back.
func (d *desk) comesBack(t testing.TB, post uint32, p list.PersonID, c Class) (a Action) {
	t.Helper()
	testdb.Update(t, d.db, func(tx *store.Tx) (err error) {
		a, err = d.Report(tx, post, Refusal{List: 1, Person: p, Class: c, Words: "550 5.1.1 no such user"})
		return err
	})
	return a
}

func TestReportsOpenTheBreakerOfAPost(t *testing.T) {
	d := newDeskAt(t, 60, func(i int) string { return fmt.Sprintf("school%d.example", i) })
	post, next := d.taken(t, 60), d.taken(t, 60)
	for p := list.PersonID(1); p <= 12; p++ { // a fifth
		d.comesBack(t, post, p, Dead)
		d.comesBack(t, post, p, Dead)
		d.comesBack(t, post, p+20, Full)
	}
	if d.points(t, 1) != 1 || d.points(t, 12) != 1 {
		t.Fatalf("%d and %d points of a fifth", d.points(t, 1), d.points(t, 12))
	}
	for p := list.PersonID(13); p <= 20; p++ {
		d.comesBack(t, post, p, Dead)
	}
	for p := list.PersonID(1); p <= 20; p++ {
		if got := d.points(t, p); got != 0 {
			t.Errorf("member %d has %d points", p, got)
		}
	}
	subjects, _ := d.letters(t)
	if got := strings.Join(subjects, "\n"); got != "operator@host.example: Refused by many: post 1 of SENCO Forum" {
		t.Errorf("letters %q", got)
	}
	if d.comesBack(t, next, 1, Dead) != Nothing || d.points(t, 1) != 0 {
		t.Errorf("a second post scores on the day that was taken back: %d points", d.points(t, 1))
	}
	d.day++
	if d.comesBack(t, next, 1, Dead); d.points(t, 1) != 1 {
		t.Errorf("%d points for a dead address on the next day", d.points(t, 1))
	}
}

// A provider's breaker leaves everybody else's points alone, and takes back a third point with the probe that it brought.
func TestReportsOpenTheBreakerOfAProvider(t *testing.T) {
	d := newDeskAt(t, 200, func(i int) string {
		if i > 30 {
			return fmt.Sprintf("alone%d.example", i)
		}
		return "a.school.example"
	})
	d.Provider = region
	post, next := d.taken(t, 200), d.taken(t, 200)
	for d.day = range 2 {
		d.note(t, Refusal{Person: 1, Class: Dead})
	}
	d.day = 2
	if got := d.comesBack(t, post, 1, Dead); got != SendProbe {
		t.Fatalf("the third day: %s", got)
	}
	d.comesBack(t, post, 200, Dead)
	d.comesBack(t, post, 2, NoDomain)
	for p := list.PersonID(3); p <= 12; p++ {
		d.comesBack(t, post, p, Dead)
	}
	testdb.View(t, d.db, func(tx *store.Tx) error {
		s, _, err := states.Get(tx, store.Pair[list.ID, list.PersonID]{A: 1, B: 1})
		if s.Points != 2 || s.ProbeSent != 0 {
			t.Errorf("the third point is not taken back: %+v", s)
		}
		return err
	})
	if d.points(t, 3) != 0 || d.points(t, 12) != 0 || d.points(t, 200) != 1 || d.pending(t) != 0 {
		t.Errorf("points %d, %d and, elsewhere, %d; %d wait for the DNS", d.points(t, 3), d.points(t, 12), d.points(t, 200), d.pending(t))
	}
	subjects, _ := d.letters(t)
	if got := strings.Join(subjects, "\n"); got != "m1@a.school.example: A test of your address\noperator@host.example: Refused by region: post 1 of SENCO Forum" {
		t.Errorf("letters %q", got)
	}
	d.day = 30 // what is old goes when something comes
	for p := range list.PersonID(3) {
		d.comesBack(t, next, 100+p, Dead)
	}
	testdb.View(t, d.db, func(tx *store.Tx) error {
		old := 0
		for row, err := range reports.All(tx) {
			if err != nil {
				return err
			}
			if row.Key.A == post {
				old++
			}
		}
		if old > 0 {
			t.Errorf("%d old reports are kept", old)
		}
		return nil
	})
}

// BenchmarkReport is a report that looks at 2,500 members, and finds that their provider is well.
func BenchmarkReport(b *testing.B) {
	d := newDeskAt(b, 2500, func(int) string { return "a.school.example" })
	d.Provider = region
	post := d.taken(b, 2500)
	for p := list.PersonID(1); p < BreakRefused; p++ {
		d.comesBack(b, post, p, Dead)
	}
	for b.Loop() {
		d.comesBack(b, post, BreakRefused, Dead)
	}
}
