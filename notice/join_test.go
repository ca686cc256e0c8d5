package notice

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// fits demands that a mail is plain.
func fits(t *testing.T, m Mail) {
	t.Helper()
	for _, fault := range Faults(message.Parse(append(slices.Clone(m.Header), m.Body...)).Text()) {
		t.Error(fault)
	}
}

func TestMailsAboutJoining(t *testing.T) {
	to := toTom()
	stranger := toTom()
	stranger.Person = list.Person{Address: message.Address{Local: "jane", Domain: "school.example"}}
	open := stranger
	open.List.Join, open.List.RulesURL = list.JoinConfirm, "https://forum.example.org/rules"
	until := time.Date(2026, 12, 6, 12, 0, 0, 0, time.UTC)
	ask := ConfirmJoin{Token: backToken, Until: until, Start: list.ModeQuestions, PageURL: "https://forum.example.org/"}
	plain := ConfirmJoin{Token: backToken, Until: until, Start: list.ModeEvery}
	told := ask
	told.Told = true
	invited := plain
	invited.Invited = true
	since := time.Date(2019, 9, 1, 0, 0, 0, 0, time.UTC)
	for name, compose := range map[string]func() (Mail, error){
		"join-confirm":      func() (Mail, error) { return ask.Compose(stranger) },
		"join-confirm-told": func() (Mail, error) { return told.Compose(stranger) },
		"join-confirm-open": func() (Mail, error) { return plain.Compose(open) },
		"join-invited":      func() (Mail, error) { return invited.Compose(stranger) },
		"join-already": func() (Mail, error) {
			return AlreadyMember(to, list.Membership{Mode: list.ModeQuestions, Joined: since})
		},
		"join-already-suspended": func() (Mail, error) { return AlreadyMember(to, list.Membership{Mode: list.ModeEvery, Suspended: true}) },
		"join-applied":           func() (Mail, error) { return Applied(stranger, "Yes please") },
		"join-undecided":         func() (Mail, error) { return Undecided(stranger) },
		"join-welcome": func() (Mail, error) {
			return Welcome{Members: 1234, Mode: list.ModeQuestions, Days: 11, Held: true}.Compose(to)
		},
		"join-welcome-small": func() (Mail, error) { return Welcome{Members: 3, Mode: list.ModeEvery}.Compose(open) },
		"join-declined":      func() (Mail, error) { return Declined(stranger, "") },
		"join-declined-words": func() (Mail, error) {
			return Declined(stranger, "We are for SENCOs in schools.\nTry the parents' forum.")
		},
		"join-welcome-web": func() (Mail, error) {
			return Welcome{Members: 3, Mode: list.ModeEvery, WebURL: "https://forum.example.org/"}.Compose(open)
		},
		"leave-confirm":     func() (Mail, error) { return ConfirmLeave(to, backToken, "", until) },
		"leave-confirm-web": func() (Mail, error) { return ConfirmLeave(to, backToken, "https://forum.example.org", until) },
	} {
		t.Run(name, func(t *testing.T) {
			m, _ := golden(t, name, compose)
			fits(t, m)
		})
	}
}

// An answering machine quotes us: no line of a mail that a word answers may be that word alone at the left edge.
func TestJoiningMailsHaveNoCommandOnALineOfItsOwn(t *testing.T) {
	m, err := ConfirmJoin{Token: backToken, Until: toTom().Now, PageURL: "https://forum.example.org"}.Compose(toTom())
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(m.Body)) {
		if word := strings.ToLower(strings.TrimRight(line, "\r\n ")); word == "yes" || word == "never" || word == "join" {
			t.Errorf("the line %q", line)
		}
	}
}

func TestAbout(t *testing.T) {
	for n, want := range map[int]string{50: "50", 99: "99", 127: "120", 1234: "1,200", 25_060: "25,000", 1000: "1,000"} {
		if got := about(n); got != want {
			t.Errorf("%d is about %s, want %s", n, got, want)
		}
	}
}
