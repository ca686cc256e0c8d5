package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Migration brings a store from schema To-1 to To. Run gets one transaction, in which the number of the
// schema moves, too; a crash leaves either all of it or nothing.
type Migration struct {
	To   int
	Name string // for the log, such as "queue rows get a priority"
	Run  func(tx *Tx) error
}

var schema = NewTable("store", StringKey[string](), JSON[int]())

const schemaKey = "schema"

// migrate brings the store to the schema of the options. It runs before the committer starts. With
// a path it first keeps a backup.
func (db *DB) migrate(path string) error {
	now, fresh, err := db.schema()
	if err != nil {
		return err
	}
	want := db.options.Schema
	switch {
	case fresh:
		return db.moveSchema(Migration{To: want})
	case now > want:
		return fmt.Errorf("%w: the store has schema %d and this program knows up to %d; install the newer program "+
			"again, or restore the backup that was made before the upgrade", ErrNewer, now, want)
	case now == want:
		return nil
	}
	steps, err := db.steps(now)
	if err != nil {
		return err
	}
	if err := db.snapshot(path, now); err != nil {
		return err
	}
	for _, m := range steps {
		db.log.Info("store: migrate", "schema", m.To, "name", m.Name)
		if err := db.moveSchema(m); err != nil {
			return fmt.Errorf("migrate to schema %d (%s): %w", m.To, m.Name, err)
		}
	}
	return nil
}

// schema returns the stored number, and whether the store is still without any table.
func (db *DB) schema() (number int, fresh bool, err error) {
	err = db.engine.View(func(e EngineTx) error {
		tables, err := e.Tables()
		if err != nil || len(tables) == 0 {
			fresh = len(tables) == 0
			return err
		}
		number, _, err = schema.Get(&Tx{engine: e}, schemaKey)
		return err
	})
	if err != nil {
		return 0, false, fmt.Errorf("read the schema's number: %w", err)
	}
	return number, fresh, nil
}

// steps returns the migrations from a schema on, of which none may be missing.
func (db *DB) steps(now int) ([]Migration, error) {
	var steps []Migration
	for _, m := range db.options.Migrations {
		if m.To == now+1+len(steps) && m.To <= db.options.Schema {
			steps = append(steps, m)
		}
	}
	if now+len(steps) != db.options.Schema {
		return nil, fmt.Errorf("there is no way from schema %d to %d: the migration to %d is missing",
			now, db.options.Schema, now+len(steps)+1)
	}
	return steps, nil
}

// snapshot keeps the store as it is before a migration. One of the same schema is replaced: it
// is from a migration that did not happen.
func (db *DB) snapshot(path string, number int) error {
	if path == "" {
		return errors.New("this engine cannot be migrated: it has no place for the backup")
	}
	dir := db.options.Snapshots
	if dir == "" {
		dir = filepath.Dir(path)
	}
	copied := filepath.Join(dir, fmt.Sprintf("%s.schema-%d.backup", filepath.Base(path), number))
	if err := os.Remove(copied); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("replace the backup before the migration: %w", err)
	}
	if err := db.Backup(copied); err != nil {
		return fmt.Errorf("keep a backup before the migration: %w", err)
	}
	db.log.Info("store: backup before migration", "file", copied)
	return nil
}

// moveSchema runs one migration and moves the number with it.
func (db *DB) moveSchema(m Migration) error {
	return db.engine.Update(func(e EngineTx) error {
		own := &overlay{}
		tx := &Tx{engine: e, own: own, group: &overlay{}, plain: !db.options.Compress}
		defer func() { tx.ended = true }()
		if m.Run != nil {
			if err := m.Run(tx); err != nil {
				return err
			}
		}
		if err := schema.Put(tx, schemaKey, m.To); err != nil {
			return err
		}
		return own.apply(e)
	})
}
