package archive

import (
	"sync"

	"sencoforum/intake"
	"sencoforum/message"
	"sencoforum/store"
)

// Bounds of what an import remembers of what messages say: of those that it has stored last, as many as come between an answer
// and what it answers, mostly; and of older ones that were asked.
const (
	saidMost  = 1024
	heardMost = 1024
)

// saying is the text of a message between one change of it and the next.
type saying struct {
	id       intake.ID
	revision uint32
}

func sayingOf(p Post) saying { return saying{p.Intake, p.Revision} }

// saidLately is what messages say in their own words that are not read again when one asks: those which an import has stored
// last, and those that were read for one which may answer them. Any goroutine may use it.
type saidLately struct {
	mu    sync.Mutex // guards what follows
	said  lately[*spoken]
	heard lately[phrases]
}

// spoken is what a message says. Most are never asked.
type spoken struct {
	segments []message.Segment // until its phrases are known
	own      phrases
}

// lately is the newest of some values, at most most of them.
type lately[V any] struct {
	all   map[saying]V
	order []saying // oldest first
}

func (l *lately[V]) keep(k saying, v V, most int) {
	if _, ok := l.all[k]; ok {
		return
	}
	if l.all == nil {
		l.all = make(map[saying]V, most)
	}
	if len(l.order) == most {
		delete(l.all, l.order[0])
		l.order = l.order[1:]
	}
	l.all[k], l.order = v, append(l.order, k)
}

// keep remembers the messages of units that were stored.
func (s *saidLately) keep(units []unit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range units {
		for i := range u.all {
			p := &u.all[i]
			if p.id == 0 || p.record.Size > textMost { // of a long message only the beginning counts
				continue
			}
			s.said.keep(saying{p.id, 1}, &spoken{segments: p.post.words.Segments}, saidMost)
		}
	}
}

// forget is for when what was stored is in doubt.
func (s *saidLately) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said, s.heard = lately[*spoken]{}, lately[phrases]{}
}

// of finds what the post of a message says.
func (s *saidLately) of(p Post) (phrases, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w, ok := s.said.all[sayingOf(p)]
	if !ok {
		own, ok := s.heard.all[sayingOf(p)]
		return own, ok
	}
	if w.segments != nil {
		w.own, w.segments = ownPhrases(w.segments), nil
	}
	return w.own, true
}

// hear remembers what the post of a message says.
func (s *saidLately) hear(p Post, own phrases) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard.keep(sayingOf(p), own, heardMost)
}

// listen reads what the posts say that a message may answer by its subject, ahead of the transaction that stores it, where
// others would have to wait for that. What has come since is read there.
func (p *prepared) listen(tx *store.Tx, lately *saidLately) error {
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
	p.post.voice = voiceOf(p.post.words.Segments)
	if len(p.post.voice.quoted) == 0 {
		return nil // nobody is asked
	}
	found, err := g.suspects(key, func(found int, _ bool) bool { return found >= readMost })
	if err != nil {
		return err
	}
	read := storedPhrases(tx)
	p.heard = map[saying]phrases{}
	for _, at := range found {
		own, ok := lately.of(at)
		if !ok {
			if own, err = read(at); err != nil {
				return err
			}
			lately.hear(at, own)
		}
		p.heard[sayingOf(at)] = own
	}
	return nil
}
