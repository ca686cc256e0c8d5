package moderate

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

// An Eraser takes out of the server what must not be there any more: words, posts, people. Each act is written into the
// ledger first and then done in transactions; what it leaves in free pages of the store goes with the next compaction.
type Eraser struct {
	db     *store.DB
	keys   *token.Keyring // nil: returned copies are known by their words alone
	ledger *Ledger

	// Elsewhere, if not nil, takes a person out of the rooms beside this one, in the transaction that forgets them.
	Elsewhere func(tx *store.Tx, p list.PersonID) error

	// Words, if not nil, takes out of them what mail hosts said since a moment, in the transaction that erases or redacts.
	Words func(tx *store.Tx, since time.Time) error
}

// NewEraser returns an eraser.
func NewEraser(db *store.DB, keys *token.Keyring, l *Ledger) *Eraser {
	return &Eraser{db: db, keys: keys, ledger: l}
}

// By says who does something and when.
type By struct {
	Actor string // as audit.Entry has it
	Now   time.Time
}

// Residue counts acts since the last compaction: what they deleted is still in free pages of the store.
const Residue = store.Counter("moderate.residue")

// ErrChanged says that a post was changed since it was looked at.
var ErrChanged = errors.New("the post was changed meanwhile; look again")

// Look reads a post and its message. Of an erased post there is no message.
func Look(tx *store.Tx, n archive.Number) (p archive.Post, r intake.Record, m *message.Message, err error) {
	if p, err = archive.Get(tx, n); err != nil {
		return p, r, nil, err
	}
	if r, err = intake.Get(tx, p.Intake); err != nil {
		return p, r, nil, err
	}
	raw, err := intake.Raw(tx, p.Intake)
	if errors.Is(err, intake.ErrNoMessage) {
		return p, r, nil, nil
	}
	if err != nil {
		return p, r, nil, err
	}
	return p, r, message.Parse(raw), nil
}

// look is Look in a View of its own.
func (e *Eraser) look(n archive.Number) (p archive.Post, r intake.Record, m *message.Message, err error) {
	err = e.db.View(func(tx *store.Tx) (err error) {
		p, r, m, err = Look(tx, n)
		return err
	})
	return p, r, m, err
}

// Trace finds where else the content of a post is. It reads the whole store once.
func (e *Eraser) Trace(n archive.Number) (archive.Post, Trace, error) {
	p, r, m, err := e.look(n)
	if err != nil || m == nil {
		return p, Trace{}, err
	}
	t, err := e.trace(newNeedle(p, r, m))
	return p, t, err
}

// Erase takes a post out for good, with what the trace says goes with it. Erasing again does nothing; the error wraps
// archive.ErrSealed while a safeguarding hold lies on it.
func (e *Eraser) Erase(by By, n archive.Number, t Trace) error {
	if err := e.ledger.ready(e.db); err != nil {
		return err
	}
	p, r, m, err := e.look(n)
	if err != nil || p.State == archive.Erased {
		return err
	}
	if p.IsSealed(by.Now) {
		return fmt.Errorf("erase post %d: %w until %s", n, archive.ErrSealed, p.LastDay())
	}
	var key intake.Key
	if m != nil {
		key = intake.KeyOf(r, m)
	}
	gone := e.ledger.gone(p, key)
	if err := e.ledger.add(entry{At: by.Now, Act: actErase, Post: n, Gone: gone}); err != nil {
		return err
	}
	return e.erase(by, p, gone, key, t)
}

// erase does what the ledger says was done.
func (e *Eraser) erase(by By, p archive.Post, gone intake.Gone, k intake.Key, t Trace) error {
	err := e.db.Update(func(tx *store.Tx) error {
		if _, err := archive.Erase(tx, p.Number, by.Now); err != nil {
			return err
		}
		if err := intake.Block(tx, gone, k, p.Intake, true); err != nil {
			return err
		}
		if err := e.takeWith(tx, by, p, t); err != nil {
			return err
		}
		return by.record(tx, audit.Entry{Action: "post erase", List: uint32(p.List), Items: []uint64{uint64(p.Number)}})
	})
	if err != nil {
		return err
	}
	if err := e.blankForwards(t.Copies); err != nil {
		return err
	}
	return e.blankRows(queue.Filter{Batch: uint64(p.Number)})
}

