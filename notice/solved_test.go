package notice

import (
	"testing"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

func TestMailsAboutSolvedQuestions(t *testing.T) {
	asked := time.Date(2026, 11, 6, 16, 0, 0, 0, time.UTC)
	everyone := message.Address{Local: "senco-forum-reply+snc1_8f3k2q", Domain: "lists.example.org"}
	for name, answers := range map[string]int{"asked-open": 0, "asked-one": 1, "asked-answered": 4} {
		golden(t, name, func() (Mail, error) {
			n := WasItSolved{Post: 48190, Subject: "Sensory circuits in a small hall", Asked: asked, Answers: answers, Everyone: everyone}
			return n.Compose(toTom())
		})
	}
}

func TestWhichQuestionWasAskedAbout(t *testing.T) {
	l := list.List{Domain: "lists.example.org"}
	n := WasItSolved{Post: 48190}
	for id, want := range map[string]uint32{
		"<" + n.AskedID() + "@lists.example.org>": 48190, "<ASKED.7@Lists.Example.ORG>": 7, "<asked.7@elsewhere.example>": 0,
		"<asked.-7@lists.example.org>": 0, "<digest.7@lists.example.org>": 0, "<asked.99999999999@lists.example.org>": 0,
	} {
		if got := AskedAbout(l, []string{"<1@x.example>", id}); uint32(got) != want {
			t.Errorf("%s: %d", id, got)
		}
	}
}
