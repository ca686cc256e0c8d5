package message

import (
	"bytes"
	"slices"
)

// PlainText returns the body of a mail that is one text, and the fields that
// describe it. The body has CRLF line ends and lines of at most 998 octets.
func PlainText(text string) (body []byte, fields []Field) { return textBody("plain", text) }

// HTMLText is PlainText for a page.
func HTMLText(page string) (body []byte, fields []Field) { return textBody("html", page) }

// Alternative returns the body of a mail that says the same twice, as text and as HTML (RFC 2046 §5.1.4), and the fields that
// describe it. The same two texts always give the same bytes, all of them ASCII.
func Alternative(text, page string) (body []byte, fields []Field) {
	var parts [][]byte
	for _, p := range [][2]string{{"plain", text}, {"html", page}} {
		content, fields := textBody(p[0], p[1])
		parts = append(parts, slices.Concat(writeFields(fields), []byte("\r\n"), content))
	}
	return multipart("alternative", parts)
}

// multipart is the body of several parts, each with its header, and the field that describes it.
func multipart(kind string, parts [][]byte) (body []byte, fields []Field) {
	boundary := chooseBoundary("", parts)
	var b bytes.Buffer
	for _, part := range parts {
		b.WriteString("--" + boundary + "\r\n")
		b.Write(part)
		b.WriteString("\r\n")
	}
	b.WriteString("--" + boundary + "--\r\n")
	return b.Bytes(), []Field{{Name: "Content-Type", Value: "multipart/" + kind + `; boundary="` + boundary + `"`}}
}

func textBody(kind, text string) (body []byte, fields []Field) {
	encoding, body := encodeText([]byte(text))
	charset := "us-ascii"
	if isEightBit([]byte(text)) {
		charset = "utf-8"
	}
	return body, []Field{
		{Name: "Content-Type", Value: "text/" + kind + "; charset=" + charset},
		{Name: "Content-Transfer-Encoding", Value: encoding},
	}
}
