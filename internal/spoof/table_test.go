package spoof

import "testing"

// The four sides of a mail that a receiver can look at.
var (
	authors = []string{priya, home, asha, eve}
	spfs    = []string{"pass for the author's domain", "pass for another domain", "fail", "no record", "no answer"}
	dkims   = []string{"of the author's domain", "of another domain", "broken", "none"}
	dmarcs  = []string{"no record", "p=none", "p=quarantine", "p=reject"}
)

// combination makes one of them: the mail, and the zone that belongs to it.
func combination(t testing.TB, h *house, author, spf, dkim, dmarc string) arrival {
	h.forget()
	domain := domainOf(author)
	a := arrival{client: otherHost, helo: "mx.sender.example", from: author, to: post}
	a.raw = "From: Somebody <" + author + ">\r\nTo: " + post + "\r\nSubject: Part-time timetables\r\nDate: " + noon.Format("Mon, 02 Jan 2006 15:04:05 -0700") +
		"\r\nMessage-ID: " + h.newID() + "\r\n\r\nHow do you set an end date?\r\n"
	switch spf {
	case spfs[0]:
		h.zone.txt[domain] = []string{"v=spf1 ip4:" + otherHost + " -all"}
	case spfs[1]:
		a.from = "bounce@sender.example"
		h.zone.txt["sender.example"] = []string{"v=spf1 ip4:" + otherHost + " -all"}
	case spfs[2]:
		h.zone.txt[domain] = []string{"v=spf1 ip4:" + ownHost + " -all"}
	case spfs[4]:
		h.zone.fails[domain] = true
	}
	switch dkim {
	case dkims[0]:
		h.publishKey(domain)
		a.raw = sign(t, a.raw, domain)
	case dkims[1]:
		h.publishKey("sender.example")
		a.raw = sign(t, a.raw, "sender.example")
	case dkims[2]:
		h.publishKey(domain)
		a.raw = sign(t, a.raw, domain) + "and a line more\r\n"
	}
	if dmarc != dmarcs[0] {
		h.zone.txt["_dmarc."+domain] = []string{"v=DMARC1; " + dmarc}
	}
	return a
}

// truth says what must become of a combination, in the words of the rules and not of the code: the author's own domain
// vouches for the mail by SPF or by DKIM, or it does not.
func truth(author, spf, dkim, dmarc string) string {
	vouched := spf == spfs[0] || dkim == dkims[0]
	strict := dmarc == "p=quarantine" || dmarc == "p=reject"
	switch {
	case vouched && author == eve: // who may say that she is a member, and where
		return "held: stranger"
	case vouched:
		return "waiting"
	case spf == spfs[4]: // what did not answer might have vouched for it
		return "451 later"
	case strict:
		return "550 sender"
	}
	return "held: unverified"
}

// TestSpoofTable sends every combination of author, SPF, DKIM and DMARC: 320 mails.
func TestSpoofTable(t *testing.T) {
	h := newHouse(t)
	all, wrong, accepted := 0, 0, 0
	for _, author := range authors {
		for _, spf := range spfs {
			for _, dkim := range dkims {
				for _, dmarc := range dmarcs {
					got, want := h.receive(t, combination(t, h, author, spf, dkim, dmarc)), truth(author, spf, dkim, dmarc)
					all++
					if got == "waiting" {
						accepted++
					}
					if got != want {
						t.Errorf("%s, SPF: %s, DKIM: %s, DMARC: %s: got %s, want %s", author, spf, dkim, dmarc, got, want)
						if got == "waiting" {
							wrong++
						}
					}
				}
			}
		}
	}
	t.Logf("%d combinations, %d accepted as posts, %d of them wrongly", all, accepted, wrong)
}
