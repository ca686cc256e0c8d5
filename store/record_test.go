package store

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"
	"testing"
)

// oldRecord is a record of version 1: all 32 bytes of the sum.
func oldRecord(table, key, value string) []byte {
	var over []byte
	for _, part := range []string{table, key} {
		over = append(binary.AppendUvarint(over, uint64(len(part))), part...)
	}
	over = append(over, 1)
	over = append(binary.AppendUvarint(over, uint64(len(value))), value...)
	sum := sha256.Sum256(over)
	return slices.Concat([]byte{1}, sum[:], []byte(value))
}

func TestRecordsOfTheFirstVersionAreReadForEver(t *testing.T) {
	db := openTest(t)
	put := func(record []byte) {
		t.Helper()
		if err := db.engine.Update(func(e EngineTx) error { return e.Put("words", []byte("old"), record) }); err != nil {
			t.Fatal(err)
		}
	}
	read := func() (v string, err error) {
		err = db.View(func(tx *Tx) error { v, _, err = words.Get(tx, "old"); return err })
		return v, err
	}
	old := oldRecord("words", "old", "a value of those days")
	put(old)
	if got, err := read(); got != "a value of those days" || err != nil {
		t.Fatalf("read %q, error %v", got, err)
	}
	if problems := problemsOf(t, db); len(problems) > 0 {
		t.Errorf("check finds %q", problems)
	}
	for at := range old {
		bad := slices.Clone(old)
		bad[at] ^= 1 << (at % 8)
		if _, err := new(hasher).open("words", []byte("old"), bad); !errors.Is(err, ErrDamaged) {
			t.Errorf("a flipped bit in byte %d: error %v, want ErrDamaged", at, err)
		}
	}
	for _, swap := range []struct{ from, to byte }{{1, 2}, {2, 1}} { // a version that became the other
		record := oldRecord("words", "old", "a value that is long enough")
		if swap.from == 2 {
			record = sealed("words", "old", "a value that is long enough")
		}
		record[0] = swap.to
		if _, err := new(hasher).open("words", []byte("old"), record); !errors.Is(err, ErrDamaged) {
			t.Errorf("version %d read as %d: error %v, want ErrDamaged", swap.from, swap.to, err)
		}
	}
	update(t, db, func(tx *Tx) error { return words.Put(tx, "old", "anew") })
	if got, err := read(); got != "anew" || err != nil {
		t.Errorf("written again it is %q, error %v", got, err)
	}
	put(oldRecord("words", "old", "x"))
	if got, err := read(); got != "x" || err != nil {
		t.Errorf("a short old value is %q, error %v", got, err)
	}
}
