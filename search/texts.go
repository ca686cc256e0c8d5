package search

import (
	"sync"

	"sencoforum/archive"
	"sencoforum/message"
	"sencoforum/store"
)

// Bounds of what is remembered of texts, in bytes.
const (
	textsHalf = 4 << 20  // of the texts that were used last, and of those before them
	textLong  = 64 << 10 // a longer one is read again each time
)

// Texts are the own words of posts that were shown last, each in one line: to unpack and split a message takes ten times as long
// as to find words in it, and people search for the same things. A text is given out only for the post as it is in the store at
// that moment, and what changes of a post takes its text out of memory when the columns hear of it.
type texts struct {
	mu       sync.Mutex
	now, old map[archive.Number]oneText
	size     int // of now
}

type oneText struct {
	intake   uint64 // of the message
	revision uint32
	own      string
}

// of returns the own words of a post.
func (t *texts) of(tx *store.Tx, p archive.Post) (own string, words *message.Words, err error) {
	if own, ok := t.find(p); ok {
		return own, nil, nil
	}
	raw, err := archive.Raw(tx, p)
	if err != nil || raw == nil {
		return "", nil, err
	}
	w := message.Parse(raw).Words()
	own = oneLine(w.Own)
	t.put(p, own)
	return own, &w, nil
}

func (t *texts) find(p archive.Post) (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	one, ok := t.now[p.Number]
	if !ok {
		if one, ok = t.old[p.Number]; ok {
			t.keep(p.Number, one)
		}
	}
	return one.own, ok && one.intake == uint64(p.Intake) && one.revision == p.Revision
}

func (t *texts) put(p archive.Post, own string) {
	if len(own) > textLong || !p.Shown() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.keep(p.Number, oneText{uint64(p.Intake), p.Revision, own})
}

// keep puts a text among those that were used last. The caller holds mu.
func (t *texts) keep(n archive.Number, one oneText) {
	if t.size > textsHalf || t.now == nil {
		t.old, t.now, t.size = t.now, map[archive.Number]oneText{}, 0
	}
	t.size += len(one.own) + 64 - len(t.now[n].own)
	t.now[n] = one
}

// forget takes the texts of posts out of memory.
func (t *texts) forget(posts []archive.Post) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range posts {
		delete(t.now, p.Number)
		delete(t.old, p.Number)
	}
}
