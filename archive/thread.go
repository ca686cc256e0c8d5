package archive

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"sencoforum/list"
	"sencoforum/store"
)

// A thread has the number of the post that founded it here, for ever. Each post keeps the number of the thread that it
// was put into. When two threads turn out to be one, the older number lives and the newer becomes an alias: one row, no
// matter how many posts there are, and readers follow it. An alias always leads to a smaller number, so the way ends.

// awaitKey finds the posts that wait for a message by the hash of its key.
type awaitKey = store.Pair[uint64, Number]

// subjectKey finds posts of a list by the hash of their subject, in order of time (Unix seconds).
type subjectKey = store.Pair[uint64, store.Pair[uint64, Number]]

var (
	awaited = store.NewTable("archive.awaited", store.PairKey(store.Uint64Key[uint64](), store.Uint32Key[Number]()), store.Empty())
	alike   = store.NewTable("archive.subjects", store.PairKey(store.Uint64Key[uint64](),
		store.PairKey(store.Uint64Key[uint64](), store.Uint32Key[Number]())), store.Empty())
	aliases = store.NewTable("archive.aliases", store.Uint32Key[Number](), numberValue())
	joined  = store.NewTable("archive.joined", store.PairKey(store.Uint32Key[Number](), store.Uint32Key[Number]()), store.Empty())
	apart   = store.NewTable("archive.apart", store.PairKey(store.Uint32Key[Number](), store.Uint32Key[Number]()), store.Empty())
	tidings = store.NewTable("archive.tidings", store.Uint32Key[Number](), store.ValueCodec[Seq]{Append: appendSeq, Parse: parseSeq})
)

// Errors about threads.
var (
	ErrNoThread   = errors.New("no such thread")
	ErrOneThread  = errors.New("they are one thread already")
	ErrOtherList  = errors.New("they belong to different lists")
	ErrFounder    = errors.New("the post founded this thread, whose number it bears")
	ErrWhole      = errors.New("nothing else would stay in the thread")
	ErrBelow      = errors.New("a post cannot be put below itself or what answers it")
	ErrUnfinished = errors.New("an earlier change of threads is not finished")
)

// ThreadOf returns the number of the thread in which a post is now.
func ThreadOf(tx *store.Tx, n Number) (Number, error) {
	p, err := Get(tx, n)
	if err != nil {
		return 0, err
	}
	return rootOf(tx, p.Thread)
}

// rootOf follows aliases to the number that lives.
func rootOf(tx *store.Tx, thread Number) (Number, error) {
	for {
		into, ok, err := aliases.Get(tx, thread)
		if err != nil || !ok {
			return thread, err
		}
		if into >= thread {
			return 0, fmt.Errorf("%w: alias of thread %d leads to %d", store.ErrDamaged, thread, into)
		}
		thread = into
	}
}

// unite makes two threads one and returns the number that lives. Threads that moderators have taken apart stay so: it
// then returns the first.
func unite(tx *store.Tx, a, b Number) (Number, error) {
	if a == 0 || b == 0 || a == b {
		return max(a, b), nil
	}
	if parted, err := apart.Has(tx, threadKey{A: a, B: b}); err != nil || parted {
		return a, err
	}
	older, newer := min(a, b), max(a, b)
	if err := aliases.Put(tx, newer, older); err != nil {
		return 0, err
	}
	if err := joined.Put(tx, threadKey{A: older, B: newer}, struct{}{}); err != nil {
		return 0, err
	}
	if err := inheritParted(tx, newer, older); err != nil {
		return 0, err
	}
	if err := list.UniteChoices(tx, uint32(newer), uint32(older)); err != nil {
		return 0, err
	}
	return older, announce(tx, newer)
}

// inheritParted lets a thread stay apart from all that its newer part was taken apart from.
func inheritParted(tx *store.Tx, newer, older Number) error {
	var from []Number
	for row, err := range store.Prefix(apart, tx, newer) {
		if err != nil {
			return err
		}
		from = append(from, row.Key.B)
	}
	for _, other := range from {
		if err := part(tx, older, other); err != nil {
			return err
		}
	}
	return nil
}

// part notes that two threads are not to be united again by the rules.
func part(tx *store.Tx, a, b Number) error {
	if err := apart.Put(tx, threadKey{A: a, B: b}, struct{}{}); err != nil {
		return err
	}
	return apart.Put(tx, threadKey{A: b, B: a}, struct{}{})
}

// announce tells the followers that the posts of a thread have changed, or the number under which it lives. The row in
// the change record is the thread's own: it never takes the place of the post's, which may still have to be sent out.
func announce(tx *store.Tx, thread Number) error {
	old, ok, err := tidings.Get(tx, thread)
	if err != nil {
		return err
	}
	if ok {
		if err := changes.Delete(tx, old); err != nil {
			return err
		}
	}
	next, err := sequences.Next(tx)
	if err != nil {
		return err
	}
	if err := changes.Put(tx, Seq(next), Change{Seq: Seq(next), Post: thread, Event: EventThreaded}); err != nil {
		return err
	}
	return tidings.Put(tx, thread, Seq(next))
}

// member is a post of a thread as the tree needs it.
type member struct {
	number Number
	thread Number // that it was put into
	node
}

// membersOf returns the posts of a thread and of all that was united with it, in order of number, and the aliases.
func membersOf(tx *store.Tx, thread Number) (all []member, also []Number, err error) {
	parts := []Number{thread}
	for i := 0; i < len(parts); i++ {
		for row, err := range store.Prefix(threads, tx, parts[i]) {
			if err != nil {
				return nil, nil, err
			}
			all = append(all, member{number: row.Key.B, thread: parts[i], node: row.Value})
		}
		for row, err := range store.Prefix(joined, tx, parts[i]) {
			if err != nil {
				return nil, nil, err
			}
			parts = append(parts, row.Key.B)
		}
	}
	if len(parts) > 1 {
		slices.SortFunc(all, func(a, b member) int { return int(a.number) - int(b.number) })
	}
	also = parts[1:]
	slices.Sort(also)
	return all, also, nil
}

// Posts yields the posts of a thread in order of number; aliases are followed. It yields nothing for no such thread.
func Posts(tx *store.Tx, thread Number) iter.Seq2[Post, error] {
	return func(yield func(Post, error) bool) {
		root, err := rootOf(tx, thread)
		var all []member
		if err == nil {
			all, _, err = membersOf(tx, root)
		}
		if err != nil {
			yield(Post{}, err)
			return
		}
		for _, m := range all {
			p, err := Get(tx, m.number)
			if !yield(p, err) || err != nil {
				return
			}
		}
	}
}

// sameList returns the list of two posts, or ErrOtherList.
func sameList(tx *store.Tx, a, b Number) (list.ID, error) {
	p, err := Get(tx, a)
	if err != nil {
		return 0, err
	}
	q, err := Get(tx, b)
	if err != nil {
		return 0, err
	}
	if p.List != q.List {
		return 0, fmt.Errorf("posts %d and %d: %w", a, b, ErrOtherList)
	}
	return p.List, nil
}
