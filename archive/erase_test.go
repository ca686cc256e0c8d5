package archive

import (
	"errors"
	"testing"
	"time"

	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/store"
)

// events are the live rows of the change record, oldest first.
func events(t *testing.T, db *store.DB) (all []Change) {
	t.Helper()
	err := db.View(func(tx *store.Tx) error {
		for c, err := range Changes(tx, 0) {
			if err != nil {
				return err
			}
			all = append(all, c)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// try runs one act on a post and returns the post.
func try(t *testing.T, db *store.DB, act func(tx *store.Tx) (Post, error)) (p Post, err error) {
	t.Helper()
	err = db.Update(func(tx *store.Tx) (err error) { p, err = act(tx); return err })
	return p, err
}

func stateOf(t *testing.T, db *store.DB, id intake.ID) (s intake.State) {
	t.Helper()
	if err := db.View(func(tx *store.Tx) error { st, err := intake.StatusOf(tx, id); s = st.State; return err }); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAPostIsHiddenAndShownAgain(t *testing.T) {
	db := testdb.Open(t)
	p := publish(t, db, accept(t, db, "<1@x>", noon).Number)
	hide := func(tx *store.Tx) (Post, error) { return Hide(tx, p.Number, Seal{}, noon) }
	show := func(tx *store.Tx) (Post, error) { return Show(tx, p.Number, noon) }
	if _, err := try(t, db, show); !errors.Is(err, ErrShown) {
		t.Errorf("showing a post that is not hidden: %v", err)
	}
	hidden, err := try(t, db, hide)
	if err != nil || hidden.State != Hidden || hidden.Revision != 2 || hidden.Seq != 2 || hidden.First != 1 {
		t.Errorf("hidden: %+v, %v", hidden, err)
	}
	again, err := try(t, db, hide)
	if err != nil || again.Revision != 2 {
		t.Errorf("hidden twice: %+v, %v", again, err)
	}
	shown, err := try(t, db, show)
	if err != nil || shown.State != Published || shown.Revision != 3 || !shown.Joined(0) || shown.Joined(1) {
		t.Errorf("shown: %+v, %v", shown, err)
	}
	if got := events(t, db); len(got) != 1 || got[0].Event != EventShown || got[0].Seq != 3 {
		t.Errorf("change record %+v, want one row for the post", got)
	}
}

func TestAPostThatWaitsIsHeldAndGoesOnWhenItIsRestored(t *testing.T) {
	db := testdb.Open(t)
	p := accept(t, db, "<1@x>", noon.Add(time.Minute))
	hidden, err := try(t, db, func(tx *store.Tx) (Post, error) { return Hide(tx, p.Number, Seal{}, noon) })
	if err != nil || hidden.State != Hidden || stateOf(t, db, p.Intake) != intake.Held || len(events(t, db)) != 1 {
		t.Errorf("hidden: %+v, %v, message %s", hidden, err, stateOf(t, db, p.Intake))
	}
	if _, err := try(t, db, func(tx *store.Tx) (Post, error) { return Publish(tx, p.Number, noon, 1) }); !errors.Is(err, ErrNotWaiting) {
		t.Errorf("publishing it: %v", err)
	}
	shown, err := try(t, db, func(tx *store.Tx) (Post, error) { return Show(tx, p.Number, noon) })
	if err != nil || shown.State != Waiting || !shown.Until.Equal(noon) || stateOf(t, db, p.Intake) != intake.Waiting {
		t.Errorf("restored: %+v, %v", shown, err)
	}
	if got := publish(t, db, p.Number); got.State != Published || got.First != got.Seq {
		t.Errorf("published: %+v", got)
	}
}

func TestAHoldOutranksErasureToTheSecond(t *testing.T) {
	db := testdb.Open(t)
	p := publish(t, db, accept(t, db, "<1@x>", noon).Number)
	until := noon.Add(time.Hour)
	if _, err := try(t, db, func(tx *store.Tx) (Post, error) {
		return Hide(tx, p.Number, Seal{Reason: "police", Until: until}, noon)
	}); err != nil {
		t.Fatal(err)
	}
	erase := func(at time.Time) (Post, error) {
		return try(t, db, func(tx *store.Tx) (Post, error) { return Erase(tx, p.Number, at) })
	}
	if _, err := erase(until.Add(-time.Second)); !errors.Is(err, ErrSealed) {
		t.Errorf("a second before the end of the hold: %v", err)
	}
	gone, err := erase(until)
	if err != nil || gone.State != Erased || gone.Reason != "" {
		t.Errorf("at the end of the hold: %+v, %v", gone, err)
	}
}

func TestAnErasedPostKeepsItsPlaceAlone(t *testing.T) {
	db := testdb.Open(t)
	p := publish(t, db, accept(t, db, "<1@x>", noon).Number)
	answer := publish(t, db, accept(t, db, "<2@x>", noon, "<1@x>").Number)
	gone, err := try(t, db, func(tx *store.Tx) (Post, error) { return Erase(tx, p.Number, noon) })
	if err != nil || gone.Subject != "[post erased on 22 November 2026]" || !gone.From.IsZero() || gone.AuthorName != "" || gone.Author != 0 {
		t.Errorf("erased: %+v, %v", gone, err)
	}
	if again, err := try(t, db, func(tx *store.Tx) (Post, error) { return Erase(tx, p.Number, noon) }); err != nil || again.Revision != gone.Revision {
		t.Errorf("erased twice: %+v, %v", again, err)
	}
	late := accept(t, db, "<3@x>", noon, "<1@x>")
	if answer.Parent != p.Number || late.Parent != p.Number || late.Thread != p.Number {
		t.Errorf("an answer that comes later hangs at %d in thread %d", late.Parent, late.Thread)
	}
	err = db.View(func(tx *store.Tx) error {
		if _, err := intake.Raw(tx, p.Intake); !errors.Is(err, intake.ErrNoMessage) {
			t.Errorf("its message: %v", err)
		}
		r, err := intake.Get(tx, p.Intake)
		if r.MessageID != "" || r.SHA256 != "" || !r.Envelope.From.IsZero() || r.Envelope.Received.IsZero() {
			t.Errorf("its record: %+v", r)
		}
		report, err2 := intake.Audit(tx)
		if len(report.Faults) > 0 {
			t.Error(report.Faults)
		}
		return errors.Join(err, err2)
	})
	if err != nil {
		t.Error(err)
	}
	for _, act := range []func(tx *store.Tx) (Post, error){
		func(tx *store.Tx) (Post, error) { return Show(tx, p.Number, noon) },
		func(tx *store.Tx) (Post, error) { return Hide(tx, p.Number, Seal{}, noon) },
		func(tx *store.Tx) (Post, error) { return Rewritten(tx, p.Number, []byte("x"), "x", "x", noon) },
	} {
		if _, err := try(t, db, act); !errors.Is(err, ErrErased) {
			t.Errorf("an act on what is erased: %v", err)
		}
	}
}

func TestARedactedPostIsReadAnewByFollowers(t *testing.T) {
	db := testdb.Open(t)
	p := publish(t, db, accept(t, db, "<1@x>", noon).Number)
	got, err := try(t, db, func(tx *store.Tx) (Post, error) {
		return Rewritten(tx, p.Number, []byte("Subject: s\r\n\r\nnew\r\n"), "new subject", "new name", noon)
	})
	if err != nil || got.Subject != "new subject" || got.AuthorName != "new name" || got.Revision != 2 || !got.Redacted.Equal(noon) || got.MessageID != p.MessageID {
		t.Errorf("redacted: %+v, %v", got, err)
	}
	if all := events(t, db); len(all) != 1 || all[0].Event != EventRedacted {
		t.Errorf("change record %+v", all)
	}
}
