package digest

import (
	"errors"
	"time"

	"sencoforum/internal/failpoint"
	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/store"
)

// expand puts the rows of at most a chunk of members, of the oldest issue whose rows are not all put.
func (e *Editor) expand() (more bool, err error) {
	err = e.db.View(func(tx *store.Tx) error {
		_, _, more, err = nextOpen(tx)
		return err
	})
	if err != nil || !more {
		return false, err
	}
	err = e.db.Update(func(tx *store.Tx) error {
		n, from, ok, err := nextOpen(tx)
		if err != nil || !ok {
			return err
		}
		return e.expandOne(tx, n, from)
	})
	if err == nil {
		err = failpoint.Hit(failpoint.DigestExpanded)
	}
	return true, err
}

// nextOpen is the oldest issue whose rows are not all put, and with whom to go on.
func nextOpen(tx *store.Tx) (n Number, from list.PersonID, ok bool, err error) {
	for row, err := range open.All(tx) {
		return row.Key, row.Value, err == nil, err
	}
	return 0, 0, false, nil
}

func (e *Editor) expandOne(tx *store.Tx, n Number, from list.PersonID) error {
	i, ok, err := issues.Get(tx, n)
	if err != nil {
		return err
	}
	next := list.PersonID(0)
	if ok {
		if next, err = e.putRows(tx, i, from); err != nil {
			return err
		}
	}
	if err := failpoint.Hit(failpoint.DigestRows); err != nil {
		return err
	}
	if next != 0 {
		return open.Put(tx, n, next)
	}
	done, err := queue.Seal(tx, n.batch())
	if err != nil {
		return err
	}
	if err := open.Delete(tx, n); err != nil || !done || e.cfg.Finished == nil {
		return err
	}
	return e.cfg.Finished(tx, n.batch())
}

// putRows puts the rows of a chunk of members and returns with whom to go on, 0 when all were seen.
func (e *Editor) putRows(tx *store.Tx, i Issue, from list.PersonID) (next list.PersonID, err error) {
	var rows []queue.Row
	seen := 0
	if i.Only != 0 {
		m, err := list.Member(tx, i.List, i.Only)
		if errors.Is(err, list.ErrNoMember) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		rows, err = e.add(tx, rows, i, m)
		return 0, errors.Join(err, queue.Put(tx, rows...))
	}
	for m, err := range list.Members(tx, i.List, from) {
		if err != nil {
			return 0, err
		}
		if seen == chunk {
			return m.Person, queue.Put(tx, rows...)
		}
		seen++
		if rows, err = e.add(tx, rows, i, m); err != nil {
			return 0, err
		}
	}
	return 0, queue.Put(tx, rows...)
}

// add adds the row of a member who gets an issue. Who joined after all that is in it gets the next one first.
func (e *Editor) add(tx *store.Tx, rows []queue.Row, i Issue, m list.Membership) ([]queue.Row, error) {
	if !receives(i, m, e.cfg.Now()) || m.JoinedSeq >= uint64(i.To) && i.Only == 0 {
		return rows, nil
	}
	p, err := list.GetPerson(tx, m.Person)
	if err != nil {
		return rows, err
	}
	return append(rows, queue.Row{
		Kind: RowKind, Batch: i.Number.batch(), Member: uint32(p.ID), Domain: p.Address.Domain,
		Payload:  payload{Issue: i.Number, List: i.List, Person: p.ID}.bytes(),
		Priority: queue.Bulk, Queued: e.cfg.Now(),
	}), nil
}

// receives reports whether a member gets an issue now.
func receives(i Issue, m list.Membership, now time.Time) bool {
	if m.Suspended || m.Unmailed || m.Paused(now) {
		return false
	}
	if i.Only != 0 {
		return m.Person == i.Only && m.Mode != list.ModeNone
	}
	return m.Mode == i.Kind.Mode()
}
