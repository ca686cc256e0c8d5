package incoming

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sencoforum/bounce"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

// report is a delivery status notification about Priya's copy of post 2.
func (o *office) report(status, words string, day time.Time) *mail {
	tok := o.keys.Sign(token.Claims{Kind: token.Bounces, A: 1, B: 2, Day: token.DayOf(day)}, "senco-forum")
	m := ordinary()
	m.client, m.from, m.to = "192.0.2.1", "", "senco-forum-bounces+"+tok+"@lists.example.org"
	m.header = []string{
		"From: Mail Delivery System <mailer-daemon@mx.school.example>", "To: " + m.to, "Subject: Undelivered Mail Returned to Sender",
		"Message-ID: <" + day.Format("20060102") + "@mx.school.example>", "MIME-Version: 1.0",
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b",
	}
	m.body = "--b\r\nContent-Type: text/plain\r\n\r\nCould not be delivered.\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n" +
		"Reporting-MTA: dns; mx.school.example\r\n\r\nFinal-Recipient: rfc822; priya@school.example\r\nAction: failed\r\nStatus: " + status +
		"\r\nDiagnostic-Code: smtp; 550 " + status + " " + words + "\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: [SENCO] Secret\r\n\r\nWhat was written about a pupil.\r\n--b--"
	return m
}

// suspended reports whether mail to Priya has ended.
func (o *office) suspended(t *testing.T) (yes bool) {
	t.Helper()
	testdb.View(t, o.db, func(tx *store.Tx) error {
		m, err := list.Member(tx, 1, 1)
		yes = m.Suspended
		return err
	})
	return yes
}

// days lets reports of one kind come back on several days, from a probe on the day that one is due.
func (o *office) days(t *testing.T, n int, status, words string) {
	t.Helper()
	for i := range n {
		now := noon.AddDate(0, 0, i)
		o.desk.cfg.Now = func() time.Time { return now }
		o.desk.cfg.Bounces = bounce.NewBook(o.keys, testdb.Address(t, "operator@host.example"), o.desk.cfg.Now)
		if err := o.receive(t, o.report(status, words, now)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReportsOfADeadAddressEndDelivery(t *testing.T) {
	o := open(t)
	o.days(t, 3, "5.1.1", "no such user")
	letters := o.letters(t)
	if len(letters) != 1 || !strings.Contains(letters[0], "To <priya@school.example>") || o.suspended(t) {
		t.Fatalf("after three days: suspended %v, letters %q", o.suspended(t), letters)
	}
	m := o.report("5.1.1", "no such user", noon.AddDate(0, 0, 2))
	m.to = "senco-forum-bounces+" + o.keys.Sign(token.Claims{Kind: token.Bounces, A: 1, B: 1<<32 - 1, Day: token.DayOf(noon)}, "senco-forum") + "@lists.example.org"
	if err := o.receive(t, m); err != nil {
		t.Fatal(err)
	}
	if !o.suspended(t) {
		t.Error("the probe came back, and mail still goes there")
	}
	testdb.View(t, o.db, func(tx *store.Tx) error {
		raw, err := intake.Raw(tx, 1)
		if s := string(raw); strings.Contains(s, "pupil") || !strings.Contains(s, "Final-Recipient") {
			t.Errorf("kept of the report:\n%s", s)
		}
		return err
	})
}

func TestOtherReportsEndNothing(t *testing.T) {
	for name, c := range map[string][2]string{
		"a policy of their host": {"5.7.1", "blocked using a blocklist"},
		"a full mailbox":         {"5.2.2", "mailbox full"},
		"a delay":                {"4.4.1", "no answer"},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			o.days(t, 20, c[0], c[1])
			if o.suspended(t) || len(o.letters(t)) > 0 {
				t.Errorf("suspended %v, letters %q", o.suspended(t), o.letters(t))
			}
		})
	}
}

func TestAReportThatComesLateIsOnlyLogged(t *testing.T) {
	o := open(t)
	old := noon.AddDate(0, 0, -11)
	for i := range 4 {
		now := noon.AddDate(0, 0, i)
		o.desk.cfg.Now = func() time.Time { return now }
		o.desk.cfg.Bounces = bounce.NewBook(o.keys, testdb.Address(t, "operator@host.example"), o.desk.cfg.Now)
		m := o.report("5.1.1", "no such user", old)
		if err := o.receive(t, m); err != nil {
			t.Fatal(err)
		}
	}
	if len(o.letters(t)) > 0 || o.suspended(t) {
		t.Error("it counted")
	}
}

// strayed is a report about Priya's copy that came to another address, with the return address in a field.
func (o *office) strayed(to, field string) *mail {
	m := o.report("5.1.1", "no such user", noon)
	back := m.to
	m.to = to
	m.set("To: " + to)
	if field != "" {
		m.set(field + ": " + back)
	}
	return m
}

// ceiling: flat table
func TestABounceAtAnotherAddressCounts(t *testing.T) {
	const l = "@lists.example.org"
	for name, c := range map[string]struct {
		to, field string
		change    func(o *office, m *mail)
		points    bool
		kept      string // the state, empty if it is refused
	}{
		"to the list":                 {"senco-forum" + l, "To", nil, true, "handled"},
		"to the robot":                {"senco-forum-request" + l, "Delivered-To", nil, true, "handled"},
		"to the owners":               {"senco-forum-owner" + l, "Envelope-To", nil, true, "handled"},
		"to the address for leaving":  {"senco-forum-leave" + l, "X-Original-To", nil, true, "handled"},
		"to the postmaster":           {"postmaster" + l, "Apparently-To", nil, true, "handled"},
		"with a sender, but a report": {"senco-forum" + l, "Delivered-To", func(_ *office, m *mail) { m.from = "mailer-daemon@mx.school.example" }, true, "handled"},
		"it names no return address":  {"senco-forum" + l, "", nil, false, "held"},
		"it names a forged one":       {"senco-forum" + l, "Delivered-To", func(_ *office, m *mail) { m.set("Delivered-To: senco-forum-bounces+" + token.Random() + l) }, false, "held"},
		"a token of another kind": {"senco-forum" + l, "Delivered-To", func(o *office, m *mail) {
			m.set("Delivered-To: senco-forum-bounces+" + o.keys.Sign(token.Claims{Kind: token.OneClick, A: 1, B: 1}, "senco-forum") + l)
		}, false, "held"},
		"one of another list's": {"senco-forum" + l, "Delivered-To", func(o *office, m *mail) {
			m.set("Delivered-To: senco-forum-bounces+" + o.keys.Sign(token.Claims{Kind: token.Bounces, A: 1, B: 2, Day: token.DayOf(noon)}, "heads") + l)
		}, false, "held"},
		"an answer of a mailbox is no bounce": {"senco-forum" + l, "Delivered-To", func(_ *office, m *mail) {
			m.set("From: priya@school.example")
			m.set("Auto-Submitted: auto-replied")
			m.set("Subject: Automatic reply")
			m.set("Content-Type: text/plain")
			m.body = "This mailbox does not exist after Christmas."
		}, false, "held"},
		"a member who quotes a bounce": {"senco-forum" + l, "X-Original-To", func(_ *office, m *mail) {
			m.client, m.from = "127.0.0.1", "priya@school.example"
			m.set("From: priya@school.example")
			m.set("Content-Type: text/plain")
			m.body = "I got this:\r\n> 550 5.1.1 no such user"
		}, false, "waiting"},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			o.desk.cfg.Bounces = bounce.NewBook(o.keys, testdb.Address(t, "operator@host.example"), o.desk.cfg.Now)
			m := o.strayed(c.to, c.field)
			if c.change != nil {
				c.change(o, m)
			}
			for range 3 { // three reports on three days would bring a probe
				now := noon.AddDate(0, 0, len(strings.Fields(o.states(t))))
				o.desk.cfg.Now = func() time.Time { return now }
				o.desk.cfg.Bounces = bounce.NewBook(o.keys, testdb.Address(t, "operator@host.example"), o.desk.cfg.Now)
				m.set("Message-ID: <" + now.Format("20060102") + "@mx.school.example>")
				if err := o.receive(t, m); err != nil {
					t.Fatal(err)
				}
			}
			letters := o.letters(t)
			probed := len(letters) == 1 && strings.Contains(letters[0], "A test of your address")
			if probed != c.points || o.states(t) != strings.Join([]string{c.kept, c.kept, c.kept}, " ") {
				t.Errorf("probed %v, kept as %s, letters %q", probed, o.states(t), letters)
			}
		})
	}
}

