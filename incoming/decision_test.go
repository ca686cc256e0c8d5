package incoming

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

var modAddress = regexp.MustCompile(`senco-forum-mod\+snc1_[0-9a-z]{32}@lists\.example\.org`)

// letterTo is the last letter to somebody with a word in it, unfolded.
func (o *office) letterTo(t testing.TB, to, word string) string {
	t.Helper()
	found := ""
	for _, l := range o.letters(t) {
		l = strings.ReplaceAll(l, "\r\n ", " ")
		if strings.HasPrefix(l, "To <"+to+">") && strings.Contains(l, word) {
			found = l
		}
	}
	return found
}

// waits is an office where a post of Priya's is with Asha, who moderates; the second is the address for her answer.
func waits(t testing.TB) (*office, string) {
	t.Helper()
	o := open(t)
	now := noon.Add(-3 * time.Hour) // a Sunday is fine: hours of moderation are daily
	o.desk.cfg.Now = func() time.Time { return now }
	m := ordinary()
	m.set("Cc: " + strings.Repeat("a@b.example, ", 10) + "c@d.example")
	if err := o.desk.Receive(t.Context(), o.envelope(t, m), m.raw()); err != nil {
		t.Fatal(err)
	}
	to := modAddress.FindString(o.letterTo(t, "asha@school.example", "Many addresses"))
	if to == "" {
		t.Fatalf("Asha was not told:\n%v", o.letters(t))
	}
	return o, to
}

func (m *mail) raw() []byte {
	return []byte(strings.Join(m.header, "\r\n") + "\r\n\r\n" + m.body + "\r\n")
}

func (o *office) envelope(t testing.TB, m *mail) *message.Envelope {
	t.Helper()
	env := &message.Envelope{Client: netip.MustParseAddr(m.client), Helo: "laptop", Received: noon, To: testdb.Address(t, m.to)}
	if m.from != "" {
		env.From = testdb.Address(t, m.from)
	}
	return env
}

var doubtfulClient = netip.MustParseAddr("192.0.2.1")

// destination is what an address means.
func destination(t testing.TB, o *office, to string) (dest list.Destination) {
	t.Helper()
	testdb.View(t, o.db, func(tx *store.Tx) (err error) { dest, err = list.Resolve(tx, testdb.Address(t, to)); return err })
	return dest
}

// fromAsha is her answer.
func fromAsha(to, text string) *mail {
	m := ordinary()
	m.from, m.to, m.body = "asha@school.example", to, text
	m.header = []string{"From: Asha <asha@school.example>", "To: " + to, "Subject: Re: Many addresses", "Message-ID: <answer@school.example>"}
	return m
}

// decided is what is decided about the only item.
func (o *office) decided(t testing.TB) (s string) {
	t.Helper()
	testdb.View(t, o.db, func(tx *store.Tx) error {
		it, err := hold.Get(tx, 1)
		if s = "waits"; it.Decision != nil {
			s = string(it.Decision.Verdict)
		}
		return err
	})
	return s
}

