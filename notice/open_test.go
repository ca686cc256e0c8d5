package notice

import (
	"testing"

	"sencoforum/archive"
	"sencoforum/list"
)

func TestAMorningNoteNamesOpenQuestions(t *testing.T) {
	one := Morning{Token: aToken, Waiting: []Wait{{Matter: parts(list.CauseModerated), Since: morning.Add(-5 * 3600e9)}},
		Open: []Open{{48190, "Sensory circuits in a small hall"}}, Archive: "https://forum.example.org/"}
	golden(t, "morning-open", func() (Mail, error) { return one.Compose(toAsha(true)) })
	many := one
	many.Open, many.Archive = nil, ""
	for n := archive.Number(1); n <= 7; n++ {
		many.Open = append(many.Open, Open{n, "Question"})
	}
	golden(t, "morning-open-many", func() (Mail, error) { return many.Compose(toAsha(true)) })
}
