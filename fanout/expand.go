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
	"sencoforum/internal/failpoint"
	"sencoforum/internal/seldom"
	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/store"
)

// Expander follows the change record and fills the queue.
type Expander struct {
	log *slog.Logger
	db  *store.DB
	now func() time.Time

	// Finished, if not nil, is called in the transaction that puts the last row of a post all of whose copies have come
	// to their end by then. For all other posts the queue calls its own.
	Finished func(tx *store.Tx, batch uint64) error

	noRoom *seldom.Line
}

// NewExpander returns an expander; Run starts it.
func NewExpander(log *slog.Logger, db *store.DB, now func() time.Time) *Expander {
	return &Expander{log: log, db: db, now: now,
		noRoom: seldom.NewLine("no room on disk: published posts wait to be sent", slog.LevelError, seldom.Minute)}
}

// chunk is how many members one transaction looks at, of one post or of several:
// large enough to share a commit, small enough that an arriving post never
// waits long for the writer.
const chunk = 500

// fullPause is how long expanding waits when the disk is full.
const fullPause = 5 * time.Second

// Run expands what was published until ctx ends.
func (e *Expander) Run(ctx context.Context) error {
	rung, stop := e.db.Watch(archive.ChangesTable)
	defer stop()
	for {
		more, err := e.step()
		if more && err == nil {
			err = failpoint.Hit(failpoint.FanoutExpanded)
		}
		if errors.Is(err, store.ErrFull) {
			e.noRoom.Log(e.log)
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

// step does one transaction of work and reports whether there was any. Where
// one fails that may hold several changes, the first is tried alone; if that
// one cannot be expanded it is set aside.
func (e *Expander) step() (bool, error) {
	var c archive.Change
	more, err := e.try(&c, several)
	if err != nil && !store.Trouble(err) {
		more, err = e.try(&c, 1)
	}
	if err == nil || store.Trouble(err) || c.Seq == 0 { // 0: the fault is not one change's
		return more, err
	}
	e.log.Error("a post could not be sent and was set aside", "post", c.Post, "seq", c.Seq, "cause", err)
	return true, e.db.Update(func(tx *store.Tx) error { return setAside(tx, c, err.Error(), e.now()) })
}

// several is how many changes may share a transaction.
const several = 64

// try expands up to that many changes, as long as it has not looked at a chunk
// of members. c is the change it was about last. A panic over one post becomes an
// error, so that the step can set it aside.
func (e *Expander) try(c *archive.Change, changes int) (more bool, err error) {
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
		left := chunk
		for i := 0; i < changes && left > 0; i++ {
			next, ok, err := nextChange(tx, at)
			if *c = next; err != nil || !ok {
				return err
			}
			more = true
			seen := 0
			if at, seen, err = e.expand(tx, next, at, left); err != nil {
				return err
			}
			left -= seen
		}
		return nil
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

// expand puts rows for at most that many members and moves the cursor. It
// returns where that is now, and how many members it looked at.
func (e *Expander) expand(tx *store.Tx, c archive.Change, at store.Position, most int) (store.Position, int, error) {
	post, err := archive.Get(tx, c.Post)
	if err != nil {
		return at, 0, err
	}
	done := store.Position{Seq: uint64(c.Seq)}
	if post.Imported {
		return done, 0, place.Set(tx, done)
	}
	if c.Event != archive.EventPublished {
		return done, 0, errors.Join(e.changed(tx, post), place.Set(tx, done))
	}
	from := list.PersonID(0)
	if at.Seq == uint64(c.Seq) {
		from = list.PersonID(at.Within) + 1
	}
	p, err := pageFor(tx, post, from, most, e.now())
	if err != nil {
		return at, 0, err
	}
	if err := queue.Put(tx, p.rows...); err != nil {
		return at, 0, err
	}
	if err := failpoint.Hit(failpoint.FanoutRows); err != nil {
		return at, 0, err
	}
	if p.last > 0 {
		at = store.Position{Seq: uint64(c.Seq), Within: uint64(p.last)}
		return at, p.seen, place.Set(tx, at)
	}
	if err := seal(tx, post, e.now(), e.Finished); err != nil {
		return at, 0, err
	}
	return done, p.seen, place.Set(tx, done)
}

// page is the work on one post in one transaction.
type page struct {
	rows []queue.Row
	seen int           // members looked at
	last list.PersonID // to go on after, or 0 when all were seen
}

// pageFor makes the rows of at most that many members.
func pageFor(tx *store.Tx, post archive.Post, from list.PersonID, most int, now time.Time) (page, error) {
	who := wanting{post: post, now: now}
	var p page
	for m, err := range list.Members(tx, post.List, from) {
		if err != nil {
			return page{}, err
		}
		if p.seen == most {
			return p, nil
		}
		p.seen, p.last = p.seen+1, m.Person
		wants, err := who.receives(tx, m)
		if err != nil {
			return page{}, err
		}
		if !wants || !post.Joined(m.JoinedSeq) {
			continue
		}
		person, err := list.GetPerson(tx, m.Person)
		if err != nil {
			return page{}, err
		}
		p.rows = append(p.rows, rowFor(post, person, now))
	}
	p.last = 0
	return p, nil
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
func seal(tx *store.Tx, post archive.Post, now time.Time, finished func(*store.Tx, uint64) error) error {
	done, err := queue.Seal(tx, uint64(post.Number))
	if err != nil {
		return err
	}
	if err := failpoint.Hit(failpoint.FanoutSealed); err != nil {
		return err
	}
	if err := intake.Move(tx, post.Intake, intake.Status{State: intake.Expanded, Since: now}); err != nil {
		return err
	}
	if !done {
		return nil
	}
	if err := intake.Move(tx, post.Intake, intake.Status{State: intake.Done, Since: now}); err != nil || finished == nil {
		return err
	}
	return finished(tx, uint64(post.Number))
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
	if err := failpoint.Hit(failpoint.FanoutFinished); err != nil {
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
