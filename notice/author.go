package notice

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// Usual is how long moderators usually take, from what they decided in the last weeks.
type Usual struct {
	Half time.Duration // half of the items were decided within this; 0: too few to tell
	Late bool          // moderators are not at work now, so it may be the next day
}

func (u Usual) sentence() string {
	var s []string
	if u.Half > 0 {
		s = append(s, "Half are decided within "+roundUp(u.Half)+".")
	}
	if u.Late {
		s = append(s, "Moderators do not read at this hour, so it may be tomorrow or later.")
	}
	return strings.Join(s, " ")
}

// roundUp is a time that nobody promises too short.
func roundUp(d time.Duration) string {
	switch {
	case d <= time.Hour:
		return "an hour"
	case d <= 48*time.Hour:
		return count(int((d+time.Hour-1)/time.Hour), "hour")
	}
	return count(int((d+24*time.Hour-1)/(24*time.Hour)), "day")
}

// HeldBack tells a writer that their message waits for moderators.
type HeldBack struct {
	Subject  string
	Findings []list.Finding
	Token    string
	Usual    Usual
	Words    string // of the list's own; empty: none
}

// Compose returns the mail.
func (n HeldBack) Compose(to To) (Mail, error) {
	return to.robotAt(kindWaiting, n.Token, "Your message is waiting: "+inQuotes(n.Subject), paragraphs(greeting(to.Person),
		fill("Thank you for your message. "+n.why()+" "+n.Usual.sentence()),
		n.Words,
		"You do not need to do anything. To take it back, reply with: cancel"))
}

func (n HeldBack) why() string { return WhyHeld(n.Findings) }

// WhyHeld says why a message waits for moderators in words that blame nobody; one reason is enough.
func WhyHeld(findings []list.Finding) string {
	for _, c := range []struct {
		cause list.Cause
		words string
	}{
		{list.CauseShared, "You share an email that came to the moderators. It waits for one of you to approve it." + filesStay(findings)},
		{list.CausePupil, "A moderator reads it before everyone gets it, because it may name a child."},
		{list.CauseFile, "A moderator looks at it first, because a file in it can run programs."},
		{list.CauseFirst, "We read a new member's first message before everyone gets it."},
		{list.CauseEmergency, "Moderators read every message at the moment before everyone gets it."},
		{list.CauseRate, "You have sent many messages in a short time, so a moderator looks at this one first."},
		{list.CauseClosed, "That discussion was closed, so a moderator looks at it first."},
		{list.CauseThread, "Moderators read every message of that discussion before everyone gets it."},
		{list.CauseEncrypted, "A part of it cannot be read, so a moderator looks at it first."},
	} {
		if list.Found(findings, c.cause) {
			return c.words
		}
	}
	return "A moderator reads it before everyone gets it."
}

// filesStay names the files of a shared email, which are not sent on.
func filesStay(all []list.Finding) string {
	for _, f := range all {
		if f.Cause == list.CauseShared && len(f.Notes) > 0 {
			return " Its files stay here: " + shortNotes(f.Notes) + "."
		}
	}
	return ""
}

// Returned gives a writer their message back, with a moderator's words.
type Returned struct {
	Matter
	Reason string // empty for what nobody decided
	Days   int    // school days that it waited, where nobody decided
}

// Compose returns the mail.
func (n Returned) Compose(to To) (Mail, error) {
	post := to.List.Post().String()
	to.asOwner = true
	kind, text := kindReturned, ""
	switch {
	case n.Reason == "":
		kind = kindUnheard
		text = paragraphs(greeting(to.Person),
			fill(fmt.Sprintf("We are sorry. No moderator answered within %d school days, so your message was not sent. This was not your fault. "+
				"The owners of the forum have been told.", n.Days)),
			fill("Your message is below. You can send it again to "+post+", or reply here: people will read it."), n.theirs())
	default:
		text = paragraphs(greeting(to.Person), fill("A moderator read your message and did not send it to the forum. They wrote:"), indent(n.Reason),
			fill("This happens often and is no reproach. You can change it and send it again to "+post+". Your message is below, so you can copy it. "+
				"If you reply to this email, the moderators will read it."), n.theirs())
	}
	return to.compose(kind, "Not sent: "+inQuotes(n.Subject), message.Mailbox{Name: to.List.Title + " moderators", Address: to.List.Service("owner")}, text)
}

