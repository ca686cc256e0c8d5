package notice

import (
	"fmt"
	"strings"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// A Goodbye is what the mail to somebody who has left says besides the greeting.
type Goodbye struct {
	How    string // a sentence on how they left, or empty
	Token  string // the token with which they come back
	Days   int    // for so long nobody has to be asked
	WebURL string // base address of the page that brings them back; empty: only by mail
	Words  string // of the list, in place of the thanks; empty: the usual ones
}

// Compose returns the mail. An answer of one word brings the person back.
func (g Goodbye) Compose(t To) (Mail, error) {
	back := t.List.Service("confirm")
	back.Local += "+" + g.Token
	mistake := fmt.Sprintf("A mistake? Reply: join     (for %d days, without asking anybody)", g.Days)
	if g.WebURL != "" {
		mistake += "\nOr press the button on this page:\n" + strings.TrimRight(g.WebURL, "/") + "/yes/" + g.Token
	}
	thanks := "You get no more forum email. Thank you for having been with us."
	if g.Words != "" {
		thanks = "You get no more forum email.\n" + g.Words
	}
	return t.compose(kindGoodbye, "You have left "+t.List.Title, message.Mailbox{Name: t.List.Title, Address: back}, paragraphs(
		t.hello(),
		thanks,
		g.How,
		mistake,
		"Only fewer emails? Reply: weekly",
		"Whatever else you reply goes to the moderators.",
	))
}

// Back returns the mail to somebody who has come back.
func Back(t To, m list.Membership) (Mail, error) {
	again := fmt.Sprintf("To leave again, use the unsubscribe button of your mail program or write to\n%s", t.List.Service("leave"))
	return t.compose(kindBack, "You are back in "+t.List.Title, message.Mailbox{}, paragraphs(
		t.hello(),
		"You are back in "+t.List.Title+". "+modeWords[m.Mode]+"\nYou do not get the posts from in between.",
		pauseWords(m, t.Now),
		again,
	))
}

// modeWords say how posts come to somebody who was a member before.
var modeWords = map[list.DeliveryMode]string{
	list.ModeEvery:     "You get every post at once, as before.",
	list.ModeQuestions: "You get each new question at once, as before.",
	list.ModeDaily:     "You get one email a day, as before.",
	list.ModeWeekly:    "You get one email a week, as before.",
	list.ModeNone:      "You get no posts by email, as before.",
}

func pauseWords(m list.Membership, now time.Time) string {
	if !m.Paused(now) {
		return ""
	}
	return "Your pause goes on until " + day(m.PausedUntil) + "."
}

// Asked returns the mail to somebody whose return needs the moderators.
func Asked(t To, days int) (Mail, error) {
	return t.compose(kindRequest, "The moderators of "+t.List.Title+" have your request", message.Mailbox{}, paragraphs(
		t.hello(),
		"You asked to come back to "+t.List.Title+".",
		fmt.Sprintf("You left more than %d days ago, so the moderators decide. We have told them.\nYou need not do anything. Questions? Write to\n%s",
			days, t.List.Service("owner")),
	))
}

// WithoutModerator returns the mail that tells the operator that the last moderator of a list has left.
func WithoutModerator(t To) (Mail, error) {
	t.asOwner = true
	return t.compose(ours, t.List.Title+" has no moderator any more", message.Mailbox{}, paragraphs(
		t.hello(),
		"The last moderator of "+t.List.Title+" has left it.",
		fmt.Sprintf("Mail to %s reaches you from now on.\nTo name another moderator:\nsencoforum moderator add --list %s ADDRESS", t.List.Service("owner"), t.List.Name),
	))
}
