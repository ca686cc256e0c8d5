package smtpd

import (
	"fmt"
	"strings"

	"github.com/emersion/go-smtp"

	"sencoforum/list"
)

// words makes every sentence that this package says. Those that a teacher may
// read come from the table in list, with the host's name in place of a list's;
// the others are for the people who run mail servers.
type words struct {
	texts list.Texts
}

func newWords(host, help string, most int64) words {
	return words{list.Texts{Name: host, Help: help, Limit: megabytes(most)}}
}

// megabytes writes a limit the way people say it.
func megabytes(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d KB", n>>10)
	}
	return fmt.Sprintf("%d MB", n>>20)
}

// closing returns a refusal with which the connection ends (RFC 5321 §3.8).
func (w words) closing(c list.Case) *list.Refusal {
	r := w.texts.Refuse(c)
	if r.Code != 421 {
		r.Code, r.Enhanced = 421, "4.3.0"
	}
	return r
}

// misshapen returns the refusal for a flaw. No registered enhanced code means
// bare line ends; 5.6.11 is what Exchange says of them, so technicians know it.
func (w words) misshapen(f flaw) *list.Refusal {
	r := w.texts.Refuse(list.CaseForm)
	r.Case = string(f)
	if f.framing() {
		r.Enhanced = "5.6.11"
	}
	return r
}

// plain returns a refusal in words for the people who run mail servers.
func (w words) plain(code int, enhanced, kind, text string) *list.Refusal {
	return &list.Refusal{Code: code, Enhanced: enhanced, Case: kind, Text: w.texts.Name + ": " + text}
}

func (w words) slow() *list.Refusal {
	return w.plain(451, "4.4.2", "slow", "your message did not arrive in time. Your mail system will try again by itself.")
}

func (w words) broken() *list.Refusal {
	return w.plain(451, "4.4.2", "broken", "the connection broke before the end of your message. Your mail system will try again by itself.")
}

func (w words) badSender() *list.Refusal {
	return w.plain(501, "5.1.7", "sender-form", "the sender's address is not well formed.")
}

func (w words) badRecipient() *list.Refusal {
	return w.plain(553, "5.1.3", "recipient-form", "that address is not well formed. Please check it and write again.")
}

func (w words) needsUTF8() *list.Refusal {
	return w.plain(553, "5.6.7", "utf8", "an address with letters outside ASCII needs SMTPUTF8.")
}

func (w words) outOfOrder(text string) *list.Refusal {
	return w.plain(503, "5.5.1", "order", text)
}

func (w words) badCommand(text string) *list.Refusal {
	return w.plain(501, "5.5.4", "syntax", text)
}

func (w words) enough(text string) *list.Refusal {
	return w.plain(421, "4.7.0", "enough", text+" Please connect again.")
}

// displaced is said to whoever made us wait while others had no place.
func (w words) displaced() *list.Refusal {
	return w.plain(421, "4.3.2", "busy", "we are busy, and too little came on this connection. Please try again.")
}

// taken is the answer to a message that is safe with us.
func (w words) taken() *smtp.SMTPError {
	return &smtp.SMTPError{Code: 250, EnhancedCode: smtp.EnhancedCode{2, 0, 0}, Message: w.texts.Name + ": your message has arrived"}
}

// oneLine makes s safe inside a reply line: printable ASCII, and short enough
// for the 512 octets of RFC 5321 §4.5.3.1.5.
func oneLine(s string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r < ' ':
			return ' '
		case r >= 0x7f:
			return '?'
		}
		return r
	}, s)
	return clean[:min(len(clean), 400)]
}
