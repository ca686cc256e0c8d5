package notice

import (
	"strings"
	"testing"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// fits demands of a mail of the robot's that it is plain: lines of at most 78 characters, no more than 25 of them above
// what it quotes, and English that a child of 13 reads (Flesch-Kincaid grade 8).
func fits(t *testing.T, m Mail) {
	t.Helper()
	lines, prose := 0, strings.Builder{}
	for line := range strings.Lines(strings.ReplaceAll(strings.TrimPrefix(string(m.Body), "\r\n"), "\r\n", "\n")) {
		line = strings.TrimSuffix(line, "\n")
		if len([]rune(line)) > 78 && !strings.Contains(line, "snc1_") && !strings.HasPrefix(line, "sencoforum ") {
			t.Errorf("a line of %d characters: %s", len([]rune(line)), line)
		}
		if strings.HasPrefix(line, ">") {
			break
		}
		lines++
		if !strings.HasPrefix(line, "  ") && !strings.ContainsAny(line, "@/") && !strings.HasPrefix(line, "sencoforum ") {
			prose.WriteString(line + "\n")
		}
	}
	if lines > 25 {
		t.Errorf("%d lines above what is quoted", lines)
	}
	if g := Grade(prose.String()); g > 8 {
		t.Errorf("reading grade %.1f:\n%s", g, prose.String())
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
	invited := plain
	invited.Invited = true
	since := time.Date(2019, 9, 1, 0, 0, 0, 0, time.UTC)
	for name, compose := range map[string]func() (Mail, error){
		"join-confirm":      func() (Mail, error) { return ask.Compose(stranger) },
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
		"leave-confirm": func() (Mail, error) { return ConfirmLeave(to, backToken, until) },
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
