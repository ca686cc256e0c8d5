// Package audit is the record of what moderators and operators did: who, when, what, to which list, person or item. It
// can be added to, shortened from its beginning when that was kept long enough, and any other change to it is found.
//
// Each entry has the next number, from 1, and is bound to the one before it by a hash, so that the whole record is one
// chain. The hash of the last entry is the head; whoever has seen a head can tell whether the record behind it is still
// the same. An entry holds numbers of people and items, never an address, a name, an IP address or words of a message,
// so forgetting a person leaves the chain whole.
//
//	audit.entries  number (64 bits) -> hash of the entry before (32 bytes), own hash (32 bytes), entry (JSON)
//	audit.head     "head"  -> number of the last entry, its hash (JSON)
//	               "begin" -> the same of the last entry that was removed because it was kept long enough
//
// Append belongs into the transaction that does what it records, so a crash leaves both or neither. The head is a hot
// row: each transaction that appends writes it.
package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/netip"
	"strings"
	"time"

	"sencoforum/store"
)

// Entry is one act.
type Entry struct {
	Number uint64    `json:"-"` // set by Append
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`            // such as "operator uid 0", "member 17" or "server"
	Action string    `json:"action"`           // such as "list create"
	List   uint32    `json:"list,omitempty"`   // number of the list
	Person uint32    `json:"person,omitempty"` // number of the person it was done to
	Items  []uint64  `json:"items,omitempty"`  // numbers of posts, held items or queue rows
	Detail string    `json:"detail,omitempty"` // a few fixed words, such as "reply_to author"
}

// Head is the end of the chain.
type Head struct {
	Number uint64 `json:"number"` // of the last entry; 0 for an empty record
	Hash   string `json:"hash"`   // its hash in 64 hexadecimal digits; empty for an empty record
}

// ErrPrivate says that an entry holds what must never stand in the record.
var ErrPrivate = errors.New("audit entries hold no address, IP address or other text than a few plain words")

// detailMax bounds the words of an entry, in bytes.
const detailMax = 200

// record is an entry as it is stored.
type record struct {
	prev, sum [sha256.Size]byte
	entry     []byte // JSON
}

var (
	entries = store.NewTable("audit.entries", store.Uint64Key[uint64](), store.ValueCodec[record]{
		Append: appendRecord, Parse: parseRecord,
	})
	heads = store.NewTable("audit.head", store.StringKey[string](), store.JSON[Head]())
)

const headKey = "head"

// Append adds an entry. Its time is stored in UTC to the second and its number is given here. It returns ErrPrivate,
// wrapped, when a text of the entry is not plain words.
func Append(tx *store.Tx, e Entry) error {
	if err := check(e); err != nil {
		return fmt.Errorf("append to audit: %w", err)
	}
	head, err := Last(tx)
	if err != nil {
		return fmt.Errorf("append to audit: %w", err)
	}
	number := head.Number + 1
	if taken, err := entries.Has(tx, number); err != nil || taken {
		// Never write over an entry: with the head gone, the record is evidence of that.
		return fmt.Errorf("append to audit: entry %d is there before its head: %w", number, errors.Join(store.ErrDamaged, err))
	}
	r, err := next(head, e)
	if err != nil {
		return fmt.Errorf("append to audit: %w", err)
	}
	if err := entries.Put(tx, number, r); err != nil {
		return fmt.Errorf("append to audit: %w", err)
	}
	return heads.Put(tx, headKey, Head{Number: number, Hash: hex.EncodeToString(r.sum[:])})
}

// next returns the record of an entry that follows the head.
func next(head Head, e Entry) (r record, err error) {
	if r.prev, err = head.sum(); err != nil {
		return r, err
	}
	e.At = e.At.UTC().Truncate(time.Second)
	if r.entry, err = json.Marshal(e); err != nil {
		return r, err
	}
	r.sum = hash(head.Number+1, r)
	return r, nil
}

// All returns the entries in order. It does not verify the chain.
func All(tx *store.Tx) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for row, err := range entries.All(tx) {
			e := Entry{Number: row.Key}
			if err == nil {
				e, err = read(row.Key, row.Value)
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// Back returns the entries up to a number, the latest first; 0: all. It does not verify the chain.
func Back(tx *store.Tx, from uint64) iter.Seq2[Entry, error] {
	rows := entries.Back(tx)
	if from > 0 {
		rows = entries.BackFrom(tx, from)
	}
	return func(yield func(Entry, error) bool) {
		for row, err := range rows {
			e := Entry{Number: row.Key}
			if err == nil {
				e, err = read(row.Key, row.Value)
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// read reads a stored entry.
func read(number uint64, r record) (e Entry, err error) {
	if err = json.Unmarshal(r.entry, &e); err != nil {
		err = fmt.Errorf("read audit entry %d: %w", number, err)
	}
	e.Number = number
	return e, err
}

// Last returns the head of the chain, to be told to people outside this machine.
func Last(tx *store.Tx) (Head, error) {
	head, _, err := heads.Get(tx, headKey)
	return head, err
}

// sum returns the hash that the next entry is bound to: all noughts before the first.
func (h Head) sum() (sum [sha256.Size]byte, err error) {
	if h.Number == 0 && h.Hash == "" {
		return sum, nil
	}
	raw, err := hex.DecodeString(h.Hash)
	if err != nil || len(raw) != len(sum) {
		return sum, fmt.Errorf("head of the chain has no hash: %w", store.ErrDamaged)
	}
	return [sha256.Size]byte(raw), nil
}

// check refuses what could be an address or come from a message. It cannot tell a name from another word: callers
// write fixed words.
func check(e Entry) error {
	if e.At.IsZero() || e.Actor == "" || e.Action == "" {
		return errors.New("entry without time, actor or action")
	}
	for _, text := range []string{e.Actor, e.Action, e.Detail} {
		if len(text) > detailMax {
			return fmt.Errorf("text of %d bytes: %w", len(text), ErrPrivate)
		}
		if strings.ContainsFunc(text, func(r rune) bool { return r == '@' || r < ' ' || r > '~' }) {
			return ErrPrivate
		}
		for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(" ,;=()[]<>/\"'", r) }) {
			if isIP(word) {
				return ErrPrivate
			}
		}
	}
	return nil
}

func isIP(word string) bool {
	if _, err := netip.ParseAddr(word); err == nil {
		return true
	}
	_, err := netip.ParseAddrPort(word)
	return err == nil
}

// hash covers the number, so that entries cannot change places, and every byte that is stored but the hash itself.
func hash(number uint64, r record) [sha256.Size]byte {
	h := sha256.New()
	h.Write([]byte("sencoforum audit 1\x00"))
	h.Write(binary.BigEndian.AppendUint64(nil, number))
	h.Write(r.prev[:])
	h.Write(r.entry)
	return [sha256.Size]byte(h.Sum(nil))
}

func appendRecord(b []byte, r record) ([]byte, error) {
	b = append(b, r.prev[:]...)
	b = append(b, r.sum[:]...)
	return append(b, r.entry...), nil
}

func parseRecord(b []byte) (r record, err error) {
	if len(b) < len(r.prev)+len(r.sum) {
		return r, fmt.Errorf("parse audit entry: %d bytes", len(b))
	}
	copy(r.prev[:], b)
	copy(r.sum[:], b[len(r.prev):])
	r.entry = bytes.Clone(b[len(r.prev)+len(r.sum):])
	return r, nil
}
