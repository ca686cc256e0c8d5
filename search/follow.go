package search

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"sencoforum/archive"
	"sencoforum/internal/failpoint"
	"sencoforum/store"
)

// Bounds of following. One snapshot of the store is short, so that an import beside it does not wait for room; a batch is
// large, because each costs the index as much as 20 posts.
const (
	gather      = 700 * time.Millisecond // that changes may gather, so that a lone post is not a batch of its own
	batchPosts  = 500
	batchBytes  = 16 << 20 // of messages
	viewPosts   = 100
	viewBytes   = 2 << 20
	restBroken  = time.Minute      // between two indexes that are begun because one broke
	restTrouble = 5 * time.Second  // after an error, such as a full disk
	restMerge   = 10 * time.Second // for the library to merge what was written
	yieldLook   = time.Second / 2  // between two looks whether it still is
	yielding    = 5 * time.Second  // after the last time that something in a hurry said so
)

// Run follows the archive until ctx ends. Only trouble of the store ends it.
func (x *Index) Run(ctx context.Context) error {
	rung, stop := x.db.Watch(archive.ChangesTable)
	defer stop()
	x.unready(ctx, x.recall(ctx))
	for ctx.Err() == nil {
		if d := x.left(time.Now()); d > 0 {
			pause(ctx, min(d, yieldLook))
			continue
		}
		more, err := x.work(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case store.Trouble(err) && !errors.Is(err, store.ErrFull):
			return fmt.Errorf("follow the archive for search: %w", err)
		case errors.Is(err, store.ErrFull):
			x.noRoom.Log(x.log)
			pause(ctx, restTrouble)
		case err != nil:
			x.trouble.Log(x.log, slogCause(err))
			pause(ctx, restTrouble)
		case !more:
			x.settle(ctx)
			x.wait(ctx, rung)
		}
	}
	return nil
}

// Yield lets the index wait for five seconds, so that what asks for it again and again, as each batch of an import does, has
// the processors and the disk for itself. Resume ends the waiting.
func (x *Index) Yield() { x.yielded.Store(time.Now().Add(yielding).UnixNano()) }

// Resume lets the index go on within half a second: what was in a hurry has ended.
func (x *Index) Resume() { x.yielded.Store(0) }

// left is how long the index still waits for what is in a hurry.
func (x *Index) left(now time.Time) time.Duration { return time.Unix(0, x.yielded.Load()).Sub(now) }

// settle makes ready what searches ask for most. What the library merges a little after a change is looked at once more.
func (x *Index) settle(ctx context.Context) {
	changed, err := x.warm(ctx)
	x.unready(ctx, err)
	x.settling = changed || x.stirred
	x.stirred = false
}

// unready says what went wrong with making ready, if anything did.
func (x *Index) unready(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil && !errors.Is(err, errNotReady) {
		x.slow.Log(x.log, slogCause(err))
	}
}

// wait returns when there may be something to do.
func (x *Index) wait(ctx context.Context, rung <-chan struct{}) {
	var merged <-chan time.Time
	if x.settling {
		merged = time.After(restMerge)
	}
	var due <-chan time.Time
	if at := x.nextDue(); !at.IsZero() {
		due = time.After(max(0, at.Sub(x.config.Now())))
	}
	select {
	case <-ctx.Done():
	case <-x.bell:
	case <-due:
	case <-merged:
	case <-rung:
		x.stirred = true
		pause(ctx, gather)
	}
}

// pause waits, or returns early when ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// work does one batch for each index, and what else is due. It reports whether there is more to do at once.
func (x *Index) work(ctx context.Context) (more bool, err error) {
	if err := x.columns.catchUp(ctx); err != nil {
		return false, err
	}
	if !x.opened {
		if err := x.openAll(); err != nil {
			return false, err
		}
	}
	x.dropResidue()
	if err := x.mend(); err != nil {
		return false, err
	}
	if x.wanted.Load() && x.building == nil && !x.config.Now().Before(x.rested) {
		if err := x.begin(); err != nil {
			return false, err
		}
		x.log.Info("the search index is made anew", "dir", x.state.Building.Dir)
	}
	for _, e := range []*engine{x.serving, x.building} {
		if e == nil {
			continue
		}
		again, err := x.step(ctx, e)
		if errors.Is(err, errBroken) {
			e.broken.Store(true)
			return true, nil
		}
		if err != nil {
			return false, err
		}
		more = more || again
		if e == x.building && !again {
			if err := x.finish(ctx); err != nil {
				return false, err
			}
		}
	}
	return more, nil
}