// Each proof that a reply is a moderator's, knocked out alone: nothing is done, and the log has a warning.
//
// ceiling: flat table
func TestEachProofIsNeeded(t *testing.T) {
	for name, c := range map[string]struct {
		change func(t *testing.T, o *office, m *mail)
		want   string // what is decided
		state  string // of the reply, or its refusal
		told   string // what Asha reads at her own address; empty: nothing
	}{
		"nothing is missing": {func(*testing.T, *office, *mail) {}, "approved", "handled", ""},
		"the token is another's": {func(t *testing.T, o *office, m *mail) {
			testdb.Update(t, o.db, func(tx *store.Tx) error {
				tok, err := hold.AllowModerator(tx, 1, noon.Add(time.Hour), 1) // Priya, who does not moderate
				m.to = "senco-forum-mod+" + tok + "@lists.example.org"
				return err
			})
		}, "waits", "handled", ""},
		"the token is of an author": {func(t *testing.T, o *office, m *mail) {
			testdb.Update(t, o.db, func(tx *store.Tx) error {
				tok, err := hold.Allow(tx, hold.Item{Number: 1}, 2, noon.Add(time.Hour))
				m.to = "senco-forum-mod+" + tok + "@lists.example.org"
				return err
			})
		}, "waits", "550 reply", ""},
		"the token is too old": {func(_ *testing.T, o *office, _ *mail) {
			o.desk.cfg.Now = func() time.Time { return noon.Add(15 * 24 * time.Hour) }
		}, "waits", "handled", "more than 14 days old"},
		"the token was never given out": {func(_ *testing.T, _ *office, m *mail) {
			m.to = "senco-forum-mod+snc1_00000000000000000000000000000000@lists.example.org"
		}, "waits", "550 reply", ""},
		"From is another address":                  {func(_ *testing.T, _ *office, m *mail) { m.set("From: asha@home.example") }, "waits", "handled", "came from asha@home.example"},
		"From is another moderator's display name": {func(_ *testing.T, _ *office, m *mail) { m.set("From: \"asha@school.example\" <eve@evil.example>") }, "waits", "handled", "came from eve@evil.example"},
		"the sender is not verified":               {func(_ *testing.T, _ *office, m *mail) { m.client = "192.0.2.1" }, "waits", "handled", "did not prove that this was you"},
		"a machine wrote it":                       {func(_ *testing.T, _ *office, m *mail) { m.set("Auto-Submitted: auto-replied") }, "waits", "discarded", ""},
		"the envelope has no sender":               {func(_ *testing.T, _ *office, m *mail) { m.from = "" }, "waits", "discarded", ""},
		"a machine may have written it":            {func(_ *testing.T, _ *office, m *mail) { m.set("X-Auto-Response-Suppress: All") }, "waits", "handled", "did not prove that this was you"},
		"she moderates no more": {func(t *testing.T, o *office, _ *mail) {
			testdb.Update(t, o.db, func(tx *store.Tx) error {
				m, err := list.Member(tx, 1, 2)
				m.Role = list.RoleMember
				return errors.Join(err, list.SaveMember(tx, m))
			})
		}, "waits", "handled", ""},
		"it says nothing": {func(_ *testing.T, _ *office, m *mail) { m.body = "Thank you, robot." }, "waits", "handled", "I was not sure what you want"},
	} {
		t.Run(name, func(t *testing.T) {
			o, to := waits(t)
			log := new(bytes.Buffer)
			o.desk.log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelWarn}))
			m := fromAsha(to, "approve")
			c.change(t, o, m)
			before := len(o.letters(t))
			got := ""
			err := o.receive(t, m)
			var r *list.Refusal
			switch {
			case errors.As(err, &r):
				got = fmt.Sprintf("%d %s", r.Code, r.Case)
			case err != nil:
				t.Fatal(err)
			default:
				states := strings.Fields(o.states(t))
				got = states[len(states)-1]
			}
			if d := o.decided(t); d != c.want || got != c.state {
				t.Errorf("it is %s and the reply %s, want %s and %s", d, got, c.want, c.state)
			}
			told := o.letterTo(t, "asha@school.example", "Nothing was done")
			if n := len(o.letters(t)) - before; (n > 0) != (c.told != "" || c.want == "approved") {
				t.Errorf("%d letters", n)
			}
			if c.told != "" && !strings.Contains(strings.Join(strings.Fields(told), " "), c.told) {
				t.Errorf("Asha reads\n%s", told)
			}
			warned := strings.Contains(log.String(), "a moderator's reply was not taken")
			if want := c.want == "waits" && !strings.HasPrefix(c.state, "550") && name != "it says nothing" && name != "the token is too old"; warned != want {
				t.Errorf("warned: %v, want %v\n%s", warned, want, log)
			}
			if strings.Contains(log.String(), "snc1_") || strings.Contains(log.String(), "@school") {
				t.Errorf("the log shows a token or an address:\n%s", log)
			}
		})
	}
}

