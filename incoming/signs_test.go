package incoming

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/queue"
	"sencoforum/store"
)

// An author is asked first whether what looks private is for everybody, and nobody else hears of it.
func TestWhatLooksPrivateIsAsked(t *testing.T) {
	for answer, want := range map[string]string{
		"everyone": "waiting handled", "cancel": "withdrawn handled", "Everyone, please": "waiting handled", "what is this?": "held handled",
	} {
		o := open(t)
		m := ordinary()
		m.body = "Hi Tom,\r\n\r\nbetween us, I do not trust the LA.\r\n\r\nPriya"
		o.mustReceive(t, m)
		all := o.letters(t)
		if len(all) != 1 || !strings.Contains(all[0], "For everyone?") || !strings.Contains(all[0], "between us") {
			t.Fatalf("%d letters: %v", len(all), all)
		}
		o.mustReceive(t, reply(replyTo.FindString(all[0]), answer))
		if got := o.states(t); got != want {
			t.Errorf("%q: %s, want %s", answer, got, want)
		}
	}
}

func TestANameViaTheListIsAsked(t *testing.T) {
	o := open(t)
	m := ordinary()
	m.set("To: \"Tom B. via SENCO Forum\" <senco-forum@lists.example.org>")
	o.mustReceive(t, m)
	if l := o.letterTo(t, "priya@school.example", "For everyone?"); !strings.Contains(l, "You wrote to \"Tom B. via SENCO Forum\"") || strings.Contains(l, "only Tom") {
		t.Errorf("%v", o.letters(t))
	}
	o = open(t)
	m.set("In-Reply-To: <x@y.example>")
	o.mustReceive(t, m)
	if got := o.states(t); got != "waiting" {
		t.Errorf("an answer: %s", got)
	}
}

// What may name a child goes to moderators whatever its author says, and never with trust.
func TestPupilDataIsReadByAPerson(t *testing.T) {
	o := open(t)
	o.desk.cfg.Pupil = func(_ list.List, m *message.Message) (p Pupils) {
		if strings.Contains(m.Text(), "Oliver") {
			p.Places = []string{"line 1"}
		}
		return p
	}
	m := ordinary()
	m.body = "The EHCP for Oliver Marsh is late."
	o.mustReceive(t, m)
	asked := o.letterTo(t, "priya@school.example", "Before we send it")
	if !strings.Contains(asked, "It may name a child (line 1)") || len(o.letters(t)) != 1 {
		t.Fatalf("%v", o.letters(t))
	}
	o.mustReceive(t, reply(replyTo.FindString(asked), "take out Oliver Marsh"))
	if raw := o.storedRaw(t, 1); strings.Contains(raw, "Oliver") {
		t.Errorf("still there:\n%s", raw)
	}
	again := reply(replyTo.FindString(o.letterTo(t, "priya@school.example", "Before we send it")), "send anyway")
	again.set("Message-ID: <3@school.example>")
	o.mustReceive(t, again)
	notice := o.letterTo(t, "asha@school.example", "May name a child")
	if notice == "" || strings.Contains(notice, "trust") || !strings.Contains(strings.Join(strings.Fields(notice), " "), "was asked and wants it sent") {
		t.Fatalf("Asha reads\n%s", notice)
	}
	o.mustReceive(t, fromAsha(modAddress.FindString(notice), "trust"))
	if unclear := o.letterTo(t, "asha@school.example", "Nothing was done"); !strings.Contains(unclear, "may name a child, and then trust is not offered") || o.decided(t) != "waits" {
		t.Errorf("%s; Asha reads\n%s", o.decided(t), unclear)
	}
}

// The same long text again and again holds everything, and people hear of it.
func TestAFloodHoldsEverything(t *testing.T) {
	o := open(t)
	long := strings.Repeat("Dear colleagues, here is a text that a broken mail system sends. ", 5)
	for i := range 4 {
		m := ordinary()
		m.set(fmt.Sprintf("Message-ID: <flood%d@school.example>", i))
		m.body = long
		if i%2 == 1 {
			m.from = "asha@school.example"
			m.set("From: asha@school.example")
		}
		o.mustReceive(t, m)
	}
	testdb.View(t, o.db, func(tx *store.Tx) error {
		l, err := list.Get(tx, 1)
		if !l.Emergency {
			t.Error("there is no emergency hold")
		}
		return err
	})
	if got := o.states(t); got != "held held held held" {
		t.Errorf("the messages are %s", got)
	}
	if o.letterTo(t, "asha@school.example", "Everything waits") == "" {
		t.Error("Asha does not know")
	}
	m := ordinary()
	m.set("Message-ID: <other@school.example>")
	m.body = "Something else."
	o.mustReceive(t, m)
	if got := o.states(t); got != "held held held held held" {
		t.Errorf("another message: %s", got)
	}
}

