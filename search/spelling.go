package search

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// A Lexicon is the words that are written in a forum, with how many posts have each. It finds the word that somebody meant
// to type. It does not change, so any number of goroutines may use it. It takes about 40 bytes for a
// word.
type Lexicon struct {
	words []lexeme // by word
}

type lexeme struct {
	word  string
	posts uint32
}

// Bounds of correcting.
const (
	shortest    = 4       // characters of a word that may be wrong
	longest     = 30      // and of the longest
	shortWord   = 5       // up to here only one change
	often       = 20      // posts with a word that is certainly meant
	rarely      = 3       // posts up to which a word may be somebody's slip
	timesMore   = 100     // how much more posts the right word of a slip has
	leastPosts  = 2       // posts with a word that may be suggested
	pricePerOne = 4.5     // logarithm of how much rarer a word may be for each change less
	maxRows     = 400_000 // rows that are computed for one word
	maxLexicon  = 500_000 // words
)

// NewLexicon takes words in small letters, in any order, and the number of posts of each. Words with figures and very short
// ones are left out.
func NewLexicon(each func(yield func(word string, posts int) bool)) *Lexicon {
	l := &Lexicon{}
	each(func(word string, posts int) bool {
		n := utf8.RuneCountInString(word)
		if posts > 0 && n >= 3 && n <= longest && utf8.ValidString(word) && !strings.ContainsAny(word, "0123456789") {
			l.words = append(l.words, lexeme{word, uint32(min(posts, math.MaxUint32))})
		}
		return len(l.words) < maxLexicon
	})
	slices.SortFunc(l.words, func(a, b lexeme) int { return strings.Compare(a.word, b.word) })
	return l
}

// posts returns how many posts have a word.
func (l *Lexicon) posts(word string) int {
	i, ok := slices.BinarySearchFunc(l.words, word, func(e lexeme, w string) int { return strings.Compare(e.word, w) })
	if !ok {
		return 0
	}
	return int(l.words[i].posts)
}

// Suggest returns the word that was meant by one in small letters, and false when that word is good or nothing is near
// enough. Near is one change, or two in a longer word: a letter more, less or another, or two letters the other way round.
// A word of many posts is never wrong. One of few may be, when a word near it has a hundred times as many.
func (l *Lexicon) Suggest(word string) (string, bool) {
	typed := []rune(word)
	if len(typed) < shortest || len(typed) > longest || strings.ContainsAny(word, "0123456789&") {
		return "", false
	}
	known := l.posts(word)
	if known > rarely {
		return "", false
	}
	most := 2
	if len(typed) <= shortWord || known > 0 {
		most = 1
	}
	s := speller{lexicon: l, typed: typed, most: most, least: max(leastPosts, known*timesMore)}
	s.walk()
	return s.best, s.best != ""
}

// A speller is one search through a lexicon. As the words are in order, each shares its beginning with the one before, and
// so does the work: rows of the table of changes are computed for new letters only, and all words with a hopeless beginning
// are stepped over.
type speller struct {
	lexicon *Lexicon
	typed   []rune
	most    int
	least   int // posts of a word that is suggested

	rows  [longest + 2][longest + 4]int8 // rows[i][j]: changes from the first i letters of a word to the first j that were typed
	best  string
	score float64
	steps int // rows that were computed
}

func (s *speller) walk() {
	for j := range s.rows[0] {
		s.rows[0][j] = int8(j)
	}
	words := s.lexicon.words
	var now, before []rune
	for i := 0; i < len(words) && s.steps < maxRows; {
		w := &words[i]
		now, before = before[:0], now
		for _, r := range w.word {
			now = append(now, r)
		}
		hopeless := 0
		for n := shared(before, now) + 1; n <= len(now); n++ {
			s.steps++
			if s.row(now, n) > int8(s.most) {
				hopeless = n
				break
			}
		}
		if hopeless == 0 {
			s.consider(w, now)
			i++
			continue
		}
		now = now[:hopeless]
		i = skip(words, i, string(now))
	}
}

// skip returns the place of the first word behind i that does not begin so.
func skip(words []lexeme, i int, prefix string) int {
	step := 1
	for i+step < len(words) && strings.HasPrefix(words[i+step].word, prefix) {
		step *= 2
	}
	end := min(i+step, len(words))
	from := i + step/2
	return from + sort.Search(end-from, func(k int) bool { return !strings.HasPrefix(words[from+k].word, prefix) })
}

