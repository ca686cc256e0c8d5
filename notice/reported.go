package notice

import (
	"fmt"
	"time"
)

// ReportKept tells moderators who know of a report that one of them ended it: the post stays.
type ReportKept struct {
	Post PostLine
	By   string // first name of who looked at it
	At   time.Time
}

// Compose returns the mail.
func (n ReportKept) Compose(r Round) (Mail, error) {
	return r.compose("Stays: "+n.Post.name(), paragraphs(
		fmt.Sprintf("%s looked at this report at %s. The post stays as it is, and the report is done. The writer of the post is not told.", n.By, n.At.Format("15:04")),
		"Should it go after all? Reply with one line:",
		choices(ReportedWords("")[0]),
	))
}
