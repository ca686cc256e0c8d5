package message

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Rules of Strict.
const (
	RuleNoFrom       = "no-from"
	RuleTwoFroms     = "two-from"
	RuleNoAddress    = "no-from-address"
	RuleTwoAddresses = "two-from-addresses"
	RuleGroup        = "group-from"
	RuleBadFrom      = "bad-from"
	RuleRepeated     = "repeated-" // with the name of the field in lower case
	RuleWordNUL      = "nul-in-encoded-word"
	RuleRaw8Bit      = "raw-8bit-header"
	RuleNotUTF8      = "header-not-utf8"
	RuleHeaderEnd    = "ambiguous-header"
)

// Strict checks the header of an arriving message for what mail programs read
// in different ways, so that nobody can be shown another author than the one
// that was checked: exactly one From with one address and no group, no
// second Subject, Date, To, Message-ID, Sender or Reply-To, no NUL hidden in an
// encoded word, no raw 8-bit text unless utf8 says that SMTPUTF8 was asked for
// (RFC 6531), and one clear end. The error is nil or a *FormError.
func Strict(raw []byte, utf8 bool) error {
	block, body := strictHeader(raw)
	r := headerReader{block: raw}
	end := r.read()
	h := Header{fields: r.fields}
	for _, check := range []func() *FormError{
		func() *FormError { return checkBytes(block, utf8) },
		func() *FormError { return checkEnd(end, body) },
		func() *FormError { return checkCounts(block) },
		func() *FormError { return checkWords(h) },
		func() *FormError { return checkFrom(h.Get("From")) },
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// strictHeader returns the header block as RFC 5322 has it, up to the first
// empty line, and where the body begins.
func strictHeader(raw []byte) (block []byte, body int) {
	for pos := 0; pos < len(raw); {
		line, next := cutLine(raw, pos)
		if len(line) == 0 {
			return raw[:pos], next
		}
		pos = next
	}
	return raw, len(raw)
}

// checkEnd refuses a header that our own tolerant reader ends elsewhere.
func checkEnd(end, body int) *FormError {
	if end != body {
		return &FormError{RuleHeaderEnd, "it is not clear where the header ends"}
	}
	return nil
}

func checkBytes(block []byte, utf8Allowed bool) *FormError {
	ascii := true
	for i, c := range block {
		switch {
		case c == 0:
			return &FormError{RuleNUL, "the header has a NUL byte"}
		case c == '\r' && (i+1 == len(block) || block[i+1] != '\n'):
			return &FormError{RuleBareCR, "the header has a carriage return without a line feed"}
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	switch {
	case ascii:
		return nil
	case !utf8Allowed:
		return &FormError{RuleRaw8Bit, "the header has letters that are not ASCII, without SMTPUTF8"}
	case !utf8.Valid(block):
		return &FormError{RuleNotUTF8, "the header is not UTF-8"}
	}
	return nil
}

// checkCounts counts fields by every line that another program may take for a
// field, so that repair cannot hide one.
func checkCounts(block []byte) *FormError {
	count := make(map[string]int)
	for pos := 0; pos < len(block); {
		line, next := cutLine(block, pos)
		if pos == 0 {
			line = bytes.TrimLeft(line, " \t")
		}
		if c := colon(line); c >= 0 {
			count[strings.ToLower(string(bytes.TrimRight(line[:c], " \t")))]++
		}
		pos = next
	}
	switch n := count["from"]; {
	case n == 0:
		return &FormError{RuleNoFrom, "the message has no From"}
	case n > 1:
		return &FormError{RuleTwoFroms, "the message has more than one From"}
	}
	for _, name := range []string{"Subject", "Date", "To", "Message-ID", "Sender", "Reply-To"} {
		if lower := strings.ToLower(name); count[lower] > 1 {
			return &FormError{RuleRepeated + lower, fmt.Sprintf("the message has more than one %s", name)}
		}
	}
	return nil
}

// checkWords refuses a NUL that an encoded word hides: some programs stop
// reading there.
func checkWords(h Header) *FormError {
	for _, f := range h.Fields() {
		if strings.Contains(f.Value, "=?") && strings.IndexByte(decodeWords(f.Value), 0) >= 0 {
			return &FormError{RuleWordNUL, "an encoded word hides a NUL"}
		}
	}
	return nil
}
