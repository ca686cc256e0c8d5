package rig

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"sencoforum/store"
)

// rotTable reads any table of the store, with its checksums, as bytes.
func rotTable(name string) store.Table[string, []byte] {
	return store.NewTable(name, store.StringKey[string](), store.Bytes())
}

// learn reads a sound store.
func (s *rotSample) learn(t *testing.T, path string) {
	t.Helper()
	engine, err := store.Bolt(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = engine.View(func(tx store.EngineTx) (err error) {
		s.tables, err = tx.Tables()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.New(engine, s.options())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var v rotVerdict
	if s.records = v.scan(db, s.tables); v.failed > 0 || len(s.records) == 0 {
		t.Fatalf("a sound store has %d records and %d that cannot be read", len(s.records), v.failed)
	}
}

// options are those of the server, but without a reserve.
func (s *rotSample) options() store.Options { return store.Options{Schema: s.schema, Compress: true} }

// A rotVerdict is what a damaged store says of itself, and what reading it shows.
type rotVerdict struct {
	opened error    // it could not be opened
	warned bool     // while it was opened
	check  []string // what the check found

	failed int      // records whose reading says that they are damaged
	wrong  []string // records that were read and are not what was written
	hidden int      // records that are not found, and reading does not say why
}

// found reports whether opening or checking the store shows the damage.
func (v rotVerdict) found() bool { return v.opened != nil || len(v.check) > 0 }

// touched reports whether any record is not as it was.
func (v rotVerdict) touched() bool { return v.failed > 0 || v.hidden > 0 || len(v.wrong) > 0 }

// fault says what the store failed to notice. When the newer meta page is lost the store is that of the commit before,
// as after a power cut, and says so while it is opened.
func (v rotVerdict) fault() string {
	switch {
	case v.touched() && !v.found():
		return fmt.Sprintf("%d records cannot be read, %d are hidden and %d are wrong, and the check finds nothing", v.failed, v.hidden, len(v.wrong))
	case len(v.wrong) > 0 && !v.warned:
		return fmt.Sprintf("%d records are read and are wrong, the first: %s", len(v.wrong), v.wrong[0])
	}
	return ""
}

// judge opens a copy of the sample with other bytes, checks it and reads everything. The error says that there was no
// copy.
func (s *rotSample) judge(b []byte) (rotVerdict, error) {
	path := filepath.Join(s.scratch, diskStore)
	if err := s.write(path, b); err != nil {
		return rotVerdict{}, err
	}
	defer os.Remove(path)
	var said bytes.Buffer
	o := s.options()
	o.Log = slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelWarn}))
	db, err := store.Open(path, o)
	if err != nil {
		return rotVerdict{opened: err}, nil
	}
	defer db.Close()
	return s.examine(db, said.Len() > 0), nil
}

// examine checks an open store and reads everything.
func (s *rotSample) examine(db *store.DB, warned bool) rotVerdict {
	v := rotVerdict{warned: warned}
	if err := db.Check(func(p string) { v.check = append(v.check, p) }); err != nil {
		v.check = append(v.check, err.Error())
	}
	for k, value := range v.scan(db, s.tables) {
		if want, known := s.records[k]; !known || value != want {
			v.wrong = append(v.wrong, fmt.Sprintf("%s/%x in a walk", k.table, k.key))
		}
	}
	s.lookUp(db, &v)
	return v
}

// scan walks over every table. What cannot be read is counted.
func (v *rotVerdict) scan(db *store.DB, tables []string) map[rotKey]string {
	records := map[rotKey]string{}
	for _, table := range tables {
		err := db.View(func(tx *store.Tx) error {
			for r, err := range rotTable(table).All(tx) {
				if err != nil {
					v.failed++
					continue
				}
				records[rotKey{table, r.Key}] = string(r.Value)
			}
			return nil
		})
		if err != nil {
			v.failed++
		}
	}
	return records
}

// lookUp asks for each record by its key.
func (s *rotSample) lookUp(db *store.DB, v *rotVerdict) {
	for k, want := range s.records {
		err := db.View(func(tx *store.Tx) error {
			value, there, err := rotTable(k.table).Get(tx, k.key)
			switch {
			case err != nil:
				v.failed++
			case !there:
				v.hidden++
			case string(value) != want:
				v.wrong = append(v.wrong, fmt.Sprintf("%s/%x by its key", k.table, k.key))
			}
			return nil
		})
		if err != nil {
			v.failed++
		}
	}
}

// write puts bytes into a file. One that was not cut off is as long as it was.
func (s *rotSample) write(path string, b []byte) error {
	err := os.WriteFile(path, b, 0o600)
	if err == nil && len(b) == len(s.file) {
		err = os.Truncate(path, s.size)
	}
	return err
}
