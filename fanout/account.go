package fanout

import (
	"errors"
	"fmt"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/store"
)

// An Account is how one post stands in the books: what members see, where its message is, and what became of its copies.
type Account struct {
	Number    archive.Number
	List      list.ID
	MessageID string
	Imported  bool
	Visible   archive.Visibility
	Intake    intake.ID
	State     intake.State
	Copies    queue.Counts
	Faults    []string // where the books contradict each other
}

// Accounts compares the archive, the intake and the queue with each other, post by post, and calls each for every post
// in order of number. Faults that belong to no post are returned. It reads every post and every row once.
func Accounts(tx *store.Tx, each func(Account) error) (faults []string, err error) {
	open, err := openRows(tx)
	if err != nil {
		return nil, err
	}
	posted := map[intake.ID]bool{}
	for p, err := range archive.All(tx, 0) {
		if err != nil {
			return nil, fmt.Errorf("account for posts: %w", err)
		}
		a, err := account(tx, p)
		if err != nil {
			return nil, err
		}
		a.compare(open[uint64(p.Number)])
		posted[p.Intake] = true
		delete(open, uint64(p.Number))
		if err := each(a); err != nil {
			return nil, err
		}
	}
	for batch, n := range open {
		faults = append(faults, fmt.Sprintf("%s for post %d, which is not there", number(n, "copy waits", "copies wait"), batch))
	}
	lost, err := withoutPost(tx, posted)
	return append(faults, lost...), err
}

// openRows counts the rows of posts that wait, by batch.
func openRows(tx *store.Tx) (map[uint64]int, error) {
	open := map[uint64]int{}
	for r, err := range queue.List(tx, queue.Filter{}) {
		if err != nil {
			return nil, err
		}
		if r.Kind == Kind {
			open[r.Batch]++
		}
	}
	return open, nil
}

func account(tx *store.Tx, p archive.Post) (Account, error) {
	a := Account{
		Number: p.Number, List: p.List, MessageID: p.MessageID, Imported: p.Imported, Visible: p.State, Intake: p.Intake,
	}
	status, err := intake.StatusOf(tx, p.Intake)
	switch {
	case errors.Is(err, intake.ErrNoMessage):
		a.Faults = append(a.Faults, fmt.Sprintf("its message %d is not there", p.Intake))
	case err != nil:
		return a, err
	}
	a.State = status.State
	a.Copies, err = queue.Tally(tx, uint64(p.Number))
	return a, err
}

// compare notes what cannot be true together. rows is how many rows of the post wait; one that an operator has dropped
// is not among them and counts as open until the queue has seen it.
func (a *Account) compare(rows int) {
	fault := func(wrong bool, format string, args ...any) {
		if wrong {
			a.Faults = append(a.Faults, fmt.Sprintf(format, args...))
		}
	}
	fault(rows > a.Copies.Open, "%s, but %s counted open", number(rows, "copy waits", "copies wait"), number(a.Copies.Open, "is", "are"))
	if a.Imported {
		fault(a.Copies != queue.Counts{}, "it was imported, but copies were made")
		return
	}
	fault(!together(a.Visible, a.State), "the post is %s, but its message is %s", a.Visible, a.State)
	switch a.State {
	case intake.Waiting, intake.Held:
		fault(a.Copies != queue.Counts{}, "it is not published, but copies were made")
	case intake.Expanding:
		fault(a.Copies.Sealed, "its recipients are still being read, but its copies are counted as complete")
	case intake.Expanded:
		fault(!a.Copies.Sealed, "its recipients were read, but its copies are not counted as complete")
		fault(a.Copies.Sealed && a.Copies.Open == 0, "every copy is settled, but its message is not done")
	case intake.Done:
		fault(!a.Copies.Sealed || a.Copies.Open > 0, "it is done, but %s open", number(a.Copies.Open, "copy is", "copies are"))
	}
}

// together reports whether a message may be in a state while its post is at a stage.
func together(v archive.Visibility, s intake.State) bool {
	switch s {
	case intake.Waiting:
		return v == archive.Waiting
	case intake.Expanding, intake.Expanded, intake.Done:
		return v != archive.Waiting && v != archive.Withdrawn
	}
	return true
}

// withoutPost finds messages that are on the way to members without a post.
func withoutPost(tx *store.Tx, posted map[intake.ID]bool) (faults []string, err error) {
	for _, s := range []intake.State{intake.Waiting, intake.Expanding, intake.Expanded, intake.Done} {
		for r, err := range intake.InState(tx, s) {
			if err != nil {
				return faults, fmt.Errorf("account for messages: %w", err)
			}
			if !posted[r.ID] {
				faults = append(faults, fmt.Sprintf("message %d is %s, but there is no post of it", r.ID, s))
			}
		}
	}
	return faults, nil
}
