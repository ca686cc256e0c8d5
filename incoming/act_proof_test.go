package incoming

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/moderate"
	"sencoforum/store"
)

// A proof is what a mail of a moderator's has in one respect: its sender, its address, where it comes from, what it says of itself.
type proof struct {
	name   string
	change func(m *mail)
}

// Hosts: one whose mail for school.example is verified and not signed, and one that may not send for it.
const (
	unsigned = "192.0.2.7"
	foreign  = "198.51.100.9"
)

func client(c string) func(m *mail) { return func(m *mail) { m.client = c } }

func sender(who string) func(m *mail) {
	return func(m *mail) { m.from = who; m.set("From: " + who) }
}

func field(f string) func(m *mail) { return func(m *mail) { m.set(f) } }

// weakOnly marks the one knock-out that approve all survives: it needs what a decision needs.
const weakOnly = "a mail that is verified and not signed"

// whoAsks are the first steps that must come to nothing, whoMayNot the second ones.
var (
	whoAsks = []proof{
		{"a member", sender("priya@school.example")}, {"a stranger", sender("eve@school.example")}, {"a host that may not send", client(foreign)},
		{weakOnly, client(unsigned)}, {"a machine", field("Auto-Submitted: auto-replied")}, {"something like a machine", field("X-Autoreply: yes")},
		{"no return address", func(m *mail) { m.from = "" }},
	}
	whoMayNot = append([]proof{
		{"another moderator", sender(sams)}, {"no token", func(m *mail) { m.to = robot }},
		{"a token that nobody got", func(m *mail) { m.to = "senco-forum-mod+snc1_00000000000000000000000000000000@lists.example.org" }},
		{"a yes with a doubt", func(m *mail) { m.body = "yes, if Sam agrees" }}, {"another word", func(m *mail) { m.body = "approve" }},
		{"a yes in the quote", func(m *mail) { m.body = "> yes" }}, {"nothing", func(m *mail) { m.body = "" }},
	}, whoAsks...)
)

// provedActs are the acts that moderators ask for by mail, with what has to be so before.
var provedActs = []struct {
	word   string
	before func(t *testing.T, o *office)
}{
	{"ban priya@school.example", nil},
	{"unban eve@spam.example", func(t *testing.T, o *office) {
		testdb.Update(t, o.db, func(tx *store.Tx) error { return list.AddBan(tx, 1, list.Ban{Pattern: "eve@spam.example"}) })
	}},
	{"moderate priya@school.example", nil},
	{"unmoderate priya@school.example", func(t *testing.T, o *office) {
		testdb.Update(t, o.db, func(tx *store.Tx) error {
			m, err := list.Member(tx, 1, 1)
			if err != nil {
				return err
			}
			m.Moderated = true
			return list.SaveMember(tx, m)
		})
	}},
	{"remove priya@school.example", nil},
	{"add jane@home.example Jane", nil},
	{"announce We move on Friday.", nil},
	{"hold list", nil},
	{"release list", emergency},
	{"hold #1", nil},
	{"close #1", nil},
	{"pin #1", nil},
	{"remove post #1", nil},
	{"erase #1", nil},
	{`redact #1 "words"`, nil},
	{"approve all", func(t *testing.T, o *office) { emergency(t, o); o.mustReceive(t, ordinary()) }},
}

func emergency(t *testing.T, o *office) {
	testdb.Update(t, o.db, func(tx *store.Tx) error {
		_, err := o.desk.cfg.Panel.Emergency(tx, moderate.By{Actor: "test", Now: noon}, 1, true)
		return err
	})
}

// facts are all that an act can change, in words.
func (o *office) facts(t *testing.T) string {
	t.Helper()
	var all []string
	say := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	testdb.View(t, o.db, func(tx *store.Tx) error {
		l, err := list.Get(tx, 1)
		say("emergency %t, %v", l.Emergency, err)
		for m, err := range list.Members(tx, 1, 0) {
			say("member %d %s moderated %t, %v", m.Person, m.Role, m.Moderated, err)
		}
		for b, err := range list.Bans(tx, 1) {
			say("ban %s, %v", b.Pattern, err)
		}
		for p, err := range archive.All(tx, 0) {
			say("post %d %s, %v", p.Number, p.State, err)
		}
		c, err := archive.Curated(tx, 1)
		say("closed %t, moderated %t, pinned %t, %v", c.Closed.Set(), c.Moderated.Set(), c.Pinned.Set(), err)
		for it, err := range hold.All(tx) {
			say("item %d decided %t, %v", it.Number, it.Decision != nil, err)
		}
		jobs := store.NewTable("moderate.jobs", store.Uint64Key[uint64](), store.JSON[moderate.Job]())
		for j, err := range jobs.All(tx) {
			say("job %s, %v", j.Value.Act.Kind, err)
		}
		return nil
	})
	return strings.Join(all, "\n")
}

// anew is a mail of Asha's with an identity of its own.
func anew(n *int, to, text string) *mail {
	*n++
	m := from(ashas, to, text)
	m.set(fmt.Sprintf("Message-ID: <knock%d@school.example>", *n))
	return m
}

