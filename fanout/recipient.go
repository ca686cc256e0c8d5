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
	choices      map[list.PersonID]list.Choice // about the thread, once it was looked at
	looked       bool
	expanded     bool // the member has a row, which is proof enough of taking part
}

// receives reports whether a member gets a copy now: by delivery mode, pause,
// and the choices about own posts and about the thread. What moderators
// announce does not wait for a digest.
func (w *wanting) receives(tx *store.Tx, m list.Membership) (bool, error) {
	if m.Suspended || m.Unmailed || m.Paused(w.now) || m.NotOwn && m.Person == w.post.Author {
		return false, nil
	}
	if w.post.Announced {
		return m.Mode != list.ModeNone, nil
	}
	if m.Mode != list.ModeEvery && m.Mode != list.ModeQuestions {
		return false, nil
	}
	choice, err := w.choice(tx, m.Person)
	switch {
	case err != nil || choice == list.Mute:
		return false, err
	case m.Mode == list.ModeEvery || choice == list.Follow:
		return true, nil
	}
	return w.takesPart(tx, m.Person)
}

// choice is what a member chose about the thread of the post. While a post is expanded it is read once for all members;
// for a single copy the few choices of its member are looked at.
func (w *wanting) choice(tx *store.Tx, p list.PersonID) (list.Choice, error) {
	if w.looked {
		return w.choices[p], nil
	}
	if w.expanded {
		all, err := list.Chosen(tx, p)
		if err != nil || len(all) == 0 {
			return list.NoChoice, err
		}
		thread, err := archive.ThreadOf(tx, w.post.Number)
		return all[uint32(thread)], err
	}
	thread, err := archive.ThreadOf(tx, w.post.Number)
	if err != nil {
		return list.NoChoice, err
	}
	w.choices, err = list.Choices(tx, uint32(thread), p)
	w.looked = err == nil
	return w.choices[p], err
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
