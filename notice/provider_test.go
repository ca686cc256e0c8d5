package notice

import (
	"strings"
	"testing"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// TestMailsAboutProviders compares whole mails, as people read them.
func TestMailsAboutProviders(t *testing.T) {
	now := time.Date(2026, 11, 27, 14, 20, 0, 0, time.UTC)
	n := Provider{
		List:  list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum"},
		To:    list.Person{ID: 1, Name: "Asha Patel", Address: message.Address{Local: "asha", Domain: "school.example"}},
		Lists: []string{"SENCO Forum"}, Told: true, Name: "BT", People: 41, Since: now.Add(-15 * time.Minute), Until: now.Add(5 * 24 * time.Hour),
		Words: "mx.bt.example: 550 5.7.1 Messages from 192.0.2.10 are not accepted", Now: now,
	}
	alone := n
	alone.Told = false
	operator := n
	operator.To = list.Person{Address: message.Address{Local: "operator", Domain: "host.example"}}
	operator.Help = "https://postmaster.example/unblock"
	unknown := operator
	unknown.Name, unknown.Help, unknown.People = "trust.example", "", 1
	all := operator
	all.Name, all.People, all.Words = "", 1204, "the DNS did not answer: no answer in time"
	alarm := func(n Provider, trouble string, again bool) func() (Mail, error) {
		return func() (Mail, error) { return n.Alarm(trouble, again) }
	}
	for name, compose := range map[string]func() (Mail, error){
		"provider-refuses-moderator": alarm(n, ProviderRefuses, false),
		"provider-refuses-alone":     alarm(alone, ProviderRefuses, false),
		"provider-refuses":           alarm(operator, ProviderRefuses, false),
		"provider-refuses-again":     alarm(operator, ProviderRefuses, true),
		"provider-unreachable":       alarm(unknown, ProviderUnreachable, false),
		"provider-defers":            alarm(n, ProviderDefers, false),
		"provider-many":              alarm(operator, ProviderMany, false),
		"provider-nothing":           alarm(all, ProviderNothing, false),
		"provider-over":              n.Over,
		"provider-nothing-over":      all.Over,
	} {
		t.Run(name, func(t *testing.T) {
			_, got := golden(t, name, compose)
			_, body, _ := strings.Cut(got, "\n\n")
			for line := range strings.Lines(body) {
				if len(line) > 79 {
					t.Errorf("a line is too long for a telephone: %q", line)
				}
			}
		})
	}
}
