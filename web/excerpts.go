package web

import (
	"errors"
	"sync"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// Bounds of what is remembered of the beginnings of messages. What is removed is not asked for again, so time takes it out.
const (
	excerptsHalf = 1000 // of those that were shown last, and of those before them
	excerptsKept = 10 * time.Minute
)

// excerpts remember the beginnings of messages that stand in lists: to unpack and split twenty messages is most of the work of the
// first page. One is shown only for the message as it is in the store at that moment, to a reader who may read it.
type excerpts struct {
	mu       sync.Mutex // guards these
	now, old map[archive.Number]oneExcerpt
	began    time.Time // of now
}

type oneExcerpt struct {
	intake   uint64
	revision uint32
	text     string
}

// of returns a message that the reader may read, and how it begins; nothing where its text is not here.
func (e *excerpts) of(tx *store.Tx, r list.Reader, n archive.Number, now time.Time) (archive.Post, string, error) {
	p, err := archive.ReadPost(tx, r, n)
	if err != nil {
		return p, "", err
	}
	if text, ok := e.find(p, now); ok {
		return p, text, nil
	}
	_, raw, err := archive.ReadText(tx, r, n)
	if errors.Is(err, intake.ErrNoMessage) {
		return p, "", nil
	}
	if err != nil {
		return p, "", err
	}
	text := excerpt(message.Parse(raw).Words().Own, excerptLength)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.keep(p, text, now)
	return p, text, nil
}

func (e *excerpts) find(p archive.Post, now time.Time) (string, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if now.Sub(e.began) >= excerptsKept {
		e.turn(now)
	}
	one, ok := e.now[p.Number]
	if !ok {
		one, ok = e.old[p.Number]
	}
	if ok = ok && one.intake == uint64(p.Intake) && one.revision == p.Revision; ok {
		e.keep(p, one.text, now)
	}
	return one.text, ok
}

// keep puts one among those that were shown last. The caller holds mu.
func (e *excerpts) keep(p archive.Post, text string, now time.Time) {
	if len(e.now) >= excerptsHalf || e.now == nil {
		e.turn(now)
	}
	e.now[p.Number] = oneExcerpt{uint64(p.Intake), p.Revision, text}
}

func (e *excerpts) turn(now time.Time) {
	if now.Sub(e.began) >= 2*excerptsKept {
		e.now = nil // nobody asked for long
	}
	e.old, e.now, e.began = e.now, map[archive.Number]oneExcerpt{}, now
}
