package notice

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// TestDigestAnswered compares whole mails to somebody who answered a digest.
func TestDigestAnswered(t *testing.T) {
	to := member(To{
		List: list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum"},
		ID:   "x", Now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), Answers: "<1@school.example>",
	}, message.Address{Local: "jane", Domain: "school.example"})
	item := func(n int, subject string) DigestItem {
		return DigestItem{Subject: subject, Address: message.Address{Local: fmt.Sprintf("senco-forum-reply+snc1_%032d", n), Domain: "lists.example.org"}}
	}
	many := DigestAnswered{Wrote: "approve\n" + strings.Repeat("line\n", 100)}
	for n := range shownItems + 2 {
		many.Items = append(many.Items, item(n, "Hall"))
	}
	for name, n := range map[string]DigestAnswered{
		"digest-answered":      {Items: []DigestItem{item(1, "Sensory circuits in a small hall"), item(2, "stop\r\nBcc: x@y.example")}, Wrote: "We have done it in ours.\nJane"},
		"digest-answered-late": {Wrote: "Thank you."},
		"digest-answered-many": many,
	} {
		m, text := golden(t, name, func() (Mail, error) { return n.Compose(to) })
		for line := range strings.Lines(text) {
			if line = strings.TrimRight(line, "\n"); len([]rune(line)) > 78 || line == "approve" || line == "stop" {
				t.Errorf("%s has the line %q", name, line)
			}
		}
		h := message.Parse(append(m.Header, m.Body...)).Header
		if h.Get("Auto-Submitted") != "auto-replied" || h.Has("Reply-To") || h.Has("Bcc") {
			t.Errorf("the header is\n%s", m.Header)
		}
	}
}
