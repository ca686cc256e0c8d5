package search

import (
	"iter"
	"time"

	"sencoforum/archive"
	"sencoforum/store"
)

// A Skipped is a post that could not be indexed.
type Skipped struct {
	Post   archive.Number `json:"post"`
	Reason string         `json:"reason"`
	At     time.Time      `json:"at"`
}

var skipped = store.NewTable("search.skipped", store.Uint32Key[archive.Number](), store.JSON[Skipped]())

// SkippedPosts yields the posts that could not be indexed, in order of number.
func SkippedPosts(tx *store.Tx) iter.Seq2[Skipped, error] {
	return func(yield func(Skipped, error) bool) {
		for row, err := range skipped.All(tx) {
			if !yield(row.Value, err) || err != nil {
				return
			}
		}
	}
}

func readSkips(db *store.DB) (map[archive.Number]bool, error) {
	skips := map[archive.Number]bool{}
	err := db.View(func(tx *store.Tx) error {
		for row, err := range skipped.All(tx) {
			if err != nil {
				return err
			}
			skips[row.Key] = true
		}
		return nil
	})
	return skips, err
}

// countSkips counts them up to a thousand.
func countSkips(tx *store.Tx) (n int, err error) {
	for _, err := range skipped.All(tx) {
		if err != nil {
			return n, err
		}
		if n++; n == 1000 {
			break
		}
	}
	return n, nil
}

// note puts posts on the list, and takes those off that were indexed after all.
func (x *Index) note(bad []Skipped, good []archive.Number) error {
	mended := false
	for _, n := range good {
		mended = mended || x.skips[n]
	}
	if len(bad) == 0 && !mended {
		return nil
	}
	err := x.db.Update(func(tx *store.Tx) error {
		for _, n := range good {
			if x.skips[n] {
				if err := skipped.Delete(tx, n); err != nil {
					return err
				}
			}
		}
		for _, s := range bad {
			if err := skipped.Put(tx, s.Post, s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, n := range good {
		delete(x.skips, n)
	}
	for _, s := range bad {
		x.skips[s.Post] = true
		x.log.Error("a post could not be indexed and is not found by its words", "post", s.Post, "cause", s.Reason)
	}
	return nil
}
