package archive

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sencoforum/message"
)

// phrases are runs of phraseWords words, as hashes in order, each once. Runs of words survive what quoting does to lines.
type phrases []uint64

const (
	phraseWords = 5
	wordsMost   = 4000 // words of one text that are looked at
	enough      = 3    // phrases that two texts share, so seven words in a row
)

// shared returns how many of q's phrases stand in own, or 0 for too few to mean anything. Of a very short text all
// must be there.
func (q phrases) shared(own phrases) int {
	n := 0
	for i, j := 0, 0; i < len(q) && j < len(own); {
		switch {
		case q[i] < own[j]:
			i++
		case q[i] > own[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	if n < min(enough, len(own)) {
		return 0
	}
	return n
}

// ownPhrases are the phrases of what a post does not quote.
func ownPhrases(segments []message.Segment) phrases {
	_, own := divide(segments)
	return phrasesOf(own)
}

// greetingMost is how many words a line has that greets somebody.
const greetingMost = 5

// greeting returns the words of the first of these lines, if it is short enough to be a greeting and ends as one.
func greeting(own []string) []string {
	if len(own) == 0 || !strings.ContainsAny(own[0][len(own[0])-1:], ",!.-") {
		return nil
	}
	words := strings.FieldsFunc(strings.ToLower(own[0]), notWord)
	if len(words) > greetingMost {
		return nil
	}
	return words
}

// greets reports whether a greeting has a word of somebody's name in it.
func greets(words []string, name string) bool {
	for n := range strings.FieldsFuncSeq(strings.ToLower(name), notWord) {
		if len(n) > 2 && slices.Contains(words, n) {
			return true
		}
	}
	return false
}

func notWord(r rune) bool {
	if r < utf8.RuneSelf {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	}
	return !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// divide separates the lines that a post quotes or passes on from its own ones. Signatures and the footers of lists are
// in neither: everybody has them. Where all of a text counts as own because nothing else is left, the marks decide.
func divide(segments []message.Segment) (quoted, own []string) {
	for _, s := range segments {
		if s.Kind != message.Own && s.Kind != message.Quoted && s.Kind != message.Forwarded {
			continue
		}
		for line := range strings.SplitSeq(s.Text, "\n") {
			switch bare := strings.TrimSpace(line); {
			case bare == "":
			case s.Kind != message.Own || bare[0] == '>' || bare[0] == '|':
				quoted = append(quoted, strings.TrimLeft(bare, ">| "))
			default:
				own = append(own, bare)
			}
		}
	}
	return quoted, own
}

// phrasesOf returns the phrases of these lines. A text of fewer words than a phrase has has none.
func phrasesOf(lines []string) phrases {
	var words []uint64 // as hashes
	for _, line := range lines {
		for w := range strings.FieldsFuncSeq(line, notWord) {
			words = append(words, wordHash(strings.ToLower(w)))
		}
		if len(words) > wordsMost {
			words = words[:wordsMost]
			break
		}
	}
	if len(words) < phraseWords {
		return nil
	}
	all := make(phrases, 0, len(words)-phraseWords+1)
	for i := 0; i+phraseWords <= len(words); i++ {
		h := uint64(fnvOffset)
		for _, w := range words[i : i+phraseWords] {
			h = (h ^ w) * fnvPrime
			h ^= h >> 32 // so that the high bits of a word reach the low ones of what follows
		}
		all = append(all, h)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// The constants of FNV-1a with 64 bits.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

func wordHash(w string) uint64 {
	h := uint64(fnvOffset)
	for i := range len(w) {
		h = (h ^ uint64(w[i])) * fnvPrime
	}
	return h
}
