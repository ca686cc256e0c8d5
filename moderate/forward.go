package moderate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

// A Forwarder passes mail on to people.
type Forwarder struct {
	db       *store.DB
	keys     *token.Keyring
	operator message.Address
	now      func() time.Time
}

// NewForwarder returns a forwarder. operator receives what is for the
// postmaster, and mail to a list that has no moderator; it may be zero.
func NewForwarder(db *store.DB, keys *token.Keyring, operator message.Address, now func() time.Time) *Forwarder {
	return &Forwarder{db: db, keys: keys, operator: operator, now: now}
}

// forwarded is the content of a queue row.
type forwarded struct {
	Message intake.ID       `json:"message"`
	List    list.ID         `json:"list"`
	Person  list.PersonID   `json:"person,omitempty"`
	To      message.Address `json:"to"`
	Token   string          `json:"token,omitempty"` // with which a moderator answers in the name of all; here until the mail has gone
}

// Recipients returns who gets the mail for a destination: the list's
// moderators, or the operator. Each stands in for the other where there is
// none; it may be nobody.
func (f *Forwarder) Recipients(tx *store.Tx, d list.Destination) ([]list.Person, error) {
	operator := []list.Person{{Address: f.operator}}
	if d.Kind == list.KindOperator && !f.operator.IsZero() {
		return operator, nil
	}
	people, err := list.Moderators(tx, d.List.ID)
	if err != nil || len(people) > 0 || f.operator.IsZero() {
		return people, err
	}
	return operator, nil
}

// Forward puts one row for each recipient. Mail to the owners gets each moderator a token of their own, with which they answer
// its writer in the name of all.
func (f *Forwarder) Forward(tx *store.Tx, id intake.ID, l list.ID, to []list.Person) error {
	rec, err := intake.Get(tx, id)
	if err != nil {
		return err
	}
	for _, p := range to {
		c := forwarded{Message: id, List: l, Person: p.ID, To: p.Address}
		if p.ID != 0 && rec.Kind == string(list.KindOwner) {
			now := f.now()
			if c.Token, err = allow(tx, Pending{Use: UseLetter, List: l, Person: p.ID, Message: id, Until: now.Add(letterLife)}, now); err != nil {
				return err
			}
		}
		content, err := json.Marshal(c)
		if err != nil {
			return err
		}
		row := queue.Row{
			Kind: Kind, Member: uint32(p.ID), Domain: p.Address.Domain,
			Payload: content, Priority: queue.Normal, Queued: f.now(),
		}
		if err := queue.Put(tx, row); err != nil {
			return err
		}
	}
	return nil
}

// Render composes the mail of one row. It returns queue.ErrDropped when the
// person no longer moderates the list.
func (f *Forwarder) Render(_ context.Context, r queue.Row) (queue.Outgoing, error) {
	var c forwarded
	if err := json.Unmarshal(r.Payload, &c); err != nil {
		return queue.Outgoing{}, fmt.Errorf("row of a mail to people: %w", err)
	}
	n := notice.ForPeople{To: c.To, ID: rootOf(c.Message, c.Person), Token: c.Token, Now: f.now()}
	var raw []byte
	err := f.db.View(func(tx *store.Tx) (err error) {
		raw, err = f.read(tx, c, &n)
		return err
	})
	if err != nil {
		return queue.Outgoing{}, err
	}
	m := message.Parse(raw)
	n.Writer, _ = m.From()
	err = f.db.View(func(tx *store.Tx) (err error) {
		if n.Member, err = isMember(tx, c.List, n.Writer.Address); err != nil || c.Token == "" {
			return err
		}
		root, err := threadOf(tx, n.List, c.Message, m)
		n.Root = rootOf(root, c.Person)
		return err
	})
	if err != nil {
		return queue.Outgoing{}, err
	}
	n.Subject, n.Text, n.Files = m.Subject(), m.Text(), m.Attachments()
	mail, err := n.Compose()
	if err != nil {
		return queue.Outgoing{}, err
	}
	from := n.List.ReturnAddress(f.keys, c.Person, 0, f.now())
	return queue.Outgoing{Row: r.ID, From: from, To: n.To, Header: mail.Header, Body: mail.Body, UTF8: !n.To.ASCII()}, nil
}

func (f *Forwarder) read(tx *store.Tx, c forwarded, n *notice.ForPeople) ([]byte, error) {
	rec, err := intake.Get(tx, c.Message)
	if err != nil {
		return nil, err
	}
	if n.List, err = list.Get(tx, c.List); err != nil {
		return nil, err
	}
	if err := stillModerates(tx, c, n); err != nil {
		return nil, err
	}
	n.Kind = list.Kind(rec.Kind)
	n.Verified = rec.Sender == string(list.Verified)
	return intake.Raw(tx, c.Message)
}

// stillModerates checks the person again and takes the address of today.
func stillModerates(tx *store.Tx, c forwarded, n *notice.ForPeople) error {
	if c.Person == 0 {
		return nil
	}
	m, err := list.Member(tx, c.List, c.Person)
	if errors.Is(err, list.ErrNoMember) || err == nil && !m.Role.Moderates() {
		return queue.ErrDropped
	}
	if err != nil {
		return err
	}
	p, err := list.GetPerson(tx, c.Person)
	n.To = p.Address
	return err
}

func isMember(tx *store.Tx, l list.ID, a message.Address) (bool, error) {
	p, err := list.FindPerson(tx, a)
	if errors.Is(err, list.ErrNoPerson) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = list.Member(tx, l, p.ID)
	if errors.Is(err, list.ErrNoMember) {
		return false, nil
	}
	return err == nil, err
}
