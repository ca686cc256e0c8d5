package guard

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"sync"
)

//go:embed allow.txt
var allowFile string

// Allow is a list of phrases that may stand anywhere. The zero value allows nothing. It never changes.
type Allow struct {
	byFirst map[string][][]string // first word -> phrases, in small letters, without what is no word
}

// Bounds of an allow-list.
const (
	maxPhrases     = 5000
	maxPhraseWords = 8
)

// What is wrong with a phrase.
var (
	ErrOneWord   = errors.New("a phrase needs two words or more; a single name would hide every child who has it")
	ErrManyWords = fmt.Errorf("a phrase has at most %d words; cut it", maxPhraseWords)
	ErrNumber    = errors.New("a phrase of the allow-list cannot hold a number or a birth date that may be a person's; give the name alone")
)

// CheckAllowed says why a phrase cannot be let stand in the posts of a list: one of these errors.
func CheckAllowed(phrase string) error {
	if err := (Allow{byFirst: map[string][][]string{}}).put(phrase); err != nil {
		return err
	}
	for _, f := range Look(Input{Own: phrase}, Allow{}) {
		switch f.Kind {
		case UPN, NHS, ULN, NINO, Birth:
			return ErrNumber
		}
	}
	return nil
}

// DefaultAllow is the list that ships with the program (allow.txt).
var DefaultAllow = sync.OnceValue(func() Allow {
	a, err := ParseAllow(allowFile)
	if err != nil {
		panic(err) // a test reads the file
	}
	return a
})

// ParseAllow reads an allow-list: a phrase a line; "#" begins a comment. An error names the line.
func ParseAllow(text string) (Allow, error) {
	a := Allow{byFirst: make(map[string][][]string)}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line, _, _ = strings.Cut(line, "#")
		if strings.TrimSpace(line) == "" {
			continue
		}
		if err := a.put(line); err != nil {
			return Allow{}, fmt.Errorf("allow-list, line %d: %w", n, err)
		}
	}
	return a, nil
}

// With returns the list with phrases added, such as those of one mailing list.
func (a Allow) With(phrases ...string) (Allow, error) {
	b := Allow{byFirst: make(map[string][][]string, len(a.byFirst))}
	for k, v := range a.byFirst {
		b.byFirst[k] = v[:len(v):len(v)]
	}
	for _, p := range phrases {
		if err := b.put(p); err != nil {
			return a, fmt.Errorf("allow-list, %q: %w", p, err)
		}
	}
	return b, nil
}

func (a Allow) put(phrase string) error {
	d := doc{folded: fold(phrase)}
	d.cut()
	var all []string
	for i, t := range d.tokens {
		if t.form == word || t.form == number {
			all = append(all, d.lower(i))
		}
	}
	switch {
	case len(all) < 2:
		return ErrOneWord
	case len(all) > maxPhraseWords:
		return ErrManyWords
	case len(a.byFirst) >= maxPhrases:
		return fmt.Errorf("there are at most %d phrases; remove some", maxPhrases)
	}
	a.byFirst[all[0]] = append(a.byFirst[all[0]], all)
	return nil
}

// mark marks the tokens of every allowed phrase.
func (a Allow) mark(d *doc) {
	if len(a.byFirst) == 0 {
		return
	}
	for i, t := range d.tokens {
		if t.form != word {
			continue
		}
		for _, phrase := range a.starting(d, i) {
			if to := d.phrase(i, phrase); to > 0 {
				for k := i; k < to; k++ {
					d.tokens[k].allowed = true
				}
			}
		}
	}
}

func (a Allow) starting(d *doc, i int) [][]string {
	var low [32]byte
	s := d.raw(i)
	if len(s) > len(low) {
		return nil
	}
	for k := range len(s) {
		c := s[k]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		low[k] = c
	}
	return a.byFirst[string(low[:len(s)])]
}

// phrase returns the token after a phrase that begins at i, or 0. Signs and one line end between its words do not matter.
func (d *doc) phrase(i int, phrase []string) int {
	for n, w := range phrase {
		for n > 0 && i < len(d.tokens) && (d.tokens[i].form == sign && d.tokens[i].sign != '\t' || d.soft(i) != i) {
			i++
		}
		if i >= len(d.tokens) || !strings.EqualFold(d.raw(i), w) {
			return 0
		}
		i++
	}
	return i
}
