package incoming

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/relay"
	"sencoforum/store"
	"sencoforum/token"
)

// The people of a parlour. Priya, a member, and Asha, a moderator, are those of every office.
const (
	priya list.PersonID = iota + 1
	asha
	tom
	sam
)

// parlour is an office where private messages are carried, with Tom and Sam as members too and post 1, which is Priya's.
func parlour(t *testing.T) *office {
	t.Helper()
	o := open(t)
	o.at(noon)
	testdb.Update(t, o.db, func(tx *store.Tx) error {
		for i, name := range []string{"Tom B.", "Sam"} {
			a := testdb.Address(t, []string{"tom@tomsplace.example", "sam@samsplace.example"}[i])
			p, err := list.AddPerson(tx, list.Person{Name: name, Address: a})
			if err != nil {
				return err
			}
			if err := list.Join(tx, list.Membership{List: 1, Person: p.ID, Role: list.RoleMember, Mode: list.ModeEvery}); err != nil {
				return err
			}
		}
		return publish(tx, 1, priya)
	})
	return o
}

// at sets the clock of the desk and of what carries private messages.
func (o *office) at(now time.Time) {
	o.desk.cfg.Now = func() time.Time { return now }
	o.desk.cfg.Relay = relay.New(o.db, o.keys, o.desk.cfg.Now)
}

// publish puts a post of somebody's into the archive.
func publish(tx *store.Tx, l list.ID, author list.PersonID) error {
	raw := []byte("From: Priya N. <priya@school.example>\r\nSubject: EHCP paperwork\r\nMessage-ID: <post@posts.example>\r\n\r\nwords\r\n")
	in, err := intake.Put(tx, intake.New{Record: intake.Record{Envelope: message.Envelope{Received: noon}}, Raw: store.NewBlob(raw), State: intake.Waiting})
	if err != nil {
		return err
	}
	n := archive.Describe(message.Parse(raw), "", noon)
	n.List, n.Intake, n.Author, n.Until = l, in, author, noon
	p, err := archive.Accept(tx, n)
	if err == nil {
		_, err = archive.Publish(tx, p.Number, noon, 4)
	}
	return err
}

// author is the address that leads to the author of a post, or to somebody whom the author answers.
func (o *office) author(post, to uint32) string {
	return "senco-forum-author+" + o.keys.Sign(token.Claims{Kind: token.Author, A: post, B: to}, "senco-forum") + "@lists.example.org"
}

// letter is a private message of Tom's to the author of post 1, from his own mail host, which is trusted.
func (o *office) letter(body string) *mail {
	m := ordinary()
	m.from, m.to, m.body = "tom@tomsplace.example", o.author(1, 0), body
	m.header = []string{
		"Received: from laptop.tomsplace.example (laptop [10.0.0.7])\r\n\tby mx.tomsplace.example", "DKIM-Signature: v=1; d=tomsplace.example",
		"From: Tom <tom@tomsplace.example>", "To: Priya via SENCO Forum <" + m.to + ">", "Cc: head@tomsplace.example", "Reply-To: tom@tomsplace.example",
		"Subject: Re: [SENCO] EHCP paperwork", "Date: Sun, 22 Nov 2026 11:55:00 +0000", "Message-ID: <t1@laptop.tomsplace.example>",
		"In-Reply-To: <post@posts.example>", "References: <other@tomsplace.example> <post@posts.example>",
		"X-Mailer: tomsplace 1.0", "X-Originating-IP: 10.0.0.7", "Thread-Index: AdtomsplaceA", "Disposition-Notification-To: tom@tomsplace.example",
	}
	return m
}

// outbox are the private messages that wait, as they leave, with the queue's rows.
func (o *office) outbox(t *testing.T) (rows []queue.Row, copies []queue.Outgoing) {
	t.Helper()
	testdb.View(t, o.db, func(tx *store.Tx) error {
		for r, err := range queue.List(tx, queue.Filter{}) {
			if err != nil {
				return err
			}
			if r.Kind == relay.Kind {
				rows = append(rows, r)
			}
		}
		return nil
	})
	for _, r := range rows {
		out, err := o.desk.cfg.Relay.Render(context.Background(), r)
		if err != nil {
			t.Fatal(err)
		}
		copies = append(copies, out)
	}
	return rows, copies
}

