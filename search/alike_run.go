package search

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"syscall"
	"time"

	"sencoforum/archive"
	"sencoforum/store"
)

// How much of the machine it takes to find what discussions are like: 20 ms of a processor for each of a large archive. Between two
// there is a rest of three times as long, so it takes a quarter of one processor at most, and more of a rest while the server has
// anything else to do.
const (
	alikeRest  = 3
	alikeLeast = 20 * time.Millisecond // of a rest
	alikeBusy  = 4                     // who uses more than one part in so many of a processor is busy
	alikeLong  = 2 * time.Second       // of a rest, however busy the server is
	alikeLate  = time.Minute           // until what was not found is tried again
)

// RunAlike finds, until ctx ends, what each discussion is like for which that is not known: at leisure, and once the index knows all
// posts. What goes wrong with it is logged and tried again.
func (x *Index) RunAlike(ctx context.Context) error {
	rung, stop := x.db.Watch(archive.ChangesTable)
	defer stop()
	for opened := false; ctx.Err() == nil; {
		var err error
		if !opened {
			err = x.openAlike(ctx)
			opened = err == nil
		}
		again := false
		if err == nil {
			again, err = x.findAlike(ctx, rung)
		}
		if err != nil && ctx.Err() == nil {
			x.trouble.Log(x.log, slogCause(fmt.Errorf("find what discussions are like: %w", err)))
		}
		if again && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-rung:
		case <-time.After(alikeLate):
		}
	}
	return nil
}

// openAlike reads what was found before this start. Of posts that changed meanwhile it holds no more.
func (x *Index) openAlike(ctx context.Context) error {
	of, err := x.alike.file.open(x.config.Dir, x.fits)
	if err != nil {
		return err
	}
	x.alike.mu.Lock()
	x.alike.of = maps.Clone(of)
	x.alike.mu.Unlock()
	if err := x.columns.catchUp(ctx); err != nil { // from here on it says what changes
		return err
	}
	for n, k := range of {
		if err := ctx.Err(); err != nil {
			return err
		}
		if is, err := x.revision(n); err != nil {
			return err
		} else if is != k.revision {
			x.alike.drop(n)
		}
	}
	return nil
}

// revision is how often a post has changed; what cannot be read has none.
func (x *Index) revision(n archive.Number) (is uint32, err error) {
	err = x.db.View(func(tx *store.Tx) error {
		p, err := archive.Get(tx, n)
		is = p.Revision
		return err
	})
	if errors.Is(err, archive.ErrNoPost) || errors.Is(err, store.ErrDamaged) {
		return 0, nil
	}
	return is, err
}

// findAlike finds all that is to be found, or some until the archive changes: again says that there may be more.
func (x *Index) findAlike(ctx context.Context, rung <-chan struct{}) (again bool, err error) {
	if !x.isComplete() {
		pause(ctx, yieldLook)
		return ctx.Err() == nil, nil
	}
	firsts, err := x.overview.Firsts()
	if err != nil || len(firsts) == 0 {
		return false, err
	}
	for i, n := range x.alike.unfound(firsts) {
		select {
		case <-rung:
			return true, x.saveAlike()
		default:
		}
		began := time.Now()
		nudges, err := x.findOne(ctx, n, firsts[len(firsts)-1])
		if err != nil {
			return false, errors.Join(err, x.saveAlike())
		}
		again = again || nudges
		x.alike.waiting.Add(-1)
		if i%alikeRecords == alikeRecords-1 {
			if err := x.saveAlike(); err != nil {
				return false, err
			}
		}
		restAlike(ctx, time.Since(began), used)
		if ctx.Err() != nil || !x.isComplete() {
			return ctx.Err() == nil, x.saveAlike()
		}
	}
	return again, x.saveAlike()
}

// isComplete reports that the index knows all posts, and that nothing is in a hurry.
func (x *Index) isComplete() bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.serving == nil || x.building != nil || x.serving.broken.Load() || x.left(time.Now()) > 0 {
		return false
	}
	last := archive.Seq(0)
	err := x.db.View(func(tx *store.Tx) (err error) {
		last, err = archive.LastSeq(tx)
		return err
	})
	return err == nil && x.serving.mark().Seq >= last
}

// findOne finds what the discussion is like that a post begins. When the index was not all there, or it took too long, it is none
// the wiser, and leaves it for later; that what is damaged is like nothing is kept as well.
func (x *Index) findOne(ctx context.Context, n, newest archive.Number) (nudges bool, err error) {
	is, err := x.revision(n)
	if err != nil {
		return false, err
	}
	k := kinship{revision: is, upTo: newest}
	inTime, cancel := context.WithTimeout(ctx, x.patience)
	defer cancel()
	likes, err := x.likesOf(inTime, n)
	if ctx.Err() != nil {
		return false, nil
	}
	switch {
	case errors.Is(err, archive.ErrNoPost), errors.Is(err, store.ErrDamaged), errors.Is(err, errAlikePanic):
		x.log.Warn("what a discussion is like cannot be found", "post", n, "cause", err)
	case err != nil:
		return false, err
	case inTime.Err() != nil || !x.isComplete():
		return false, nil
	}
	for i, l := range likes {
		k.found[i] = l.Thread
	}
	nudges = x.alike.put(n, k)
	if now, err := x.revision(n); err != nil || now != is { // whoever changes it from here on has it forgotten
		x.alike.drop(n)
		return false, err
	}
	x.alike.file.add(n, k)
	return nudges, nil
}

var errAlikePanic = errors.New("panic")

// likesOf finds the discussions of its list that are like that of a post.
func (x *Index) likesOf(ctx context.Context, n archive.Number) (likes []Like, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", errAlikePanic, r)
		}
	}()
	var own Reader
	err = x.db.View(func(tx *store.Tx) error {
		p, err := archive.Get(tx, n)
		own.lists = append(own.lists, p.List)
		return err
	})
	if err != nil {
		return nil, err
	}
	return (&Searcher{index: x}).Similar(ctx, own, n, alikeKept)
}

// saveAlike writes what was found.
func (x *Index) saveAlike() error {
	x.mu.RLock()
	m := mark{}
	if x.serving != nil {
		m = x.serving.mark()
	}
	x.mu.RUnlock()
	if err := x.alike.file.save(m); err != nil {
		return err
	}
	if all, is := x.alike.tidied(); is {
		if err := x.alike.file.rewrite(all, m); err != nil {
			x.alike.mu.Lock()
			defer x.alike.mu.Unlock()
			x.alike.gone = true
			return err
		}
	}
	return nil
}

// restAlike rests after so much work, the longer the more is used of the processors meanwhile.
func restAlike(ctx context.Context, worked time.Duration, used func() time.Duration) {
	rest := max(alikeLeast, min(alikeRest*worked, alikeLong))
	for rested := time.Duration(0); ctx.Err() == nil && rested < alikeLong; rested += rest {
		before := used()
		pause(ctx, rest)
		if used()-before <= rest/alikeBusy {
			return
		}
	}
}

// used is the time of processors that this process has had; 0 where nobody knows.
func used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
