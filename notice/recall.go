package notice

import (
	"fmt"
	"time"

	"sencoforum/message"
)

// A Recall asks somebody who has a copy of a post to delete it. It names neither subject nor writer nor words, because these
// may be what should not have been sent.
type Recall struct {
	Written time.Time // as its copies say, in the time of the readers
	Link    string    // its link, as it stands below the text of a copy; empty: copies have none
}

// Compose returns the mail. Its To.About is the Message-ID of the copies, so that mail programs show it beside them.
func (r Recall) Compose(t To) (Mail, error) {
	when := day(r.Written) + ", " + r.Written.Format("15:04")
	which := "  sent on " + when
	if r.Link != "" {
		which += "\n  " + r.Link + "  (this link stands at its end)"
	}
	return t.compose(kindRecall, "Please delete an email: "+t.List.Title+", "+when,
		message.Mailbox{Name: t.List.Title + " moderators", Address: t.List.Service("owner")}, paragraphs(
			t.hello(),
			fmt.Sprintf("Please delete one email that you have from %s:", t.List.Title),
			which,
			"Many mail programs show it together with this one. It should not have been\nsent, and we cannot take it out of your mailbox ourselves.",
			"Please delete copies of it too: forwarded, saved or printed, and in the folder\nof deleted mail. Please do not quote it or send it on.",
			"Questions, or has somebody else got it from you? Reply: your answer goes to\nthe moderators.",
		))
}
