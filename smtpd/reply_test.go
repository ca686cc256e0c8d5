package smtpd

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"sencoforum/list"
	"sencoforum/message"
)

func TestReplyTo(t *testing.T) {
	w := newWords("mx.lists.test", "https://forum.test", 15<<20)
	refusal := &list.Refusal{Code: 550, Enhanced: "5.1.1", Case: "address", Text: "no such address"}
	const fault = "451 4.3.0 mx.lists.test: something is wrong on our side. Your mail system will try again by itself. https://forum.test/h/later"
	const form = "550 5.6.0 mx.lists.test: your mail program sent a message we cannot read safely. Please write it again as a new message. https://forum.test/h/form"
	tests := []struct {
		name string
		err  error
		want string
		kind string
	}{
		{"nil is 250", nil, "250 2.0.0 mx.lists.test: your message has arrived", ""},
		{"a refusal says its own words", refusal, "550 5.1.1 no such address", "address"},
		{"a refusal is found inside another error", fmt.Errorf("x: %w", refusal), "550 5.1.1 no such address", "address"},
		{"a form error is 550", &message.FormError{Rule: "two-from", Detail: "secret"}, form, "two-from"},
		{"a form error inside another error", fmt.Errorf("x: %w", &message.FormError{Rule: "nul"}), form, "nul"},
		{"an unknown error is ours", errSecret, fault, "fault"},
		{"an ended context is ours", context.Canceled, fault, "fault"},
		{"a context out of time is ours", fmt.Errorf("x: %w", context.DeadlineExceeded), fault, "fault"},
		{"an SMTPError is nobody's", &smtp.SMTPError{Code: 554, Message: "secret"}, fault, "fault"},
		{"a wrapped SMTPError too", fmt.Errorf("x: %w", &smtp.SMTPError{Code: 250, Message: "secret"}), fault, "fault"},
		{"a nil refusal is no refusal", (*list.Refusal)(nil), fault, "fault"},
		{"a nil form error is no form error", (*message.FormError)(nil), fault, "fault"},
		{"a refusal that accepts", &list.Refusal{Code: 250, Text: "secret"}, fault, "fault"},
		{"a refusal with an impossible code", &list.Refusal{Code: 600, Text: "secret"}, fault, "fault"},
		{"joined errors", errors.Join(errSecret, context.Canceled), fault, "fault"},
		{"no enhanced code", &list.Refusal{Code: 452, Text: "x"}, "452 4.0.0 x", ""},
		{"an enhanced code of another class", &list.Refusal{Code: 452, Enhanced: "5.1.1", Text: "x"}, "452 4.0.0 x", ""},
		{"an enhanced code that is none", &list.Refusal{Code: 550, Enhanced: "5.1.x", Text: "x"}, "550 5.0.0 x", ""},
		{"an enhanced code too large", &list.Refusal{Code: 550, Enhanced: "5.1.1000", Text: "x"}, "550 5.0.0 x", ""},
		{"three digits", &list.Refusal{Code: 550, Enhanced: "5.7.26", Text: "x"}, "550 5.7.26 x", ""},
		{"line ends and letters outside ASCII", &list.Refusal{Code: 550, Enhanced: "5.7.1", Text: "a\r\n250 ok\x00 é\x7f"}, "550 5.7.1 a  250 ok  ??", ""},
		{"too long a text", &list.Refusal{Code: 550, Enhanced: "5.7.1", Text: strings.Repeat("x", 1000)}, "550 5.7.1 " + strings.Repeat("x", 400), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := w.replyTo(tt.err)
			if diff := cmp.Diff(tt.want+"\r\n", string(wire(got.SMTPError))); diff != "" {
				t.Error(diff)
			}
			if got.kind != tt.kind || got.fault != (tt.kind == "fault") {
				t.Errorf("got case %q, fault %v", got.kind, got.fault)
			}
		})
	}
}

// TestWords reads every sentence of this package as the wire shows it.
func TestWords(t *testing.T) {
	w := newWords("mx.lists.test", "", 15<<20)
	for _, r := range []*list.Refusal{
		w.closing(list.CaseFault), w.closing(list.CaseClosing), w.misshapen(flawCR), w.misshapen(flawLine),
		w.slow(), w.broken(), w.badSender(), w.badRecipient(), w.needsUTF8(),
		w.outOfOrder("x."), w.badCommand("x."), w.enough("x."),
		w.texts.Refuse(list.CaseSize), w.texts.Refuse(list.CaseRoom), w.texts.Refuse(list.CaseTooMany), w.texts.Refuse(list.CaseOneAtTime),
	} {
		got := asReply(r)
		switch {
		case !strings.HasPrefix(got.Message, "mx.lists.test: "):
			t.Errorf("%q does not begin with the host's name", got.Message)
		case len(got.Message) > 200:
			t.Errorf("%q is too long", got.Message)
		case got.EnhancedCode[0] != got.Code/100 || got.EnhancedCode == (smtp.EnhancedCode{got.Code / 100}):
			t.Errorf("%q: enhanced code %v", got.Message, got.EnhancedCode)
		}
	}
	if got := w.closing(list.CaseFault).Code; got != 421 {
		t.Errorf("closing says %d", got)
	}
	if got := w.texts.Refuse(list.CaseSize).Text; !strings.Contains(got, "15 MB") {
		t.Errorf("%q does not name the limit", got)
	}
}
