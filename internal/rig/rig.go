// Package rig kills the server while it works and then asks three witnesses,
// which know nothing of each other, whether anything was lost: the journal of
// a sender, the journal of a sink that takes the copies, and the server's own
// audit.
//
// It is not shipped. Check is pure and is tested with planted faults; the rest
// drives the real binary over real sockets.
package rig

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// A Journal is what the two outer witnesses write down, each on its own side.
type Journal struct {
	mu     sync.Mutex
	acked  map[string]bool           // Message-IDs that got 250
	copies map[string]map[string]int // Message-ID -> recipient -> how often it arrived
	spoilt []string                  // copies that arrived without their text

	digests map[string]map[string]int // the same as copies, of the emails of a week
}

// NewJournal returns an empty journal.
func NewJournal() *Journal {
	return &Journal{acked: map[string]bool{}, copies: map[string]map[string]int{}, digests: map[string]map[string]int{}}
}

// Acked notes that a message was answered with 250.
func (j *Journal) Acked(id string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.acked[id] = true
}

// digestPrefix begins the Message-ID of an email of a week.
const digestPrefix = "<digest."

// Arrived notes one copy. whole says that its text was there to the last line.
func (j *Journal) Arrived(id, recipient string, whole bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	books := j.copies
	if strings.HasPrefix(id, digestPrefix) {
		books = j.digests
	}
	if books[id] == nil {
		books[id] = map[string]int{}
	}
	books[id][recipient]++
	if !whole {
		j.spoilt = append(j.spoilt, id+" for "+recipient)
	}
}

// Count is the number of messages acknowledged and of copies that arrived.
func (j *Journal) Count() (acked, copies int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, to := range j.copies {
		for _, n := range to {
			copies += n
		}
	}
	return len(j.acked), copies
}

// Digests is how many emails of a week have arrived at every one of some members.
func (j *Journal) Digests(of []string) (n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, to := range j.digests {
		if !slices.ContainsFunc(of, func(m string) bool { return to[m] == 0 }) {
			n++
		}
	}
	return n
}

// CheckDigests demands that so many emails of a week arrived, each at every member who is to have them and at nobody else, and
// that no more of their copies came again than may.
func (j *Journal) CheckDigests(want int, of []string, repeats int) (faults []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.digests) != want {
		faults = append(faults, fmt.Sprintf("%d digests of %d periods arrived", len(j.digests), want))
	}
	again := 0
	for id, to := range j.digests {
		for _, m := range of {
			again += max(0, to[m]-1)
			if to[m] == 0 {
				faults = append(faults, fmt.Sprintf("lost: no copy of %s for %s", id, m))
			}
		}
		for m := range to {
			if !slices.Contains(of, m) {
				faults = append(faults, fmt.Sprintf("a copy of %s for %s, who wants none", id, m))
			}
		}
	}
	if again > repeats {
		faults = append(faults, fmt.Sprintf("%d copies of digests came again; at most %d may", again, repeats))
	}
	slices.Sort(faults)
	return faults
}

// Audit is what the server says of itself: the part of "audit --json --posts"
// that the check needs.
type Audit struct {
	Accepted uint64            `json:"accepted"`
	Live     map[string]uint64 `json:"live"`
	Purged   map[string]uint64 `json:"purged"`
	Faults   []string          `json:"faults"`
	Posts    []AuditPost       `json:"posts"`
}

// AuditPost is one post in the server's audit.
type AuditPost struct {
	MessageID string `json:"message_id"`
	State     string `json:"intake"`
}

// Bound is what a run may at most show.
type Bound struct {
	Recipients []string // every one of them gets each post
	Duplicates int      // kills times unsettled deliveries
}

// Result is what a check found.
type Result struct {
	Posts, Copies, Duplicates int
	Faults                    []string
}

// Check compares the three witnesses. Every message that was acknowledged must
// be one post, done, with a copy for each recipient; nothing may have arrived
// that the server does not know.
func Check(j *Journal, a Audit, b Bound) Result {
	j.mu.Lock()
	defer j.mu.Unlock()
	r := Result{Posts: len(a.Posts), Faults: append(slices.Clone(a.Faults), j.spoilt...)}
	posts := map[string]int{}
	for _, p := range a.Posts {
		posts[p.MessageID]++
		if p.State != "done" {
			r.fault("post %s is %s", p.MessageID, p.State)
		}
	}
	for id, n := range posts {
		if n != 1 {
			r.fault("message %s is %d posts", id, n)
		}
	}
	for id := range j.acked {
		if posts[id] == 0 {
			r.fault("lost: message %s was acknowledged and is no post", id)
		}
	}
	for id := range posts {
		r.recipients(id, j.copies[id], b.Recipients)
	}
	for id := range j.copies {
		if posts[id] == 0 {
			r.fault("copies of message %s arrived, and it is no post", id)
		}
	}
	if r.Duplicates > b.Duplicates {
		r.fault("%d duplicates; at most %d are allowed", r.Duplicates, b.Duplicates)
	}
	sum := uint64(0)
	for _, n := range a.Live {
		sum += n
	}
	for _, n := range a.Purged {
		sum += n
	}
	if sum != a.Accepted {
		r.fault("the audit accounts for %d of %d accepted messages", sum, a.Accepted)
	}
	slices.Sort(r.Faults)
	return r
}

// recipients checks the copies of one post.
func (r *Result) recipients(id string, copies map[string]int, want []string) {
	for _, to := range want {
		n := copies[to]
		if n == 0 {
			r.fault("lost: no copy of %s for %s", id, to)
		}
		r.Copies += n
		r.Duplicates += max(0, n-1)
	}
	for to := range copies {
		if !slices.Contains(want, to) {
			r.fault("a copy of %s for %s, who is no member", id, to)
		}
	}
}

func (r *Result) fault(format string, args ...any) {
	r.Faults = append(r.Faults, fmt.Sprintf(format, args...))
}
