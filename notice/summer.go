package notice

import (
	"fmt"
	"strings"
	"time"

	"sencoforum/calendar"
	"sencoforum/list"
	"sencoforum/message"
)

// SummerPause offers a member who gets single posts a pause over the summer holidays, once before each.
type SummerPause struct {
	Begins time.Time // the first day of the holidays
	Term   time.Time // the first school day after them
}

// summerPrefix begins the Message-ID of such a mail, before the day on which term begins.
const (
	summerPrefix = "summer."
	summerDay    = "20060102"
)

// SummerID is the left part of the Message-ID, the same for each copy to somebody, so that one that goes twice is one mail.
func (n SummerPause) SummerID(t To) string {
	return fmt.Sprintf("%s%s.%d", summerPrefix, n.Term.In(calendar.London()).Format(summerDay), t.Person.ID)
}

// Compose returns the mail.
func (n SummerPause) Compose(t To) (Mail, error) {
	t.ID = n.SummerID(t)
	term := n.Term.In(calendar.London()).Format("2 January")
	return t.compose(kindSummer, "A pause over the summer? Reply pause", message.Mailbox{}, paragraphs(
		t.hello(),
		"The summer holidays begin on "+weekday(n.Begins)+".\nTerm begins again on "+weekday(n.Term)+".",
		"For no email from us until then, reply to this email with one word:\n\n"+choices(
			[2]string{"pause", "no email until " + term + "; then I list what you missed"}),
		"For another day, add it: pause until "+n.Term.In(calendar.London()).AddDate(0, 0, 7).Format("2 January"),
		"Your reply comes to me, a robot, and nobody else sees it.",
		"You need do nothing: your email then goes on as it is. I ask this once a year."))
}

// SummerOffered finds, in the Message-IDs that a mail answers, the day until which a SummerPause offered a pause; the zero time for
// none.
func SummerOffered(l list.List, ids []string) time.Time {
	for _, id := range ids {
		rest, ok := strings.CutPrefix(strings.ToLower(id), "<"+summerPrefix)
		rest, ours := strings.CutSuffix(rest, "@"+strings.ToLower(l.Domain)+">")
		day, _, numbered := strings.Cut(rest, ".")
		if term, err := time.ParseInLocation(summerDay, day, calendar.London()); ok && ours && numbered && err == nil {
			return term
		}
	}
	return time.Time{}
}