func (o *office) change(t *testing.T, p list.PersonID, fn func(*list.Membership)) {
	t.Helper()
	testdb.Update(t, o.db, func(tx *store.Tx) error {
		m, err := list.Member(tx, 1, p)
		if err != nil {
			return err
		}
		fn(&m)
		return list.SaveMember(tx, m)
	})
}

// setPost shows or hides a post.
func (o *office) setPost(t *testing.T, v archive.Visibility) {
	t.Helper()
	posts := store.NewTable("archive.posts", store.Uint32Key[archive.Number](), store.Compact[archive.Post]())
	testdb.Update(t, o.db, func(tx *store.Tx) error {
		p, _, err := posts.Get(tx, 1)
		if err != nil {
			return err
		}
		p.State = v
		return posts.Put(tx, 1, p)
	})
}

// result is the refusal of a mail, or the state in which it is.
func (o *office) result(t *testing.T, m *mail) string {
	t.Helper()
	before := o.states(t)
	err := o.receive(t, m)
	var r *list.Refusal
	if errors.As(err, &r) {
		if o.states(t) != before {
			t.Errorf("refused, but kept: %s", o.states(t))
		}
		return fmt.Sprintf("%d %s", r.Code, r.Case)
	}
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(strings.TrimPrefix(o.states(t), before))
}

