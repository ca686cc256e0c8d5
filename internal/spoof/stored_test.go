package spoof

import (
	"strings"
	"testing"

	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/store"
)

// What is stored says what we found out, and nothing that only claims to be ours.
func TestStoredResultsAreOurs(t *testing.T) {
	h := newHouse(t)
	h.zone.txt["oakfield.example"] = []string{"v=spf1 ip4:" + ownHost + " -all"}
	raw := "To: " + post + "\r\nAuthentication-Results: mail.example.org; dkim=pass header.d=forged.example\r\n" +
		"Authentication-Results: mx.other.example; spf=pass\r\n" +
		"From: " + priya + "\r\nMessage-ID: " + h.newID() + "\r\n\r\nAuthentication-Results: mail.example.org; quoted in the text\r\n"
	if got := h.receive(t, arrival{client: ownHost, helo: "mail.oakfield.example", from: priya, to: post, raw: raw}); got != "waiting" {
		t.Fatal(got)
	}
	var stored string
	testdb.View(t, h.db, func(tx *store.Tx) error {
		b, err := intake.Raw(tx, 1)
		stored = string(b)
		return err
	})
	if !strings.HasPrefix(stored, "Received: from mail.oakfield.example ([192.0.2.10])") {
		t.Errorf("it begins otherwise:\n%s", stored)
	}
	for text, want := range map[string]int{
		"forged.example": 0, "mx.other.example; spf=pass": 1, "quoted in the text": 1,
		"\r\nAuthentication-Results: mail.example.org;\r\n spf=pass smtp.mailfrom=oakfield.example;\r\n dkim=none;\r\n dmarc=none header.from=oakfield.example\r\n": 1,
	} {
		if got := strings.Count(stored, text); got != want {
			t.Errorf("%q stands there %d times, want %d:\n%s", text, got, want, stored)
		}
	}
}