func (n Returned) theirs() string {
	return "---------- your message ----------\n" + quote(n.Text, 0)
}

// StillWaiting tells a writer that nobody has decided yet.
type StillWaiting struct {
	Subject string
	Token   string
	Days    int       // school days that it has waited
	Back    time.Time // when it goes back
}

// Compose returns the mail.
func (n StillWaiting) Compose(to To) (Mail, error) {
	return to.robotAt(kindStillWaiting, n.Token, "Still waiting: "+inQuotes(n.Subject), paragraphs(greeting(to.Person),
		fill(fmt.Sprintf("Your message has waited %s. No moderator has decided yet. This is not your fault, and we have reminded the people in charge.", count(n.Days, "school day"))),
		"You do not need to do anything. To take it back, reply with: cancel\n"+
			fill("If it is still waiting on "+n.Back.Format("2 January")+", you get it back.")))
}

// Doubt asks an author, before anybody else sees the message, whether it is really for everybody.
type Doubt struct {
	Subject  string
	Findings []list.Finding
	Token    string
	Members  int
	Files    bool   // it has files
	Days     int    // when it is deleted, for what may name a child
	Again    bool   // a reminder
	Left     string // the text once words or files were taken out; empty when nothing was
	Only     string // the name of the one member to whom it can go instead; empty: to nobody
}

// Compose returns the mail.
func (n Doubt) Compose(to To) (Mail, error) {
	if list.Found(n.Findings, list.CausePupil) {
		return to.robotAt(kindAskChild, n.Token, "Before we send it: "+inQuotes(n.Subject), n.pupil(to))
	}
	if list.Found(n.Findings, list.CauseCommand) {
		return to.robotAt(kindAskWord, n.Token, "Not sent yet: "+inQuotes(n.Subject), n.command(to))
	}
	if list.Found(n.Findings, list.CauseDigest) {
		return to.robotAt(kindAskDigest, n.Token, "Not sent yet: "+inQuotes(n.Subject), n.digest(to))
	}
	subject := "For everyone? "
	why := "Your message has words that people write to one person: " + shortNotes(n.notes(list.CausePrivate)) + "."
	that := " Mail to the forum reaches all "
	if via := n.via(); via != "" {
		why, that = "You wrote to \""+shorten(via)+"\".", " That address reaches all "
	}
	words := [][2]string{{"everyone", "I send it to all members"}, {"cancel", "I throw it away"}}
	if n.Only != "" {
		first := firstOf(n.Only)
		subject = "Everyone, or only " + first + "? "
		words = append([][2]string{{"only " + first, "I send it to " + shorten(n.Only) + " and to nobody else"}}, words...)
	}
	return to.robotAt(kindAskPrivate, n.Token, subject+inQuotes(n.Subject), paragraphs(greeting(to.Person), n.again(),
		fill(why+that+count(n.Members, "member")+". Nobody has it yet. Reply with one line:"), columns(words),
		"If you do nothing it is not sent."))
}

// command asks about a message that may be a word for the robot.
func (n Doubt) command(to To) string {
	notes := n.notes(list.CauseCommand)
	line, why := "", ""
	var words [][2]string
	for i, note := range notes {
		switch i {
		case 0:
			line = read(note)
		case 1:
			why = note
		default:
			words = append(words, [2]string{note, wordsDo[note]})
		}
	}
	words = append(words, [2]string{"everyone", "I send it to all members"}, [2]string{"cancel", "I throw it away"})
	return paragraphs(greeting(to.Person), n.again(),
		fill("Your message looks like a word for me, the robot. So I ask before I send it to all "+count(n.Members, "member")+". Nobody has it yet."),
		fill(why), line, "Reply with one line:", columns(words), "If you do nothing it is not sent. Words for me go to\n"+to.List.Service("request").String())
}

