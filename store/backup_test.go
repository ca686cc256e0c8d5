package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestABackupUnderLoadIsOneMoment(t *testing.T) {
	db := openTest(t)
	done := make(chan bool)
	stopped := make(chan bool)
	go func() {
		defer close(stopped)
		for {
			select {
			case <-done:
				return
			default:
			}
			if err := db.Update(func(tx *Tx) error {
				n, err := Counter("n").Next(tx)
				if err != nil {
					return err
				}
				return writeWords(tx, strconv.FormatUint(n, 10))
			}); err != nil {
				t.Error(err)
			}
		}
	}()
	dir := t.TempDir()
	for i := range 5 {
		path := filepath.Join(dir, strconv.Itoa(i))
		if err := db.Backup(path); err != nil {
			t.Fatal(err)
		}
		copied := openAt(t, path, Options{})
		view(t, copied, func(tx *Tx) error {
			n, err := Counter("n").Value(tx)
			if rows := len(collect(t, words.All(tx))); rows != int(n) {
				t.Errorf("copy %d has %d words, its counter says %d", i, rows, n)
			}
			return err
		})
		copied.Close()
	}
	close(done)
	<-stopped
	if left, err := os.ReadDir(dir); len(left) != 5 || err != nil {
		t.Errorf("directory holds %v, error %v, want five copies alone", left, err)
	}
}

func TestABackupNeverReplacesAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	db := openAt(t, path, Options{})
	putWords(t, db, "a")
	if err := db.Backup(path); !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("backup over the store: %v, want fs.ErrExist with the path", err)
	}
	wantWords(t, db, "a")
}

func TestABackupOfADamagedStoreIsRefused(t *testing.T) {
	db := openTest(t)
	putWords(t, db, "a")
	if err := db.engine.Update(func(e EngineTx) error { return e.Put("words", []byte("b"), []byte("no record")) }); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	err := db.Backup(filepath.Join(dir, "copy"))
	if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "words/62") {
		t.Errorf("backup: %v, want ErrDamaged with the record", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	putWords(t, db, "b") // whole again
}
