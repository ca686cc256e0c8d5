package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"golang.org/x/text/unicode/norm"
)

// Bounds of what is indexed of one text. What is beyond them is left out.
const (
	maxWord    = 40     // characters of a word; a longer one is no word of a language
	maxOwn     = 20_000 // words of a post's own
	maxQuoted  = 5_000  // words that it quotes
	maxFiled   = 10_000 // words in its files
	maxStems   = 50_000 // words whose stem an analyser remembers
	maxKnown   = 20_000 // words as they are written that it remembers
	joinedMost = 3      // parts with hyphens between them that are also one word
)

// A token is a word of a text as the index knows it.
type token struct {
	term       string // folded and stemmed
	word       string // folded alone: what spelling is corrected to
	start, end int    // bytes in the text
	pos        int    // from 1; words that are left out count
}

// An analyser turns texts into tokens. It is pure: the same text gives the same tokens. It remembers stems and belongs to one
// goroutine.
type analyser struct {
	env   *snowballstem.Env
	stems map[string]string
	known map[string]known
	again []token // of some
}

// known is what becomes of a word as it is written; without a term: nothing.
type known struct{ term, word string }

func newAnalyser() *analyser {
	return &analyser{env: snowballstem.NewEnv(""), stems: map[string]string{}, known: map[string]known{}}
}

// tokens returns at most that many tokens of a text.
func (a *analyser) tokens(text string, most int) []token {
	out := make([]token, 0, min(most, len(text)/8+4))
	pos := 0
	for s := (scanner{text: text}); len(out) < most; {
		start, end, ok := s.next()
		if !ok {
			break
		}
		out, pos = a.add(out, text[start:end], start, pos)
	}
	return out[:min(len(out), most)]
}

// some returns the tokens of a text that may have a term with one of these first letters, for who is done with them before the
// analyser is asked again. Most words are passed over by their first letter, and are not looked up.
func (a *analyser) some(text string, of *firstLetters) []token {
	a.again = a.again[:0]
	pos := 0
	for s := (scanner{text: text}); len(a.again) < maxOwn; {
		start, end, ok := s.next()
		if !ok {
			break
		}
		if raw := text[start:end]; of.may(raw) {
			a.again, pos = a.add(a.again, raw, start, pos)
		} else {
			pos++
		}
	}
	return a.again
}

// firstLetters are those with which terms begin.
type firstLetters [utf8.RuneSelf]bool

// add adds that of a term. Two words begin otherwise in America (british.go).
func (f *firstLetters) add(term string) {
	if b := term[0]; b < utf8.RuneSelf {
		f[b] = true
		f['i'] = f['i'] || b == 'e'
	}
}

// may reports whether a word, as it stands in a text, may have a term that begins so. What has parts or accents may.
func (f *firstLetters) may(raw string) bool {
	first := raw[0]
	if first >= 'A' && first <= 'Z' {
		first += 'a' - 'A'
	}
	if first >= utf8.RuneSelf || f[first] {
		return true
	}
	for i := 0; i < len(raw); i++ {
		if raw[i] == '-' || raw[i] >= utf8.RuneSelf {
			return true
		}
	}
	return false
}

// add appends the tokens of a word as it stands in a text, and returns the position of the last.
func (a *analyser) add(out []token, raw string, at, pos int) ([]token, int) {
	if k, ok := a.known[raw]; ok { // such a word has no hyphens
		if k.word != "" {
			out = append(out, token{term: k.term, word: k.word, start: at, end: at + len(raw), pos: pos + 1})
		}
		return out, pos + 1
	}
	if !strings.ContainsFunc(raw, isHyphen) {
		if t, ok := a.token(raw, at, pos+1); ok {
			out = append(out, t)
		}
		return out, pos + 1
	}
	parts := strings.FieldsFunc(raw, isHyphen)
	first, from := pos+1, 0
	for _, part := range parts {
		pos++
		i := from + strings.Index(raw[from:], part)
		if t, ok := a.token(part, at+i, pos); ok {
			out = append(out, t)
		}
		from = i + len(part)
	}
	if len(parts) > 1 && len(parts) <= joinedMost {
		if t, ok := a.token(strings.Join(parts, ""), at, first); ok {
			t.end = at + len(raw)
			out = append(out, t)
		}
	}
	return out, pos
}

func (a *analyser) token(raw string, at, pos int) (token, bool) {
	k, ok := a.known[raw]
	if !ok {
		if word, ok := fold(raw); ok {
			k = known{a.stem(word), word}
		}
		if len(a.known) >= maxKnown {
			clear(a.known)
		}
		if len(raw) <= maxWord {
			a.known[strings.Clone(raw)] = known{k.term, strings.Clone(k.word)}
		}
	}
	return token{term: k.term, word: k.word, start: at, end: at + len(raw), pos: pos}, k.word != ""
}

// stem brings a folded word to its stem, British and American alike. A word with a digit stays.
func (a *analyser) stem(word string) string {
	if s, ok := a.stems[word]; ok {
		return s
	}
	s := british(word)
	if len(s) > 2 && !strings.ContainsAny(s, "0123456789") {
		a.env.SetCurrent(s)
		english.Stem(a.env)
		s = a.env.Current()
	}
	if len(a.stems) >= maxStems {
		clear(a.stems)
	}
	a.stems[strings.Clone(word)] = strings.Clone(s)
	return s
}

