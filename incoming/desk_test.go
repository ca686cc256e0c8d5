package incoming

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// office is a desk over a list with a member, Priya, and a moderator, Asha.
type office struct {
	db   *store.DB
	desk *Desk
	keys *token.Keyring
}

func open(t testing.TB) *office {
	t.Helper()
	o := &office{db: testdb.Open(t)}
	var err error
	if o.keys, err = token.Open(filepath.Join(t.TempDir(), "token.keys")); err != nil {
		t.Fatal(err)
	}
	testdb.Update(t, o.db, func(tx *store.Tx) error {
		l := list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum", Settings: list.DefaultSettings()}
		l.SubjectTag = "[SENCO]"
		if l, err = list.Create(tx, l); err != nil {
			return err
		}
		for i, role := range []list.Role{list.RoleMember, list.RoleModerator} {
			a := testdb.Address(t, []string{"priya@school.example", "asha@school.example"}[i])
			p, err := list.AddPerson(tx, list.Person{Address: a})
			if err != nil {
				return err
			}
			if err := list.Join(tx, list.Membership{List: l.ID, Person: p.ID, Role: role, Mode: list.ModeEvery}); err != nil {
				return err
			}
		}
		return nil
	})
	now := func() time.Time { return noon }
	people := moderate.NewForwarder(o.db, o.keys, testdb.Address(t, "operator@host.example"), now)
	o.desk = New(slog.New(slog.DiscardHandler), o.db, o.keys, people, Config{
		Hostname: "mail.example.org", Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		MaxMessage: 15 << 20, MaxQueue: 100, Now: now, Host: membership.Host{Keys: o.keys},
	})
	return o
}

// mail is a message on its way: trusted and from Priya to the list, unless a
// case changes it.
type mail struct {
	client, from, to string
	header           []string
	body             string
}

func ordinary() *mail {
	return &mail{
		client: "127.0.0.1", from: "priya@school.example", to: "senco-forum@lists.example.org",
		header: []string{"From: Priya N. <priya@school.example>", "To: senco-forum@lists.example.org", "Subject: Part-time timetables", "Message-ID: <1@school.example>"},
		body:   "How do you set an end date?",
	}
}

// set replaces a field, or adds it.
func (m *mail) set(field string) {
	name, _, _ := strings.Cut(field, ":")
	for i, h := range m.header {
		if strings.HasPrefix(h, name+":") {
			m.header[i] = field
			return
		}
	}
	m.header = append(m.header, field)
}

func (o *office) receive(t testing.TB, m *mail) error {
	t.Helper()
	env := &message.Envelope{Client: netip.MustParseAddr(m.client), Helo: "laptop", Received: noon}
	env.To = testdb.Address(t, m.to)
	if m.from != "" {
		env.From = testdb.Address(t, m.from)
	}
	ctx := context.Background()
	if err := o.desk.Mail(ctx, env); err != nil {
		return err
	}
	if err := o.desk.Rcpt(ctx, env, env.To); err != nil {
		return err
	}
	raw := strings.Join(m.header, "\r\n") + "\r\n\r\n" + m.body + "\r\n"
	return o.desk.Receive(ctx, env, []byte(raw))
}

// states are the states of all messages, in order.
func (o *office) states(t *testing.T) string {
	t.Helper()
	var out []string
	testdb.View(t, o.db, func(tx *store.Tx) error {
		r, err := intake.Audit(tx)
		if len(r.Faults) > 0 {
			t.Errorf("audit: %v", r.Faults)
		}
		for id := intake.ID(1); uint64(id) <= r.Accepted; id++ {
			s, err := intake.StatusOf(tx, id)
			if err != nil {
				return err
			}
			out = append(out, string(s.State))
		}
		return err
	})
	return strings.Join(out, " ")
}

