package notice

import (
	"strings"
	"testing"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// TestMailsAboutBounces compares whole mails, as people read them.
func TestMailsAboutBounces(t *testing.T) {
	address := func(local, domain string) message.Address { return message.Address{Local: local, Domain: domain} }
	n := Bounce{
		List:   list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum"},
		Member: list.Person{ID: 7, Name: "Tom Brown", Address: address("tom", "school.example"), Backup: address("tom", "home.example")},
		To:     list.Person{ID: 1, Name: "Asha Patel", Address: address("asha", "school.example")},
		Words:  "550 5.1.1 no such user", Now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), Post: 48213, Refused: 900, Recipients: 2500,
	}
	paged := n
	n.Token = "snc1_23456789abcdefghjkmnpqrstuvwxyz2"
	paged.Token, paged.WebURL = n.Token, "https://forum.example.org/"
	moderator := n
	moderator.Token = ""
	again := moderator
	again.To = list.Person{Address: n.Member.Backup}
	provider := moderator
	provider.Provider, provider.Refused, provider.Recipients = "school-mail.example", 40, 120
	untold := moderator
	untold.Member.Backup, untold.Member.Name = message.Address{}, ""
	for name, compose := range map[string]func() (Mail, error){
		"bounce-probe":                  moderator.Probe,
		"bounce-suspended":              n.Suspended,
		"bounce-full":                   moderator.Full,
		"bounce-to-moderator":           moderator.ToModerator,
		"bounce-to-moderator-untold":    untold.ToModerator,
		"bounce-complained":             n.Complained,
		"bounce-complained-page":        paged.Complained,
		"bounce-suspended-page":         paged.Suspended,
		"bounce-resumed":                again.Resumed,
		"bounce-complaint-to-moderator": moderator.ComplaintToModerator,
		"bounce-alarm":                  func() (Mail, error) { return moderator.Alarm(address("operator", "host.example")) },
		"bounce-alarm-provider":         func() (Mail, error) { return provider.Alarm(address("operator", "host.example")) },
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
