package archive

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"sencoforum/list"
	"sencoforum/store"
)

// A TopicPlace is where a page of a topic ended. The zero place is before the newest.
type TopicPlace struct {
	Begun  uint64 // Unix seconds
	Thread Number
}

// ByTopic returns at most count discussions with a topic, those that were begun last first, from a place on, and the
// place where to go on; the zero place: there are no more. Each discussion comes once, and where two became one, in the
// place of the one that was begun later. It looks at no more than 400 rows beyond those it returns, so it may
// return fewer than count before the end. Who may see their posts is not decided here.
func ByTopic(tx *store.Tx, t Topic, from TopicPlace, count int) (found []Number, next TopicPlace, err error) {
	found = []Number{}
	if now, ok, err := topics.Get(tx, topicKey{A: t.List, B: t.ID}); err != nil || !ok || now.Removed {
		return found, next, err
	}
	at := tagKey{A: t.ID, B: store.Pair[uint64, Number]{A: math.MaxUint64, B: math.MaxUint32}}
	if from != (TopicPlace{}) {
		at.B = store.Pair[uint64, Number]{A: from.Begun, B: from.Thread}
	}
	looked := 0
	for row, err := range tagged.BackFrom(tx, at) {
		if err != nil {
			return nil, next, err
		}
		if row.Key.A != t.ID {
			break
		}
		here := TopicPlace{Begun: row.Key.B.A, Thread: row.Key.B.B}
		if here == from {
			continue // it was the last of the page before
		}
		if len(found) >= count || looked >= count+taggedExamine {
			return found, next, nil
		}
		looked++
		next = here
		root, stands, err := standsFor(tx, t.ID, row.Key)
		if err != nil {
			return nil, next, err
		}
		if stands {
			found = append(found, root)
		}
	}
	return found, TopicPlace{}, nil
}

// standsFor returns the thread that lives for a row of archive.tagged, and whether no other row of it comes before.
func standsFor(tx *store.Tx, id TopicID, k tagKey) (Number, bool, error) {
	root, err := livingThread(tx, k.B.B)
	if err != nil {
		return 0, false, err
	}
	names, err := namesOf(tx, root)
	if err != nil {
		return 0, false, err
	}
	for _, n := range names {
		c, _, err := curations.Get(tx, n)
		if err != nil {
			return 0, false, err
		}
		later := c.Begun > k.B.A || c.Begun == k.B.A && n > k.B.B
		if later && slices.Contains(c.Topics, id) {
			return root, false, nil
		}
	}
	return root, true, nil
}

// CountByTopic returns how many discussions each topic of a list has, up to most; the work is bounded by it.
func CountByTopic(tx *store.Tx, l list.ID, most int) (map[TopicID]int, error) {
	all, err := Topics(tx, l)
	if err != nil {
		return nil, err
	}
	counts := make(map[TopicID]int, len(all))
	for _, t := range all {
		seen := map[Number]bool{}
		looked := 0
		for row, err := range store.Prefix(tagged, tx, t.ID) {
			if err != nil {
				return nil, err
			}
			root, err := livingThread(tx, row.Key.B.B)
			if err != nil {
				return nil, err
			}
			seen[root] = true
			if looked++; looked == most {
				break
			}
		}
		counts[t.ID] = len(seen)
	}
	return counts, nil
}

// shareTopics writes under the number that a post gives to its own thread what the thread has that it leaves. Where that
// number leads to a thread, which then ends, both keep the topics that they had together.
func shareTopics(tx *store.Tx, from, post Number) error {
	into, err := rootOf(tx, post)
	if err != nil {
		return err
	}
	var had []TopicID
	for _, root := range []Number{from, into} {
		c, _, err := united(tx, root)
		if err != nil {
			return err
		}
		if err := grant(tx, root, c.Topics); err != nil {
			return err
		}
		had = append(had, c.Topics...)
	}
	return grant(tx, post, had)
}

// grant writes topics under a number.
func grant(tx *store.Tx, n Number, ids []TopicID) error {
	if len(ids) == 0 {
		return nil
	}
	return amend(tx, n, func(c *curation) {
		for _, id := range ids {
			c.add(id)
		}
	})
}

// settleCurations puts what stands under a number that is no thread any more, and leads to none, under the thread in
// which its post is now. That can be after a rebuild only, when the rules have changed.
func settleCurations(ctx context.Context, db *store.DB) error {
	for from := Number(0); ctx.Err() == nil; {
		var lost []Number
		err := db.View(func(tx *store.Tx) error {
			for row, err := range curations.From(tx, from) {
				if err != nil {
					return err
				}
				from = row.Key + 1
				stays, err := reachable(tx, row.Key)
				if err != nil {
					return err
				}
				if !stays {
					lost = append(lost, row.Key)
				}
				if len(lost) == rebuildRows {
					return nil
				}
			}
			return nil
		})
		if err == nil && len(lost) > 0 {
			err = db.Update(func(tx *store.Tx) error {
				for _, n := range lost {
					if err := settle(tx, n); err != nil {
						return err
					}
				}
				return nil
			})
		}
		if err != nil {
			return fmt.Errorf("settle what moderators said about threads: %w", err)
		}
		if len(lost) < rebuildRows {
			return nil
		}
	}
	return ctx.Err()
}

// reachable reports whether a number is that of a thread, or leads to one.
func reachable(tx *store.Tx, n Number) (bool, error) {
	root, err := rootOf(tx, n)
	if err != nil {
		return false, err
	}
	return hasPosts(tx, root)
}

func settle(tx *store.Tx, n Number) error {
	c, ok, err := curations.Get(tx, n)
	if err != nil || !ok {
		return err
	}
	root, err := ThreadOf(tx, n)
	if errors.Is(err, ErrNoPost) || err == nil && root == n {
		return nil // nothing better is known
	}
	if err != nil {
		return err
	}
	if c.Tidings != 0 {
		if err := changes.Delete(tx, c.Tidings); err != nil {
			return err
		}
	}
	if err := indexCuration(tx, n, c, curation{List: c.List, Begun: c.Begun}); err != nil {
		return err
	}
	if err := curations.Delete(tx, n); err != nil {
		return err
	}
	if err := amend(tx, root, func(to *curation) { to.join(c) }); err != nil {
		return err
	}
	return announceCuration(tx, root)
}
