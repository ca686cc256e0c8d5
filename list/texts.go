package list

import (
	"fmt"
	"iter"
	"maps"
	"strings"
	"time"
	"unicode/utf8"

	"sencoforum/store"
)

// Words are a piece of a mail, or stand around a whole one, in the words of those who look after a list. Package notice knows which
// there are.
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
	if err := texts.Put(tx, store.Pair[ID, string]{A: l, B: w.Name}, w); err != nil {
		return err
	}
	return markFramed(tx, l)
}

// markFramed keeps in the row of a list whether it has words around mails, so that the reading of one without costs nothing more.
func markFramed(tx *store.Tx, id ID) error {
	l, ok, err := lists.Get(tx, id)
	if err != nil || !ok {
		return err
	}
	was := l.Framed
	l.Framed = true
	if l.Framed = frames(tx, l) != nil; l.Framed == was {
		return nil
	}
	return lists.Put(tx, id, l)
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

// FramePrefix begins the names of texts that stand around a whole mail.
const FramePrefix = "mail-"

// Frames are the words that a list has around mails. nil has none.
type Frames struct{ words map[string]string }

// FramesOf are frames by the names of their texts, for a mail that is only shown.
func FramesOf(words map[string]string) *Frames { return &Frames{maps.Clone(words)} }

// Of returns the words of a text, or nothing.
func (f *Frames) Of(name string) string {
	if f == nil {
		return ""
	}
	return f.words[name]
}

// frames are those of a list. One that cannot be read is left out, so that the mail goes as usual; the check of the store names
// it.
func frames(tx *store.Tx, l List) (f *Frames) {
	if !l.Framed {
		return nil
	}
	for r, err := range store.PrefixFrom(texts, tx, l.ID, FramePrefix) {
		if !strings.HasPrefix(r.Key.B, FramePrefix) {
			return f
		}
		if err != nil {
			continue
		}
		if f == nil {
			f = &Frames{map[string]string{}}
		}
		f.words[r.Key.B] = r.Value.Text
	}
	return f
}

// ResetWords goes back to the usual words, and reports whether there were others.
func ResetWords(tx *store.Tx, l ID, name string) (bool, error) {
	key := store.Pair[ID, string]{A: l, B: name}
	had, err := texts.Has(tx, key)
	if err != nil || !had {
		return false, err
	}
	if err := texts.Delete(tx, key); err != nil {
		return false, err
	}
	return true, markFramed(tx, l)
}
