package digest

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// extract is the beginning of own words, without the greeting, on one line of at most so many letters. It ends with a sentence
// where one ends late enough, else with a word and three dots.
func extract(own string, most int) string {
	text := oneLine(body(own))
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	end := 0
	for _, at := range sentenceEnds(text) {
		if utf8.RuneCountInString(text[:at]) <= most {
			end = at
		}
	}
	if utf8.RuneCountInString(text[:end]) >= most*6/10 {
		return text[:end]
	}
	return shorten(text, most)
}

// question is what own words ask: their beginning up to the question, or where that is too long the question itself with what
// stands before it, as far as there is room.
func question(own string, most int) string {
	text := oneLine(body(own))
	if utf8.RuneCountInString(text) <= most {
		return upToQuestion(text)
	}
	from := []int{0}
	for _, end := range sentenceEnds(text) {
		for end < len(text) && text[end] == ' ' {
			end++
		}
		if asked := strings.TrimSpace(text[from[len(from)-1]:end]); strings.HasSuffix(asked, "?") {
			return aroundQuestion(text, from, end, most)
		}
		from = append(from, end)
	}
	return extract(own, most)
}

// upToQuestion leaves out what stands behind the last question of a line, if there is one.
func upToQuestion(text string) string {
	begin, asked := 0, 0
	for _, end := range sentenceEnds(text) {
		if strings.HasSuffix(text[begin:end], "?") {
			asked = end
		}
		begin = end
	}
	if asked == 0 {
		return text
	}
	return text[:asked]
}

// aroundQuestion takes as many of the sentences before a question as there is room for. from are where sentences begin, the last
// of them the question, which ends at end.
func aroundQuestion(text string, from []int, end, most int) string {
	for i, at := range from {
		piece := strings.TrimSpace(text[at:end])
		if utf8.RuneCountInString(piece) > most && i < len(from)-1 {
			continue
		}
		piece = shorten(piece, most)
		if i > 0 {
			return "... " + piece
		}
		return piece
	}
	return shorten(text, most)
}

// sentenceEnds returns the places in a line at which sentences end. A dot behind a single letter, or before a small one, ends none.
func sentenceEnds(text string) (ends []int) {
	for i := 0; i+1 < len(text); i++ {
		c := text[i]
		if c != '.' && c != '?' && c != '!' || text[i+1] != ' ' {
			continue
		}
		next, _ := utf8.DecodeRuneInString(text[min(i+2, len(text)):])
		if c == '.' && (unicode.IsLower(next) || i < 2 || text[i-2] == ' ' || text[i-2] == '.') {
			continue
		}
		ends = append(ends, i+1)
	}
	return append(ends, len(text))
}

// hello matches a line that only greets.
var hello = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(hi|hiya|hello|hey|dear|good (morning|afternoon|evening)|morning|afternoon|evening|greetings|all|everyone|colleagues)\b[^.?!:;]{0,40}[,.!\-–—]*$`)
})

// helloWords matches the same before other words on the line.
var helloWords = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(hi|hiya|hello|hey|good (morning|afternoon|evening)|dear)( (all|everyone|everybody|folks|colleagues|both|there|team|senco(s|es)?))?\s*[,!–—-]\s*`)
})

// body is own words without the greeting.
func body(own string) string {
	lines := strings.Split(strings.TrimSpace(own), "\n")
	if len(lines) > 1 && hello().MatchString(strings.TrimSpace(lines[0])) {
		lines = lines[1:]
	}
	text := strings.TrimSpace(strings.Join(lines, "\n"))
	if rest := helloWords().ReplaceAllString(text, ""); rest != "" && rest != text {
		r, size := utf8.DecodeRuneInString(rest)
		return string(unicode.ToUpper(r)) + rest[size:]
	}
	return text
}

// oneLine makes a line of text in which nothing hides or turns round what stands beside it.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsGraphic(r):
			return r
		}
		return -1
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// shorten cuts a line at a word, so that it has at most so many letters.
func shorten(text string, most int) string {
	text = oneLine(text)
	letters := []rune(text)
	if len(letters) <= most {
		return text
	}
	cut := string(letters[:most-3])
	if at := strings.LastIndexByte(cut, ' '); at > len(cut)/2 {
		cut = cut[:at]
	}
	return strings.TrimRight(cut, " ,;:.-–—") + "..."
}

// count counts words.
func count(text string) int { return len(strings.Fields(text)) }

// closes matches what says until when something can be done.
var closes = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(?:closing date(?: is)?|closes(?: on)?|deadline(?: is)?|apply by|book by|reply by)[: ]+((?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?\d{1,2}(?:st|nd|rd|th)? (?:january|february|march|april|may|june|july|august|september|october|november|december)(?: \d{4})?)\b`)
})

// closing is the day that a text names as its last, as it is written; empty where it names none.
func closing(own string) string {
	m := closes().FindStringSubmatch(oneLine(own))
	if m == nil {
		return ""
	}
	return m[1]
}
