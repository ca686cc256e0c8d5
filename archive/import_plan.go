package archive

import (
	"bytes"
	"context"
	"fmt"
	"hash/maphash"
	"iter"
	"slices"
	"time"

	"sencoforum/message"
)

// ImportPlan is what was found in old archives, in the order in which it will be stored: that of the dates. It keeps a
// bounded number of bytes for each message, and reads the messages again when they are wanted.
type ImportPlan struct {
	Messages  int // that were found
	Undated   int // that take the date of their neighbour
	Repaired  int // whose Date field is absurd or missing, and another field tells
	Broken    int // that answer messages which are not in the archives
	WithoutID int // that have no Message-ID
	Unread    int // that could not be read from their place

	// FixOne, if set, is done to each message on its way to the store and says what it did.
	FixOne func(raw []byte) ([]byte, ImportFix)
	// Numbered says that the archive is one of Mailman's, whose pages are numbered in the order of the archive.
	Numbered bool

	sources []ImportSource
	found   []importFound
	dates   []ImportDates // of found, until they are decided
	ids     map[uint64]struct{}
	seed    maphash.Seed
	tags    oldTags
	fixed   ImportFixes
}

// ImportFixes counts what was put right.
type ImportFixes struct{ Footers, Via, Tags int }

// ImportFix is what was put right in a message.
type ImportFix struct{ Footer, Via, Tag bool }

// importFound is one message that was found.
type importFound struct {
	at, size int64
	written  time.Time
	answers  uint64 // hash of the message that it answers; 0 for none
	source   int32
	number   int32  // its place in the archive, from 0
	bad      string // why it is left out; empty if it is not
}

// ImportItem is a message to be imported.
type ImportItem struct {
	Raw     []byte
	Written time.Time
	OldURL  string // the end of the address of its page in an old archive; empty for none

	Where string // the place in its source, for people
	Bad   string // why it cannot be imported; Raw is then empty
}

// NewImportPlan returns an empty plan.
func NewImportPlan() *ImportPlan {
	return &ImportPlan{ids: map[uint64]struct{}{}, seed: maphash.MakeSeed()}
}

// Add finds the messages of a source. The error is one of reading it.
func (p *ImportPlan) Add(ctx context.Context, s ImportSource) error {
	p.sources = append(p.sources, s)
	first := len(p.found)
	err := scanAhead(ctx, s, func(f ImportFound) {
		if n := len(p.found); n > first && p.found[n-1].size < 0 {
			p.found[n-1].size = f.At - p.found[n-1].at
		}
		p.note(f)
	})
	if n := len(p.found); n > first && p.found[n-1].size < 0 {
		if m, ok := s.(*MboxSource); ok {
			p.found[n-1].size = m.Size - p.found[n-1].at
		}
	}
	return err
}

// What scanAhead hands over at once, in messages and in bytes: as much as makes the handing over cheap.
const (
	aheadMessages = 64
	aheadBytes    = 1 << 20
)

// scanAhead yields what a source has, in its order, while the source is read on beside that: both take about the same time.
func scanAhead(ctx context.Context, s ImportSource, yield func(ImportFound)) error {
	pieces := make(chan []ImportFound, 2)
	var failed error // of the scan; to be read when pieces is closed
	go func() {
		defer close(pieces)
		var piece []ImportFound
		size := 0
		failed = s.scan(func(f ImportFound) error {
			piece, size = append(piece, f), size+len(f.Raw)
			if len(piece) >= aheadMessages || size >= aheadBytes {
				pieces <- piece
				piece, size = nil, 0
			}
			return ctx.Err()
		})
		pieces <- piece
	}()
	for piece := range pieces {
		for _, f := range piece {
			yield(f)
		}
	}
	return failed
}

// note keeps what is needed of a message.
func (p *ImportPlan) note(f ImportFound) {
	e := importFound{at: f.At, size: f.Size, source: int32(len(p.sources) - 1), number: int32(len(p.found)), bad: f.Fault}
	d := ImportDates{Postmark: f.Postmark}
	p.Messages++
	switch {
	case e.bad != "":
		p.Unread++
	case f.TooLarge:
		e.bad = fmt.Sprintf("larger than %d MB", MaxImported>>20)
	case len(bytes.TrimSpace(f.Raw)) == 0:
		e.bad = "empty"
	default:
		m := headerOf(f.Raw)
		d.Date, _ = m.Date()
		d.Received = receivedAt(m.Header)
		if id := m.MessageID(); !m.Header.Has("Message-ID") {
			p.WithoutID++
		} else {
			p.ids[p.hash(id)] = struct{}{}
		}
		if up := answered(m); up != "" {
			e.answers = p.hash(up)
		}
		p.tags.note(m, f.Raw)
	}
	p.found, p.dates = append(p.found, e), append(p.dates, d)
}

