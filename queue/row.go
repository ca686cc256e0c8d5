package queue

import (
	"errors"
	"fmt"
	"time"
)

// Limits of one row.
const (
	MaxPayload = 64 << 10 // bytes of a row's payload
	maxKind    = 64       // bytes of a row's kind
	maxDomain  = 255      // octets of a domain (RFC 5321 §4.5.3.1.2)
)

// RowID is the number of a row. Numbers rise in the order of putting and are never used again.
type RowID uint64

// Priority orders the rows that are due; the smaller goes first.
type Priority uint8

// The priorities. The numbers are on disk.
const (
	Urgent Priority = 0 // sign-in codes and confirmations: somebody is waiting
	Normal Priority = 1 // notices and posts
	Bulk   Priority = 2 // digests and whatever may come tomorrow
)

// Row is one copy for one recipient that has not gone yet. Kind and Payload mean nothing to the queue: they are for
// the [Render] function. Times are kept to the millisecond.
type Row struct {
	ID       RowID
	Kind     string // who renders it: "post", "owner"
	Batch    uint64 // the batch it belongs to; 0 is a lone mail
	Member   uint32 // its number within the batch
	Domain   string // the recipient's domain, lower-case A-labels
	Payload  []byte // at most MaxPayload bytes
	Priority Priority
	Queued   time.Time // when it was put; its lifetime begins here

	Attempts  int       // how often it was tried
	Next      time.Time // not before this; zero is at once
	LastReply string    // the last refusal, as one line
	Shunted   string    // why it could not be rendered; empty for a sound row
}

// check says what Put would not take.
func (r *Row) check() error {
	switch {
	case r.Kind == "" || len(r.Kind) > maxKind:
		return fmt.Errorf("kind of %d bytes, want 1 to %d", len(r.Kind), maxKind)
	case r.Domain == "" || len(r.Domain) > maxDomain:
		return fmt.Errorf("domain of %d bytes, want 1 to %d", len(r.Domain), maxDomain)
	case len(r.Payload) > MaxPayload:
		return fmt.Errorf("payload of %d bytes, want at most %d", len(r.Payload), MaxPayload)
	case r.Priority > Bulk:
		return fmt.Errorf("unknown priority %d", r.Priority)
	case r.Queued.UnixMilli() <= 0:
		return errors.New("no queued time")
	}
	return nil
}
