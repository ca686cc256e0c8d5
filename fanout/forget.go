package fanout

import (
	"errors"
	"fmt"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/queue"
	"sencoforum/store"
)

// Forget takes a skipped change off the list for good: its post is sent to nobody for whom no row was made before. The
// message becomes discarded; the post stays in the archive.
func Forget(tx *store.Tx, seq archive.Seq, now time.Time) error {
	s, ok, err := skipped.Get(tx, seq)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("change %d is not on the skipped list", seq)
	}
	if err := skipped.Delete(tx, seq); err != nil {
		return err
	}
	post, err := archive.Get(tx, s.Post)
	if errors.Is(err, archive.ErrNoPost) {
		return nil // the list was all that knew of it
	}
	if err != nil {
		return err
	}
	if _, err := queue.Seal(tx, uint64(post.Number)); err != nil {
		return err
	}
	status, err := intake.StatusOf(tx, post.Intake)
	if err != nil || status.State != intake.Shunted {
		return err
	}
	return intake.Move(tx, post.Intake, intake.Status{State: intake.Discarded, Since: now, Reason: "given up: " + s.Reason})
}
