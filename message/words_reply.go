package message

import "strings"

// Reply returns the words that the writer of a reply put on top: the own words up to the first quote, signature, disclaimer or
// forwarded message, without the warning of a mail system above them. It is empty where nothing of that is left, where Words
// shows everything. What stands below a quote does not count.
func (m *Message) Reply() string {
	text, hints := m.readable()
	s := splitter{text: text, hints: hints, top: true, author: m.authorName()}
	s.forward, s.reply = subjectMarks(m.Subject())
	return s.topWords()
}

// topWords joins the own segments before the first of another kind.
func (s *splitter) topWords() string {
	if s.text == "" {
		return ""
	}
	s.judge()
	for _, piece := range s.segments() {
		switch {
		case piece.Kind == Banner:
		case piece.Kind != Own:
			return ""
		case strings.TrimSpace(piece.Text) != "":
			return strings.TrimSpace(piece.Text)
		}
	}
	return ""
}
