package message

// PlainText returns the body of a mail that is one text, and the fields that
// describe it. The body has CRLF line ends and lines of at most 998 octets.
func PlainText(text string) (body []byte, fields []Field) { return textBody("plain", text) }

// HTMLText is PlainText for a page.
func HTMLText(page string) (body []byte, fields []Field) { return textBody("html", page) }

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
