package bounce

import (
	"strings"
	"unicode"
)

// maxMatch is how much of a text the phrases are sought in, in bytes.
const maxMatch = 4 << 10

// classify says what a failed delivery means. status may be "". words is what the refusing host said, or what the
// report says in its place.
//
// The text of a policy wins over every code but a temporary one: hosts that refuse a sender often answer 5.1.1, and an
// innocent member must not pay for that. Codes win over all other text.
func classify(status, words string) Class {
	text := plain(words)
	said := phraseClass(text)
	switch {
	case status == "4.2.2" || status == "5.2.2":
		return Full
	case strings.HasPrefix(status, "4."):
		if said == Full {
			return Full
		}
		return Delay
	case said == Policy:
		return Policy
	}
	if c, known := statusClass(status); known {
		if said == Full && c != Policy {
			return Full // the code is that of the refusal, the words are its reason
		}
		return c
	}
	if status == "5.4.1" && strings.Contains(text, "recipient address rejected: access denied") {
		return Dead // Exchange Online: the address is not in the directory
	}
	if status == "5.5.0" && strings.Contains(text, "requested action not taken: mailbox unavailable") {
		return Dead // Outlook.com: there is no such account
	}
	return said
}

// statusClass returns the class of a permanent status code that means the same whatever the text says.
func statusClass(status string) (c Class, known bool) {
	switch status {
	case "5.1.1", "5.1.3", "5.1.6", "5.1.10", "5.2.1":
		return Dead, true
	case "5.1.2", "5.4.4":
		return NoDomain, true
	case "5.3.4", "5.2.3":
		return Policy, true // size; RFC 3463 has one code for the host and one for the mailbox
	case "5.1.7", "5.1.8":
		return Policy, true // the sender's address, not this one
	case "5.4.7":
		return Delay, true // time has run out
	}
	if strings.HasPrefix(status, "5.6.") || strings.HasPrefix(status, "5.7.") {
		return Policy, true
	}
	return Unknown, false
}

// phraseClass returns the class of the first table of phrases that matches a text made by plain.
func phraseClass(text string) Class {
	for _, t := range phraseTables {
		if hasPhrase(text, t.phrases) {
			return t.class
		}
	}
	return Unknown
}

// hasPhrase reports whether one of phrases stands in a text made by plain. A star stands for up to 60 bytes.
func hasPhrase(text string, phrases []string) bool {
	for _, p := range phrases {
		if matches(text, p) {
			return true
		}
	}
	return false
}

func matches(text, phrase string) bool {
	first, rest, gap := strings.Cut(phrase, "*")
	for {
		i := strings.Index(text, first)
		if i < 0 {
			return false
		}
		text = text[i+len(first):]
		if !gap {
			return true
		}
		near := text[:min(len(text), 60+len(rest))]
		if strings.Contains(near, rest) {
			return true
		}
	}
}

// plain prepares a text for the phrases: lower case, one space between words, straight quotes. Addresses, links
// and hosts are left out, since the words in them are names and mean nothing.
func plain(s string) string {
	if len(s) > maxMatch {
		s = s[:maxMatch]
	}
	var b strings.Builder
	for _, word := range strings.FieldsFunc(strings.ToValidUTF8(s, " "), unicode.IsSpace) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(plainWord(strings.ToLower(word)))
	}
	return b.String()
}

var quotes = strings.NewReplacer("’", "'", "‘", "'", "´", "'", "`", "'", "“", `"`, "”", `"`, "\u00a0", " ")

func plainWord(word string) string {
	word = quotes.Replace(word)
	if i := strings.Index(word, "://"); i >= 0 {
		host := word[i+3:]
		if j := strings.IndexAny(host, "/?#"); j >= 0 {
			host = host[:j]
		}
		return plainHost(host)
	}
	at := strings.IndexByte(word, '@')
	if at <= 0 || at == len(word)-1 {
		return plainHost(word)
	}
	start := strings.LastIndexAny(word[:at], "<:;('\"") + 1
	end := at
	for end < len(word) && (word[end] == '@' || word[end] == '.' || word[end] == '-' || isWordByte(word[end])) {
		end++
	}
	end = at + 1 + len(asciiEnd(word[at+1:end]))
	return word[:start] + "@" + word[end:]
}

// blocklists are names in the domains of lists of bad senders. A host of that name in a refusal is its reason.
var blocklists = []string{"spamhaus", "spamcop", "barracuda", "sorbs", "surbl", "uribl", "uceprotect", "dnsbl", "rbl.",
	"abuseat", "invaluement"}

// plainHost replaces the name of a host, whose words say nothing: "antispam.example.org said: user unknown".
func plainHost(word string) string {
	core := strings.Trim(word, "<>()[]:;,.\"'")
	first, _, _ := strings.Cut(core, "[")
	dot := strings.LastIndexByte(first, '.')
	if dot <= 0 || strings.HasPrefix(first, "resolver.") || strings.Contains(first, "..") {
		return word
	}
	for i := range len(first) {
		if c := first[i]; c != '.' && c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') || i > dot && (c < 'a' || c > 'z') {
			return word
		}
	}
	for _, list := range blocklists {
		if strings.Contains(first, list) {
			return word
		}
	}
	return "host"
}
