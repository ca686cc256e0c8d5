package message

import (
	"encoding/base64"
	"slices"
	"strings"
	"time"
	"unicode"
)

// A ThreadIndex is the conversation that Outlook and Exchange write into Thread-Index ([MS-OXOMSG] §2.2.1.3): the same
// 16 bytes in every message of a conversation, and one block more for each answer, so that the blocks of a message
// without the last are those of the message it answers.
type ThreadIndex struct {
	Conversation [16]byte
	Replies      [][5]byte // oldest first; empty for the message that began the conversation
}

const (
	indexHead     = 22   // bytes: one reserved, five of a clock, then the conversation
	indexBlock    = 5    // bytes of one answer
	maxIndexField = 4096 // characters of the field that are looked at
)

// ThreadIndex returns what Thread-Index says, or that there is no such field or none that can be read. Bytes after the
// last whole block are left out.
func (m *Message) ThreadIndex() (t ThreadIndex, ok bool) {
	v := m.Header.Get("Thread-Index")
	v = strings.Join(strings.Fields(v[:min(len(v), maxIndexField)]), "")
	b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(v, "="))
	if err != nil || len(b) < indexHead {
		return ThreadIndex{}, false
	}
	copy(t.Conversation[:], b[indexHead-len(t.Conversation):])
	if t.Conversation == [16]byte{} {
		return ThreadIndex{}, false
	}
	for block := range slices.Chunk(b[indexHead:], indexBlock) {
		if len(block) == indexBlock {
			t.Replies = append(t.Replies, [5]byte(block))
		}
	}
	return t, true
}

// Ancestors returns the message ids of References, nearest first: the last one is the message that is answered. Where an
// id stands there twice, as programs did that added to the list what was in it, the nearer counts. At most 100.
func (m *Message) Ancestors() []string {
	var ids []string
	for _, v := range slices.Backward(m.Header.Values("References")) {
		for _, id := range slices.Backward(everyID(v)) {
			if len(ids) == maxIDs {
				return ids
			}
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// Answers returns the message ids that In-Reply-To names. Old programs wrote a sentence there, such as "Your message of
// DATE <id>" or "Message from NAME <address> of DATE <id>" (RFC 822 §4.6.2 allows it): then only the last name in angle
// brackets counts, and none that stands for an address after the word "from".
func (m *Message) Answers() []string {
	var ids []string
	for _, v := range m.Header.Values("In-Reply-To") {
		for _, id := range answered(v) {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids[max(0, len(ids)-maxIDs):]
}

// answered reads one value of In-Reply-To.
func answered(v string) []string {
	v = v[max(0, len(v)-maxIDField):]
	if !isSentence(v) {
		return readIDs(v)
	}
	var last []string
	before, rest, found := strings.Cut(v, "<")
	for found {
		id, after, closed := strings.Cut(rest, ">")
		if !closed {
			break
		}
		if !saysWord(before, "from") && strings.Contains(id, "@") {
			if id = cleanID(id); id != "" {
				last = []string{id}
			}
		}
		before, rest, found = strings.Cut(after, "<")
	}
	return last
}

// isSentence reports whether there are words outside of the angle brackets: something with a letter, that is no id
// without brackets and no comment in parentheses.
func isSentence(v string) bool {
	if !strings.Contains(v, "<") {
		return false
	}
	depth, comment := 0, 0
	for _, r := range v {
		switch {
		case r == '<':
			depth++
		case r == '>':
			depth = max(0, depth-1)
		case r == '(':
			comment++
		case r == ')':
			comment = max(0, comment-1)
		case depth == 0 && comment == 0 && unicode.IsLetter(r):
			return true
		}
	}
	return false
}

func saysWord(s, word string) bool {
	return slices.ContainsFunc(strings.Fields(s), func(w string) bool { return strings.EqualFold(w, word) })
}

// AnswersAt returns the moment that a sentence in In-Reply-To gives for the message it answers, where the sentence holds
// no message id: "Your message at 19:46:06 on Tuesday, 4 July 2006". Such a sentence seldom names a zone; it is then
// the moment in an unknown one, given as UTC.
func (m *Message) AnswersAt() (time.Time, bool) {
	v := m.Header.Get("In-Reply-To")
	v = v[:min(len(v), 200)]
	if strings.Contains(v, "@") || strings.Count(v, ":") < 2 || !saysWord(v, "message") {
		return time.Time{}, false
	}
	if _, quoted, ok := strings.Cut(v, `"`); ok {
		v, _, _ = strings.Cut(quoted, `"`)
	}
	var words []string
	for w := range strings.FieldsSeq(v) {
		switch strings.ToLower(w) {
		case "your", "message", "of", "at", "on", "from", "the":
		default:
			words = append(words, w)
		}
	}
	return readDate(strings.Join(words, " "))
}
