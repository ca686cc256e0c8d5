package notice

import (
	"fmt"
	"strings"
	"time"

	"sencoforum/calendar"
	"sencoforum/list"
	"sencoforum/message"
)

// ConfirmJoin asks the owner of an address whether they want to join. Nothing in it comes from whoever asked but the address.
type ConfirmJoin struct {
	Token   string
	Until   time.Time         // how long the token works
	Start   list.DeliveryMode // what they get who say nothing about it
	Invited bool              // somebody who runs the list asked, and nobody has to approve
	PageURL string            // base address of the page that says yes, too; empty: only by mail
	Told    bool              // whoever asked has written on a page who they are; that is not shown, as it may be somebody else's
}

// Compose returns the mail. An answer that begins with yes does it, and never refuses all further requests.
func (n ConfirmJoin) Compose(t To) (Mail, error) {
	kind, subject, who := kindConfirmJoin, "Join "+t.List.Title+"? Please reply yes", fmt.Sprintf(
		"Someone, we hope you, asked for %s\nto join %s.", t.Person.Address, t.List.Title)
	if n.Invited {
		kind, subject, who = kindInvitation, "You are invited to "+t.List.Title, fmt.Sprintf("The moderators of %s invite you to join.", t.List.Title)
	}
	how := "To join, reply: yes"
	switch {
	case t.List.Joins() != list.JoinApprove || n.Invited:
	case n.Told:
		how = "To join, reply: yes\n\nA moderator reads what you wrote on our page and lets you in, mostly the\nsame day."
	default:
		how = "To join, reply yes, and below it tell us in a line who you are. Like this:\n\n" +
			"  yes\n  new SENCO in a primary school in Leeds\n\n" +
			"A moderator reads it and lets you in, mostly the same day."
	}
	page := orPress("Join", n.PageURL, n.Token)
	return t.compose(kind, subject, t.answer(n.Token), paragraphs(who, how, n.modes(), page, rules(t.List),
		"If you did not ask, do nothing. You will get no more email. To stop\nanyone asking for you again, reply: never\nThis works until "+moment(n.Until)+"."))
}

// orPress is how to say yes on a page; empty where there is none.
func orPress(button, base, tok string) string {
	if base == "" {
		return ""
	}
	return "Or press \"" + button + "\" on this page:\n" + strings.TrimRight(base, "/") + "/yes/" + tok
}

// modes are the words that may follow the yes, the one first that is meant without any.
func (n ConfirmJoin) modes() string {
	const silent = "(this is what you get if you say nothing)"
	every := [][2]string{{"every", "everything, at once"}}
	questions := [][2]string{{"questions", "every new question, replies only where you take part"}}
	digests := [2]string{"daily, weekly", "one email with all of it"}
	rows := append(append(every, [2]string{"", silent}), append(questions, digests)...)
	if n.Start == list.ModeQuestions {
		rows = append(append(questions, [2]string{"", silent}), append(every, digests)...)
	}
	return "How many emails? Add a word on a line of its own:\n" + strings.TrimRight(columns(rows), "\n")
}

// rules names the page with the rules of a list, if it has one.
func rules(l list.List) string {
	if l.RulesURL == "" {
		return ""
	}
	return "The rules: " + l.RulesURL
}

// moment writes a day and an hour as people here do, for example "Monday 7 December 2026, 09:00".
func moment(t time.Time) string {
	return t.In(calendar.London()).Format("Monday 2 January 2006, 15:04")
}

// weekday writes a day with its name, for example "Thursday 2 September 2027".
func weekday(t time.Time) string { return t.In(calendar.London()).Format("Monday 2 January 2006") }

// AlreadyMember tells somebody who asks to join that they are on the list, and why they may not have noticed.
func AlreadyMember(t To, m list.Membership) (Mail, error) {
	since := "You are already a member."
	if !m.Joined.IsZero() {
		since = fmt.Sprintf("You have been a member since %d.", m.Joined.In(calendar.London()).Year())
	}
	return t.compose(kindAlreadyMember, "You are already a member of "+t.List.Title, message.Mailbox{}, paragraphs(
		t.hello(),
		since+"\n"+howPostsCome(m, t.Now),
		fmt.Sprintf("To ask something, just write to\n%s", t.List.Post()),
		fmt.Sprintf("For help from a person write to\n%s", t.List.Service("owner")),
	))
}

// howPostsCome says what a member gets now.
func howPostsCome(m list.Membership, now time.Time) string {
	switch {
	case m.Suspended:
		return "No emails go to you now, because they came back from your address.\nDoes it work again? Reply: resume"
	case m.Paused(now):
		return "You are paused until " + weekday(m.PausedUntil) + ". Until then you get no posts."
	}
	return nowWords[m.Mode]
}

var nowWords = map[list.DeliveryMode]string{
	list.ModeEvery:     "You get every post at once.",
	list.ModeQuestions: "You get every new question at once, and replies only where you take part.",
	list.ModeDaily:     "You get one email a day.",
	list.ModeWeekly:    "You get one email every Monday.",
	list.ModeNone:      "You get no posts by email.",
}

// Applied tells somebody who said yes that the moderators decide now.
func Applied(t To, read string) (Mail, error) {
	return t.compose(kindRequest, "The moderators of "+t.List.Title+" have your request", message.Mailbox{}, paragraphs(
		t.hello(),
		"Thank you. A moderator reads your request and lets you in, mostly the\nsame day. You need not do anything.",
		fmt.Sprintf("Questions? Write to\n%s", t.List.Service("owner")),
		iRead(read),
	))
}

