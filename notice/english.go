package notice

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What a mail of ours keeps to, so that somebody who is tired can read it on a telephone.
const (
	maxGrade   = 8  // school year of Flesch and Kincaid whose readers understand it
	maxColumns = 78 // letters in a line
	maxAbove   = 25 // lines above what is quoted
)

// bannedWords are those that a mail of ours never says.
var bannedWords = []string{"pending", "disposition", "administrivia", "subscription", "invalid", "error code", "syntax"}

// Grade is the reading grade of a text by Flesch and Kincaid: about the American school year, from 0, in which people read it
// with ease. The end of a paragraph ends a sentence as well. It is 0 for a text without words, and may be negative.
func Grade(text string) float64 {
	sentences, words, syllables := 0, 0, 0
	for part := range strings.SplitSeq(text, "\n\n") {
		for s := range strings.FieldsFuncSeq(part, func(r rune) bool { return strings.ContainsRune(".!?:", r) }) {
			n := 0
			for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }) {
				n++
				syllables += syllablesOf(w)
			}
			if words += n; n > 0 {
				sentences++
			}
		}
	}
	if words == 0 {
		return 0
	}
	return 0.39*float64(words)/float64(sentences) + 11.8*float64(syllables)/float64(words) - 15.59
}

// syllablesOf counts groups of vowels, without those that are not spoken at the end of a word.
func syllablesOf(word string) (n int) {
	word = strings.ToLower(word)
	var vowel, before rune // the vowel that stands before this letter, if there is one, and the letter before the vowels
	for _, r := range word {
		switch {
		case !strings.ContainsRune("aeiouy", r):
			vowel, before = 0, r
			continue
		case vowel == 0, vowel == 'i' && strings.ContainsRune("ao", r) && !strings.ContainsRune("tcsgx", before),
			vowel == 'u' && r == 'a' && !strings.ContainsRune("qg", before): // pe-ri-od, but ques-tion; us-u-al, but guard
			n++
		}
		vowel = r
	}
	silent := strings.HasSuffix(word, "e") && !strings.HasSuffix(word, "le") && !strings.HasSuffix(word, "ee") ||
		strings.HasSuffix(word, "ed") && !strings.HasSuffix(word, "ted") && !strings.HasSuffix(word, "ded") && !strings.HasSuffix(word, "eed") ||
		strings.HasSuffix(word, "es") && !hasAnySuffix(word, "ses", "xes", "zes", "ches", "shes", "ces", "ges", "les", "ees")
	if silent {
		n--
	}
	return max(n, 1)
}

func hasAnySuffix(s string, all ...string) bool {
	for _, suffix := range all {
		if strings.HasSuffix(s, suffix) {
			return true
		}
	}
	return false
}

var (
	inQuotesForm = regexp.MustCompile(`"[^"\n]*"`)
	placeForm    = regexp.MustCompile(`\S*(?:@|://)\S*`)
	columnForm   = regexp.MustCompile(`^ +\S.*?\S {2,}(\S.*)$`)
)

// ownWords are the words of a mail's text that are the server's own, as they are read: without what is quoted or set apart as
// somebody else's, addresses, and commands that people paste. Of a row of words to answer it is what they do.
func ownWords(text string) string {
	var b strings.Builder
	for line := range strings.Lines(aboveQuotes(text)) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "sencoforum "):
			line = ""
		case strings.HasPrefix(line, "  "):
			row := columnForm.FindStringSubmatch(line)
			if line = ""; row != nil {
				line = row[1] + ".\n"
			}
		}
		line = inQuotesForm.ReplaceAllString(line, "this")
		b.WriteString(placeForm.ReplaceAllString(line, "here") + "\n")
	}
	return b.String()
}

// aboveQuotes is a text up to the first line that quotes, or that says what is quoted below it.
func aboveQuotes(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, ">") || strings.HasPrefix(line, "----------") {
			break
		}
		b.WriteString(line)
	}
	return b.String()
}

// Faults says in words for people what keeps the text of a mail from being plain: too hard to read, a word that we do not use,
// too long. There are none in the mails of this package.
func Faults(text string) (all []string) {
	own := ownWords(text)
	if g := Grade(own); g > maxGrade {
		all = append(all, fmt.Sprintf("it reads at grade %.1f; the most is %d: use shorter sentences and shorter words", g, maxGrade))
	}
	return append(append(all, wordFaults(own)...), shapeFaults(text)...)
}

// wordFaults looks for what our own words never have.
func wordFaults(own string) (all []string) {
	lower := strings.ToLower(own)
	for _, w := range bannedWords {
		if strings.Contains(lower, w) {
			all = append(all, fmt.Sprintf("it says %q, which we do not use", w))
		}
	}
	if strings.Contains(own, "!") {
		all = append(all, "it has an exclamation mark")
	}
	return all
}

// shapeFaults looks at the lines. One that cannot be broken, such as a link, may be longer.
func shapeFaults(text string) (all []string) {
	lines := 0
	for line := range strings.Lines(aboveQuotes(text)) {
		line, lines = strings.TrimRight(line, "\n"), lines+1
		if n := utf8.RuneCountInString(line); n > maxColumns && strings.Contains(strings.TrimSpace(line), " ") {
			all = append(all, fmt.Sprintf("a line has %d letters; the most is %d: %s", n, maxColumns, line))
		}
	}
	if lines > maxAbove {
		all = append(all, fmt.Sprintf("it has %d lines; the most is %d", lines, maxAbove))
	}
	return all
}
