package incoming

import (
	"strings"
	"testing"

	"sencoforum/bounce"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
	"sencoforum/token"
)

// arf is a provider's report about a copy with a Feedback-ID.
func arf(to, feedbackID string) *mail {
	m := ordinary()
	m.client, m.from, m.to = "192.0.2.1", "fbl@provider.example", to
	m.header = []string{
		"From: <fbl@provider.example>", "To: " + to, "Subject: FW: [SENCO] Part-time timetables", "Message-ID: <arf@provider.example>",
		"MIME-Version: 1.0", "Content-Type: multipart/report; report-type=feedback-report; boundary=b",
	}
	m.body = "--b\r\nContent-Type: text/plain\r\n\r\nThis is an email abuse report.\r\n\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\n" +
		"Feedback-Type: abuse\r\nUser-Agent: Provider/1\r\nVersion: 1\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" +
		"From: Somebody via SENCO Forum <senco-forum@lists.example.org>\r\nFeedback-ID: " + feedbackID + "\r\nSubject: [SENCO] Part-time timetables\r\n\r\nText\r\n--b--"
	return m
}

func TestAComplaintEndsDelivery(t *testing.T) {
	for name, c := range map[string]struct {
		to, id string // id without its token means a good one
		ends   bool
	}{
		"to abuse":                     {"abuse@lists.example.org", ":2:post:senco-forum", true},
		"to the postmaster":            {"postmaster@lists.example.org", ":2:post:senco-forum", true},
		"to the list's owner":          {"senco-forum-owner@lists.example.org", ":2:post:senco-forum", true},
		"to the return address":        {"", ":2:post:senco-forum", true},
		"of an invented copy":          {"abuse@lists.example.org", "snc1_00000000000000000000000000000000:2:post:senco-forum", false},
		"of another list's copy":       {"abuse@lists.example.org", ":2:post:heads", false},
		"of somebody else's mail":      {"abuse@lists.example.org", "campaign:customer:esp", false},
		"with a return address inside": {"abuse@lists.example.org", "bounces:2:post:senco-forum", false},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			testdb.Update(t, o.db, func(tx *store.Tx) error {
				p, err := list.GetPerson(tx, 1)
				p.Backup = testdb.Address(t, "priya@home.example")
				if err == nil {
					err = list.SavePerson(tx, p)
				}
				return err
			})
			o.desk.cfg.Bounces = bounce.NewBook(o.keys, testdb.Address(t, "operator@host.example"), o.desk.cfg.Now)
			id := c.id
			switch {
			case strings.HasPrefix(id, ":"):
				id = o.keys.Sign(token.Claims{Kind: token.Feedback, A: 1, B: 2}, "senco-forum") + id
			case strings.HasPrefix(id, "bounces"):
				id = o.keys.Sign(token.Claims{Kind: token.Bounces, A: 1, B: 2}, "senco-forum") + id[len("bounces"):]
			}
			for range 2 { // the second report changes nothing
				to := c.to
				if to == "" {
					to = "senco-forum-bounces+" + o.keys.Sign(token.Claims{Kind: token.Bounces, A: 1, B: 2, Day: token.DayOf(noon)}, "senco-forum") + "@lists.example.org"
				}
				m := arf(to, id)
				m.header[3] = "Message-ID: <" + strings.Repeat("x", len(o.states(t))+1) + "@provider.example>"
				if err := o.receive(t, m); err != nil {
					t.Fatal(err)
				}
			}
			if o.suspended(t) != c.ends {
				t.Errorf("delivery ended: %v, want %v", o.suspended(t), c.ends)
			}
			want := 0
			if c.ends {
				want = 2 // to Priya's other address, and to the moderator
			}
			if got := o.letters(t); len(got) != want {
				t.Errorf("%d letters, want %d: %q", len(got), want, got)
			}
		})
	}
}
