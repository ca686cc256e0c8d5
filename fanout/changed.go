package fanout

import (
	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/queue"
	"sencoforum/store"
)

// changed does what a later event asks for when it came before all members had been read: the event took the place of the
// publishing in the change record, so the rest is done here, whole and in one transaction. A post that may still be seen
// goes to everybody who has no row; one that is hidden or erased to nobody more. Rows that are there compose anew, or end as
// dropped, when their turn comes.
func (e *Expander) changed(tx *store.Tx, post archive.Post) error {
	status, err := intake.StatusOf(tx, post.Intake)
	if err != nil {
		return err
	}
	switch {
	case status.State == intake.Expanding && post.State == archive.Published:
		if err := expandMissing(tx, post, e.now()); err != nil {
			return err
		}
		return seal(tx, post, e.now(), e.Finished)
	case status.State == intake.Expanding:
		return seal(tx, post, e.now(), e.Finished)
	case status.State == intake.Erased:
		_, err := queue.Seal(tx, uint64(post.Number))
		return err
	}
	return nil
}