func shared(a, b []rune) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// far stands for more changes than are looked for.
const far = 100

// row computes the row of the nth letter of a word, as far as it can matter, and returns the least of it and of the one
// before: two letters the other way round reach over one row.
func (s *speller) row(word []rune, n int) int8 {
	above, now := &s.rows[n-1], &s.rows[n]
	from, to := max(n-s.most, 0), min(n+s.most, len(s.typed))
	if from > to {
		return far
	}
	least := int8(far)
	if from > 0 {
		now[from-1] = far
	} else {
		now[0] = int8(n)
		least = now[0]
		from = 1
	}
	letter := word[n-1]
	for j := from; j <= to; j++ {
		d := above[j-1]
		if letter != s.typed[j-1] {
			d = min(d, above[j], now[j-1]) + 1
		}
		if n > 1 && j > 1 && letter == s.typed[j-2] && word[n-2] == s.typed[j-1] {
			d = min(d, s.rows[n-2][j-2]+1)
		}
		now[j] = d
		least = min(least, d, above[j-1]+1)
	}
	now[to+1] = far
	return least
}

// consider takes a word for the best one, if it is.
func (s *speller) consider(w *lexeme, runes []rune) {
	if n := len(runes) - len(s.typed); n > s.most || n < -s.most {
		return
	}
	changes := int(s.rows[len(runes)][len(s.typed)])
	if changes < 1 || changes > s.most || int(w.posts) < s.least || len(runes) < shortest-1 {
		return
	}
	score := math.Log(float64(w.posts)) - pricePerOne*s.price(runes, changes)
	if s.best == "" || score > s.score {
		s.best, s.score = w.word, score
	}
}

// price is the number of changes with less for what people get wrong most often: vowels, double letters, letters that sound
// alike and letters the other way round. Another first letter is rarer.
func (s *speller) price(word []rune, changes int) float64 {
	p := float64(changes)
	if sound(word) == sound(s.typed) {
		p -= 0.4
	}
	if word[0] != s.typed[0] {
		p += 0.5
	}
	if len(word) == len(s.typed) && sameLetters(word, s.typed) {
		p -= 0.3
	}
	return p
}

// sound is the word by its consonants: each once, those that sound alike as one.
func sound(word []rune) string {
	var b strings.Builder
	last := rune(0)
	for _, r := range word {
		switch r {
		case 'a', 'e', 'i', 'o', 'u', 'y', 'h', 'w':
			continue
		case 'c', 'q':
			r = 'k'
		case 'z':
			r = 's'
		case 'g':
			r = 'j'
		case 'd':
			r = 't'
		}
		if r != last {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}

func sameLetters(a, b []rune) bool {
	x, y := slices.Clone(a), slices.Clone(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

// A Correction is a word that was typed and the one that was probably meant.
type Correction struct{ Typed, Meant string }

// Correct returns the query with other words in the place of those that are probably wrong, for "Showing results for …",
// and what was changed; nothing where all is well. Words in quotes, names of people, words of the vocabulary and queries of
// exact words stay as they are. A word that the vocabulary knows may be meant although no post has it. The query is one that was not expanded; Typed of the result is what to show and to link to.
func (l *Lexicon) Correct(q Query, v *Vocabulary) (Query, []Correction) {
	if q.Exact || l == nil {
		return q, nil
	}
	var changed []Correction
	clauses := make([]Clause, len(q.Clauses))
	for i, c := range q.Clauses {
		c.Terms = slices.Clone(c.Terms)
		for j := range c.Terms {
			t := &c.Terms[j]
			if c.Not || !t.open() || len(t.Words) != 1 || v.Knows(t.Words[0]) {
				continue
			}
			meant, ok := l.Suggest(t.Words[0])
			if !ok && l.posts(t.Words[0]) <= rarely && v.spelt != nil { // no post has the right word, but perhaps one has another name
				meant, ok = v.spelt.Suggest(t.Words[0])
			}
			if ok {
				changed = append(changed, Correction{t.Words[0], meant})
				t.Words = []string{meant}
			}
		}
		clauses[i] = c
	}
	if len(changed) == 0 {
		return q, nil
	}
	q.Clauses = once(clauses)
	q.Typed = cmp.Or(q.String(), q.Typed)
	return q, changed
}
