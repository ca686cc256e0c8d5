package message

import "strings"

// Signs are what own words say about themselves by simple signs. They are a guess, measured in docs/words.md.
type Signs struct {
	Asks    bool // see Asks
	Answers bool // see Answers
	Words   int  // with a letter or digit in each; a web address is one
	Links   bool // a web address is among them
}

// SignsOf judges the own words of a post, and the subject where it is the writer's own. It takes time in proportion to
// the size.
func SignsOf(own, subject string) Signs {
	low := straight(asciiLower(own))
	found := signsMatcher().in(low)
	return Signs{
		Asks: asks(low, straight(asciiLower(subject)), found), Answers: answers(low, found),
		Words: countWords(low), Links: hasLink(low),
	}
}

// hasLink reports a web address in a text in lower case.
func hasLink(low string) bool {
	for _, scheme := range []string{"http://", "https://", "www."} {
		for rest := low; ; {
			i := strings.Index(rest, scheme)
			if i < 0 {
				break
			}
			if rest = rest[i+len(scheme):]; rest != "" && hasLetters(rest[:1]) {
				return true
			}
		}
	}
	return false
}
