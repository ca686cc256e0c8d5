package incoming

import (
	"regexp"
	"strings"

	"sencoforum/message"
)

// maxNamed is how many addresses the writer of one message may name as theirs, in all replies together. readLines bounds
// the lines in which they are looked for.
const (
	maxNamed  = 3
	readLines = 5
)

// wrote is the line above a quoted mail, as mail programs write it, on one line or on two.
var wrote = regexp.MustCompile(`(?i)^on .*(\b20\d\d\b|\d:\d\d)`)

// ownAddresses are the addresses in the first lines of a reply, at most maxNamed, each once. Whatever stands below a
// quote, a signature or the header of the mail that was answered does not count, nor what follows the paragraph in which
// an address stands.
func ownAddresses(text string) (all []message.Address) {
	read := 0
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" && len(all) > 0 || read == readLines || endsOwnWords(line) {
			return all
		}
		if line == "" || greets(line) {
			continue
		}
		read++
		for _, a := range addressesIn(line) {
			if !seen[a.Key()] && len(all) < maxNamed {
				seen[a.Key()] = true
				all = append(all, a)
			}
		}
	}
	return all
}

// endsOwnWords reports whether a line begins what a mail program put below the words of its user.
func endsOwnWords(line string) bool {
	low := strings.ToLower(line)
	for _, begin := range []string{">", "--", "____", "sent from my ", "get outlook for ", "from:", "sent:", "*from:", "sender:", "reply-to:"} {
		if strings.HasPrefix(low, begin) {
			return true
		}
	}
	return strings.HasSuffix(low, " wrote:") || wrote.MatchString(line)
}

// addressesIn reads the words of a line that are addresses. People set them in brackets, put a full stop behind them,
// and their programs make links of them.
func addressesIn(line string) (all []message.Address) {
	for _, word := range strings.FieldsFunc(line, func(r rune) bool {
		return r <= ' ' || r == '\u00a0' || strings.ContainsRune("<>()[]{},;:\"“”‘’«»|*", r)
	}) {
		word = strings.TrimRight(strings.TrimLeft(word, "'`"), ".!?'`_/-–…")
		if !strings.Contains(word, "@") {
			continue
		}
		if a, err := message.ParseAddress(word); err == nil {
			all = append(all, a)
		}
	}
	return all
}

// plainWords is a line in lower case without marks.
func plainWords(line string) string {
	line = strings.Map(func(r rune) rune {
		if strings.ContainsRune(".,!*_\"'’“”", r) {
			return -1
		}
		return r
	}, strings.ToLower(line))
	return strings.Join(strings.Fields(line), " ")
}

// greets reports whether a line is a greeting alone, such as "Hi there," or a bare "Hello".
func greets(line string) bool {
	words := strings.Fields(plainWords(line))
	if len(words) == 0 || len(words) > 3 || len(words) > 1 && !strings.HasSuffix(strings.TrimSpace(line), ",") {
		return false
	}
	switch words[0] {
	case "hi", "hello", "dear":
		return true
	}
	return false
}
