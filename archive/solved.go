package archive

import (
	"fmt"
	"slices"
	"time"

	"sencoforum/list"
	"sencoforum/store"
)

// Who asked a question may say that it is solved, and that it is not. That is kept beside what moderators say of the discussion, with
// the person who said it: where two discussions become one, only the word of whoever asked first counts.

// solved is what one person said of their question.
type solved struct {
	By list.PersonID `json:"by"`
	At time.Time     `json:"at"`
}

// A NotAskerError says that a question was asked by somebody else, whose post began its discussion.
type NotAskerError struct{ Asked Post }

// Error says what happened.
func (e *NotAskerError) Error() string {
	return fmt.Sprintf("post %d was written by somebody else", e.Asked.Number)
}

// Solve stores whether the question of the discussion with this number, or with this post in it, is solved, as the person says who
// asked it, and reports whether that is new. The error is ErrNoPost, ErrNoThread or a *NotAskerError.
func Solve(tx *store.Tx, n Number, by list.PersonID, now time.Time, is bool) (s Summary, changed bool, err error) {
	if s, err = Summarize(tx, n); err != nil {
		return s, false, err
	}
	if by == 0 || s.Asker != by {
		first, err := Get(tx, s.First)
		if err != nil {
			return s, false, err
		}
		return s, false, &NotAskerError{first}
	}
	if s.Solved == is {
		return s, false, nil
	}
	mine := func(one solved) bool { return one.By == by }
	names, err := namesOf(tx, s.Thread)
	if err != nil {
		return s, false, err
	}
	for _, name := range names { // an older word, before another question, may stand under any of them
		c, _, err := curations.Get(tx, name)
		if err != nil {
			return s, false, err
		}
		if !slices.ContainsFunc(c.Solved, mine) && (name != s.Thread || !is) {
			continue
		}
		err = amend(tx, name, func(c *curation) {
			c.Solved = slices.DeleteFunc(slices.Clone(c.Solved), mine)
			if is && name == s.Thread {
				c.Solved = append(c.Solved, solved{By: by, At: now.UTC().Truncate(time.Second)})
			}
		})
		if err != nil {
			return s, false, err
		}
	}
	if err := announceCuration(tx, s.Thread); err != nil {
		return s, false, err
	}
	s, err = Summarize(tx, s.Thread)
	return s, true, err
}

// isSolved reports whether the person who began a discussion said that their question is solved, and asked nothing in it since. It
// is pure.
func isSolved(said []solved, asker list.PersonID, posts map[Number]Post) bool {
	var at time.Time
	for _, one := range said {
		if asker != 0 && one.By == asker && one.At.After(at) {
			at = one.At
		}
	}
	if at.IsZero() {
		return false
	}
	for _, p := range posts {
		if p.Author == asker && p.Shown() && p.Facts.Asks && moment(p).After(at) {
			return false
		}
	}
	return true
}
