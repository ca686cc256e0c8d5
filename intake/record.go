package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"strings"

	"sencoforum/message"
	"sencoforum/store"
)

// Origin says by which way a message came.
type Origin string

// The origins. Nothing is sent out or digested for an imported message.
const (
	FromMail   Origin = "mail"
	FromImport Origin = "import"
)

// A Record is what is kept of a message beside its raw bytes and its state. It is stored by store.Compact: the numbers of its
// fields are for ever, and so are those of its envelope.
type Record struct {
	ID        ID               `json:"id" cbor:"1,keyasint,omitempty"`
	Origin    Origin           `json:"origin" cbor:"2,keyasint,omitempty"`
	Kind      string           `json:"kind" cbor:"3,keyasint,omitempty"` // what the address meant
	List      uint32           `json:"list,omitempty" cbor:"4,keyasint,omitempty"`
	Envelope  message.Envelope `json:"envelope" cbor:"5,keyasint,omitzero"`
	Sender    string           `json:"sender" cbor:"6,keyasint,omitempty"`
	Reasons   []string         `json:"reasons,omitempty" cbor:"7,keyasint,omitempty"` // the policy's, the deciding one first
	MessageID string           `json:"message_id" cbor:"8,keyasint,omitempty"`
	Size      int              `json:"size" cbor:"9,keyasint,omitempty"`                // bytes as received
	SHA256    string           `json:"sha256" cbor:"10,keyasint,omitempty" store:"hex"` // of the bytes as received, hexadecimal

	// Came is the duplicate key where it cannot be computed again: something was taken out before the message was stored, or
	// the key is made of more than the message.
	Came Key `json:"came,omitempty" cbor:"11,keyasint,omitempty" store:"hex"`

	Answers uint32 `json:"answers,omitempty" cbor:"12,keyasint,omitempty"` // the post to whose reply address it was sent; 0: none
}

// New describes a message as received, for Put.
type New struct {
	Record
	Raw   store.Blob // made outside the transaction; empty for a duplicate and for one in a pack
	State State
	Key   Key // written only for accepted and held messages; empty otherwise
}

// A Key says whether two messages are the same one sent twice: same list, same
// author, same Message-ID, same body. Message-ID alone would let a stranger use
// up somebody's before they do; the header differs when a mail comes again by
// another way.
type Key string

// DuplicateKey computes a message's key from its body as received.
func DuplicateKey(l uint32, from message.Address, messageID string, body []byte) Key {
	h := sha256.New()
	fmt.Fprintf(h, "%d\x00%s\x00%s\x00", l, from.Key(), messageID)
	sum := sha256.Sum256(body)
	h.Write(sum[:])
	return Key(hex.EncodeToString(h.Sum(nil)))
}

// Sum is the SHA-256 of a message as received, in hexadecimal.
func Sum(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// Known returns the message that a key stands for. Content that was erased or redacted is known for ever.
func Known(tx *store.Tx, k Key) (ID, bool, error) {
	id, ok, err := keys.Get(tx, k)
	if err != nil || ok {
		return id, ok, err
	}
	return known(tx, k)
}

// Put stores a message that will be answered with 250 and counts it.
func Put(tx *store.Tx, n New) (ID, error) {
	if !Legal(Accepted, n.State) {
		return 0, fmt.Errorf("put message as %s: %w", n.State, ErrIllegal)
	}
	number, err := numbers.Next(tx)
	if err != nil {
		return 0, err
	}
	n.ID = ID(number)
	if err := messages.Put(tx, n.ID, n.Record); err != nil {
		return 0, err
	}
	if n.Raw.Size() > 0 {
		if err := raws.Put(tx, n.ID, n.Raw); err != nil {
			return 0, err
		}
	}
	if n.Key != "" {
		if err := keys.Put(tx, n.Key, n.ID); err != nil {
			return 0, err
		}
	}
	if _, err := accepted.Add(tx, 1); err != nil {
		return 0, err
	}
	if _, err := live(n.State).Add(tx, 1); err != nil {
		return 0, err
	}
	status := Status{State: n.State, Since: n.Envelope.Received, Reason: strings.Join(n.Reasons, ", ")}
	return n.ID, states.Put(tx, n.ID, status)
}

// Claim lets a key stand for a message that was stored without one, once it is
// accepted after all.
func Claim(tx *store.Tx, id ID, k Key) error { return keys.Put(tx, k, id) }

// Get returns the record of a message, or ErrNoMessage.
func Get(tx *store.Tx, id ID) (Record, error) {
	r, ok, err := messages.Get(tx, id)
	if err == nil && !ok {
		err = fmt.Errorf("message %d: %w", id, ErrNoMessage)
	}
	return r, err
}

// InState yields the messages in one state, oldest first.
func InState(tx *store.Tx, s State) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for row, err := range states.All(tx) {
			if err == nil && row.Value.State != s {
				continue
			}
			var r Record
			if err == nil {
				r, err = Get(tx, row.Key)
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// Purge removes a message and counts the removal under its state. The caller
// decides that its time has come.
func Purge(tx *store.Tx, id ID, k Key) error {
	s, err := StatusOf(tx, id)
	if err != nil {
		return err
	}
	if _, err := live(s.State).Add(tx, -1); err != nil {
		return err
	}
	if _, err := purged(s.State).Add(tx, 1); err != nil {
		return err
	}
	if k != "" {
		if err := keys.Delete(tx, k); err != nil {
			return err
		}
	}
	if err := states.Delete(tx, id); err != nil {
		return err
	}
	if err := DropRaw(tx, id); err != nil {
		return err
	}
	return messages.Delete(tx, id)
}
