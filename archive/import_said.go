package archive

import (
	"sencoforum/intake"
	"sencoforum/message"
	"sencoforum/store"
)

// saidMost is how many of the messages that were stored last are not read again when one asks what they say: as many as
// come between an answer and what it answers, mostly.
const saidMost = 1024

// saidLately is what the messages said that an import has stored last. It belongs to the goroutine that stores them.
type saidLately struct {
	words map[intake.ID]message.Words
	order []intake.ID // oldest first
}

// keep remembers the messages of units that were stored.
func (s *saidLately) keep(units []unit) {
	if s.words == nil {
		s.words = make(map[intake.ID]message.Words, saidMost)
	}
	for _, u := range units {
		for i := range u.all {
			p := &u.all[i]
			if p.id == 0 || p.record.Size > textMost { // of a long message only the beginning counts
				continue
			}
			if len(s.order) == saidMost {
				delete(s.words, s.order[0])
				s.order = s.order[1:]
			}
			s.words[p.id], s.order = p.post.words, append(s.order, p.id)
		}
	}
}

// of finds what a message says: among those that were stored last, or in what was heard before.
func (s *saidLately) of(id intake.ID, heard map[intake.ID]message.Words) (message.Words, bool) {
	w, ok := s.words[id]
	if !ok {
		w, ok = heard[id]
	}
	return w, ok
}

// listen reads what the posts say that a message may answer by its subject, ahead of the transaction that stores it, where
// others would have to wait for that. What has come since is read there.
func (p *prepared) listen(tx *store.Tx) error {
	if p.known || p.reason != "" || len(p.post.References)+len(p.post.InReplyTo) > 0 {
		return nil
	}
	post := p.post.Post
	post.Imported = true
	g := placing{placer: placer{tx: tx}, post: &post, from: p.post}
	about, mark := g.about()
	key, ok := alikeKey(post, about)
	if !ok || mark == markNone {
		return nil
	}
	found, err := g.suspects(key)
	if err != nil {
		return err
	}
	read := storedWords(tx)
	p.heard = map[intake.ID]message.Words{}
	for _, at := range found[:min(len(found), readMost)] {
		if p.heard[at.Intake], err = read(at); err != nil {
			return err
		}
	}
	return nil
}
