package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"sencoforum/message"
	"sencoforum/store"
)

// LetterKind is the kind of the rows that PutLetter writes and RenderLetter renders.
const LetterKind = "letter"

// letterVersion is the first byte of a letter's payload.
const letterVersion = 1

// ErrLetterTooLong is returned by PutLetter for a letter that a row cannot hold.
var ErrLetterTooLong = fmt.Errorf("the letter is longer than %d bytes", MaxPayload)

// A Letter is a mail to one person that is composed when it is put, not when it is sent. It is for short mail of the
// server's own; what goes to many, or may change while it waits, has a kind and a [Render] of its own. Whoever keeps
// anything secret in a letter, such as a token, should know that the store has it until the letter has gone.
type Letter struct {
	From message.Address // envelope sender: a return address, or zero for the null sender, which is never signed
	To   message.Address

	Header []byte // whole lines, CRLF
	Body   []byte // begins with the blank line that ends the header; CRLF

	Priority Priority
	Member   uint32    // the number of the person it goes to, 0 for nobody known
	Queued   time.Time // when it was put; its lifetime begins here
}

// PutLetter adds a letter to the queue, as a lone mail of the caller's transaction. The error is ErrLetterTooLong,
// wrapped, when address, header and body together are longer than MaxPayload.
func PutLetter(tx *store.Tx, l Letter) error {
	if l.To.IsZero() || len(l.Header) == 0 || len(l.Body) == 0 {
		return errors.New("put letter: it has no recipient, header or body")
	}
	payload := l.payload()
	if len(payload) > MaxPayload {
		return fmt.Errorf("put letter of %d bytes: %w", len(payload), ErrLetterTooLong)
	}
	return Put(tx, Row{
		Kind: LetterKind, Member: l.Member, Domain: l.To.Domain, Payload: payload, Priority: l.Priority, Queued: l.Queued,
	})
}

func (l Letter) payload() []byte {
	b := []byte{letterVersion}
	for _, s := range []string{l.From.Local, l.From.Domain, l.To.Local, l.To.Domain, string(l.Header)} {
		b = store.AppendText(b, s)
	}
	return append(b, l.Body...)
}

// RenderLetter is the Render function of letters: the copy is what was put.
func RenderLetter(_ context.Context, r Row) (Outgoing, error) { return ReadLetter(r) }

// ReadLetter returns the mail that is in a letter's row.
func ReadLetter(r Row) (Outgoing, error) {
	f := store.ReadFields(r.Payload, letterVersion)
	out := Outgoing{
		Row:    r.ID,
		From:   message.Address{Local: f.Text(), Domain: f.Text()},
		To:     message.Address{Local: f.Text(), Domain: f.Text()},
		Header: []byte(f.Text()),
	}
	if f.Err() != nil {
		return Outgoing{}, fmt.Errorf("parse letter: %w", f.Err())
	}
	out.Body = slices.Clone(f.Rest())
	if out.To.IsZero() || len(out.Header) == 0 || len(out.Body) == 0 {
		return Outgoing{}, errors.New("parse letter: a part of it is missing")
	}
	out.UTF8 = !out.To.ASCII() || beyondASCII(out.Header)
	out.EightBit = beyondASCII(out.Body)
	return out, nil
}

func beyondASCII(b []byte) bool {
	return slices.ContainsFunc(b, func(c byte) bool { return c > '~' })
}
