package fanout

import (
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/store"
)

// wanting answers which members receive a post at once. It reads the
// participants of the discussion only when somebody's answer depends on them.
type wanting struct {
	post         archive.Post
	now          time.Time
	participants map[list.PersonID]bool
	expanded     bool // the member has a row, which is proof enough of taking part
}

// receives reports whether a member gets a copy now: by delivery mode, pause,
// and the choice about own posts.
func (w *wanting) receives(tx *store.Tx, m list.Membership) (bool, error) {
	if m.Suspended || m.Paused(w.now) || m.NotOwn && m.Person == w.post.Author {
		return false, nil
	}
	switch m.Mode {
	case list.ModeEvery:
		return true, nil
	case list.ModeQuestions:
		return w.takesPart(tx, m.Person)
	}
	return false, nil
}

// takesPart reports whether a post starts a discussion, or goes on with one in
// which the person has written.
func (w *wanting) takesPart(tx *store.Tx, p list.PersonID) (bool, error) {
	if w.post.Thread == w.post.Number || w.expanded {
		return true, nil
	}
	if w.participants == nil {
		w.participants = map[list.PersonID]bool{}
		for post, err := range archive.Posts(tx, w.post.Thread) {
			if err != nil {
				return false, err
			}
			w.participants[post.Author] = true
		}
	}
	return w.participants[p], nil
}
