package incoming

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sencoforum/audit"
	"sencoforum/bounce"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
	"sencoforum/token"
)

// stopped is an office where mail to Priya has stopped, and the token of the mail that tells her elsewhere.
func stopped(t testing.TB) (*office, string) {
	t.Helper()
	o := open(t)
	o.desk.cfg.Bounces = bounce.NewBook(o.keys, testdb.Address(t, "operator@host.example"), o.desk.cfg.Now)
	testdb.Update(t, o.db, func(tx *store.Tx) error {
		p, err := list.GetPerson(tx, 1)
		if err != nil {
			return err
		}
		p.Backup = testdb.Address(t, "priya@home.example")
		if err := list.SavePerson(tx, p); err != nil {
			return err
		}
		_, err = o.desk.cfg.Bounces.Complained(tx, 1, 1)
		return err
	})
	for _, text := range o.letters(t) {
		if _, after, found := strings.Cut(text, "-confirm+"); found && strings.Contains(text, "To <priya@home.example>") {
			return o, after[:token.Length]
		}
	}
	t.Fatalf("nobody was told: %q", o.letters(t))
	return o, ""
}

func TestTheWordThatEndsASuspension(t *testing.T) {
	for text, want := range map[string]bool{
		"resume": true, "Resume.": true, "RESUME!\n\nPriya": true, "yes": true, "ok": true, "Hi,\n\nresume\n> quoted": true,
		"": false, "> resume": false, "do not resume": false, "resumed": false, "no": false, "join": false, "my new address is p@x.example": false,
		"R\u00e9sum\u00e9": false,
	} {
		if got := wantsMail(written(text), time.Time{}); got != want {
			t.Errorf("%q: got %t, want %t", text, got, want)
		}
	}
}

// ceiling: flat table
func TestWhatBecomesOfAnAnswerToASuspension(t *testing.T) {
	for _, c := range []struct {
		name   string
		body   string
		change func(*mail)
		want   string // the refusal, or the state
		again  bool   // she gets mail again
		mails  int    // of the robot, after those that told her and the moderators
	}{
		{"one word ends it, though nobody knows who wrote it", "resume", func(*mail) {}, "handled", true, 2},
		{"from whichever address", "Yes.", func(m *mail) { m.from = "home@home.example"; m.set("From: home@home.example") }, "handled", true, 2},
		{"in another case of the address", "resume", func(m *mail) { m.to = strings.ToUpper(m.to) }, "handled", true, 2},
		{"anything else goes to the moderators", "my new address is p@new.example", func(*mail) {}, "handled", false, 0},
		{"the word of another mail too", "join", func(*mail) {}, "handled", false, 0},
		{"a quoted mail does nothing", "> That address works again? Reply with: resume", func(*mail) {}, "handled", false, 0},
		{"a machine changes nothing", "resume", func(m *mail) { m.set("Auto-Submitted: auto-replied") }, "discarded", false, 0},
		{"the null sender changes nothing", "resume", func(m *mail) { m.from = "" }, "discarded", false, 0},
		{"who says to be us is refused", "resume", func(m *mail) { m.set("From: senco-forum@lists.example.org") }, "550 from", false, 0},
		{"an invented token is refused", "resume", func(m *mail) { m.to = "senco-forum-confirm+" + token.Random() + "@lists.example.org" }, "550 reply", false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, tok := stopped(t)
			before := len(o.letters(t))
			m := answer(tok, c.body)
			c.change(m)
			err := o.receive(t, m)
			got := o.states(t)
			var r *list.Refusal
			if errors.As(err, &r) {
				got = fmt.Sprintf("%d %s", r.Code, r.Case)
			} else if err != nil {
				t.Fatal(err)
			}
			if got != c.want || o.suspended(t) == c.again || len(o.letters(t)) != before+c.mails {
				t.Errorf("got %q, want %q; suspended %t; mails %q", got, c.want, o.suspended(t), o.letters(t)[before:])
			}
		})
	}
}

func TestATokenOfASuspensionWorksOnce(t *testing.T) {
	o, tok := stopped(t)
	first := answer(tok, "resume")
	for range 2 { // a relay that did not hear our 250 brings it again
		if err := o.receive(t, first); err != nil {
			t.Fatal(err)
		}
	}
	if got := o.states(t); got != "handled duplicate" {
		t.Errorf("kept as %q", got)
	}
	second := answer(tok, "resume")
	second.set("Message-ID: <second@home.example>")
	if err := o.receive(t, second); err == nil {
		t.Error("the token works twice")
	}
	testdb.View(t, o.db, func(tx *store.Tx) error {
		var all []string
		for e, err := range audit.All(tx) {
			if err != nil {
				return err
			}
			all = append(all, e.Actor+": "+e.Detail)
		}
		if got := strings.Join(all, "; "); got != "bounce: suspended on; member 1: suspended off, by email" {
			t.Errorf("audit: %s", got)
		}
		return nil
	})
}

func TestATokenOfASuspensionDies(t *testing.T) {
	o, tok := stopped(t)
	later := noon.Add(90*24*time.Hour - time.Second)
	o.desk.cfg.Now = func() time.Time { return later }
	o.desk.cfg.Bounces = bounce.NewBook(o.keys, testdb.Address(t, "operator@host.example"), o.desk.cfg.Now)
	later = later.Add(time.Second)
	if err := o.receive(t, answer(tok, "resume")); err == nil || !o.suspended(t) {
		t.Errorf("it works after 90 days: %v", err)
	}
	later = later.Add(-time.Second)
	if err := o.receive(t, answer(tok, "resume")); err != nil || o.suspended(t) {
		t.Errorf("it does not work for 90 days: %v", err)
	}
}

// The count begins anew: an address that is still dead is suspended again, by the same three days and a probe.
func TestAnAddressThatIsStillDeadIsSuspendedAgain(t *testing.T) {
	o, tok := stopped(t)
	if err := o.receive(t, answer(tok, "resume")); err != nil {
		t.Fatal(err)
	}
	o.days(t, 3, "5.1.1", "no such user")
	if o.suspended(t) {
		t.Fatal("suspended before the probe")
	}
	m := o.report("5.1.1", "no such user", noon.AddDate(0, 0, 2))
	m.to = "senco-forum-bounces+" + o.keys.Sign(token.Claims{Kind: token.Bounces, A: 1, B: 1<<32 - 1, Day: token.DayOf(noon)}, "senco-forum") + "@lists.example.org"
	if err := o.receive(t, m); err != nil || !o.suspended(t) {
		t.Errorf("the probe came back, %v, and mail still goes there", err)
	}
}
