package incoming

import (
	"slices"
	"strings"

	"sencoforum/relay"
)

// relayWords are the words that somebody who writes to a relay address says to the robot.
var relayWords = map[string]relay.Word{
	"mute": relay.Mute, "stop": relay.Mute, "unmute": relay.Unmute, "report": relay.Report,
}

// relayWord reads whether a mail to a relay address is one word for the robot, and returns the line in which it stands. What
// was quoted does not count, nor do greetings and a signature that begins with one of the writer's names. A mail that begins
// with such a word and goes on is unclear: it is neither done nor passed on, as nobody should read what was not for them.
func relayWord(text string, names ...string) (relay.Word, string) {
	own := ownLines(text)
	for len(own) > 0 && (greets(own[0]) || isBanner(own[0])) {
		own = own[1:]
	}
	if len(own) == 0 {
		return relay.NoWord, ""
	}
	words := strings.TrimSuffix(strings.TrimPrefix(plainWords(own[0]), "please "), " please")
	word, ok := relayWords[words]
	if !ok {
		return relay.NoWord, ""
	}
	if rest := own[1:]; len(rest) > 0 && !signsOff(rest[0], names) {
		return relay.Unclear, own[0]
	}
	return word, own[0]
}

// signsOff reports whether a line begins a signature: a thank-you, a closing, or a name of the writer.
func signsOff(line string, names []string) bool {
	words := plainWords(line)
	switch words {
	case "thanks", "many thanks", "thank you", "regards", "kind regards", "best wishes", "best":
		return true
	}
	return slices.ContainsFunc(names, func(name string) bool {
		name = plainWords(name)
		first, _, _ := strings.Cut(name, " ")
		return name != "" && (words == name || words == first)
	})
}

// isBanner reports a line that a school's mail host puts above a mail from outside.
func isBanner(line string) bool {
	words := strings.ToLower(line)
	return strings.HasPrefix(words, "[external") || strings.HasPrefix(words, "caution:") || strings.HasPrefix(words, "external email")
}

// ownLines are the lines of a reply that its writer wrote, without empty ones: all up to the first quote, signature line,
// header of a quoted mail, or "… wrote:".
func ownLines(text string) (own []string) {
	var lines []string
	for line := range strings.Lines(text) {
		if line = bare(line); line != "" {
			lines = append(lines, line)
		}
	}
	for i, line := range lines {
		if endsOwn(line) || attributes(lines[i:]) || quotesHeader(lines[i:]) {
			break
		}
		own = append(own, line)
	}
	return own
}

// bare is a line without the marks that nobody sees.
func bare(line string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\u00a0' || r == '\t':
			return ' '
		case r >= '\u200b' && r <= '\u200f' || r >= '\u202a' && r <= '\u202e' || r == '\ufeff':
			return -1
		}
		return r
	}, line))
}

// endsOwn reports a line behind which nothing is the writer's own.
func endsOwn(line string) bool {
	low := strings.ToLower(line)
	switch {
	case strings.HasPrefix(line, ">"), line == "--", strings.HasPrefix(line, "____"):
		return true
	case strings.HasPrefix(line, "--"):
		return strings.Contains(low, "original message") || strings.Contains(low, "forwarded message") || strings.Trim(line, "-") == ""
	}
	for _, begin := range []string{"sent from my ", "sent from outlook", "get outlook for ", "sent via ", "anfonwyd o "} {
		if strings.HasPrefix(low, begin) {
			return true
		}
	}
	return false
}

// attributes reports whether lines begin with the sentence that mail programs put above a quote, which may be broken.
func attributes(lines []string) bool {
	for i, line := range lines[:min(3, len(lines))] {
		low := strings.ToLower(line)
		if i > 0 && !strings.HasPrefix(strings.ToLower(lines[0]), "on ") {
			return false
		}
		for _, end := range []string{" wrote:", " wrote :", " schrieb:", " a écrit :", " a écrit:", " escribió:", " ha scritto:", " skrev:", " schreef:", " ysgrifennodd:"} {
			if strings.HasSuffix(low, end) || low == strings.TrimSpace(end) {
				return true
			}
		}
	}
	return false
}

// quotesHeader reports whether lines begin with the header of a quoted mail: two of its fields within eight lines, the first
// one at once.
func quotesHeader(lines []string) bool {
	if !isField(lines[0]) {
		return false
	}
	return slices.ContainsFunc(lines[1:min(8, len(lines))], isField)
}

func isField(line string) bool {
	name, _, found := strings.Cut(strings.ToLower(strings.ReplaceAll(line, "*", "")), ":")
	switch strings.TrimSpace(name) {
	case "from", "sent", "to", "date", "subject", "cc", "von", "gesendet", "an", "betreff", "de", "envoyé", "à", "objet", "oddi wrth", "anfonwyd", "at", "pwnc":
		return found
	}
	return false
}
