package incoming

import (
	"context"
	"errors"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/store"
	"sencoforum/token"
)

// A post may come to L-reply+TOKEN@, from a page or a digest that could not say what it answers in any other way. The token names
// a post and gives no right: the message meets every rule of mail to the list.

// answerTo is the post that a reply address names. An address of another list, of another kind, or of a post that nobody may
// see is refused.
func (d *Desk) answerTo(tx *store.Tx, dest list.Destination) (archive.Number, error) {
	gone := d.texts(dest.List).Refuse(list.CaseToken)
	c, err := d.keys.Verify(dest.Token, dest.List.Name)
	if err != nil || c.Kind != token.Reply {
		return 0, gone
	}
	p, err := archive.Get(tx, archive.Number(c.A))
	if errors.Is(err, archive.ErrNoPost) || err == nil && (p.List != dest.List.ID || p.State != archive.Published) {
		return 0, gone
	}
	return p.Number, err
}

// reply takes a message to the reply address of a post.
func (d *Desk) reply(ctx context.Context, in *arrival) error {
	err := d.db.View(func(tx *store.Tx) (err error) {
		in.answers, err = d.answerTo(tx, in.dest)
		return err
	})
	if err != nil {
		return err
	}
	in.dest.Kind, in.dest.Token = list.KindPost, ""
	return d.post(ctx, in)
}
