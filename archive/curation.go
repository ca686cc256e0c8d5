package archive

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"sencoforum/list"
	"sencoforum/store"
)

// What moderators say about a discussion is kept under the number of the thread as it was then, and read for the thread
// that lives: all that stands under its number and under those that lead to it counts. So nothing has to be moved when
// two threads become one, whoever made them one, and what each had of its own is there again when that ends. Only
// topics stay with both then: see shareTopics.

// MaxTagged is the most topics that a moderator gives one discussion. Two that become one may have more.
const MaxTagged = 12

// MaxPinned is the most pinned discussions of a list.
const MaxPinned = 20

// A Curator is who curates, as the audit record names them ("member 17", "operator uid 0"), and when.
type Curator struct {
	Who string
	Now time.Time
}

func (c Curator) mark() Mark { return Mark{At: c.Now.UTC().Truncate(time.Second), By: c.Who} }

// A Mark says that something is so, since when, and by whom. The zero Mark says that it is not so.
type Mark struct {
	At time.Time `json:"at,omitzero"`
	By string    `json:"by,omitempty"`
}

// Set reports whether it is so.
func (m Mark) Set() bool { return !m.At.IsZero() }

// older returns the one that was set first, of those that are set.
func (m Mark) older(o Mark) Mark {
	if !m.Set() || o.Set() && o.At.Before(m.At) {
		return o
	}
	return m
}

// Curation is what moderators said about a discussion.
type Curation struct {
	Thread      Number       // the number under which it lives
	List        list.ID      //
	Topics      []Topic      // in the order of the list's set
	Pinned      Mark         //
	Closed      Mark         // takes no more posts
	Moderated   Mark         // what answers it waits for moderators
	Collections []Collection // of which it is a part, in the order of their numbers
}

// curation is what stands under one number of a thread.
type curation struct {
	List    list.ID        `json:"list"`
	Begun   uint64         `json:"begun"` // Unix seconds of the post that founded the thread
	Topics  []TopicID      `json:"topics,omitempty"`
	Pinned  Mark           `json:"pinned,omitzero"`
	Closed  Mark           `json:"closed,omitzero"`
	Waits   Mark           `json:"waits,omitzero"` // what answers it waits for moderators
	Solved  []solved       `json:"solved,omitempty"`
	In      []CollectionID `json:"in,omitempty"`
	Tidings Seq            `json:"tidings,omitempty"` // its live row in the change record
}

func (c *curation) add(id TopicID) {
	if !slices.Contains(c.Topics, id) {
		c.Topics = append(c.Topics, id)
	}
}

func (c *curation) drop(id TopicID) {
	c.Topics = slices.DeleteFunc(c.Topics, func(t TopicID) bool { return t == id })
}

// join adds what stands under another number.
func (c *curation) join(o curation) {
	for _, id := range o.Topics {
		c.add(id)
	}
	for _, id := range o.In {
		if !slices.Contains(c.In, id) {
			c.In = append(c.In, id)
		}
	}
	c.Solved = append(slices.Clip(c.Solved), o.Solved...)
	c.Pinned, c.Closed, c.Waits = c.Pinned.older(o.Pinned), c.Closed.older(o.Closed), c.Waits.older(o.Waits)
}

// pinKey lists the pinned threads of a list.
type pinKey = store.Pair[list.ID, Number]

var (
	curations = store.NewTable("archive.curations", store.Uint32Key[Number](), store.JSON[curation]())
	pinned    = store.NewTable("archive.pinned", store.PairKey(store.Uint32Key[list.ID](), store.Uint32Key[Number]()), store.Empty())
)

// ErrManyPinned is returned when a list has as many pinned discussions as it can.
var ErrManyPinned = errors.New("the list has as many pinned discussions as it can")

// livingThread returns the number of the thread that a number means: of a thread, of one that became a part of another,
// or of a post in it. It returns ErrNoPost when it is none of these.
func livingThread(tx *store.Tx, n Number) (Number, error) {
	root, err := rootOf(tx, n)
	if err != nil {
		return 0, err
	}
	if lives, err := hasPosts(tx, root); err != nil || lives {
		return root, err
	}
	return ThreadOf(tx, n)
}

// hasPosts reports whether a thread that is no alias has posts.
func hasPosts(tx *store.Tx, root Number) (bool, error) {
	for _, err := range store.Prefix(threads, tx, root) {
		return err == nil, err
	}
	for _, err := range store.Prefix(joined, tx, root) {
		return err == nil, err
	}
	return false, nil
}

