package digest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"sencoforum/archive"
	"sencoforum/calendar"
	"sencoforum/internal/failpoint"
	"sencoforum/list"
	"sencoforum/store"
	"sencoforum/token"
)

// An Editor makes issues and composes the copies of them.
type Editor struct {
	log *slog.Logger
	db  *store.DB
	cfg Config

	press press
}

// Config is what an Editor needs besides the store.
type Config struct {
	Keys     *token.Keyring
	Overview *archive.Overview
	WebURL   string // base address of the web archive; empty while there is none
	LeaveURL string // base address of the pages by which members leave with one click; empty while there are none

	// Explain finds letters in a text that stand for words, such as EHCP, the first use of each. Nil: none are explained.
	Explain func(text string) []Abbreviation

	// Finished, if not nil, is called in the transaction that puts the last row of an issue all of whose copies have come to
	// their end by then. For all other issues the queue calls its own.
	Finished func(tx *store.Tx, batch uint64) error

	// Imported posts count by the time at which they were written. Only a demonstration has it so, whose archive is all imported.
	Imported bool

	// Hours tell when schools are on holiday, for lists that have digests only in term.
	Hours calendar.Hours

	Now func() time.Time
}

// An Abbreviation is letters with the words for which they stand.
type Abbreviation struct{ Letters, Words string }

// NewEditor returns an editor; Run starts it.
func NewEditor(log *slog.Logger, db *store.DB, cfg Config) *Editor {
	return &Editor{log: log, db: db, cfg: cfg}
}

// chunk is how many members one transaction looks at. lookEvery bounds how long the editor sleeps, so that a clock that was set
// is noticed; fullPause is for a full disk, and failPause, doubled each time up to lookEvery, for what went wrong otherwise.
// keepIssues is how long an issue is kept, for copies that wait and for answers to it.
const (
	chunk      = 500
	lookEvery  = time.Hour
	failPause  = time.Second
	fullPause  = 5 * time.Second
	keepIssues = KeptDays * 24 * time.Hour
)

// Run makes issues when they are due until ctx ends.
func (e *Editor) Run(ctx context.Context) error {
	rung, stop := e.db.Watch(list.ListsTable, list.LastDigestsTable, openTable)
	defer stop()
	pause := failPause
	for {
		wait := lookEvery
		more, err := e.Step()
		switch {
		case errors.Is(err, store.ErrFull):
			e.log.Error("no room on disk: digests wait", "cause", err)
			wait = fullPause
		case err != nil && store.Trouble(err):
			return fmt.Errorf("make digests: %w", err)
		case more && ctx.Err() == nil: // also beside a list that has trouble
			continue
		case err != nil:
			e.log.Error("a digest could not be made", "cause", err, "again_in", pause)
			wait, pause = pause, min(2*pause, lookEvery)
		default:
			wait, pause = e.untilNext(), failPause
		}
		select {
		case <-ctx.Done():
			return nil
		case <-rung:
		case <-time.After(wait):
		}
	}
}

// untilNext is how long nothing is due, at most lookEvery.
func (e *Editor) untilNext() time.Duration {
	wait := lookEvery
	now := e.cfg.Now()
	lists, err := e.lists()
	if err != nil {
		return wait
	}
	for _, l := range lists {
		for _, k := range []Kind{Weekly, Daily} {
			wait = min(wait, ScheduleOf(l, k).Next(now).Sub(now))
		}
	}
	return max(wait, time.Second)
}

func (e *Editor) lists() (all []list.List, err error) {
	err = e.db.View(func(tx *store.Tx) error {
		for l, err := range list.All(tx) {
			if err != nil {
				return err
			}
			all = append(all, l)
		}
		return nil
	})
	return all, err
}

// Step does what is to be done now, a bounded part of it, and reports whether there may be more. What fails for one list does
// not hold up the others.
func (e *Editor) Step() (more bool, err error) {
	lists, err := e.lists()
	if err != nil {
		return false, err
	}
	for _, l := range lists {
		for _, k := range []Kind{Weekly, Daily} {
			if lerr := e.makeDue(l, k); lerr != nil {
				err = errors.Join(err, fmt.Errorf("list %s: %w", l.Name, lerr))
			}
		}
	}
	if err != nil && store.Trouble(err) {
		return false, err
	}
	paid, perr := e.payLast()
	put, xerr := e.expand()
	return (paid || put) && perr == nil && xerr == nil, errors.Join(err, perr, xerr)
}