func (p *ImportPlan) hash(id string) uint64 { return max(1, maphash.String(p.seed, id)) }

// headerOf reads the header of a message alone, which takes a tenth of the time of reading it whole.
func headerOf(raw []byte) *message.Message {
	h, body := message.ReadHeader(raw)
	return &message.Message{Header: h, Root: &message.Part{Header: h, Raw: raw, Body: body}}
}

// answered is the Message-ID that a message answers first of all, or empty.
func answered(m *message.Message) string {
	if up := m.References(); len(up) > 0 {
		return up[len(up)-1]
	}
	if up := m.InReplyTo(); len(up) > 0 {
		return up[0]
	}
	return ""
}

// receivedAt is the date of the newest Received field that has one.
func receivedAt(h message.Header) time.Time {
	for _, v := range h.Values("Received") {
		m := message.Message{Header: message.NewHeader(message.Field{Name: "Date", Value: v})}
		if t, ok := m.Date(); ok {
			return t
		}
	}
	return time.Time{}
}

// Order decides the dates and puts the messages into the order of these; those of one date stay as they are. It is
// called once, when all sources are added.
func (p *ImportPlan) Order(now time.Time) {
	written, from := decideDates(p.dates, now)
	for i := range p.found {
		f := &p.found[i]
		f.written = written[i]
		if f.bad != "" {
			continue
		}
		switch from[i] {
		case DateRepaired:
			p.Repaired++
		case DateOfOther:
			p.Undated++
		}
		if _, known := p.ids[f.answers]; f.answers != 0 && !known {
			p.Broken++
		}
	}
	p.dates, p.ids = nil, nil
	slices.SortStableFunc(p.found, func(a, b importFound) int { return a.written.Compare(b.written) })
}

// Gaps are the months without a message between the first and the last, as 2006-01.
func (p *ImportPlan) Gaps() (gaps []string) {
	const layout = "2006-01"
	at := time.Time{}
	for _, f := range p.found {
		month := time.Date(f.written.UTC().Year(), f.written.UTC().Month(), 1, 0, 0, 0, 0, time.UTC)
		if f.bad != "" {
			continue
		}
		for !at.IsZero() && at.Before(month) {
			gaps = append(gaps, at.Format(layout))
			at = at.AddDate(0, 1, 0)
		}
		at = month.AddDate(0, 1, 0)
	}
	return gaps
}

// Span is the dates of the first and of the last message.
func (p *ImportPlan) Span() (first, last time.Time) {
	if len(p.found) == 0 {
		return first, last
	}
	return p.found[0].written, p.found[len(p.found)-1].written
}

// Tag is what the list of the archive put before its subjects, such as "[SENCO]", as far as its messages tell; empty: nothing.
func (p *ImportPlan) Tag() string { return p.tags.tag() }

// LeftOut are the messages that are not handed over, with the reason.
func (p *ImportPlan) LeftOut() (all []ImportItem) {
	for _, f := range p.found {
		if f.bad != "" {
			all = append(all, ImportItem{Written: f.written, Where: where(p.sources[f.source], f.at), Bad: f.bad})
		}
	}
	return all
}

// Fixed is what was put right in the messages that Items has yielded. It is to be asked when that has ended.
func (p *ImportPlan) Fixed() ImportFixes { return p.fixed }

func (c *ImportFixes) count(done ImportFix) {
	if done.Footer {
		c.Footers++
	}
	if done.Via {
		c.Via++
	}
	if done.Tag {
		c.Tags++
	}
}

// Items yields the messages in the order of their dates. The error is one of reading them, and the last that is yielded.
func (p *ImportPlan) Items() iter.Seq2[ImportItem, error] {
	return func(yield func(ImportItem, error) bool) {
		for _, f := range p.found {
			s := p.sources[f.source]
			item := ImportItem{Written: f.written, Where: where(s, f.at), Bad: f.bad}
			if p.Numbered {
				item.OldURL = oldPage(f.written, int(f.number))
			}
			var err error
			if f.bad == "" {
				item.Raw, err = s.read(f.at, f.size)
			}
			if err == nil && f.bad == "" && p.FixOne != nil {
				var done ImportFix
				item.Raw, done = p.FixOne(item.Raw)
				p.fixed.count(done)
			}
			if !yield(item, err) || err != nil {
				return
			}
		}
	}
}

func where(s ImportSource, at int64) string {
	if m, ok := s.(*Maildir); ok {
		return m.Path(at)
	}
	return fmt.Sprintf("%s, byte %d", s.Name(), at)
}
