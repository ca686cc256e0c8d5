package watch

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

// post is a watch with a store and a clock that tests set.
type post struct {
	t  testing.TB
	db *store.DB
	w  *Watch

	now     time.Time
	waiting []queue.ProviderState
	rested  []string
}

func newPost(t testing.TB) *post {
	t.Helper()
	db := testdb.Open(t)
	keys, err := token.Open(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	p := &post{t: t, db: db, now: noon}
	p.w, err = New(slog.New(slog.DiscardHandler), db, keys, Config{
		Class:    class,
		Waiting:  func() []queue.ProviderState { return p.waiting },
		Rest:     func(provider string, _ time.Duration, _ queue.Result) { p.rested = append(p.rested, provider) },
		Operator: message.Address{Local: "operator", Domain: "host.example"},
		Now:      func() time.Time { return p.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// class is a small part of package bounce's, which this package does not know.
func class(r queue.Result) string {
	switch {
	case r.Enhanced == "5.1.1":
		return "dead"
	case r.Enhanced == "4.2.2":
		return "full"
	case r.Enhanced == "5.4.4":
		return "no-domain"
	case r.Code/100 == 4:
		return "delay"
	}
	return "policy"
}

func (p *post) update(f func(tx *store.Tx) error) {
	p.t.Helper()
	if err := p.db.Update(f); err != nil {
		p.t.Fatal(err)
	}
}

func (p *post) view(f func(tx *store.Tx) error) {
	p.t.Helper()
	if err := p.db.View(f); err != nil {
		p.t.Fatal(err)
	}
}

// try counts attempts at a provider.
func (p *post) try(all ...queue.Attempt) {
	p.t.Helper()
	p.update(func(tx *store.Tx) error { return p.w.Attempted(tx, all) })
}

// forum makes a list with a moderator elsewhere and members at a domain.
func (p *post) forum(domain string, n int) {
	p.t.Helper()
	p.update(func(tx *store.Tx) error {
		l, err := list.Create(tx, list.List{Name: "forum", Domain: "lists.example.org", Title: "The Forum", Created: noon, Settings: list.DefaultSettings()})
		if err != nil {
			return err
		}
		for i := range n + 1 {
			at, role := message.Address{Local: fmt.Sprintf("p%d", i), Domain: domain}, list.RoleMember
			if i == 0 {
				at.Domain, role = "home.example", list.RoleModerator
			}
			who, err := list.AddPerson(tx, list.Person{Address: at, Created: noon})
			if err != nil {
				return err
			}
			if err := list.Join(tx, list.Membership{List: l.ID, Person: who.ID, Role: role, Mode: list.ModeEvery, Joined: noon}); err != nil {
				return err
			}
		}
		return nil
	})
}

// letters are the recipients of what waits in the queue.
func (p *post) letters() (to []string) {
	p.t.Helper()
	p.view(func(tx *store.Tx) error {
		for r, err := range queue.List(tx, queue.Filter{}) {
			if err != nil {
				return err
			}
			if r.Priority != queue.Urgent {
				p.t.Errorf("a mail about a provider is not urgent")
			}
			o, err := queue.RenderLetter(context.Background(), r)
			if err != nil {
				return err
			}
			to = append(to, o.To.String())
		}
		return nil
	})
	return to
}

func attempt(provider, domain string, row queue.RowID, batch uint64, r queue.Result) queue.Attempt {
	return queue.Attempt{Provider: provider, Row: queue.Row{ID: row, Batch: batch, Domain: domain, Attempts: 1}, Result: r}
}

var (
	delivered = queue.Result{Outcome: queue.Delivered, Code: 250}
	policy    = queue.Result{Outcome: queue.Failed, Code: 550, Enhanced: "5.7.1", Text: "not you", Host: "mx.bt.example"}
	held      = queue.Result{Outcome: queue.Deferred, Code: 550, Enhanced: "5.7.1", Text: "not you"}
	later     = queue.Result{Outcome: queue.Deferred, Code: 451, Enhanced: "4.3.0", Text: "later"}
	fullBox   = queue.Result{Outcome: queue.Deferred, Code: 452, Enhanced: "4.2.2", Text: "full"}
)

// TestAttemptedCounts counts by provider and hour, a refused copy once, and knows the provider again by the domain.
func TestAttemptedCounts(t *testing.T) {
	p := newPost(t)
	again := attempt("BT", "bt.example", 2, 1, held)
	again.Row.Attempts, again.Row.LastReply = 2, "mx.bt.example[192.0.2.1]:25: 550 5.7.1 not you"
	p.try(attempt("BT", "bt.example", 1, 1, delivered), attempt("BT", "bt.example", 2, 1, held), again,
		attempt("BT", "bt.example", 3, 1, later), attempt("BT", "bt.example", 4, 1, fullBox), attempt("Sky", "sky.example", 5, 1, delivered))
	p.try(attempt("", "bt.example", 6, 1, queue.Result{Outcome: queue.Expired, Text: "no answer in time"})) // reads who receives it back
	p.now = p.now.Add(time.Hour)
	p.try(attempt("BT", "bt.example", 7, 2, delivered))
	p.update(func(tx *store.Tx) error { return p.w.Reported(tx, "dead", "bt.example") })

	want := Tally{Accepted: 1, Deferred: 2, Full: 1}
	want.Refused[classPolicy] = 1
	p.view(func(tx *store.Tx) error {
		got, _, err := hours.Get(tx, hourKey{A: "BT", B: hourOf(noon)})
		want := want
		want.Expired = got.Expired
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the first hour (-want +got):\n%s", diff)
		}
		rec, _, err2 := providers.Get(tx, "BT")
		if rec.Now.Accepted != 1 || rec.Now.Returned[classDead] != 1 || rec.Accepted != p.now || rec.Bad != (run{}) || rec.Good.Accepted != 1 {
			t.Errorf("the record of the running hour: %+v", rec)
		}
		return cmpErr(err, err2)
	})
}

func cmpErr(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}

// TestRecordsAsWritten reads back what was written.
func TestRecordsAsWritten(t *testing.T) {
	at := noon
	r := record{Hour: 7, Now: tallyWith(1, 2, 3), Accepted: at, Answer: Answer{At: at, Code: 550, Enhanced: "5.7.1", Text: "no", Host: "mx", Class: classPolicy},
		Bad: run{Since: at, Refused: 4, Dead: 5, Deferred: 6, Posts: [2]uint64{1 << 63, 9}}, Good: run{Since: at, Accepted: 8}}
	b, err := appendRecord(nil, r)
	if err != nil {
		t.Fatal(err)
	}
	got, err := parseRecord(b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, got); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
	for i := range b {
		if _, err := parseRecord(b[:i]); err == nil {
			t.Errorf("the first %d bytes of a record read as a whole one", i)
		}
	}
}

// TestHold walks through the doubts: one copy, a provider, everybody, a domain that vanished.
func TestHold(t *testing.T) {
	p := newPost(t)
	hold := func(a queue.Attempt) (s queue.Stay) {
		t.Helper()
		p.update(func(tx *store.Tx) (err error) { s, err = p.w.Hold(tx, a); return err })
		return s
	}
	first := attempt("BT", "bt.example", 1, 1, policy)
	if s := hold(first); !s.Until.Equal(noon.Add(doubtPause)) || s.All {
		t.Errorf("a first refusal by policy: %+v", s)
	}
	second := first
	second.Row.LastReply = "550 5.7.1 not you"
	if s := hold(second); !s.Until.IsZero() {
		t.Errorf("a second refusal of one copy: %+v", s)
	}
	lone := second
	lone.Row.Queued = ago(time.Hour)
	if s := hold(lone); !s.Until.Equal(noon.Add(doubtAgain)) {
		t.Errorf("a second refusal where nothing else was taken: %+v", s)
	}
	lone.Row.Queued = ago(doubtLasts)
	if s := hold(lone); !s.Until.IsZero() {
		t.Errorf("a refusal for a day: %+v", s)
	}
	dead := attempt("BT", "bt.example", 1, 1, queue.Result{Outcome: queue.Failed, Code: 550, Enhanced: "5.1.1"})
	if s := hold(dead); !s.Until.IsZero() {
		t.Errorf("a dead address: %+v", s)
	}
	for i := range 10 {
		p.try(attempt("BT", "bt.example", queue.RowID(i), 1, held))
	}
	for _, a := range []queue.Attempt{second, dead} {
		if s := hold(a); !s.Until.Equal(noon.Add(probePause)) || !s.All {
			t.Errorf("while all is refused: %+v", s)
		}
	}
	p.try(attempt("BT", "bt.example", 1, 1, delivered))
	if s := hold(second); !s.Until.IsZero() {
		t.Errorf("after one was taken: %+v", s)
	}
	p.update(func(tx *store.Tx) error { return alarms.Put(tx, everybody, Alarm{Kind: Nothing}) })
	if s := hold(second); !s.All {
		t.Errorf("while nobody takes anything: %+v", s)
	}

	gone := queue.Result{Outcome: queue.Failed, Enhanced: "5.4.4", Text: "no mail host"}
	if s := hold(attempt("", "never.example", 1, 1, gone)); !s.Until.IsZero() {
		t.Errorf("a domain that never had a host: %+v", s)
	}
	p.try(attempt("BT", "bt.example", 1, 1, delivered)) // reads back
	if s := hold(attempt("", "bt.example", 1, 1, gone)); !s.Until.Equal(noon.Add(gonePause)) || s.All {
		t.Errorf("a domain that has vanished: %+v", s)
	}
	p.now = noon.Add(15 * 24 * time.Hour)
	if s := hold(attempt("", "bt.example", 1, 1, gone)); !s.Until.IsZero() {
		t.Errorf("a domain that vanished long ago: %+v", s)
	}
}

// TestAlarmIsToldOnce tells operator and moderator, and neither again after a restart.
func TestAlarmIsToldOnce(t *testing.T) {
	p := newPost(t)
	p.forum("bt.example", 12)
	for i := range 12 {
		p.try(attempt("BT", "bt.example", queue.RowID(i+1), 1, held))
	}
	p.try(attempt("", "bt.example", 20, 1, held)) // reads back
	look := func() {
		t.Helper()
		if err := p.w.Look(); err != nil {
			t.Fatal(err)
		}
	}
	look()
	look()
	want := []string{"operator@host.example", "p0@home.example"}
	if diff := cmp.Diff(want, p.letters()); diff != "" {
		t.Errorf("who was told (-want +got):\n%s", diff)
	}
	if len(p.rested) == 0 || p.rested[0] != "BT" {
		t.Errorf("rested %v, want BT", p.rested)
	}
	if n := alarmsOf(t, p.w, "refuses"); n != 1 {
		t.Errorf("the figures have %v alarms, want 1", n)
	}
	again, err := New(slog.New(slog.DiscardHandler), p.db, p.w.keys, p.w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	p.w, p.rested = again, nil
	if err := p.w.Quieten(); err != nil {
		t.Fatal(err)
	}
	look()
	if n := len(p.letters()); n != 2 {
		t.Errorf("%d mails after a restart, want 2", n)
	}
	if len(p.rested) == 0 || p.rested[0] != "BT" {
		t.Errorf("after a restart rested %v, want BT", p.rested)
	}
	p.now = p.now.Add(24 * time.Hour)
	look()
	if n := len(p.letters()); n != 4 {
		t.Errorf("%d mails after a day, want 4", n)
	}
	p.try(attempt("BT", "bt.example", 1, 1, delivered))
	look()
	look()
	if n := len(p.letters()); n != 6 {
		t.Errorf("%d mails after it took mail again, want 6", n)
	}
}

// alarmsOf is the figure of the alarms of one kind.
func alarmsOf(t *testing.T, w *Watch, kind string) float64 {
	t.Helper()
	r := prometheus.NewRegistry()
	if err := w.Register(r); err != nil {
		t.Fatal(err)
	}
	all, err := r.Gather()
	if err != nil || len(all) != 1 {
		t.Fatalf("%d figures: %v", len(all), err)
	}
	for _, m := range all[0].GetMetric() {
		if m.GetLabel()[0].GetValue() == kind {
			return m.GetGauge().GetValue()
		}
	}
	return -1
}

// TestDamagedFiguresStopNothing lets a record begin anew that cannot be read.
func TestDamagedFiguresStopNothing(t *testing.T) {
	p := newPost(t)
	p.try(attempt("BT", "bt.example", 1, 1, delivered), attempt("Sky", "sky.example", 1, 1, delivered))
	spoiled := store.NewTable("watch.providers", store.StringKey[string](), store.Text())
	p.update(func(tx *store.Tx) error { return spoiled.Put(tx, "BT", "no record") })
	if err := p.w.Look(); err != nil {
		t.Errorf("look: %v", err)
	}
	p.update(func(tx *store.Tx) error {
		_, err := p.w.Hold(tx, attempt("BT", "bt.example", 2, 1, policy))
		return err
	})
	p.try(attempt("BT", "bt.example", 2, 1, delivered))
	p.view(func(tx *store.Tx) error {
		rec, _, err := providers.Get(tx, "BT")
		if rec.Now.Accepted != 1 {
			t.Errorf("the new record counts %d copies, want 1", rec.Now.Accepted)
		}
		return err
	})
}

// TestStandings shows those in trouble first, and who has members but got nothing yet.
func TestStandings(t *testing.T) {
	p := newPost(t)
	p.forum("bt.example", 12)
	p.try(attempt("Tiny", "tiny.example", 1, 1, held))
	p.update(func(tx *store.Tx) error { return alarms.Put(tx, "Tiny", Alarm{Kind: Refuses, Since: noon}) })
	p.waiting = []queue.ProviderState{
		{Provider: "Tiny", Waiting: 1, Oldest: noon}, // once more, by the name of a domain that has no route now
		{Provider: "tiny.example", Waiting: 2, Oldest: noon, Resting: true, LastError: "no answer"},
	}
	p.try(attempt("Tiny", "tiny.example", 2, 1, held)) // reads back
	p.view(func(tx *store.Tx) error {
		all, err := p.w.Standings(tx)
		if err != nil {
			return err
		}
		var names []string
		for _, s := range all {
			names = append(names, s.Provider)
		}
		if diff := cmp.Diff([]string{"Tiny", "bt.example", "home.example"}, names); diff != "" {
			t.Errorf("order (-want +got):\n%s", diff)
		}
		s := all[0]
		if s.Waiting != 3 || s.Error != "no answer" || s.Day.Refused[classPolicy] != 2 || s.Answer.Said() != "550 5.7.1 not you" || all[1].People != 12 {
			t.Errorf("%+v", all)
		}
		days, err := p.w.LastDays(tx, "Tiny", 14)
		if len(days) != 1 || days[0].Refused[classPolicy] != 2 {
			t.Errorf("days %+v", days)
		}
		return err
	})
}
