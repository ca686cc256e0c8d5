package store

import (
	"bytes"
	"errors"
	"fmt"
)

// Check calls problem, from one goroutine, for each fault it finds: it verifies the engine's structure, for part of which
// Updates wait, and then reads every record and verifies its checksum, a thousand to a View. The
// error says that the check could not be done; a damaged store is no error.
func (db *DB) Check(problem func(string)) error {
	if err := checkEngine(db.engine, problem); err != nil {
		return fmt.Errorf("check store: %w", err)
	}
	return nil
}

func checkEngine(e Engine, problem func(string)) error {
	if err := e.Check(problem); err != nil {
		return err
	}
	var tables []string
	err := e.View(func(tx EngineTx) (err error) {
		tables, err = tx.Tables()
		return err
	})
	if err != nil {
		return damageOnly(err, problem)
	}
	for _, table := range tables {
		if err := checkTable(e, table, problem); err != nil {
			return err
		}
	}
	return nil
}

// checkChunk is how many records are read in one View.
const checkChunk = 1000

func checkTable(e Engine, table string, problem func(string)) error {
	c := tableCheck{table: table, problem: problem}
	for more := true; more; {
		err := e.View(func(tx EngineTx) (err error) {
			more, err = c.some(tx)
			return err
		})
		if err != nil {
			return damageOnly(err, problem)
		}
	}
	return nil
}

// tableCheck is how far a table has been read.
type tableCheck struct {
	table   string
	problem func(string)
	sums    hasher
	last    []byte // the last record read
}

// some verifies the next records, and reports whether there are more. Keys that do not rise
// end it: in a damaged tree it would go round for ever.
func (c *tableCheck) some(tx EngineTx) (more bool, err error) {
	rows := tx.Scan(c.table, c.last, false)
	for n := 0; rows.Next(); {
		order := bytes.Compare(c.last, rows.Key())
		if order == 0 {
			continue // the scan began at it
		}
		if order > 0 {
			c.problem(damagedRecord(c.table, rows.Key(), "is out of order").Error())
			return false, nil
		}
		if n++; n > checkChunk {
			return true, nil
		}
		c.last = append(c.last[:0], rows.Key()...)
		record, err := rows.Value()
		if err == nil {
			_, err = c.sums.open(c.table, c.last, record)
		}
		if err != nil {
			c.problem(err.Error())
		}
	}
	return false, rows.Err()
}

// damageOnly makes a problem of an error that tells of damage.
func damageOnly(err error, problem func(string)) error {
	if errors.Is(err, ErrDamaged) {
		problem(err.Error())
		return nil
	}
	return err
}

// verifyCopy passes a copy of a store when nothing is wrong with it.
func verifyCopy(e Engine) error {
	var first string
	faults := 0
	err := checkEngine(e, func(p string) {
		if faults++; faults == 1 {
			first = p
		}
	})
	if err == nil && faults > 0 {
		err = fmt.Errorf("%w: the copy has %d faults, the first: %s", ErrDamaged, faults, first)
	}
	return err
}
