package archive

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"

	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// Rebuilt says what computing all threads anew has found.
type Rebuilt struct {
	Posts   int `json:"posts"`   // that were looked at
	Acts    int `json:"acts"`    // of moderators, done again
	Moved   int `json:"moved"`   // posts that have another thread or parent now
	Rows    int `json:"rows"`    // rows of the indexes that were put right, those of the moved posts included
	Missing int `json:"missing"` // posts whose message is gone; they stay below the post they were put below
	Facts   int `json:"facts"`   // posts about which other facts are known now
	Threads int `json:"threads"` // that were announced to the followers
}

// Bounds of one step of a rebuild.
const (
	rebuildPosts = 200     // messages read for one transaction of the scratch store
	rebuildBytes = 4 << 20 // of raw messages, about
	rebuildRows  = 200     // rows that one transaction of the store changes
	rebuildTurns = 20      // times that posts which came meanwhile are caught up with
)

// Rebuild computes all threads anew from the stored messages, in the order in which they came, with the acts of
// moderators each at its moment, and puts right what differs. It works beside the running server: everything is computed
// in a scratch store at path, which is removed in the end, and the store is changed in small transactions. It gives
// what placing each post as it came has given, unless the rules have changed or messages are gone; after a crash it
// can be begun again. say is told how many posts are done, of how many; nil: nobody.
func Rebuild(ctx context.Context, db *store.DB, path string, say func(done, all int)) (r Rebuilt, err error) {
	if err := dropScratch(path); err != nil {
		return r, err
	}
	o := store.DefaultOptions()
	o.Reserve, o.Compress = 0, false
	scratch, err := store.Open(path, o)
	if err != nil {
		return r, fmt.Errorf("rebuild threads: %w", err)
	}
	defer func() { err = errors.Join(err, scratch.Close(), dropScratch(path)) }()
	b := rebuild{db: db, scratch: scratch, say: say, touched: map[Number]bool{}}
	for turn := 0; ; turn++ {
		more, err := b.replayAll(ctx)
		if err != nil {
			return b.Rebuilt, fmt.Errorf("rebuild threads: %w", err)
		}
		if !more && turn > 0 {
			break
		}
		if turn == rebuildTurns {
			return b.Rebuilt, errors.New("rebuild threads: posts come faster than they can be gone through; try again when it is quiet")
		}
		if err := b.putRight(ctx); err != nil {
			return b.Rebuilt, fmt.Errorf("rebuild threads: %w", err)
		}
	}
	if err := b.announceAll(); err != nil {
		return b.Rebuilt, fmt.Errorf("rebuild threads: %w", err)
	}
	return b.Rebuilt, settleCurations(ctx, db)
}

func dropScratch(path string) error {
	for _, name := range []string{path, path + ".reserve", path + ".new", path + ".partial"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("remove the scratch store: %w", err)
		}
	}
	return nil
}

type rebuild struct {
	Rebuilt
	db, scratch *store.DB
	say         func(done, all int)
	last        Number // the last post that was replayed
	lastAct     uint64
	touched     map[Number]bool // threads whose posts have moved
}

// replayAll replays the posts and acts after the last, and reports whether there were any.
func (b *rebuild) replayAll(ctx context.Context) (any bool, err error) {
	for ctx.Err() == nil {
		var more bool
		err := b.db.View(func(tx *store.Tx) error {
			batch, due, err := b.next(tx)
			if more = len(batch)+len(due) > 0; err != nil || !more {
				return err
			}
			err = b.scratch.Update(func(to *store.Tx) error { return replay(tx, to, batch, due) })
			if err == nil && len(batch) > 0 {
				b.last = batch[len(batch)-1].Number
			}
			if err == nil && len(due) > 0 {
				b.lastAct = due[len(due)-1].Number
			}
			b.Posts, b.Acts = b.Posts+len(batch), b.Acts+len(due)
			if err == nil && b.say != nil {
				all, err := numbers.Value(tx)
				b.say(int(b.last), int(all))
				return err
			}
			return err
		})
		if err != nil || !more {
			return any, err
		}
		any = true
	}
	return any, ctx.Err()
}

