package incoming

import "strings"

// yesWords are the words that say yes, as people write them on a telephone.
var yesWords = map[string]bool{
	"yes": true, "yes please": true, "yes it was me": true, "yes that was me": true, "ok": true, "confirm": true,
}

// saysYes reports whether the first line of a reply says yes and nothing else.
func saysYes(text string) bool { return yesWords[firstWords(text)] }

// wantsBack reports whether the first line of a reply to a goodbye is the word that brings its writer back.
func wantsBack(text string) bool {
	words := firstWords(text)
	return words == "join" || words == "yes"
}

// wantsMail reports whether the first line of a reply to a mail about a suspension is the word that ends it.
func wantsMail(text string) bool {
	words := firstWords(text)
	return words == "resume" || words == "resume please" || yesWords[words]
}

// firstWords is the first line of a reply, in lower case and without marks. A
// greeting before it, or whatever stands below (a signature, the question as it
// was quoted), does not count; a quoted line does not say anything.
func firstWords(text string) string {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case plainWords(line) == "" && !strings.HasPrefix(line, ">"), greets(line):
			continue
		case strings.HasPrefix(line, ">"):
			return ""
		}
		return plainWords(line)
	}
	return ""
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