// ceiling: flat table
func TestTheRulesOfTheDesk(t *testing.T) {
	for name, c := range map[string]struct {
		change func(t *testing.T, o *office, m *mail)
		want   string // the cause, or empty
	}{
		"an ordinary post": {func(*testing.T, *office, *mail) {}, ""},
		"a copy in blind":  {func(_ *testing.T, _ *office, m *mail) { m.set("To: undisclosed-recipients:;") }, "list not addressed"},
		"sent on by hand": {func(_ *testing.T, _ *office, m *mail) {
			m.set("To: x@y.example")
			m.set("Resent-To: senco-forum@lists.example.org")
		}, ""},
		"the name of a moderator": {func(t *testing.T, o *office, m *mail) {
			o.name(t, 2, "Asha Patel")
			m.set("From: =?utf-8?q?=D0=90sha_Patel?= <priya@school.example>")
		}, "look-alike name"},
		"the list's own name": {func(_ *testing.T, _ *office, m *mail) { m.set("From: SENCO Forum <priya@school.example>") }, "look-alike name"},
		"that name, of who is known": {func(t *testing.T, o *office, m *mail) {
			o.name(t, 1, "Priya N.")
			o.name(t, 2, "Asha Patel")
			m.set("From: Asha Patel <priya@school.example>")
		}, ""},
		"a script":   {func(_ *testing.T, _ *office, m *mail) { attach(m, "x.js") }, "risky file"},
		"a document": {func(_ *testing.T, _ *office, m *mail) { attach(m, "x.txt") }, ""},
		"encrypted": {func(_ *testing.T, _ *office, m *mail) {
			m.body = "-----BEGIN PGP MESSAGE-----\r\n\r\nx\r\n-----END PGP MESSAGE-----"
		}, "encrypted"},
		"a new member": {func(t *testing.T, o *office, _ *mail) { o.member(t, 1, func(m *list.Membership) { m.Holds = 1 }) }, "first post"},
		"a member under moderation": {func(t *testing.T, o *office, _ *mail) {
			o.member(t, 1, func(m *list.Membership) { m.Moderated = true })
		}, "member under moderation"},
		"a list that holds everything": {func(t *testing.T, o *office, _ *mail) {
			testdb.Update(t, o.db, func(tx *store.Tx) error {
				_, err := o.desk.cfg.Panel.Emergency(tx, moderate.By{Actor: "test", Now: noon}, 1, true)
				return err
			})
		}, "emergency hold"},
		"the third of two an hour": {func(t *testing.T, o *office, m *mail) {
			testdb.Update(t, o.db, func(tx *store.Tx) error {
				l, err := list.Get(tx, 1)
				l.HourMost = 2
				return errors.Join(err, list.Save(tx, l))
			})
			for i := range 2 {
				n := ordinary()
				n.set(fmt.Sprintf("Message-ID: <n%d@school.example>", i))
				o.mustReceive(t, n)
			}
		}, "many posts"},
		"a long text again": {func(t *testing.T, o *office, m *mail) {
			m.body = strings.Repeat("Has anyone a policy for laptops? ", 9)
			n := ordinary()
			n.body = m.body
			n.set("Message-ID: <n@school.example>")
			o.mustReceive(t, n)
		}, "repeated text"},
		"an answer to a closed discussion": {func(t *testing.T, o *office, m *mail) {
			n := ordinary()
			n.set("Message-ID: <n@school.example>")
			o.mustReceive(t, n)
			testdb.Update(t, o.db, func(tx *store.Tx) error { _, err := archive.Close(tx, 1, archive.Curator{Now: noon}); return err })
			m.set("In-Reply-To: <n@school.example>")
		}, "closed discussion"},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			m := ordinary()
			c.change(t, o, m)
			o.mustReceive(t, m)
			got := ""
			testdb.View(t, o.db, func(tx *store.Tx) error {
				for it, err := range hold.All(tx) {
					if err != nil {
						return err
					}
					got += fmt.Sprint(list.Causes(it.Findings))
				}
				return nil
			})
			if want := strings.TrimSuffix("["+c.want+"]", "[]"); got != want {
				t.Errorf("held because of %s, want %s", got, want)
			}
		})
	}
}

// attach makes a message with one file.
func attach(m *mail, name string) {
	m.set("MIME-Version: 1.0")
	m.set("Content-Type: multipart/mixed; boundary=b")
	m.body = "--b\r\n\r\nSee the file.\r\n--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=" + name + "\r\n\r\nhello\r\n--b--"
}

func (o *office) name(t testing.TB, id list.PersonID, name string) {
	t.Helper()
	testdb.Update(t, o.db, func(tx *store.Tx) error {
		p, err := list.GetPerson(tx, id)
		p.Name = name
		return errors.Join(err, list.SavePerson(tx, p))
	})
}

func (o *office) member(t testing.TB, id list.PersonID, change func(*list.Membership)) {
	t.Helper()
	testdb.Update(t, o.db, func(tx *store.Tx) error {
		m, err := list.Member(tx, 1, id)
		change(&m)
		return errors.Join(err, list.SaveMember(tx, m))
	})
}

// Every notice fits into a row of the queue, however long the message is.
func TestANoticeOfALongMessageFits(t *testing.T) {
	o := open(t)
	m := ordinary()
	m.set("Content-Type: text/plain; charset=utf-8")
	m.set("Content-Transfer-Encoding: 8bit")
	m.set("Cc: " + strings.Repeat("a@b.example, ", 10) + "c@d.example")
	m.body = strings.Repeat(strings.Repeat("\u00fc\u20ac\u4e2d", 200)+"\r\n", 300)
	o.mustReceive(t, m)
	if n := len(o.letters(t)); n != 2 {
		t.Errorf("%d letters", n)
	}
	testdb.View(t, o.db, func(tx *store.Tx) error {
		for r, err := range queue.List(tx, queue.Filter{}) {
			if err != nil {
				return err
			}
			if len(r.Payload) > queue.MaxPayload*3/4 {
				t.Errorf("a letter has %d bytes", len(r.Payload))
			}
		}
		return nil
	})
}
