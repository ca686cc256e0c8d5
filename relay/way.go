package relay

import (
	"errors"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
	"sencoforum/token"
)

// A Way is where a relay address leads now.
type Way struct {
	List list.List
	Post archive.Post
	To   list.Person
	Goes list.Membership // the membership of To

	answer bool // it leads to somebody whom the post's author answers, and nobody else may use it
}

// ErrNoWay is returned for a relay address that leads to nobody, or does not any more.
var ErrNoWay = errors.New("that address leads to nobody")

// Find says where an address leads: to a member, about a post that is to be seen. The error is ErrNoWay for a token that is
// not ours, of another kind or for another list, and where the post or the membership is gone.
func (b *Book) Find(tx *store.Tx, dest list.Destination) (Way, error) {
	c, err := b.keys.Verify(dest.Token, dest.List.Name)
	if err != nil || c.Kind != token.Author {
		return Way{}, ErrNoWay
	}
	w := Way{List: dest.List}
	if w.Post, err = archive.Get(tx, archive.Number(c.A)); err != nil {
		return w, noWay(err, archive.ErrNoPost)
	}
	to := w.Post.Author
	if w.answer = c.B != 0; w.answer {
		to = list.PersonID(c.B)
	}
	return w.lead(tx, to)
}

// To is the way to the author of a post, for a member who has the post and no address. The error is ErrNoWay as for Find.
func (b *Book) To(tx *store.Tx, l list.List, p archive.Post) (Way, error) {
	return Way{List: l, Post: p}.lead(tx, p.Author)
}

// lead fills in whom a way leads to.
func (w Way) lead(tx *store.Tx, to list.PersonID) (_ Way, err error) {
	if w.Post.List != w.List.ID || !seen(w.Post) || to == 0 {
		return w, ErrNoWay
	}
	if w.Goes, err = list.Member(tx, w.List.ID, to); err != nil {
		return w, noWay(err, list.ErrNoMember)
	}
	w.To, err = list.GetPerson(tx, to)
	return w, noWay(err, list.ErrNoPerson)
}

// seen reports whether members see a post. Of one that waits, was hidden, withdrawn or erased no address works.
func seen(p archive.Post) bool { return p.State == archive.Published }

func noWay(err, gone error) error {
	if errors.Is(err, gone) {
		return ErrNoWay
	}
	return err
}

// Address is where a reader answers a person about a post: the address in the footers of the post where that is its author,
// and else one that only the author may use.
func (b *Book) Address(l list.List, p archive.Post, to list.PersonID) message.Address {
	c := token.Claims{Kind: token.Author, A: uint32(p.Number)}
	if to != p.Author {
		c.B = uint32(to)
	}
	a := l.Service("author")
	a.Local += "+" + b.keys.Sign(c, l.Name)
	return a
}

// Open reports whether a member may use the address. One that leads to somebody whom the author of a post answers is for that
// author alone.
func (w Way) Open(p list.PersonID) bool { return !w.answer || p == w.Post.Author }
