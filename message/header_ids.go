package message

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

const (
	maxIDs     = 100 // of one field; older ones are left out
	maxIDBytes = 512 // of one id; a longer one would not fit a line

	maxIDField = 64 << 10 // bytes at the end of a field that are looked at
)

// MessageID returns the Message-ID with its angle brackets. Where it is missing
// or unreadable it is derived from author, date, subject and body, so that a
// message that is sent again has it again.
func (m *Message) MessageID() string {
	for _, v := range m.Header.Values("Message-ID") {
		if ids := readIDs(v); len(ids) > 0 {
			return ids[0]
		}
	}
	h := sha256.New()
	for _, name := range []string{"From", "Date", "Subject"} {
		h.Write([]byte(name + ":" + m.Header.Get(name) + "\n"))
	}
	h.Write(m.Root.Body)
	return "<" + hex.EncodeToString(h.Sum(nil)[:20]) + "@derived.invalid>"
}

// InReplyTo returns the message ids of In-Reply-To with their angle brackets.
func (m *Message) InReplyTo() []string { return m.ids("In-Reply-To") }

// References returns the message ids of References, oldest first, with their
// angle brackets; at most the 100 newest, each of printable ASCII.
func (m *Message) References() []string { return m.ids("References") }

func (m *Message) ids(name string) []string {
	var all []string
	for _, v := range m.Header.Values(name) {
		all = append(all, readIDs(v)...)
	}
	return all[max(0, len(all)-maxIDs):]
}

// readIDs finds message ids as everyID does, each once.
func readIDs(s string) []string {
	var ids []string
	for _, id := range everyID(s) {
		if !slices.Contains(ids[max(0, len(ids)-maxIDs):], id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// everyID finds message ids (RFC 5322 §3.6.4) in angle brackets, as often as they stand there. Where there
// are no brackets at all and every word has an at sign, each word is one.
func everyID(s string) []string {
	s = s[max(0, len(s)-maxIDField):]
	var ids []string
	add := func(id string) {
		if id = cleanID(id); id != "" {
			ids = append(ids, id)
		}
	}
	if !strings.Contains(s, "<") {
		words := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\r\n,;", r) })
		if slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(w, "@") }) {
			return nil
		}
		for _, w := range words {
			add(w)
		}
		return ids
	}
	for piece := range strings.SplitSeq(s, "<") {
		id, _, closed := strings.Cut(piece, ">")
		if !closed {
			id, _, _ = strings.Cut(strings.TrimSpace(id), " ")
			if !strings.Contains(id, "@") {
				continue
			}
		}
		add(id)
	}
	return ids
}

// cleanID returns an id in angle brackets, or "" where it cannot be one.
func cleanID(id string) string {
	if strings.ContainsAny(id, " \t\r\n") {
		id = strings.Join(strings.Fields(id), "")
	}
	id = strings.Trim(id, "<>")
	if id == "" || len(id) > maxIDBytes || !isPlain(id) {
		return ""
	}
	return "<" + id + ">"
}
