package notice

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"sencoforum/calendar"
	"sencoforum/list"
	"sencoforum/message"
)

// ManyLeft tells a moderator that many members of one mail provider left at once.
type ManyLeft struct {
	Provider string
	Count    int
	Since    time.Time // when the first of them left
}

// Compose returns the mail.
func (n ManyLeft) Compose(t To) (Mail, error) {
	t.asOwner = true
	at := n.Since.In(calendar.London())
	return t.compose(ours, fmt.Sprintf("Many left at once: %d at %s", n.Count, n.Provider), message.Mailbox{}, paragraphs(
		t.hello(),
		fmt.Sprintf("%d members at %s have left %s\nsince %s. That was just after an email of ours went out.", n.Count, n.Provider, t.List.Title, at.Format("15:04")),
		"People do not do that. It is more likely that a program at this mail\nprovider opened the links in our email. They have left all the same, and\neach of them got a goodbye that says how to come back.",
		"To bring all of them back, ask whoever runs the server for:\n"+
			pasted("sencoforum member restore --list "+t.List.Name, "--provider "+shellWord(n.Provider), "--since '"+at.Format("2006-01-02 15:04")+"'"),
		"That shows them first. Each then gets an email that tells why.",
	))
}

// Restored tells somebody that they are a member again, though they asked for nothing.
func Restored(t To) (Mail, error) {
	return t.compose(kindRestored, "You are back in "+t.List.Title, message.Mailbox{}, paragraphs(
		t.hello(),
		fmt.Sprintf("You had left %s. Many people left at the same\nmoment, so we think that it was a program of your mail provider, and not\nyou. You are a member again, and all is as it was.", t.List.Title),
		"You did want to leave? Reply with: leave",
		"You do not get the posts from in between.",
	))
}

// WeHaveMoved tells a member who was added from a file that the list is here now.
func WeHaveMoved(t To, m list.Membership) (Mail, error) {
	other := "For every question at once, reply: questions"
	if m.Mode == list.ModeEvery || m.Mode == list.ModeQuestions {
		other = "Fewer emails? Reply: weekly"
	}
	return t.compose(kindNewServer, t.List.Title+" is back, at a new address", message.Mailbox{}, paragraphs(
		t.hello(),
		fmt.Sprintf("You were a member of %s. It is back, on a new server.\nWrite to %s", t.List.Title, t.List.Post()),
		nowWords[m.Mode]+"\n"+other,
		"Not for you? Reply: leave",
		"If our emails land in your junk folder, please move one out, or show this\nto your technician: our emails come from the domain "+t.List.Domain,
	))
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9.-]+$`)

// shellWord is a name as it may stand in a command that people paste.
func shellWord(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", "") + "'"
}
