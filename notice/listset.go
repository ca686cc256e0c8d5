package notice

import (
	"fmt"
	"strings"
	"time"
)

// ListChanged tells all who look after a list that an owner changed its settings.
type ListChanged struct {
	By      string // first name of the owner
	Changes []string
	At      time.Time
}

// Compose returns the mail.
func (n ListChanged) Compose(r Round) (Mail, error) {
	var all []string
	for _, c := range n.Changes {
		all = append(all, strings.ReplaceAll(strings.TrimSpace(wrapped(clean(c))), "\n", "\n    "))
	}
	return r.compose("Settings changed: "+count(len(n.Changes), "thing")+", by "+n.By, paragraphs(
		fmt.Sprintf("%s changed this for the whole list at %s. From now on it is:", n.By, n.At.Format("15:04")),
		"  "+strings.Join(all, "\n  "),
		"Was that not right? An owner can change it again on the web.\nQuestions? Reply: your answer goes to all moderators.",
	))
}
