package archive

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"iter"
)

// Listserv is the kind of a LISTSERV notebook (GET listname LOG0305): each message after a line of 73 equal signs, its
// header first, which has no Message-ID. With [MboxAuto] a file that begins with such a line is one.
const Listserv MboxKind = "listserv"

// notebookRule is the line between the messages of a notebook.
var notebookRule = bytes.Repeat([]byte("="), 73)

func isNotebookRule(line []byte) bool {
	return bytes.Equal(bytes.TrimRight(line, " \r\n"), notebookRule)
}

// isNotebook reports whether a file begins like a notebook.
func isNotebook(head []byte) bool {
	line, _, _ := bytes.Cut(bytes.TrimLeft(head, "\r\n"), []byte("\n"))
	return isNotebookRule(line)
}

// readNotebook yields the messages of a notebook. A rule is one only before a header field, so lines of equal signs in a
// text stay text. A message has no postmark; one beyond limit bytes is cut.
func readNotebook(r io.Reader, limit int) iter.Seq2[MboxMessage, error] {
	return func(yield func(MboxMessage, error) bool) {
		in := bufio.NewReaderSize(r, 64<<10)
		m, some, offset := MboxMessage{}, false, int64(0)
		for {
			line, err := in.ReadBytes('\n')
			if err != nil && err != io.EOF {
				yield(MboxMessage{}, fmt.Errorf("read notebook: %w", err))
				return
			}
			at := offset
			offset += int64(len(line))
			next, _ := in.Peek(80)
			switch {
			case isNotebookRule(line) && fieldLine().Match(next):
				if some && !yield(trimNotebook(m), nil) {
					return
				}
				m, some = MboxMessage{Offset: at}, true
			case !some && !blank(line):
				yield(MboxMessage{}, ErrNoMbox)
				return
			case some:
				if room := limit - len(m.Raw); len(line) > room {
					line, m.Cut = line[:max(0, room)], true
				}
				m.Raw = append(m.Raw, line...)
			}
			if err == io.EOF {
				if some {
					yield(trimNotebook(m), nil)
				}
				return
			}
		}
	}
}

// trimNotebook takes off the blank lines before the next rule, but for one that ends the header.
func trimNotebook(m MboxMessage) MboxMessage {
	end := bytes.TrimRight(m.Raw, "\r\n")
	rest := m.Raw[len(end):]
	if n := bytes.IndexByte(rest, '\n'); n >= 0 {
		m.Raw = m.Raw[:len(end)+n+1]
	}
	return m
}
