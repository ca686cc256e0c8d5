package archive

import (
	"hash/fnv"
	"slices"
	"strings"
	"unicode"
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

// ownPhrases are the phrases of what a text does not quote.
func ownPhrases(text string) phrases { _, own := divide(text); return phrasesOf(own) }

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

// divide separates quoted lines from own ones: those after a mark such as ">", and all after the line with which
// Outlook begins what it quotes. Signatures and the footers of lists are in neither: everybody has them.
func divide(text string) (quoted, own []string) {
	var outlook, skipQuoted, skipOwn bool // skip: a footer has begun
	for line := range strings.SplitSeq(text, "\n") {
		bare := strings.TrimSpace(line)
		if bare == "" {
			continue
		}
		words := strings.TrimLeft(bare, ">| ")
		isQuoted := outlook || bare[0] == '>' || bare[0] == '|'
		switch {
		case isOriginal(bare):
			outlook, skipQuoted = true, false
		case isFooter(words) && isQuoted:
			skipQuoted = true
		case isFooter(words):
			skipOwn = true
		case isQuoted && !skipQuoted:
			quoted = append(quoted, words)
		case !isQuoted:
			skipQuoted = false // the next quote is another
			if !skipOwn {
				own = append(own, bare)
			}
		}
	}
	return quoted, own
}

// isFooter reports a line after which a signature or a list's footer stands.
func isFooter(line string) bool {
	return line == "--" || len(line) >= 10 && strings.Trim(line, "_") == ""
}

// isOriginal reports the line before a message that is quoted as a whole, without marks.
func isOriginal(line string) bool {
	l := strings.ToLower(line)
	return strings.HasPrefix(l, "--") && (strings.Contains(l, "original message") || strings.Contains(l, "forwarded message"))
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
