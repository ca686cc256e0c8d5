package archive

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"sencoforum/list"
	"sencoforum/store"
)

// ActKind is what a moderator did to threads.
type ActKind string

// The acts.
const (
	ActMerge  ActKind = "merge"
	ActSplit  ActKind = "split"
	ActAttach ActKind = "attach"
)

// An Act is one change of threads by a moderator. Acts stand apart from what the rules decide, and are done again, each
// at its moment, when all threads are computed anew.
type Act struct {
	Number uint64    `json:"number"`
	Kind   ActKind   `json:"kind"`
	Post   Number    `json:"post"`           // for a merge the thread that becomes a part of the other
	Into   Number    `json:"into,omitempty"` // thread, or parent
	After  Number    `json:"after"`          // the last post there was
	At     time.Time `json:"at"`

	From Number `json:"from,omitempty"` // the thread that posts leave
	To   Number `json:"to,omitempty"`   // and the one they come to
	Left bool   `json:"left,omitempty"` // posts are still to be moved
}

var acts = store.NewTable("archive.acts", store.Uint64Key[uint64](), store.JSON[Act]())

const actNumbers = store.Counter("archive.acts")

// moveMost bounds the posts that one transaction moves.
const moveMost = 500

// Merge makes thread n a part of another of the same list and returns the number under which both live on: the older of
// the two. The other number becomes an alias. It undoes an earlier split of the two.
func Merge(tx *store.Tx, n, into Number, now time.Time) (Number, error) {
	a := Act{Kind: ActMerge, Post: n, Into: into, At: now}
	if err := begin(tx, &a); err != nil {
		return 0, err
	}
	return rootOf(tx, n)
}

// Split makes a post with all that answers it a thread of its own, which has the post's number. The rules never put it
// back. Where a merge had made the post's thread an alias, that merge ends. More says that posts are left to
// move: call Finish.
func Split(tx *store.Tx, post Number, now time.Time) (more bool, err error) {
	a := Act{Kind: ActSplit, Post: post, At: now}
	err = begin(tx, &a)
	return a.Left, err
}

// Attach puts a post with all that answers it below another post of the same list, in the same thread or in another.
// The rules do not unite the two threads afterwards. More is as with Split.
func Attach(tx *store.Tx, post, parent Number, now time.Time) (more bool, err error) {
	a := Act{Kind: ActAttach, Post: post, Into: parent, At: now}
	err = begin(tx, &a)
	return a.Left, err
}

// Continue moves posts that an act has left, and reports whether there are more.
func Continue(tx *store.Tx) (more bool, err error) {
	a, ok, err := lastAct(tx)
	if err != nil || !ok || !a.Left {
		return false, err
	}
	if err := moveOn(tx, &a); err != nil {
		return false, err
	}
	return a.Left, acts.Put(tx, a.Number, a)
}

// Finish moves all posts that an act has left, each 500 in a transaction of their own. It is part of every start.
func Finish(ctx context.Context, db *store.DB) error {
	for more := true; more && ctx.Err() == nil; {
		left := false // nothing is written where nothing is left
		err := db.View(func(tx *store.Tx) error {
			a, _, err := lastAct(tx)
			left = a.Left
			return err
		})
		if err == nil && left {
			err = db.Update(func(tx *store.Tx) (err error) {
				more, err = Continue(tx)
				return err
			})
		}
		if err != nil {
			return fmt.Errorf("move posts between threads: %w", err)
		}
		more = more && left
	}
	return ctx.Err()
}

func lastAct(tx *store.Tx) (Act, bool, error) {
	for row, err := range acts.Back(tx) {
		return row.Value, err == nil, err
	}
	return Act{}, false, nil
}

// begin notes an act and does it, but for the posts that one transaction cannot move.
func begin(tx *store.Tx, a *Act) error {
	last, ok, err := lastAct(tx)
	if err != nil {
		return err
	}
	if ok && last.Left {
		return ErrUnfinished
	}
	after, err := numbers.Value(tx)
	if err != nil {
		return err
	}
	a.After = Number(after)
	if err := perform(tx, a); err != nil {
		return fmt.Errorf("%s %d: %w", a.Kind, a.Post, err)
	}
	if a.Number, err = actNumbers.Next(tx); err != nil {
		return err
	}
	return acts.Put(tx, a.Number, *a)
}

// perform does an act on the threads as they are.
func perform(tx *store.Tx, a *Act) error {
	switch a.Kind {
	case ActMerge:
		return merge(tx, a)
	case ActSplit:
		return split(tx, a)
	case ActAttach:
		return attach(tx, a)
	}
	return fmt.Errorf("no such act: %q", a.Kind)
}

func merge(tx *store.Tx, a *Act) error {
	for _, n := range []Number{a.Post, a.Into} {
		if _, err := Thread(tx, n); err != nil {
			return err
		}
	}
	if _, err := sameList(tx, a.Post, a.Into); err != nil {
		return err
	}
	from, err := rootOf(tx, a.Post)
	if err != nil {
		return err
	}
	to, err := rootOf(tx, a.Into)
	if err != nil {
		return err
	}
	if from == to {
		return ErrOneThread
	}
	if err := apart.Delete(tx, threadKey{A: from, B: to}); err != nil {
		return err
	}
	if err := apart.Delete(tx, threadKey{A: to, B: from}); err != nil {
		return err
	}
	a.From, a.To = max(from, to), min(from, to)
	_, err = unite(tx, from, to)
	return err
}