// ceiling: flat table
func TestWhatBecomesOfAMessage(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*mail)
		want   string // the reply's code and case, or the state of the message
	}{
		{"a member's post waits for its sending delay", func(m *mail) {}, "waiting"},
		{"the case of our address does not matter", func(m *mail) { m.to = "SENCO-Forum@LISTS.example.org" }, "waiting"},
		{"an unknown address is refused", func(m *mail) { m.to = "nobody@lists.example.org" }, "550 address"},
		{"another domain is refused", func(m *mail) { m.to = "senco-forum@other.example" }, "550 address"},
		{"a member's post from anywhere waits for a yes", func(m *mail) { m.client = "192.0.2.1" }, "held"},
		{"a stranger's waits too, and hears the same", func(m *mail) { m.client = "192.0.2.1"; m.set("From: Eve <eve@evil.example>") }, "held"},
		{"a verified stranger's waits for another address", func(m *mail) { m.set("From: Eve <eve@evil.example>") }, "held"},
		{"only From identifies the author", func(m *mail) { m.from = "eve@evil.example" }, "waiting"},
		{"From as the list itself is refused", func(m *mail) { m.set("From: senco-forum@lists.example.org") }, "550 from"},
		{"From as the moderators' address is refused", func(m *mail) { m.set("From: SENCO-forum-owner@lists.example.org") }, "550 from"},
		{"no From is refused in plain words", func(m *mail) { m.header = m.header[1:] }, "550 no-from"},
		{"two addresses in From are refused", func(m *mail) { m.set("From: priya@school.example, eve@evil.example") }, "550 no-from"},
		{"a second From is refused", func(m *mail) { m.header = append(m.header, "From: eve@evil.example") }, "550 no-from"},
		{"a second Subject is refused", func(m *mail) { m.header = append(m.header, "Subject: other") }, "550 form"},
		{"our own loop mark is refused", func(m *mail) { m.set("X-Loop: senco-forum@lists.example.org") }, "554 loop"},
		{"our own List-Id is refused", func(m *mail) { m.set("List-Id: SENCO Forum <senco-forum.lists.example.org>") }, "554 loop"},
		{"our own List-Post is refused", func(m *mail) { m.set("List-Post: <mailto:senco-forum@lists.example.org>") }, "554 loop"},
		{"the mark of another list is none of ours, but a sign of a machine", func(m *mail) { m.set("List-Id: <other.lists.example.com>") }, "held"},
		{"a quoted mark is no loop", func(m *mail) { m.body = "> X-Loop: senco-forum@lists.example.org" }, "waiting"},
		{"31 hosts on the way are a loop", func(m *mail) {
			m.body = ""
			m.header = append(m.header, strings.Split(strings.Repeat("Received: from a by b\n", 31), "\n")[:31]...)
		}, "554 loop"},
		{"an out of office reply is thrown away", func(m *mail) { m.set("Auto-Submitted: auto-replied") }, "discarded"},
		{"a report with null sender is thrown away", func(m *mail) { m.from = "" }, "discarded"},
		{"over 100 addresses are refused", func(m *mail) { m.set("To: " + strings.Repeat("a@b.example, ", 100) + "senco-forum@lists.example.org") }, "550 many"},
		{"an empty subject is no trouble", func(m *mail) { m.set("Subject: ") }, "waiting"},
		{"mail to the owners is passed on", func(m *mail) { m.to = "senco-forum-owner@lists.example.org" }, "handled"},
		{"strangers reach the owners, unverified too", func(m *mail) {
			m.to, m.client = "senco-forum-owner@lists.example.org", "192.0.2.1"
			m.set("From: parent@home.example")
		}, "handled"},
		{"an unverified request to leave is taken, whoever From names", func(m *mail) { m.to, m.client = "senco-forum-leave@lists.example.org", "192.0.2.1" }, "handled"},
		{"a verified request to leave reaches people", func(m *mail) { m.to = "senco-forum-leave@lists.example.org" }, "handled"},
		{"an unverified request to join names the way", func(m *mail) { m.to, m.client = "senco-forum-join@lists.example.org", "192.0.2.1" }, "550 join"},
		{"a verified request to join is taken", func(m *mail) { m.to = "senco-forum-subscribe@lists.example.org" }, "handled"},
		{"postmaster is always there", func(m *mail) { m.to, m.client = "postmaster@lists.example.org", "192.0.2.1" }, "handled"},
		{"automatic mail to the owners is thrown away", func(m *mail) {
			m.to = "senco-forum-owner@lists.example.org"
			m.set("Auto-Submitted: auto-replied")
		}, "discarded"},
		{"a loop to the owners is refused", func(m *mail) {
			m.to = "senco-forum-owner@lists.example.org"
			m.set("X-Loop: senco-forum@lists.example.org")
		}, "554 loop"},
		{"an invented return address is refused", func(m *mail) { m.to = "senco-forum-bounces+snc1_00000000000000000000000000000000@lists.example.org" }, "550 reply"},
		{"a token nobody was given is refused", func(m *mail) { m.to = "senco-forum-mod+snc1_00000000000000000000000000000000@lists.example.org" }, "550 reply"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := open(t)
			m := ordinary()
			c.change(m)
			got := "?"
			err := o.receive(t, m)
			var r *list.Refusal
			switch {
			case errors.As(err, &r):
				got = fmt.Sprintf("%d %s", r.Code, r.Case)
				if s := o.states(t); s != "" {
					t.Errorf("refused, but kept as %s", s)
				}
			case err == nil:
				got = o.states(t)
			default:
				t.Fatal(err)
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestTheSameMessageTwiceIsOnePost(t *testing.T) {
	o := open(t)
	for range 3 {
		if err := o.receive(t, ordinary()); err != nil {
			t.Fatal(err)
		}
	}
	if got := o.states(t); got != "waiting duplicate duplicate" {
		t.Errorf("the messages are %s", got)
	}
	other := ordinary()
	other.body = "Another text under the same Message-ID."
	if err := o.receive(t, other); err != nil {
		t.Fatal(err)
	}
	if got := o.states(t); got != "waiting duplicate duplicate waiting" {
		t.Errorf("with another text: %s", got)
	}
}

func TestARefusedMessageMayBeSentAgain(t *testing.T) {
	o := open(t)
	m := ordinary()
	m.set("X-Loop: senco-forum@lists.example.org")
	if err := o.receive(t, m); err == nil {
		t.Fatal("accepted")
	}
	m.header = m.header[:len(m.header)-1]
	if err := o.receive(t, m); err != nil || o.states(t) != "waiting" {
		t.Errorf("%v, %s", err, o.states(t))
	}
}

func TestThePostIsStoredWithOurTrace(t *testing.T) {
	o := open(t)
	if err := o.receive(t, ordinary()); err != nil {
		t.Fatal(err)
	}
	testdb.View(t, o.db, func(tx *store.Tx) error {
		raw, err := intake.Raw(tx, 1)
		if !strings.HasPrefix(string(raw), "Received: from laptop ([127.0.0.1])\r\n\tby mail.example.org with ESMTP; Sun, 22 Nov 2026 12:00:00 +0000\r\nFrom: Priya") {
			t.Errorf("stored as %q", raw)
		}
		p, perr := archive.Get(tx, 1)
		if p.Subject != "Part-time timetables" || p.Author != 1 || !p.Until.Equal(noon.Add(5*time.Minute)) || p.State != archive.Waiting {
			t.Errorf("the post is %+v", p)
		}
		return errors.Join(err, perr)
	})
}

func TestEachModeratorGetsOneMail(t *testing.T) {
	o := open(t)
	m := ordinary()
	m.to = "senco-forum-owner@lists.example.org"
	if err := o.receive(t, m); err != nil {
		t.Fatal(err)
	}
	testdb.View(t, o.db, func(tx *store.Tx) error {
		n := 0
		for r, err := range queue.List(tx, queue.Filter{}) {
			if err != nil {
				return err
			}
			if n++; r.Kind != moderate.Kind || r.Member != 2 || r.Domain != "school.example" {
				t.Errorf("row %+v", r)
			}
		}
		if n != 1 {
			t.Errorf("%d rows", n)
		}
		return nil
	})
}

func TestAReturnedCopyIsKept(t *testing.T) {
	o := open(t)
	m := ordinary()
	tok := o.keys.Sign(token.Claims{Kind: token.Bounces, A: 1, B: 2, Day: token.DayOf(noon)}, "senco-forum")
	m.to, m.from, m.client = "senco-forum-bounces+"+tok+"@lists.example.org", "", "192.0.2.1"
	if err := o.receive(t, m); err != nil || o.states(t) != "handled" {
		t.Errorf("%v, %s", err, o.states(t))
	}
	wrongKind := o.keys.Sign(token.Claims{Kind: token.Feedback, A: 1, B: 2}, "senco-forum")
	m.to = "senco-forum-bounces+" + wrongKind + "@lists.example.org"
	if err := o.receive(t, m); err == nil {
		t.Error("a token of another kind was taken")
	}
}

func TestNoRoomIsTemporary(t *testing.T) {
	o := open(t)
	o.desk.cfg.MinFree = 1 << 62
	var r *list.Refusal
	if err := o.receive(t, ordinary()); !errors.As(err, &r) || r.Code != 452 || r.Enhanced != "4.3.1" {
		t.Errorf("error %v", err)
	}
}

// A full disk was made fuller by a line for each message that was put off.
func TestMailThatIsPutOffIsLoggedOnceAMinute(t *testing.T) {
	for _, full := range []bool{true, false} {
		o := open(t)
		out := new(bytes.Buffer)
		o.desk.log = slog.New(slog.NewTextHandler(out, nil))
		word := "too many copies wait: mail is put off"
		if full {
			o.desk.cfg.MinFree, word = 1<<62, "no room on disk: mail is put off"
		}
		o.desk.cfg.MaxQueue = 1
		testdb.Update(t, o.db, func(tx *store.Tx) error { return fill(tx, 2) })
		for range 500 {
			if err := o.desk.Mail(t.Context(), &message.Envelope{}); err == nil {
				t.Fatal("it was taken")
			}
		}
		if got := strings.Count(out.String(), word); got != 1 || strings.Count(out.String(), "\n") != 1 {
			t.Errorf("%q: got %d lines, want 1:\n%s", word, got, out)
		}
	}
}

func TestALongQueueIsTemporary(t *testing.T) {
	o := open(t)
	testdb.Update(t, o.db, func(tx *store.Tx) error { return fill(tx, 101) })
	var r *list.Refusal
	if err := o.receive(t, ordinary()); !errors.As(err, &r) || r.Code != 452 {
		t.Errorf("error %v", err)
	}
}

// fill puts n copies into the queue.
func fill(tx *store.Tx, n int) error {
	for range n {
		if err := queue.Put(tx, queue.Row{Kind: "post", Domain: "school.example", Payload: []byte("x"), Queued: noon}); err != nil {
			return err
		}
	}
	return nil
}

func TestAMailToTheListAndToItsOwnersIsBoth(t *testing.T) {
	for _, order := range [][]string{{"senco-forum-owner", "senco-forum", "postmaster"}, {"senco-forum", "senco-forum-owner", "postmaster"}} {
		o := open(t)
		for _, local := range order {
			m := ordinary()
			m.to = local + "@lists.example.org"
			if err := o.receive(t, m); err != nil {
				t.Fatal(err)
			}
		}
		got := strings.Fields(o.states(t))
		slices.Sort(got)
		if want := []string{"handled", "handled", "waiting"}; !slices.Equal(got, want) {
			t.Errorf("in the order %v: %v", order, got)
		}
	}
}

func TestTheSameMailByAnotherWayIsOnePost(t *testing.T) {
	o := open(t)
	for _, trace := range []string{"Received: from a by b; Mon, 16 Nov 2026 08:00:00 +0000", "Received: from c by d; Mon, 16 Nov 2026 08:01:00 +0000"} {
		m := ordinary()
		m.header = append([]string{trace}, m.header...)
		if err := o.receive(t, m); err != nil {
			t.Fatal(err)
		}
	}
	if got := o.states(t); got != "waiting duplicate" {
		t.Errorf("the messages are %s", got)
	}
}

func TestReportsReachThePostmaster(t *testing.T) {
	o := open(t)
	m := ordinary()
	m.to, m.from, m.client = "abuse@lists.example.org", "", "192.0.2.1"
	m.set("From: feedback@provider.example")
	m.set("Content-Type: multipart/report; report-type=feedback-report; boundary=x")
	if err := o.receive(t, m); err != nil || o.states(t) != "handled" {
		t.Errorf("%v, %s", err, o.states(t))
	}
	m.set("Message-ID: <2@provider.example>")
	m.set("Auto-Submitted: auto-replied")
	if err := o.receive(t, m); err != nil || o.states(t) != "handled discarded" {
		t.Errorf("an automatic answer: %v, %s", err, o.states(t))
	}
}

func TestAPartOfAnAddressIsNoName(t *testing.T) {
	o := open(t)
	m := ordinary()
	m.set("From: \"priya\" <priya@school.example>")
	if err := o.receive(t, m); err != nil {
		t.Fatal(err)
	}
	testdb.View(t, o.db, func(tx *store.Tx) error {
		p, err := archive.Get(tx, 1)
		if p.AuthorName != "" {
			t.Errorf("shown as %q", p.AuthorName)
		}
		return err
	})
}

func TestTheTraceNamesTheProtocol(t *testing.T) {
	o := open(t)
	for _, c := range []struct {
		lmtp, tls bool
		want      string
	}{{false, false, " with ESMTP;"}, {false, true, " with ESMTPS;"}, {true, false, " with LMTP;"}, {true, true, " with LMTPS;"}} {
		in := &arrival{env: &message.Envelope{LMTP: c.lmtp, TLS: c.tls}}
		if got := string(o.desk.traced(in)); !strings.Contains(got, c.want) {
			t.Errorf("%q does not say %q", got, c.want)
		}
	}
}
