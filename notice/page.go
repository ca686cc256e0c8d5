package notice

import (
	"strings"
	"time"
	"unicode"

	"sencoforum/hold"
	"sencoforum/list"
)

// A Face is what a page for moderators says of what waits, in the words in which mails say it.
type Face struct {
	Reason string   // why it waits, of the gravest reason, in a few words: "May name a child"
	Why    string   // every reason, in one sentence; empty where Reason says it all
	About  string   // who wrote it, beside their address and Reason; empty for a person who is decided about
	Name   string   // of that person in full, or their address
	First  string   // what they are called in a sentence
	Went   string   // who was told
	Offers []string // the words that may be answered, in the order in which they are offered for this reason
}

// Face is what a page says of what waits.
func (n Held) Face() Face {
	f := Face{Reason: n.reason(), Name: n.full(), First: n.first(), Went: n.went()}
	if n.OnPerson() {
		why, _ := n.asks()
		f.Why = strings.TrimSuffix(why, " and wrote:")
		if !strings.HasSuffix(f.Why, ".") {
			f.Why += "."
		}
	} else {
		f.Why, f.About = n.because(), n.aboutHere()
		if len(n.Findings) == 1 && (n.main() == list.CauseStranger || n.main() == list.CauseFirst) { // the label says it
			f.Why = ""
		}
		if n.Said {
			f.Why += " " + capital(n.first()) + " was asked and wants it sent."
		}
	}
	f.Why = strings.TrimSpace(f.Why)
	for _, w := range n.words() {
		f.Offers = append(f.Offers, bare(w[0]))
	}
	return f
}

// reason is the gravest reason in a few words, as subjects begin.
func (n Held) reason() string {
	first, _, _ := strings.Cut(n.subject(), " - ")
	return first
}

// bare is a word that may be answered without what is to be written behind it: "reject" of "reject REASON".
func bare(word string) string {
	if i := strings.IndexFunc(word, func(r rune) bool { return unicode.IsUpper(r) || r == '"' }); i >= 0 {
		word = word[:i]
	}
	return strings.TrimSpace(word)
}

// Lines say what was decided, by whom and when, and when that takes effect or did. All moments are of the time zone of its readers.
func (n Already) Lines(now time.Time) (what, next string) { return n.line(To{Now: now}) }

// Headline is a decision in a few words, as the subjects of mails have it: "Approved".
func (m Matter) Headline(v hold.Verdict) string { return m.done(v) }
