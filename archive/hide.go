package archive

import (
	"errors"
	"fmt"
	"time"

	"sencoforum/intake"
	"sencoforum/store"
)

// Errors of taking posts out and putting them back.
var (
	ErrErased = errors.New("the post was erased")
	ErrSealed = errors.New("the post is kept under a safeguarding hold")
	ErrShown  = errors.New("the post is not hidden")
)

// A Seal keeps a removed post from erasure and retention until a day, for a safeguarding lead or the police.
type Seal struct {
	Reason string
	Until  time.Time
}

// LastDay is the last day of a safeguarding hold, for people.
func (p Post) LastDay() string { return p.Sealed.Add(-time.Second).Format("2 January 2006") }

// IsSealed reports whether a safeguarding hold lies on a post at a moment.
func (p Post) IsSealed(now time.Time) bool { return now.Before(p.Sealed) }

// Hide takes a post out of everybody's sight at once, and keeps it. Copies that wait end as dropped when their turn comes; a
// post that waits to be published is held. Hiding again changes the seal alone; a zero one lifts it.
func Hide(tx *store.Tx, n Number, s Seal, now time.Time) (Post, error) {
	p, err := Get(tx, n)
	if err != nil {
		return p, err
	}
	p.Reason, p.Sealed = s.Reason, s.Until
	switch p.State {
	case Hidden:
		return p, posts.Put(tx, n, p)
	case Published, Held:
	case Waiting:
		if err := waiting.Delete(tx, waitOf(p)); err != nil {
			return p, err
		}
		to := intake.Status{State: intake.Held, Since: now, Reason: "removed before it was published"}
		if err := intake.Move(tx, p.Intake, to); err != nil {
			return p, err
		}
	default:
		return p, fmt.Errorf("hide post %d, which is %s: %w", n, p.State, ErrErased)
	}
	p.State, p.Removed = Hidden, now
	p.Revision++
	return p, record(tx, &p, EventHidden)
}

// Show lets a hidden post be seen again. One that had not been published is published now; nobody else gets a copy who has
// none yet. A safeguarding hold ends with it, and a recall after this asks everybody anew.
func Show(tx *store.Tx, n Number, now time.Time) (Post, error) {
	p, err := Get(tx, n)
	if err != nil {
		return p, err
	}
	switch {
	case p.State == Erased:
		return p, fmt.Errorf("show post %d: %w", n, ErrErased)
	case p.State != Hidden:
		return p, fmt.Errorf("show post %d, which is %s: %w", n, p.State, ErrShown)
	}
	p.Removed, p.Reason, p.Sealed = time.Time{}, "", time.Time{}
	p.RecalledTo = 0 // who was asked to delete it may read it again, and others get it now: a later recall is for all of them
	p.Revision++
	if !p.Published.IsZero() {
		p.State = Published
		return p, record(tx, &p, EventShown)
	}
	p.State, p.Until = Waiting, now
	if err := intake.Move(tx, p.Intake, intake.Status{State: intake.Waiting, Since: now}); err != nil {
		return p, err
	}
	if err := waiting.Put(tx, waitOf(p), struct{}{}); err != nil {
		return p, err
	}
	return p, posts.Put(tx, n, p)
}

// MayRecall returns ErrShown, wrapped, while members can see a post as it was sent: nobody is asked to delete that.
func (p Post) MayRecall() error {
	if p.State == Hidden || p.State == Erased || !p.Redacted.IsZero() {
		return nil
	}
	return fmt.Errorf("recall post %d, which is %s: %w", p.Number, p.State, ErrShown)
}

// Recall notes that the members who have a copy of a post, up to one by number, were asked to delete it. Nothing about the
// post that anybody sees is changed. The errors are those of MayRecall.
func Recall(tx *store.Tx, n Number, upTo uint32, now time.Time) (Post, error) {
	p, err := Get(tx, n)
	if err != nil {
		return p, err
	}
	if err := p.MayRecall(); err != nil {
		return p, err
	}
	p.Recalled, p.RecalledTo = now, max(p.RecalledTo, upTo)
	return p, posts.Put(tx, n, p)
}
