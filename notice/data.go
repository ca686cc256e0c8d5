package notice

import (
	"bytes"
	"encoding/base64"
	"fmt"

	"sencoforum/message"
)

// YourData sends somebody all that is known of them.
type YourData struct {
	Zip []byte // the file; empty where it is too large for a mail
}

// dataName is what the file is called.
const dataName = "my-data.zip"

// Compose returns the mail. The file is attached in base64 (RFC 2045 §6.8), and the text is what all mails of the robot have.
func (n YourData) Compose(t To) (Mail, error) {
	what := "The file has two parts. member.json is what the server knows of you:\naddresses, settings, and what was done when. posts.mbox has your posts, as\na mail program or a text editor reads them."
	if len(n.Zip) == 0 {
		what = fmt.Sprintf("Your data is too large for an email. Please ask for it here, and whoever\nruns the server sends you a file:\n%s", t.List.Service("owner"))
	}
	text := paragraphs(t.hello(), "You asked for all that "+t.List.Title+" knows of you.", what,
		"Was it not you? Write at once to the moderators, who are people:\n"+t.List.Service("owner").String())
	t.textOnly = true
	plain, err := t.compose(kindMyData, "Your data", message.Mailbox{}, text)
	if err != nil || len(n.Zip) == 0 {
		return plain, err
	}
	// What describes the text moves into its part, behind the fields of the whole.
	header, fields, _ := bytes.Cut(plain.Header, []byte("Content-Type: "))
	boundary := boundaryOf(t.ID)
	var head, b bytes.Buffer
	head.Write(header)
	fmt.Fprintf(&head, "Content-Type: multipart/mixed;\r\n boundary=\"%s\"\r\n", boundary)
	fmt.Fprintf(&b, "\r\n--%s\r\nContent-Type: %s", boundary, fields)
	b.Write(plain.Body)
	fmt.Fprintf(&b, "\r\n--%s\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment;\r\n filename=\"%s\"\r\n\r\n", boundary, dataName)
	lines(&b, n.Zip)
	fmt.Fprintf(&b, "--%s--\r\n", boundary)
	return Mail{Header: head.Bytes(), Body: b.Bytes()}, nil
}

// lines writes bytes in base64, 76 characters in a line.
func lines(b *bytes.Buffer, raw []byte) {
	const width = 57 // bytes of a line
	for len(raw) > 0 {
		n := min(width, len(raw))
		b.WriteString(base64.StdEncoding.EncodeToString(raw[:n]) + "\r\n")
		raw = raw[n:]
	}
}
