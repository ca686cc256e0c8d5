package spoof

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/store"
)

var answerAt = regexp.MustCompile(`senco-forum-confirm\+snc1_[0-9a-z]{32}@lists\.example\.org`)

// answerTo returns the address for the answer to the last letter to somebody, or "".
func (h *house) answerTo(t testing.TB, to string) (answer string) {
	t.Helper()
	testdb.View(t, h.db, func(tx *store.Tx) error {
		for r, err := range queue.List(tx, queue.Filter{}) {
			if err != nil {
				return err
			}
			out, err := queue.RenderLetter(context.Background(), r)
			if err != nil {
				return err
			}
			if a := answerAt.FindString(string(out.Header)); out.To.String() == to && a != "" {
				answer = a
			}
		}
		return nil
	})
	return answer
}

// owner is whose address it is, 0 for nobody's.
func (h *house) owner(t testing.TB, a string) (id list.PersonID) {
	t.Helper()
	testdb.View(t, h.db, func(tx *store.Tx) error {
		if p, err := list.FindPerson(tx, testdb.Address(t, a)); err == nil {
			id = p.ID
		}
		return nil
	})
	return id
}

// letter is a mail of Eve's making, from a host that may write for her domain alone.
func letter(h *house, from, to, header, body string) arrival {
	return arrival{client: otherHost, helo: "mx.evil.example", from: from, to: to, raw: header + "From: " + from + "\r\nTo: " + to +
		"\r\nSubject: Part-time timetables\r\nMessage-ID: " + h.newID() + "\r\n\r\n" + body + "\r\n"}
}