// takeWith erases the copies of a post, with the items that hold them and the mail about them, and what other mail hosts
// said about its copies.
func (e *Eraser) takeWith(tx *store.Tx, by By, p archive.Post, t Trace) error {
	if err := eraseMessages(tx, by, t.Copies); err != nil {
		return err
	}
	if _, err := queue.Blank(tx, t.Letters...); err != nil {
		return err
	}
	for _, id := range t.said {
		if err := queue.EraseFailure(tx, id); err != nil {
			return err
		}
	}
	if _, err := Residue.Add(tx, 1); err != nil {
		return err
	}
	if e.Words != nil {
		if err := e.Words(tx, p.Accepted); err != nil {
			return err
		}
	}
	return queue.EraseFailures(tx, uint64(p.Number))
}

// ErrIsPost says that a message is that of a post, which has a number of its own.
var ErrIsPost = errors.New("it is the message of a post")

// EraseMessage erases mail that is no post, such as one to the moderators that quotes a post, or one that is held. Erasing
// again does nothing.
func (e *Eraser) EraseMessage(by By, id intake.ID) error {
	if err := e.ledger.ready(e.db); err != nil {
		return err
	}
	var gone intake.Gone
	var before bool
	err := e.db.View(func(tx *store.Tx) (err error) {
		if err := noPost(tx, id); err != nil {
			return err
		}
		gone, before, err = e.ledger.goneMessage(tx, id)
		return err
	})
	if err != nil || before {
		return err
	}
	if err := e.ledger.add(entry{At: by.Now, Act: actMessage, Message: id, Gone: gone}); err != nil {
		return err
	}
	return e.eraseMessage(by, id)
}

// eraseMessage does what the ledger says was done.
func (e *Eraser) eraseMessage(by By, id intake.ID) error {
	err := e.db.Update(func(tx *store.Tx) error {
		if err := noPost(tx, id); err != nil {
			return err
		}
		r, err := intake.Get(tx, id)
		if err != nil {
			return err
		}
		if err := eraseMessages(tx, by, []intake.ID{id}); err != nil {
			return err
		}
		if _, err := Residue.Add(tx, 1); err != nil {
			return err
		}
		return by.record(tx, audit.Entry{Action: "message erase", List: r.List, Items: []uint64{uint64(id)}})
	})
	if err != nil {
		return err
	}
	return e.blankForwards([]intake.ID{id})
}

// noPost returns ErrIsPost, wrapped, for the message of a post. It reads every post.
func noPost(tx *store.Tx, id intake.ID) error {
	for p, err := range archive.All(tx, 0) {
		if err != nil {
			return err
		}
		if p.Intake == id {
			return fmt.Errorf("erase message %d: %w, number %d", id, ErrIsPost, p.Number)
		}
	}
	return nil
}

// eraseMessages erases messages that are no posts.
func eraseMessages(tx *store.Tx, by By, ids []intake.ID) error {
	if len(ids) == 0 {
		return nil
	}
	held, err := heldFor(tx, ids)
	if err != nil {
		return err
	}
	for _, it := range held {
		if err := hold.Remove(tx, it); err != nil {
			return err
		}
	}
	for _, id := range ids {
		if err := forgetKey(tx, id); err != nil {
			return err
		}
		if err := intake.Erase(tx, id, intake.Status{Since: by.Now}); err != nil {
			return err
		}
	}
	return nil
}

