package bounce

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// desk is a book over a list with members; the first moderates.
type desk struct {
	*Book
	db   *store.DB
	keys *token.Keyring
	day  int

	domain func(member int) string // of its address
}

func newDesk(t testing.TB, members int) *desk {
	return newDeskAt(t, members, func(int) string { return "school.example" })
}

// newDeskAt has members at several domains; they are counted from 1.
func newDeskAt(t testing.TB, members int, domain func(int) string) *desk {
	t.Helper()
	d := &desk{db: testdb.Open(t), domain: domain}
	var err error
	if d.keys, err = token.Open(filepath.Join(t.TempDir(), "token.keys")); err != nil {
		t.Fatal(err)
	}
	d.Book = NewBook(d.keys, testdb.Address(t, "operator@host.example"), func() time.Time { return noon.AddDate(0, 0, d.day) })
	testdb.Update(t, d.db, func(tx *store.Tx) error {
		l, err := list.Create(tx, list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum", Settings: list.DefaultSettings()})
		for i := range members {
			p := list.Person{Name: fmt.Sprintf("Member %d", i+1), Address: testdb.Address(t, fmt.Sprintf("m%d@%s", i+1, domain(i+1)))}
			if i == 1 {
				p.Backup = testdb.Address(t, "tom@home.example")
			}
			if p, err = list.AddPerson(tx, p); err != nil {
				return err
			}
			role := list.RoleMember
			if i == 0 {
				role = list.RoleModerator
			}
			if err = list.Join(tx, list.Membership{List: l.ID, Person: p.ID, Role: role, Mode: list.ModeEvery}); err != nil {
				return err
			}
		}
		return err
	})
	return d
}

func (d *desk) note(t testing.TB, r Refusal) (a Action) {
	t.Helper()
	r.List, r.Words = 1, "550 5.1.1 no such user"
	testdb.Update(t, d.db, func(tx *store.Tx) (err error) { a, err = d.Note(tx, r); return err })
	return a
}

// letters are the mails that wait, as "to: subject", and the whole of them.
func (d *desk) letters(t testing.TB) (subjects []string, whole []queue.Outgoing) {
	t.Helper()
	subject := regexp.MustCompile(`(?m)^Subject: (.*)\r$`)
	testdb.View(t, d.db, func(tx *store.Tx) error {
		for r, err := range queue.List(tx, queue.Filter{}) {
			if err != nil {
				return err
			}
			if r.Kind != queue.LetterKind {
				continue
			}
			out, err := queue.RenderLetter(context.Background(), r)
			if err != nil {
				return err
			}
			subjects = append(subjects, out.To.String()+": "+subject.FindStringSubmatch(string(out.Header))[1])
			whole = append(whole, out)
		}
		return nil
	})
	return subjects, whole
}

func (d *desk) member(t testing.TB, p list.PersonID) (m list.Membership) {
	t.Helper()
	testdb.View(t, d.db, func(tx *store.Tx) (err error) { m, err = list.Member(tx, 1, p); return err })
	return m
}

func TestADeadAddressIsProbedAndThenSuspended(t *testing.T) {
	d := newDesk(t, 3)
	for d.day = range 3 {
		want := Nothing
		if d.day == 2 {
			want = SendProbe
		}
		if got := d.note(t, Refusal{Person: 2, Class: Dead}); got != want {
			t.Errorf("day %d: %s, want %s", d.day, got, want)
		}
		if got := d.note(t, Refusal{Person: 2, Class: Dead}); got != Nothing {
			t.Errorf("day %d, again: %s", d.day, got)
		}
	}
	subjects, whole := d.letters(t)
	if got, want := strings.Join(subjects, "\n"), "m2@school.example: A test of your address"; got != want {
		t.Fatalf("letters:\n%s\nwant\n%s", got, want)
	}
	_, tok, _ := strings.Cut(whole[0].From.Local, "+")
	claims, err := d.keys.Verify(tok, "senco-forum")
	if err != nil || !IsProbe(claims) || claims.A != 2 {
		t.Errorf("the return address of the probe says %+v, %v", claims, err)
	}
	if d.member(t, 2).Suspended {
		t.Error("suspended before the probe came back")
	}
	if got := d.note(t, Refusal{Person: 2, Class: Dead, Probe: true}); got != Suspend {
		t.Errorf("the probe came back: %s", got)
	}
	subjects, _ = d.letters(t)
	want := "m2@school.example: A test of your address\ntom@home.example: Are you getting our emails?\nm1@school.example: Address does not work - Member 2"
	if got := strings.Join(subjects, "\n"); got != want {
		t.Errorf("letters:\n%s\nwant\n%s", got, want)
	}
	if m := d.member(t, 2); !m.Suspended || m.Mode != list.ModeEvery {
		t.Errorf("the membership is %+v", m)
	}
	testdb.View(t, d.db, func(tx *store.Tx) error {
		n := 0
		for e, err := range audit.All(tx) {
			if n++; err != nil || e.Detail != "suspended on" || e.Person != 2 {
				t.Errorf("audit: %+v, %v", e, err)
			}
		}
		if n != 1 {
			t.Errorf("%d entries", n)
		}
		return nil
	})
	// Somebody ends it: the count begins anew.
	testdb.Update(t, d.db, func(tx *store.Tx) error {
		m := d.member(t, 2)
		m.Suspended = false
		return list.SaveMember(tx, m)
	})
	d.day++
	if got := d.note(t, Refusal{Person: 2, Class: Dead}); got != Nothing || d.member(t, 2).Suspended {
		t.Errorf("after it was ended: %s", got)
	}
}

func TestNobodyElseIsTouched(t *testing.T) {
	d := newDesk(t, 3)
	for d.day = range 40 {
		for _, c := range []Class{Policy, Delay, Unknown, NoDomain} {
			if got := d.note(t, Refusal{Person: 2, Class: c}); got != Nothing {
				t.Fatalf("%s on day %d: %s", c, d.day, got)
			}
		}
		if got := d.note(t, Refusal{Person: 3, Class: Dead, Broken: true}); got != Nothing {
			t.Fatalf("dead while all refuse, day %d: %s", d.day, got)
		}
		if got := d.note(t, Refusal{Person: 99, Class: Dead}); got != Nothing {
			t.Fatalf("a stranger: %s", got)
		}
	}
	if s, _ := d.letters(t); len(s) > 0 {
		t.Errorf("letters: %q", s)
	}
}

// batch puts a post whose copies to members ended with the given results.
func (d *desk) batch(t testing.TB, results ...queue.Result) uint64 {
	t.Helper()
	var post archive.Post
	testdb.Update(t, d.db, func(tx *store.Tx) error {
		in, err := intake.Put(tx, intake.New{State: intake.Done})
		if err == nil {
			post, err = archive.Import(tx, archive.NewPost{Post: archive.Post{List: 1, Intake: in, MessageID: fmt.Sprintf("<%d@x>", in), Written: noon}})
		}
		return err
	})
	d.settle(t, uint64(post.Number), results)
	return uint64(post.Number)
}

// settle lets a queue settle one copy for each result.
func (d *desk) settle(t testing.TB, batch uint64, results []queue.Result) {
	t.Helper()
	testdb.Update(t, d.db, func(tx *store.Tx) error {
		for i := range results {
			row := queue.Row{Kind: "post", Batch: batch, Member: uint32(i + 1), Domain: d.domain(i + 1), Payload: []byte{1}, Queued: noon}
			if err := queue.Put(tx, row); err != nil {
				return err
			}
		}
		_, err := queue.Seal(tx, batch)
		return err
	})
	finished := make(chan bool)
	c := queue.Config{Now: func() time.Time { return noon }, Finished: func(*store.Tx, uint64) error { close(finished); return nil }}
	q := queue.New(testLog(), d.db, answers(results), func(_ context.Context, r queue.Row) (queue.Outgoing, error) {
		return queue.Outgoing{Row: r.ID, To: message.Address{Local: fmt.Sprint(r.Member), Domain: r.Domain}}, nil
	}, c)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- q.Run(ctx) }()
	select {
	case <-finished:
	case <-time.After(time.Minute):
		t.Error("the queue does not end")
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestRefusalsOfAPostScore(t *testing.T) {
	dead := queue.Result{Outcome: queue.Failed, Code: 550, Enhanced: "5.1.1", Text: "no such user"}
	policy := queue.Result{Outcome: queue.Failed, Code: 550, Enhanced: "5.7.1", Text: "blocked"}
	taken := queue.Result{Outcome: queue.Delivered, Code: 250}
	many := func(r queue.Result, n int, others int) (all []queue.Result) {
		for range n {
			all = append(all, r)
		}
		for range others {
			all = append(all, taken)
		}
		return all
	}
	for name, c := range map[string]struct {
		results []queue.Result
		broken  bool
		points  int // of the first member
	}{
		"one dead address of fifty":           {many(dead, 1, 49), false, 1},
		"one policy refusal":                  {many(policy, 1, 49), false, 0},
		"nine of thirty are dead":             {many(dead, 9, 21), false, 1},
		"ten of thirty are dead":              {many(dead, 10, 20), true, 0},
		"all refuse us for a rule of theirs":  {many(policy, 30, 0), true, 0},
		"all is well":                         {many(taken, 30, 0), false, 0},
		"ten of sixty are less than a fifth":  {many(dead, 10, 50), false, 1},
		"thirteen of sixty are more than one": {many(dead, 13, 47), true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, 60)
			n := d.batch(t, c.results...)
			var broken bool
			var s State
			testdb.Update(t, d.db, func(tx *store.Tx) (err error) {
				if broken, err = d.Batch(tx, n); err != nil {
					return err
				}
				s, _, err = states.Get(tx, store.Pair[list.ID, list.PersonID]{A: 1, B: 1})
				return err
			})
			if broken != c.broken || s.Points != c.points {
				t.Errorf("broken %v and %d points, want %v and %d", broken, s.Points, c.broken, c.points)
			}
			subjects, _ := d.letters(t)
			if want := map[bool]int{true: 1}[c.broken]; len(subjects) != want {
				t.Errorf("letters %q, want %d", subjects, want)
			}
		})
	}
}

