package moderate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

// AckKind is the kind of rows that become the acknowledgement of a post. It is composed when it is sent: whoever hands in a post
// does not wait until earlier discussions are found.
const AckKind = "ack"

// acknowledged is the payload of such a row.
type acknowledged struct {
	Post    archive.Number `json:"post"`
	Token   string         `json:"token"` // takes the post back
	Members int            `json:"members"`
	Hints   []string       `json:"hints,omitempty"`
}

// Acknowledge tells the author of a post that it was taken, when it goes, and how to stop it, where list and member want that.
// Hints are what they may want to look at once more, and held nothing.
func (p *Panel) Acknowledge(tx *store.Tx, now time.Time, l list.List, post archive.Post, hints []string) error {
	if !l.Ack || post.Author == 0 {
		return nil
	}
	m, err := list.Member(tx, l.ID, post.Author)
	if errors.Is(err, list.ErrNoMember) || err == nil && m.NoAck {
		return nil
	}
	if err != nil {
		return err
	}
	who, err := list.GetPerson(tx, post.Author)
	if err != nil {
		return err
	}
	a := acknowledged{Post: post.Number, Hints: hints}
	if a.Members, err = list.Count(tx, l.ID); err != nil {
		return err
	}
	if a.Token, err = hold.AllowPost(tx, post.Author, uint32(post.Number), now.Add(tokenLife)); err != nil {
		return err
	}
	payload, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return queue.Put(tx, queue.Row{
		Kind: AckKind, Member: uint32(who.ID), Domain: who.Address.Domain, Payload: payload, Priority: queue.Urgent, Queued: now,
	})
}

// An Acknowledger composes acknowledgements.
type Acknowledger struct {
	db     *store.DB
	keys   *token.Keyring
	before Before
}

// Before returns earlier discussions about what a new question asks, the best first; none where nothing is like enough.
type Before func(ctx context.Context, p archive.Post) []notice.Earlier

// NewAcknowledger returns an acknowledger. Before may be nil: then no earlier discussions are named.
func NewAcknowledger(db *store.DB, keys *token.Keyring, before Before) *Acknowledger {
	return &Acknowledger{db: db, keys: keys, before: before}
}

// Render makes an acknowledgement. It returns queue.ErrDropped for a post that was taken back meanwhile, or whose author has gone.
func (a *Acknowledger) Render(ctx context.Context, row queue.Row) (queue.Outgoing, error) {
	var what acknowledged
	if err := json.Unmarshal(row.Payload, &what); err != nil {
		return queue.Outgoing{}, fmt.Errorf("row of an acknowledgement: %w", err)
	}
	t := notice.To{ID: fmt.Sprintf("ack.%d", what.Post), Now: Local(row.Queued)}
	var p archive.Post
	var own list.Words
	err := a.db.View(func(tx *store.Tx) (err error) {
		if p, err = archive.Get(tx, what.Post); err != nil {
			return err
		}
		if t.List, err = list.Get(tx, p.List); err != nil {
			return err
		}
		if own, err = list.WordsOf(tx, p.List, notice.TextAck); err != nil {
			return err
		}
		t.Person, err = list.GetPerson(tx, list.PersonID(row.Member))
		return err
	})
	if errors.Is(err, list.ErrNoPerson) || err == nil && p.State != archive.Waiting && p.State != archive.Published {
		return queue.Outgoing{}, queue.ErrDropped
	}
	if err != nil {
		return queue.Outgoing{}, err
	}
	n := notice.Ack{Subject: p.Subject, Due: Local(p.Until), Token: what.Token, Members: what.Members, Hints: what.Hints, Words: notice.Filled(own.Text, t, 0)}
	if p.Reply {
		n.Subject = "Re: " + p.Subject
	} else if a.before != nil && p.Facts.Asks {
		n.Before = a.before(ctx, p)
	}
	m, err := n.Compose(t)
	if err != nil {
		return queue.Outgoing{}, err
	}
	from := t.List.ReturnAddress(a.keys, t.Person.ID, 0, row.Queued)
	return queue.Outgoing{Row: row.ID, From: from, To: t.Person.Address, Header: m.Header, Body: m.Body, UTF8: !t.Person.Address.ASCII()}, nil
}