// finish lets an index that has caught up serve, once all of it is on disk.
func (x *Index) finish(ctx context.Context) error {
	if err := x.building.flush(ctx); err != nil {
		return err
	}
	if err := failpoint.Hit(failpoint.SearchBuilt); err != nil {
		return err
	}
	dir := x.state.Building.Dir
	if err := x.swap(); err != nil {
		return err
	}
	x.log.Info("the search index is complete", "dir", dir, "posts", x.columns.total(), "bytes", sizeOf(x.config.Dir))
	return nil
}

// mend gives up indexes that turned out to be broken. What fails because the disk is full is no fault of theirs.
func (x *Index) mend() error {
	for _, e := range []*engine{x.serving, x.building} {
		if e == nil {
			continue
		}
		if e.ails() {
			if free, err := x.db.Free(); err == nil && free < roomNeeded {
				return store.ErrFull
			}
			e.broken.Store(true)
		}
		if !e.broken.Load() {
			continue
		}
		x.log.Error("the search index is broken and is made anew", "dir", e.dir)
		if err := x.abandon(e); err != nil {
			return err
		}
		now := x.config.Now()
		if x.rested = now; now.Sub(x.brokeAt) < restBroken {
			x.rested = now.Add(restBroken)
		}
		x.brokeAt = now
	}
	return nil
}

// roomNeeded is free space on disk below which a failure is taken for want of room, in bytes.
const roomNeeded = 64 << 20

// nextDue is when something is to be done though nothing happens.
func (x *Index) nextDue() time.Time {
	if x.wanted.Load() && x.building == nil {
		return x.rested
	}
	return x.due
}

// dropResidue asks for a new index when it is time for what was taken out to leave the files.
func (x *Index) dropResidue() {
	if x.serving == nil || x.building != nil || x.config.Due == nil || x.serving.mark().Residue == 0 {
		x.due = time.Time{}
		return
	}
	if x.due.IsZero() {
		x.due = x.config.Due()
	}
	if !x.config.Now().Before(x.due) {
		x.due = time.Time{}
		x.wanted.Store(true)
	}
}

// A harvest is what one batch is made of.
type harvest struct {
	docs    map[archive.Number]*document
	gone    map[archive.Number]bool
	touched []archive.Number // posts out of which words may have been taken
	bad     []Skipped
	bytes   int
	last    archive.Change
	more    bool // there may be more changes
}

// step indexes the next changes, and reports whether there may be more.
func (x *Index) step(ctx context.Context, e *engine) (more bool, err error) {
	at := e.mark()
	h := harvest{docs: map[archive.Number]*document{}, gone: map[archive.Number]bool{}, last: archive.Change{Seq: at.Seq, Post: at.Post}, more: true}
	for h.more && len(h.docs)+len(h.gone) < batchPosts && h.bytes < batchBytes {
		if err := x.reap(ctx, &h); err != nil {
			return false, err
		}
	}
	if h.last.Seq == at.Seq {
		return false, nil
	}
	to, err := x.moved(e, at, h)
	if err != nil {
		return false, err
	}
	var docs []*document
	good := make([]archive.Number, 0, len(h.docs))
	for n, d := range h.docs {
		docs, good = append(docs, d), append(good, n)
	}
	gone := make([]archive.Number, 0, len(h.gone))
	for n := range h.gone {
		gone = append(gone, n)
	}
	if err := x.note(h.bad, good); err != nil {
		return false, err
	}
	if err := e.apply(ctx, docs, gone, to); err != nil {
		return false, err
	}
	x.figures.indexed.Add(float64(len(docs)))
	return h.more, failpoint.Hit(failpoint.SearchApplied)
}

// moved is the mark of an index after a batch.
func (x *Index) moved(e *engine, at mark, h harvest) (mark, error) {
	to := mark{Seq: h.last.Seq, Post: h.last.Post, Residue: at.Residue, Lengths: map[string]int{}}
	for name, n := range at.Lengths {
		to.Lengths[name] = n
	}
	for _, d := range h.docs {
		for name, n := range d.total {
			to.Lengths[name] += n
		}
	}
	if len(h.touched) > 0 {
		held, err := e.has(h.touched)
		if err != nil {
			return to, err
		}
		to.Residue += len(held)
	}
	return to, nil
}

