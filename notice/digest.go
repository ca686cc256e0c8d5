package notice

import (
	"fmt"
	"strings"

	"sencoforum/message"
)

// DigestAnswered tells a member who answered a whole digest that nobody has read it, and how to answer one of its discussions.
type DigestAnswered struct {
	Items []DigestItem // none: the digest is kept no longer
	Wrote string       // their own words, to be copied
}

// A DigestItem is a discussion with the address at which one answers it.
type DigestItem struct {
	Subject string
	Address message.Address
}

// shownItems is how many discussions the mail names.
const shownItems = 40

// Compose returns the mail.
func (n DigestAnswered) Compose(t To) (Mail, error) {
	what := "You answered a whole digest, and I cannot know which discussion you mean.\nSo your email was not sent to the forum. Nobody else has read it."
	how := "Please send your words again, to the address of the discussion. Everybody\nreads what is sent there:\n\n" + n.items()
	if len(n.Items) == 0 {
		how = fmt.Sprintf("That digest is an old one. To write to everybody, use\n%s", t.List.Post())
	}
	wrote := ""
	if strings.TrimSpace(n.Wrote) != "" {
		wrote = "You wrote:\n\n" + quote(n.Wrote, 60)
	}
	return t.compose(kindDigestAnswered, "Not sent yet: which discussion do you mean?", message.Mailbox{}, paragraphs(
		t.hello(), what, wrote, how,
		"For other emails from us, reply with one word: every, questions, daily,\nweekly, pause or leave.",
		fmt.Sprintf("For help from a person write to %s", t.List.Service("owner"))))
}

func (n DigestAnswered) items() string {
	var b strings.Builder
	for i, it := range n.Items {
		if i == shownItems {
			fmt.Fprintf(&b, "and %s, each with its address in the digest\n", numberOf(len(n.Items)-i, "more discussion"))
			break
		}
		fmt.Fprintf(&b, "* %s\n  %s\n", Short(it.Subject), it.Address)
	}
	return b.String()
}
