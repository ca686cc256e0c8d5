package notice

import (
	"fmt"
	"strings"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// Certificate is a mail to the operator about a certificate that is about to end, has ended, or is not issued.
type Certificate struct {
	List     list.List // in whose name it is written
	To       message.Address
	Host     string    // the name that the certificate holds
	Use      string    // mail, pages, or mail and pages
	File     string    // where it stands; empty: an authority issues it
	Until    time.Time // zero: there is none yet
	What, Do string    // why the authority issues none, and what helps; empty: nothing is known
	Now      time.Time
}

// Compose returns the mail.
func (n Certificate) Compose() (Mail, error) {
	subject, first := n.state()
	parts := []string{first, n.harm()}
	if n.File != "" {
		parts = append(parts, "It is read from "+n.File+".")
	}
	if n.What != "" {
		parts = append(parts, "The certificate authority issues none: "+n.What+".")
	}
	parts = append(parts, "What to do: "+n.advice(), "Then look whether all is well: sencoforum doctor",
		"You get such a mail when a certificate has 14 days left, when it has 3 and when it has run out, and once when the authority issues none.")
	var w message.Writer
	w.Mailbox("From", message.Mailbox{Name: n.List.Title + " moderators", Address: n.List.Service("owner")})
	w.Mailbox("To", message.Mailbox{Address: n.To})
	w.Text("Subject", subject)
	head(&w, n.List, n.Now, fmt.Sprintf("certificate.%d", n.Now.UnixNano()))
	for i := range parts {
		parts[i] = strings.TrimSpace(wrapped(parts[i]))
	}
	return finish(&w, strings.Join(parts, "\n\n")+"\n")
}

// state says in the subject and in the first sentence how long it lasts.
func (n Certificate) state() (subject, first string) {
	which := fmt.Sprintf("The certificate of %s (for %s)", n.Host, n.Use)
	left := n.Until.Sub(n.Now)
	switch days := int(left / (24 * time.Hour)); {
	case n.Until.IsZero():
		return "There is no certificate for " + n.Host, which + " could not be had yet."
	case left <= 0:
		return "The certificate of " + n.Host + " has run out", fmt.Sprintf("%s ran out on %s.", which, n.Until.Format("2 January, 15:04"))
	case n.What != "" && days > 14:
		return "The certificate of " + n.Host + " is not renewed", fmt.Sprintf("%s should be renewed, and that fails. It lasts until %s.", which, n.Until.Format("2 January, 15:04"))
	case days < 1:
		return "The certificate of " + n.Host + " runs out today or tomorrow", fmt.Sprintf("%s runs out on %s.", which, n.Until.Format("2 January, 15:04"))
	default:
		return fmt.Sprintf("The certificate of %s runs out in %s", n.Host, numberOf(days, "day")), fmt.Sprintf("%s runs out on %s.", which, n.Until.Format("2 January, 15:04"))
	}
}

// harm says what comes of it.
func (n Certificate) harm() string {
	when := "After that"
	if n.Until.IsZero() || !n.Until.After(n.Now) {
		when = "Until there is one"
	}
	var all []string
	if strings.Contains(n.Use, "pages") {
		all = append(all, "browsers warn people not to open our pages")
	}
	if strings.Contains(n.Use, "mail") {
		all = append(all, "some mail servers send us nothing")
	}
	return when + " " + strings.Join(all, ", and ") + "."
}

// advice is the next step.
func (n Certificate) advice() string {
	switch {
	case n.File != "":
		return "renew it, put the new one into that file, and say: systemctl reload sencoforum"
	case n.Do != "":
		return n.Do + "."
	}
	return "look into the log of the server, and say: systemctl reload sencoforum"
}
