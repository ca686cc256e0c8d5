package store

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"hash"
)

// A stored value is a record: one byte of version, a sum, then the value. The sum is the first 16 bytes of the SHA-256 over
// table, key, version and value, each with its length before it. So a flipped bit is found, and so is a whole page that a
// disk returned from another place. Version 1 had all 32 bytes of the SHA-256; such records are read for ever, and
// become version 2 when they are written again (docs/decisions/0013-half-a-sum.md).
const (
	recordVersion = 2
	recordSum     = 16
	recordHead    = 1 + recordSum
	oldVersion    = 1
	oldHead       = 1 + sha256.Size
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
	copy(record[1:recordHead], s.of(table, key, recordVersion, record[recordHead:]))
}

// open returns the value inside a record after checking its sum.
func (s *hasher) open(table string, key, record []byte) ([]byte, error) {
	if len(record) == 0 {
		return nil, damagedRecord(table, key, "is too short")
	}
	head := recordHead
	switch record[0] {
	case recordVersion:
	case oldVersion:
		head = oldHead
	default:
		return nil, damagedRecord(table, key, fmt.Sprintf("has the unknown version %d", record[0]))
	}
	if len(record) < head {
		return nil, damagedRecord(table, key, "is too short")
	}
	value := record[head:]
	if subtle.ConstantTimeCompare(record[1:head], s.of(table, key, record[0], value)[:head-1]) != 1 {
		return nil, damagedRecord(table, key, "does not match its checksum")
	}
	return value[:len(value):len(value)], nil
}

func damagedRecord(table string, key []byte, what string) error {
	return fmt.Errorf("%w: record %s/%x %s; restore the newest backup that passes its check", ErrDamaged, table, key, what)
}
