package notice

import (
	"fmt"
	"strings"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// Provider is what the mails about a mail provider that does not take ours have in common. Times are shown as they are, in
// their own zone.
type Provider struct {
	List  list.List   // that the mail is from
	To    list.Person // who is told; the number is 0 for the operator
	Lists []string    // titles of the lists that have members there
	Told  bool        // the operator gets such a mail too

	Name   string // of the provider; empty when nobody takes anything
	People int    // who have their address there
	Since  time.Time
	Until  time.Time // until then the oldest email that waits is tried
	Words  string    // the last answer, one line; empty when there was none
	Help   string    // a page of the provider's; empty when none is known
	Now    time.Time
}

// The troubles of a provider, each with its own words.
const (
	ProviderRefuses     = "refuses"
	ProviderUnreachable = "unreachable"
	ProviderDefers      = "defers"
	ProviderMany        = "many"
	ProviderNothing     = "nothing"
)

// Alarm says that a trouble has begun, or (again) that it lasts. trouble is one of those above.
func (n Provider) Alarm(trouble string, again bool) (Mail, error) {
	subject, first := n.trouble(trouble)
	if again {
		subject = "Still: " + subject
	}
	parts := []string{greeting(n.To), first + n.whom()}
	if trouble == ProviderMany {
		parts = append(parts, "No address is counted as dead for that, and nobody is taken off.")
	} else {
		parts = append(parts, fmt.Sprintf("No address is counted as dead for that, and nobody is taken off. The emails wait here and go by themselves "+
			"when that is over. The oldest is tried until %s.", n.Until.Format("2 January, 15:04")))
	}
	if n.Words != "" {
		parts = append(parts, n.said()+"\n> "+n.Words)
	}
	parts = append(parts, n.advice(trouble)...)
	parts = append(parts, "You get this once a day while it lasts, and a last mail when it is over.")
	return n.compose("alarm", subject, parts)
}

// Over says that a trouble has ended.
func (n Provider) Over() (Mail, error) {
	subject, first := n.Name+" takes our emails again", n.Name+" takes our emails again."
	if n.Name == "" {
		subject, first = "Emails go out again", "Our emails go out again."
	}
	return n.compose("over", subject, []string{
		greeting(n.To),
		first + fmt.Sprintf(" The trouble began on %s. What has waited goes out now.", n.Since.Format("2 January, 15:04")),
		"Nobody was taken off, and you need do nothing.",
	})
}

// trouble is the subject and the first sentence about a trouble.
func (n Provider) trouble(kind string) (subject, first string) {
	since := n.Since.Format("2 January, 15:04")
	switch kind {
	case ProviderRefuses:
		return n.Name + " refuses our emails", n.Name + " has refused all our emails since " + since + "."
	case ProviderUnreachable:
		return n.Name + " cannot be reached", n.Name + " has not been reached since " + since + ", so no email goes there."
	case ProviderDefers:
		return n.Name + " delays our emails", n.Name + " has put off many of our emails since " + since + "."
	case ProviderMany:
		return n.Name + " refuses many of our emails", n.Name + " refuses more than one in five of our emails, which is far more than usual."
	}
	return "No emails go out", "No email of ours has been taken by anybody since " + since + ". As nobody takes any, the fault is probably here."
}

// whom says who gets nothing.
func (n Provider) whom() string {
	if n.People == 0 {
		return ""
	}
	people := fmt.Sprintf("%d people on %s have", n.People, strings.Join(n.Lists, ", "))
	if n.People == 1 {
		people = fmt.Sprintf("One person on %s has", strings.Join(n.Lists, ", "))
	}
	if n.Name == "" {
		return fmt.Sprintf(" %d people on %s wait for theirs.", n.People, strings.Join(n.Lists, ", "))
	}
	return " " + people + " their address there."
}

// said introduces the last answer.
func (n Provider) said() string {
	if n.Name == "" {
		return "The last error was:"
	}
	return "The last answer was:"
}

// advice says what to do.
func (n Provider) advice(kind string) []string {
	if n.To.ID != 0 { // a moderator
		runs := "Whoever runs the server has had this mail too, and can do something about it."
		if !n.Told {
			runs = "Please pass this on to whoever runs the server: sencoforum doctor says what to do."
		}
		return []string{runs + " If a question is urgent, you could tell these people another way that emails are late."}
	}
	check := "What to do: run\n\nsencoforum doctor\n\nand put right what it finds."
	switch {
	case kind == ProviderNothing:
		return []string{check, "See where mail is stuck with:\n\nsencoforum queue list --hops"}
	case n.Help != "":
		return []string{check, "Then ask them to take our emails again:\n" + n.Help, "All figures: sencoforum queue providers"}
	}
	return []string{check, "Then see whether a blocklist names this server, at\nhttps://check.spamhaus.org/\nand write to the postmaster of that provider with the answer above.",
		"All figures: sencoforum queue providers"}
}

func (n Provider) compose(what, subject string, parts []string) (Mail, error) {
	for i, p := range parts {
		parts[i] = filled(p)
	}
	var w message.Writer
	w.Mailbox("From", message.Mailbox{Name: n.List.Title + " moderators", Address: n.List.Service("owner")})
	w.Mailbox("To", message.Mailbox{Name: n.To.Name, Address: n.To.Address})
	w.Text("Subject", subject)
	head(&w, n.List, n.Now, fmt.Sprintf("provider.%s.%d.%d", what, n.Now.UnixNano(), n.To.ID))
	return finish(&w, strings.Join(parts, "\n\n")+"\n")
}

// fillWidth is how long a line of running text gets, in bytes.
const fillWidth = 72

// filled breaks the lines of a text that are too long at blanks. A line that quotes is left whole.
func filled(text string) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, ">") {
			out = append(out, line)
			continue
		}
		var now string
		for _, word := range strings.Fields(line) {
			if now != "" && len(now)+1+len(word) > fillWidth {
				out = append(out, now)
				now = ""
			}
			if now != "" {
				now += " "
			}
			now += word
		}
		out = append(out, now)
	}
	return strings.Join(out, "\n")
}
