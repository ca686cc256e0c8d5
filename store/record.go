package store

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"hash"
)

// A stored value is a record: one byte of version, 32 bytes of SHA-256 over table, key, version and
// value, each with its length before it, then the value. So a flipped bit is found, and so is
// a whole page that a disk returned from another place.
const (
	recordVersion = 1
	recordHead    = 1 + sha256.Size
)

// hasher computes the sums of records; its buffers are used again. One goroutine at a time.
type hasher struct {
	h    hash.Hash
	head []byte
	sum  []byte
}

func (s *hasher) of(table string, key []byte, version byte, value []byte) []byte {
	if s.h == nil {
		s.h = sha256.New()
	}
	s.head = binary.AppendUvarint(s.head[:0], uint64(len(table)))
	s.head = append(s.head, table...)
	s.head = binary.AppendUvarint(s.head, uint64(len(key)))
	s.head = append(s.head, key...)
	s.head = append(s.head, version)
	s.head = binary.AppendUvarint(s.head, uint64(len(value)))
	s.h.Reset()
	s.h.Write(s.head)
	s.h.Write(value)
	s.sum = s.h.Sum(s.sum[:0])
	return s.sum
}

// newRecord returns a buffer with room for the head, to which a codec appends the value.
func newRecord() []byte { return make([]byte, recordHead, recordHead+96) }

// seal fills in the head of a record whose value has been appended.
func (s *hasher) seal(table string, key, record []byte) {
	record[0] = recordVersion
	copy(record[1:], s.of(table, key, recordVersion, record[recordHead:]))
}

// open returns the value inside a record after checking its sum.
func (s *hasher) open(table string, key, record []byte) ([]byte, error) {
	if len(record) < recordHead {
		return nil, damagedRecord(table, key, "is too short")
	}
	if record[0] != recordVersion {
		return nil, damagedRecord(table, key, fmt.Sprintf("has the unknown version %d", record[0]))
	}
	value := record[recordHead:]
	if subtle.ConstantTimeCompare(record[1:recordHead], s.of(table, key, recordVersion, value)) != 1 {
		return nil, damagedRecord(table, key, "does not match its checksum")
	}
	return value[:len(value):len(value)], nil
}

func damagedRecord(table string, key []byte, what string) error {
	return fmt.Errorf("%w: record %s/%x %s; restore the newest backup that passes its check", ErrDamaged, table, key, what)
}
