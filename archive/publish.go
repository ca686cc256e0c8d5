package archive

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"sencoforum/intake"
	"sencoforum/internal/failpoint"
	"sencoforum/internal/seldom"
	"sencoforum/list"
	"sencoforum/store"
)

// A Publisher publishes posts when their sending delay has passed.
type Publisher struct {
	log *slog.Logger
	db  *store.DB
	now func() time.Time

	noRoom *seldom.Line
}

// NewPublisher returns a publisher; Run starts it.
func NewPublisher(log *slog.Logger, db *store.DB, now func() time.Time) *Publisher {
	return &Publisher{log: log, db: db, now: now,
		noRoom: seldom.NewLine("no room on disk: accepted posts wait to be published", slog.LevelError, seldom.Minute)}
}

// publishBatch bounds one transaction; fullPause is how long publishing waits
// when the disk is full. gather is how long a new post waits for others that
// are being accepted, so that they share a commit and acceptance has the disk.
const (
	publishBatch = 64
	fullPause    = 5 * time.Second
	gather       = 10 * time.Millisecond
)

// Run publishes what is due until ctx ends. A crash between two posts leaves
// the second one waiting, and the next start publishes it. A post that cannot
// be published is set aside as shunted, so that it never delays another.
func (p *Publisher) Run(ctx context.Context) error {
	rung, stop := p.db.Watch(WaitingTable)
	defer stop()
	for ctx.Err() == nil {
		next, err := p.step()
		if errors.Is(err, store.ErrFull) {
			p.noRoom.Log(p.log)
			next, err = p.now().Add(fullPause), nil
		}
		if err != nil {
			return fmt.Errorf("publish posts: %w", err)
		}
		var timer <-chan time.Time
		if !next.IsZero() {
			timer = time.After(next.Sub(p.now()))
		}
		select {
		case <-ctx.Done():
		case <-rung:
			pause(ctx, gather)
		case <-timer:
		}
	}
	return nil
}

// pause waits, or returns early when ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// step publishes all that is due and returns when the next post is, or the
// zero time when none waits.
func (p *Publisher) step() (time.Time, error) {
	for {
		due, next, err := p.due()
		if err != nil || len(due) == 0 {
			return next, err
		}
		if err := p.publish(due); err != nil {
			return time.Time{}, err
		}
		if err := failpoint.Hit(failpoint.ArchivePublished); err != nil {
			return time.Time{}, err
		}
	}
}

// due returns the posts whose time has come, at most publishBatch, and the
// time of the first that must wait.
func (p *Publisher) due() (due []Number, next time.Time, err error) {
	now := uint64(p.now().UnixNano())
	err = p.db.View(func(tx *store.Tx) error {
		for row, err := range waiting.All(tx) {
			if err != nil {
				return err
			}
			if row.Key.A > now {
				next = time.Unix(0, int64(row.Key.A))
				return nil
			}
			if due = append(due, row.Key.B); len(due) == publishBatch {
				return nil
			}
		}
		return nil
	})
	return due, next, err
}

// publish makes the due posts visible in one transaction. Where that fails for
// another reason than the store's, each post is tried alone.
func (p *Publisher) publish(due []Number) error {
	var done []Post
	err := p.db.Update(func(tx *store.Tx) error {
		done = done[:0]
		for _, n := range due {
			post, err := publishOne(tx, n, p.now())
			if errors.Is(err, ErrNotWaiting) { // taken back since it was found due
				if err := waiting.Delete(tx, waitOf(post)); err != nil {
					return err
				}
				continue
			}
			if err != nil {
				return err
			}
			if err := failpoint.Hit(failpoint.ArchivePublish); err != nil {
				return err
			}
			done = append(done, post)
		}
		return nil
	})
	switch {
	case err == nil:
		for _, post := range done {
			p.log.Info("published", "post", post.Number, "list", post.List, "seq", post.Seq, "members", post.Audience)
		}
		return nil
	case store.Trouble(err):
		return err
	case len(due) > 1:
		for _, n := range due {
			if err := p.publish([]Number{n}); err != nil {
				return err
			}
		}
		return nil
	}
	p.log.Error("a post could not be published and was set aside", "post", due[0], "cause", err)
	return p.db.Update(func(tx *store.Tx) error { return setAside(tx, due[0], err.Error(), p.now()) })
}

func publishOne(tx *store.Tx, n Number, now time.Time) (Post, error) {
	p, err := Get(tx, n)
	if err != nil {
		return Post{}, err
	}
	audience, err := list.Count(tx, p.List)
	if err != nil {
		return Post{}, err
	}
	return Publish(tx, n, now, audience)
}

// setAside ends the wait of a post and shunts its message.
func setAside(tx *store.Tx, n Number, reason string, now time.Time) error {
	for row, err := range waiting.All(tx) {
		if err != nil {
			return err
		}
		if row.Key.B != n {
			continue
		}
		if err := waiting.Delete(tx, row.Key); err != nil {
			return err
		}
		break
	}
	p, err := Get(tx, n)
	if err != nil {
		return nil // the post itself cannot be read; the audit names its message
	}
	err = intake.Move(tx, p.Intake, intake.Status{State: intake.Shunted, Since: now, Reason: reason})
	if store.Trouble(err) {
		return err
	}
	return nil
}

// CapWaiting shortens waits that lie further off than a list's delay allows,
// as they do after the clock was set back. It is part of the start.
func CapWaiting(tx *store.Tx, now time.Time) (int, error) {
	capped := 0
	for row, err := range waiting.All(tx) {
		if err != nil {
			return 0, err
		}
		p, l, err := waitingPost(tx, row.Key.B)
		if store.Trouble(err) {
			return 0, err
		}
		if err != nil {
			continue // publishing it will fail too, and set it aside
		}
		if !p.Until.After(now.Add(l.SendDelay)) {
			continue
		}
		capped++
		if err := waiting.Delete(tx, waitOf(p)); err != nil {
			return 0, err
		}
		p.Until = now.Add(l.SendDelay)
		if err := waiting.Put(tx, waitOf(p), struct{}{}); err != nil {
			return 0, err
		}
		if err := posts.Put(tx, p.Number, p); err != nil {
			return 0, err
		}
	}
	return capped, nil
}

func waitingPost(tx *store.Tx, n Number) (Post, list.List, error) {
	p, err := Get(tx, n)
	if err != nil {
		return p, list.List{}, err
	}
	l, err := list.Get(tx, p.List)
	return p, l, err
}

// Retry lets a post wait again that was set aside because it could not be
// published. It is due at once. It returns ErrNotWaiting for any other post.
func Retry(tx *store.Tx, id intake.ID, now time.Time) error {
	status, err := intake.StatusOf(tx, id)
	if err != nil {
		return err
	}
	for p, err := range All(tx, 0) {
		if err != nil {
			return err
		}
		if p.Intake != id {
			continue
		}
		if p.State != Waiting || status.State != intake.Shunted {
			return fmt.Errorf("retry post %d, which is %s: %w", p.Number, p.State, ErrNotWaiting)
		}
		p.Until = now
		if err := posts.Put(tx, p.Number, p); err != nil {
			return err
		}
		if err := waiting.Put(tx, waitOf(p), struct{}{}); err != nil {
			return err
		}
		return intake.Move(tx, id, intake.Status{State: intake.Waiting, Since: now})
	}
	return fmt.Errorf("message %d: %w", id, ErrNoPost)
}