// next reads the posts that come next, with their messages, and the acts that were done before the one after them.
func (b *rebuild) next(tx *store.Tx) (batch []NewPost, due []Act, err error) {
	size, end := 0, Number(math.MaxUint32)
	for p, err := range All(tx, b.last+1) {
		if err != nil {
			return nil, nil, err
		}
		if len(batch) == rebuildPosts || size > rebuildBytes {
			end = p.Number - 1
			break
		}
		n, bytes, err := b.readAgain(tx, p)
		if err != nil {
			return nil, nil, err
		}
		batch, size = append(batch, n), size+bytes
	}
	for row, err := range acts.From(tx, b.lastAct+1) {
		if err != nil {
			return nil, nil, err
		}
		if row.Value.After > end || row.Value.Left {
			break
		}
		due = append(due, row.Value)
	}
	return batch, due, nil
}

// readAgain describes a stored post anew from its message. What acceptance decided stays: subject, times, author.
func (b *rebuild) readAgain(tx *store.Tx, p Post) (n NewPost, size int, err error) {
	kept, ok, err := threads.Get(tx, threadKey{A: p.Thread, B: p.Number})
	if err != nil {
		return n, 0, err
	}
	raw, err := intake.Raw(tx, p.Intake)
	if errors.Is(err, intake.ErrNoMessage) && ok {
		b.Missing++
		if p.State == Erased {
			p.Facts = Facts{Rules: FactsRules}
		}
		return NewPost{Post: p, kept: &kept}, 0, nil
	}
	if err != nil {
		return n, 0, err
	}
	tag := ""
	l, err := list.Get(tx, p.List)
	switch {
	case err == nil:
		tag = l.SubjectTag
	case !errors.Is(err, list.ErrNoList):
		return n, 0, err
	}
	m := message.Parse(raw)
	n = Describe(m, tag, p.Accepted)
	p.Facts = factsOf(m, n.words.Own, p)
	n.Post = p
	n.Answers = kept.token
	return n, len(raw), nil
}

// replay places posts in the scratch store, and does the acts between them.
func replay(from, to *store.Tx, batch []NewPost, due []Act) error {
	w := placer{tx: to, own: storedPhrases(from)}
	for _, n := range batch {
		for len(due) > 0 && due[0].After < n.Number {
			if err := replayAct(to, due[0]); err != nil {
				return err
			}
			due = due[1:]
		}
		p := n.Post
		if err := w.enter(&p, n); err != nil {
			return err
		}
		if err := posts.Put(to, p.Number, p); err != nil {
			return err
		}
	}
	for _, a := range due {
		if err := replayAct(to, a); err != nil {
			return err
		}
	}
	return nil
}

// replayAct does an act once more. One that the rules have made needless is passed over.
func replayAct(tx *store.Tx, a Act) error {
	err := perform(tx, &a)
	for a.Left && err == nil {
		err = moveOn(tx, &a)
	}
	for _, needless := range []error{ErrOneThread, ErrFounder, ErrWhole, ErrBelow, ErrNoThread, ErrNoPost} {
		if errors.Is(err, needless) {
			return nil
		}
	}
	return err
}

