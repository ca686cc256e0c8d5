package fanout

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/store"
)

// Expander follows the change record and fills the queue.
type Expander struct {
	log *slog.Logger
	db  *store.DB
	now func() time.Time
}

// NewExpander returns an expander; Run starts it.
func NewExpander(log *slog.Logger, db *store.DB, now func() time.Time) *Expander {
	return &Expander{log: log, db: db, now: now}
}

// chunk is how many members one transaction looks at: large enough to share a
// commit, small enough that an arriving post never waits long for the writer.
const chunk = 500

// fullPause is how long expanding waits when the disk is full.
const fullPause = 5 * time.Second

// Run expands what was published until ctx ends.
func (e *Expander) Run(ctx context.Context) error {
	rung, stop := e.db.Watch(archive.ChangesTable)
	defer stop()
	for {
		more, err := e.step()
		if errors.Is(err, store.ErrFull) {
			e.log.Error("no room on disk: published posts wait to be sent")
			more, err = true, nil
			pause(ctx, fullPause)
		}
		if err != nil {
			return fmt.Errorf("expand posts: %w", err)
		}
		if more && ctx.Err() == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-rung:
		}
	}
}

// pause waits, or returns early when ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// step does one transaction of work and reports whether there was any. A
// change that cannot be expanded is set aside.
func (e *Expander) step() (bool, error) {
	var c archive.Change
	more, err := e.try(&c)
	if err == nil || store.Trouble(err) || c.Seq == 0 { // 0: the fault is not one change's
		return more, err
	}
	e.log.Error("a post could not be sent and was set aside", "post", c.Post, "seq", c.Seq, "cause", err)
	return true, e.db.Update(func(tx *store.Tx) error { return setAside(tx, c, err.Error(), e.now()) })
}

// try expands one chunk; c is the change it was about. A panic over one post
// becomes an error, so that the step can set it aside.
func (e *Expander) try(c *archive.Change) (more bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			more, err = true, fmt.Errorf("panic: %v", r)
		}
	}()
	err = e.db.Update(func(tx *store.Tx) error {
		more = false
		at, err := place.Get(tx)
		if err != nil {
			return err
		}
		next, ok, err := nextChange(tx, at)
		if *c = next; err != nil || !ok {
			return err
		}
		more = true
		return e.expand(tx, next, at)
	})
	return more, err
}

// nextChange is the change at the cursor: the one that is half expanded, or
// the first after it.
func nextChange(tx *store.Tx, at store.Position) (archive.Change, bool, error) {
	from := archive.Seq(at.Seq + 1)
	if at.Within > 0 {
		from = archive.Seq(at.Seq)
	}
	for c, err := range archive.Changes(tx, from) {
		return c, err == nil, err
	}
	return archive.Change{}, false, nil
}

// expand puts rows for up to one chunk of members and moves the cursor.
func (e *Expander) expand(tx *store.Tx, c archive.Change, at store.Position) error {
	post, err := archive.Get(tx, c.Post)
	if err != nil {
		return err
	}
	if c.Event != archive.EventPublished || post.Imported || post.State != archive.Published {
		return place.Set(tx, store.Position{Seq: uint64(c.Seq)})
	}
	from := list.PersonID(0)
	if at.Seq == uint64(c.Seq) {
		from = list.PersonID(at.Within) + 1
	}
	rows, last, err := rowsFor(tx, post, from, e.now())
	if err != nil {
		return err
	}
	if err := queue.Put(tx, rows...); err != nil {
		return err
	}
	if last > 0 {
		return place.Set(tx, store.Position{Seq: uint64(c.Seq), Within: uint64(last)})
	}
	if err := seal(tx, post, e.now()); err != nil {
		return err
	}
	return place.Set(tx, store.Position{Seq: uint64(c.Seq)})
}

// rowsFor makes the rows of up to one chunk of members. last is the number to
// go on after, or 0 when all members were seen.
func rowsFor(tx *store.Tx, post archive.Post, from list.PersonID, now time.Time) (rows []queue.Row, last list.PersonID, err error) {
	who := wanting{post: post, now: now}
	seen := 0
	for m, err := range list.Members(tx, post.List, from) {
		if err != nil {
			return nil, 0, err
		}
		if seen == chunk {
			return rows, last, nil
		}
		seen, last = seen+1, m.Person
		wants, err := who.receives(tx, m)
		if err != nil {
			return nil, 0, err
		}
		if !wants || m.JoinedSeq >= uint64(post.Seq) {
			continue
		}
		p, err := list.GetPerson(tx, m.Person)
		if err != nil {
			return nil, 0, err
		}
		rows = append(rows, rowFor(post, p, now))
	}
	return rows, 0, nil
}

func rowFor(post archive.Post, p list.Person, now time.Time) queue.Row {
	return queue.Row{
		Kind:     Kind,
		Batch:    uint64(post.Number),
		Member:   uint32(p.ID),
		Domain:   p.Address.Domain,
		Payload:  payload{Post: post.Number, Revision: post.Revision, List: post.List, Person: p.ID}.bytes(),
		Priority: queue.Normal,
		Queued:   now,
	}
}

// seal says that no more rows will come; where none is open any more the
// message is done at once.
func seal(tx *store.Tx, post archive.Post, now time.Time) error {
	done, err := queue.Seal(tx, uint64(post.Number))
	if err != nil {
		return err
	}
	if err := intake.Move(tx, post.Intake, intake.Status{State: intake.Expanded, Since: now}); err != nil {
		return err
	}
	if !done {
		return nil
	}
	return intake.Move(tx, post.Intake, intake.Status{State: intake.Done, Since: now})
}

// Finished marks a message as done. The queue calls it in the transaction that
// settles the last row of its post.
func Finished(tx *store.Tx, batch uint64, now time.Time) error {
	post, err := archive.Get(tx, archive.Number(batch))
	if err != nil {
		return err
	}
	status, err := intake.StatusOf(tx, post.Intake)
	if err != nil || status.State != intake.Expanded {
		return err
	}
	return intake.Move(tx, post.Intake, intake.Status{State: intake.Done, Since: now})
}

// payload is the content of a queue row: four numbers of 32 bits.
type payload struct {
	Post     archive.Number
	Revision uint32
	List     list.ID
	Person   list.PersonID
}

func (p payload) bytes() []byte {
	b := make([]byte, 0, 16)
	for _, n := range []uint32{uint32(p.Post), p.Revision, uint32(p.List), uint32(p.Person)} {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return b
}

func parsePayload(b []byte) (payload, error) {
	if len(b) != 16 {
		return payload{}, fmt.Errorf("row of a post: %d bytes instead of 16", len(b))
	}
	n := func(i int) uint32 { return binary.BigEndian.Uint32(b[4*i:]) }
	return payload{Post: archive.Number(n(0)), Revision: n(1), List: list.ID(n(2)), Person: list.PersonID(n(3))}, nil
}
