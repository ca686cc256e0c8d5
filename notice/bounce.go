package notice

import (
	"fmt"
	"strings"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// Bounce is what the mails about an address that refuses ours have in common.
type Bounce struct {
	List   list.List
	Member list.Person // whose address refuses
	To     list.Person // the moderator who is told
	Words  string      // of the host that refused
	Now    time.Time

	Token  string // with which the member gets mail again; empty where it is not offered
	WebURL string // base address of the page that does so too; empty: only by mail

	Provider                  string // whose people were refused; empty for a post as a whole
	Post, Refused, Recipients int    // of a post that was refused by many
}

// Probe is the mail by which we find out whether an address still works.
func (n Bounce) Probe() (Mail, error) {
	return n.compose(kindAddressTest, message.Mailbox{Name: n.Member.Name, Address: n.Member.Address}, "A test of your address", fmt.Sprintf(
		"%s\n\nOur emails to this address have come back on three days. This is a test\nwhether it works again. You need do nothing.\n", greeting(n.Member)))
}

// Suspended tells a member, at another address, that no more mail goes to theirs. An answer of one word ends that.
func (n Bounce) Suspended() (Mail, error) {
	return n.compose(kindAddressStopped, message.Mailbox{Name: n.Member.Name, Address: n.Member.Backup}, "Are you getting our emails?", fmt.Sprintf(
		"%s\n\nOur emails to your usual address have come back on several days, so we\nhave stopped sending there. You are still a member of %s.\n"+
			"\nThat address works again? Reply with: resume%s\nYou have a new one? Reply with: address new@school.example\nWhatever else you reply goes to the moderators, who are people.\n",
		greeting(n.Member), n.List.Title, n.button()))
}

// Resumed tells a member, at one of their addresses, that mail goes to their usual one again.
func (n Bounce) Resumed() (Mail, error) {
	return n.compose(kindAddressWorks, message.Mailbox{Name: n.Member.Name, Address: n.To.Address}, "You get mail again", fmt.Sprintf(
		"%s\n\nYou get the emails of %s again, at your usual address.\nYou do not get the posts from in between.\n"+
			"\nNothing comes? Write to the moderators, who are people:\n%s\n", greeting(n.Member), n.List.Title, n.List.Service("owner")))
}

// button names the page that does what the word does.
func (n Bounce) button() string {
	if n.WebURL == "" {
		return ""
	}
	return "\nOr press the button on this page:\n" + strings.TrimRight(n.WebURL, "/") + "/yes/" + n.Token + "\n"
}

// Full tells a member, at another address, that their mailbox has been full for long.
func (n Bounce) Full() (Mail, error) {
	return n.compose(kindMailboxFull, message.Mailbox{Name: n.Member.Name, Address: n.Member.Backup}, "Your mailbox is full", fmt.Sprintf(
		"%s\n\nFor a month our emails to your usual address have come back because the\nmailbox is full. Make room there, and they come again by themselves.\n"+
			"\nDo you have a new address? Reply to this email: the moderators, who are\npeople, put it right.\n", greeting(n.Member)))
}

// ToModerator tells a moderator that delivery to a member has ended.
func (n Bounce) ToModerator() (Mail, error) {
	return n.compose(ours, message.Mailbox{Name: n.To.Name, Address: n.To.Address}, "Address does not work - "+name(n.Member), fmt.Sprintf(
		"%s\n\nEmails to %s have come back\non three days, and so has a test. We have stopped sending there. They are\nstill a member of %s.\n%s\n"+
			"\nWhen the address works again, ask whoever runs the server for:\nsencoforum member set %s suspended off --list %s\n\n---------- what their mail host said ----------\n> %s\n",
		greeting(n.To), n.Member.Address, n.List.Title, n.elsewhere(), command(n.Member.Address), n.List.Name, n.Words))
}

// Complained tells a member, at another address, that their mail provider reported a mail of ours as spam. An answer of one
// word lets mail come again.
func (n Bounce) Complained() (Mail, error) {
	return n.compose(kindMarkedSpam, message.Mailbox{Name: n.Member.Name, Address: n.Member.Backup}, "Did you mark our email as spam?", fmt.Sprintf(
		"%s\n\nYour mail provider told us that an email of %s was marked\nas spam in your mailbox, so we have stopped sending there. You are still a\nmember.\n"+
			"\nA mistake? Reply with: resume%s\nEnough of our emails? Then you need do nothing.\nWhatever else you reply goes to the moderators, who are people.\n",
		greeting(n.Member), n.List.Title, n.button()))
}

// ComplaintToModerator tells a moderator that a member's provider complained.
func (n Bounce) ComplaintToModerator() (Mail, error) {
	return n.compose(ours, message.Mailbox{Name: n.To.Name, Address: n.To.Address}, "Marked as spam - "+name(n.Member), fmt.Sprintf(
		"%s\n\nThe mail provider of %s reported that an email of %s\nwas marked as spam there. People often do that by mistake. We have stopped\nsending to that address; they are still a member.\n%s\n"+
			"\nTo send there again, ask whoever runs the server for:\nsencoforum member set %s suspended off --list %s\n",
		greeting(n.To), n.Member.Address, n.List.Title, n.elsewhere(), command(n.Member.Address), n.List.Name))
}

// Alarm tells the operator that a post was refused as a whole, or by one provider.
func (n Bounce) Alarm(operator message.Address) (Mail, error) {
	post := fmt.Sprintf("post %d of %s", n.Post, n.List.Title)
	subject, first := "Refused by many: "+post, fmt.Sprintf(
		"%d of %d members' mail hosts refused %s.\nThat is more than dead addresses explain, so no address was counted as dead.\n", n.Refused, n.Recipients, post)
	if n.Provider != "" {
		subject, first = "Refused by "+n.Provider+": "+post, fmt.Sprintf(
			"%s refused %s\nto %d of its %d members. That is more than dead addresses explain, so\nnone of its addresses was counted as dead.\n",
			n.Provider, post, n.Refused, n.Recipients)
	}
	return n.compose(ours, message.Mailbox{Address: operator}, subject, fmt.Sprintf("%s\nThe first of them said:\n> %s\n", first, n.Words))
}

func (n Bounce) compose(k kind, to message.Mailbox, subject, text string) (Mail, error) {
	var w message.Writer
	service, name := "request", n.List.Title
	if k == ours || k == kindMailboxFull { // people read what is answered
		service, name = "owner", name+" moderators"
	}
	w.Mailbox("From", message.Mailbox{Name: name, Address: n.List.Service(service)})
	w.Mailbox("To", to)
	back := n.List.Service("request")
	if n.Token != "" {
		back = n.List.Service("confirm")
		back.Local += "+" + n.Token
		w.Mailbox("Reply-To", message.Mailbox{Name: n.List.Title, Address: back})
	}
	w.Text("Subject", subject)
	text = framed(To{List: n.List, Person: n.Member}, k, text)
	id := fmt.Sprintf("bounce.%d.%d.%d", n.Now.UnixNano(), n.Member.ID, n.To.ID)
	head(&w, n.List, n.Now, id)
	if service == "owner" {
		return finish(&w, text)
	}
	return finishBoth(&w, text, page{list: n.List, answer: back, subject: subject, id: id})
}

// elsewhere says whether the member was told.
func (n Bounce) elsewhere() string {
	if n.Member.Backup.IsZero() {
		return "They have no other address here, so nobody has told them."
	}
	return "We have written to their other address."
}

// name is how moderators know a member.
func name(p list.Person) string {
	if n := list.CleanName(p.Name); n != "" {
		return n
	}
	return p.Address.String()
}

// command is an address as it may stand in a command that people paste.
func command(a message.Address) string {
	if s := a.String(); plainAddress.MatchString(s) && !strings.HasPrefix(s, "-") {
		return s
	}
	return "ADDRESS"
}
