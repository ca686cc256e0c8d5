package notice

import (
	"fmt"
	"strings"
	"time"

	"sencoforum/message"
)

// FromModerators brings a moderator's words to somebody who wrote to all of them.
type FromModerators struct {
	Subject string // of the mail that is answered
	Words   string // the moderator's own
	Quote   string // what is answered
	Asked   bool   // it is a question about a report of theirs
}

// maxOwn bounds a moderator's words in a mail of ours, in bytes.
const maxOwn = 24 << 10

// Compose returns the mail. It looks like a person's answer: it shows their first name and no address.
func (n FromModerators) Compose(r Round) (Mail, error) {
	stem, _ := message.Stem(n.Subject, r.List.SubjectTag)
	subject := "Re: " + shorten(stem)
	what := "you wrote"
	if n.Asked {
		what = "your report"
	}
	r.person = true
	return r.compose(subject, paragraphs(cut(n.Words), quoted(what, n.Quote, maxReport)))
}

// Answered shows the other moderators what one of them answered.
type Answered struct {
	Writer  string // who was answered
	Subject string
	Words   string
	Asked   bool
}

// Compose returns the mail.
func (n Answered) Compose(r Round) (Mail, error) {
	did := "answered"
	if n.Asked {
		did = "asked"
	}
	return r.compose(fmt.Sprintf("%s %s %s: \"%s\"", r.By, did, shorten(n.Writer), shorten(n.Subject)), paragraphs(
		fmt.Sprintf("%s %s %s. You see it, so that nobody writes twice.", r.By, did, shorten(n.Writer)),
		quoted("the answer", n.Words, maxOwn)))
}

// Practice asks a new moderator for a first reply, by which both sides see what their mail system proves.
type Practice struct {
	WebURL string // base address of the pages; empty while there are none
}

// Compose returns the mail.
func (n Practice) Compose(r Round) (Mail, error) {
	web := "If it does not, you can still decide about what waits; for the rest\nask another moderator, or whoever runs the server."
	if n.WebURL != "" {
		web = "If it does not, you can always moderate at " + n.WebURL + "/mod"
	}
	return r.compose("Practice - please reply approve #test", paragraphs(
		r.hello(),
		fmt.Sprintf("You are now a moderator of %s. This is a test: no member sees it.", r.List.Title),
		"Please reply with one line:  approve",
		"I then tell you and the other moderators whether your mail system proves that\nit is you.",
		web,
	))
}

// PracticeSeen says what the answer to a practice message proved.
type PracticeSeen struct {
	Who              string // the moderator's first name
	Self             bool   // the reader is that moderator
	Word             string // the word that was read
	Verified, Signed bool   // what their mail system proved
	Other            string // the address that it came from where that is not theirs; else empty
	At               time.Time
}

// Compose returns the mail.
func (n PracticeSeen) Compose(r Round) (Mail, error) {
	whose, can := n.Who+"'s", n.Who+" can"
	if n.Self {
		whose, can = "Your", "you can"
	}
	what := "the reply does not prove who sent it, so " + can + " do nothing by email yet.\nPlease show this to the school's technician."
	switch {
	case n.Other != "":
		what = "the reply came from another address, which is not stored here:\n\n  " + n.Other + "\n\nModerator replies must come from an address that we know."
	case n.Signed:
		what = "the mail system proves who sent it, with a signature (DKIM).\nSo " + can + " do everything by email."
	case n.Verified:
		what = "the mail system proves who sent it, but not with a signature (DKIM).\nSo " + can + " decide about what waits and stop posts by email. For acts on\npeople and on posts that are out, ask another moderator."
	}
	read := "I read: \"" + shorten(n.Word) + "\""
	if n.Word != "approve" {
		read += "\nThe word is approve; the test counts all the same."
	}
	return r.compose("Practice: "+n.result(), paragraphs(r.hello(), fmt.Sprintf("%s practice reply came at %s:\n%s", whose, n.At.Format("15:04"), what), read))
}

func (n PracticeSeen) result() string {
	switch {
	case n.Other != "":
		return "it came from another address"
	case n.Signed:
		return "everything works"
	case n.Verified:
		return "most of it works"
	}
	return "your mail system proves nothing"
}

// HandedOver tells somebody that the robot passed their mail on to people.
type HandedOver struct {
	Read string // the line that was read; may be empty
}

// Compose returns the mail.
func (n HandedOver) Compose(t To) (Mail, error) {
	read := ""
	if n.Read != "" {
		read = "I read: \"" + shorten(n.Read) + "\""
	}
	return t.compose(kindPassedOn, "Passed to the moderators", message.Mailbox{Name: t.List.Title + " moderators", Address: t.List.Service("owner")}, paragraphs(
		"I am a robot and did not understand. I have passed your message to the\nmoderators, who are people. You need do nothing.",
		read,
	))
}

// cut bounds a person's words.
func cut(text string) string {
	if len(text) <= maxOwn {
		return text
	}
	return strings.ToValidUTF8(text[:maxOwn], "") + "\n[cut]"
}
