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

// A Post is one message of the archive. Its text is in the intake. It is stored by store.Compact: the numbers of its fields are
// for ever. 23 is free, and one byte shorter than those from 24 on.
type Post struct {
	Number   Number     `json:"number" cbor:"1,keyasint,omitempty"`
	List     list.ID    `json:"list" cbor:"2,keyasint,omitempty"`
	Intake   intake.ID  `json:"intake" cbor:"3,keyasint,omitempty"`
	Revision uint32     `json:"revision" cbor:"4,keyasint,omitempty"` // raised by each change of its content or visibility
	Seq      Seq        `json:"seq,omitempty" cbor:"5,keyasint,omitempty"`
	State    Visibility `json:"state" cbor:"6,keyasint,omitempty"`
	Imported bool       `json:"imported,omitempty" cbor:"7,keyasint,omitempty"` // nothing is sent out for it

	// NoArchive: its writer wants it delivered and not archived. No reader of the archive shows it, and its text is erased
	// when retention says so.
	NoArchive bool `json:"no_archive,omitempty" cbor:"30,keyasint,omitempty"`

	Author     list.PersonID   `json:"author,omitempty" cbor:"8,keyasint,omitempty"` // 0 for imported posts of unknown people
	AuthorName string          `json:"author_name,omitempty" cbor:"9,keyasint,omitempty"`
	From       message.Address `json:"from" cbor:"10,keyasint,omitzero"` // seen by moderators only
	Subject    string          `json:"subject" cbor:"11,keyasint,omitempty"`
	Reply      bool            `json:"reply,omitempty" cbor:"12,keyasint,omitempty"` // the subject bore a reply mark
	MessageID  string          `json:"message_id" cbor:"13,keyasint,omitempty"`
	Thread     Number          `json:"thread" cbor:"14,keyasint,omitempty"`           // that it was put into; ThreadOf tells which one that is now
	Parent     Number          `json:"parent,omitempty" cbor:"15,keyasint,omitempty"` // the post it answered when it came, 0 for none; Thread has the tree of now

	Written   time.Time `json:"written" cbor:"16,keyasint,omitempty"` // its Date field, or the moment of acceptance
	Accepted  time.Time `json:"accepted" cbor:"17,keyasint,omitempty"`
	Until     time.Time `json:"until" cbor:"18,keyasint,omitempty"` // when it may be published
	Published time.Time `json:"published,omitzero" cbor:"19,keyasint,omitempty"`
	First     Seq       `json:"first,omitempty" cbor:"20,keyasint,omitempty"`    // its place when it was published; later events raise Seq
	Audience  int       `json:"audience,omitempty" cbor:"21,keyasint,omitempty"` // members at the moment of publishing

	Announced bool `json:"announced,omitempty" cbor:"35,keyasint,omitempty"` // by moderators: it goes at once to whoever gets mail at all

	Facts Facts `json:"facts,omitzero" cbor:"22,keyasint,omitzero"` // what its words say about it

	Redacted time.Time `json:"redacted,omitzero" cbor:"24,keyasint,omitempty"` // when words were last taken out
	Removed  time.Time `json:"removed,omitzero" cbor:"25,keyasint,omitempty"`  // since when it is hidden
	Reason   string    `json:"reason,omitempty" cbor:"26,keyasint,omitempty"`  // why it is kept sealed
	Sealed   time.Time `json:"sealed,omitzero" cbor:"27,keyasint,omitempty"`   // until when it may not be erased: a safeguarding hold
	Gone     time.Time `json:"gone,omitzero" cbor:"28,keyasint,omitempty"`     // when it was erased

	Recalled   time.Time `json:"recalled,omitzero" cbor:"31,keyasint,omitempty"`     // when members who have a copy were last asked to delete it
	RecalledTo uint32    `json:"recalled_to,omitempty" cbor:"32,keyasint,omitempty"` // the highest number of a member who was asked, since it was last shown
}

// Shown reports whether members may see a post in the archive: in pages, search, folders and exports. Copies of it go out while
// it is Published, whether or not it is shown.
func (p Post) Shown() bool { return p.State == Published && !p.NoArchive }

// Joined reports whether somebody who joined at that place of the change record did so before the post was published.
func (p Post) Joined(at uint64) bool {
	if p.First != 0 {
		return at < uint64(p.First)
	}
	return at < uint64(p.Seq)
}

// NewPost is what Accept needs to know of a message. Describe fills it but for Answers.
type NewPost struct {
	Post
	Answers      Number               // the post whose reply address it was sent to; 0: none
	References   []string             // Message-IDs of the way to it, the nearest first
	InReplyTo    []string             // Message-IDs it answers; looked at when no reference is known
	Conversation *message.ThreadIndex // of Outlook; nil: none

	words     message.Words              // what it says
	voice     *voice                     // of words, once somebody has listened
	said      func(Post) (phrases, bool) // what a post says that was stored or read a moment ago; nil: all are read
	addressed []string                   // keys of the addresses in To and Cc
	answers   bool                       // In-Reply-To or References say that it answers something, if not what
	answersAt time.Time                  // when its parent was written, as In-Reply-To says; zero: it does not
	kept      *node                      // its place, where the message is gone and nothing else tells; nil: find one
}

// ErrNoPost is returned for a number that no post has.
var ErrNoPost = errors.New("no such post")

// ErrNotWaiting is returned when a post cannot be published because it is not
// waiting.
var ErrNotWaiting = errors.New("post is not waiting")

// Accept gives a post its number and its place in a thread, and lets it wait
// until its time.
func Accept(tx *store.Tx, n NewPost) (Post, error) {
	p, err := numbered(tx, n)
	if err != nil {
		return Post{}, err
	}
	if err := waiting.Put(tx, waitOf(p), struct{}{}); err != nil {
		return Post{}, err
	}
	return p, posts.Put(tx, p.Number, p)
}

// numbered gives a post its number and its place in a thread. It is not stored yet.
func numbered(tx *store.Tx, n NewPost) (Post, error) {
	number, err := numbers.Next(tx)
	if err != nil {
		return Post{}, err
	}
	p := n.Post
	p.Number, p.Revision, p.State = Number(number), 1, Waiting
	if err := (placer{tx: tx, own: n.lately(storedPhrases(tx))}).enter(&p, n); err != nil {
		return Post{}, err
	}
	return p, nil
}

func waitOf(p Post) waitKey { return waitKey{A: uint64(p.Until.UnixNano()), B: p.Number} }

// Get returns a post by number, or ErrNoPost.
func Get(tx *store.Tx, n Number) (Post, error) {
	p, ok, err := posts.Get(tx, n)
	if err == nil && !ok {
		err = fmt.Errorf("post %d: %w", n, ErrNoPost)
	}
	return p, err
}

// Back yields the posts in order of number, the newest first.
func Back(tx *store.Tx) iter.Seq2[Post, error] {
	return func(yield func(Post, error) bool) {
		for row, err := range posts.Back(tx) {
			if !yield(row.Value, err) || err != nil {
				return
			}
		}
	}
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
