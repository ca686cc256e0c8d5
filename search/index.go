package search

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"sencoforum/archive"
	"sencoforum/internal/seldom"
	"sencoforum/store"
)

// Config is what an index needs to know.
type Config struct {
	Dir   string           // for the index alone; it is made when it is missing
	Files FileText         // reads files that came with posts; nil: they are found by their names
	Due   func() time.Time // when an index that may hold words that were taken out is made anew next; nil: never by itself
	Now   func() time.Time
}

// An Index finds posts by their words. It follows the archive and is made anew from it whenever it is missing, of an older
// kind, or broken; what goes wrong with it never ends the server. Any number of goroutines may search.
type Index struct {
	log       *slog.Logger
	db        *store.DB
	overview  *archive.Overview
	config    Config
	columns   *columns
	figures   *figures
	analysers analyserPool
	counts    counts
	texts     texts
	shares    sharesPool
	alike     kinships
	scratch   scratchPool
	spaces    workspaces
	expected  atomic.Pointer[expected]
	patience  time.Duration // how long a search may take: queryTime, but for tests
	worth     worthReady    // warmLeast and warmSegment, but for tests

	bell    chan struct{} // something was asked of the one that follows
	wanted  atomic.Bool   // it is to be made anew
	yielded atomic.Int64  // when it may go on, in nanoseconds as time.UnixNano has them
	noRoom  *seldom.Line
	trouble *seldom.Line
	slow    *seldom.Line

	mu       sync.RWMutex // guards these two; held while one of them is read
	serving  *engine      // that answers; nil: none does
	building *engine      // that is to take its place; nil: none is
	opened   bool         // the directory was looked at; of the one that follows, as are the next ones
	state    state
	rested   time.Time // no index is begun before
	brokeAt  time.Time // when one broke last
	due      time.Time // when what was taken out has to go
	skips    map[archive.Number]bool
	stirred  bool // there was a change since it was settled last
	settling bool // the library may merge what was written
}

// Open opens the index of a data directory. What is missing or broken Run makes anew, and what cannot be opened now, as on a
// full disk, it tries again.
func Open(log *slog.Logger, db *store.DB, overview *archive.Overview, c Config) *Index {
	x := &Index{
		log: log, db: db, overview: overview, config: c, figures: newFigures(), patience: queryTime, worth: worthReady{warmLeast, warmSegment},
		bell:    make(chan struct{}, 1),
		noRoom:  seldom.NewLine("no room on disk: new posts cannot be found by their words", slog.LevelError, seldom.Minute),
		trouble: seldom.NewLine("posts cannot be indexed, which is tried again", slog.LevelError, seldom.Minute),
		slow:    seldom.NewLine("searches take longer than they need", slog.LevelWarn, seldom.Minute),
	}
	x.columns = newColumns(db, func(posts []archive.Post) {
		x.texts.forget(posts)
		x.alike.forget(posts)
	})
	if err := x.openAll(); err != nil {
		x.trouble.Log(log, slogCause(err))
	}
	return x
}

// Close ends the index. Nobody may search any more. What is not on disk yet is indexed again at the next start.
func (x *Index) Close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	var errs []error
	for _, e := range []*engine{x.serving, x.building} {
		if e != nil {
			errs = append(errs, e.close())
		}
	}
	x.serving, x.building = nil, nil
	return errors.Join(errs...)
}

// serve runs fn with the index that answers, and how much of the archive it holds, in percent. An index that turns out to be
// broken is made anew, and the one that is being made answers.
func (x *Index) serve(fn func(e *engine, percent int) error) error {
	x.mu.RLock()
	defer x.mu.RUnlock()
	e, percent := x.serving, 100
	if e == nil {
		e, percent = x.building, x.percent(x.building)
	}
	if e == nil {
		return errNotReady
	}
	err := fn(e, percent)
	if errors.Is(err, errBroken) {
		x.figures.broken.Inc()
		e.broken.Store(true)
		x.ring()
	}
	return err
}

func (x *Index) percent(e *engine) int {
	if e == nil {
		return 0
	}
	last := archive.Seq(0)
	err := x.db.View(func(tx *store.Tx) (err error) {
		last, err = archive.LastSeq(tx)
		return err
	})
	if err != nil || last == 0 {
		return 0
	}
	return int(min(99, e.mark().Seq*100/last))
}

func (x *Index) ring() {
	select {
	case x.bell <- struct{}{}:
	default:
	}
}

// Reindex asks for the index to be made anew. Searches are answered by the old one meanwhile.
func (x *Index) Reindex() {
	x.wanted.Store(true)
	x.ring()
}

// CatchUp reads what filters and counts need of all posts, as each search does.
func (x *Index) CatchUp(ctx context.Context) error { return x.columns.catchUp(ctx) }

// Progress is how far the index is.
type Progress struct {
	Rebuilding bool  `json:"rebuilding"` // it is being made anew
	Percent    int   `json:"percent"`    // how much of that is done
	Posts      int   `json:"posts"`      // that can be seen
	Behind     int   `json:"behind"`     // changes of the archive that the index does not know yet
	Residue    int   `json:"residue"`    // posts whose words were taken out, and which it may still hold in its files
	Skipped    int   `json:"skipped"`    // posts that could not be indexed
	Bytes      int64 `json:"bytes"`      // on disk
}

// Progress tells how far the index is.
func (x *Index) Progress() (p Progress, err error) {
	last := archive.Seq(0)
	err = x.db.View(func(tx *store.Tx) (err error) {
		if p.Skipped, err = countSkips(tx); err != nil {
			return err
		}
		last, err = archive.LastSeq(tx)
		return err
	})
	p.Percent, p.Posts, p.Bytes = 100, x.columns.total(), sizeOf(x.config.Dir)
	x.mu.RLock()
	defer x.mu.RUnlock()
	p.Rebuilding = x.wanted.Load() || x.building != nil
	if p.Rebuilding {
		p.Percent = x.percent(x.building)
	}
	if e := x.serving; e != nil {
		m := e.mark()
		p.Behind, p.Residue = int(last-min(last, m.Seq)), m.Residue
	} else {
		p.Behind = int(last)
	}
	return p, err
}

// Words yields the words that posts hold, from a prefix on, with the number of posts for each; each must not search. They are
// of all lists: show nobody a word before a search of theirs has found it.
func (x *Index) Words(ctx context.Context, from string, each func(word string, posts uint64) bool) error {
	return x.serve(func(e *engine, _ int) error {
		for w, n := range e.words(from) {
			if ctx.Err() != nil || !each(w, n) {
				return ctx.Err()
			}
		}
		return nil
	})
}
