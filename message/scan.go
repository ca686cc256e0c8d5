package message

import (
	"bytes"
)

// FormError says why a message cannot be taken. Rule is a stable identifier for
// logs and tables; Detail is for people and holds nothing of the message's text.
type FormError struct {
	Rule   string
	Detail string
}

// Error names the rule and what is wrong.
func (e *FormError) Error() string { return "message form: " + e.Rule + ": " + e.Detail }

// Scan checks a message against limits before anything else reads it. It reads
// the lines once and the parts as Parse does, attached messages included, and
// stops at the first fault; its time is linear in the size. The error is nil or
// a *FormError.
func Scan(raw []byte, l Limits) error {
	if err := scanLines(raw, l); err != nil {
		return err
	}
	t := tree{raw: oneKindOfLine(raw), limits: l, strict: true}
	t.part(0, 0, "text/plain")
	if t.fault != nil {
		return t.fault
	}
	return nil
}

func scanLines(raw []byte, l Limits) *FormError {
	if !l.AnyLineEnds {
		if err := scanLineEnds(raw); err != nil {
			return err
		}
	}
	for pos := 0; pos < len(raw); {
		line, next := cutLine(raw, pos)
		if len(line) > l.LineBytes {
			return &FormError{RuleLineBytes, "the message has a line that is too long"}
		}
		pos = next
	}
	return nil
}

// scanLineEnds refuses what mail programs disagree about: one of them would see
// the end of a line, or of the message, where another sees none.
func scanLineEnds(raw []byte) *FormError {
	if bytes.IndexByte(raw, 0) >= 0 {
		return &FormError{RuleNUL, "the message has a NUL byte"}
	}
	pairs := bytes.Count(raw, []byte("\r\n"))
	switch {
	case bytes.Count(raw, []byte("\r")) > pairs:
		return &FormError{RuleBareCR, "the message has a carriage return without a line feed"}
	case bytes.Count(raw, []byte("\n")) > pairs:
		return &FormError{RuleBareLF, "the message has a line feed without a carriage return"}
	}
	return nil
}
