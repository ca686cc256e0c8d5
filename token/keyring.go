package token

import (
	"crypto/hmac"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// secretSize is the length of a signing key in bytes, the output of SHA-256 (RFC 2104 §3).
const secretSize = 32

// ErrNoKey says that a key id is not in the keyring, or was revoked before.
var ErrNoKey = errors.New("no such key")

// Key describes one key of a keyring, without its secret.
type Key struct {
	ID      uint8
	Created time.Time // the day, in UTC
	Revoked bool
}

// key is one line of the file. A revoked key keeps its line, so that its tokens are answered with ErrRevoked, but not
// its secret.
type key struct {
	Key
	secret []byte
}

// Keyring holds the keys for signed tokens. The newest key that is not revoked signs; every key that is not revoked
// verifies, so a link in old mail does not die of a rotation. All methods may be called at once. Two processes must
// not change one file at the same time; whoever holds the store may.
type Keyring struct {
	path string

	mu   sync.RWMutex // guards keys
	keys []key        // oldest first; at least one is not revoked
}

// Keys returns all keys, oldest first.
func (k *Keyring) Keys() []Key {
	k.mu.RLock()
	defer k.mu.RUnlock()
	all := make([]Key, len(k.keys))
	for i, one := range k.keys {
		all[i] = one.Key
	}
	return all
}

// Sign returns the token that says c for a list, signed with the newest key, whatever c.Key is. The list name counts
// without regard to case; only Verify with the same list accepts the token.
func (k *Keyring) Sign(c Claims, list string) string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	signer := k.keys[newest(k.keys)]
	c.Key = signer.ID
	return encode(c, list, signer.secret)
}

// Verify returns what a signed token says, or ErrMalformed, ErrForged or ErrRevoked. The caller compares the kind, and
// the day where the kind has one. The time it takes does not tell how much of the MAC was right.
func (k *Keyring) Verify(s, list string) (Claims, error) {
	raw, err := decode(s)
	if err != nil {
		return Claims{}, err
	}
	c := claims(raw)
	k.mu.RLock()
	defer k.mu.RUnlock()
	i := find(k.keys, c.Key)
	if i < 0 || c.Kind == 0 {
		return Claims{}, ErrForged
	}
	if k.keys[i].Revoked {
		return Claims{}, ErrRevoked
	}
	if !hmac.Equal(raw[headSize:], mac(raw[:headSize], list, k.keys[i].secret)) {
		return Claims{}, ErrForged
	}
	return c, nil
}

// Rotate makes a new key, which signs from now on, and returns its id. The older keys go on verifying.
func (k *Keyring) Rotate(now time.Time) (id uint8, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	keys, err := added(k.keys, now)
	if err != nil {
		return 0, fmt.Errorf("rotate token key: %w", err)
	}
	if err := replace(k.path, keys); err != nil {
		return 0, fmt.Errorf("rotate token key: %w", err)
	}
	k.keys = keys
	return keys[len(keys)-1].ID, nil
}

// Revoke forgets the secret of a key for good: every token that it signed stops working. When no other key is left, a
// new one is made. It returns ErrNoKey, wrapped, for an id that is unknown or revoked already.
func (k *Keyring) Revoke(id uint8, now time.Time) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	i := find(k.keys, id)
	if i < 0 || k.keys[i].Revoked {
		return fmt.Errorf("revoke token key %d: %w", id, ErrNoKey)
	}
	keys := slices.Clone(k.keys)
	keys[i] = key{Key: Key{ID: id, Created: keys[i].Created, Revoked: true}}
	if newest(keys) < 0 {
		var err error
		if keys, err = added(keys, now); err != nil {
			return fmt.Errorf("revoke token key %d: %w", id, err)
		}
	}
	if err := replace(k.path, keys); err != nil {
		return fmt.Errorf("revoke token key %d: %w", id, err)
	}
	k.keys = keys
	return nil
}

// added returns the keys and a new one. When all 255 ids are taken, the oldest revoked key gives its id away: a token
// that it signed does not fit the new secret.
func added(keys []key, now time.Time) ([]key, error) {
	keys = slices.Clone(keys)
	id := 1
	for id <= 255 && find(keys, uint8(id)) >= 0 {
		id++
	}
	if id > 255 {
		old := slices.IndexFunc(keys, func(one key) bool { return one.Revoked })
		if old < 0 {
			return nil, errors.New("255 keys are in use; revoke one that you no longer need")
		}
		id = int(keys[old].ID)
		keys = slices.Delete(keys, old, old+1)
	}
	secret := make([]byte, secretSize)
	rand.Read(secret) // never fails: crypto/rand ends the process instead
	created := now.UTC().Truncate(24 * time.Hour)
	return append(keys, key{Key: Key{ID: uint8(id), Created: created}, secret: secret}), nil
}

func find(keys []key, id uint8) int {
	return slices.IndexFunc(keys, func(one key) bool { return one.ID == id })
}

// newest returns the index of the key that signs, or -1.
func newest(keys []key) int {
	for i := len(keys) - 1; i >= 0; i-- {
		if !keys[i].Revoked {
			return i
		}
	}
	return -1
}
