package message

import "bytes"

// Message is a parsed email: its header and its tree of parts, all of which
// point into the raw bytes.
type Message struct {
	Header Header // of the message itself, the same as Root.Header
	Root   *Part
}

// Parse reads a message as well as it can be read. It never fails: at worst
// the message is one part of text. Beyond the limits of Importing the rest of
// a message is one part of bytes. The message keeps and shares raw, which must
// not be changed afterwards. Any number of goroutines may read a Message.
func Parse(raw []byte) *Message { return parseAt(raw, 0) }

func parseAt(raw []byte, depth int) *Message {
	t := tree{raw: oneKindOfLine(raw), limits: Importing()}
	root, _ := t.part(0, depth, "text/plain")
	return &Message{Header: root.Header, Root: root}
}

// Raw returns the bytes that were parsed. They must not be changed.
func (m *Message) Raw() []byte { return m.Root.Raw }

// oneKindOfLine copies a message whose only line ends are bare CR, as old
// Macintosh programs wrote them, with LF in their place: no offset moves.
func oneKindOfLine(raw []byte) []byte {
	if bytes.IndexByte(raw, '\n') >= 0 || bytes.IndexByte(raw, '\r') < 0 {
		return raw
	}
	return bytes.ReplaceAll(raw, []byte("\r"), []byte("\n"))
}
