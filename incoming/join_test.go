package incoming

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/store"
	"sencoforum/token"
)

// keepMembers lets the keeper of memberships work some seconds later.
func (o *office) keepMembers(t testing.TB) {
	t.Helper()
	k := membership.NewKeeper(slog.New(slog.DiscardHandler), o.db, o.desk.cfg.Host, func() time.Time { return noon.Add(5 * time.Second) })
	if _, err := k.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// mailFrom is a mail of somebody else's to an address of the list.
func mailFrom(who, to, subject, body string) *mail {
	m := ordinary()
	m.from, m.to, m.body = who, to, body
	m.set("From: Jane Smith <" + who + ">")
	m.set("Subject: " + subject)
	m.set(fmt.Sprintf("Message-ID: <%s.%d@x.example>", strings.Fields(subject + " x")[0], len(body)))
	return m
}

// lastConfirm is the confirm address in the latest letter that has one.
func (o *office) lastConfirm(t testing.TB) string {
	t.Helper()
	all := o.letters(t)
	for i := len(all) - 1; i >= 0; i-- {
		if _, after, ok := strings.Cut(all[i], "senco-forum-confirm+"); ok {
			return "senco-forum-confirm+" + after[:token.Length] + "@lists.example.org"
		}
	}
	t.Fatalf("no letter with a token: %q", all)
	return ""
}

func TestJoiningByEmailFromAPhone(t *testing.T) {
	o := open(t)
	o.mustReceive(t, mailFrom("jane@school.example", "senco-forum-join@lists.example.org", "subscribe weekly", "whatever"))
	if got := o.letters(t); len(got) != 0 {
		t.Fatalf("in the session: %q", got)
	}
	o.keepMembers(t)
	m := mailFrom("jane@school.example", o.lastConfirm(t), "Re: Join SENCO Forum? Please reply yes", "Yes\r\n\r\nnew SENCO in a primary school in Leeds\r\nweekly\r\n\r\nSent from my iPhone\r\n\r\n> Someone, we hope you")
	m.client = "192.0.2.1" // nothing shows who wrote the answer but the token
	o.mustReceive(t, m)
	var asked string
	for _, l := range o.letters(t) {
		if strings.Contains(l, "Wants to join - Jane Smith") {
			asked = l
		}
	}
	if !strings.Contains(asked, "asha@school.example") || !strings.Contains(asked, "> new SENCO in a primary school in Leeds\r\n") || !strings.Contains(asked, "approve and trust   let Jane in") || strings.Contains(asked, "Someone") || strings.Contains(asked, "iPhone") {
		t.Errorf("the moderator reads:\n%s", asked)
	}
	if err := o.receive(t, m); err != nil { // the relay did not hear our answer
		t.Errorf("the same answer again: %v", err)
	}
	m = mailFrom("jane@school.example", m.to, "once more", "yes")
	var r *list.Refusal
	if err := o.receive(t, m); !errors.As(err, &r) || r.Case != "reply" {
		t.Errorf("a token that was used: %v", err)
	}
}

func TestRequestsFromOneNetworkAreBounded(t *testing.T) {
	o := open(t)
	for i := range 12 {
		m := mailFrom("jane@school.example", "senco-forum-leave@lists.example.org", fmt.Sprint("leave", i), "")
		m.set(fmt.Sprintf("From: p%d@school.example", i))
		m.client = fmt.Sprintf("192.0.2.%d", i+1)
		err := o.receive(t, m)
		var r *list.Refusal
		if crowded := errors.As(err, &r) && r.Case == "requests" && r.Temporary(); crowded != (i >= 10) {
			t.Errorf("request %d: %v", i, err)
		}
	}
}

func TestMembersAndStrangersGetTheSameReply(t *testing.T) {
	for _, to := range []string{"senco-forum-leave@lists.example.org", "senco-forum-join@lists.example.org"} {
		for _, client := range []string{"127.0.0.1", "192.0.2.1"} {
			var replies []string
			for _, who := range []string{"priya@school.example", "nobody@school.example", "eve@banned.example"} {
				o := open(t)
				testdb.Update(t, o.db, func(tx *store.Tx) error { return list.AddBan(tx, 1, list.Ban{Pattern: "@banned.example"}) })
				m := mailFrom(who, to, "x", "")
				m.client = client
				replies = append(replies, fmt.Sprint(o.receive(t, m)))
			}
			if replies[0] != replies[1] || replies[1] != replies[2] {
				t.Errorf("%s from %s: %q", to, client, replies)
			}
		}
	}
}

func TestOrdersToTheRobot(t *testing.T) {
	for _, c := range []struct {
		name, subject, body, want string // want: the subject of the answer, or nothing for people
	}{
		{"a word", "hello", "weekly", "Done: one email every Monday"},
		{"a word with thanks", "hello", "Hi,\n\nWeekly\n\nThanks\nPriya", "Done: one email every Monday"},
		{"a pause with its date", "x", "Pause until 2 September", "Done: you are paused until Thursday 2 September 2027"},
		{"a word in the subject of an empty mail", "daily", "", "Done: one email a day"},
		{"a word in the subject does not count beside words", "daily", "How are you?", "Nothing was done: \"How are you?\""},
		{"a signature does not count", "x", "none\n-- \nPriya N., SENCO", "Done: no emails"},
		{"own off", "x", "own off", "Done: own off"},
		{"show me", "x", "show me", "Done: you are shown"},
		{"status", "x", "status", "You and SENCO Forum"},
		{"leave", "x", "leave", "You have left SENCO Forum"},
		{"an address", "x", "address priya@new.example", "Please say yes in both mailboxes"},
		{"no address", "x", "address please", "Nothing was done: \"address please\""},
		{"more than a word", "x", "weekly\nbut not on Sundays", "Nothing was done: \"weekly\""},
		{"a hedge", "x", "maybe weekly", "Nothing was done: \"maybe weekly\""},
		{"a quoted word does nothing", "x", "> weekly", "Nothing was done"},
		{"nothing", "hello", "", "Nothing was done"},
		{"more than eight words are for people", "x", "Hello, I wonder if you could help me with my emails", "Passed to the moderators"},
		{"an unknown word", "x", "fortnightly", "Nothing was done: \"fortnightly\""},
		{"help", "x", "help", "The words that I know"},
		{"who", "x", "who", "Addresses of members are not shown"},
		{"a password", "x", "password", "There are no passwords"},
		{"lists", "x", "lists", "Lists here"},
		{"cancel where nothing waits", "x", "cancel", "Nothing was done: \"cancel\""},
		{"mute with a number", "x", "mute #48213", "Nothing was done"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := open(t)
			m := ordinary()
			m.to, m.body = "senco-forum-request@lists.example.org", strings.ReplaceAll(c.body, "\n", "\r\n")
			m.set("Subject: " + c.subject)
			o.mustReceive(t, m)
			got := ""
			for _, l := range o.letters(t) {
				if _, after, ok := strings.Cut(l, "Subject: "); ok {
					got, _, _ = strings.Cut(after, "\r\n")
					if !strings.Contains(l, "In-Reply-To: <1@school.example>") && got != "You have left SENCO Forum" {
						t.Errorf("no answer to the mail:\n%s", l)
					}
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestOrdersNeedAVerifiedMember(t *testing.T) {
	o := open(t)
	m := ordinary()
	m.to, m.body, m.client = "senco-forum-request@lists.example.org", "weekly", "192.0.2.1"
	if err := o.receive(t, m); err == nil {
		t.Error("an order that nobody could check is taken")
	}
	m = ordinary()
	m.to, m.body = "senco-forum-request@lists.example.org", "weekly"
	m.set("Auto-Submitted: auto-replied")
	o.mustReceive(t, m)
	if got := o.letters(t); len(got) != 0 {
		t.Errorf("answers: %q", got)
	}
	o.mustReceive(t, mailFrom("eve@evil.example", m.to, "x", "weekly"))
	if got := o.letters(t); len(got) != 1 || !strings.Contains(got[0], "We do not know this address, so nothing was done.") {
		t.Errorf("a stranger reads %q", got)
	}
	testdb.View(t, o.db, func(tx *store.Tx) error {
		if m, err := list.Member(tx, 1, 1); m.Mode != list.ModeEvery || err != nil {
			t.Errorf("%+v, %v", m, err)
		}
		return nil
	})
}

func TestASuspensionEndsWithAnotherAddress(t *testing.T) {
	o, tok := stopped(t)
	o.desk.cfg.Host = membership.Host{Keys: o.keys}
	o.mustReceive(t, answer(tok, "address priya@new.example"))
	before := len(o.letters(t))
	o.keepMembers(t)
	all := o.letters(t)[before:]
	if len(all) != 1 || !strings.Contains(all[0], "To <priya@new.example>") {
		t.Fatalf("%q", all)
	}
	o.mustReceive(t, mailFrom("priya@new.example", o.lastConfirm(t), "Re", "yes"))
	var p list.Person
	testdb.View(t, o.db, func(tx *store.Tx) (err error) { p, err = list.GetPerson(tx, 1); return err })
	if diff := cmp.Diff("priya@new.example", p.Address.String()); diff != "" {
		t.Error(diff)
	}
	m, err := memberAtAll(o, t)
	if err != nil || m.Suspended {
		t.Errorf("%+v, %v", m, err)
	}
}

func memberAtAll(o *office, t *testing.T) (m list.Membership, err error) {
	testdb.View(t, o.db, func(tx *store.Tx) error { m, err = list.Member(tx, 1, 1); return nil })
	return m, err
}

// Rule 7: who is banned, by any of their addresses, may not write.
func TestWhoIsBannedMayNotPost(t *testing.T) {
	for _, who := range []string{"priya@school.example", "eve@spam.example"} {
		o := open(t)
		testdb.Update(t, o.db, func(tx *store.Tx) error {
			return errors.Join(list.AddBan(tx, 1, list.Ban{Pattern: "priya@school.example"}), list.AddBan(tx, 1, list.Ban{Pattern: "@spam.example"}))
		})
		var r *list.Refusal
		if err := o.receive(t, mailFrom(who, "senco-forum@lists.example.org", "x", "Hello all")); !errors.As(err, &r) || r.Case != "stopped" {
			t.Errorf("%s: %v", who, err)
		}
	}
}

// Mail 10 offers it: who only wanted fewer mails is back with one word, and gets them.
func TestAGoodbyeAnsweredWithAMode(t *testing.T) {
	o, back := left(t)
	o.mustReceive(t, answer(back, "Weekly please\r\n\r\n> Only fewer emails? Reply: weekly"))
	if m, err := memberAtAll(o, t); err != nil || m.Mode != list.ModeWeekly {
		t.Errorf("%+v, %v", m, err)
	}
}
