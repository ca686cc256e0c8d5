package intake

import (
	"encoding/hex"
	"fmt"

	"sencoforum/store"
)

// keys finds messages by their duplicate keys. A row is under the key's 32 bytes. Older ones are under its 64 hexadecimal
// digits; they are found there, and are never written again.
var keys = keyTable{
	now: store.NewTable("intake.keys", store.KeyCodec[Key]{Append: appendKey, Parse: parseKey}, store.JSON[ID]()),
	old: store.NewTable("intake.keys", store.StringKey[Key](), store.JSON[ID]()),
}

type keyTable struct{ now, old store.Table[Key, ID] }

// Get returns the message that has a key, and whether there is one.
func (t keyTable) Get(tx *store.Tx, k Key) (ID, bool, error) {
	id, ok, err := t.now.Get(tx, k)
	if err != nil || ok {
		return id, ok, err
	}
	return t.old.Get(tx, k)
}

// Put gives a key to a message.
func (t keyTable) Put(tx *store.Tx, k Key, id ID) error { return t.now.Put(tx, k, id) }

// Delete frees a key.
func (t keyTable) Delete(tx *store.Tx, k Key) error {
	if err := t.old.Delete(tx, k); err != nil {
		return err
	}
	return t.now.Delete(tx, k)
}

const keySize = 32

// appendKey writes a key that DuplicateKey made. One of another kind, as tests have, is written as it is.
func appendKey(b []byte, k Key) []byte {
	if raw, err := hex.DecodeString(string(k)); err == nil && len(raw) == keySize && hex.EncodeToString(raw) == string(k) {
		return append(b, raw...)
	}
	return append(b, k...)
}

// parseKey reads rows of both kinds.
func parseKey(b []byte) (Key, error) {
	switch len(b) {
	case keySize:
		return Key(hex.EncodeToString(b)), nil
	case hex.EncodedLen(keySize):
		return Key(b), nil
	}
	return "", fmt.Errorf("parse duplicate key: %d bytes, want %d or %d", len(b), keySize, hex.EncodedLen(keySize))
}
