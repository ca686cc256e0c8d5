package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// Values that are read by the thousand are written field by field and not as JSON: a version byte, then numbers as
// unsigned varints, texts as a length and bytes, times as milliseconds since 1970 with 0 for none.

// AppendText writes a text.
func AppendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// AppendTime writes a moment, to the millisecond.
func AppendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, 0)
	}
	return binary.AppendUvarint(b, uint64(max(t.UnixMilli(), 1)))
}

// AppendFlags writes up to eight yes or no, the first one in the lowest bit.
func AppendFlags(b []byte, flags ...bool) []byte {
	var all byte
	for i, f := range flags {
		if f {
			all |= 1 << i
		}
	}
	return append(b, all)
}

var (
	errShort   = errors.New("too short")
	errVersion = errors.New("unknown version")
)

// Fields reads fields off the front of a value. After the first error it reads zeros, and Err tells.
type Fields struct {
	rest []byte
	err  error
}

// ReadFields begins to read a value, which starts with the version.
func ReadFields(b []byte, version byte) *Fields {
	f := &Fields{rest: b}
	if v := f.Octet(); f.err == nil && v != version {
		f.fail(fmt.Errorf("%w %d", errVersion, v))
	}
	return f
}

func (f *Fields) fail(err error) {
	if f.err == nil {
		f.err = err
	}
	f.rest = nil
}

// Err is the first thing that was wrong, or nil.
func (f *Fields) Err() error { return f.err }

// Rest is what has not been read.
func (f *Fields) Rest() []byte { return f.rest }

// Octet reads one byte.
func (f *Fields) Octet() byte {
	if len(f.rest) == 0 {
		f.fail(errShort)
		return 0
	}
	c := f.rest[0]
	f.rest = f.rest[1:]
	return c
}

// Flags reads what AppendFlags wrote.
func (f *Fields) Flags(into ...*bool) {
	all := f.Octet()
	for i, to := range into {
		*to = all&(1<<i) != 0
	}
}

// Number reads an unsigned varint.
func (f *Fields) Number() uint64 {
	n, size := binary.Uvarint(f.rest)
	if size <= 0 {
		f.fail(errShort)
		return 0
	}
	f.rest = f.rest[size:]
	return n
}

// Text reads a text.
func (f *Fields) Text() string {
	n := f.Number()
	if n > uint64(len(f.rest)) {
		f.fail(errShort)
		return ""
	}
	t := string(f.rest[:n])
	f.rest = f.rest[n:]
	return t
}

// Time reads a moment in UTC.
func (f *Fields) Time() time.Time {
	ms := f.Number()
	if ms == 0 || ms > 1<<53 {
		return time.Time{}
	}
	return time.UnixMilli(int64(ms)).UTC()
}