// namesOf returns the number of a thread that lives, and all that lead to it.
func namesOf(tx *store.Tx, root Number) ([]Number, error) {
	all := []Number{root}
	for i := 0; i < len(all); i++ {
		for row, err := range store.Prefix(joined, tx, all[i]) {
			if err != nil {
				return nil, err
			}
			all = append(all, row.Key.B)
		}
	}
	return all, nil
}

// united returns what stands under a thread that lives and under all numbers that lead to it.
func united(tx *store.Tx, root Number) (c curation, names []Number, err error) {
	if names, err = namesOf(tx, root); err != nil {
		return c, nil, err
	}
	for _, n := range names {
		one, _, err := curations.Get(tx, n)
		if err != nil {
			return c, nil, err
		}
		c.join(one)
	}
	return c, names, nil
}

// amend changes what stands under one number of a thread, and the indexes of it.
func amend(tx *store.Tx, n Number, change func(c *curation)) error {
	before, ok, err := curations.Get(tx, n)
	if err != nil {
		return err
	}
	if !ok {
		p, err := Get(tx, n)
		if err != nil {
			return err
		}
		before = curation{List: p.List, Begun: uint64(max(p.Written.Unix(), 0))}
	}
	after := before
	after.Topics, after.In = slices.Clone(before.Topics), slices.Clone(before.In)
	change(&after)
	if err := indexCuration(tx, n, before, after); err != nil {
		return err
	}
	return curations.Put(tx, n, after)
}

// indexCuration writes the indexes of what stands under a number.
func indexCuration(tx *store.Tx, n Number, before, after curation) error {
	key := func(id TopicID) tagKey { return tagKey{A: id, B: store.Pair[uint64, Number]{A: after.Begun, B: n}} }
	for _, id := range before.Topics {
		if !slices.Contains(after.Topics, id) {
			if err := tagged.Delete(tx, key(id)); err != nil {
				return err
			}
		}
	}
	for _, id := range after.Topics {
		if !slices.Contains(before.Topics, id) {
			if err := tagged.Put(tx, key(id), struct{}{}); err != nil {
				return err
			}
		}
	}
	switch k := (pinKey{A: after.List, B: n}); {
	case after.Pinned.Set() && !before.Pinned.Set():
		return pinned.Put(tx, k, struct{}{})
	case !after.Pinned.Set() && before.Pinned.Set():
		return pinned.Delete(tx, k)
	}
	return nil
}

// announceCuration tells the followers that moderators said something else about a thread that lives. It has a row of
// its own in the change record, beside that of its posts and of their places.
func announceCuration(tx *store.Tx, root Number) error {
	next, err := sequences.Next(tx)
	if err != nil {
		return err
	}
	var old Seq
	err = amend(tx, root, func(c *curation) { old, c.Tidings = c.Tidings, Seq(next) })
	if err != nil {
		return err
	}
	if old != 0 {
		if err := changes.Delete(tx, old); err != nil {
			return err
		}
	}
	return changes.Put(tx, Seq(next), Change{Seq: Seq(next), Post: root, Event: EventCurated})
}

// Curated returns what moderators said about the discussion with this number, or with this post in it. It reads a few
// rows for each number that leads to it. It returns ErrNoPost for no such number.
func Curated(tx *store.Tx, n Number) (Curation, error) {
	root, err := livingThread(tx, n)
	if err != nil {
		return Curation{}, err
	}
	c, _, err := united(tx, root)
	if err != nil {
		return Curation{}, err
	}
	p, err := Get(tx, root)
	if err != nil {
		return Curation{}, err
	}
	out := Curation{Thread: root, List: p.List, Topics: []Topic{}, Pinned: c.Pinned, Closed: c.Closed, Moderated: c.Waits, Collections: []Collection{}}
	if len(c.Topics) > 0 {
		set, err := Topics(tx, p.List)
		if err != nil {
			return out, err
		}
		out.Topics = slices.DeleteFunc(set, func(t Topic) bool { return !slices.Contains(c.Topics, t.ID) })
	}
	slices.Sort(c.In)
	for _, id := range c.In {
		in, ok, err := collections.Get(tx, collectionKey{A: p.List, B: id})
		if err != nil {
			return out, err
		}
		if ok {
			out.Collections = append(out.Collections, in)
		}
	}
	return out, nil
}

