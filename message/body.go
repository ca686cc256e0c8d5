package message

import "errors"

// BodyOptions says what a copy gets beside the author's words.
type BodyOptions struct {
	// FooterText stands under the text, behind a line of "-- " that need not be
	// in it. FooterHTML is the same for HTML, trusted and without a frame; where
	// it is empty FooterText is used. Both are the same for all readers.
	FooterText, FooterHTML string

	// AttachTotal is how many octets of attachments, decoded, travel with a
	// copy; 0 is none, and a negative number any amount.
	AttachTotal int64

	// Note returns the line that tells readers where to find the files that
	// were kept out. It may be nil.
	Note func(names []string) string

	// CleanHTML removes from HTML what runs, asks for input or fetches anything.
	CleanHTML bool
}

// Body is the part of an outgoing copy that is the same for all readers.
type Body struct {
	// Fields are MIME-Version and the Content- fields of the message, ASCII and
	// unfolded, fit for Writer.Raw.
	Fields []Field

	// Bytes is what follows the header and its empty line. Every line ends in
	// CRLF and has at most 998 octets without it; there is no bare CR, bare LF
	// or NUL. It must not be changed.
	Bytes []byte

	EightBit bool         // Bytes has octets beyond ASCII: 8BITMIME is needed
	Changes  []string     // what was changed beside the footer, in sentences
	Removed  []Attachment // the files that do not travel, by their numbers in the message
}

// Outgoing makes the body of a copy. The author's words stay as they are; the
// footer stands inside the text and inside the HTML. Only parts that change are
// encoded anew, and the bytes of all others are copied. Signed and encrypted
// mail is not changed at all. The same message and options always give the
// same bytes. It fails only for a message that was not parsed.
func Outgoing(m *Message, o BodyOptions) (Body, error) {
	if m == nil || m.Root == nil {
		return Body{}, errors.New("make outgoing body: there is no message")
	}
	c := copier{message: m, options: o}
	c.root = c.grow(m.Root, nil)
	if m.Signed() {
		body := c.write()
		if c.root.rewritten() {
			body.Changes = changedSignature.sentences()
		}
		return body, nil
	}
	c.dropLongHTML()
	c.dropActiveForms()
	c.dropFiles()
	c.stripPictures()
	c.cleanHTML()
	c.addFooter()
	if c.root = c.root.prune(); c.root == nil {
		c.root = textNode("")
	}
	return c.finish(), nil
}

// copier makes one copy. It first decides, part by part, what becomes of a
// copy of the tree, and then writes that.
type copier struct {
	message *Message
	options BodyOptions
	root    *node
	count   int // of parts numbered so far
	files   map[int]Attachment
	removed []Attachment
	found   change
}

// finish writes the body and makes sure that it may travel. What could not be
// made so is sent as plain text, which always can.
func (c *copier) finish() Body {
	body := c.write()
	if bare, ok := inspect(body.Bytes); !ok || bare > 0 {
		return c.plainCopy()
	}
	body.Changes, body.Removed = c.found.sentences(), c.removed
	return body
}

// plainCopy is the last resort: the readable text and nothing else.
func (c *copier) plainCopy() Body {
	c.found, c.removed = changedToText, c.message.Attachments()
	c.root = textNode(c.message.Text())
	c.addFooter()
	body := c.write()
	body.Changes, body.Removed = c.found.sentences(), c.removed
	return body
}
