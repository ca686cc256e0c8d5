package notice

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/calendar"
	"sencoforum/list"
	"sencoforum/message"
)

// WasItSolved asks the writer of a question, some time later and once, what came of it.
type WasItSolved struct {
	Post     archive.Number // the question
	Subject  string
	Asked    time.Time
	Answers  int             // by others
	Everyone message.Address // where everybody reads what is written
}

// askedPrefix begins the Message-ID of such a mail, before the number of the question.
const askedPrefix = "asked."

// AskedID is the left part of the Message-ID, the same for each copy, so that one that goes twice is one mail.
func (n WasItSolved) AskedID() string { return askedPrefix + strconv.FormatUint(uint64(n.Post), 10) }

// Compose returns the mail.
func (n WasItSolved) Compose(t To) (Mail, error) {
	subject := fmt.Sprintf("Is it solved? \"%s\" #%d", plainQuotes(shorten(n.Subject)), n.Post)
	first := "On " + weekday(n.Asked.In(calendar.London())) + " you asked this, and nobody has answered yet:"
	then := "To ask again, or to say more, write to everyone:\n  " + n.Everyone.String()
	switch {
	case n.Answers == 1:
		first = "On " + weekday(n.Asked.In(calendar.London())) + " you asked this, and had one answer:"
	case n.Answers > 1:
		first = fmt.Sprintf("On %s you asked this, and had %d answers:", weekday(n.Asked.In(calendar.London())), n.Answers)
	}
	if n.Answers > 0 {
		then = "What worked? A line to everyone helps the next person who asks:\n  " + n.Everyone.String()
	}
	return t.compose(kindSolved, subject, message.Mailbox{}, paragraphs(
		t.hello(), first+"\n\n  "+Short(n.Subject), "Reply to this email with one word:\n\n"+choices(
			[2]string{"solved", "you have your answer; members and the search see that"},
			[2]string{"no reminders", "do not ask me this about later questions"}),
		"Your reply comes to me, a robot, and nobody else sees it.", then, "You need do nothing. I do not ask again about this one."))
}

// AskedAbout finds, in the Message-IDs that a mail answers, the question that a WasItSolved was about; 0 for none.
func AskedAbout(l list.List, ids []string) archive.Number {
	for _, id := range ids {
		digits, ok := strings.CutPrefix(strings.ToLower(id), "<"+askedPrefix)
		if !ok {
			continue
		}
		digits, ok = strings.CutSuffix(digits, "@"+strings.ToLower(l.Domain)+">")
		if n, err := strconv.ParseUint(digits, 10, 32); ok && err == nil {
			return archive.Number(n)
		}
	}
	return 0
}
