package archive

import (
	"strings"
	"time"

	"sencoforum/message"
)

// noSubject stands for a subject that was left empty.
const noSubject = "(no subject)"

// Describe reads from a message what the archive keeps of it: author, subject
// without the list's tag and without reply marks, Message-ID, date, what it
// answers, and what its own words say about it. A message without a readable date is taken to be written at the
// given moment. List, intake and the author's number are the caller's to add.
func Describe(m *message.Message, tag string, received time.Time) NewPost {
	written, ok := m.Date()
	if !ok {
		written = received
	}
	from, _ := m.From()
	stem, reply := message.Stem(m.Subject(), tag)
	if stem == "" {
		stem = noSubject
	}
	n := NewPost{
		Post: Post{
			AuthorName: from.Name, From: from.Address, Subject: stem, Reply: reply,
			MessageID: m.MessageID(), Written: written, Accepted: received, NoArchive: noArchive(m.Header),
		},
		References: m.Ancestors(),
		InReplyTo:  m.Answers(),
		addressed:  addressed(m),
		words:      m.Words(),
	}
	n.Facts = factsOf(m, n.words.Own, n.Post)
	if c, ok := m.ThreadIndex(); ok {
		n.Conversation = &c
	}
	n.answersAt, _ = m.AnswersAt()
	n.answers = m.Header.Get("In-Reply-To") != "" || m.Header.Get("References") != ""
	return n
}

// noArchive reports whether a writer wants a message in no archive: X-No-Archive with any value, or X-Archive: no. No RFC has
// these fields; they come from Usenet, and Mailman's archivers read them so.
func noArchive(h message.Header) bool {
	return h.Has("X-No-Archive") || strings.EqualFold(strings.TrimSpace(h.Get("X-Archive")), "no")
}

// addressedMost bounds the addressees that are looked at when an answer is recognised by its subject.
const addressedMost = 100

// addressed are the keys of the addresses in To and Cc.
func addressed(m *message.Message) (keys []string) {
	for _, mb := range append(m.To(), m.Cc()...) {
		if !mb.Address.IsZero() && len(keys) < addressedMost {
			keys = append(keys, mb.Address.Key())
		}
	}
	return keys
}
