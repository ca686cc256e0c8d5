package list

import (
	"fmt"
	"iter"
	"strings"
	"time"
	"unicode/utf8"

	"sencoforum/store"
)

// Words are a piece of a mail in the words of those who look after a list. Package notice knows which pieces there are.
type Words struct {
	Name  string    `json:"name"`
	Text  string    `json:"text"`
	Since time.Time `json:"since"`
	By    string    `json:"by"` // who wrote it, as in the audit log
}

// MaxWords is how many bytes one piece has at most.
const MaxWords = 2000

// SetWords stores a piece in place of what there was.
func SetWords(tx *store.Tx, l ID, w Words) error {
	if w.Name == "" || strings.TrimSpace(w.Text) == "" || len(w.Text) > MaxWords || !utf8.ValidString(w.Text) {
		return fmt.Errorf("words %q: use 1 to %d bytes of text", w.Name, MaxWords)
	}
	return texts.Put(tx, store.Pair[ID, string]{A: l, B: w.Name}, w)
}

// WordsOf returns a list's own words for a piece, or zero where it has none.
func WordsOf(tx *store.Tx, l ID, name string) (Words, error) {
	w, _, err := texts.Get(tx, store.Pair[ID, string]{A: l, B: name})
	return w, err
}

// AllWords iterates over the pieces that a list has in its own words.
func AllWords(tx *store.Tx, l ID) iter.Seq2[Words, error] {
	return func(yield func(Words, error) bool) {
		for r, err := range store.Prefix(texts, tx, l) {
			if !yield(r.Value, err) || err != nil {
				return
			}
		}
	}
}

// ResetWords goes back to the usual words, and reports whether there were others.
func ResetWords(tx *store.Tx, l ID, name string) (bool, error) {
	key := store.Pair[ID, string]{A: l, B: name}
	had, err := texts.Has(tx, key)
	if err != nil || !had {
		return false, err
	}
	return true, texts.Delete(tx, key)
}
