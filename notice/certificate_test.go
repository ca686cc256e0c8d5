package notice

import (
	"testing"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

func TestMailsAboutCertificates(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 21, 0, 0, time.UTC)
	day := 24 * time.Hour
	for name, n := range map[string]Certificate{
		"file":     {Use: "mail and pages", File: "/etc/ssl/forum.pem", Until: now.Add(14 * day)},
		"last":     {Use: "mail", File: "/etc/ssl/forum.pem", Until: now.Add(20 * time.Hour)},
		"one":      {Use: "pages", Until: now.Add(25 * time.Hour)},
		"ended":    {Use: "pages", File: "/etc/ssl/forum.pem", Until: now.Add(-time.Hour)},
		"renewal":  {Use: "pages", Until: now.Add(26 * day), What: "the authority cannot reach forum.example.org", Do: "open port 443 of this machine to everybody"},
		"none-yet": {Use: "mail", What: "the name forum.example.org is not in the DNS", Do: "publish an A record for forum.example.org with the address of this machine (sencoforum doctor shows it)"},
	} {
		t.Run(name, func(t *testing.T) {
			n.List = list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum"}
			n.To, n.Host, n.Now = message.Address{Local: "jane", Domain: "school.example"}, "forum.example.org", now
			golden(t, "certificate-"+name, n.Compose)
		})
	}
}
