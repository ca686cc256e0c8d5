package courier

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"time"
	"unsafe"

	"sencoforum/queue"
)

// A Signer puts a DKIM signature (RFC 6376) before each copy, one for each key in use. Copies of a post differ in a few
// fields of their header, so each has its own signature; the hash of the body that they share is computed once. Its
// methods may be called from many goroutines at once, and signing is the caller's own work: as many run side by side as
// there are connections.
type Signer struct {
	keys *DKIMKeys
	now  func() time.Time

	mu      sync.Mutex
	digests []*digest // newest last; guarded by mu
}

// NewSigner returns a signer that asks keys for each copy which ones are in use.
func NewSigner(keys *DKIMKeys, now func() time.Time) *Signer { return &Signer{keys: keys, now: now} }

// signatureLife is how long after it was made a signature holds (x=). A copy is tried for five days and a receiver may
// look late; after that, nobody should be able to send the copy again in our name.
const signatureLife = 10 * 24 * time.Hour

// Sign returns o with its signatures before its header. The domain is that of the envelope sender, which is the list's
// and the same as in From; a copy with the null sender, or without a key to sign with, is returned as it is. An error
// means that the copy must not go out as it is.
func (s *Signer) Sign(o queue.Outgoing) (queue.Outgoing, error) {
	keys := s.keys.inUse()
	if len(keys) == 0 || o.From.IsZero() {
		return o, nil
	}
	d := s.digestOf(o.Body)
	fields := append(splitHeader(o.Header), d.fields...)
	var head []byte
	for _, k := range keys {
		f, err := s.field(k, o.From.Domain, fields, d)
		if err != nil {
			return o, fmt.Errorf("sign with %s: %w", k.Selector, err)
		}
		head = append(head, f...)
	}
	o.Header = append(head, o.Header...)
	return o, nil
}

// field writes one DKIM-Signature field.
func (s *Signer) field(k DKIMKey, domain string, fields []headerField, d *digest) ([]byte, error) {
	names, signed := signedFields(fields)
	at := s.now()
	text := fmt.Sprintf("DKIM-Signature: v=1; a=%s; c=relaxed/relaxed;\r\n\td=%s; s=%s;\r\n\tt=%d; x=%d;\r\n\th=%s;\r\n\tbh=%s;\r\n\tb=",
		k.Algorithm.tag(), domain, k.Selector, at.Unix(), at.Add(signatureLife).Unix(), foldNames(names),
		base64.StdEncoding.EncodeToString(d.sum[:]))
	h := sha256.New()
	for _, f := range signed {
		h.Write(relaxedField(f.text))
		h.Write([]byte("\r\n"))
	}
	h.Write(relaxedField([]byte(text)))
	b, err := k.sign(h.Sum(nil))
	if err != nil {
		return nil, err
	}
	return []byte(text + foldBase64(b) + "\r\n"), nil
}

// sign signs a SHA-256 hash. Ed25519 signs the hash itself as its message (RFC 8463 §3).
func (k DKIMKey) sign(sum []byte) ([]byte, error) {
	if k.Algorithm == Ed25519 {
		return k.private.Sign(rand.Reader, sum, crypto.Hash(0))
	}
	return k.private.Sign(rand.Reader, sum, crypto.SHA256)
}

// A digest is what the copies of one body have in common: the fields that stand at the body's head, and the hash of
// the rest.
type digest struct {
	of     []byte // holding it keeps its memory from becoming another body's
	once   sync.Once
	fields []headerField
	sum    [sha256.Size]byte
}

// keepDigests is how many bodies are remembered: more than posts are under way at once.
const keepDigests = 16

// digestOf returns the digest of a body. Bodies are told apart by where they are in memory, as queue.Outgoing promises
// that the bytes never change.
func (s *Signer) digestOf(body []byte) *digest {
	d := s.slot(body)
	d.once.Do(func() {
		header, rest := cutHeader(body)
		d.fields, d.sum = splitHeader(header), bodyHash(rest)
	})
	return d
}

func (s *Signer) slot(body []byte) *digest {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.digests {
		if len(d.of) == len(body) && unsafe.SliceData(d.of) == unsafe.SliceData(body) {
			return d
		}
	}
	d := &digest{of: body}
	if s.digests = append(s.digests, d); len(s.digests) > keepDigests {
		s.digests = append([]*digest(nil), s.digests[1:]...)
	}
	return d
}

// signedNames are the fields that a signature covers where they are there.
var signedNames = []string{
	"From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
	"MIME-Version", "Content-Type", "Content-Transfer-Encoding",
	"List-Id", "List-Post", "List-Help", "List-Subscribe", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Owner",
	"List-Archive", "Archived-At", "Feedback-ID", "Precedence", "X-Loop", "Auto-Submitted",
}

// oversigned are the fields that nobody may add to a copy: they are named once more than they are there, so a
// signature breaks when there is another one (RFC 6376 §8.15).
var oversigned = map[string]bool{
	"From": true, "To": true, "Reply-To": true, "Subject": true, "Date": true, "Message-ID": true,
	"MIME-Version": true, "Content-Type": true, "Content-Transfer-Encoding": true,
	"List-Id": true, "List-Post": true, "List-Help": true, "List-Subscribe": true, "List-Unsubscribe": true,
	"List-Unsubscribe-Post": true, "List-Owner": true, "List-Archive": true,
}

// signedFields returns the names for h=, and the fields that they stand for in the order in which they are hashed: of
// several with one name the last comes first (RFC 6376 §5.4.2).
func signedFields(fields []headerField) (names []string, signed []headerField) {
	for _, n := range signedNames {
		for i := len(fields) - 1; i >= 0; i-- {
			if strings.EqualFold(fields[i].name, n) {
				names, signed = append(names, n), append(signed, fields[i])
			}
		}
		if oversigned[n] {
			names = append(names, n)
		}
	}
	return names, signed
}
