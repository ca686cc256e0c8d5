package notice

import (
	"fmt"
	"strings"

	"sencoforum/archive"
)

// An Open is a question without an answer.
type Open struct {
	Thread  archive.Number
	Subject string
}

// mostOpen is how many questions a note names.
const mostOpen = 5

// open names the questions that nobody has answered.
func (n Morning) open() string {
	if len(n.Open) == 0 {
		return ""
	}
	verb := "questions have"
	if len(n.Open) == 1 {
		verb = "question has"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s had no answer for 2 school days:\n\n", len(n.Open), verb)
	for i, q := range n.Open {
		if i == mostOpen {
			fmt.Fprintf(&b, "  and %d more\n", len(n.Open)-i)
			break
		}
		fmt.Fprintf(&b, "  %s #%d\n", Short(q.Subject), q.Thread)
		if n.Archive != "" {
			fmt.Fprintf(&b, "  %s/t/%d\n", strings.TrimRight(n.Archive, "/"), q.Thread)
		}
	}
	return b.String()
}
