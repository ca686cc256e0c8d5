package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"sencoforum/store"
	"sencoforum/store/storetest"
)

var words = store.NewTable("words", store.StringKey[string](), store.Text())

func put(key string) func(tx *store.Tx) error {
	return func(tx *store.Tx) error { return words.Put(tx, key, "the word "+key) }
}

func has(t *testing.T, db *store.DB, key string) (ok bool) {
	t.Helper()
	if err := db.View(func(tx *store.Tx) (err error) {
		ok, err = words.Has(tx, key)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return ok
}

// inOneGroup runs functions, in this order, as Updates that share a commit.
func inOneGroup(t *testing.T, db *store.DB, fns ...func(tx *store.Tx) error) []error {
	t.Helper()
	errs := make([]error, len(fns))
	var wg sync.WaitGroup
	if err := db.Update(func(tx *store.Tx) error {
		for i, fn := range fns {
			started := make(chan bool)
			wg.Go(func() {
				close(started)
				errs[i] = db.Update(fn)
			})
			<-started
			store.AwaitWaiting(db, i+1)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	return errs
}

func TestAFullDiskTellsTheWholeGroup(t *testing.T) {
	db, disk := storetest.OpenFaulty(t)
	duplicate := errors.New("duplicate")
	disk.FailBefore(fmt.Errorf("commit: %w", store.ErrFull))
	errs := inOneGroup(t, db, put("a"), func(tx *store.Tx) error {
		if ok, err := words.Has(tx, "a"); ok || err != nil {
			return errors.Join(duplicate, err)
		}
		return nil
	}, put("b"))
	for i, err := range errs {
		if !errors.Is(err, store.ErrFull) || errors.Is(err, duplicate) {
			t.Errorf("update %d: %v, want ErrFull and nothing that rests on lost writes", i, err)
		}
	}
	if err := db.Update(put("c")); err != nil || has(t, db, "a") || !has(t, db, "c") {
		t.Errorf("after the full disk: %v, a %v, c %v; want work to go on", err, has(t, db, "a"), has(t, db, "c"))
	}
	if db.Err() != nil {
		t.Errorf("Err %v after a full disk, want nil", db.Err())
	}
}

func TestAnErrorOfItsOwnIsToldOnceTheGroupIsDurable(t *testing.T) {
	db, _ := storetest.OpenFaulty(t)
	duplicate := errors.New("duplicate")
	errs := inOneGroup(t, db, put("a"), func(tx *store.Tx) error { return duplicate })
	if errs[0] != nil || !errors.Is(errs[1], duplicate) {
		t.Errorf("errors %v, want the second one's own", errs)
	}
}

func TestAnIOErrorStopsTheStore(t *testing.T) {
	db, disk := storetest.OpenFaulty(t)
	disk.FailAfter(errors.New("input/output error"))
	errs := inOneGroup(t, db, put("a"), put("b"))
	for i, err := range errs {
		if !errors.Is(err, store.ErrMaybe) || errors.Is(err, store.ErrFull) {
			t.Errorf("update %d: %v, want ErrMaybe", i, err)
		}
	}
	select {
	case <-db.Failed():
	default:
		t.Error("Failed is not closed")
	}
	if !errors.Is(db.Err(), store.ErrMaybe) {
		t.Errorf("Err %v, want ErrMaybe", db.Err())
	}
	if err := db.Update(put("c")); !errors.Is(err, store.ErrClosed) || errors.Is(err, store.ErrFull) {
		t.Errorf("update after the failure: %v, want ErrClosed", err)
	}
	if !has(t, db, "a") || has(t, db, "c") {
		t.Error("a view after the failure must show what the engine has")
	}
}

func TestThoseWhoWaitedForAFailedCommitAreRefused(t *testing.T) {
	db, disk := storetest.OpenFaulty(t)
	disk.FailBefore(errors.New("input/output error"))
	late := make(chan error, 1)
	err := db.Update(func(tx *store.Tx) error {
		go func() { late <- db.Update(put("late")) }()
		store.AwaitWaiting(db, 1)
		return put("a")(tx)
	})
	if !errors.Is(err, store.ErrMaybe) {
		t.Errorf("the failed one: %v, want ErrMaybe", err)
	}
	if err := <-late; !errors.Is(err, store.ErrClosed) {
		t.Errorf("the one that waited: %v, want ErrClosed", err)
	}
}

func TestARowTheEngineRefusesFailsOnlyItsOwnUpdate(t *testing.T) {
	db, disk := storetest.OpenFaulty(t)
	damage := fmt.Errorf("%w: a page", store.ErrDamaged)
	disk.RefusePuts(func(_ string, key []byte) error {
		if string(key) == "bad" {
			return damage
		}
		return nil
	})
	runs := 0
	errs := inOneGroup(t, db, put("a"), put("bad"), func(tx *store.Tx) error {
		runs++
		return put("b")(tx)
	})
	if errs[0] != nil || !errors.Is(errs[1], damage) || errs[2] != nil {
		t.Errorf("errors %v, want damage for the second only", errs)
	}
	if !has(t, db, "a") || has(t, db, "bad") || !has(t, db, "b") || runs != 2 {
		t.Errorf("a %v, bad %v, b %v, runs of the last %d; want the good ones, run again alone",
			has(t, db, "a"), has(t, db, "bad"), has(t, db, "b"), runs)
	}
	if db.Err() != nil {
		t.Errorf("Err %v, want nil: nothing was written", db.Err())
	}
}

func TestNothingIsWrittenAfterAFailureInARerun(t *testing.T) {
	db, disk := storetest.OpenFaulty(t)
	disk.RefusePuts(func(_ string, key []byte) error {
		if string(key) == "bad" {
			return store.ErrDamaged
		}
		return nil
	})
	disk.FailAfter(errors.New("input/output error"))
	errs := inOneGroup(t, db, put("a"), put("bad"), put("b"))
	if !errors.Is(errs[0], store.ErrMaybe) || !errors.Is(errs[1], store.ErrClosed) || !errors.Is(errs[2], store.ErrClosed) {
		t.Errorf("errors %v, want ErrMaybe and then ErrClosed", errs)
	}
	if has(t, db, "b") {
		t.Error("b was written after the failure")
	}
}
