package archive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sencoforum/list"
	"sencoforum/store"
)

// A list has a set of topics that its moderators make, and discussions are tagged with topics of that set only. A topic
// has a number for ever, so a new name is one row. When a topic is removed it is only marked at first: from then on
// nobody sees it, and the rows of what was tagged with it go in small transactions.

// TopicID is the number of a topic on this server, from 1.
type TopicID uint32

// A Topic is one of those with which discussions of a list can be tagged.
type Topic struct {
	ID      TopicID   `json:"id"`
	List    list.ID   `json:"list"`
	Name    string    `json:"name"` // 1 to 60 characters, one line
	Slug    string    `json:"slug"` // in the address of its page
	Order   int       `json:"order"`
	Made    time.Time `json:"made"`
	Removed bool      `json:"removed,omitempty"` // threads are still to be untagged
}

// Bounds of topics.
const (
	MaxTopics     = 60 // of a list
	maxTopicName  = 60 // characters
	untagThreads  = 200
	taggedExamine = 400 // rows that ByTopic looks at beyond those it returns
)

// topicKey finds the topics of a list.
type topicKey = store.Pair[list.ID, TopicID]

// tagKey lists what is tagged with a topic in the order in which it was begun, in Unix seconds.
type tagKey = store.Pair[TopicID, store.Pair[uint64, Number]]

var (
	topics = store.NewTable("archive.topics", store.PairKey(store.Uint32Key[list.ID](), store.Uint32Key[TopicID]()), store.JSON[Topic]())
	tagged = store.NewTable("archive.tagged", store.PairKey(store.Uint32Key[TopicID](),
		store.PairKey(store.Uint64Key[uint64](), store.Uint32Key[Number]())), store.Empty())
)

const topicNumbers = store.Counter("archive.topics")

// Errors about topics.
var (
	ErrNoTopic    = errors.New("no such topic")
	ErrTopicTaken = errors.New("another topic has this name or slug")
	ErrManyTopics = errors.New("the list has as many topics as it can")
	ErrManyTagged = errors.New("the discussion has as many topics as it can")
)

