package spoof

import (
	"testing"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/message"
	"sencoforum/store"
	"sencoforum/token"
)

// A private message is taken from members alone who are shown to have written it; what others hear tells nothing of members.
func TestWhoMayWriteInPrivate(t *testing.T) {
	const spf, reject, quarantine, none = "v=spf1 ip4:" + ownHost + " -all", "v=DMARC1; p=reject", "v=DMARC1; p=quarantine", "v=DMARC1; p=none"
	for _, c := range []struct {
		name, from, client string
		spf, dmarc         string
		signed             string // by which domain
		silent             bool   // the name server does not answer
		want               string
	}{
		{"from a member's own host", priya, ownHost, spf, reject, "", false, "handled"},
		{"signed by a member's domain", priya, otherHost, spf, reject, "oakfield.example", false, "handled"},
		{"without DMARC, from the own host", priya, ownHost, spf, "", "", false, "handled"},
		{"forged under reject", priya, otherHost, spf, reject, "", false, "550 sender"},
		{"forged under reject, signed by the forger", priya, otherHost, spf, reject, "evil.example", false, "550 sender"},
		{"forged under quarantine", priya, otherHost, spf, quarantine, "", false, "550 sender"},
		{"forged under none", priya, otherHost, spf, none, "", false, "550 unproved"},
		{"nothing published", priya, ownHost, "", "", "", false, "550 unproved"},
		{"a stranger's own mail", eve, ownHost, spf, reject, "", false, "550 stranger"},
		{"a stranger's, forged", eve, otherHost, spf, reject, "", false, "550 sender"},
		{"a stranger's, of which nothing is known", eve, otherHost, "", "", "", false, "550 unproved"},
		{"the DNS does not answer", priya, ownHost, "", "", "", true, "451 later"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			to := h.postOfAsha(t)
			domain := domainOf(c.from)
			h.publishKey("evil.example")
			h.publishKey("oakfield.example")
			if c.spf != "" {
				h.zone.txt[domain] = []string{c.spf}
			}
			if c.dmarc != "" {
				h.zone.txt["_dmarc."+domain] = []string{c.dmarc}
			}
			h.zone.fails[domain], h.zone.fails["_dmarc."+domain] = c.silent, c.silent
			raw := "From: " + c.from + "\r\nTo: " + to + "\r\nDate: Sun, 22 Nov 2026 12:00:00 +0000\r\nSubject: Re: A form\r\nMessage-ID: " + h.newID() + "\r\n\r\nHello\r\n"
			if c.signed != "" {
				raw = sign(t, raw, c.signed)
			}
			if got := h.receive(t, arrival{client: c.client, helo: "mail." + domain, from: c.from, to: to, raw: raw}); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// postOfAsha publishes a post and returns the address that leads to its author.
func (h *house) postOfAsha(t *testing.T) string {
	t.Helper()
	testdb.Update(t, h.db, func(tx *store.Tx) error {
		in, err := intake.Put(tx, intake.New{Record: intake.Record{Envelope: message.Envelope{Received: noon}}, State: intake.Waiting})
		if err != nil {
			return err
		}
		p, err := archive.Accept(tx, archive.NewPost{Post: archive.Post{List: 1, Author: 2, Intake: in, MessageID: "<post@posts.example>", Until: noon}})
		if err == nil {
			_, err = archive.Publish(tx, p.Number, noon, 2)
		}
		return err
	})
	return "senco-forum-author+" + h.keys.Sign(token.Claims{Kind: token.Author, A: 1}, "senco-forum") + "@lists.example.org"
}
