package digest

import (
	"time"

	"sencoforum/calendar"
)

// summer is the offer to pause over the summer holidays, in the issue of a moment; empty but for the last issue before them, so
// that a member reads it once a year. The words of its second sentence are a command that the robot knows. It is pure.
func summer(h calendar.Hours, s Schedule, at time.Time) string {
	begins, term, known := h.Summer(at)
	if !known || !s.Next(at).After(begins) {
		return ""
	}
	return "The summer holidays begin on " + begins.Format("2 January") + ". For no email until term begins, reply: pause until " + term.Format("2 January")
}
