package spoof

import (
	"strings"
	"testing"

	"sencoforum/internal/ordinary"
)

// TestOrdinaryMailsOfTeachers takes each mail of internal/ordinary through the whole desk, as if Priya had written it from
// a school that signs nothing: every one goes on at once. A fresh house for every ten, since nobody writes 200 an hour.
func TestOrdinaryMailsOfTeachers(t *testing.T) {
	var h *house
	address := strings.NewReplacer(ordinary.Author, priya, ordinary.List, post)
	all := ordinary.Mails()
	for i, mail := range all {
		if i%10 == 0 {
			h = newHouse(t)
			h.forget()
			h.zone.txt[domain] = []string{spfHere}
		}
		a := arrival{client: otherHost, helo: "mail.oakfield.example", from: priya, to: post, raw: address.Replace(string(mail.Raw))}
		if got := h.receive(t, a); got != "waiting" {
			t.Errorf("%s: %s", mail.Name, got)
		}
	}
	t.Logf("%d ordinary mails of teachers", len(all))
}