// makeDue makes the issue of a list that is due, if one is.
func (e *Editor) makeDue(l list.List, k Kind) error {
	now := e.cfg.Now()
	var at time.Time
	var due, known bool
	var was place
	var p plan
	err := e.db.View(func(tx *store.Tx) (err error) {
		at, due, err = ScheduleOf(l, k).Due(now, func(d Day) (bool, error) { return periods.Has(tx, keyOf(l.ID, k, d)) })
		if err != nil || !due {
			return err
		}
		if was, known, err = places.Get(tx, placeKey{A: l.ID, B: k}); err != nil {
			return err
		}
		p, err = e.planOf(tx, l, k, at)
		return err
	})
	if err != nil || !due {
		return err
	}
	if known && rests(e.cfg.Hours, ScheduleOf(l, k), l.InHolidays(), at) { // its posts are for the next one
		return e.db.Update(func(tx *store.Tx) error { return periods.Put(tx, keyOf(l.ID, k, dayOf(at)), 0) })
	}
	if !known { // the first look at a list: what was before is nobody's digest
		return e.db.Update(func(tx *store.Tx) error {
			return errors.Join(periods.Put(tx, keyOf(l.ID, k, dayOf(at)), 0), places.Put(tx, placeKey{A: l.ID, B: k}, place{Made: now, After: at}))
		})
	}
	i, err := e.build(p)
	if err != nil {
		return err
	}
	return e.store(i, was, dayOf(at))
}

// planOf is what the issue of a moment is to be made of.
func (e *Editor) planOf(tx *store.Tx, l list.List, k Kind, at time.Time) (plan, error) {
	was, known, err := places.Get(tx, placeKey{A: l.ID, B: k})
	if err != nil {
		return plan{}, err
	}
	last, err := archive.LastSeq(tx)
	p := plan{list: l, kind: k, at: at, from: was.To, to: last, after: was.After, imported: e.cfg.Imported}
	before := ScheduleOf(l, k).Before(at)
	if !known {
		p.after = before
	}
	if p.joined = was.Made; p.joined.IsZero() || p.joined.After(at) {
		p.joined = before
	}
	return p, err
}

// build works out an issue, outside of any transaction that writes.
func (e *Editor) build(p plan) (i Issue, err error) {
	asked, err := e.questions(p)
	if err != nil {
		return i, err
	}
	err = e.db.View(func(tx *store.Tx) error {
		if i, err = gather(tx, p, asked); err != nil {
			return err
		}
		i.Made = e.cfg.Now()
		if len(i.Items) == 0 {
			return nil
		}
		sets, err := mutedSets(tx, i)
		if err != nil {
			return err
		}
		i.Muted = bodies(sets)
		if p.list.Welcome {
			i.Joined, err = joinedSince(tx, p.list.ID, p.joined, i.Made)
		}
		return err
	})
	return i, err
}

// store stores an issue under the day of its period, moves the cursor, and notes that its rows are to be put, in one
// transaction. Where another one came first it does nothing. An issue with nothing in it is not sent.
func (e *Editor) store(i Issue, was place, day Day) error {
	key := keyOf(i.List, i.Kind, day)
	err := e.db.Update(func(tx *store.Tx) error {
		had, err := periods.Has(tx, key)
		if err != nil || had {
			return err
		}
		here, _, err := places.Get(tx, placeKey{A: i.List, B: i.Kind})
		if err != nil || here.To != was.To {
			return err
		}
		if i.Number = 0; len(i.Items) > 0 {
			if i.Number, err = put(tx, i); err != nil {
				return err
			}
		}
		if err := periods.Put(tx, key, i.Number); err != nil {
			return err
		}
		if err := failpoint.Hit(failpoint.DigestStored); err != nil {
			return err
		}
		if err := places.Put(tx, placeKey{A: i.List, B: i.Kind}, place{To: i.To, Made: i.Made}); err != nil {
			return err
		}
		return prune(tx, i.Made)
	})
	if err == nil {
		err = failpoint.Hit(failpoint.DigestMade)
	}
	if err == nil && i.Number != 0 {
		e.log.Info("digest", "issue", uint32(i.Number), "kind", string(i.Kind.Mode()), "discussions", len(i.Items), "bodies", len(i.Muted)+1)
	}
	return err
}

// put numbers and stores an issue, and notes that its rows are to be put.
func put(tx *store.Tx, i Issue) (Number, error) {
	n, err := numbers.Next(tx)
	if err != nil {
		return 0, err
	}
	i.Number = Number(n)
	return i.Number, errors.Join(issues.Put(tx, i.Number, i), open.Put(tx, i.Number, 0))
}

// prune deletes issues that are kept no longer.
func prune(tx *store.Tx, now time.Time) error {
	var old []Number
	for row, err := range issues.All(tx) {
		if err != nil {
			return err
		}
		if now.Sub(row.Value.Made) < keepIssues || len(old) == 100 {
			break
		}
		old = append(old, row.Key)
	}
	for _, n := range old {
		if err := issues.Delete(tx, n); err != nil {
			return err
		}
	}
	return nil
}

func keyOf(l list.ID, k Kind, d Day) periodKey {
	return periodKey{A: l, B: store.Pair[Kind, Day]{A: k, B: d}}
}
