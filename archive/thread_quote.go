package archive

import (
	"hash/fnv"
	"slices"
	"strings"
	"unicode"

	"sencoforum/message"
)

// phrases are runs of phraseWords words, as hashes. Runs of words survive what quoting does to lines.
type phrases map[uint64]struct{}

const (
	phraseWords = 5
	wordsMost   = 4000 // words of one text that are looked at
	enough      = 3    // phrases that two texts share, so seven words in a row
)

// shared returns how many of q's phrases stand in own, or 0 for too few to mean anything. Of a very short text all
// must be there.
func (q phrases) shared(own phrases) int {
	n := 0
	for p := range own {
		if _, ok := q[p]; ok {
			n++
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

func notWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

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

// phrasesOf returns the phrases of these lines. A text of fewer words than a phrase has is one phrase.
func phrasesOf(lines []string) phrases {
	var words []string
	for _, line := range lines {
		for w := range strings.FieldsFuncSeq(line, notWord) {
			words = append(words, strings.ToLower(w))
		}
		if len(words) > wordsMost {
			words = words[:wordsMost]
			break
		}
	}
	all := phrases{}
	for i := 0; i+phraseWords <= len(words); i++ {
		h := fnv.New64a()
		for _, w := range words[i : i+phraseWords] {
			h.Write([]byte(w))
			h.Write([]byte{' '})
		}
		all[h.Sum64()] = struct{}{}
	}
	return all
}
