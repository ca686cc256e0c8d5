package notice

import (
	"strings"
	"testing"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

const backToken = "snc1_p6t4h9p6t4h9p6t4h9p6t4h9p6t4h9p6"

// toTom is a mail to a member of a list.
func toTom() To {
	return To{
		List:   list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum"},
		Person: list.Person{ID: 2, Name: "Tom", Address: message.Address{Local: "tom", Domain: "school.example"}},
		ID:     "left.1.2.x", Now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC),
	}
}

// TestMailsAboutLeaving compares whole mails, and demands that they fit a small window.
func TestMailsAboutLeaving(t *testing.T) {
	to, nameless := toTom(), toTom()
	nameless.Person.Name, nameless.Person.Address.Local = "", "siân"
	operator := toTom()
	operator.Person = list.Person{Address: message.Address{Local: "operator", Domain: "host.example"}}
	paused := list.Membership{Mode: list.ModeWeekly, PausedUntil: time.Date(2027, 1, 4, 0, 0, 0, 0, time.UTC)}
	link := Goodbye{How: "You used the unsubscribe button of your mail program, or the link in an email.",
		Token: backToken, Days: 30, WebURL: "https://forum.example.org/"}
	for name, compose := range map[string]func() (Mail, error){
		"goodbye-by-link":          func() (Mail, error) { return link.Compose(to) },
		"goodbye-without-web":      func() (Mail, error) { return Goodbye{Token: backToken, Days: 30}.Compose(nameless) },
		"back":                     func() (Mail, error) { return Back(to, list.Membership{Mode: list.ModeEvery}) },
		"back-to-weekly-and-pause": func() (Mail, error) { return Back(to, paused) },
		"asked-to-come-back":       func() (Mail, error) { return Asked(to, 30) },
		"without-moderator":        func() (Mail, error) { return WithoutModerator(operator) },
	} {
		t.Run(name, func(t *testing.T) {
			m, _ := golden(t, name, compose)
			fits(t, m)
		})
	}
}

// What stands on a line of its own can be quoted by an answering machine, so it must not be the word that acts.
func TestAGoodbyeHasNoCommandOnALineOfItsOwn(t *testing.T) {
	m, err := Goodbye{Token: backToken, Days: 30, WebURL: "https://forum.example.org"}.Compose(toTom())
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(m.Body)) {
		if word := strings.ToLower(strings.TrimSpace(line)); word == "join" || word == "yes" {
			t.Errorf("the line %q", line)
		}
	}
}