// TestTricksWithAddresses: Eve writes, is asked which address we know, and does what she can to be taken for a member. No
// mail of hers may become a post, and her address nobody's.
//
// ceiling: flat table
func TestTricksWithAddresses(t *testing.T) {
	all, accepted := 0, 0
	for name, trick := range map[string]func(h *house, eves, members string) arrival{
		"she says yes herself":               func(h *house, eves, _ string) arrival { return letter(h, eve, eves, "", "yes") },
		"she says yes and names again":       func(h *house, eves, _ string) arrival { return letter(h, eve, eves, "", "yes\r\n"+priya) },
		"she names the list":                 func(h *house, eves, _ string) arrival { return letter(h, eve, eves, "", post) },
		"she names herself":                  func(h *house, eves, _ string) arrival { return letter(h, eve, eves, "", eve) },
		"she names the other address":        func(h *house, eves, _ string) arrival { return letter(h, eve, eves, "", home) },
		"she names a moderator":              func(h *house, eves, _ string) arrival { return letter(h, eve, eves, "", asha) },
		"she says yes as the member":         func(h *house, eves, _ string) arrival { return letter(h, priya, eves, "", "yes") },
		"she says yes as the member's other": func(h *house, eves, _ string) arrival { return letter(h, home, eves, "", "yes") },
		"she invents a token": func(h *house, _, members string) arrival {
			return letter(h, priya, strings.Replace(members, "snc1_", "snc1_0", 1)[:len(members)-19]+"@lists.example.org", "", "yes")
		},
		"she uses no token": func(h *house, _, _ string) arrival {
			return letter(h, priya, "senco-forum-confirm@lists.example.org", "", "yes")
		},
		"she writes to the list again": func(h *house, _, _ string) arrival { return letter(h, eve, post, "", "again") },
		"she names her in Sender":      func(h *house, _, _ string) arrival { return letter(h, eve, post, "Sender: "+priya+"\r\n", "sent") },
		"she forges our results": func(h *house, _, _ string) arrival {
			return letter(h, priya, post, "Authentication-Results: mail.example.org; dmarc=pass\r\n", "ours")
		},
		"she forges a filter's verdict": func(h *house, _, _ string) arrival { return letter(h, eve, post, "X-Spam-Flag: NO\r\n", "good") },
		// What the member's own programs and people may send to the right address without meaning yes.
		"the member is out of office": func(h *house, _, members string) arrival {
			return letter(h, priya, members, "Auto-Submitted: auto-replied\r\n", "yes")
		},
		"the member's host returns it": func(h *house, _, members string) arrival {
			a := letter(h, priya, members, "", "yes")
			a.from = ""
			return a
		},
		"the member's program answers": func(h *house, _, members string) arrival {
			return letter(h, priya, members, "Precedence: auto_reply\r\n", "yes")
		},
		"the member quotes the question": func(h *house, _, members string) arrival {
			return letter(h, priya, members, "", "> Yes, it is me: reply yes.")
		},
		"the member says no":   func(h *house, _, members string) arrival { return letter(h, priya, members, "", "No, who is that?") },
		"the member asks back": func(h *house, _, members string) arrival { return letter(h, priya, members, "", "Yes?") },
		"the member says yes, but": func(h *house, _, members string) arrival {
			return letter(h, priya, members, "", "Yes but it was not me")
		},
		"the member sends nothing": func(h *house, _, members string) arrival { return letter(h, priya, members, "", "") },
		"the member's reply has two Froms": func(h *house, _, members string) arrival {
			return letter(h, priya, members, "From: "+eve+"\r\n", "yes")
		},
	} {
		h := newHouse(t)
		h.zone.txt["evil.example"] = []string{"v=spf1 ip4:" + otherHost + " -all"}
		if got := h.receive(t, letter(h, eve, post, "", "Please read this.")); got != "held: stranger" {
			t.Fatalf("Eve's first mail: %s", got)
		}
		eves := h.answerTo(t, eve)
		if got := h.receive(t, letter(h, eve, eves, "", priya)); got != "handled" {
			t.Fatalf("Eve's reply: %s", got)
		}
		members := h.answerTo(t, priya)
		if eves == "" || members == "" || eves == members {
			t.Fatalf("answers go to %q and %q", eves, members)
		}
		all++
		got := h.receive(t, trick(h, eves, members))
		var posts string
		testdb.View(t, h.db, func(tx *store.Tx) error {
			posts = h.posts(tx)
			return nil
		})
		if posts != "" || h.owner(t, eve) != 0 {
			accepted++
			t.Errorf("%s: %s; posts %s; the address is of person %d", name, got, posts, h.owner(t, eve))
		}
	}
	t.Logf("%d tricks, %d accepted", all, accepted)
}

// TestALinkedAddressIsTheMembers: the member says yes, and from then on is known there too; but nobody else is.
func TestALinkedAddressIsTheMembers(t *testing.T) {
	h := newHouse(t)
	const old = "priya@old-school.example"
	h.zone.txt["old-school.example"] = []string{"v=spf1 ip4:" + ownHost + " -all"}
	own := func(to, body string) arrival {
		a := letter(h, old, to, "", body)
		a.client = ownHost
		return a
	}
	for i, step := range []struct {
		mail func() arrival
		want string
	}{
		{func() arrival { return own(post, "Hello again") }, "held: stranger"},
		{func() arrival { return own(h.answerTo(t, old), "I am "+home) }, "handled"},
		{func() arrival { return letter(h, home, h.answerTo(t, home), "", "yes") }, "handled"},
		{func() arrival { return own(post, "One more") }, "waiting"},
		{func() arrival { return letter(h, old, post, "", "Not from there") }, "held: unverified"},
	} {
		if got := h.receive(t, step.mail()); got != step.want {
			t.Fatalf("step %d: got %s, want %s", i+1, got, step.want)
		}
	}
	if h.owner(t, old) != h.owner(t, priya) {
		t.Error("the address is not linked")
	}
	testdb.View(t, h.db, func(tx *store.Tx) error {
		if got := h.posts(tx); got != "1 of person 1, 2 of person 1" {
			t.Errorf("posts: %s", got)
		}
		return nil
	})
}
