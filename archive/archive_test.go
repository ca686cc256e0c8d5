package archive

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// accept stores a message and its post, which waits for the given time.
func accept(t *testing.T, db *store.DB, id string, until time.Time, refs ...string) Post {
	t.Helper()
	var p Post
	testdb.Update(t, db, func(tx *store.Tx) error {
		in, err := intake.Put(tx, intake.New{Record: intake.Record{Envelope: message.Envelope{Received: noon}}, State: intake.Waiting})
		if err != nil {
			return err
		}
		p, err = Accept(tx, NewPost{Post: Post{List: 1, Intake: in, MessageID: id, Until: until}, References: refs})
		return err
	})
	return p
}

func publish(t *testing.T, db *store.DB, n Number) Post {
	t.Helper()
	var p Post
	testdb.Update(t, db, func(tx *store.Tx) (err error) {
		p, err = Publish(tx, n, noon, 25)
		return err
	})
	return p
}

func changed(t *testing.T, db *store.DB) []Number {
	t.Helper()
	var out []Number
	testdb.View(t, db, func(tx *store.Tx) error {
		for c, err := range Changes(tx, 0) {
			if err != nil {
				return err
			}
			out = append(out, c.Post)
		}
		return nil
	})
	return out
}

func TestTheOrderOfVisibilityIsThatOfPublishing(t *testing.T) {
	db := testdb.Open(t)
	accept(t, db, "<1@x>", noon)
	accept(t, db, "<2@x>", noon)
	if got := publish(t, db, 2); got.Seq != 1 || got.State != Published || got.Audience != 25 {
		t.Errorf("post 2 has seq %d and is %s", got.Seq, got.State)
	}
	if got := publish(t, db, 1); got.Seq != 2 {
		t.Errorf("post 1 has seq %d", got.Seq)
	}
	if got := changed(t, db); !slices.Equal(got, []Number{2, 1}) {
		t.Errorf("the change record is %v", got)
	}
	testdb.View(t, db, func(tx *store.Tx) error {
		s, err := intake.StatusOf(tx, 1)
		if s.State != intake.Expanding {
			t.Errorf("the message is %s", s.State)
		}
		return err
	})
	err := db.Update(func(tx *store.Tx) error { _, err := Publish(tx, 1, noon, 25); return err })
	if !errors.Is(err, ErrNotWaiting) {
		t.Errorf("publishing twice: %v", err)
	}
}

func TestAReplyJoinsTheThreadOfTheNearestKnownPost(t *testing.T) {
	db := testdb.Open(t)
	accept(t, db, "<1@x>", noon)
	accept(t, db, "<2@x>", noon, "<1@x>")
	accept(t, db, "<3@x>", noon)
	for _, c := range []struct {
		name           string
		refs           []string
		parent, thread Number
	}{
		{"the nearest first", []string{"<2@x>", "<1@x>"}, 2, 1},
		{"an unknown one is passed over", []string{"<gone@x>", "<3@x>"}, 3, 3},
		{"no reference founds a thread", nil, 0, 6},
		{"so do only unknown references", []string{"<lost@x>"}, 0, 7},
		{"two that answer a missing post share its thread", []string{"<lost@x>"}, 0, 7},
		{"a part of a Message-ID is no match", []string{"<1@"}, 0, 9},
	} {
		p := accept(t, db, "<"+c.name+"@y>", noon, c.refs...)
		if p.Parent != c.parent || p.Thread != c.thread {
			t.Errorf("%s: parent %d, thread %d", c.name, p.Parent, p.Thread)
		}
	}
	testdb.View(t, db, func(tx *store.Tx) error {
		var got []Number
		for p, err := range Posts(tx, 1) {
			if err != nil {
				return err
			}
			got = append(got, p.Number)
		}
		if !slices.Equal(got, []Number{1, 2, 4}) {
			t.Errorf("thread 1 is %v", got)
		}
		return nil
	})
}

func TestAnImportedPostIsVisibleAndMailsNobody(t *testing.T) {
	db := testdb.Open(t)
	old := time.Date(2014, 9, 1, 8, 0, 0, 0, time.UTC)
	var p Post
	testdb.Update(t, db, func(tx *store.Tx) error {
		in, err := intake.Put(tx, intake.New{Record: intake.Record{Origin: intake.FromImport}, State: intake.Done})
		if err != nil {
			return err
		}
		p, err = Import(tx, NewPost{Post: Post{List: 1, Intake: in, MessageID: "<old@x>", Written: old}})
		return err
	})
	if !p.Imported || p.State != Published || !p.Published.Equal(old) || p.Seq != 1 {
		t.Errorf("the post is %+v", p)
	}
}

func TestPublisherWaitsForTheSendingDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := testdb.Open(t)
		testdb.Update(t, db, func(tx *store.Tx) error {
			_, err := list.Create(tx, list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum", Settings: list.DefaultSettings()})
			return err
		})
		accept(t, db, "<late@x>", time.Now().Add(5*time.Minute))
		accept(t, db, "<soon@x>", time.Now().Add(time.Minute))
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- NewPublisher(slog.New(slog.DiscardHandler), db, time.Now).Run(ctx) }()
		for _, c := range []struct {
			after time.Duration
			want  []Number
		}{{59 * time.Second, nil}, {2 * time.Second, []Number{2}}, {4 * time.Minute, []Number{2, 1}}} {
			time.Sleep(c.after)
			synctest.Wait()
			if got := changed(t, db); !slices.Equal(got, c.want) {
				t.Errorf("after another %s: %v, want %v", c.after, got, c.want)
			}
		}
		accept(t, db, "<now@x>", time.Now())
		time.Sleep(gather)
		synctest.Wait()
		if got := changed(t, db); len(got) != 3 {
			t.Errorf("a post without delay was not published at once: %v", got)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestAWaitBeyondTheDelayIsCapped(t *testing.T) {
	db := testdb.Open(t)
	testdb.Update(t, db, func(tx *store.Tx) error {
		_, err := list.Create(tx, list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum", Settings: list.DefaultSettings()})
		return err
	})
	accept(t, db, "<1@x>", noon.Add(5*time.Minute))
	accept(t, db, "<2@x>", noon.AddDate(1, 0, 0))
	testdb.Update(t, db, func(tx *store.Tx) error {
		n, err := CapWaiting(tx, noon)
		if n != 1 {
			t.Errorf("%d posts capped", n)
		}
		return err
	})
	testdb.View(t, db, func(tx *store.Tx) error {
		p, err := Get(tx, 2)
		if !p.Until.Equal(noon.Add(5 * time.Minute)) {
			t.Errorf("post 2 waits until %s", p.Until)
		}
		return err
	})
}

func TestAPostThatCannotBePublishedIsSetAsideAndRetried(t *testing.T) {
	db := testdb.Open(t)
	bad, good := accept(t, db, "<1@x>", noon), accept(t, db, "<2@x>", noon)
	testdb.Update(t, db, func(tx *store.Tx) error { // publishing a message that is done is no legal step
		for _, s := range []intake.State{intake.Expanding, intake.Expanded, intake.Done} {
			if err := intake.Move(tx, bad.Intake, intake.Status{State: s}); err != nil {
				return err
			}
		}
		return nil
	})
	p := NewPublisher(slog.New(slog.DiscardHandler), db, func() time.Time { return noon })
	if _, err := p.step(); err != nil {
		t.Fatal(err)
	}
	if got := changed(t, db); !slices.Equal(got, []Number{good.Number}) {
		t.Errorf("published %v", got)
	}
	testdb.View(t, db, func(tx *store.Tx) error {
		s, err := intake.StatusOf(tx, bad.Intake)
		if s.State != intake.Shunted {
			t.Errorf("the message is %s", s.State)
		}
		return err
	})
	testdb.Update(t, db, func(tx *store.Tx) error { return Retry(tx, bad.Intake, noon) })
	if _, err := p.step(); err != nil {
		t.Fatal(err)
	}
	if got := changed(t, db); !slices.Equal(got, []Number{good.Number, bad.Number}) {
		t.Errorf("after the retry %v", got)
	}
	if err := db.Update(func(tx *store.Tx) error { return Retry(tx, good.Intake, noon) }); !errors.Is(err, ErrNotWaiting) {
		t.Errorf("retry of a published post: %v", err)
	}
}

func TestWhichMessageIDsArePosts(t *testing.T) {
	db := testdb.Open(t)
	accept(t, db, "<1@x>", noon)
	testdb.View(t, db, func(tx *store.Tx) error {
		for _, c := range []struct {
			l    list.ID
			id   string
			want bool
		}{{1, "<1@x>", true}, {2, "<1@x>", false}, {1, "<1@x", false}, {1, "<11@x>", false}, {1, "", false}} {
			got, err := Bears(tx, c.l, c.id)
			if got != c.want || err != nil {
				t.Errorf("list %d, %q: %t, %v", c.l, c.id, got, err)
			}
		}
		return nil
	})
}
