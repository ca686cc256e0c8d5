package watch

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxToken bounds what lies between two tokens of a report, in bytes of UTF-8: no parser ever holds more.
const maxToken = 64 << 10

// errToken is the error of a text with a longer one.
var errToken = fmt.Errorf("a part of it is longer than %d bytes", maxToken)

// reportText reads the text of a report as UTF-8, rune by rune, whatever it is written in. Runes that XML does not allow
// become spaces, and what is no letter of its charset the replacement character: one bad name should not make a report
// unreadable.
type reportText struct {
	in   *bufio.Reader
	next func() (rune, error)
	room int // bytes until the next call of mark

	buf  [utf8.UTFMax]byte
	left []byte // of buf
}

// xmlCharset finds the charset that an XML declaration names, in its first bytes.
var xmlCharset = regexp.MustCompile(`(?i)^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"'<>]*)["']`)

// newReportText finds out how a text is encoded: by its first bytes, then by its XML declaration. It returns an error
// for a charset that it does not know.
func newReportText(r io.Reader) (*reportText, error) {
	t := &reportText{in: bufio.NewReader(r), room: maxToken}
	t.next = t.nextUTF8
	head, err := t.in.Peek(256)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, err := t.in.Discard(3)
		return t, err
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		_, err := t.in.Discard(2)
		t.next = t.nextUTF16(head[0] == 0xfe)
		return t, err
	case len(head) > 1 && head[0] == 0: // a text of either kind begins with a letter of ASCII
		t.next = t.nextUTF16(true)
		return t, nil
	case len(head) > 1 && head[1] == 0:
		t.next = t.nextUTF16(false)
		return t, nil
	}
	if m := xmlCharset.FindSubmatch(head); m != nil {
		return t, t.as(strings.ToLower(string(m[1])))
	}
	return t, nil
}

// as reads the text in a charset that its declaration names.
func (t *reportText) as(charset string) error {
	switch charset {
	case "utf-8", "utf8", "us-ascii", "ascii":
	case "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "windows-1252", "cp1252":
		t.next = t.nextLatin1
	default:
		return fmt.Errorf("unknown charset %q", reportWord(charset))
	}
	return nil
}

func (t *reportText) nextUTF8() (rune, error) {
	r, _, err := t.in.ReadRune()
	return r, err
}

// nextLatin1 reads ISO 8859-1. The few signs that Windows puts where that has controls are lost.
func (t *reportText) nextLatin1() (rune, error) {
	b, err := t.in.ReadByte()
	if b >= 0x80 && b < 0xa0 {
		return utf8.RuneError, err
	}
	return rune(b), err
}

func (t *reportText) nextUTF16(big bool) func() (rune, error) {
	unit := func() (rune, error) {
		var b [2]byte
		if _, err := io.ReadFull(t.in, b[:]); err != nil {
			return 0, err
		}
		if big {
			return rune(b[0])<<8 | rune(b[1]), nil
		}
		return rune(b[1])<<8 | rune(b[0]), nil
	}
	return func() (rune, error) {
		r, err := unit()
		if err != nil || !utf16.IsSurrogate(r) {
			return r, err
		}
		low, err := unit()
		return utf16.DecodeRune(r, low), err
	}
}

// mark says that a token ended: the next one has all the room.
func (t *reportText) mark() { t.room = maxToken }

// fill reads the next rune into buf.
func (t *reportText) fill() error {
	r, err := t.next()
	if err != nil {
		return err
	}
	switch {
	case r < ' ' && r != '\t' && r != '\n' && r != '\r':
		r = ' '
	case r == 0xfffe || r == 0xffff:
		r = utf8.RuneError
	}
	t.left = utf8.AppendRune(t.buf[:0], r)
	if t.room -= len(t.left); t.room < 0 {
		return errToken
	}
	return nil
}

// ReadByte implements io.ByteReader, so that the XML parser reads no further than it has to.
func (t *reportText) ReadByte() (byte, error) {
	if len(t.left) == 0 {
		if err := t.fill(); err != nil {
			return 0, err
		}
	}
	b := t.left[0]
	t.left = t.left[1:]
	return b, nil
}

// Read implements io.Reader. It gives little at once, so that what a parser reads ahead stays within the room.
func (t *reportText) Read(p []byte) (n int, err error) {
	for n < min(len(p), 512) {
		b, err := t.ReadByte()
		if err != nil {
			if n > 0 && errors.Is(err, io.EOF) {
				return n, nil
			}
			return n, err
		}
		p[n] = b
		n++
	}
	return n, nil
}

// first is the first rune that is no space, which is left unread; an error where there is none soon.
func (t *reportText) first() (rune, error) {
	for range 1000 {
		if len(t.left) == 0 {
			if err := t.fill(); err != nil {
				return 0, err
			}
		}
		r, _ := utf8.DecodeRune(t.left)
		if !strings.ContainsRune(" \t\r\n\ufeff", r) {
			return r, nil
		}
		t.left = nil
	}
	return 0, errors.New("begins with empty lines only")
}
