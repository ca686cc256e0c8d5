package notice

import (
	"encoding/base64"
	"fmt"
	"strings"

	"sencoforum/list"
	"sencoforum/message"
)

// finish writes the fields that describe a body of one text, and returns the mail.
func finish(w *message.Writer, text string) (Mail, error) {
	body, fields := message.PlainText(fitted(text))
	for _, f := range fields {
		w.Raw(f.Name, f.Value)
	}
	if err := w.Err(); err != nil {
		return Mail{}, fmt.Errorf("write mail: %w", err)
	}
	return Mail{Header: w.Bytes(), Body: append([]byte("\r\n"), body...)}, nil
}

// page is what a text needs so that it can be shown as a page, too.
type page struct {
	list    list.List
	answer  message.Address // where an answer goes
	subject string
	id      string // left part of the Message-ID
}

// finishBoth is finish for a mail of the robot's to one person: where there is something to press and the list wants it, the
// same text follows as a page (RFC 2046 §5.1.4).
func finishBoth(w *message.Writer, text string, p page) (Mail, error) {
	text = fitted(text)
	htm := p.html(text)
	if htm == "" || p.list.TextOnly {
		return finish(w, text)
	}
	boundary := boundaryOf(p.id)
	w.Raw("Content-Type", "multipart/alternative; boundary=\""+boundary+"\"")
	if err := w.Err(); err != nil {
		return Mail{}, fmt.Errorf("write mail: %w", err)
	}
	var b strings.Builder
	b.WriteString("\r\n")
	for _, part := range []func(string) ([]byte, []message.Field){message.PlainText, message.HTMLText} {
		body, fields := part(text)
		b.WriteString("--" + boundary + "\r\n")
		for _, f := range fields {
			b.WriteString(f.Name + ": " + f.Value + "\r\n")
		}
		b.WriteString("\r\n" + string(body) + "\r\n")
		text = htm
	}
	b.WriteString("--" + boundary + "--\r\n")
	return Mail{Header: w.Bytes(), Body: []byte(b.String())}, nil
}

// boundaryOf is what stands between the parts of a mail (RFC 2046 §5.1.1). Its first two letters are in no encoded line.
func boundaryOf(id string) string {
	b := "=_" + base64.RawURLEncoding.EncodeToString([]byte(id))
	return b[:min(60, len(b))]
}
