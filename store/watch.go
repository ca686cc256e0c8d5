package store

import "sync"

// bells are the channels of those who watch tables.
type bells struct {
	mu     sync.Mutex // guards tables
	tables map[string]map[chan struct{}]bool
}

// Watch returns a channel that gets a token after each commit that put a row into one of the tables; tokens
// that nobody has fetched are one. It says "look again" and carries no data. The watch ends with stop; the
// channel is never closed.
func (db *DB) Watch(tables ...string) (bell <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	db.bells.add(c, tables)
	return c, func() { db.bells.remove(c, tables) }
}

func (b *bells) add(c chan struct{}, tables []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tables == nil {
		b.tables = make(map[string]map[chan struct{}]bool)
	}
	for _, t := range tables {
		if b.tables[t] == nil {
			b.tables[t] = make(map[chan struct{}]bool)
		}
		b.tables[t][c] = true
	}
}

func (b *bells) remove(c chan struct{}, tables []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range tables {
		delete(b.tables[t], c)
	}
}

func (b *bells) ring(tables []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range tables {
		for c := range b.tables[t] {
			select {
			case c <- struct{}{}:
			default:
			}
		}
	}
}