// ceiling: flat table
func TestWhatBecomesOfAPrivateMessage(t *testing.T) {
	off := func(m *list.Membership) { m.NoRelay = true }
	nothing := func(*testing.T, *office, *mail) {}
	for _, c := range []struct {
		name    string
		change  func(*testing.T, *office, *mail)
		want    string // the refusal, or the state
		relayed int
	}{
		{"a member writes to the author of a post", nothing, "handled", 1},
		{"in another case of the address", func(_ *testing.T, _ *office, m *mail) { m.to = strings.ToUpper(m.to) }, "handled", 1},
		{"the author answers somebody", func(_ *testing.T, o *office, m *mail) {
			m.to = o.author(1, uint32(tom))
			m.set("From: priya@school.example")
		}, "handled", 1},
		{"an address lent to the author is for nobody else", func(_ *testing.T, o *office, m *mail) {
			m.to = o.author(1, uint32(sam))
		}, "550 reply", 0},
		{"to oneself", func(_ *testing.T, _ *office, m *mail) { m.set("From: priya@school.example") }, "550 self", 0},
		{"a stranger", func(_ *testing.T, _ *office, m *mail) { m.set("From: eve@evil.example") }, "550 stranger", 0},
		{"who is not verified", func(_ *testing.T, _ *office, m *mail) { m.client = "192.0.2.1" }, "550 unproved", 0},
		{"a stranger who is not verified reads the same", func(_ *testing.T, _ *office, m *mail) {
			m.client = "192.0.2.1"
			m.set("From: eve@evil.example")
		}, "550 unproved", 0},
		{"a token with another letter", func(_ *testing.T, _ *office, m *mail) {
			at := strings.Index(m.to, "snc1_") + 12
			other := map[bool]string{true: "1", false: "0"}[m.to[at] == '0']
			m.to = m.to[:at] + other + m.to[at+1:]
		}, "550 reply", 0},
		{"a token of another kind", func(_ *testing.T, o *office, m *mail) {
			m.to = "senco-forum-author+" + o.keys.Sign(token.Claims{Kind: token.Reply, A: 1}, "senco-forum") + "@lists.example.org"
		}, "550 reply", 0},
		{"a token of another list", func(_ *testing.T, o *office, m *mail) {
			m.to = "senco-forum-author+" + o.keys.Sign(token.Claims{Kind: token.Author, A: 1}, "heads") + "@lists.example.org"
		}, "550 reply", 0},
		{"no token", func(_ *testing.T, _ *office, m *mail) { m.to = "senco-forum-author@lists.example.org" }, "550 address", 0},
		{"a post that does not exist", func(_ *testing.T, o *office, m *mail) { m.to = o.author(7, 0) }, "550 reply", 0},
		{"a post of another list of that name", func(t *testing.T, o *office, m *mail) {
			testdb.Update(t, o.db, func(tx *store.Tx) error {
				l, err := list.Create(tx, list.List{Name: "senco-forum", Domain: "other.example", Title: "Other", Settings: list.DefaultSettings()})
				for _, p := range []list.PersonID{priya, tom} {
					err = errors.Join(err, list.Join(tx, list.Membership{List: l.ID, Person: p, Role: list.RoleMember, Mode: list.ModeEvery}))
				}
				return err
			})
			m.to = strings.Replace(m.to, "lists.example.org", "other.example", 1)
		}, "550 reply", 0},
		{"a post that waits", func(t *testing.T, o *office, _ *mail) { o.setPost(t, archive.Waiting) }, "550 reply", 0},
		{"a post that was hidden", func(t *testing.T, o *office, _ *mail) { o.setPost(t, archive.Hidden) }, "550 reply", 0},
		{"a post that was erased", func(t *testing.T, o *office, _ *mail) { o.setPost(t, archive.Erased) }, "550 reply", 0},
		{"a post that was withdrawn", func(t *testing.T, o *office, _ *mail) { o.setPost(t, archive.Withdrawn) }, "550 reply", 0},
		{"an author who has left", func(t *testing.T, o *office, _ *mail) {
			testdb.Update(t, o.db, func(tx *store.Tx) error { return list.Leave(tx, 1, priya) })
		}, "550 reply", 0},
		{"somebody who has left is not answered", func(t *testing.T, o *office, m *mail) {
			testdb.Update(t, o.db, func(tx *store.Tx) error { return list.Leave(tx, 1, sam) })
			m.to = o.author(1, uint32(sam))
			m.set("From: priya@school.example")
		}, "550 reply", 0},
		{"a writer who has left", func(t *testing.T, o *office, _ *mail) {
			testdb.Update(t, o.db, func(tx *store.Tx) error { return list.Leave(tx, 1, tom) })
		}, "550 stranger", 0},
		{"a writer for whom it is off", func(t *testing.T, o *office, _ *mail) { o.change(t, tom, off) }, "550 no-relay", 0},
		{"a writer who may not post", func(t *testing.T, o *office, _ *mail) {
			o.change(t, tom, func(m *list.Membership) { m.NoPosting = true })
		}, "550 no-relay", 0},
		{"a reader for whom it is off", func(t *testing.T, o *office, _ *mail) { o.change(t, priya, off) }, "550 private", 0},
		{"a reader whose address is dead", func(t *testing.T, o *office, _ *mail) {
			o.change(t, priya, func(m *list.Membership) { m.Suspended = true })
		}, "550 private", 0},
		{"a reader who gets no posts", func(t *testing.T, o *office, _ *mail) {
			o.change(t, priya, func(m *list.Membership) { m.Mode = list.ModeNone })
		}, "handled", 1},
		{"a vacation program", func(_ *testing.T, _ *office, m *mail) { m.set("Auto-Submitted: auto-replied") }, "discarded", 0},
		{"a bounce", func(_ *testing.T, _ *office, m *mail) { m.from = "" }, "discarded", 0},
		{"a vacation program that only says so in the subject", func(_ *testing.T, _ *office, m *mail) { m.set("Subject: Automatic reply: EHCP") }, "550 machine", 0},
		{"one of old", func(_ *testing.T, _ *office, m *mail) { m.set("Precedence: bulk") }, "550 machine", 0},
		{"a person who wants no automatic answer", func(_ *testing.T, _ *office, m *mail) { m.set("X-Auto-Response-Suppress: All") }, "handled", 1},
		{"what we sent comes back", func(_ *testing.T, _ *office, m *mail) { m.set("X-Loop: senco-forum@lists.example.org") }, "554 loop", 0},
		{"who says to be us", func(_ *testing.T, o *office, m *mail) { m.set("From: " + o.author(1, uint32(tom))) }, "550 from", 0},
		{"two senders", func(_ *testing.T, _ *office, m *mail) { m.set("From: tom@tomsplace.example, sam@samsplace.example") }, "550 no-from", 0},
		{"too large for the list", func(t *testing.T, o *office, m *mail) {
			testdb.Update(t, o.db, func(tx *store.Tx) error {
				l, err := list.Get(tx, 1)
				if err != nil {
					return err
				}
				l.MaxMessage = 100
				return list.Save(tx, l)
			})
		}, "552 size", 0},
		{"a signed part with a personal link", func(_ *testing.T, o *office, m *mail) {
			m.set("Content-Type: multipart/signed; boundary=b; protocol=\"application/pgp-signature\"")
			m.body = "--b\r\n\r\nhttps://forum.example.org/u/" + token.Random() + "\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--b--"
		}, "550 sealed", 0},
		{"a signed part that quotes a footer", func(_ *testing.T, o *office, m *mail) {
			m.set("Content-Type: multipart/signed; boundary=b; protocol=\"application/pgp-signature\"")
			m.body = "--b\r\n\r\n> Only to Priya:\r\n> " + o.author(1, 0) + "\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--b--"
		}, "handled", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := parlour(t)
			m := o.letter("Could you send me your form?")
			c.change(t, o, m)
			if got := o.result(t, m); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if rows, _ := o.outbox(t); len(rows) != c.relayed || len(o.letters(t)) > 0 {
				t.Errorf("%d messages wait, want %d; letters %q", len(rows), c.relayed, o.letters(t))
			}
		})
	}
}

