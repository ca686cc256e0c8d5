package queue

import (
	"encoding/binary"
	"fmt"
	"time"

	"sencoforum/store"
)

// codecVersion is the first byte of both values.
const codecVersion = 1

// try is what is known of a row that did not go at its first attempt.
type try struct {
	Attempts  int
	Next      time.Time // zero: at once
	LastReply string
	Shunted   string
	Dropped   bool // an operator does not want it any more
}

// appendRow writes the part of a row that never changes; the key holds its number.
func appendRow(b []byte, r Row) ([]byte, error) {
	b = append(b, codecVersion, byte(r.Priority))
	b = store.AppendText(b, r.Kind)
	b = store.AppendText(b, r.Domain)
	b = binary.AppendUvarint(b, r.Batch)
	b = binary.AppendUvarint(b, uint64(r.Member))
	b = store.AppendTime(b, r.Queued)
	b = store.AppendTime(b, r.Next)
	return append(b, r.Payload...), nil
}

func parseRow(b []byte) (Row, error) {
	f := store.ReadFields(b, codecVersion)
	r := Row{
		Priority: Priority(f.Octet()),
		Kind:     f.Text(),
		Domain:   f.Text(),
		Batch:    f.Number(),
		Member:   uint32(f.Number()),
		Queued:   f.Time(),
		Next:     f.Time(),
	}
	if f.Err() != nil {
		return Row{}, fmt.Errorf("parse queue row: %w", f.Err())
	}
	if rest := f.Rest(); len(rest) > 0 {
		r.Payload = rest // the store gave us these bytes
	}
	return r, nil
}

func appendTry(b []byte, t try) ([]byte, error) {
	b = store.AppendFlags(append(b, codecVersion), t.Dropped)
	b = binary.AppendUvarint(b, uint64(t.Attempts))
	b = store.AppendTime(b, t.Next)
	b = store.AppendText(b, t.LastReply)
	return store.AppendText(b, t.Shunted), nil
}

func parseTry(b []byte) (try, error) {
	f := store.ReadFields(b, codecVersion)
	t := try{
		Dropped:   f.Octet()&1 != 0,
		Attempts:  int(uint32(f.Number())),
		Next:      f.Time(),
		LastReply: f.Text(),
		Shunted:   f.Text(),
	}
	if f.Err() != nil {
		return try{}, fmt.Errorf("parse queue try: %w", f.Err())
	}
	return t, nil
}