// knock sends a mail that lacks one proof, and demands that nothing comes of it. It may be refused.
func (o *office) knock(t *testing.T, p proof, m *mail, facts string, steps int) {
	t.Helper()
	p.change(m)
	err := o.receive(t, m)
	if refused := new(list.Refusal); err != nil && !errors.As(err, &refused) {
		t.Errorf("%s: %v", p.name, err)
	}
	if got := o.facts(t); got != facts {
		t.Errorf("%s did it: was\n%s\nis\n%s", p.name, facts, got)
	}
	if got := o.steps(t); len(got) != steps {
		t.Errorf("%s was asked to confirm", p.name)
	}
}

var stepAddress = regexp.MustCompile(`senco-forum-mod\+snc1_[0-9a-z]{32}@lists\.example\.org`)

// steps are the addresses of all mails that ask to confirm, the latest last.
func (o *office) steps(t *testing.T) (all []string) {
	t.Helper()
	for _, l := range o.letters(t) {
		if strings.Contains(l, "Subject: Please confirm: ") {
			all = append(all, stepAddress.FindString(strings.ReplaceAll(l, "\r\n ", "")))
		}
	}
	return all
}

// TestEachProofOfAnActKnockedOut: without one of its proofs an act is neither asked about nor done, and the moderator in whose name
// it was tried hears of it. With all of them it is done once.
func TestEachProofOfAnActKnockedOut(t *testing.T) {
	for _, c := range provedActs {
		t.Run(c.word, func(t *testing.T) {
			o, n := bench(t), 0
			if c.before != nil {
				c.before(t, o)
			}
			survives := func(p proof) bool { return p.name == weakOnly && c.word == "approve all" }
			before := o.facts(t)
			for _, p := range whoAsks {
				if !survives(p) {
					o.knock(t, p, anew(&n, robot, c.word), before, 0)
				}
			}
			o.mustReceive(t, anew(&n, robot, c.word))
			all := o.steps(t)
			if len(all) != 1 || o.facts(t) != before {
				t.Fatalf("asked %d times; facts\n%s", len(all), o.facts(t))
			}
			for _, p := range whoMayNot {
				if !survives(p) {
					o.knock(t, p, anew(&n, all[0], "yes"), before, 1)
				}
			}
			o.desk.cfg.Now = func() time.Time { return noon.Add(15 * 24 * time.Hour) }
			o.knock(t, proof{"an old token", func(*mail) {}}, anew(&n, all[0], "yes"), before, 1)
			o.desk.cfg.Now = func() time.Time { return noon }
			o.alerted(t, "This reply came from sam@school.example.")
			if c.word != "approve all" {
				o.alerted(t, "a\r\nsignature of your mail system", "signature of your mail system (DKIM)")
			}
			o.mustReceive(t, anew(&n, all[0], "Yes\n\nSent from my iPhone"))
			done := o.facts(t)
			if done == before {
				t.Fatal("with every proof nothing was done")
			}
			o.mustReceive(t, anew(&n, all[0], "yes"))
			if again := o.facts(t); again != done {
				t.Errorf("done twice: was\n%s\nis\n%s", done, again)
			}
			o.states(t)
		})
	}
}

// alerted demands a letter to Asha that says one of some things.
func (o *office) alerted(t *testing.T, any ...string) {
	t.Helper()
	for _, l := range o.letters(t) {
		if strings.HasPrefix(l, "To <"+ashas+">") && slices.ContainsFunc(any, func(s string) bool { return strings.Contains(l, s) }) {
			return
		}
	}
	t.Errorf("Asha does not read %q", any)
}

// TestEachProofOfADecisionAboutAPersonKnockedOut is the same for what waits about people. A role needs a signed mail as well.
func TestEachProofOfADecisionAboutAPersonKnockedOut(t *testing.T) {
	for _, c := range []struct {
		item   hold.Item
		signed bool
	}{
		{hold.Item{Kind: hold.Application, List: 1, Name: "Jane Smith", Words: "new SENCO", Wish: hold.Wish{Mode: list.ModeEvery}}, false},
		{hold.Item{Kind: hold.Role, List: 1, Author: 1, Wish: hold.Wish{Role: list.RoleModerator}}, true},
	} {
		t.Run(string(c.item.Kind), func(t *testing.T) {
			o, n := bench(t), 0
			c.item.From = testdb.Address(t, map[bool]string{false: "jane@home.example", true: "priya@school.example"}[c.signed])
			testdb.Update(t, o.db, func(tx *store.Tx) error { _, err := o.desk.cfg.Panel.Apply(tx, noon, c.item); return err })
			_, answer := o.lastFor(t, ashas)
			before := o.facts(t)
			for _, p := range whoMayNot {
				if p.name == "another word" || p.name == weakOnly && !c.signed {
					continue
				}
				m := anew(&n, answer, "approve")
				o.knock(t, p, m, before, 0)
			}
			if c.signed {
				o.alerted(t, "signs (DKIM)")
			}
			o.alerted(t, "This reply came from sam@school.example.")
			m := anew(&n, answer, "Approve")
			if !c.signed {
				m.client = unsigned
			}
			o.mustReceive(t, m)
			if o.facts(t) == before {
				t.Error("with every proof nothing was decided")
			}
		})
	}
}
