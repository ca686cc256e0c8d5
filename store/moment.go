package store

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"
)

// A moment in a compact value is, in big-endian bytes:
//
//	none     the zero time
//	1        the number of another field of the same struct, which has the same moment and its bytes
//	5        seconds since 1970, signed
//	7        these, and the distance from UTC in minutes, signed
//	9        seconds, nanoseconds in 4 bytes
//	11       seconds, nanoseconds, distance
const (
	secondBytes = 5
	nanoBytes   = 4
	zoneBytes   = 2
	secondsMost = 1 << 39 // either way, which is 17,000 years
)

var errMoment = errors.New("no moment")

// moments are those of one struct that were written or read so far.
type moments struct {
	known []knownMoment
	same  []sameMoment // read, and not settled yet
	room  [4]knownMoment
	twice [4]sameMoment // the room of same
}

type knownMoment struct {
	number byte
	at     time.Time
}

// sameMoment is a field that has the moment of another.
type sameMoment struct {
	as byte
	to *time.Time
}

func (m *moments) add(number byte, t time.Time) {
	if m.known == nil {
		m.known = m.room[:0]
	}
	m.known = append(m.known, knownMoment{number, t})
}

// fold writes the moment of a field.
func (m *moments) fold(number byte, t time.Time) ([]byte, error) {
	if t.IsZero() {
		return nil, nil
	}
	seconds, east := t.Unix(), minutesEast(t)
	for _, k := range m.known {
		if k.at.Equal(t) && minutesEast(k.at) == east {
			return []byte{k.number}, nil
		}
	}
	if seconds < -secondsMost || seconds >= secondsMost || !isEast(east) {
		return nil, fmt.Errorf("the moment %v is too far away", t)
	}
	m.add(number, t)
	b := make([]byte, 0, secondBytes+nanoBytes+zoneBytes)
	b = append(b, byte(seconds>>32))
	b = binary.BigEndian.AppendUint32(b, uint32(seconds))
	if n := t.Nanosecond(); n != 0 {
		b = binary.BigEndian.AppendUint32(b, uint32(n))
	}
	if east != 0 {
		b = binary.BigEndian.AppendUint16(b, uint16(int16(east)))
	}
	return b, nil
}

// unfold reads what fold wrote. A moment that is that of another field is there after settle.
func (m *moments) unfold(number byte, b []byte, to *time.Time) (err error) {
	switch len(b) {
	case 0:
		*to = time.Time{}
		return nil
	case 1:
		if m.same == nil {
			m.same = m.twice[:0]
		}
		m.same = append(m.same, sameMoment{as: b[0], to: to})
		return nil
	}
	if *to, err = parseMoment(b); err != nil {
		return err
	}
	m.add(number, *to)
	return nil
}

// settle fills in the moments that are those of other fields, whatever the order of the fields is.
func (m *moments) settle() error {
	for _, s := range m.same {
		i := slices.IndexFunc(m.known, func(k knownMoment) bool { return k.number == s.as })
		if i < 0 {
			return fmt.Errorf("parse value: the moment of field %d, which has none: %w", s.as, errMoment)
		}
		*s.to = m.known[i].at
	}
	return nil
}

func parseMoment(b []byte) (time.Time, error) {
	if len(b) < secondBytes || len(b) > secondBytes+nanoBytes+zoneBytes || len(b)%2 == 0 {
		return time.Time{}, fmt.Errorf("%d bytes: %w", len(b), errMoment)
	}
	seconds := int64(int8(b[0]))<<32 | int64(binary.BigEndian.Uint32(b[1:]))
	b = b[secondBytes:]
	var nanos uint32
	if len(b) >= nanoBytes {
		nanos, b = binary.BigEndian.Uint32(b), b[nanoBytes:]
	}
	if nanos >= uint32(time.Second) {
		return time.Time{}, fmt.Errorf("%d nanoseconds: %w", nanos, errMoment)
	}
	t := time.Unix(seconds, int64(nanos)).UTC()
	if len(b) < zoneBytes {
		return t, nil
	}
	east := int(int16(binary.BigEndian.Uint16(b)))
	if !isEast(east) {
		return time.Time{}, fmt.Errorf("%d minutes from UTC: %w", east, errMoment)
	}
	return t.In(time.FixedZone("", east*60)), nil
}

// minutesEast is a moment's distance from UTC, without its seconds, as RFC 3339 has it.
func minutesEast(t time.Time) int {
	_, seconds := t.Zone()
	return seconds / 60
}

func isEast(minutes int) bool { return minutes > -24*60 && minutes < 24*60 }

// foldHex returns the bytes of a text in lower-case hexadecimal, and any other text as it is.
func foldHex(s string) any {
	if b, err := hex.DecodeString(s); err == nil && hex.EncodeToString(b) == s {
		return b
	}
	return s
}

func unfoldHex(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case []byte:
		return hex.EncodeToString(v), nil
	case string:
		return v, nil
	}
	return "", fmt.Errorf("a %T where a text was", v)
}