// A scanner finds words: runs of letters, digits and marks, with apostrophes, hyphens and dots inside them as people write
// them. Dots stay between single letters and between digits (E.H.C.P., 3.5), commas between digits.
type scanner struct {
	text string
	at   int
}

// next returns where the next word begins and ends. It ends in a letter, digit or mark, or the last dot of an acronym. Letters
// without accents are most of any text and need no closer look.
func (s *scanner) next() (start, end int, ok bool) {
	for s.at < len(s.text) && !isPlain(s.text[s.at]) {
		r, n := utf8.DecodeRuneInString(s.text[s.at:])
		if isWord(r) {
			break
		}
		s.at += n
	}
	if s.at == len(s.text) {
		return 0, 0, false
	}
	start = s.at
	for s.at < len(s.text) {
		if isPlain(s.text[s.at]) {
			s.at++
			continue
		}
		r, n := utf8.DecodeRuneInString(s.text[s.at:])
		if !isWord(r) && !s.joins(r, n, start) {
			break
		}
		s.at += n
	}
	return start, s.at, true
}

// joins reports whether a sign at the place of the scanner holds together the word that began at start.
func (s *scanner) joins(r rune, size, start int) bool {
	before, _ := utf8.DecodeLastRuneInString(s.text[start:s.at])
	after, _ := utf8.DecodeRuneInString(s.text[s.at+size:])
	switch r {
	case '\'', '’', 'ʼ', '‘', '-', '‐', '‑', '\u00ad':
		return isWord(before) && isWord(after)
	case '.':
		if unicode.IsDigit(before) && unicode.IsDigit(after) {
			return true
		}
		return unicode.IsLetter(before) && unicode.IsLetter(after) && s.isSingle(s.at, start) && s.isSingleAfter(s.at+size)
	case ',':
		return unicode.IsDigit(before) && unicode.IsDigit(after)
	}
	return false
}

// isSingle reports whether the letter before a place stands alone: at the beginning of the word or behind a dot.
func (s *scanner) isSingle(at, start int) bool {
	_, n := utf8.DecodeLastRuneInString(s.text[start:at])
	return at-n == start || s.text[at-n-1] == '.'
}

// isSingleAfter reports whether the letter at a place stands alone.
func (s *scanner) isSingleAfter(at int) bool {
	_, n := utf8.DecodeRuneInString(s.text[at:])
	r, _ := utf8.DecodeRuneInString(s.text[at+n:])
	return !isWord(r)
}

func isHyphen(r rune) bool { return r == '-' || r == '‐' || r == '‑' }

// isPlain reports a letter without an accent or a digit.
func isPlain(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' || b >= '0' && b <= '9' }

func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return isPlain(byte(r))
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r))
}

// fold brings a word, without hyphens, to small letters without accents, apostrophes and dots. The plural of letters loses
// its s (TAs, EHCPs), and so does a possessive. It reports false for what is not indexed: the commonest words, unless they are
// written in capitals (IT), and what is too long for a word.
func fold(raw string) (string, bool) {
	if utf8.RuneCountInString(raw) > maxWord {
		return "", false
	}
	capitals := isCapitals(raw)
	if len(raw) > 2 && strings.HasSuffix(raw, "s") && isCapitals(raw[:len(raw)-1]) {
		raw = raw[:len(raw)-1]
	}
	w := plain(raw)
	if w == "" || stopWords[w] && !capitals {
		return "", false
	}
	return w, true
}

// isCapitals reports two letters or more that are all capitals; dots between them do not count.
func isCapitals(s string) bool {
	n := 0
	for _, r := range s {
		if r == '.' {
			continue
		}
		if !unicode.IsUpper(r) {
			return false
		}
		n++
	}
	return n > 1
}

// plain is a word in small letters, without what can be written or not.
func plain(s string) string {
	ascii := true
	for i := 0; i < len(s) && ascii; i++ {
		ascii = s[i] < utf8.RuneSelf
	}
	if !ascii {
		s = norm.NFKD.String(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	possessive := false
	for i, r := range s {
		switch {
		case r == '\'' || r == '’' || r == 'ʼ' || r == '‘':
			possessive = strings.EqualFold(s[i+utf8.RuneLen(r):], "s")
		case r == '.' && i > 0 && s[i-1] >= '0' && s[i-1] <= '9':
			b.WriteByte('.') // 3.5
		case r == '.' || r == ',' || r == '\u00ad' || unicode.Is(unicode.Mn, r):
		case possessive: // the s of it
		default:
			if to, ok := letters[unicode.ToLower(r)]; ok {
				b.WriteString(to)
				continue
			}
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// letters that Unicode does not take apart.
var letters = map[rune]string{'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ı': "i", 'ỻ': "ll"}

// stopWords are so common that no post is found by them. They count as places in phrases.
var stopWords = wordSet(`a an and are as at be but by for from had has have he her his i if in is it its me my not of on or our
	she so that the their them then there these they this to us was we were will with you your`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}
