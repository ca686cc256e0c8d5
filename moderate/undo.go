package moderate

import (
	"errors"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/notice"
	"sencoforum/store"
)

// Undo takes back a decision of any moderator's before it takes effect: the item waits again, as if nobody had decided. The
// errors are ErrGone, ErrNoUndo and ErrTooLate.
func (p *Panel) Undo(tx *store.Tx, by Decider, n hold.Number) (Outcome, error) {
	it, l, err := p.open(tx, n)
	var decided *DecidedError
	switch {
	case err == nil:
		return Outcome{Item: it, List: l}, ErrNoUndo
	case !errors.As(err, &decided):
		return Outcome{Item: it, List: l}, err
	case it.Decision.Done || !by.Now.Before(it.Decision.Due):
		return Outcome{Item: it, List: l}, ErrTooLate
	}
	if it.Decision.Verdict == hold.Approved && it.Kind == hold.Post {
		_, err := archive.Withhold(tx, archive.Number(it.Post), by.Now)
		if errors.Is(err, archive.ErrNotWaiting) { // it has just gone out
			return Outcome{Item: it, List: l}, ErrTooLate
		}
		if err != nil {
			return Outcome{}, err
		}
	}
	was := it.Decision.Verdict
	it.Decision = nil
	if err := by.tell(tx, it, "undo", string(was)); err != nil {
		return Outcome{}, err
	}
	if err := p.save(tx, it); err != nil {
		return Outcome{}, err
	}
	name, err := firstName(tx, by.Person)
	if err != nil {
		return Outcome{}, err
	}
	told := notice.Told{Line: notice.UndoLine(was, name, Local(by.Now))}
	return Outcome{Item: it, List: l}, p.outcome(tx, l, it, by.Person, by.Now, told)
}

// Claim says that a moderator looks after an item, for 24 hours. The others see it in the morning note; those who have not
// been told are not told while it lasts.
func (p *Panel) Claim(tx *store.Tx, by Decider, n hold.Number) (Outcome, error) {
	it, l, err := p.open(tx, n)
	if err != nil {
		return Outcome{Item: it, List: l}, err
	}
	it.Claim = &hold.Claim{Person: by.Person, Until: by.Now.Add(claimLife)}
	if err := by.tell(tx, it, "claim", ""); err != nil {
		return Outcome{}, err
	}
	name, err := firstName(tx, by.Person)
	if err != nil {
		return Outcome{}, err
	}
	if err := p.save(tx, it); err != nil {
		return Outcome{}, err
	}
	return Outcome{Item: it, List: l}, p.outcome(tx, l, it, by.Person, by.Now, notice.Told{Line: notice.ClaimLine(name, Local(by.Now))})
}
