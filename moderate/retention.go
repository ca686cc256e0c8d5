package moderate

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/store"
)

const day = 24 * time.Hour

// How long what is no post is kept, from the moment at which it came into its state. Reports of other mail hosts,
// private messages and unverified mail have keepers of their own.
const (
	keepRejected  = 90 * day // the whole message
	keepFailures  = 90 * day // what the other side said of a copy that did not arrive
	keepForwarded = 90 * day // mail that was passed on to people
	keepWithdrawn = 30 * day // the text; the row stays
	keepDiscarded = 30 * day
	keepBounces   = 30 * day
	keepDuplicate = 30 * day // the row; the text was never kept
	keepNoArchive = 30 * day // the text of a post whose writer wants it in no archive, from its delivery
	keepRecord    = 6        // years; what operators and moderators did
	keepAutomatic = 7 * day  // the text of automatic mail; its row as all that was discarded
)

// automatic is the first reason of mail that a machine wrote.
const automatic = "automatic"

// step is what becomes of a message whose time has come.
type step int

const (
	stepNone  step = iota
	stepText       // its text goes, its row stays
	stepPurge      // all of it goes, counted
)

// due says what becomes of a message that is no post.
func due(r intake.Record, s intake.Status, now time.Time) step {
	after := func(d time.Duration) bool { return !now.Before(s.Since.Add(d)) }
	switch {
	case s.State == intake.Rejected && after(keepRejected),
		s.State == intake.Discarded && after(keepDiscarded),
		s.State == intake.Duplicate && after(keepDuplicate):
		return stepPurge
	case s.State == intake.Withdrawn && after(keepWithdrawn),
		s.State == intake.Discarded && slices.Contains(r.Reasons, automatic) && after(keepAutomatic):
		return stepText
	case s.State != intake.Handled || r.Kind == string(list.KindReports) || r.Kind == string(list.KindAuthor):
		return stepNone
	case r.Kind == string(list.KindBounces) && after(keepBounces), after(keepForwarded):
		return stepPurge
	}
	return stepNone
}

// Retained is what a run of the retention did, or would do.
type Retained struct {
	Purged   map[intake.State]int `json:"purged"`   // messages that went, by what they were
	Texts    int                  `json:"texts"`    // messages of which the text went
	Failures int                  `json:"failures"` // what the other side said of copies; counted only when it is done
	Posts    map[string]int       `json:"posts"`    // posts older than their list keeps them, or not to be archived, by list
	Sealed   int                  `json:"sealed"`   // posts that a safeguarding hold keeps
	Record   int                  `json:"record"`   // entries of the record of who did what
}

// Total is how much went, or would go.
func (r Retained) Total() int {
	n := r.Texts + r.Failures + r.Record
	for _, m := range r.Purged {
		n += m
	}
	for _, m := range r.Posts {
		n += m
	}
	return n
}

// retainBatch is how many messages one transaction purges.
const retainBatch = 100

// Retain lets go what was kept long enough, some at a time so that nobody waits long for the writer. With dry nothing
// changes.
func (e *Eraser) Retain(by By, dry bool) (Retained, error) {
	done := Retained{Purged: map[intake.State]int{}, Posts: map[string]int{}}
	if err := e.retainPosts(by, dry, &done); err != nil {
		return done, fmt.Errorf("retention of posts: %w", err)
	}
	if err := e.retainMessages(by, dry, &done); err != nil {
		return done, fmt.Errorf("retention of messages: %w", err)
	}
	for more := !dry; more; {
		err := e.db.Update(func(tx *store.Tx) error {
			n, left, err := queue.Purge(tx, by.Now.Add(-keepFailures), retainBatch)
			more, done.Failures = left, done.Failures+n
			return err
		})
		if err != nil {
			return done, fmt.Errorf("retention of failures: %w", err)
		}
	}
	return done, e.retainRecord(by, dry, &done)
}

// recordBatch is how many entries of the record one transaction removes.
const recordBatch = 1000

// retainRecord shortens the record of who did what.
func (e *Eraser) retainRecord(by By, dry bool, done *Retained) error {
	before := by.Now.AddDate(-keepRecord, 0, 0)
	if dry {
		return e.db.View(func(tx *store.Tx) (err error) {
			done.Record, err = audit.Due(tx, before)
			return err
		})
	}
	for more := true; more; {
		var gone int
		err := e.db.Update(func(tx *store.Tx) (err error) {
			gone, more, err = audit.Trim(tx, by.Actor, before, by.Now, recordBatch)
			return err
		})
		if err != nil {
			return fmt.Errorf("retention of the record: %w", err)
		}
		done.Record += gone
	}
	return nil
}

