package search

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"

	"sencoforum/archive"
)

// errBroken says that an index cannot be used and has to be made anew.
var errBroken = errors.New("the index is broken")

// An engine is one index in a directory of its own. The library may panic over damaged files, so each call of it is under
// guard; an error that wraps errBroken means that the directory is of no use any more.
type engine struct {
	dir      string
	index    index.Index
	queue    *index.AnalysisQueue
	pending  chan struct{} // batches that are not on disk yet
	at       atomic.Pointer[mark]
	cache    numberCache
	postings postingsCache
	broken   atomic.Bool // it is to be given up
	failed   uint64      // failures that were dealt with; of the one that follows
}

// mark is what the index holds.
func (e *engine) mark() mark { return *e.at.Load() }

// A mark says what an index holds. It is written in the batch that makes it true, so that after a crash at any moment it says
// what is there.
type mark struct {
	Seq     archive.Seq    `json:"seq"`               // up to this change
	Post    archive.Number `json:"post"`              // which was about this post
	Residue int            `json:"residue,omitempty"` // posts whose words were to go and may still be in the files
	Lengths map[string]int `json:"lengths"`           // words by field, all posts together; those of posts that went count until it is made anew
}

var markKey = []byte("mark")

// Batches that may be in memory alone. It bounds what indexing takes; after a crash they are indexed again.
const unpersistedMost = 3

// engineConfig is how the library is set. A batch returns before it is on disk: the mark is in it. Segments gather for a moment
// before they are written, so that fewer are.
func engineConfig(dir string) map[string]any {
	return map[string]any{
		"path": dir, "unsafe_batch": true, "bolt_timeout": "5s",
		"scorchPersisterOptions": map[string]any{"PersisterNapTimeMSec": 200, "PersisterNapUnderNumFiles": 300},
		"scorchMergePlanOptions": map[string]any{
			"MaxSegmentsPerTier": 6, "MaxSegmentSize": 1_000_000, "TierGrowth": 8, "SegmentsPerMergeTask": 6,
			"FloorSegmentSize": 500, "ReclaimDeletesWeight": 2.0,
		},
	}
}

// openEngine opens the index in a directory, or makes an empty one there.
func openEngine(dir string) (e *engine, err error) {
	defer guard(&err)
	e = &engine{dir: dir, queue: index.NewAnalysisQueue(1), pending: make(chan struct{}, unpersistedMost)}
	if e.index, err = scorch.NewScorch(scorch.Name, engineConfig(dir), e.queue); err != nil {
		return nil, fmt.Errorf("%w: %w", errBroken, err)
	}
	if err := e.index.Open(); err != nil {
		e.queue.Close()
		return nil, fmt.Errorf("%w: %w", errBroken, err)
	}
	m := mark{Lengths: map[string]int{}}
	err = e.read(func(r *scorch.IndexSnapshot) error {
		b, err := r.GetInternal(markKey)
		if err != nil || len(b) == 0 {
			return err
		}
		return json.Unmarshal(b, &m)
	})
	if err != nil {
		return nil, errors.Join(err, e.close())
	}
	e.at.Store(&m)
	return e, nil
}

// guard turns a panic of the library into an error.
func guard(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%w: panic: %v", errBroken, r)
	}
}

// close ends the engine. What is not on disk yet is indexed again at the next start.
func (e *engine) close() (err error) {
	defer guard(&err)
	e.postings.use(nil)
	err = e.index.Close()
	e.queue.Close()
	return err
}

// read runs fn over one moment of the index.
func (e *engine) read(fn func(r *scorch.IndexSnapshot) error) (err error) {
	defer guard(&err)
	r, err := e.index.Reader()
	if err != nil {
		return fmt.Errorf("%w: %w", errBroken, err)
	}
	s, ok := r.(*scorch.IndexSnapshot)
	if !ok || s == nil {
		return fmt.Errorf("%w: it is closed", errBroken)
	}
	defer s.Close()
	err = fn(s)
	if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("%w: %w", errBroken, err)
	}
	return err
}

// has returns which of these posts the index holds.
func (e *engine) has(posts []archive.Number) (map[archive.Number]bool, error) {
	held := map[archive.Number]bool{}
	err := e.read(func(r *scorch.IndexSnapshot) error {
		for _, n := range posts {
			id, err := r.InternalID(docID(n))
			if err != nil {
				return err
			}
			if id != nil {
				held[n] = true
			}
		}
		return nil
	})
	return held, err
}

// apply puts documents in, takes posts out, and moves the mark, all at once. It returns when queries see it; on disk it is a
// moment later.
func (e *engine) apply(ctx context.Context, docs []*document, gone []archive.Number, to mark) (err error) {
	defer guard(&err)
	select {
	case e.pending <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	b := index.NewBatch()
	for _, n := range gone {
		b.Delete(docID(n))
	}
	for _, d := range docs {
		b.Update(d)
	}
	text, err := json.Marshal(to)
	if err != nil {
		return err
	}
	b.SetInternal(markKey, text)
	b.SetPersistedCallback(func(error) { <-e.pending })
	if err := e.index.Batch(b); err != nil {
		return fmt.Errorf("%w: %w", errBroken, err)
	}
	e.at.Store(&to)
	return nil
}

// flush waits until all that was applied is on disk.
func (e *engine) flush(ctx context.Context) error {
	for taken := 0; ; taken++ {
		if taken == cap(e.pending) {
			e.release(taken)
			return nil
		}
		select {
		case e.pending <- struct{}{}:
		case <-ctx.Done():
			e.release(taken)
			return ctx.Err()
		}
	}
}

func (e *engine) release(n int) {
	for range n {
		<-e.pending
	}
}

// ails reports that something went wrong in the goroutines of the library since it was asked last, such as a merge of damaged
// segments, or a write to a full disk.
func (e *engine) ails() bool {
	n := e.failures()
	before := e.failed
	e.failed = n
	return n > before
}

func (e *engine) failures() (n uint64) {
	err := error(nil)
	defer guard(&err)
	n, _ = e.index.StatsMap()["TotOnErrors"].(uint64)
	return n
}

// words yields each word that was written, in order, with the number of posts it stands in.
func (e *engine) words(from string) iter.Seq2[string, uint64] {
	return func(yield func(string, uint64) bool) {
		_ = e.read(func(r *scorch.IndexSnapshot) error {
			dict, err := r.FieldDictRange(fieldWord, []byte(from), nil)
			if err != nil {
				return err
			}
			defer dict.Close()
			for {
				entry, err := dict.Next()
				if err != nil || entry == nil || !yield(entry.Term, entry.Count) {
					return err
				}
			}
		})
	}
}

// sizeOf adds up the files of a directory.
func sizeOf(dir string) (total int64) {
	_ = filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err != nil {
			return nil // it went meanwhile
		}
		if info, err := d.Info(); err == nil && !d.IsDir() {
			total += info.Size()
		}
		return nil
	})
	return total
}
