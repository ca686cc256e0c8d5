package archive

import (
	"fmt"
	"iter"
	"time"

	"sencoforum/intake"
	"sencoforum/store"
)

// Event is what became visible about a post.
type Event string

// The events. Published is the first of every post that members ever see, and nothing but Threaded and Curated follows Erased.
// These two are about the thread that has the number of Post. Threaded: its posts changed, or it became a part of another;
// ThreadOf tells where each of its posts is now. Curated: moderators said something else about it; Curated tells what, and
// after Threaded that may be something else as well.
const (
	EventPublished Event = "published"
	EventThreaded  Event = "threaded"
	EventCurated   Event = "curated"
	EventHidden    Event = "hidden"   // nobody may see it
	EventShown     Event = "shown"    // it is to be seen again
	EventRedacted  Event = "redacted" // words were taken out: what was made of its text is to be made anew
	EventErased    Event = "erased"   // its text is gone: what was made of it has to go
)

// A Change is one row of the change record, stored by store.Compact: the numbers of its fields are for ever.
type Change struct {
	Seq   Seq    `json:"seq" cbor:"1,keyasint,omitempty"`
	Post  Number `json:"post" cbor:"2,keyasint,omitempty"`
	Event Event  `json:"event" cbor:"3,keyasint,omitempty"`
}

// Publish makes a waiting post visible: it takes the next sequence number and
// writes the change record. It returns ErrNotWaiting when the post was
// published, held or withdrawn meanwhile, so it may be tried twice.
func Publish(tx *store.Tx, n Number, now time.Time, audience int) (Post, error) {
	p, err := Get(tx, n)
	if err != nil {
		return Post{}, err
	}
	if p.State != Waiting {
		return p, fmt.Errorf("publish post %d, which is %s: %w", n, p.State, ErrNotWaiting)
	}
	if err := waiting.Delete(tx, waitOf(p)); err != nil {
		return Post{}, err
	}
	if err := makeVisible(tx, &p, now, audience); err != nil {
		return Post{}, err
	}
	to := intake.Status{State: intake.Expanding, Since: now}
	if p.Imported {
		return p, nil
	}
	return p, intake.Move(tx, p.Intake, to)
}

// makeVisible publishes a post that waits no more, and stores it.
func makeVisible(tx *store.Tx, p *Post, now time.Time, audience int) error {
	p.State, p.Published, p.Audience = Published, now, audience
	if err := enrol(tx, p, EventPublished); err != nil {
		return err
	}
	p.First = p.Seq
	return posts.Put(tx, p.Number, *p)
}

// record gives a post the next sequence number, replaces its older row in the
// change record, and stores it.
func record(tx *store.Tx, p *Post, e Event) error {
	if err := enrol(tx, p, e); err != nil {
		return err
	}
	return posts.Put(tx, p.Number, *p)
}

// enrol is record without storing the post.
func enrol(tx *store.Tx, p *Post, e Event) error {
	if p.Seq != 0 {
		if err := changes.Delete(tx, p.Seq); err != nil {
			return err
		}
	}
	seq, err := sequences.Next(tx)
	if err != nil {
		return err
	}
	p.Seq = Seq(seq)
	return changes.Put(tx, p.Seq, Change{Seq: p.Seq, Post: p.Number, Event: e})
}

// Changes yields the change record in order, from the given number on.
func Changes(tx *store.Tx, from Seq) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		for row, err := range changes.From(tx, from) {
			c := row.Value
			if err != nil {
				c = Change{Seq: row.Key} // the key is known where only the value is damaged
			}
			if !yield(c, err) || err != nil {
				return
			}
		}
	}
}

// LastSeq is the number of the latest change, 0 before the first.
func LastSeq(tx *store.Tx) (Seq, error) {
	n, err := sequences.Value(tx)
	return Seq(n), err
}