func split(tx *store.Tx, a *Act) error {
	from, err := ThreadOf(tx, a.Post)
	if err != nil {
		return err
	}
	if from == a.Post {
		return ErrFounder
	}
	all, below, err := branch(tx, a.Post, from)
	if err != nil {
		return err
	}
	if err := shareTopics(tx, from, a.Post); err != nil {
		return err
	}
	if err := list.CopyChoices(tx, uint32(from), uint32(a.Post)); err != nil {
		return err
	}
	if err := loosen(tx, a.Post); err != nil {
		return err
	}
	stays := slices.ContainsFunc(all, func(m member) bool { return !below[m.number] && m.thread != a.Post })
	if !stays {
		return ErrWhole
	}
	a.From, a.To = from, a.Post
	if err := part(tx, from, a.Post); err != nil {
		return err
	}
	if err := fix(tx, all, a.Post, 0); err != nil {
		return err
	}
	return moveOn(tx, a)
}

// loosen ends what made a thread an alias, if it is one. What was united with it before stays with it.
func loosen(tx *store.Tx, thread Number) error {
	into, ok, err := aliases.Get(tx, thread)
	if err != nil || !ok {
		return err
	}
	if err := joined.Delete(tx, threadKey{A: into, B: thread}); err != nil {
		return err
	}
	return aliases.Delete(tx, thread)
}

func attach(tx *store.Tx, a *Act) error {
	if _, err := sameList(tx, a.Post, a.Into); err != nil {
		return err
	}
	from, err := ThreadOf(tx, a.Post)
	if err != nil {
		return err
	}
	to, err := ThreadOf(tx, a.Into)
	if err != nil {
		return err
	}
	all, below, err := branch(tx, a.Post, from)
	if err != nil {
		return err
	}
	if below[a.Into] {
		return ErrBelow
	}
	a.From, a.To = from, to
	if err := fix(tx, all, a.Post, a.Into); err != nil {
		return err
	}
	if from == to {
		return announce(tx, to)
	}
	if len(below) == len(all) { // the whole thread comes, and its number becomes an alias
		a.From, a.To = max(from, to), min(from, to)
		for _, k := range []threadKey{{A: from, B: to}, {A: to, B: from}} {
			if err := apart.Delete(tx, k); err != nil {
				return err
			}
		}
		_, err := unite(tx, from, to)
		return err
	}
	if err := part(tx, from, to); err != nil { // what answers the post still names those that it named
		return err
	}
	return moveOn(tx, a)
}

// branch returns the posts of some threads, and which of them are a post or below it.
func branch(tx *store.Tx, post Number, roots ...Number) (all []member, below map[Number]bool, err error) {
	for _, r := range roots {
		some, _, err := membersOf(tx, r)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b member) int { return cmp.Compare(a.number, b.number) })
	return all, subtree(arrange(all), post), nil
}

// fix gives a post the parent that a moderator wants, 0 for none. It waits no longer for those that it names.
func fix(tx *store.Tx, all []member, post, parent Number) error {
	i := slices.IndexFunc(all, func(m member) bool { return m.number == post })
	if i < 0 {
		return fmt.Errorf("%w: post %d is not in its thread", store.ErrDamaged, post)
	}
	m := all[i]
	for _, hash := range m.links {
		if err := awaited.Delete(tx, awaitKey{A: hash, B: post}); err != nil {
			return err
		}
	}
	m.via, m.parent = ViaModerator, parent
	if err := threads.Put(tx, threadKey{A: m.thread, B: post}, m.node); err != nil {
		return err
	}
	p, err := Get(tx, post)
	if err != nil {
		return err
	}
	p.Parent = parent
	return posts.Put(tx, post, p)
}

// moveOn moves posts of the act's branch that are still in the thread they leave, at most moveMost. It finds them anew
// each time, so posts that came meanwhile go along.
func moveOn(tx *store.Tx, a *Act) error {
	from, err := rootOf(tx, a.From)
	if err != nil {
		return err
	}
	to, err := rootOf(tx, a.To)
	if err != nil {
		return err
	}
	a.Left = false
	if from != to {
		_, below, err := branch(tx, a.Post, from, to)
		if err != nil {
			return err
		}
		leaving, _, err := membersOf(tx, from)
		if err != nil {
			return err
		}
		moved := 0
		for _, m := range leaving {
			if !below[m.number] {
				continue
			}
			if moved == moveMost {
				a.Left = true
				break
			}
			moved++
			if err := move(tx, m, to); err != nil {
				return err
			}
		}
	}
	if err := announce(tx, from); err != nil || from == to {
		return err
	}
	return announce(tx, to)
}

// move puts one post into another thread.
func move(tx *store.Tx, m member, to Number) error {
	if err := threads.Delete(tx, threadKey{A: m.thread, B: m.number}); err != nil {
		return err
	}
	if err := threads.Put(tx, threadKey{A: to, B: m.number}, m.node); err != nil {
		return err
	}
	p, err := Get(tx, m.number)
	if err != nil {
		return err
	}
	p.Thread = to
	return posts.Put(tx, p.Number, p)
}
