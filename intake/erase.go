package intake

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"

	"sencoforum/message"
	"sencoforum/store"
)

// Secret is what the digests of erased messages are keyed with: 32 random bytes. Without it a digest tells nothing.
type Secret []byte

const secretSize = 32

// secretKey is the one row of intake.secret.
const secretKey = "erasures"

// NewSecret makes a secret.
func NewSecret() Secret {
	s := make(Secret, secretSize)
	rand.Read(s)
	return s
}

// Digest is a keyed digest of some text, in hexadecimal.
func (s Secret) Digest(text string) string {
	h := hmac.New(sha256.New, s)
	h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil))
}

// SecretOf returns the store's secret; nil when nothing was ever erased.
func SecretOf(tx *store.Tx) (Secret, error) {
	s, _, err := secrets.Get(tx, secretKey)
	return s, err
}

// SetSecret stores the secret. It is never changed but for a store that is older than its ledger.
func SetSecret(tx *store.Tx, s Secret) error {
	if len(s) != secretSize {
		return fmt.Errorf("secret of %d bytes, want %d", len(s), secretSize)
	}
	return secrets.Put(tx, secretKey, s)
}

// A Gone is what is remembered of content that was taken out: enough to know it again, and nothing of it.
type Gone struct {
	Content string `json:"content,omitempty"` // digest of its duplicate key: list, author, Message-ID, body
	ID      string `json:"id"`                // digest of list and Message-ID
}

// GoneOf makes the digests of a message.
func GoneOf(s Secret, l uint32, messageID string, k Key) Gone {
	g := Gone{ID: s.Digest(fmt.Sprintf("id %d %s", l, messageID))}
	if k != "" {
		g.Content = s.Digest("content " + string(k))
	}
	return g
}

// Block lets content that was taken out never come in again: sent once more it is a duplicate of message id. erased says
// that its Message-ID does not come back by an import either. The plain key is forgotten, as it is a digest of the words.
func Block(tx *store.Tx, g Gone, k Key, id ID, erased bool) error {
	if k != "" {
		if err := keys.Delete(tx, k); err != nil {
			return err
		}
	}
	if g.Content != "" {
		if err := blocked.Put(tx, g.Content, id); err != nil {
			return err
		}
	}
	if !erased {
		return nil
	}
	return blocked.Put(tx, g.ID, id)
}

// IsBlocked reports whether content is blocked already.
func IsBlocked(tx *store.Tx, g Gone) (bool, error) {
	if g.Content == "" {
		return blocked.Has(tx, g.ID)
	}
	return blocked.Has(tx, g.Content)
}

// IsGone reports whether a message of that list and Message-ID was erased. It is for imports: an old archive brings the
// same message with other line ends or without its attachments.
func IsGone(tx *store.Tx, l uint32, messageID string) (bool, error) {
	s, err := SecretOf(tx)
	if err != nil || s == nil {
		return false, err
	}
	return blocked.Has(tx, GoneOf(s, l, messageID, "").ID)
}

// known looks a key up among what was taken out.
func known(tx *store.Tx, k Key) (ID, bool, error) {
	s, err := SecretOf(tx)
	if err != nil || s == nil {
		return 0, false, err
	}
	return blocked.Get(tx, GoneOf(s, 0, "", k).Content)
}

// KeyOf is the duplicate key of a stored message.
func KeyOf(r Record, m *message.Message) Key {
	if r.Came != "" {
		return r.Came
	}
	return KeyOfStored(r, m)
}

// KeyOfStored computes the duplicate key that a message would have if it came as it is stored, or is to be stored.
func KeyOfStored(r Record, m *message.Message) Key {
	from, _ := m.From()
	about := r.MessageID
	if r.Kind != "" && r.Kind != "post" {
		about = r.Kind + " " + about
	}
	return DuplicateKey(r.List, from.Address, about, m.Root.Body)
}

// Erase takes all content of a message away: raw bytes, envelope, Message-ID, reasons. What stays is its number, where it
// came from, when, and that it was erased.
func Erase(tx *store.Tx, id ID, to Status) error {
	r, err := Get(tx, id)
	if err != nil {
		return err
	}
	to.State = Erased
	if err := Move(tx, id, to); err != nil {
		return err
	}
	if err := DropRaw(tx, id); err != nil {
		return err
	}
	return messages.Put(tx, id, Record{
		ID: id, Origin: r.Origin, Kind: r.Kind, List: r.List, Envelope: message.Envelope{Received: r.Envelope.Received},
	})
}

// Replace puts other bytes in the place of a message's, as a redaction does. Size, hash and key are those of the new bytes: the
// old ones would give away whatever somebody guesses.
func Replace(tx *store.Tx, id ID, raw []byte) error {
	r, err := Get(tx, id)
	if err != nil {
		return err
	}
	r.Size, r.SHA256, r.Came = len(raw), Sum(raw), ""
	if err := messages.Put(tx, id, r); err != nil {
		return err
	}
	if err := DropRaw(tx, id); err != nil {
		return err
	}
	return raws.Put(tx, id, store.NewBlob(raw))
}

// Rewrite puts other bytes in the place of those of a message that is held, from which a moderator took something out. By its
// key, that of the bytes as they came, it is still known when it is sent again.
func Rewrite(tx *store.Tx, id ID, k Key, raw []byte) error {
	r, err := Get(tx, id)
	if err != nil {
		return err
	}
	if k == "" { // it was accepted before, and has a key of its own
		old, err := Raw(tx, id)
		if err != nil {
			return err
		}
		k = KeyOf(r, message.Parse(old))
	}
	r.Size, r.SHA256, r.Came = len(raw), Sum(raw), k
	if err := messages.Put(tx, id, r); err != nil {
		return err
	}
	if err := DropRaw(tx, id); err != nil {
		return err
	}
	return raws.Put(tx, id, store.NewBlob(raw))
}

// Stated is a message with its state.
type Stated struct {
	ID
	Status
}

// All yields every message with its state in order of number, from the given one on.
func All(tx *store.Tx, from ID) iter.Seq2[Stated, error] {
	return func(yield func(Stated, error) bool) {
		for row, err := range states.From(tx, from) {
			if !yield(Stated{row.Key, row.Value}, err) || err != nil {
				return
			}
		}
	}
}

// Forget frees a key, if it stands for that message.
func Forget(tx *store.Tx, k Key, id ID) error {
	at, ok, err := keys.Get(tx, k)
	if err != nil || !ok || at != id {
		return err
	}
	return keys.Delete(tx, k)
}

// Free lets a message that was not accepted after all be sent again: its key stands for nothing any more. One whose bytes
// are gone keeps its key.
func Free(tx *store.Tx, id ID) error {
	r, err := Get(tx, id)
	if err != nil {
		return err
	}
	k := r.Came
	if k == "" {
		raw, err := Raw(tx, id)
		if errors.Is(err, ErrNoMessage) {
			return nil
		}
		if err != nil {
			return err
		}
		k = KeyOf(r, message.Parse(raw))
	}
	return Forget(tx, k, id)
}

// Unname takes from a message's record who sent it and by which way it came.
func Unname(tx *store.Tx, id ID) error {
	r, err := Get(tx, id)
	if err != nil {
		return err
	}
	r.Envelope = message.Envelope{Received: r.Envelope.Received, To: r.Envelope.To}
	return messages.Put(tx, id, r)
}
