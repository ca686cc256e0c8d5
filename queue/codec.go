package queue

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// Both codecs begin with a version byte. Numbers are unsigned varints, texts a length and bytes, times milliseconds
// since 1970 with 0 for none.
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
	b = appendText(b, r.Kind)
	b = appendText(b, r.Domain)
	b = binary.AppendUvarint(b, r.Batch)
	b = binary.AppendUvarint(b, uint64(r.Member))
	b = appendTime(b, r.Queued)
	b = appendTime(b, r.Next)
	return append(b, r.Payload...), nil
}

func parseRow(b []byte) (Row, error) {
	s := scanner{rest: b}
	s.version()
	r := Row{
		Priority: Priority(s.octet()),
		Kind:     s.text(),
		Domain:   s.text(),
		Batch:    s.number(),
		Member:   uint32(s.number()),
		Queued:   s.time(),
		Next:     s.time(),
	}
	if s.err != nil {
		return Row{}, fmt.Errorf("parse queue row: %w", s.err)
	}
	if len(s.rest) > 0 {
		r.Payload = s.rest // the store gave us these bytes
	}
	return r, nil
}

func appendTry(b []byte, t try) ([]byte, error) {
	var flags byte
	if t.Dropped {
		flags = 1
	}
	b = append(b, codecVersion, flags)
	b = binary.AppendUvarint(b, uint64(t.Attempts))
	b = appendTime(b, t.Next)
	b = appendText(b, t.LastReply)
	return appendText(b, t.Shunted), nil
}

func parseTry(b []byte) (try, error) {
	s := scanner{rest: b}
	s.version()
	t := try{
		Dropped:   s.octet()&1 != 0,
		Attempts:  int(uint32(s.number())),
		Next:      s.time(),
		LastReply: s.text(),
		Shunted:   s.text(),
	}
	if s.err != nil {
		return try{}, fmt.Errorf("parse queue try: %w", s.err)
	}
	return t, nil
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, 0)
	}
	return binary.AppendUvarint(b, uint64(max(t.UnixMilli(), 1)))
}

var (
	errShort   = errors.New("too short")
	errVersion = errors.New("unknown version")
)

// scanner reads fields off the front of a value. After the first error it returns zeros.
type scanner struct {
	rest []byte
	err  error
}

func (s *scanner) fail(err error) {
	if s.err == nil {
		s.err = err
	}
	s.rest = nil
}

func (s *scanner) version() {
	if v := s.octet(); s.err == nil && v != codecVersion {
		s.fail(errVersion)
	}
}

func (s *scanner) octet() byte {
	if len(s.rest) == 0 {
		s.fail(errShort)
		return 0
	}
	c := s.rest[0]
	s.rest = s.rest[1:]
	return c
}

func (s *scanner) number() uint64 {
	n, size := binary.Uvarint(s.rest)
	if size <= 0 {
		s.fail(errShort)
		return 0
	}
	s.rest = s.rest[size:]
	return n
}

func (s *scanner) text() string {
	n := s.number()
	if n > uint64(len(s.rest)) {
		s.fail(errShort)
		return ""
	}
	t := string(s.rest[:n])
	s.rest = s.rest[n:]
	return t
}

func (s *scanner) time() time.Time {
	ms := s.number()
	if ms == 0 || ms > 1<<53 {
		return time.Time{}
	}
	return time.UnixMilli(int64(ms)).UTC()
}
