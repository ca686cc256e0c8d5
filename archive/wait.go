package archive

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// Held is the stage of a post that was accepted and then taken back to the moderators before it was published. Nobody but
// they and its author see it; it keeps its number.
const Held Visibility = "held"

// Submitted is the post that a message to a list becomes. The name shown is the one the member chose, or else the one in
// From; a part of an address is no name.
func Submitted(m *message.Message, l list.List, author list.Person, received time.Time) NewPost {
	n := Describe(m, l.SubjectTag, received)
	n.List, n.Author = l.ID, author.ID
	switch {
	case author.Name != "":
		n.AuthorName = author.Name
	case strings.EqualFold(n.AuthorName, n.From.Local):
		n.AuthorName = ""
	}
	return n
}

// To is the post as one that was sent to the reply address of another: that is its parent, and its subject the discussion's,
// whatever its writer's mail program made of them. 0 changes nothing, nor does a post that is not here.
func (n NewPost) To(tx *store.Tx, answers Number) (NewPost, error) {
	if answers == 0 {
		return n, nil
	}
	parent, err := Get(tx, answers)
	if errors.Is(err, ErrNoPost) || err == nil && parent.List != n.List {
		return n, nil
	}
	if err == nil && parent.Subject != "" {
		n.Subject, n.Reply = parent.Subject, true
	}
	n.Answers = answers
	return n, err
}

// mostAbove is how many posts a References field of ours names at most.
const mostAbove = 20

// Above returns the Message-IDs of what a post answers that was sent to a reply address, the nearest last, for its References
// (RFC 5322 §3.6.4). It is empty for any other post: its writer's mail program has named what it answers.
func Above(tx *store.Tx, p Post) (ids []string, err error) {
	at, ok, err := threads.Get(tx, threadKey{A: p.Thread, B: p.Number})
	if err != nil || !ok || at.token == 0 {
		return nil, err
	}
	for up := at.token; up != 0 && up < p.Number && len(ids) < mostAbove; {
		parent, err := Get(tx, up)
		if errors.Is(err, ErrNoPost) {
			break
		}
		if err != nil {
			return nil, err
		}
		if parent.MessageID != "" {
			ids = append(ids, parent.MessageID)
		}
		if parent.Parent >= up {
			break
		}
		up = parent.Parent
	}
	slices.Reverse(ids)
	return ids, nil
}

// Withhold takes a post that waits to be published back to the moderators: it is not published until Release. The error is
// ErrNotWaiting for one that has gone out, or waits no more for another reason.
func Withhold(tx *store.Tx, n Number, now time.Time) (Post, error) {
	p, err := unwait(tx, n)
	if err != nil {
		return p, err
	}
	p.State = Held
	if err := intake.Move(tx, p.Intake, intake.Status{State: intake.Held, Since: now, Reason: "taken back by moderators"}); err != nil {
		return p, err
	}
	return p, posts.Put(tx, n, p)
}

// Release lets a post that was withheld wait again, until a moment, with the subject that its message has now. The error is
// ErrNotWaiting for any other post.
func Release(tx *store.Tx, n Number, subject string, until, now time.Time) (Post, error) {
	p, err := Get(tx, n)
	if err != nil {
		return p, err
	}
	if p.State != Held {
		return p, fmt.Errorf("release post %d, which is %s: %w", n, p.State, ErrNotWaiting)
	}
	p.State, p.Until, p.Subject = Waiting, until, subject
	p.Revision++
	if err := intake.Move(tx, p.Intake, intake.Status{State: intake.Waiting, Since: now}); err != nil {
		return p, err
	}
	if err := waiting.Put(tx, waitOf(p), struct{}{}); err != nil {
		return p, err
	}
	return p, posts.Put(tx, n, p)
}

// Withdraw ends a post that was not published: the number stays as an empty tombstone, and its message can be sent again.
// what is the state into which the message goes: withdrawn by its author, rejected or discarded. The error is ErrNotWaiting for
// one that has gone out.
func Withdraw(tx *store.Tx, n Number, what intake.Status) (Post, error) {
	p, err := unwait(tx, n)
	if errors.Is(err, ErrNotWaiting) && p.State == Held {
		err = nil
	}
	if err != nil {
		return p, err
	}
	p.State = Withdrawn
	if err := unlike(tx, p); err != nil {
		return p, err
	}
	if p.Intake != 0 {
		if err := intake.Free(tx, p.Intake); err != nil {
			return p, err
		}
		if err := intake.Move(tx, p.Intake, what); err != nil {
			return p, err
		}
	}
	return p, posts.Put(tx, n, p)
}

// unwait ends the wait of a post and leaves the rest to the caller.
func unwait(tx *store.Tx, n Number) (Post, error) {
	p, err := Get(tx, n)
	if err != nil {
		return p, err
	}
	if p.State != Waiting {
		return p, fmt.Errorf("take back post %d, which is %s: %w", n, p.State, ErrNotWaiting)
	}
	return p, waiting.Delete(tx, waitOf(p))
}

// AllWaiting returns the numbers of a list's posts that wait to be published.
func AllWaiting(tx *store.Tx, l list.ID) (all []Number, err error) {
	for row, err := range waiting.All(tx) {
		if err != nil {
			return nil, err
		}
		p, err := Get(tx, row.Key.B)
		if err != nil {
			return nil, err
		}
		if p.List == l {
			all = append(all, p.Number)
		}
	}
	return all, nil
}

// Answered returns the discussion that a message would join by what it names: the reply address it was sent to, References,
// or In-Reply-To. It changes nothing, and reports false where it names no post that is here.
func Answered(tx *store.Tx, n NewPost) (Number, bool, error) {
	p := n.Post
	p.Number, p.Thread, p.Parent = ^Number(0), 0, 0
	g := placing{placer: placer{tx: tx}, post: &p, from: n}
	for _, step := range []func() error{g.byToken, g.byName} {
		if err := step(); err != nil {
			return 0, false, fmt.Errorf("find what a message answers: %w", err)
		}
	}
	return p.Thread, p.Thread != 0, nil
}

// WroteBefore reports whether an imported post of a list is by one of these addresses, or of that person. It reads every post
// until it finds one, so it is asked for new members alone.
func WroteBefore(tx *store.Tx, l list.ID, who list.Person) (bool, error) {
	keys := map[string]bool{}
	for _, a := range who.Addresses() {
		keys[a.Key()] = true
	}
	for p, err := range All(tx, 0) {
		if err != nil {
			return false, err
		}
		if p.List == l && p.Imported && (who.ID != 0 && p.Author == who.ID || keys[p.From.Key()]) {
			return true, nil
		}
	}
	return false, nil
}