// candidate is a message whose time has come.
type candidate struct {
	id    intake.ID
	state intake.State
	step  step
}

func (e *Eraser) retainMessages(by By, dry bool, done *Retained) error {
	posts := map[intake.ID]bool{}
	err := e.db.View(func(tx *store.Tx) error {
		for p, err := range archive.All(tx, 0) {
			if err != nil {
				return err
			}
			posts[p.Intake] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	for from := intake.ID(1); from != 0; {
		var found []candidate
		err := e.db.View(func(tx *store.Tx) (err error) {
			found, from, err = dueFrom(tx, from, posts, by.Now)
			return err
		})
		if err != nil {
			return err
		}
		if !dry && len(found) > 0 {
			err = e.db.Update(func(tx *store.Tx) error { return letGo(tx, found) })
		}
		if err != nil {
			return err
		}
		for _, c := range found {
			if c.step == stepText {
				done.Texts++
				continue
			}
			done.Purged[c.state]++
		}
	}
	return nil
}

// dueFrom returns at most retainBatch messages whose time has come, and where to go on; 0 at the end. Of a post that was
// withdrawn the text goes, and every other is the archive's.
func dueFrom(tx *store.Tx, from intake.ID, posts map[intake.ID]bool, now time.Time) (found []candidate, next intake.ID, err error) {
	left := 50 * retainBatch
	for s, err := range intake.All(tx, from) {
		if errors.Is(err, store.ErrDamaged) {
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		if left--; left < 0 || len(found) == retainBatch {
			return found, s.ID, nil
		}
		r, err := intake.Get(tx, s.ID)
		if err != nil {
			return nil, 0, err
		}
		c := candidate{s.ID, s.State, due(r, s.Status, now)}
		if c.step == stepPurge && posts[s.ID] {
			c.step = stepNone
		}
		if c.step == stepText {
			has, err := intake.HasRaw(tx, s.ID)
			if err != nil {
				return nil, 0, err
			}
			if !has {
				c.step = stepNone
			}
		}
		if c.step != stepNone {
			found = append(found, c)
		}
	}
	return found, 0, nil
}

func letGo(tx *store.Tx, all []candidate) error {
	for _, c := range all {
		if c.step == stepText {
			if err := intake.DropRaw(tx, c.id); err != nil {
				return err
			}
			continue
		}
		if err := forgetKey(tx, c.id); err != nil {
			return err
		}
		if err := intake.Purge(tx, c.id, ""); err != nil {
			return err
		}
	}
	return nil
}

// postDue reports whether the time of a post has come: it is older than its list keeps posts (in months, 0 for ever), or its
// writer wants it in no archive and it was delivered long enough ago.
func postDue(p archive.Post, months int, now time.Time) bool {
	switch {
	case p.State == archive.Erased:
		return false
	case p.NoArchive && !now.Before(latest(p.Accepted, p.Published).Add(keepNoArchive)):
		return true
	}
	return months > 0 && !p.Written.After(now.AddDate(0, -months, 0))
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// retainPosts erases posts whose time has come. Who quotes them is not looked for: those posts have their own age.
func (e *Eraser) retainPosts(by By, dry bool, done *Retained) error {
	lists := map[list.ID]list.List{}
	var old []archive.Number
	err := e.db.View(func(tx *store.Tx) error {
		for l, err := range list.All(tx) {
			if err != nil {
				return err
			}
			lists[l.ID] = l
		}
		for p, err := range archive.All(tx, 0) {
			if err != nil {
				return err
			}
			l := lists[p.List]
			if !postDue(p, l.KeepPosts, by.Now) {
				continue
			}
			if p.IsSealed(by.Now) {
				done.Sealed++
				continue
			}
			old = append(old, p.Number)
			done.Posts[l.Name]++
		}
		return nil
	})
	if err != nil || dry || len(old) == 0 {
		return err
	}
	if err := e.ledger.ready(e.db); err != nil {
		return err
	}
	for _, n := range old {
		p, r, m, err := e.look(n)
		if err != nil {
			return err
		}
		var key intake.Key
		if m != nil {
			key = intake.KeyOf(r, m)
		}
		if err := e.erase(by, p, e.ledger.gone(p, key), key, Trace{}); err != nil {
			return err
		}
	}
	return nil
}
