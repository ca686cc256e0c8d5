package notice

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"sencoforum/message"
)

// A PostLine is a post as a mail to moderators names it.
type PostLine struct {
	Number  uint32
	Subject string
}

func (p PostLine) subject() string { return cmp.Or(shorten(p.Subject), message.NoSubject) }

// name is the post in a subject: "Re: Part-time timetables" #48213.
func (p PostLine) name() string { return fmt.Sprintf("%q #%d", p.subject(), p.Number) }

// Stopped tells moderators that one of them has stopped a post.
type Stopped struct {
	Post     PostLine
	By       string // who stopped it
	At       time.Time
	Have, Of int  // members who have it, of those who were to get it
	Again    bool // it was hidden before, and nothing was done
}

// Compose returns the mail.
func (n Stopped) Compose(r Round) (Mail, error) {
	first := fmt.Sprintf("%s stopped this post at %s. It is hidden everywhere, and no more copies\ngo out. %s", n.By, n.At.Format("15:04"), n.have())
	if n.Again {
		first = "This post was stopped before. It is hidden everywhere, and no more copies go\nout. " + n.have()
	}
	return r.compose("Stopped: "+n.Post.name(), paragraphs(first,
		"Reply with one line; each asks you once more before it acts:", choices(StoppedWords(n.Have)...)))
}

// StoppedWords are the words that may be answered about a post that was stopped, which so many people have.
func StoppedWords(have int) [][2]string {
	words := [][2]string{
		{"recall", "ask " + those(have) + " to delete it"},
		{"erase", "remove it for ever from our server"},
		{"release", "show it again and send the rest"},
	}
	if have == 0 {
		return words[1:]
	}
	return words
}

// those are the people who have a post.
func those(n int) string {
	if n == 1 {
		return "that person"
	}
	return "those " + people(n)
}

// ReportedWords are the words that may be answered about a post that somebody reported.
func ReportedWords(by string) [][2]string {
	name, _, _ := strings.Cut(by, " ")
	return [][2]string{
		{"stop", "hide it and stop sending, at once"},
		{"close", "no more replies to this discussion"},
		{"ask QUESTION", "ask " + name + "; the answer comes here"},
		{"keep", "the post stays, and this report is done"},
	}
}

func (n Stopped) have() string {
	switch {
	case n.Have == 0:
		return "Nobody has it yet."
	case n.Have == 1:
		return fmt.Sprintf("1 of %s members already has it.", grouped(n.Of))
	}
	return fmt.Sprintf("%s of %s members already have it.", grouped(n.Have), grouped(n.Of))
}

// Confirm asks a moderator once more before an act on a person or on a published post.
type Confirm struct {
	What string // the act in words, such as: recall post 48213, "Re: Timetables"
	Then string // what that does, whole sentences
	Days int    // how long the answer counts
}

// Compose returns the mail.
func (n Confirm) Compose(r Round) (Mail, error) {
	return r.compose("Please confirm: "+shorten(n.What), paragraphs(
		r.hello(),
		"You asked for this:\n\n  "+n.What,
		n.Then,
		"Shall I do it? Reply yes.",
		fmt.Sprintf("No answer, and nothing is done. This email works once, for %d days.", n.Days),
		fmt.Sprintf("Was it not you? Somebody may use your mailbox. Write at once to\n%s", r.List.Service("owner")),
	))
}

// Carried tells those who look after a list what one of them has done.
type Carried struct {
	By     string // first name of who did it
	What   string // the act in words
	Result string // what came of it, a sentence; may be empty
	Fault  bool   // it could not be done
	At     time.Time
}

// Compose returns the mail.
func (n Carried) Compose(r Round) (Mail, error) {
	subject, first := "Done: ", fmt.Sprintf("%s asked for this at %s, and it is done:", n.By, n.At.Format("15:04"))
	if n.Fault {
		subject, first = "Not done: ", fmt.Sprintf("%s asked for this at %s, and it could not be done:", n.By, n.At.Format("15:04"))
	}
	return r.compose(subject+shorten(n.What), paragraphs(
		first+"\n\n  "+n.What, n.Result,
		"Questions? Reply: your answer goes to all moderators.",
	))
}