// A sheaf is a change with the message of its post.
type sheaf struct {
	change archive.Change
	post   archive.Post
	raw    []byte // nil: it goes
	bad    string // why it cannot be read
}

// reap reads the changes after the last, in one short snapshot, and makes documents of their posts.
func (x *Index) reap(ctx context.Context, h *harvest) error {
	var all []sheaf
	h.more = false
	err := x.db.View(func(tx *store.Tx) error {
		size := 0
		for c, err := range archive.Changes(tx, h.last.Seq+1) {
			if len(all) == viewPosts || size > viewBytes {
				h.more = true
				break
			}
			s, err := read(tx, c, err)
			if err != nil {
				return err
			}
			all, size = append(all, s), size+len(s.raw)
			h.bytes += len(s.raw)
			h.more = h.more || s.bad != "" && s.post.Number == 0 // the record ends at a row that cannot be read
		}
		return nil
	})
	if err != nil || len(all) == 0 {
		return err
	}
	docs := x.documents(ctx, all)
	if err := ctx.Err(); err != nil {
		return err
	}
	for i, s := range all {
		h.take(s, docs[i], x.config.Now())
	}
	return nil
}

// read reads the post of a change. What is damaged is said and is no error.
func read(tx *store.Tx, c archive.Change, err error) (sheaf, error) {
	s := sheaf{change: c}
	if err == nil && (c.Event == archive.EventThreaded || c.Event == archive.EventCurated) {
		return s, nil
	}
	if err == nil {
		s.post, err = archive.Get(tx, c.Post)
	}
	if err == nil && s.post.Shown() {
		s.raw, err = archive.Raw(tx, s.post)
		if err == nil && s.raw == nil {
			s.bad = "its message is gone"
		}
	}
	if errors.Is(err, store.ErrDamaged) || errors.Is(err, archive.ErrNoPost) {
		s.bad, s.raw, err = err.Error(), nil, nil
	}
	return s, err
}

// documents makes the documents of posts on all processors but one, or on one. Only analysing takes long; the library
// writes meanwhile.
func (x *Index) documents(ctx context.Context, all []sheaf) []*document {
	docs := make([]*document, len(all))
	next := make(chan int)
	var wg sync.WaitGroup
	for range max(1, min(4, runtime.GOMAXPROCS(0)-1)) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			a := x.analysers.get()
			defer x.analysers.put(a)
			for i := range next {
				d, err := a.content(ctx, all[i].post, all[i].raw, x.config.Files)
				if docs[i] = d; err != nil {
					all[i].bad = err.Error()
				}
			}
		}()
	}
	for i := range all {
		if all[i].raw != nil && ctx.Err() == nil {
			next <- i
		}
	}
	close(next)
	wg.Wait()
	return docs
}

// take puts one change into a batch. Of two about one post the later counts.
func (h *harvest) take(s sheaf, d *document, now time.Time) {
	h.last = s.change
	n := s.change.Post
	switch s.change.Event {
	case archive.EventThreaded, archive.EventCurated:
		return
	case archive.EventPublished, archive.EventShown:
	default:
		if !slices.Contains(h.touched, n) {
			h.touched = append(h.touched, n)
		}
	}
	delete(h.docs, n)
	delete(h.gone, n)
	if s.bad != "" && n != 0 {
		h.bad = append(h.bad, Skipped{Post: n, Reason: s.bad, At: now})
	}
	if d == nil {
		h.gone[n] = true
		return
	}
	h.docs[n] = d
}

// Rebuild makes the index anew, as a command does where no server runs. say is told now and then how many percent are done.
func (x *Index) Rebuild(ctx context.Context, say func(percent int)) error {
	if err := x.columns.catchUp(ctx); err != nil {
		return err
	}
	x.wanted.Store(true)
	x.rested = time.Time{}
	for {
		more, err := x.work(ctx)
		if err != nil {
			return fmt.Errorf("make the search index anew: %w", err)
		}
		if x.building != nil {
			say(x.percent(x.building))
		} else if !more && !x.wanted.Load() {
			return nil
		}
	}
}
