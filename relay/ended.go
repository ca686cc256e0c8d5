package relay

import (
	"errors"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
)

// Ended is told how a row of this package's ended, in the transaction that settles it. The bytes of the message go; who wrote
// to whom stays for its time. A message that did not arrive is told to its writer, who alone can send it again. It returns
// the entry, for whoever counts what an address refuses.
func (b *Book) Ended(tx *store.Tx, r queue.Row, res queue.Result) (Entry, error) {
	id, err := parsePayload(r.Payload)
	if err != nil {
		return Entry{}, err
	}
	e, ok, err := entries.Get(tx, id)
	if err != nil || !ok { // it was purged meanwhile
		return e, err
	}
	if res.Outcome != queue.Delivered {
		if err := b.tell(tx, id, e); err != nil {
			return e, err
		}
	}
	return e, intake.Strip(tx, id)
}

// tell mails the writer of a message that did not arrive, as long as the writer is a member.
func (b *Book) tell(tx *store.Tx, id intake.ID, e Entry) error {
	_, err := list.Member(tx, e.List, e.From)
	if errors.Is(err, list.ErrNoMember) {
		return nil
	}
	if err != nil {
		return err
	}
	raw, err := intake.Raw(tx, id)
	if errors.Is(err, intake.ErrNoMessage) {
		return nil
	}
	if err != nil {
		return err
	}
	l, err := list.Get(tx, e.List)
	if err != nil {
		return err
	}
	writer, err := list.GetPerson(tx, e.From)
	if err != nil {
		return err
	}
	reader, err := list.GetPerson(tx, e.To)
	if err != nil {
		return err
	}
	post, err := archive.Get(tx, e.Post)
	if err != nil && !errors.Is(err, archive.ErrNoPost) {
		return err
	}
	about := notice.Private{Other: shown(reader, post)}
	m, err := about.Undelivered(b.to(l, writer), l.Hide(b.keys)(message.Parse(raw).Subject()))
	if err != nil {
		return err
	}
	return queue.PutLetter(tx, queue.Letter{
		From: l.ReturnAddress(b.keys, writer.ID, 0, b.now()), To: writer.Address, Header: m.Header, Body: m.Body,
		Member: uint32(writer.ID), Priority: queue.Normal, Queued: b.now(),
	})
}
