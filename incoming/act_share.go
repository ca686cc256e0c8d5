package incoming

import (
	"errors"

	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/store"
)

// share makes a post of a mail to the moderators, which then waits for their word. It is looked through as any other post is.
func (d *Desk) share(tx *store.Tx, s *staff) error {
	l := s.in.dest.List
	draft, err := moderate.Shared(tx, l, s.what.Message, s.ask.word != "share")
	if err != nil {
		return d.gone(tx, s, err)
	}
	var places []string
	if d.cfg.Pupil != nil {
		raw, err := draft.Message(l, s.who, d.cfg.Now())
		if err != nil {
			return err
		}
		places = d.cfg.Pupil(l, message.Parse(raw)).Places
	}
	s.did = s.ask.word
	it, err := d.cfg.Panel.Share(tx, s.hand, l, draft, places)
	switch {
	case errors.Is(err, moderate.ErrSharing) && it.Number != 0:
		return d.undone(tx, s, "That email was shared already. It waits as #"+it.Number.Code()+" for one of you to\napprove it.")
	case errors.Is(err, moderate.ErrSharing):
		return d.undone(tx, s, "That email was shared already: it is before the members.")
	case err != nil:
		return err
	}
	return d.makeRoom(tx, l.ID)
}
