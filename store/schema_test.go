package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// steps are migrations that each leave a word.
func steps(to ...int) (all []Migration) {
	for _, n := range to {
		name := string(rune('a' + n))
		all = append(all, Migration{To: n, Name: "word " + name, Run: func(tx *Tx) error { return writeWords(tx, name) }})
	}
	return all
}

func storedSchema(t *testing.T, db *DB) int {
	t.Helper()
	n, _, err := db.schema()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestANewStoreNeedsNoMigration(t *testing.T) {
	db := openAt(t, filepath.Join(t.TempDir(), "store.db"), Options{Schema: 3, Migrations: steps(1, 2, 3)})
	wantWords(t, db, "")
	if got := storedSchema(t, db); got != 3 {
		t.Errorf("schema %d, want 3", got)
	}
}

func TestAnOldStoreIsMigratedOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	old := openAt(t, path, Options{Schema: 1})
	putWords(t, old, "old")
	old.Close()
	for range 2 {
		db := openAt(t, path, Options{Schema: 3, Migrations: steps(1, 2, 3, 4)})
		wantWords(t, db, "c d old")
		if got := storedSchema(t, db); got != 3 {
			t.Errorf("schema %d, want 3", got)
		}
		db.Close()
	}
	wantWords(t, openAt(t, path+".schema-1.backup", Options{Schema: 1}), "old")
}

func TestTheBackupBeforeAMigrationCanGoElsewhere(t *testing.T) {
	path, dir := filepath.Join(t.TempDir(), "store.db"), t.TempDir()
	openAt(t, path, Options{}).Close()
	openAt(t, path, Options{Schema: 1, Migrations: steps(1), Snapshots: dir})
	if _, err := os.Stat(filepath.Join(dir, "store.db.schema-0.backup")); err != nil {
		t.Error(err)
	}
}

func TestAFailedMigrationLeavesTheStepBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	openAt(t, path, Options{Schema: 1}).Close()
	mine := errors.New("mine")
	bad := append(steps(2), Migration{To: 3, Name: "the bad one", Run: func(tx *Tx) error {
		return errors.Join(writeWords(tx, "half"), mine)
	}})
	_, err := Open(path, Options{Schema: 3, Migrations: bad})
	if !errors.Is(err, mine) || !strings.Contains(err.Error(), "migrate to schema 3 (the bad one)") {
		t.Fatalf("open: %v, want the migration's error with its name", err)
	}
	db := openAt(t, path, Options{Schema: 2})
	wantWords(t, db, "c")
	db.Close()
	db = openAt(t, path, Options{Schema: 3, Migrations: steps(3)})
	wantWords(t, db, "c d")
}

func TestAStoreThatIsNewerIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	openAt(t, path, Options{Schema: 5}).Close()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(path, Options{Schema: 4})
	if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "has schema 5 and this program knows up to 4") {
		t.Errorf("open: %v, want ErrNewer with both numbers", err)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the file has changed, error %v", err)
	}
}

func TestAMissingMigrationIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	openAt(t, path, Options{Schema: 1}).Close()
	_, err := Open(path, Options{Schema: 4, Migrations: steps(2, 4)})
	if err == nil || !strings.Contains(err.Error(), "the migration to 3 is missing") {
		t.Errorf("open: %v, want the missing number", err)
	}
	wantWords(t, openAt(t, path, Options{Schema: 1}), "")
}

func TestAnotherEngineIsNotMigratedWithoutABackup(t *testing.T) {
	engine, err := Bolt(filepath.Join(t.TempDir(), "store.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	first, err := New(engine, Options{Schema: 1})
	if err != nil {
		t.Fatal(err)
	}
	first.queue.refuse(ErrClosed) // end the committer, keep the engine
	<-first.ended
	_, err = New(engine, Options{Schema: 2, Migrations: steps(2)})
	if err == nil || !strings.Contains(err.Error(), "no place for the backup") {
		t.Errorf("new: %v, want a refusal", err)
	}
}