// iRead tells people what of their mail was read.
func iRead(line string) string {
	if line = shorten(line); line == "" {
		return ""
	}
	return "I read: \"" + line + "\""
}

// maxWords bounds how much of somebody's own words stands in a mail about them, in bytes.
const maxWords = 2000

// setOff is a text of somebody else's, set off by two spaces, without empty lines at its ends.
func setOff(text string) string {
	text = strings.TrimSpace(strings.ToValidUTF8(text, "?"))
	if len(text) > maxWords {
		text = strings.ToValidUTF8(text[:maxWords], "") + " [cut]"
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("  " + strings.TrimRight(line, "\r\n") + "\n")
	}
	return b.String()
}

// A Welcome greets a new member.
type Welcome struct {
	WebURL  string            // where members read; empty: nowhere
	Members int               // of the list
	Mode    list.DeliveryMode // that they have
	Days    int               // posts on a school day, about; 0 for unknown
	Held    bool              // moderators read their first message before it goes
	Words   string            // of the list, in place of the first sentences; empty: the usual ones
	Rules   string            // of the list, in its own words; empty: none
}

// Compose returns the mail.
func (n Welcome) Compose(t To) (Mail, error) {
	first := t.hello() + ". You are in."
	if n.Members >= 50 {
		first = t.hello() + fmt.Sprintf(". You are in, and you are not alone: about %s people\nread this.", about(n.Members))
	}
	held := ""
	if n.Held {
		held = "We read your first message before everyone gets it, mostly within hours."
	}
	first += " No question is too small. To ask, just write to\n" + t.List.Post().String()
	if n.Words != "" {
		first = paragraphs(t.hello(), n.Words, "To ask, just write to\n"+t.List.Post().String())
	}
	return t.compose(kindWelcome, "Welcome to "+t.List.Title, message.Mailbox{}, paragraphs(
		first,
		n.words(t),
		"Reply = everyone. To write to one person, use the address at the end of\ntheir message. Do not write anything that could show who a child or\nfamily is. Your own school's name in your signature is fine.",
		n.Rules,
		"Your school may be asked by law to show work email, this list too."+below(rules(t.List)),
		held,
	))
}

func (n Welcome) words(t To) string {
	now := map[list.DeliveryMode]string{
		list.ModeEvery: "every post", list.ModeQuestions: "every new question", list.ModeDaily: "one a day",
		list.ModeWeekly: "one a week", list.ModeNone: "none",
	}[n.Mode]
	if n.Days > 0 && n.Mode == list.ModeQuestions {
		now += fmt.Sprintf(";\n                    %d emails a school day if you choose: every", n.Days)
	}
	web := ""
	if n.WebURL != "" {
		web = "BEGIN HERE          " + strings.TrimRight(n.WebURL, "/") + "/start\n"
	}
	return fmt.Sprintf("FEWER EMAILS        reply with: weekly    (now: %s)\n"+
		"HOLIDAY             reply with: pause until 2 September\n"+
		"LEAVE               reply with: leave\n"+web+
		"A PERSON            %s", now, t.List.Service("owner"))
}

func below(line string) string {
	if line == "" {
		return ""
	}
	return "\n" + line
}

// about rounds a number down to two figures and writes it as people read it.
func about(n int) string {
	unit := 1
	for n/unit >= 100 {
		unit *= 10
	}
	n = n / unit * unit
	if n >= 1000 {
		return fmt.Sprintf("%d,%03d", n/1000, n%1000)
	}
	return fmt.Sprint(n)
}

// Declined tells somebody that the moderators do not let them in.
func Declined(t To, reason string) (Mail, error) {
	why := "The moderators did not let you in: your request does not fit what this\nforum is for."
	if words := setOff(reason); words != "" {
		why = "The moderators did not let you in. They wrote:\n\n" + words
	}
	return t.compose(kindDeclined, "Your request to join "+t.List.Title, message.Mailbox{}, paragraphs(
		t.hello(), why, fmt.Sprintf("A question, or a mistake? Write to the moderators, who are people:\n%s", t.List.Service("owner")),
	))
}

// Undecided tells somebody that no moderator decided in time whether they may join.
func Undecided(t To) (Mail, error) {
	return t.compose(kindUndecided, "Your request to join "+t.List.Title, message.Mailbox{}, paragraphs(
		t.hello(), "We are sorry. No moderator has decided about your request in time. This was\nnot your fault, and the owners of the forum have been told.",
		fmt.Sprintf("Please ask again: write an empty email to\n%s", t.List.Service("join")),
		fmt.Sprintf("To ask a person, write to\n%s", t.List.Service("owner")),
	))
}

// ConfirmLeave asks a member whether a mail that says it came from them, and that was not shown to, is theirs.
func ConfirmLeave(t To, tok, pageURL string, until time.Time) (Mail, error) {
	return t.compose(kindConfirmLeave, "Leave "+t.List.Title+"? Please reply yes", t.answer(tok), paragraphs(
		t.hello(),
		fmt.Sprintf("Someone, we hope you, asked us to take you off %s.\nWe could not check that it was you.", t.List.Title),
		"To leave, reply: yes",
		orPress("Leave", pageURL, tok),
		"If you did not ask, do nothing, and all stays as it is.\nThis works until "+moment(until)+".",
	))
}
