package rig

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/store"
)

// readBooks returns the final state of every copy. The server must not run.
func readBooks(dir string) (map[copyOf]booked, error) {
	db, err := openBooks(filepath.Join(dir, "forum.db"))
	if err != nil {
		return nil, err
	}
	books := map[copyOf]booked{}
	err = db.View(func(tx *store.Tx) error {
		for p, err := range archive.All(tx, 0) {
			if err != nil {
				return err
			}
			if err := readBatch(tx, p, books); err != nil {
				return err
			}
		}
		return nil
	})
	return books, errors.Join(err, db.Close())
}

// openBooks opens a store of any schema as it is.
func openBooks(path string) (*store.DB, error) {
	for schema := 1; ; schema++ {
		db, err := store.Open(path, store.Options{Schema: schema})
		if !errors.Is(err, store.ErrNewer) {
			return db, err
		}
	}
}

// readBatch reads what became of the copies of one post.
func readBatch(tx *store.Tx, p archive.Post, books map[copyOf]booked) error {
	for r, err := range queue.Outcomes(tx, uint64(p.Number)) {
		if err != nil {
			return err
		}
		person, err := list.GetPerson(tx, list.PersonID(r.Member))
		if err != nil {
			return err
		}
		books[copyOf{p.MessageID, person.Address.String()}] = booked{outcome: r.Outcome}
	}
	for f, err := range queue.Failures(tx, uint64(p.Number)) {
		if err != nil {
			return err
		}
		person, err := list.GetPerson(tx, list.PersonID(f.Member))
		if err != nil {
			return err
		}
		c := copyOf{p.MessageID, person.Address.String()}
		books[c] = booked{books[c].outcome, f.Result.Line()}
	}
	return nil
}

// retryAll tries again at once what was tried in vain, and the hosts that are
// left alone for a while, as an operator does. It returns how many there were.
func (s *Server) retryAll(ctx context.Context) (int, error) {
	out, err := s.Command(ctx, "queue", "retry", "--all", "--json")
	if err != nil {
		return 0, fmt.Errorf("retry all: %w", err)
	}
	var said struct{ Done, Woken int }
	if err := json.Unmarshal(out, &said); err != nil {
		return 0, fmt.Errorf("retry all: read %q: %w", out, err)
	}
	return said.Done + said.Woken, nil
}