// forgetKey frees the duplicate key of a message that is no post.
func forgetKey(tx *store.Tx, id intake.ID) error {
	r, err := intake.Get(tx, id)
	if err != nil {
		return err
	}
	raw, err := intake.Raw(tx, id)
	if errors.Is(err, intake.ErrNoMessage) {
		return nil
	}
	if err != nil {
		return err
	}
	return intake.Forget(tx, intake.KeyOf(r, message.Parse(raw)), id)
}

// blankForwards drops the rows that would pass one of the erased messages on to people. It looks for them beside the work of
// the server, because the queue may be long.
func (e *Eraser) blankForwards(ids []intake.ID) error {
	if len(ids) == 0 {
		return nil
	}
	var rows []queue.RowID
	err := e.db.View(func(tx *store.Tx) error {
		for r, err := range queue.List(tx, queue.Filter{}) {
			if err != nil {
				return err
			}
			var f forwarded
			if r.Kind == Kind && json.Unmarshal(r.Payload, &f) == nil && slices.Contains(ids, f.Message) {
				rows = append(rows, r.ID)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return e.blank(rows)
}

// blank blanks rows, some to a transaction.
func (e *Eraser) blank(rows []queue.RowID) error {
	for len(rows) > 0 {
		batch := rows[:min(rowsBatch, len(rows))]
		rows = rows[len(batch):]
		if err := e.db.Update(func(tx *store.Tx) error { _, err := queue.Blank(tx, batch...); return err }); err != nil {
			return err
		}
	}
	return nil
}

// rowsBatch is how many rows of the queue one transaction changes.
const rowsBatch = 500

// blankRows blanks all rows that a filter chooses.
func (e *Eraser) blankRows(f queue.Filter) error {
	var ids []queue.RowID
	err := e.db.View(func(tx *store.Tx) error {
		for r, err := range queue.List(tx, f) {
			if err != nil {
				return err
			}
			ids = append(ids, r.ID)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return e.blank(ids)
}

// Remove hides a post at once, everywhere, and keeps it; under a safeguarding hold if the seal has a day.
func (e *Eraser) Remove(by By, n archive.Number, s archive.Seal) (archive.Post, error) {
	return e.visible(by, n, entry{Act: actHide, Until: s.Until}, func(tx *store.Tx) (archive.Post, error) {
		return archive.Hide(tx, n, s, by.Now)
	})
}

// Restore lets a hidden post be seen again.
func (e *Eraser) Restore(by By, n archive.Number) (archive.Post, error) {
	return e.visible(by, n, entry{Act: actShow}, func(tx *store.Tx) (archive.Post, error) {
		return archive.Show(tx, n, by.Now)
	})
}

// visible changes who may see a post. Hiding comes into the ledger after the act, because it must not be done in an older
// store when it could not be done in this one.
func (e *Eraser) visible(by By, n archive.Number, en entry, do func(tx *store.Tx) (archive.Post, error)) (p archive.Post, err error) {
	if err := e.ledger.ready(e.db); err != nil {
		return p, err
	}
	err = e.db.Update(func(tx *store.Tx) (err error) {
		if p, err = do(tx); err != nil {
			return err
		}
		detail := "hidden"
		switch {
		case en.Act == actShow:
			detail = "shown"
		case !en.Until.IsZero():
			detail = "hidden, safeguarding hold until " + en.Until.Format("2006-01-02")
		}
		return by.record(tx, audit.Entry{Action: "post " + string(en.Act), List: uint32(p.List), Items: []uint64{uint64(n)}, Detail: detail})
	})
	if err != nil {
		return p, err
	}
	en.At = by.Now
	return p, e.noteVisible(p, en)
}

// noteVisible writes into the ledger that a post was hidden or shown.
func (e *Eraser) noteVisible(p archive.Post, en entry) error {
	if err := e.ledger.ready(e.db); err != nil {
		return err
	}
	en.Post, en.Gone = p.Number, e.ledger.gone(p, "")
	return e.ledger.add(en)
}

func (by By) record(tx *store.Tx, en audit.Entry) error {
	en.At, en.Actor = by.Now, by.Actor
	return audit.Append(tx, en)
}
