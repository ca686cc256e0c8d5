package archive

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrWords says that words of a moderator cannot be kept: too long, empty, or with characters that nobody sees.
var ErrWords = errors.New("words that cannot be kept")

// maxSlug bounds the word that stands for a topic or a collection in addresses of pages.
const maxSlug = 40

// plainLine is one line of plain text without the space around it, of 1 to most characters.
func plainLine(what, s string, most int) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", fmt.Errorf("%w: the %s is empty", ErrWords, what)
	}
	if strings.Contains(s, "\n") {
		return "", fmt.Errorf("%w: the %s has more than one line", ErrWords, what)
	}
	return plainText(what, s, most)
}

// plainText is plain text without the space around it, of at most so many characters. Its lines end in "\n". It has no
// control characters and none that hide or turn others round.
func plainText(what, s string, most int) (string, error) {
	s = strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\t", " ").Replace(s))
	if n := utf8.RuneCountInString(s); n > most {
		return "", fmt.Errorf("%w: the %s has %d characters; at most %d", ErrWords, what, n, most)
	}
	if !utf8.ValidString(s) {
		return "", fmt.Errorf("%w: the %s is not UTF-8", ErrWords, what)
	}
	for _, r := range s {
		if r != '\n' && !unicode.IsGraphic(r) {
			return "", fmt.Errorf("%w: the %s has the character %U, which nobody sees", ErrWords, what, r)
		}
	}
	return s, nil
}

// Slug makes a word for addresses of pages from a name: "Exam access: reading pens" becomes "exam-access-reading-pens".
// It has ASCII letters, digits and single hyphens between them, and at most 40 bytes. It is empty when a name has none.
func Slug(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(name) {
		if r < 'a' || r > 'z' {
			if r < '0' || r > '9' {
				gap = gap || r != '\'' && r != '’'
				continue
			}
		}
		if gap && b.Len() > 0 {
			b.WriteByte('-')
		}
		gap = false
		b.WriteRune(r)
	}
	s := b.String()
	return strings.TrimRight(s[:min(len(s), maxSlug)], "-")
}

// slugFor is the slug that is wanted, or one made from the name.
func slugFor(wanted, name string) (string, error) {
	if wanted == "" {
		if wanted = Slug(name); wanted == "" {
			return "", fmt.Errorf("%w: %q has no letters for a page address; give a slug", ErrWords, name)
		}
	}
	if wanted != Slug(wanted) {
		return "", fmt.Errorf("%w: the slug %q; it has small letters, digits and single hyphens, at most %d", ErrWords, wanted, maxSlug)
	}
	return wanted, nil
}

// reposition puts the item at index i at the place from 1, or at the end for a place beyond it.
func reposition[T any](all []T, i, place int) []T {
	item := all[i]
	rest := append(append([]T{}, all[:i]...), all[i+1:]...)
	at := min(max(place-1, 0), len(rest))
	return append(append(append([]T{}, rest[:at]...), item), rest[at:]...)
}
