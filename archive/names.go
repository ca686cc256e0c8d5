package archive

import (
	"crypto/sha256"
	"fmt"
	"iter"

	"sencoforum/list"
	"sencoforum/store"
)

// A name is what others can call a post by: the first 16 bytes of the SHA-256 over its list and its Message-ID, or its
// place in an Outlook conversation. Two that collide on purpose would take 2^64 trials.
type name [16]byte

type (
	nameKey    = store.Pair[name, Number]
	oldNameKey = store.Pair[string, Number]
)

// nameRows finds posts by what others call them. oldNameRows has the text where nameRows has a hash of it; its rows are found and
// never written again, and a rebuild of the threads takes them away.
var (
	nameRows    = store.NewTable("archive.names", store.PairKey(store.HashKey[name](), store.Uint32Key[Number]()), store.Empty())
	oldNameRows = store.NewTable("archive.ids", store.PairKey(store.StringKey[string](), store.Uint32Key[Number]()), store.Empty())
)

func nameText(l list.ID, key string) string { return fmt.Sprintf("%d %s", l, key) }

func nameOf(l list.ID, key string) name {
	sum := sha256.Sum256([]byte(nameText(l, key)))
	return name(sum[:])
}

func putName(tx *store.Tx, l list.ID, key string, n Number) error {
	return nameRows.Put(tx, nameKey{A: nameOf(l, key), B: n}, struct{}{})
}

// named yields the posts that have a name, those of older rows first; one may come twice while a rebuild runs.
func named(tx *store.Tx, l list.ID, key string) iter.Seq2[Number, error] {
	return func(yield func(Number, error) bool) {
		for row, err := range store.Prefix(oldNameRows, tx, nameText(l, key)) {
			if !yield(row.Key.B, err) || err != nil {
				return
			}
		}
		for row, err := range store.Prefix(nameRows, tx, nameOf(l, key)) {
			if !yield(row.Key.B, err) || err != nil {
				return
			}
		}
	}
}

// firstNamed returns the lowest number of a post that has a name, 0 for none.
func firstNamed(tx *store.Tx, l list.ID, key string) (first Number, err error) {
	for row, err := range store.Prefix(oldNameRows, tx, nameText(l, key)) {
		if err != nil {
			return 0, err
		}
		first = row.Key.B
		break
	}
	for row, err := range store.Prefix(nameRows, tx, nameOf(l, key)) {
		if err != nil {
			return 0, err
		}
		if first == 0 || row.Key.B < first {
			first = row.Key.B
		}
		break
	}
	return first, nil
}

// Bears reports whether a post of a list has this Message-ID, written with its angle brackets.
func Bears(tx *store.Tx, l list.ID, messageID string) (bool, error) {
	n, err := firstNamed(tx, l, messageID)
	return n != 0, err
}

// Named returns the post of a list that has this Message-ID, written with its angle brackets: of several the oldest, 0 for none.
// A Message-ID can be guessed, so it says what is meant and never who may.
func Named(tx *store.Tx, l list.ID, messageID string) (Number, error) {
	return firstNamed(tx, l, messageID)
}
