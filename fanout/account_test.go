package fanout

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/queue"
	"sencoforum/store"
)

// accounts returns all faults, those of a post behind its number.
func accounts(t *testing.T, db *store.DB) (faults []string) {
	t.Helper()
	testdb.View(t, db, func(tx *store.Tx) error {
		lost, err := Accounts(tx, func(a Account) error {
			for _, f := range a.Faults {
				faults = append(faults, fmt.Sprintf("post %d: %s", a.Number, f))
			}
			return nil
		})
		faults = append(faults, lost...)
		return err
	})
	return faults
}

// obliging is a courier that refuses member 2 and takes everything else.
type obliging struct{}

func (obliging) Route(context.Context, string) (queue.Hop, error) {
	return queue.Hop{Key: "mx", Operator: "mx", Limit: 1}, nil
}

func (obliging) Deliver(ctx context.Context, _ queue.Hop, src queue.Source) error {
	for {
		out, more := src.Next(ctx, true)
		if !more {
			return nil
		}
		r := queue.Result{Outcome: queue.Delivered}
		if out.To.Local == "m2" {
			r = queue.Result{Outcome: queue.Failed, Code: 550}
		}
		src.Settle(out.Row, r)
	}
}

// deliver runs the queue until a message is done.
func deliver(t *testing.T, db *store.DB, id intake.ID) {
	t.Helper()
	c, _ := composer(t, db)
	q := queue.New(slog.New(slog.DiscardHandler), db, obliging{}, c.Render, queue.Config{
		Finished: func(tx *store.Tx, batch uint64) error { return Finished(tx, batch, noon) },
		Idle:     10 * time.Millisecond,
	})
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	ended := make(chan error, 1)
	go func() { ended <- q.Run(ctx) }()
	changed, stop := db.Watch("intake.states")
	defer stop()
	for state(t, db, id) != intake.Done && ctx.Err() == nil {
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

func TestTheBooksAgreeAtEachStepOfAPost(t *testing.T) {
	db := testdb.Open(t)
	members(t, db, chunk+2)
	agree := func(when string) {
		t.Helper()
		if faults := accounts(t, db); len(faults) > 0 {
			t.Errorf("%s: %q", when, faults)
		}
	}
	p := post(t, db, "<1@x>")
	agree("published")
	e := NewExpander(slog.New(slog.DiscardHandler), db, func() time.Time { return noon })
	if _, err := e.step(); err != nil {
		t.Fatal(err)
	}
	agree("half expanded")
	expandAll(t, db)
	agree("expanded")
	deliver(t, db, p.Intake)
	agree("done")
	testdb.View(t, db, func(tx *store.Tx) error {
		_, err := Accounts(tx, func(a Account) error {
			want := Account{
				Number: 1, List: 1, MessageID: "<1@x>", Visible: archive.Published, Intake: 1, State: intake.Done,
				Copies: queue.Counts{Delivered: chunk + 1, Failed: 1, Sealed: true},
			}
			if diff := cmp.Diff(want, a); diff != "" {
				t.Errorf("account (-want +got):\n%s", diff)
			}
			return nil
		})
		return err
	})
}

func TestBooksThatContradictEachOther(t *testing.T) {
	move := func(to intake.State) func(*store.Tx) error {
		return func(tx *store.Tx) error { return intake.Move(tx, 1, intake.Status{State: to}) }
	}
	row := func(batch uint64) func(*store.Tx) error {
		return func(tx *store.Tx) error {
			return queue.Put(tx, queue.Row{Kind: Kind, Batch: batch, Member: 9, Domain: "x.example", Queued: noon})
		}
	}
	message := func(s intake.State) func(*store.Tx) error {
		return func(tx *store.Tx) error {
			_, err := intake.Put(tx, intake.New{State: s})
			return err
		}
	}
	for name, c := range map[string]struct {
		spoil func(*store.Tx) error
		want  []string
	}{
		"a message that is done too early":   {move(intake.Done), []string{"post 1: it is done, but 2 copies are open"}},
		"a message that waits for nothing":   {message(intake.Waiting), []string{"message 2 is waiting, but there is no post of it"}},
		"a message that was sent by nobody":  {message(intake.Done), []string{"message 2 is done, but there is no post of it"}},
		"a copy of no post":                  {row(7), []string{"1 copy waits for post 7, which is not there"}},
		"a message that went away":           {func(tx *store.Tx) error { return intake.Purge(tx, 1, "") }, []string{"post 1: its message 1 is not there"}},
		"a message of no post is no trouble": {message(intake.Handled), nil},
	} {
		t.Run(name, func(t *testing.T) {
			db := testdb.Open(t)
			members(t, db, 2)
			post(t, db, "<1@x>")
			expandAll(t, db)
			testdb.Update(t, db, c.spoil)
			if diff := cmp.Diff(c.want, accounts(t, db)); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

func TestStatesThatDoNotFit(t *testing.T) {
	sealed := queue.Counts{Delivered: 1, Sealed: true}
	for name, c := range map[string]struct {
		a    Account
		rows int
		want int
	}{
		"a waiting post of a waiting message":      {Account{Visible: archive.Waiting, State: intake.Waiting}, 0, 0},
		"a waiting post of a message on its way":   {Account{Visible: archive.Waiting, State: intake.Expanding}, 0, 1},
		"a published post of a waiting message":    {Account{Visible: archive.Published, State: intake.Waiting}, 0, 1},
		"copies of a waiting message":              {Account{Visible: archive.Waiting, State: intake.Waiting, Copies: sealed}, 0, 1},
		"complete while recipients are read":       {Account{Visible: archive.Published, State: intake.Expanding, Copies: sealed}, 0, 1},
		"read but not complete":                    {Account{Visible: archive.Published, State: intake.Expanded}, 0, 1},
		"all settled but not done":                 {Account{Visible: archive.Published, State: intake.Expanded, Copies: sealed}, 0, 1},
		"done":                                     {Account{Visible: archive.Published, State: intake.Done, Copies: sealed}, 0, 0},
		"hidden after it was sent":                 {Account{Visible: archive.Hidden, State: intake.Done, Copies: sealed}, 0, 0},
		"imported":                                 {Account{Visible: archive.Published, State: intake.Done, Imported: true}, 0, 0},
		"imported and yet sent":                    {Account{Visible: archive.Published, State: intake.Done, Imported: true, Copies: sealed}, 0, 1},
		"more copies than are counted":             {Account{Visible: archive.Published, State: intake.Expanded, Copies: queue.Counts{Open: 1, Sealed: true}}, 2, 1},
		"shunted, with copies made before":         {Account{Visible: archive.Published, State: intake.Shunted, Copies: queue.Counts{Open: 1}}, 1, 0},
		"a dropped copy that is not settled yet":   {Account{Visible: archive.Published, State: intake.Expanded, Copies: queue.Counts{Open: 1, Sealed: true}}, 0, 0},
		"a held post of a held message, no copies": {Account{Visible: archive.Waiting, State: intake.Held}, 0, 0},
	} {
		if c.a.compare(c.rows); len(c.a.Faults) != c.want {
			t.Errorf("%s: faults %q", name, c.a.Faults)
		}
	}
}