// digest asks about a message that answers a whole digest.
func (n Doubt) digest(to To) string {
	words := [][2]string{{"everyone", "I send it to all members as it is"}, {"cancel", "I throw it away"}}
	return paragraphs(greeting(to.Person), n.again(),
		fill("Your message quotes a whole digest, so readers cannot see which discussion you answer. Nobody has it yet."),
		fill("Easiest: send your words again, to the address below that discussion in the digest. This one is then not needed. Or reply with one line:"),
		columns(words), fill("Mail to the forum reaches all "+count(n.Members, "member")+". If you do nothing it is not sent."))
}

// wordsDo say in a few words what members' words do.
var wordsDo = map[string]string{
	"leave": "no more emails; one word brings you back", "mute": "no more of this discussion", "follow": "all of this discussion",
	"report": "the moderators look at the post that you answered", "every": "every email at once", "questions": "new questions, and where you take part",
	"daily": "one email a day", "weekly": "one email every Monday", "none": "no emails; you read on the web", "pause": "no emails for 4 weeks",
	"resume": "emails again, as before", "status": "what you get, and what waits", "help": "all words",
}

func (n Doubt) again() string {
	if n.Again {
		return "You have not answered yet, so this message still waits."
	}
	return ""
}

func (n Doubt) pupil(to To) string {
	if n.Left != "" {
		return n.shown(to)
	}
	words := [][2]string{{"take out WORDS", "I take these words out and show you the result"}}
	if n.Files {
		words = append(words, [2]string{"remove attachments", "I take the files out"})
	}
	words = append(words, [2]string{"cancel", "I throw the message away"}, [2]string{"send anyway", "a moderator reads it first"})
	return paragraphs(greeting(to.Person), n.again(),
		fill("We have not sent your message yet. It may name a child ("+shortNotes(n.notes(list.CausePupil))+"). The forum has "+count(n.Members, "reader")+
			", and sent emails cannot be taken back."),
		fill("Easiest: write it again without that, and send it. This one is then not needed. Or reply with one of these lines:"), columns(words),
		fill(fmt.Sprintf("If you do nothing, a moderator looks at it after some hours; if nobody decides, it is deleted in %d days. "+
			"This check is a computer's guess. It can be wrong.", n.Days)))
}

// shown is what is left of a message from which its author had something taken out.
func (n Doubt) shown(to To) string {
	words := [][2]string{{"send anyway", "it is right now; a moderator reads it first"}, {"take out WORDS", "I take more words out"}}
	if n.Files {
		words = append(words, [2]string{"remove attachments", "I take the files out"})
	}
	words = append(words, [2]string{"cancel", "I throw the message away"})
	did := "I have taken it out, and find nothing more."
	if notes := n.notes(list.CausePupil); len(notes) > 0 {
		did = "I have taken it out. What is left may still name a child (" + shortNotes(notes) + ")."
		words[0], words[1] = words[1], words[0]
		words[1][1] = "a moderator reads it first"
	}
	return paragraphs(greeting(to.Person), n.again(), fill(did+" It is shown below. Nobody else has it yet. Reply with one line:"), columns(words),
		fill(fmt.Sprintf("If you do nothing it is not sent, and is deleted in %d days.", n.Days)), Returned{Matter: Matter{Text: n.Left}}.theirs())
}

func (n Doubt) notes(c list.Cause) []string {
	for _, f := range n.Findings {
		if f.Cause == c {
			return f.Notes
		}
	}
	return nil
}

// via is the name that the message was addressed to, as a From of ours has it.
func (n Doubt) via() string {
	for _, note := range n.notes(list.CausePrivate) {
		if strings.Contains(note, " via ") {
			return note
		}
	}
	return ""
}

func firstOf(name string) string {
	first, _, _ := strings.Cut(list.CleanName(name), " ")
	return shorten(first)
}

