package smtpd

import (
	"errors"
	"strconv"
	"strings"

	"github.com/emersion/go-smtp"

	"sencoforum/list"
	"sencoforum/message"
)

// A reply is an answer for the library, with what the mail log wants to know.
type reply struct {
	*smtp.SMTPError
	kind  string // the case of a refusal, "" for 250
	fault bool   // nobody foresaw this error: its cause belongs in the log
}

// replyTo is the one place where an error becomes an SMTP reply.
//
//	nil                 250 2.0.0
//	*list.Refusal       its code and its text
//	*message.FormError  550 5.6.0
//	anything else       451 4.3.0, and the text of the error goes nowhere
//
// Anything else includes an ended context, an SMTPError of other hands, and a
// refusal whose code is no refusal. The library would turn each error that is
// not exactly an *smtp.SMTPError into a 554 with the error's text, so it gets
// nothing else from here.
func (w words) replyTo(err error) reply {
	if err == nil {
		return reply{SMTPError: w.taken()}
	}
	if refusal := (*list.Refusal)(nil); errors.As(err, &refusal) && sound(refusal) {
		return reply{SMTPError: asReply(refusal), kind: refusal.Case}
	}
	if form := (*message.FormError)(nil); errors.As(err, &form) && form != nil {
		return reply{SMTPError: asReply(w.texts.Refuse(list.CaseForm)), kind: form.Rule}
	}
	return reply{SMTPError: asReply(w.texts.Refuse(list.CaseFault)), kind: string(list.CaseFault), fault: true}
}

// sound reports whether a refusal refuses.
func sound(r *list.Refusal) bool { return r != nil && r.Code >= 400 && r.Code <= 599 }

func asReply(r *list.Refusal) *smtp.SMTPError {
	return &smtp.SMTPError{Code: r.Code, EnhancedCode: enhanced(r), Message: oneLine(r.Text)}
}

// enhanced reads the enhanced code of a refusal, or makes the general one of
// its class where it is missing, malformed or of another class (RFC 3463 §2).
func enhanced(r *list.Refusal) smtp.EnhancedCode {
	class := r.Code / 100
	general := smtp.EnhancedCode{class, 0, 0}
	parts := strings.Split(r.Enhanced, ".")
	if len(parts) != 3 || parts[0] != strconv.Itoa(class) {
		return general
	}
	e := general
	for i, part := range parts[1:] {
		n, err := strconv.ParseUint(part, 10, 32)
		if err != nil || n > 999 {
			return general
		}
		e[i+1] = int(n)
	}
	return e
}