// A mail service in front takes all copies and reports refusals one by one: when too many come back, the operator hears of
// it and nobody's address counts as dead.
func TestManyReportsOfOnePostCountAgainstNobody(t *testing.T) {
	o := open(t)
	o.desk.cfg.Bounces = bounce.NewBook(o.keys, testdb.Address(t, "operator@host.example"), o.desk.cfg.Now)
	if err := o.receive(t, ordinary()); err != nil {
		t.Fatal(err)
	}
	testdb.Update(t, o.db, func(tx *store.Tx) error {
		for i := range 40 {
			p, err := list.AddPerson(tx, list.Person{Address: testdb.Address(t, fmt.Sprintf("m%d@school%d.example", i, i))})
			if err != nil {
				return err
			}
			if err := list.Join(tx, list.Membership{List: 1, Person: p.ID, Role: list.RoleMember, Mode: list.ModeEvery}); err != nil {
				return err
			}
			row := queue.Row{Kind: "post", Batch: 1, Member: uint32(p.ID), Domain: p.Address.Domain, Payload: []byte{1}, Queued: noon}
			if err := queue.Put(tx, row); err != nil {
				return err
			}
		}
		return nil
	})
	for i := range 10 {
		m := o.report("5.1.1", "no such user", noon)
		tok := o.keys.Sign(token.Claims{Kind: token.Bounces, A: uint32(3 + i), B: 1, Day: token.DayOf(noon)}, "senco-forum")
		m.to = "senco-forum-bounces+" + tok + "@lists.example.org"
		if err := o.receive(t, m); err != nil {
			t.Fatal(err)
		}
	}
	letters := o.letters(t)
	if len(letters) != 1 || !strings.Contains(letters[0], "Subject: Refused by many: post 1 of SENCO Forum") {
		t.Errorf("letters %q", letters)
	}
}
