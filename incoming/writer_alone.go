package incoming

import (
	"errors"
	"fmt"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/relay"
	"sencoforum/store"
)

// sendAlone lets a message that waits for its author's word go to the author of a post and to nobody else, as if it had been
// written to the address for that. Who may write to whom, and how much, is the relay's to say; what it refuses goes on waiting.
func (d *Desk) sendAlone(tx *store.Tx, in *arrival, it hold.Item, post archive.Post, read string) error {
	if d.cfg.Relay == nil {
		return errNotYes
	}
	way, err := d.cfg.Relay.To(tx, in.dest.List, post)
	if errors.Is(err, relay.ErrNoWay) {
		return errNotYes
	}
	if err != nil {
		return err
	}
	m, err := list.Member(tx, it.List, it.Author)
	if err != nil {
		return err
	}
	r := relay.Request{Texts: in.texts, Auth: list.Verified, Writer: &m, Reader: way.Goes, Self: way.To.ID == it.Author}
	if r.Muted, err = d.cfg.Relay.Muted(tx, way.To.ID, it.Author); err != nil {
		return err
	}
	if r.Written, err = d.cfg.Relay.Written(tx, it.Author); err != nil {
		return err
	}
	if v := relay.Decide(r); v.Action != list.Accept {
		return v.Refusal
	}
	subject := subjectOf(tx, it.Message)
	if err := hold.Remove(tx, it); err != nil {
		return err
	}
	if err := intake.Move(tx, it.Message, intake.Status{State: intake.Handled, Since: d.cfg.Now(), Reason: "its author sent it to one member"}); err != nil {
		return err
	}
	if err := intake.Claim(tx, it.Message, it.Key); err != nil {
		return err
	}
	if err := d.cfg.Relay.Send(tx, relay.Letter{Message: it.Message, Key: it.Key, Way: way, From: it.Author, Came: it.Since}); err != nil {
		return err
	}
	who, err := list.GetPerson(tx, it.Author)
	if err != nil {
		return err
	}
	to := notice.To{List: in.dest.List, Person: who, Now: d.cfg.Now(), Answers: in.id, ID: fmt.Sprintf("alone.%d.%d", it.Author, d.cfg.Now().UnixNano())}
	mail, err := notice.SentToOne{Subject: subject, Name: post.AuthorName, Read: read}.Compose(to)
	if err != nil {
		return err
	}
	return d.putLetter(tx, to, mail)
}