// Unread tells a moderator that a reply did nothing, and what may be answered.
type Unread struct {
	Read  string      // the line that was read; may be empty
	About string      // what the reply was about, for the subject
	Words [][2]string // what may be answered
	Why   string      // why nothing was done, whole sentences; empty: it was not understood
}

// Compose returns the mail.
func (n Unread) Compose(r Round) (Mail, error) {
	read, offer := "", ""
	if n.Read != "" {
		read = "I read: \"" + shorten(n.Read) + "\""
	}
	if len(n.Words) > 0 {
		offer = "Reply with one line:\n\n" + choices(n.Words...)
	}
	return r.compose("Nothing was done: "+shorten(n.About), paragraphs(
		r.hello(), cmp.Or(n.Why, "I was not sure what you meant, so I did nothing."), read, offer,
	))
}

// Unproved tells a moderator, at the address that is stored, that a reply in their name was not taken.
type Unproved struct {
	From   string // the address that it came from, where that is what is wrong; else empty
	To     string // the address that it should come from
	Signed bool   // the sender was checked, but the act needs a signature of the mail system
	Page   string // the address of the page where it can be done; empty where there is none
}

// Compose returns the mail.
func (n Unproved) Compose(r Round) (Mail, error) {
	why := "Your mail system did not prove that this was you."
	switch {
	case n.From != "":
		why = fmt.Sprintf("This reply came from %s.\nModerator replies must come from %s.", n.From, n.To)
	case n.Signed:
		why = "Your mail system did not prove that this was you: what you asked for needs an\nemail with a signature of your mail system (DKIM)."
	}
	page := ""
	if n.Page != "" {
		page = "You can do it on this page, where you sign in:\n" + n.Page
	}
	return r.compose("Your reply was not taken", paragraphs(
		r.hello(), why, "Nothing was done.", page,
		"What you can do: reply from your usual mailbox, ask another moderator, or ask\nwhoever runs the server.",
		"You hear of this once a day at most. Was it not you? Write to\n"+r.List.Service("owner").String(),
	))
}

// PostReport shows moderators a post that a member has reported.
type PostReport struct {
	Post   PostLine
	By     string // who reports it, as members see them
	Words  string // what they said about it; may be empty
	Hidden bool   // it is hidden already
	Text   string // the post
	WebURL string // base address of the archive, or empty
	Page   string // where it can be done on the web, or empty
}

// Compose returns the mail.
func (n PostReport) Compose(r Round) (Mail, error) {
	first := n.By + " reported this post. The writer is not told."
	if n.Hidden {
		first += "\nIt is hidden already."
	}
	said := ""
	if n.Words != "" {
		said = "They say:\n\n" + quoted("the report", n.Words, maxReport/4)
	}
	link := ""
	if n.WebURL != "" {
		link = fmt.Sprintf("%s/m/%d", strings.TrimRight(n.WebURL, "/"), n.Post.Number)
	}
	if n.Page != "" {
		link = "You can also do it here:\n" + n.Page
	}
	return r.compose("Reported - "+n.Post.name(), paragraphs(first, said,
		"Reply with one line:",
		choices(ReportedWords(n.By)...),
		"Nothing to do? Reply keep, or leave it.\n"+link,
		quoted("the post", n.Text, maxReport)))
}

// PostReported tells a member that their report has come.
func PostReported(t To, p PostLine) (Mail, error) {
	return t.compose(kindReported, "Done: the moderators have your report", message.Mailbox{Name: t.List.Title + " moderators", Address: t.List.Service("owner")}, paragraphs(
		t.hello(),
		"The moderators have your report about this post:\n\n  "+p.subject(),
		"Its writer is not told. Is there more to say? Reply: your answer goes to the\nmoderators, who are people.",
	))
}
