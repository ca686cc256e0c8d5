package notice

import (
	"fmt"
	"strings"
)

// FoundNew tells a member of new discussions that match searches which they follow.
type FoundNew struct {
	Searches []FollowedSearch
	Token    string // for the answer
}

// A FollowedSearch is one search with what is new.
type FollowedSearch struct {
	Words string
	Hits  []Hit
	More  int // that are not named
}

// Compose returns the mail. The discussions are numbered from 1 across all searches.
func (n FoundNew) Compose(t To) (Mail, error) {
	total, number := 0, 1
	var parts []string
	for _, s := range n.Searches {
		total += len(s.Hits) + s.More
		var b strings.Builder
		b.WriteString("New about \"" + plainQuotes(shorten(s.Words)) + "\":\n")
		for _, h := range s.Hits {
			b.WriteString(h.text(number))
			number++
		}
		if s.More > 0 {
			b.WriteString(fill(fmt.Sprintf("%d more. To see them, reply: search %s", s.More, plainQuotes(shorten(s.Words)))) + "\n")
		}
		parts = append(parts, b.String())
	}
	about := ""
	if len(n.Searches) == 1 {
		about = " about: " + plainQuotes(shorten(n.Searches[0].Words))
	}
	parts = append([]string{"To read a whole discussion, reply with its number: get 1"}, parts...)
	parts = append(parts, "You follow "+plural(len(n.Searches), "this search", "these searches")+". I write once a day at most.\nTo stop these emails, reply: mute")
	new := "new discussions"
	if total == 1 {
		new = "new discussion"
	}
	return t.robotAt(kindFollowed, n.Token, fmt.Sprintf("%d %s%s", total, new, about), paragraphs(parts...))
}

func plural(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}