// putRight makes the tables of the store those of the scratch store, as far as the posts were replayed.
func (b *rebuild) putRight(ctx context.Context) error {
	last := b.last
	old := func(n Number) bool { return n <= last }
	pair := func(k threadKey) bool { return old(k.A) && old(k.B) }
	equal := func(a, b Number) bool { return a == b }
	steps := []func() (int, error){
		func() (int, error) {
			told := func(n Number) { b.touched[n] = true }
			return mending[Number, Number]{aliases, old, cmp.Compare[Number], equal, told}.run(ctx, b)
		},
		func() (int, error) {
			return mending[threadKey, struct{}]{joined, pair, byNumbers, always, nil}.run(ctx, b)
		},
		func() (int, error) {
			return mending[threadKey, struct{}]{apart, pair, byNumbers, always, nil}.run(ctx, b)
		},
		func() (int, error) {
			ours := func(k nameKey) bool { return old(k.B) }
			return mending[nameKey, struct{}]{nameRows, ours, byName, always, nil}.run(ctx, b)
		},
		func() (int, error) { // goes, as the scratch store has none of it
			ours := func(k oldNameKey) bool { return old(k.B) }
			return mending[oldNameKey, struct{}]{oldNameRows, ours, byText, always, nil}.run(ctx, b)
		},
		func() (int, error) {
			ours := func(k subjectKey) bool { return old(k.B.B) }
			return mending[subjectKey, struct{}]{alike, ours, bySubjectKey, always, nil}.run(ctx, b)
		},
		func() (int, error) {
			ours := func(k awaitKey) bool { return old(k.B) }
			return mending[awaitKey, struct{}]{awaited, ours, byAwaitKey, always, nil}.run(ctx, b)
		},
		func() (int, error) {
			ours := func(k threadKey) bool { return old(k.B) }
			return mending[threadKey, node]{threads, ours, byNumbers, node.equal, b.touch}.run(ctx, b)
		},
	}
	for _, step := range steps {
		n, err := step()
		if err != nil {
			return err
		}
		b.Rows += n
	}
	return b.mendPosts(ctx)
}

func always(struct{}, struct{}) bool { return true }

func byNumbers(a, b threadKey) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) }

func byName(a, b nameKey) int { return cmp.Or(bytes.Compare(a.A[:], b.A[:]), cmp.Compare(a.B, b.B)) }

func byText(a, b oldNameKey) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) }

func byAwaitKey(a, b awaitKey) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) }

func bySubjectKey(a, b subjectKey) int {
	return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B.A, b.B.A), cmp.Compare(a.B.B, b.B.B))
}

func (b *rebuild) touch(k threadKey) { b.touched[k.A] = true }

// mendPosts gives the posts the thread, the parent and the facts that the scratch store has for them.
func (b *rebuild) mendPosts(ctx context.Context) error {
	for from := Number(0); ctx.Err() == nil; {
		var wrong []Post
		done := true
		err := b.bothViews(func(have, want *store.Tx) error {
			for w, err := range All(want, from) {
				if err != nil {
					return err
				}
				h, err := Get(have, w.Number)
				if err != nil {
					return err
				}
				moved, other := h.Thread != w.Thread || h.Parent != w.Parent, h.Revision == w.Revision && h.Facts != w.Facts
				if moved || other {
					wrong = append(wrong, w)
				}
				if moved {
					b.Moved++
				}
				if other {
					b.Facts++
					b.touch(threadKey{A: w.Thread})
				}
				if from = w.Number + 1; len(wrong) == rebuildRows {
					done = false
					return nil
				}
			}
			return nil
		})
		if err == nil && len(wrong) > 0 {
			err = b.db.Update(func(tx *store.Tx) error { return setPlaces(tx, wrong) })
		}
		if err != nil || done {
			return err
		}
	}
	return ctx.Err()
}

func setPlaces(tx *store.Tx, as []Post) error {
	for _, w := range as {
		p, err := Get(tx, w.Number)
		if err != nil {
			return err
		}
		p.Thread, p.Parent = w.Thread, w.Parent
		if p.Revision == w.Revision { // no words were taken out meanwhile
			p.Facts = w.Facts
		}
		if err := posts.Put(tx, p.Number, p); err != nil {
			return err
		}
	}
	return nil
}

// bothViews runs fn over a snapshot of the store and one of the scratch store.
func (b *rebuild) bothViews(fn func(have, want *store.Tx) error) error {
	return b.db.View(func(have *store.Tx) error {
		return b.scratch.View(func(want *store.Tx) error { return fn(have, want) })
	})
}

// announceAll tells the followers about every thread whose posts have moved.
func (b *rebuild) announceAll() error {
	all := make([]Number, 0, len(b.touched))
	for n := range b.touched {
		all = append(all, n)
	}
	slices.Sort(all)
	b.Threads = len(all)
	for chunk := range slices.Chunk(all, rebuildRows) {
		err := b.db.Update(func(tx *store.Tx) error {
			for _, n := range chunk {
				if err := announce(tx, n); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
