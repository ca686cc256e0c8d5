package archive

import (
	"errors"
	"fmt"
	"iter"
	"time"

	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// Visibility says who can see a post.
type Visibility string

// The stages of a post. Only a published post is seen by members.
const (
	Waiting   Visibility = "waiting"
	Published Visibility = "published"
	Hidden    Visibility = "hidden"
	Withdrawn Visibility = "withdrawn"
	Erased    Visibility = "erased"
)

// A Post is one message of the archive. Its text is in the intake.
type Post struct {
	Number   Number     `json:"number"`
	List     list.ID    `json:"list"`
	Intake   intake.ID  `json:"intake"`
	Revision uint32     `json:"revision"` // raised by each change of its content or visibility
	Seq      Seq        `json:"seq,omitempty"`
	State    Visibility `json:"state"`
	Imported bool       `json:"imported,omitempty"` // nothing is sent out for it

	Author     list.PersonID   `json:"author,omitempty"` // 0 for imported posts of unknown people
	AuthorName string          `json:"author_name,omitempty"`
	From       message.Address `json:"from"` // seen by moderators only
	Subject    string          `json:"subject"`
	Reply      bool            `json:"reply,omitempty"` // the subject bore a reply mark
	MessageID  string          `json:"message_id"`
	Thread     Number          `json:"thread"`           // number of the post that founded it here
	Parent     Number          `json:"parent,omitempty"` // the post it answers, 0 for none known

	Written   time.Time `json:"written"` // its Date field, or the moment of acceptance
	Accepted  time.Time `json:"accepted"`
	Until     time.Time `json:"until"` // when it may be published
	Published time.Time `json:"published,omitzero"`
	Audience  int       `json:"audience,omitempty"` // members at the moment of publishing
}

// NewPost is what Accept needs to know of a message.
type NewPost struct {
	Post
	References []string // Message-IDs it answers, newest first
}

// ErrNoPost is returned for a number that no post has.
var ErrNoPost = errors.New("no such post")

// ErrNotWaiting is returned when a post cannot be published because it is not
// waiting.
var ErrNotWaiting = errors.New("post is not waiting")

// Accept gives a post its number and its place in a thread, and lets it wait
// until its time.
func Accept(tx *store.Tx, n NewPost) (Post, error) {
	number, err := numbers.Next(tx)
	if err != nil {
		return Post{}, err
	}
	p := n.Post
	p.Number, p.Revision, p.State = Number(number), 1, Waiting
	if p.Parent, p.Thread, err = place(tx, p.List, n.References); err != nil {
		return Post{}, err
	}
	if p.Thread == 0 {
		p.Thread = p.Number
	}
	if err := ids.Put(tx, idOf(p.List, p.MessageID, p.Number), struct{}{}); err != nil {
		return Post{}, err
	}
	if err := threads.Put(tx, threadKey{A: p.Thread, B: p.Number}, struct{}{}); err != nil {
		return Post{}, err
	}
	if err := waiting.Put(tx, waitOf(p), struct{}{}); err != nil {
		return Post{}, err
	}
	return p, posts.Put(tx, p.Number, p)
}

func idOf(l list.ID, messageID string, n Number) idKey {
	return idKey{A: fmt.Sprintf("%d %s", l, messageID), B: n}
}

func waitOf(p Post) waitKey { return waitKey{A: uint64(p.Until.UnixNano()), B: p.Number} }

// place finds the post that is answered, by the newest reference that is known
// on this list, and its thread.
func place(tx *store.Tx, l list.ID, references []string) (parent, thread Number, err error) {
	for _, id := range references {
		for row, err := range store.Prefix(ids, tx, fmt.Sprintf("%d %s", l, id)) {
			if err != nil {
				return 0, 0, err
			}
			p, err := Get(tx, row.Key.B)
			if err != nil {
				return 0, 0, err
			}
			return p.Number, p.Thread, nil
		}
	}
	return 0, 0, nil
}

// Bears reports whether a post of a list has this Message-ID, written with its angle brackets.
func Bears(tx *store.Tx, l list.ID, messageID string) (bool, error) {
	for _, err := range store.Prefix(ids, tx, fmt.Sprintf("%d %s", l, messageID)) {
		return err == nil, err
	}
	return false, nil
}

// Get returns a post by number, or ErrNoPost.
func Get(tx *store.Tx, n Number) (Post, error) {
	p, ok, err := posts.Get(tx, n)
	if err == nil && !ok {
		err = fmt.Errorf("post %d: %w", n, ErrNoPost)
	}
	return p, err
}

// All yields the posts in order of number, from the given one on.
func All(tx *store.Tx, from Number) iter.Seq2[Post, error] {
	return func(yield func(Post, error) bool) {
		for row, err := range posts.From(tx, from) {
			if !yield(row.Value, err) || err != nil {
				return
			}
		}
	}
}

// Thread yields the posts of a thread in order of number.
func Thread(tx *store.Tx, thread Number) iter.Seq2[Post, error] {
	return func(yield func(Post, error) bool) {
		for row, err := range store.Prefix(threads, tx, thread) {
			var p Post
			if err == nil {
				p, err = Get(tx, row.Key.B)
			}
			if !yield(p, err) || err != nil {
				return
			}
		}
	}
}