// Topics returns the topics of a list in the order of its moderators.
func Topics(tx *store.Tx, l list.ID) ([]Topic, error) {
	all := []Topic{}
	for row, err := range store.Prefix(topics, tx, l) {
		if err != nil {
			return nil, err
		}
		if !row.Value.Removed {
			all = append(all, row.Value)
		}
	}
	slices.SortFunc(all, func(a, b Topic) int { return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}

// FindTopic finds a topic of a list by its slug or name, in large or small letters, or returns ErrNoTopic.
func FindTopic(tx *store.Tx, l list.ID, word string) (Topic, error) {
	all, err := Topics(tx, l)
	if err != nil {
		return Topic{}, err
	}
	word = strings.TrimSpace(word)
	for _, t := range all {
		if t.Slug == word || strings.EqualFold(t.Name, word) {
			return t, nil
		}
	}
	return Topic{}, fmt.Errorf("%w: %q", ErrNoTopic, word)
}

// AddTopic adds a topic to the set of its list. Without a slug it gets one from its name; without an order it is the
// last. Made is false when the list had a topic of that name and slug already, which is returned.
func AddTopic(tx *store.Tx, t Topic) (_ Topic, made bool, err error) {
	if t.Name, err = plainLine("name", t.Name, maxTopicName); err != nil {
		return t, false, err
	}
	wanted := t.Slug
	if t.Slug, err = slugFor(wanted, t.Name); err != nil {
		return t, false, err
	}
	all, err := Topics(tx, t.List)
	if err != nil {
		return t, false, err
	}
	for _, other := range all {
		if strings.EqualFold(other.Name, t.Name) && (wanted == "" || other.Slug == wanted) {
			return other, false, nil
		}
	}
	switch {
	case topicTaken(all, t):
		return t, false, fmt.Errorf("%w: %s (%s)", ErrTopicTaken, t.Name, t.Slug)
	case len(all) >= MaxTopics:
		return t, false, fmt.Errorf("%w, %d", ErrManyTopics, MaxTopics)
	}
	n, err := topicNumbers.Next(tx)
	if err != nil {
		return t, false, err
	}
	place := cmp.Or(t.Order, len(all)+1)
	t.ID, t.Order, t.Removed = TopicID(n), len(all)+1, false
	if err := topics.Put(tx, topicKey{A: t.List, B: t.ID}, t); err != nil {
		return t, false, err
	}
	t.Order, err = orderTopics(tx, append(all, t), len(all), place)
	return t, true, err
}

// topicTaken reports whether another topic has the name or slug.
func topicTaken(all []Topic, t Topic) bool {
	return slices.ContainsFunc(all, func(o Topic) bool {
		return o.ID != t.ID && (o.Slug == t.Slug || strings.EqualFold(o.Name, t.Name))
	})
}

// orderTopics puts the topic at an index at a place, from 1, writes those whose order is another now, and returns the place.
func orderTopics(tx *store.Tx, all []Topic, index, place int) (int, error) {
	id, at := all[index].ID, 0
	for i, t := range reposition(all, index, place) {
		if t.ID == id {
			at = i + 1
		}
		if t.Order == i+1 {
			continue
		}
		t.Order = i + 1
		if err := topics.Put(tx, topicKey{A: t.List, B: t.ID}, t); err != nil {
			return 0, err
		}
	}
	return at, nil
}

// ChangeTopic gives a topic another name, slug or order; what is empty or 0 stays. A new name keeps the slug, so that
// the address of its page stays. What is tagged with it stays tagged.
func ChangeTopic(tx *store.Tx, id TopicID, to Topic) (_ Topic, changed bool, err error) {
	all, err := Topics(tx, to.List)
	if err != nil {
		return to, false, err
	}
	i := slices.IndexFunc(all, func(t Topic) bool { return t.ID == id })
	if i < 0 {
		return to, false, fmt.Errorf("%w: %d", ErrNoTopic, id)
	}
	t := all[i]
	if to.Name != "" {
		if t.Name, err = plainLine("name", to.Name, maxTopicName); err != nil {
			return t, false, err
		}
	}
	if t.Slug, err = slugFor(cmp.Or(to.Slug, t.Slug), t.Name); err != nil {
		return t, false, err
	}
	if topicTaken(all, t) {
		return t, false, fmt.Errorf("%w: %s (%s)", ErrTopicTaken, t.Name, t.Slug)
	}
	if t != all[i] {
		changed = true
		if err := topics.Put(tx, topicKey{A: t.List, B: t.ID}, t); err != nil {
			return t, false, err
		}
	}
	if to.Order != 0 {
		all[i] = t
		before := t.Order
		if t.Order, err = orderTopics(tx, all, i, to.Order); err != nil {
			return t, false, err
		}
		changed = changed || t.Order != before
	}
	return t, changed, nil
}

// RemoveTopic takes a topic out of the set of its list: from now on no discussion has it. Call ClearTopics afterwards.
func RemoveTopic(tx *store.Tx, l list.ID, id TopicID) error {
	k := topicKey{A: l, B: id}
	t, ok, err := topics.Get(tx, k)
	if err != nil {
		return err
	}
	if !ok || t.Removed {
		return fmt.Errorf("%w: %d", ErrNoTopic, id)
	}
	t.Removed = true
	return topics.Put(tx, k, t)
}

// ClearTopics unties discussions from topics that were removed, each 200 in a transaction of their own. What a crash
// leaves is done at the next start, of which this is a part.
func ClearTopics(ctx context.Context, db *store.DB) error {
	for ctx.Err() == nil {
		gone, err := removedTopic(db)
		if err == nil && gone.ID == 0 {
			return nil
		}
		if err == nil {
			err = db.Update(func(tx *store.Tx) error { return clearTopic(tx, gone) })
		}
		if err != nil {
			return fmt.Errorf("untag discussions: %w", err)
		}
	}
	return ctx.Err()
}

// removedTopic finds one of the topics that were removed; its number is 0 when there is none.
func removedTopic(db *store.DB) (gone Topic, err error) {
	err = db.View(func(tx *store.Tx) error {
		for row, err := range topics.All(tx) {
			if err != nil {
				return err
			}
			if row.Value.Removed {
				gone = row.Value
				return nil
			}
		}
		return nil
	})
	return gone, err
}

// clearTopic unties at most untagThreads threads from a topic; when none is left the topic goes, too.
func clearTopic(tx *store.Tx, gone Topic) error {
	var some []Number
	for row, err := range store.Prefix(tagged, tx, gone.ID) {
		if err != nil {
			return err
		}
		if some = append(some, row.Key.B.B); len(some) == untagThreads {
			break
		}
	}
	for _, n := range some {
		if err := amend(tx, n, func(c *curation) { c.drop(gone.ID) }); err != nil {
			return err
		}
		living, err := livingThread(tx, n)
		if err == nil {
			err = announceCuration(tx, living)
		}
		if err != nil {
			return err
		}
	}
	if len(some) == untagThreads {
		return nil
	}
	return topics.Delete(tx, topicKey{A: gone.List, B: gone.ID})
}
