package notice

import (
	"fmt"
	"strings"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// A Private is what the mails about private messages say: to the one who wrote to a relay address, about the other.
type Private struct {
	Other string          // the name of the other, as members see it
	Back  message.Address // leads to the other
	Word  string          // what was read
	Last  bool            // the last answer of the day
}

// answer composes an answer to one word. It is not to be answered at the address of the other, who would get what is written
// there.
func (n Private) answer(t To, subject string, texts ...string) (Mail, error) {
	last := ""
	if n.Last {
		last = "I send you no more of these answers today."
	}
	texts = append([]string{t.hello()}, texts...)
	texts = append(texts, fmt.Sprintf("I read: \"%s\"", shorten(n.Word)), last, "Questions? Write to the moderators:\n"+t.List.Service("owner").String())
	return t.compose(kindPrivate, subject, message.Mailbox{}, paragraphs(texts...))
}

// write says how something else is done: by a word to the address of the other.
func (n Private) write(what, word string) string {
	return fmt.Sprintf("%s, write the word %s to\n%s", what, word, n.Back)
}

// ended is a name at the end of a sentence.
func ended(name string) string { return strings.TrimSuffix(name, ".") + "." }

// Muted is the answer to the word mute.
func (n Private) Muted(t To) (Mail, error) {
	return n.answer(t, "Done: no more private messages from "+n.Other,
		"You get no more private messages from "+ended(n.Other),
		n.Other+" is not told. Posts to "+t.List.Title+" come to you as before.",
		n.write("To undo it", "unmute"))
}

// Unmuted is the answer to the word unmute.
func (n Private) Unmuted(t To) (Mail, error) {
	return n.answer(t, "Done: private messages from "+n.Other+" come again",
		"Private messages from "+n.Other+" come to you again.",
		n.write("To undo it", "mute"))
}

// Reported is the answer to the word report.
func (n Private) Reported(t To) (Mail, error) {
	return n.answer(t, "Done: the moderators have your report about "+n.Other,
		"The moderators have your report, with what you quoted below it.\n"+n.Other+" is not told.",
		n.write("To get no more of their private messages", "mute"))
}

// Unclear is the answer to a mail that begins with one of the words and goes on.
func (n Private) Unclear(t To) (Mail, error) {
	return n.answer(t, "Nothing was done, and nothing was sent to "+n.Other,
		"Your email begins with a word for me, the robot, and more follows. So I did\nnothing, and "+n.Other+" did not get it.",
		"To use the word, send it alone, without a signature below.\nTo write to "+n.Other+", send your email again with another first line.",
		"The address:\n"+n.Back.String())
}

// Numbered asks the writer of a private message, before anybody has it, whether a number in it is meant.
func (n Private) Numbered(t To, subject string, places []string) (Mail, error) {
	last := ""
	if n.Last {
		last = "I send you no more of these answers today."
	}
	return t.compose(kindPrivateNumber, "Before it goes to "+n.Other+": "+inQuotes(subject), message.Mailbox{}, paragraphs(
		t.hello(),
		fill("I have not passed your private message on to "+n.Other+" yet, and I keep no copy. It may hold the number of a child ("+shortNotes(places)+
			"). Email is not a safe place for such a number."),
		fill("Easiest: take the number out and send the message again."),
		fill("If it has to be there, or is something else, send the same message once more today, to the address below: it then "+
			"goes on as it is. This check is only a computer's guess.")+"\n"+n.Back.String(),
		last, "Questions? Write to the moderators:\n"+t.List.Service("owner").String(),
	))
}

// Undelivered tells the writer of a private message that it reached nobody.
func (n Private) Undelivered(t To, subject string) (Mail, error) {
	if subject = shorten(subject); subject == "" {
		subject = message.NoSubject
	}
	return t.compose(kindPrivateUndelivered, "Not delivered: \""+subject+"\"", message.Mailbox{Name: t.List.Title + " moderators", Address: t.List.Service("owner")}, paragraphs(
		t.hello(),
		fmt.Sprintf("Your private message to %s could not be delivered:\n\n  %s", n.Other, subject),
		"Nobody has read it, and we keep no copy.",
		"Questions? Reply: your answer goes to the moderators.",
	))
}

// A Report shows moderators a private message about which a member complains.
type Report struct {
	By, About list.Person
	Named     string // the name under which About wrote
	Post      int    // the post that it was about
	When      time.Time
	Kept      bool   // Text is what was relayed; else it is what the member quotes
	Text      string //
	Known     bool   // a message of About to By is on record
	WebURL    string // base address of the archive, or empty
}

// maxReport bounds the text that a report shows, in bytes, so that it fits a row of the queue.
const maxReport = 12 << 10

// ToModerator returns the mail. An answer goes to the member who complains.
func (n Report) ToModerator(t To) (Mail, error) {
	t.asOwner = true
	by := nameOrAddress(n.By)
	reply := message.Mailbox{}
	how := fmt.Sprintf("To answer %s, write to %s yourself.", by, n.By.Address)
	if n.By.Address.ASCII() {
		reply = message.Mailbox{Name: list.CleanName(n.By.Name), Address: n.By.Address}
		how = fmt.Sprintf("Reply to answer: your answer goes to %s\nfrom your own address.", n.By.Address)
	}
	return t.compose(ours, fmt.Sprintf("Reports a private message - %s: from %s", by, n.Named), reply, paragraphs(
		fmt.Sprintf("%s reports a private message.\nIt came from %s, %s.", by, n.Named, n.About.Address),
		n.when(),
		how,
		"To keep "+n.Named+" from writing and getting private messages, ask whoever runs\nthe server for:\n"+
			fmt.Sprintf("sencoforum member set --list %s %s relay off", t.List.Name, shellAddress(n.About.Address)),
		n.quoted(),
	))
}

func (n Report) when() string {
	about := fmt.Sprintf("post %d", n.Post)
	if n.WebURL != "" {
		about += fmt.Sprintf("\n%s/m/%d", strings.TrimRight(n.WebURL, "/"), n.Post)
	}
	if !n.Known {
		return "We have no private message of theirs on record. The address is that of\n" + about
	}
	return fmt.Sprintf("It was sent on %s at %s and is about\n%s", day(n.When), n.When.Format("15:04"), about)
}

func (n Report) quoted() string {
	text := strings.TrimSpace(n.Text)
	if text == "" {
		return "We keep no copy of private messages, and the report quotes nothing."
	}
	if len(text) > maxReport {
		text = strings.ToValidUTF8(text[:maxReport], "") + "\n[cut]"
	}
	var b strings.Builder
	if n.Kept {
		b.WriteString("---------- the private message ----------\n")
	} else {
		b.WriteString("We keep no copy of private messages. This is what the report says and quotes;\nwe cannot know whether it is all and as it was.\n\n---------- the report ----------\n")
	}
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimRight("> "+strings.TrimRight(line, "\r\n"), " ") + "\n")
	}
	return b.String()
}

// nameOrAddress is a member as moderators see one.
func nameOrAddress(p list.Person) string {
	if name := list.CleanName(p.Name); name != "" {
		return name
	}
	return p.Address.String()
}

// shellAddress is an address that may be pasted, or a word in its place.
func shellAddress(a message.Address) string {
	if s := a.String(); plainAddress.MatchString(s) {
		return s
	}
	return "ADDRESS"
}
