package archive

import (
	"bytes"
	"fmt"
	"io"
	"time"
)

// MboxWriter writes messages to an mbox file of the kind mboxrd, from which [ReadMbox] reads the same messages: their line ends
// become LF, each ends with one, and one that ends with its header gets the blank line behind that.
type MboxWriter struct{ to io.Writer }

// NewMboxWriter returns a writer of messages to w, which should be buffered.
func NewMboxWriter(w io.Writer) *MboxWriter { return &MboxWriter{to: w} }

// Write writes one message with its From_ line. sender is an address, or empty where it should not stand there.
func (w *MboxWriter) Write(raw []byte, sender string, at time.Time) error {
	if sender == "" {
		sender = "-"
	}
	_, err := fmt.Fprintf(w.to, "From %s %s\n%s\n", sender, at.UTC().Format("Mon Jan _2 15:04:05 2006"), quoteFrom(raw))
	if err != nil {
		return fmt.Errorf("write mbox: %w", err)
	}
	return nil
}

// quoteFrom puts a ">" before each line of ">" and "From " in the body, and makes every line end LF.
func quoteFrom(raw []byte) []byte {
	out := make([]byte, 0, len(raw)+64)
	body := false
	for line := range bytes.Lines(raw) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		line = bytes.TrimSuffix(line, []byte("\r"))
		if body && bytes.HasPrefix(bytes.TrimLeft(line, ">"), fromMark) {
			out = append(out, '>')
		}
		body = body || len(line) == 0
		out = append(out, line...)
		out = append(out, '\n')
	}
	if !body {
		out = append(out, '\n')
	}
	return out
}
