package notice

import (
	"fmt"
	"strings"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// ReportAlarm is a mail to the operator about a report of another mail host that shows trouble with our own mail.
type ReportAlarm struct {
	List     list.List // in whose name it is written
	To       message.Address
	Domain   string // that the report is about
	Reporter string // domain of whoever reports
	Day      time.Time
	Failed   uint64 // of Of
	Of       uint64
	Source   string // Mail: the address with the most failures; empty: not known
	Result   string // TLS: the commonest reason, in the words of RFC 8460; empty: not said
	Host     string // TLS: at which of our mail hosts; empty: not said
	Do       string // the next step
	Now      time.Time
}

// Mail is about mail of ours that failed DMARC.
func (n ReportAlarm) Mail() (Mail, error) {
	from := "."
	if n.Source != "" {
		from = ", most of it from " + n.Source + "."
	}
	return n.compose("dmarc", "Our mail fails checks at "+n.Reporter, fmt.Sprintf(
		"%s reports that on %s %d of %d mails that our own server sent as %s passed neither DKIM nor SPF%s\nSuch mail may land in the spam folder, or be refused.",
		n.Reporter, day(n.Day), n.Failed, n.Of, n.Domain, from))
}

// TLS is about connections to us that could not be encrypted as they should be.
func (n ReportAlarm) TLS() (Mail, error) {
	why := ""
	switch {
	case n.Result != "" && n.Host != "":
		why = fmt.Sprintf(" Most often: %s at %s.", n.Result, n.Host)
	case n.Result != "":
		why = fmt.Sprintf(" Most often: %s.", n.Result)
	}
	return n.compose("tls", "Mail to us is not encrypted, says "+n.Reporter, fmt.Sprintf(
		"%s reports that on %s %d of %d connections for mail to %s could not be encrypted as they should be.%s\nSuch mail may not arrive.",
		n.Reporter, day(n.Day), n.Failed, n.Of, n.Domain, why))
}

func (n ReportAlarm) compose(kind, subject, text string) (Mail, error) {
	var w message.Writer
	w.Mailbox("From", message.Mailbox{Name: n.List.Title + " moderators", Address: n.List.Service("owner")})
	w.Mailbox("To", message.Mailbox{Address: n.To})
	w.Text("Subject", subject)
	head(&w, n.List, n.Now, fmt.Sprintf("report.%s.%d", kind, n.Now.UnixNano()))
	return finish(&w, wrapped(text)+"\n"+wrapped(n.Do)+"\nTo see all reports: sencoforum reports\n\n"+
		wrapped("Other mail hosts send such reports once a day. You get at most one mail of this kind a day."))
}

// wrapped breaks lines at 72 characters, where there is a space, and leaves those that are there.
func wrapped(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		width := 0
		for word := range strings.FieldsSeq(line) {
			switch {
			case width == 0:
			case width+1+len(word) > 72:
				b.WriteString("\n")
				width = 0
			default:
				b.WriteString(" ")
				width++
			}
			b.WriteString(word)
			width += len(word)
		}
		b.WriteString("\n")
	}
	return b.String()
}