// NotSent gives an author their message back who did not say whether it is for everybody.
type NotSent struct {
	Matter
	Why string // what they were asked
}

// Compose returns the mail.
func (n NotSent) Compose(to To) (Mail, error) {
	text := paragraphs(greeting(to.Person), fill("We asked you about this message and heard nothing, so it was not sent. Nobody else has read it."),
		fill("Your message is below. You can send it again to "+to.List.Post().String()+"."), Returned{Matter: n.Matter}.theirs())
	to.asOwner = true
	return to.compose(kindNotSent, "Not sent: "+inQuotes(n.Subject), message.Mailbox{Name: to.List.Title + " moderators", Address: to.List.Service("owner")}, text)
}

// TakenBack tells an author that they took their message back, or that it was too late.
type TakenBack struct {
	Subject string
	Gone    time.Time // when it went out; zero: it was taken back
	Read    string
}

// Compose returns the mail.
func (n TakenBack) Compose(to To) (Mail, error) {
	if n.Gone.IsZero() {
		return to.compose(kindTakenBack, "Taken back: "+inQuotes(n.Subject), message.Mailbox{}, paragraphs("Your message was not sent. Nobody gets it.", read(n.Read)))
	}
	return to.compose(kindTakenBack, "Too late: "+inQuotes(n.Subject), message.Mailbox{Name: to.List.Title + " moderators", Address: to.List.Service("owner")},
		paragraphs(fill("Your message went out at "+hm(n.Gone)+", so it could not be taken back. If it should not be there, reply here: people will read it."), read(n.Read)))
}

// SentToOne tells an author that their message went to one member and not to the forum.
type SentToOne struct {
	Subject string
	Name    string // of that member
	Read    string
}

// Compose returns the mail.
func (n SentToOne) Compose(to To) (Mail, error) {
	first := firstOf(n.Name)
	return to.compose(kindSentToOne, "Done: only "+first+" gets it: "+inQuotes(n.Subject), message.Mailbox{}, paragraphs(
		fill("Your message goes to "+shorten(n.Name)+" and to nobody else. It does not stand in the archive."),
		fill("An answer comes to you by way of the forum. Neither of you sees the other's address."), read(n.Read)))
}

// Ack tells an author that their post was taken, and how to stop it.
type Ack struct {
	Subject string
	Token   string
	Members int
	Due     time.Time
	Before  []Earlier // discussions about what it asks
	Hints   []string  // what its author may want to look at again: kinds and places
	Words   string    // of the list's own; empty: none
}

// An Earlier is a discussion that was there before.
type Earlier struct {
	Number uint32
	Title  string
	Begun  time.Time
	Posts  int
	Link   string // its page; empty: there are no pages
}

