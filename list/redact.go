package list

import (
	"slices"
	"strings"

	"sencoforum/message"
	"sencoforum/token"
)

// Hidden stands where a token of ours was.
const Hidden = "[link removed]"

// gone is Hidden for a header field, where it may be a part of an address. It has a letter that no token has.
const gone = "removed"

// Hide takes every token of ours out of a text but those that give no right to whoever reads them: the addresses by which
// everybody answers a post or writes to its author.
func (l List) Hide(keys *token.Keyring) message.Change {
	return func(text string) string { return token.RedactBut(text, Hidden, l.harmless(keys)) }
}

// harmless reports a token that stands in every copy of a post alike.
func (l List) harmless(keys *token.Keyring) func(tok string) bool {
	return func(tok string) bool {
		c, err := keys.Verify(tok, l.Name)
		return err == nil && (c.Kind == token.Author || c.Kind == token.Reply)
	}
}

// Redact returns the bytes of a message to the list as they may be stored: without the tokens that Hide takes out, and without
// the fields of a copy of ours that are for one reader alone. A message in which nothing is found stays as it is, to the byte.
// The error is message.ErrSealed where a token stands in a part that is signed; with signed such a part is changed, too.
func (l List) Redact(keys *token.Keyring, m *message.Message, signed bool) ([]byte, error) {
	m, err := l.Redacted(keys, m, signed)
	return m.Raw(), err
}

// Redacted is Redact that returns the message as it is read anew, or m where nothing was found.
func (l List) Redacted(keys *token.Keyring, m *message.Message, signed bool) (*message.Message, error) {
	if token.May(m.Raw()) {
		return message.Cleared(m, l.clearing(keys, signed))
	}
	return message.Cleared(m, message.Clearing{Personal: personal, Ours: l.copied, Signed: signed})
}

// clearing is all that is to be taken out.
func (l List) clearing(keys *token.Keyring, signed bool) message.Clearing {
	harmless := l.harmless(keys)
	return message.Clearing{
		May:      token.May,
		Text:     l.Hide(keys),
		Field:    func(text string) string { return token.RedactBut(text, gone, harmless) },
		File:     func(text string) string { return token.MaskBut(text, harmless) },
		Personal: personal,
		Ours:     l.copied,
		Signed:   signed,
	}
}

// copied reports the header of a copy of ours: it bears the identifier of the list.
func (l List) copied(h message.Header) bool {
	for _, v := range h.Values("List-Id") {
		if strings.Contains(strings.ToLower(v), "<"+strings.ToLower(l.Identifier())+">") {
			return true
		}
	}
	return false
}

// personal reports a field that is there for the reader of one copy: how to leave, whose complaint it would be, and what hosts
// write down of the envelope.
func personal(name string) bool {
	return slices.ContainsFunc(personalFields, func(f string) bool { return len(f) == len(name) && strings.EqualFold(f, name) })
}

var personalFields = []string{
	"list-unsubscribe", "list-unsubscribe-post", "feedback-id", "return-path", "delivered-to", "x-delivered-to", "x-original-to",
	"envelope-to", "x-envelope-to", "x-envelope-from", "x-rcpt-to",
}
