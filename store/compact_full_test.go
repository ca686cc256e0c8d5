package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestACompactionWithoutRoomIsRefused needs a disk of its own.
func TestACompactionWithoutRoomIsRefused(t *testing.T) {
	dir := smallDisk(t, 32<<20)
	path := filepath.Join(dir, "store.db")
	db, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows := NewTable("rows", Uint64Key[uint64](), JSON[string]())
	err = db.Update(func(tx *Tx) error {
		for i := range uint64(3000) {
			if err := rows.Put(tx, i, strings.Repeat("x", 1000)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	filler := fillDisk(t, dir, db.Stats().Size)
	if _, err := db.Compact(); !errors.Is(err, ErrFull) || !strings.Contains(err.Error(), "1.2 times its") {
		t.Errorf("with its own size free: %v, want ErrFull and the figure", err)
	}
	if _, err := os.Stat(path + ".new"); !errors.Is(err, os.ErrNotExist) {
		t.Error("something of a new file is there")
	}
	if err := db.Update(func(tx *Tx) error { return rows.Put(tx, 1, "short") }); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Compact(); err != nil {
		t.Errorf("with room: %v", err)
	}
	if need := compactRoom(1000); need != 1200 {
		t.Errorf("1000 bytes need %d", need)
	}
}