// hidden demands that a copy names none of these.
func hides(t *testing.T, out queue.Outgoing, words ...string) string {
	t.Helper()
	text := string(out.Header) + string(out.Body)
	for _, w := range words {
		if strings.Contains(strings.ToLower(text), w) {
			t.Errorf("%q stands in\n%s", w, text)
		}
	}
	return text
}

// TestTwoWriteToEachOther is the story of a private message, its answer and the answer to that.
func TestTwoWriteToEachOther(t *testing.T) {
	o := parlour(t)
	if got := o.result(t, o.letter("Could you send me your form?")); got != "handled" {
		t.Fatal(got)
	}
	_, copies := o.outbox(t)
	first := hides(t, copies[0], "tomsplace", "school.example", "10.0.0.7", "head@", "<t1@")
	back := o.author(1, uint32(tom))
	for _, want := range []string{
		"From: \"Tom B. via SENCO Forum\"\r\n <" + back + ">\r\n", "\r\nSubject: Re: EHCP paperwork\r\n", "\r\nTo: undisclosed-recipients:;\r\n",
		"Could you send me your form?", "A private message from Tom B. by way of SENCO Forum.", "Date: Sun, 22 Nov 2026 11:55:00 +0000",
	} {
		if !strings.Contains(first, want) {
			t.Errorf("without %q:\n%s", want, first)
		}
	}
	if copies[0].To.String() != "priya@school.example" || !strings.HasPrefix(copies[0].From.Local, "senco-forum-bounces+") {
		t.Errorf("from %s to %s", copies[0].From, copies[0].To)
	}
	mine := message.Parse([]byte(first)).MessageID()

	answer := ordinary()
	answer.to, answer.body = back, "Here it is.\r\n\r\nOn Sunday Tom B. via SENCO Forum <"+back+"> wrote:\r\n> Could you send me your form?"
	answer.set("Message-ID: <p1@laptop.school.example>")
	answer.set("Subject: RE: EHCP paperwork")
	answer.set("In-Reply-To: " + mine)
	answer.set("References: <post@posts.example> <t1@laptop.tomsplace.example> " + mine)
	if got := o.result(t, answer); got != "handled" {
		t.Fatal(got)
	}
	_, copies = o.outbox(t)
	second := hides(t, copies[1], "tomsplace", "priya@", "laptop", "<p1@")
	for _, want := range []string{
		"From: \"Priya N. via SENCO Forum\"\r\n <" + o.author(1, 0) + ">\r\n", "To: undisclosed-recipients:;", "Here it is.",
		"In-Reply-To: " + mine + "\r\n", "References: <post@posts.example> " + mine + "\r\n",
	} {
		if !strings.Contains(strings.ReplaceAll(second, "\r\n <private", " <private"), want) {
			t.Errorf("without %q:\n%s", want, second)
		}
	}
	if copies[1].To.String() != "tom@tomsplace.example" {
		t.Errorf("to %s", copies[1].To)
	}
	third := o.letter("Thank you!")
	third.set("Message-ID: <t2@laptop.tomsplace.example>")
	if got := o.result(t, third); got != "handled" {
		t.Error(got)
	}
}