// Tag gives a discussion a topic of its list, and reports whether it did not have it.
func Tag(tx *store.Tx, n Number, id TopicID) (changed bool, err error) {
	now, err := Curated(tx, n)
	if err != nil {
		return false, err
	}
	t, ok, err := topics.Get(tx, topicKey{A: now.List, B: id})
	switch {
	case err != nil:
		return false, err
	case !ok || t.Removed:
		return false, fmt.Errorf("thread %d: %w: %d", now.Thread, ErrNoTopic, id)
	case slices.ContainsFunc(now.Topics, func(t Topic) bool { return t.ID == id }):
		return false, nil
	case len(now.Topics) >= MaxTagged:
		return false, fmt.Errorf("thread %d: %w, %d", now.Thread, ErrManyTagged, MaxTagged)
	}
	if err := amend(tx, now.Thread, func(c *curation) { c.add(id) }); err != nil {
		return false, err
	}
	return true, announceCuration(tx, now.Thread)
}

// Untag takes a topic from a discussion, and reports whether it had it.
func Untag(tx *store.Tx, n Number, id TopicID) (changed bool, err error) {
	return withdraw(tx, n, func(c *curation) bool { return slices.Contains(c.Topics, id) }, func(c *curation) { c.drop(id) })
}

// Pin lets a discussion stand before the others of its list, and reports whether it did not.
func Pin(tx *store.Tx, n Number, by Curator) (changed bool, err error) {
	now, err := Curated(tx, n)
	if err != nil || now.Pinned.Set() {
		return false, err
	}
	all, err := Pinned(tx, now.List)
	if err != nil {
		return false, err
	}
	if len(all) >= MaxPinned {
		return false, fmt.Errorf("%w, %d", ErrManyPinned, MaxPinned)
	}
	if err := amend(tx, now.Thread, func(c *curation) { c.Pinned = by.mark() }); err != nil {
		return false, err
	}
	return true, announceCuration(tx, now.Thread)
}

// Unpin ends that, and reports whether it was pinned.
func Unpin(tx *store.Tx, n Number) (changed bool, err error) {
	return withdraw(tx, n, func(c *curation) bool { return c.Pinned.Set() }, func(c *curation) { c.Pinned = Mark{} })
}

// Close says that a discussion takes no more posts, and reports whether it was open.
func Close(tx *store.Tx, n Number, by Curator) (changed bool, err error) {
	now, err := Curated(tx, n)
	if err != nil || now.Closed.Set() {
		return false, err
	}
	if err := amend(tx, now.Thread, func(c *curation) { c.Closed = by.mark() }); err != nil {
		return false, err
	}
	return true, announceCuration(tx, now.Thread)
}

// Reopen ends that, and reports whether it was closed.
func Reopen(tx *store.Tx, n Number) (changed bool, err error) {
	return withdraw(tx, n, func(c *curation) bool { return c.Closed.Set() }, func(c *curation) { c.Closed = Mark{} })
}

// Moderate says that whatever answers a discussion waits for moderators, and reports whether it did not.
func Moderate(tx *store.Tx, n Number, by Curator) (changed bool, err error) {
	now, err := Curated(tx, n)
	if err != nil || now.Moderated.Set() {
		return false, err
	}
	if err := amend(tx, now.Thread, func(c *curation) { c.Waits = by.mark() }); err != nil {
		return false, err
	}
	return true, announceCuration(tx, now.Thread)
}

// Unmoderate ends that, and reports whether it was so.
func Unmoderate(tx *store.Tx, n Number) (changed bool, err error) {
	return withdraw(tx, n, func(c *curation) bool { return c.Waits.Set() }, func(c *curation) { c.Waits = Mark{} })
}

// withdraw takes something back under every number of a discussion that has it.
func withdraw(tx *store.Tx, n Number, has func(c *curation) bool, take func(c *curation)) (changed bool, err error) {
	root, err := livingThread(tx, n)
	if err != nil {
		return false, err
	}
	names, err := namesOf(tx, root)
	if err != nil {
		return false, err
	}
	for _, name := range names {
		c, _, err := curations.Get(tx, name)
		if err != nil {
			return false, err
		}
		if !has(&c) {
			continue
		}
		changed = true
		if err := amend(tx, name, take); err != nil {
			return false, err
		}
	}
	if !changed {
		return false, nil
	}
	return true, announceCuration(tx, root)
}

// Pinned returns the pinned discussions of a list, the latest first. Who may see their posts is not decided here.
func Pinned(tx *store.Tx, l list.ID) ([]Curation, error) {
	all := []Curation{}
	for row, err := range store.Prefix(pinned, tx, l) {
		if err != nil {
			return nil, err
		}
		c, err := Curated(tx, row.Key.B)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(all, func(o Curation) bool { return o.Thread == c.Thread }) {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b Curation) int {
		return cmp.Or(b.Pinned.At.Compare(a.Pinned.At), cmp.Compare(b.Thread, a.Thread))
	})
	return all, nil
}
