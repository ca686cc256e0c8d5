package rig

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"sencoforum/queue"
)

// sorry stands in every refusal that a bad host makes, so that it can be found
// again in the server's books.
const sorry = "closed for the holidays"

// A copyOf names one copy: a post and who it is for.
type copyOf struct{ id, to string }

// A ledger is what a mail host knows of the copies it met. It may be used from
// many sessions at once.
type ledger struct {
	mu      sync.Mutex     // guards the rest
	taken   map[copyOf]int // written down before anything is said
	unsaid  map[copyOf]int // of these, without a whole 250 after it
	refused map[string]int // recipient -> how often he was refused for good
	texts   map[copyOf]int // the same by the Message-ID in the first line of the text
	faults  []string       // what the server did that it must never do
	met     int            // how often the vice showed
}

func newLedger() *ledger {
	return &ledger{taken: map[copyOf]int{}, unsaid: map[copyOf]int{}, refused: map[string]int{}, texts: map[copyOf]int{}}
}

func (l *ledger) note(change func(*ledger)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(l)
}

// shown returns how often the vice showed.
func (l *ledger) shown() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.met
}

// took notes a copy. whole says that its text was there to the last line.
func (l *ledger) took(c copyOf, whole bool) {
	l.note(func(l *ledger) {
		l.taken[c]++
		if !whole {
			l.faults = append(l.faults, fmt.Sprintf("the copy of %s for %s came without its text", c.id, c.to))
		}
	})
}

// booked is how the server's own books have one copy in the end.
type booked struct {
	outcome queue.Outcome
	words   string // the other side's, of a failure
}

// A reckoning is all that is known of some posts when everything has ended:
// the server said 250 for each of them.
type reckoning struct {
	posts []string // Message-IDs
	to    []string // who should get each
	host  *ledger
	books map[copyOf]booked
}

// A bill is what a reckoning comes to.
type bill struct {
	Delivered, Failed int
	Repeats, Unsaid   int // copies taken more than once, and taken without a word
	Faults            []string
}

// bill compares the host's ledger with the server's books. Each copy must be
// in exactly one state that both sides agree to: delivered, and the host has
// it; or failed, and the host has said so. It may have come once more for each
// time that the host took it and did not say so.
func (r reckoning) bill() bill {
	r.host.mu.Lock()
	defer r.host.mu.Unlock()
	b := bill{Faults: slices.Clone(r.host.faults)}
	failed := map[string]int{}
	for _, id := range r.posts {
		for _, to := range r.to {
			c := copyOf{id, to}
			b.copy(r, c)
			if r.books[c].outcome == queue.Failed {
				failed[to]++
			}
		}
	}
	for to, n := range failed {
		if said := r.host.refused[to]; n > said {
			b.fault("%d copies for %s failed, and the host refused only %d", n, to, said)
		}
	}
	for c := range r.host.taken {
		if !slices.Contains(r.posts, c.id) || !slices.Contains(r.to, c.to) {
			b.fault("a copy of %s for %s, which nobody asked for", c.id, c.to)
		}
	}
	slices.Sort(b.Faults)
	return b
}

// copy accounts for one copy.
func (b *bill) copy(r reckoning, c copyOf) {
	taken, unsaid := r.host.taken[c], r.host.unsaid[c]
	has := r.books[c]
	b.Unsaid += unsaid
	b.Repeats += max(0, taken-1)
	switch {
	case has.outcome == queue.Delivered && taken == 0:
		b.fault("lost: %s for %s counts as delivered, and the host does not have it", c.id, c.to)
	case has.outcome == queue.Delivered && taken == unsaid:
		b.fault("%s for %s counts as delivered, and the host never said so", c.id, c.to)
	case has.outcome == queue.Failed && taken > unsaid:
		b.fault("%s for %s counts as failed, and the host took it", c.id, c.to)
	case has.outcome == queue.Failed && !strings.Contains(has.words, sorry):
		b.fault("%s for %s failed, and the host's words are not kept: %q", c.id, c.to, has.words)
	case has.outcome != queue.Delivered && has.outcome != queue.Failed:
		b.fault("%s for %s is %s", c.id, c.to, has.outcome)
	}
	if taken-1 > unsaid {
		b.fault("%s for %s came %d times, and the host was silent only %d times", c.id, c.to, taken, unsaid)
	}
	switch has.outcome {
	case queue.Delivered:
		b.Delivered++
	case queue.Failed:
		b.Failed++
	}
}

func (b *bill) fault(format string, args ...any) {
	b.Faults = append(b.Faults, fmt.Sprintf(format, args...))
}
