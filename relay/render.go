package relay

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/store"
)

// payload is what a queue row holds: the number of the message.
func payload(id intake.ID) []byte { return strconv.AppendUint(nil, uint64(id), 10) }

func parsePayload(b []byte) (intake.ID, error) {
	n, err := strconv.ParseUint(string(b), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("row of a private message: %w", err)
	}
	return intake.ID(n), nil
}

// Render composes the copy of one row. It returns queue.ErrDropped when one of the two is no member any more or may not write
// or be written to, when the reader has muted the writer, and when the post is gone.
func (b *Book) Render(_ context.Context, r queue.Row) (queue.Outgoing, error) {
	id, err := parsePayload(r.Payload)
	if err != nil {
		return queue.Outgoing{}, err
	}
	m := mail{id: fmt.Sprintf("private.%d", id)}
	var reader list.Person
	var e Entry
	err = b.db.View(func(tx *store.Tx) error {
		if e, reader, err = b.still(tx, id); err != nil {
			return err
		}
		return b.read(tx, id, e, &m)
	})
	if err != nil {
		return queue.Outgoing{}, err
	}
	out := queue.Outgoing{Row: r.ID, From: m.list.ReturnAddress(b.keys, e.To, uint32(e.Post), b.now()), To: reader.Address, UTF8: !reader.Address.ASCII()}
	if out.Header, out.Body, out.EightBit, err = m.compose(); err != nil {
		return queue.Outgoing{}, fmt.Errorf("compose private message %d: %w", id, err)
	}
	return out, nil
}

// still looks again at what was so when the message was taken, and returns the reader as of now.
func (b *Book) still(tx *store.Tx, id intake.ID) (e Entry, reader list.Person, err error) {
	e, ok, err := entries.Get(tx, id)
	if err != nil {
		return e, reader, err
	}
	if !ok || !e.relayed() {
		return e, reader, queue.ErrDropped
	}
	for _, p := range []list.PersonID{e.From, e.To} {
		m, err := list.Member(tx, e.List, p)
		if errors.Is(err, list.ErrNoMember) || err == nil && (m.NoRelay || p == e.To && m.Suspended) {
			return e, reader, queue.ErrDropped
		}
		if err != nil {
			return e, reader, err
		}
	}
	silent, err := b.Muted(tx, e.To, e.From)
	if err != nil {
		return e, reader, err
	}
	p, err := archive.Get(tx, e.Post)
	if silent || errors.Is(err, archive.ErrNoPost) || err == nil && !seen(p) {
		return e, reader, queue.ErrDropped
	}
	if err != nil {
		return e, reader, err
	}
	reader, err = list.GetPerson(tx, e.To)
	return e, reader, err
}

// read loads what the copy is made of.
func (b *Book) read(tx *store.Tx, id intake.ID, e Entry, m *mail) error {
	raw, err := intake.Raw(tx, id)
	if errors.Is(err, intake.ErrNoMessage) { // it was kept for as long as it may be
		return queue.ErrDropped
	}
	if err != nil {
		return err
	}
	if m.list, err = list.Get(tx, e.List); err != nil {
		return err
	}
	post, err := archive.Get(tx, e.Post)
	if err != nil {
		return err
	}
	writer, err := list.GetPerson(tx, e.From)
	if err != nil {
		return err
	}
	m.message = message.Parse(raw)
	m.writer, m.back = nameOf(writer, m.message), b.Address(m.list, post, e.From)
	var ok bool
	if m.date, ok = m.message.Date(); !ok {
		m.date = e.At
	}
	return m.thread(tx)
}

// thread keeps of the Message-IDs that the message names those which its reader has: of posts of the list and of our own
// mails. Others name the mail hosts of the two.
func (m *mail) thread(tx *store.Tx) error {
	for _, from := range []struct {
		ids  []string
		into *[]string
	}{{m.message.References(), &m.refs}, {m.message.InReplyTo(), &m.replies}} {
		for _, id := range from.ids {
			known := strings.HasPrefix(id, "<private.") && strings.HasSuffix(id, "@"+m.list.Domain+">")
			if !known {
				var err error
				if known, err = archive.Bears(tx, m.list.ID, id); err != nil {
					return err
				}
			}
			if known {
				*from.into = append(*from.into, id)
			}
		}
	}
	return nil
}