// asked names what was asked before, and the robot's address for those who read by email alone. Nobody should feel that they had better not have asked.
func (n Ack) asked(robot message.Address) string {
	if len(n.Before) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("While you wait: colleagues have talked about this before. Perhaps one of\nthese helps you already. Your message goes out all the same.\n\n")
	for _, e := range n.Before {
		b.WriteString("  " + hanging(fmt.Sprintf("%s (%s, %s)", cmp.Or(shorten(e.Title), "(no subject)"), e.Begun.Format("2006"), count(e.Posts, "message")), "  "))
		if e.Link != "" {
			b.WriteString("  " + e.Link + "\n")
		} else {
			fmt.Fprintf(&b, "  to read it, write get #%d to\n  %s\n", e.Number, robot)
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// Compose returns the mail.
func (n Ack) Compose(to To) (Mail, error) {
	if !n.Due.After(to.Now) { // there is no delay in which it could be stopped
		return to.compose(kindAck, "Sent: "+inQuotes(n.Subject), message.Mailbox{}, paragraphs(
			"Thank you. Your message goes to "+count(n.Members, "member")+" now.",
			n.hint("tell the moderators at "+to.List.Service("owner").String()), n.Words, n.asked(to.List.Service("request")), ackEnd))
	}
	return to.robotAt(kindAck, n.Token, "Sent at "+hm(n.Due)+": "+inQuotes(n.Subject)+" (reply cancel to stop it)", paragraphs(
		"Thank you. Your message goes to "+count(n.Members, "member")+" at "+hm(n.Due)+".\nStop it: reply cancel",
		n.hint("reply cancel and send it again without that"), n.Words, n.asked(to.List.Service("request")), ackEnd))
}

// hint asks an author kindly to look once more. It blames nobody, as nothing may be wrong.
func (n Ack) hint(mend string) string {
	if len(n.Hints) == 0 {
		return ""
	}
	return fill("Please look once more at this: " + shortNotes(n.Hints) + ". If readers could tell which child it is, " + mend +
		". If not, all is well: this check is only a computer's guess.")
}

const ackEnd = "Gmail does not show you your own message from the forum; the others get it.\nNo more of these: reply ack off"

// robotAt writes a mail of the robot's whose answer has a token.
func (t To) robotAt(k kind, token, subject, text string) (Mail, error) {
	answer := message.Mailbox{Name: t.List.Title, Address: t.List.Service("confirm")}
	answer.Address.Local += "+" + token
	return t.compose(k, subject, answer, text)
}

// inQuotes is a subject as mails of ours name it.
func inQuotes(subject string) string {
	return "\"" + plainQuotes(cmp.Or(shorten(subject), "(no subject)")) + "\""
}

// Question is a moderator's question to somebody who is decided about.
type Question struct {
	Words string
	Token string
	Role  list.Role // that waits to be given back; empty: they want to join
}

// Compose returns the mail.
func (n Question) Compose(to To) (Mail, error) {
	m := message.Mailbox{Name: to.List.Title + " moderators", Address: to.List.Service("confirm")}
	m.Address.Local += "+" + n.Token
	to.asOwner = true
	subject, first := "A question about joining "+to.List.Title, "Thank you for asking to join "+to.List.Title+". A moderator asks:"
	if n.Role != "" {
		subject, first = "A question about your new address", "You have a new address in "+to.List.Title+", and were "+aRole(n.Role)+". A moderator asks:"
	}
	return to.compose(kindQuestion, subject, m, paragraphs(greeting(to.Person), fill(first), indent(n.Words), "Reply to this email to answer."))
}

// Late tells the owners that a message has waited for long and nobody decided.
type Late struct {
	Matter
	Token string
	Days  int
	Back  time.Time
}

// Compose returns the mail.
func (n Late) Compose(to To) (Mail, error) {
	if n.OnPerson() {
		return to.moderators("Nobody has decided: "+n.quoted(), n.Token, paragraphs(
			fill(fmt.Sprintf("This has waited %s, and no moderator has decided. On %s I tell %s that nobody could decide.",
				count(n.Days, "school day"), n.Back.Format("2 January"), n.first())),
			"You may decide too. Reply with one line:", columns(Held{Matter: n.Matter}.words())))
	}
	return to.moderators("Nobody has decided: "+n.quoted(), n.Token, paragraphs(
		fill(fmt.Sprintf("This has waited %s, and no moderator has decided. %s was told that it still waits. On %s it goes back to them unread.",
			count(n.Days, "school day"), capital(n.first()), n.Back.Format("2 January"))),
		"You may decide too. Reply with one line:", columns(Held{Matter: n.Matter}.words())))
}

// Alarm tells moderators and operator that everything new waits, because the same long text came again and again.
type Alarm struct{}

// Compose returns the mail.
func (Alarm) Compose(to To) (Mail, error) {
	return to.moderators("Everything waits: the same text came again and again", "", paragraphs(
		fill("The same long text came to "+to.List.Title+" more than 3 times in 10 minutes. It may be a fault of a mail system, or an attack. "+
			"From now on every new message waits for a moderator."),
		"When it is over, write to "+to.List.Service("request").String()+"\n\n  release list       new messages go out again\n  approve all        send what waits; I name it first",
		"Or whoever runs the server ends this with:\nsencoforum list set "+to.List.Name+" emergency off"))
}
