package courier

import (
	"bytes"
	"io"
)

// writeBody writes parts as the content of a mail and ends it with the lone dot (RFC 5321 §4.5.2). Each part is a
// series of lines; a last line without an end gets one. Whatever the parts hold, every line on the wire ends with
// CRLF, no CR or LF stands alone, and the lone dot is the only one: nothing in a mail can end it early.
// The error is that of w.
func writeBody(w io.Writer, parts ...[]byte) error {
	for _, part := range parts {
		if err := writeLines(w, part); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, ".\r\n")
	return err
}

// writeLines writes runs of proper lines as they are, and between them what has to be put right.
func writeLines(w io.Writer, p []byte) error {
	done := 0 // p[:done] is written
	flush := func(upTo int, extra string) {
		w.Write(p[done:upTo]) // w keeps its first error, which the last write returns
		io.WriteString(w, extra)
		done = upTo
	}
	lf := -1
	for i := 0; i < len(p); {
		if p[i] == '.' {
			flush(i, ".")
		}
		if lf < i {
			lf = i + index(p[i:], '\n')
		}
		eol := i + index(p[i:lf], '\r')
		if eol+1 == lf && lf < len(p) {
			i = lf + 1
			continue
		}
		// A lone LF, a lone CR, or the end of the part.
		flush(eol, "\r\n")
		i = min(eol+1, len(p))
		done = i
	}
	_, err := w.Write(p[done:])
	return err
}

// index returns the place of c in p, or len(p).
func index(p []byte, c byte) int {
	if i := bytes.IndexByte(p, c); i >= 0 {
		return i
	}
	return len(p)
}
