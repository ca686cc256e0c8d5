package archive

import (
	"slices"
	"time"

	"sencoforum/message"
)

// noSubject stands for a subject that was left empty.
const noSubject = "(no subject)"

// Describe reads from a message what the archive keeps of it: author, subject
// without the list's tag and without reply marks, Message-ID, date, and what
// it answers. A message without a readable date is taken to be written at the
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
	return NewPost{
		Post: Post{
			AuthorName: from.Name, From: from.Address, Subject: stem, Reply: reply,
			MessageID: m.MessageID(), Written: written, Accepted: received,
		},
		References: references(m),
	}
}

// references are the Message-IDs that a message answers, the nearest first:
// References from newest to oldest, then In-Reply-To.
func references(m *message.Message) []string {
	ids := slices.Clone(m.References())
	slices.Reverse(ids)
	for _, id := range m.InReplyTo() {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}
