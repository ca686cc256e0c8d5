package spoof

import "testing"

// Who may have written the mail, how it comes, and what stands in its header.
var (
	ways     = []string{"our filter", "its own host", "another host"}
	verdicts = []string{"", "X-Spam-Flag: YES\r\n", "X-Spam-Flag: NO\r\n", "X-Spam-Flag: NO\r\nX-Spam-Flag: YES\r\n", "X-Spam-Status: Yes\r\n"}
)

// spamTruth says what must become of a mail, in the words of the rules: our filter alone is believed, about spam and
// about who wrote it.
func spamTruth(author, way, verdict string) string {
	spam := way == ways[0] && (verdict == verdicts[1] || verdict == verdicts[3])
	switch {
	case way == ways[2]:
		return "held: unverified"
	case author == eve && spam:
		return "550 spam"
	case author == eve:
		return "held: stranger"
	case spam:
		return "held: spam"
	}
	return "waiting"
}

// TestSpamTable sends mails that a filter in front has marked, or that only look so.
func TestSpamTable(t *testing.T) {
	h := newHouse(t)
	all, wrong := 0, 0
	for _, author := range authors {
		h.zone.txt[domainOf(author)] = []string{"v=spf1 ip4:" + ownHost + " -all"}
	}
	for _, author := range authors {
		for i, way := range ways {
			for _, verdict := range verdicts {
				raw := verdict + "From: " + author + "\r\nTo: " + post + "\r\nMessage-ID: " + h.newID() + "\r\n\r\nA fifth off all sensory toys.\r\n"
				a := arrival{client: []string{filter, ownHost, otherHost}[i], helo: "mail.sender.example", from: author, to: post, raw: raw}
				all++
				if got, want := h.receive(t, a), spamTruth(author, way, verdict); got != want {
					wrong++
					t.Errorf("%s by %s, %q: got %s, want %s", author, way, verdict, got, want)
				}
			}
		}
	}
	t.Logf("%d marked mails, %d wrongly treated", all, wrong)
}
