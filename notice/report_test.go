package notice

import (
	"strings"
	"testing"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// TestMailsAboutReports compares whole mails, as people read them.
func TestMailsAboutReports(t *testing.T) {
	n := ReportAlarm{
		List: list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum"}, To: message.Address{Local: "operator", Domain: "host.example"},
		Domain: "lists.example.org", Reporter: "provider.example", Day: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), Failed: 12, Of: 72,
		Source: "192.0.2.10", Do: "Run: sencoforum doctor. It checks everything.", Now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC),
	}
	tls := n
	tls.Result, tls.Host, tls.Failed, tls.Of = "certificate-expired", "mail.example.org", 20, 205
	tls.Do = "Our certificate has ended. Renew it, then: systemctl reload sencoforum"
	bare := tls
	bare.Result, bare.Host, bare.Domain = "", "", strings.Repeat("long-name.", 9)+"example.org"
	for name, compose := range map[string]func() (Mail, error){
		"report-dmarc": n.Mail, "report-tls": tls.TLS, "report-tls-without-words": bare.TLS,
	} {
		t.Run(name, func(t *testing.T) {
			_, got := golden(t, name, compose)
			_, body, _ := strings.Cut(got, "\n\n")
			for line := range strings.Lines(body) {
				if len(line) > 79 && strings.Contains(line, " ") {
					t.Errorf("a line is too long for a telephone: %q", line)
				}
			}
		})
	}
}
