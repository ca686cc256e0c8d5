// Package notice holds every email that the server itself writes.
//
// Each mail is a function from plain values to the bytes that go out; nothing
// is stored here. All of them carry Auto-Submitted and ask not to be answered
// by machines, and none carries List-Post (RFC 3834).
package notice

import (
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// A Mail is one email of the server's, ready to be sent.
type Mail struct {
	Header []byte
	Body   []byte // begins with the blank line that ends the header
}

// head writes the fields that every mail of the server's has.
func head(w *message.Writer, l list.List, now time.Time, id string) {
	headAs(w, l, now, id, "auto-generated")
}

// headAs is head with what Auto-Submitted says: auto-replied for an answer (RFC 3834 §5).
func headAs(w *message.Writer, l list.List, now time.Time, id, submitted string) {
	w.Raw("Date", now.Format(time.RFC1123Z))
	w.Raw("Message-ID", "<"+id+"@"+l.Domain+">")
	w.Text("List-Id", l.Title+" <"+l.Identifier()+">")
	w.Raw("Auto-Submitted", submitted)
	w.Raw("X-Auto-Response-Suppress", "All")
	w.Raw("Precedence", "list")
	w.Raw("X-Loop", l.Post().String())
	w.Raw("MIME-Version", "1.0")
}
