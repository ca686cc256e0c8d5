package notice

import (
	"fmt"

	"sencoforum/calendar"
	"sencoforum/message"
)

// RulesReminder tells a member once a month, where a list wants it, how people write there.
type RulesReminder struct {
	Words string // of the list's own; empty: what holds on every list
}

// Compose returns the mail. Its Message-ID is one for each member and month, so that one that goes twice is one mail.
func (n RulesReminder) Compose(t To) (Mail, error) {
	t.ID = fmt.Sprintf("rules.%s.%d", t.Now.In(calendar.London()).Format("200601"), t.Person.ID)
	words := n.Words
	if words == "" {
		words = "- Do not write anything that could show who a child or family is.\n" +
			"- Reply = everyone. To thank one person, write to them alone.\n" +
			"- What is said here stays here."
	}
	return t.compose(kindRules, "How we write to each other here", message.Mailbox{}, paragraphs(
		t.hello(),
		filled("Once a month in term I send the rules of "+t.List.Title+", so that nobody has to look for them."),
		words,
		rules(t.List),
		"Reply to this email with a word:\n\n"+choices(
			[2]string{"no reminders", "none of these any more, nor others that nobody asked for"},
			[2]string{"weekly", "one email a week, not each message"},
			[2]string{"leave", "I leave the forum"}),
		"Your reply comes to me, a robot, and nobody else sees it."))
}