// answers is a courier that gives each member's copy its result.
type answers []queue.Result

func (a answers) Route(context.Context, string) (queue.Hop, error) {
	return queue.Hop{Key: "hop", Operator: "hop", Limit: 1}, nil
}

func (a answers) Deliver(ctx context.Context, _ queue.Hop, src queue.Source) error {
	for {
		o, ok := src.Next(ctx, true)
		if !ok {
			return nil
		}
		var n int
		fmt.Sscan(o.To.Local, &n)
		src.Settle(o.Row, a[n-1])
	}
}

func testLog() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestNothingScoresInSchoolHolidays(t *testing.T) {
	d := newDesk(t, 3)
	holiday := true
	d.Frozen = func(at time.Time) bool { return holiday && at.Equal(d.now()) }
	for d.day = range 5 {
		if got := d.note(t, Refusal{Person: 2, Class: Dead}); got != Nothing {
			t.Fatalf("day %d of the holidays: %s", d.day, got)
		}
	}
	holiday = false
	for d.day = 5; d.day < 8; d.day++ {
		want := map[int]Action{7: SendProbe}[d.day]
		if got := d.note(t, Refusal{Person: 2, Class: Dead}); got != want {
			t.Fatalf("day %d, in term: %s, want %s", d.day, got, want)
		}
	}
	holiday = true
	if got := d.note(t, Refusal{Person: 2, Class: Dead, Probe: true}); got != Nothing || d.member(t, 2).Suspended {
		t.Errorf("the probe comes back in the holidays: %s", got)
	}
}
