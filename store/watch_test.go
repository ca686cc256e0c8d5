package store

import (
	"errors"
	"testing"
)

// rung reports whether a bell has a token, and takes it.
func rung(bell <-chan struct{}) bool {
	select {
	case <-bell:
		return true
	default:
		return false
	}
}

func TestWatchRingsAfterAPut(t *testing.T) {
	db := openTest(t)
	bell, stop := db.Watch("words", "numbers")
	for _, c := range []struct {
		name string
		fn   func(tx *Tx) error
		want bool
	}{
		{"a put into a watched table", func(tx *Tx) error { return writeWords(tx, "a") }, true},
		{"a put into another table", func(tx *Tx) error { return pairs.Put(tx, Pair[string, uint32]{"a", 1}, "") }, false},
		{"a deletion", func(tx *Tx) error { return words.Delete(tx, "a") }, false},
		{"a put into the second table", func(tx *Tx) error { return numbers.Put(tx, 1, nil) }, true},
		{"a put that is dropped", func(tx *Tx) error { return errors.Join(writeWords(tx, "b"), errors.New("no")) }, false},
		{"a put that is deleted again", func(tx *Tx) error { return errors.Join(writeWords(tx, "b"), words.Delete(tx, "b")) }, false},
	} {
		db.Update(c.fn)
		putWords(t, openTest(t), "x") // another store's bell
		if got := rung(bell); got != c.want {
			t.Errorf("%s: rung %v, want %v", c.name, got, c.want)
		}
	}
	putWords(t, db, "c")
	putWords(t, db, "d")
	if !rung(bell) || rung(bell) {
		t.Error("two commits must leave one token")
	}
	stop()
	putWords(t, db, "e")
	if rung(bell) {
		t.Error("rung after stop")
	}
}

func TestTheBellComesAfterTheRow(t *testing.T) {
	db := openTest(t)
	bell, stop := db.Watch("words")
	defer stop()
	go putWords(t, db, "a")
	<-bell
	wantWords(t, db, "a")
}