func TestAnAlignedSignatureIsAskedFor(t *testing.T) {
	o, to := waits(t)
	testdb.Update(t, o.db, func(tx *store.Tx) error {
		l, err := list.Get(tx, 1)
		l.Proof = list.ProofDKIM
		return errors.Join(err, list.Save(tx, l))
	})
	in := o.desk.arrived(t.Context(), o.envelope(t, fromAsha(to, "approve")), destination(t, o, to), fromAsha(to, "approve").raw())
	in.env.Client, in.auth = doubtfulClient, list.Verified // by SPF alone
	r := decision{in: in}
	if why, err := o.desk.proved(&r); why != doubtDKIM || err != nil {
		t.Errorf("%q, %v", why, err)
	}
}

// A relay that did not hear our 250 brings the same reply again: it is done once and answered once.
func TestAReplyIsDoneOnce(t *testing.T) {
	o, to := waits(t)
	for range 3 {
		o.mustReceive(t, fromAsha(to, "approve"))
	}
	if got := o.states(t); got != "waiting handled duplicate duplicate" {
		t.Error(got)
	}
	n := 0
	for _, l := range o.letters(t) {
		if strings.Contains(l, "You approved this") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("answered %d times", n)
	}
	testdb.View(t, o.db, func(tx *store.Tx) error {
		p, err := archive.Get(tx, 1)
		if p.State != archive.Waiting || p.Author != 1 || !p.Until.Equal(o.desk.cfg.Now().Add(5*time.Minute)) {
			t.Errorf("the post is %+v", p)
		}
		if kept, herr := intake.HasRaw(tx, 2); kept || herr != nil {
			t.Errorf("the text of the reply is kept, %v", herr)
		}
		return err
	})
}

// Whatever happens, it is held or a post, and known by one key: a message that comes again does neither twice.
func TestAHeldMessageIsNoSecondOne(t *testing.T) {
	o, to := waits(t)
	again := func() {
		m := ordinary()
		m.set("Cc: " + strings.Repeat("a@b.example, ", 10) + "c@d.example")
		o.mustReceive(t, m)
	}
	again()
	o.mustReceive(t, fromAsha(to, "approve"))
	again()
	o.mustReceive(t, func() *mail { m := fromAsha(to, "undo"); m.set("Message-ID: <2@school.example>"); return m }())
	again()
	if got := o.states(t); got != "held duplicate handled duplicate handled duplicate" {
		t.Error(got)
	}
}

func TestAnAcknowledgementStopsAPost(t *testing.T) {
	o := open(t)
	testdb.Update(t, o.db, func(tx *store.Tx) error {
		l, err := list.Get(tx, 1)
		l.Ack = true
		return errors.Join(err, list.Save(tx, l))
	})
	o.mustReceive(t, ordinary())
	ack := o.letterTo(t, "priya@school.example", "reply cancel to stop it")
	if !strings.Contains(ack, "Your message goes to 2 members at 12:05.") {
		t.Fatalf("Priya reads\n%s", ack)
	}
	o.mustReceive(t, reply(replyTo.FindString(ack), "cancel"))
	if got := o.states(t); got != "withdrawn handled" {
		t.Errorf("after cancel: %s", got)
	}
	if o.letterTo(t, "priya@school.example", "Nobody gets it") == "" {
		t.Error("she is not told")
	}
	o.mustReceive(t, ordinary()) // her message may come again
	if got := o.states(t); got != "withdrawn handled waiting" {
		t.Errorf("sent again: %s", got)
	}
	testdb.Update(t, o.db, func(tx *store.Tx) error { _, err := archive.Publish(tx, 2, noon.Add(5*time.Minute), 2); return err })
	m := reply(replyTo.FindString(o.letterTo(t, "priya@school.example", "reply cancel to stop it")), "cancel")
	m.set("Message-ID: <late@school.example>")
	o.mustReceive(t, m)
	if late := o.letterTo(t, "priya@school.example", "Too late"); !strings.Contains(late, "went out at 12:05") {
		t.Errorf("she reads\n%s", late)
	}
}
