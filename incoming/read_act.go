package incoming

import (
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/command"
	"sencoforum/message"
	"sencoforum/moderate"
)

// An asking is what a mail of a moderator's, or a report, asks for.
type asking struct {
	word  string         // empty: nothing that is certain
	post  archive.Number // behind a word, as in stop #48213; 0 for none
	text  string         // a question or a topic
	words []string       // to be taken out of a post
	who   string         // an address
	name  string         // beside it
	line  string         // the line that was read, for the answer
	why   string         // why nothing is done, a sentence
	near  string         // the word that was found where nothing is certain
}

// reads is what a mail says at a place.
func reads(m *message.Message, q command.Request) asking {
	got := command.Read(command.Of(m, q))
	a := asking{line: got.Read, why: got.Sentence(), near: got.Word.Name}
	if got.Outcome != command.Done {
		return a
	}
	a.word, a.post = got.Word.Name, archive.Number(got.Args.Post)
	a.text, a.words, a.who, a.name = got.Args.Text, got.Args.Words, got.Args.Address, got.Args.Name
	return a
}

// readsFor is what a reply says to a mail with a token.
func readsFor(m *message.Message, p moderate.Pending, now time.Time) asking {
	at := command.Stopped
	switch {
	case p.Use == moderate.UseStep:
		at = command.Confirming
	case p.Use == moderate.UsePractice:
		at = command.Held
	case p.Use == moderate.UseLetter:
		at = command.Owner
	case p.Message != 0:
		at = command.Report
	}
	return reads(m, command.Request{At: at, Moderator: true, Today: now})
}

// ownWords are what the writer of a message wrote for it: without quotes, signature and what mail systems add. It is empty where
// there is nothing of theirs.
func ownWords(m *message.Message) string {
	var own []string
	for _, s := range m.Words().Segments {
		if s.Kind == message.Own {
			own = append(own, strings.TrimRight(s.Text, "\r\n "))
		}
	}
	return strings.TrimSpace(strings.Join(own, "\n"))
}
