package smtpd

import (
	"io"
	"sync/atomic"

	"sencoforum/list"
)

// small is what each message may hold in memory without asking, so that large
// messages that crawl in cannot keep ordinary ones out.
const small = 256 << 10

// budget is the memory left for messages in arrival beyond small.
type budget struct{ left atomic.Int64 }

// take reserves n octets, or reports false and reserves none.
func (b *budget) take(n int64) bool {
	if b.left.Add(-n) >= 0 {
		return true
	}
	b.left.Add(n)
	return false
}

func (b *budget) give(n int64) { b.left.Add(n) }

// body is a message in memory.
type body struct {
	raw    []byte
	held   int64 // of the budget
	budget *budget
}

// release gives the memory back to the budget.
func (b *body) release() {
	b.budget.give(b.held)
	b.raw, b.held = nil, 0
}

// read takes in a whole message. It returns early with a refusal when the
// message is too large, or when there is no room for it; the library then reads
// the rest and drops it. Any other error comes from r.
func (s *Server) read(r io.Reader) (body, error) {
	b := body{raw: make([]byte, 0, 16<<10), budget: &s.memory}
	for {
		if len(b.raw) == cap(b.raw) && !b.grow(s.cfg.MaxBytes+1) {
			return b, s.words.texts.Refuse(list.CaseRoom)
		}
		n, err := r.Read(b.raw[len(b.raw):cap(b.raw)])
		b.raw = b.raw[:len(b.raw)+n]
		switch {
		case int64(len(b.raw)) > s.cfg.MaxBytes:
			return b, s.words.texts.Refuse(list.CaseSize)
		case err == io.EOF:
			return b, nil
		case err != nil:
			return b, err
		}
	}
}

// grow doubles the room, up to most, or reports that the budget does not allow it.
func (b *body) grow(most int64) bool {
	size := min(2*int64(cap(b.raw)), max(most, int64(cap(b.raw))+1))
	if more := size - small - b.held; more > 0 {
		if !b.budget.take(more) {
			return false
		}
		b.held += more
	}
	raw := make([]byte, len(b.raw), size) // append would take more than was asked for
	copy(raw, b.raw)
	b.raw = raw
	return true
}
