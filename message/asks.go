package message

import (
	"strings"
	"sync"
)

// Asks reports that the writer of these own words wants an answer from the readers: a question mark that is meant, or a
// phrase of asking, and neither an announcement nor a patch. The subject may ask alone. It is a guess by simple signs,
// measured in docs/words.md: a wrong one must cost little.
func Asks(own, subject string) bool {
	low := straight(asciiLower(own))
	return asks(low, straight(asciiLower(subject)), signsMatcher().in(low))
}

// asks judges own words and subject in lower case, with straight apostrophes. found is what signsMatcher found in the words.
func asks(low, head string, found uint) bool {
	score := 0
	if questions(low) > 0 {
		score += 2
	}
	if strings.Contains(head, "?") && !hasPrefixOf(head, rhetorical) {
		score += 2
	}
	if score == 0 && opensQuestion(low) {
		score += 2
	}
	inHead := signsMatcher().in(head)
	asked := found | inHead
	if asked&askStrong != 0 {
		score += 2
	}
	if asked&askWeak != 0 {
		score++
	}
	if hasAny(head, askSubjects) {
		score++
	}
	if found&tellText != 0 {
		score -= 3
	}
	if inHead&tellSubject != 0 {
		score -= 4
	}
	return score >= 2
}

// unmarkedWords is how long a text may be whose only sign is how it begins.
const unmarkedWords = 30

// opensQuestion reports a short text that begins as a question does and has forgotten the mark.
func opensQuestion(low string) bool {
	for sentence := range sentences(low) {
		if isGreeting(sentence) {
			continue
		}
		return hasPrefixOf(sentence, questionStarts) && !strings.HasSuffix(sentence, "!") && countWords(low) <= unmarkedWords
	}
	return false
}

// straight writes apostrophes as typewriters do.
func straight(s string) string { return strings.ReplaceAll(s, "’", "'") }

// questions counts the question marks that end a sentence which is meant as a question.
func questions(low string) (n int) {
	for begin, i := 0, 0; i < len(low); i++ {
		switch c := low[i]; {
		case c == '?' && endsSentence(low, i):
			if sentence := strings.TrimSpace(low[begin:i]); isMeant(sentence) {
				n++
			}
			begin = i + 1
		case (c == '.' || c == '!') && endsSentence(low, i), c == '\n' && i+1 < len(low) && low[i+1] == '\n':
			begin = i + 1
		}
	}
	return n
}

// endsSentence reports a sign with a space, a bracket, another sign or nothing behind it, so that it is no part of a link.
func endsSentence(s string, i int) bool {
	return i+1 == len(s) || strings.IndexByte(" \n\t)\"'?!.", s[i+1]) >= 0
}

// isMeant leaves out what only looks like a question: offers, headlines, and links that end in a question mark.
func isMeant(sentence string) bool {
	if !hasLetters(sentence) || hasPrefixOf(sentence, rhetorical) || hasAny(sentence, offers) {
		return false
	}
	return !strings.Contains(sentence[strings.LastIndexByte(sentence, ' ')+1:], "://")
}

// How many words of its own a reply needs, and how many one needs that itself asks the readers.
const (
	answerWords    = 4
	answerAndAsked = 40
)

// Answers reports that the own words of a reply bring something to the question: enough words beyond greetings, names,
// thanks, agreement, wishes to have the same, and questions back. Whether the writer is the one who asked is for the
// caller to look at.
func Answers(own string) bool {
	low := straight(asciiLower(own))
	return answers(low, signsMatcher().in(low))
}

// answers judges own words in lower case, with straight apostrophes. found is what signsMatcher found in them.
func answers(low string, found uint) bool {
	if found&nobodyWrote != 0 {
		return false
	}
	n, asked := 0, false
	for sentence := range sentences(low) {
		switch {
		case brings(sentence):
			if n += countWords(sentence); n >= answerAndAsked {
				return true // whatever follows
			}
		case strings.HasSuffix(sentence, "?"):
			asked = true
		}
	}
	if asked || found&askStrong != 0 {
		return false // it has fewer than answerAndAsked
	}
	return n >= answerWords
}

// countWords counts the words of a sentence that have a letter or digit; web addresses count for one.
func countWords(s string) (n int) {
	for word := range strings.FieldsSeq(s) {
		if hasLetters(word) {
			n++
		}
	}
	return n
}

// sentences yields the sentences of a text with their ends, and each line of few words alone, as names and greetings stand.
func sentences(text string) func(func(string) bool) {
	return func(yield func(string) bool) {
		begin := 0
		emit := func(end int) bool {
			s := strings.TrimSpace(text[begin:end])
			begin = end
			return s == "" || yield(s)
		}
		for i := 0; i < len(text); i++ {
			c := text[i]
			short := c == '\n' && i-begin < 30
			if short || c == '\n' && i+1 < len(text) && text[i+1] == '\n' ||
				(c == '.' || c == '!' || c == '?') && endsSentence(text, i) {
				if !emit(i + 1) {
					return
				}
			}
		}
		emit(len(text))
	}
}

// brings reports a sentence that may be part of an answer.
func brings(low string) bool {
	if isGreeting(low) || isClosing(low) || isThanksOnly(low) || strings.HasPrefix(low, "#") {
		return false
	}
	if strings.HasSuffix(low, "?") {
		return hasAny(low, adviceQuestions)
	}
	return true
}

// isThanksOnly reports thanks, agreement and requests to have the same: they are short, or begin so.
func isThanksOnly(low string) bool {
	low = strings.TrimLeft(low, "-*\"' ")
	if hasPrefixOf(low, emptyStarts) {
		return true
	}
	return strings.Count(low, " ") < 25 && emptyMatcher().in(low) != 0
}

// The sets of signsMatcher.
const (
	askStrong uint = 1 << iota
	askWeak
	tellText
	tellSubject
	nobodyWrote
)

// signsMatcher finds all that is looked for in whole texts and subjects, in the order of its sets.
var signsMatcher = sync.OnceValue(func() *matcher {
	return newMatcher(askStrongly, askWeakly, tellTexts, tellSubjects, nobodyWrites)
})

var emptyMatcher = sync.OnceValue(func() *matcher { return newMatcher(emptyPhrases) })