// Tokens that a writer quotes give no right to the reader; the addresses of private messages are for all.
func TestTokensInAPrivateMessage(t *testing.T) {
	o := parlour(t)
	secret := token.Random()
	oneClick := o.keys.Sign(token.Claims{Kind: token.OneClick, A: uint32(tom), B: 1}, "senco-forum")
	text := "To leave: https://forum.example.org/u/" + oneClick + "\r\nTo join: " + secret + "\r\nOnly to Priya: " + o.author(1, 0)
	m := o.letter(base64.StdEncoding.EncodeToString([]byte(text)))
	m.set("Content-Type: text/plain; charset=utf-8")
	m.set("Content-Transfer-Encoding: base64")
	m.set("Subject: " + secret)
	if got := o.result(t, m); got != "handled" {
		t.Fatal(got)
	}
	_, copies := o.outbox(t)
	got := message.Parse([]byte(hides(t, copies[0], oneClick, secret)))
	if body := got.Text(); strings.Contains(body, secret) || strings.Contains(body, oneClick) || !strings.Contains(body, o.author(1, 0)) || got.Subject() != "removed" {
		t.Errorf("subject %q\n%s", got.Subject(), body)
	}
}

// Whoever writes the number of a child in private is told first; the same words sent once more that day go on.
func TestANumberInAPrivateMessageWarnsItsWriterFirst(t *testing.T) {
	o := parlour(t)
	o.desk.cfg.Pupil = PupilData(o.desk.log, o.desk.cfg.Now)
	send := func(id, body string) int {
		t.Helper()
		m := o.letter(body)
		m.set("Message-ID: <" + id + "@laptop.tomsplace.example>")
		o.mustReceive(t, m)
		rows, _ := o.outbox(t)
		return len(rows)
	}
	if n := send("a", "The EHCP for Oliver Marsh is late."); n != 1 {
		t.Fatalf("a name alone: %d went on, want 1", n)
	}
	if n := send("b", "His UPN is B801200005001."); n != 1 {
		t.Errorf("a number: %d went on, want 1", n)
	}
	asked := o.lettersTo(t, "tom@tomsplace.example")
	if len(asked) != 1 || !strings.Contains(asked[0], "a Unique Pupil Number, line") || strings.Contains(asked[0], "B801200005001") {
		t.Fatalf("Tom reads: %q", asked)
	}
	if raw := o.states(t); strings.Contains(raw, "held") {
		t.Errorf("something of it is kept: %s", raw)
	}
	if n := send("c", "His UPN is  B801200005001."); n != 2 {
		t.Errorf("the same words again: %d went on, want 2", n)
	}
	if n := send("d", "Her UPN is B801200005001."); n != 2 || len(o.lettersTo(t, "tom@tomsplace.example")) != 2 {
		t.Errorf("other words: %d went on, want 2", n)
	}
	if all := o.lettersTo(t, "asha@school.example"); len(all) != 0 {
		t.Errorf("a moderator hears of it: %q", all)
	}
}
