package incoming

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
	"sencoforum/token"
)

const (
	home   = "priya@home.example"   // where Priya writes from, and which nobody knows
	school = "priya@school.example" // where she is a member
)

// fromHome is a post that was shown to come from an address that no member has.
func fromHome() *mail {
	m := ordinary()
	m.from = home
	m.set("From: Priya <" + home + ">")
	return m
}

// naming is the reply that names an address, and id tells replies apart.
func naming(to, text, id string) *mail {
	m := fromHome()
	m.to, m.body = to, text
	m.set("To: " + to)
	m.set("Subject: Re: Your message was not sent")
	m.set("Message-ID: <" + id + "@home.example>")
	return m
}

// lettersTo returns the letters to one address.
func (o *office) lettersTo(t testing.TB, address string) (all []string) {
	for _, l := range o.letters(t) {
		if strings.HasPrefix(l, "To <"+address+">") {
			all = append(all, l)
		}
	}
	return all
}

// answerTo returns the address for the answer to the last letter to somebody.
func (o *office) answerTo(t testing.TB, address string) string {
	t.Helper()
	all := o.lettersTo(t, address)
	slices.Reverse(all)
	for _, l := range all {
		if a := replyTo.FindString(l); a != "" {
			return a
		}
	}
	t.Fatalf("no letter to %s has an address for the answer", address)
	return ""
}

// asked is an office that a stranger has written to, and the address for their reply.
func asked(t *testing.T) (*office, string) {
	o := open(t)
	o.mustReceive(t, fromHome())
	return o, o.answerTo(t, home)
}

// mustReceive receives a mail, and lets the keeper do what follows.
func (o *office) mustReceive(t *testing.T, m *mail) {
	t.Helper()
	if err := o.receive(t, m); err != nil {
		t.Fatal(err)
	}
	o.keep(t)
}

func (o *office) keep(t *testing.T) {
	t.Helper()
	if err := NewKeeper(o.desk).Step(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// yesTo is a member's yes, from wherever.
func yesTo(to string) *mail {
	m := reply(to, "Yes\r\n\r\n> Did you write to the forum from another address?")
	m.set("Subject: Re: Did you write to the forum from another address?")
	return m
}

func TestAStrangerWhoIsAMember(t *testing.T) {
	o, to := asked(t)
	first := o.letters(t)
	for _, want := range []string{"To <" + home + ">", `Subject: Your message was not sent: "Part-time timetables"`, "Auto-Submitted: auto-generated",
		"From: SENCO Forum <senco-forum-request@lists.example.org>", "We do not know this address", "reply with that address", "kept for\r\n7 days", "senco-forum-join@lists.example.org"} {
		if len(first) != 1 || !strings.Contains(first[0], want) {
			t.Fatalf("the question is without %q:\n%s", want, strings.Join(first, "\n\n"))
		}
	}
	o.mustReceive(t, naming(to, "I am "+school+"\r\n\r\nPriya\r\n\r\n> We do not know this address", "name"))
	confirm := o.lettersTo(t, school)
	for _, want := range []string{"They wrote from:\r\n\r\n  " + home, "  Part-time timetables", "reply yes", "deleted in 7 days"} {
		if len(confirm) != 1 || !strings.Contains(confirm[0], want) {
			t.Fatalf("the question to the member is without %q:\n%s", want, strings.Join(confirm, "\n\n"))
		}
	}
	if strings.Contains(confirm[0], "end date") {
		t.Errorf("it shows the text of the message:\n%s", confirm[0])
	}
	o.mustReceive(t, yesTo(o.answerTo(t, school)))
	if got := o.states(t); got != "waiting handled handled" {
		t.Errorf("the messages are %s", got)
	}
	testdb.View(t, o.db, func(tx *store.Tx) error {
		post, err := archive.Get(tx, 1)
		p, perr := list.FindPerson(tx, testdb.Address(t, home))
		n, cerr := hold.Count(tx, 1)
		if post.Author != 1 || post.Intake != 1 || p.ID != 1 || p.Address.String() != school || len(p.Linked) != 1 || n != 0 {
			t.Errorf("post %+v, person %+v, %d wait", post, p, n)
		}
		return errors.Join(err, perr, cerr)
	})
	if told := o.lettersTo(t, school); len(told) != 2 || !strings.Contains(told[1], "You can now write from another address") || !strings.Contains(told[1], home) {
		t.Errorf("the member is told:\n%s", strings.Join(told, "\n\n"))
	}
	// From now on it is one of her addresses, and the tokens are spent.
	m := fromHome()
	m.body = "Another question."
	o.mustReceive(t, m)
	if got := o.states(t); got != "waiting handled handled waiting" {
		t.Errorf("her next message: %s", got)
	}
	for _, spent := range []*mail{naming(to, "tom@x.example", "late"), yesTo(replyTo.FindString(confirm[0]))} {
		var r *list.Refusal
		if err := o.receive(t, spent); !errors.As(err, &r) || r.Case != string(list.CaseToken) {
			t.Errorf("a spent token: %v", err)
		}
	}
}

// Whatever waits from the new address was shown to come from it, and nobody was asked about the second message of a day.
func TestOneYesSendsAllThatWaitsFromThere(t *testing.T) {
	o, to := asked(t)
	second, doubt := fromHome(), fromHome()
	second.body = "And another thing."
	doubt.body, doubt.client = "Not from there?", "192.0.2.1"
	o.mustReceive(t, second)
	o.mustReceive(t, doubt)
	o.mustReceive(t, naming(to, school, "name"))
	if got := len(o.letters(t)); got != 3 {
		t.Errorf("%d letters, want the question, the answer and the question to the member", got)
	}
	o.mustReceive(t, yesTo(o.answerTo(t, school)))
	if got := o.states(t); got != "waiting waiting held handled handled" {
		t.Errorf("the messages are %s", got)
	}
}

// anonymous takes out of a letter what differs between any two: tokens.
func anonymous(letters []string) string {
	return token.Redact(strings.Join(letters, "\n\n"), "TOKEN")
}

// What a stranger hears of an address says nothing about whether it is a member's: the same reply, and the same bytes.
func TestANamedAddressIsNoOracle(t *testing.T) {
	type heard struct {
		Err     string
		Letters string
		States  string
	}
	for name, c := range map[string]struct {
		member, stranger string
		other            int // letters to others
	}{
		"one address":           {school, "priyb@school.example", 1},
		"in capitals":           {"PRIYA@SCHOOL.EXAMPLE", "PRIYB@SCHOOL.EXAMPLE", 1},
		"a moderator's":         {"asha@school.example", "ashb@school.example", 1},
		"between strangers":     {"x@y.example " + school + " z@y.example", "x@y.example priyb@school.example z@y.example", 1},
		"of another list alone": {"tom@school.example", "tob@school.example", 0},
		"who may not post":      {"ban@school.example", "bam@school.example", 0},
	} {
		t.Run(name, func(t *testing.T) {
			var got [2]heard
			for i, named := range []string{c.member, c.stranger} {
				o := open(t)
				moreMembers(t, o)
				o.mustReceive(t, fromHome())
				err := o.receive(t, naming(o.answerTo(t, home), named, "name"))
				text := strings.NewReplacer(c.member, "NAMED", c.stranger, "NAMED").Replace(anonymous(o.lettersTo(t, home)))
				if c.other > 0 { // how it was read
					for j, a := range strings.Fields(c.member) {
						b := strings.Fields(c.stranger)[j]
						text = strings.NewReplacer("  "+testdb.Address(t, a).String()+"\r", "  NAMED\r", "  "+testdb.Address(t, b).String()+"\r", "  NAMED\r").Replace(text)
						text = regexp.MustCompile("([>\n])(?:"+testdb.Address(t, a).String()+"|"+testdb.Address(t, b).String()+")<").ReplaceAllString(text, "${1}NAMED<")
					}
				}
				got[i] = heard{fmt.Sprint(err), text, o.states(t)}
				if n := len(o.letters(t)); n != 2 {
					t.Errorf("%s: %d letters when the session is over, want question and answer", named, n)
				}
				o.keep(t)
				if after := anonymous(o.lettersTo(t, home)); len(o.lettersTo(t, home)) != 2 {
					t.Errorf("%s: the stranger hears more:\n%s", named, after)
				}
				if n, want := len(o.letters(t))-2, c.other*(1-i); n != want {
					t.Errorf("%s: %d letters to others, want %d", named, n, want)
				}
			}
			if diff := cmp.Diff(got[0], got[1]); diff != "" {
				t.Errorf("-member +stranger:\n%s", diff)
			}
			if !strings.Contains(got[0].Letters, "NAMED") || got[0].States != "held handled" {
				t.Errorf("heard: %+v", got[0])
			}
		})
	}
}

// moreMembers adds Tom, who is on another list alone, and a member who may not post.
func moreMembers(t *testing.T, o *office) {
	testdb.Update(t, o.db, func(tx *store.Tx) error {
		heads, err := list.Create(tx, list.List{Name: "heads", Domain: "lists.example.org", Title: "Heads", Settings: list.DefaultSettings()})
		for i, l := range []list.ID{heads.ID, 1} {
			var p list.Person
			if err == nil {
				p, err = list.AddPerson(tx, list.Person{Address: testdb.Address(t, []string{"tom@school.example", "ban@school.example"}[i])})
			}
			if err == nil {
				err = list.Join(tx, list.Membership{List: l, Person: p.ID, Role: list.RoleMember, Mode: list.ModeEvery, NoPosting: i == 1})
			}
		}
		return err
	})
}

func TestThreeAddressesMayBeNamed(t *testing.T) {
	o, to := asked(t)
	o.mustReceive(t, naming(to, "a@x.example", "1"))
	o.mustReceive(t, naming(to, "a@x.example", "1")) // a relay that did not hear our 250
	o.mustReceive(t, naming(to, "b@x.example c@x.example "+school, "2"))
	if got := o.states(t); got != "held handled duplicate handled" {
		t.Errorf("the messages are %s", got)
	}
	letters := o.lettersTo(t, home)
	if len(letters) != 3 || !strings.Contains(letters[1], "You can name 2 more addresses") || strings.Contains(letters[2], "You can name") || strings.Contains(letters[2], school) {
		t.Errorf("answers:\n%s", strings.Join(letters, "\n\n"))
	}
	o.mustReceive(t, naming(to, school, "3")) // the fourth: for people to read
	if n := len(o.lettersTo(t, school)); n != 0 || len(o.lettersTo(t, home)) != 3 {
		t.Errorf("a fourth address was asked (%d) or answered", n)
	}
	if got := o.states(t); got != "held handled duplicate handled handled" {
		t.Errorf("the messages are %s", got)
	}
}

func TestWhatIsNoNameGoesToPeople(t *testing.T) {
	for name, text := range map[string]string{
		"no address": "I am Priya from Oakfield", "yes": "yes", "a quoted address": "> " + school, "nothing": "",
		"their own": home, "one of ours": "senco-forum@lists.example.org senco-forum-request@lists.example.org",
	} {
		o, to := asked(t)
		o.mustReceive(t, naming(to, text, "name"))
		if got := len(o.letters(t)); got != 1 || o.states(t) != "held handled" {
			t.Errorf("%s: %d letters, %s", name, got, o.states(t))
		}
	}
	o, to := asked(t)
	m := naming(to, school, "name")
	m.set("Auto-Submitted: auto-replied")
	o.mustReceive(t, m)
	if got := len(o.letters(t)); got != 1 || o.states(t) != "held discarded" {
		t.Errorf("a machine's: %d letters, %s", got, o.states(t))
	}
}

// Whoever names a member again and again, from many addresses, cannot fill their mailbox.
func TestNobodyIsMailedTwiceADay(t *testing.T) {
	o := open(t)
	testdb.Update(t, o.db, func(tx *store.Tx) error {
		p, err := list.GetPerson(tx, 1)
		p.Linked = append(p.Linked, testdb.Address(t, "priya@old.example"))
		return errors.Join(err, list.SavePerson(tx, p))
	})
	for i := range 5 {
		from := fmt.Sprintf("eve%d@evil.example", i)
		for range 2 { // the second message of a day is not asked about
			m := fromHome()
			m.from, m.body = from, fmt.Sprint("again ", i, len(o.letters(t)))
			m.set("From: " + from)
			o.mustReceive(t, m)
		}
		o.mustReceive(t, naming(o.answerTo(t, from), school+" PRIYA@school.example priya@old.example", fmt.Sprint(i)))
		if n := len(o.lettersTo(t, from)); n != 2 {
			t.Errorf("%d letters to %s, want a question and an answer", n, from)
		}
	}
	if n, m := len(o.lettersTo(t, school)), len(o.lettersTo(t, "priya@old.example")); n+m != 1 {
		t.Errorf("%d letters to the member, want 1", n+m)
	}
	tomorrow := noon.Add(24 * time.Hour)
	o.desk.cfg.Now = func() time.Time { return tomorrow }
	m := fromHome()
	m.from, m.body = "eve9@evil.example", "next day"
	m.set("From: eve9@evil.example")
	o.mustReceive(t, m)
	o.mustReceive(t, naming(o.answerTo(t, "eve9@evil.example"), "Priya@Old.example", "9"))
	if n := len(o.lettersTo(t, "priya@old.example")); n != 1 { // as it is stored, and the next day
		t.Errorf("%d letters to the linked address, want 1", n)
	}
}

func TestWhichStrangersAreAsked(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*mail)
		policy list.NonMember
		want   string // states, or the refusal
		asked  int
	}{
		"a person is":           {func(*mail) {}, list.NonMemberAsk, "held", 1},
		"at a list of old, too": {func(*mail) {}, "", "held", 1},
		"where moderators decide, they and the writer hear of it": {func(*mail) {}, list.NonMemberHold, "held", 2},
		"not where they are refused":                              {func(*mail) {}, list.NonMemberRefuse, "550 stranger", 0},
		"not who is not verified":                                 {func(m *mail) { m.client = "192.0.2.1" }, list.NonMemberAsk, "held", 0},
		"not a program":                                           {func(m *mail) { m.set("From: no-reply@shop.example") }, list.NonMemberAsk, "held", 0},
		"not a program's envelope":                                {func(m *mail) { m.from = "noreply@shop.example" }, list.NonMemberAsk, "held", 0},
		"not our own envelope":                                    {func(m *mail) { m.from = "senco-forum-owner@lists.example.org" }, list.NonMemberAsk, "held", 0},
		"not another list":                                        {func(m *mail) { m.set("List-Id: <x.y.example>") }, list.NonMemberAsk, "held", 0},
		"not bulk mail":                                           {func(m *mail) { m.set("Precedence: bulk") }, list.NonMemberAsk, "held", 0},
		"not who asks for no answers":                             {func(m *mail) { m.set("X-Auto-Response-Suppress: All") }, list.NonMemberAsk, "held", 0},
		"not an out-of-office subject":                            {func(m *mail) { m.set("Subject: Automatic reply: Timetables") }, list.NonMemberAsk, "held", 0},
		"an automatic mail is thrown away":                        {func(m *mail) { m.set("Auto-Submitted: auto-replied") }, list.NonMemberAsk, "discarded", 0},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			testdb.Update(t, o.db, func(tx *store.Tx) error {
				l, err := list.Get(tx, 1)
				l.NonMember = c.policy
				return errors.Join(err, list.Save(tx, l))
			})
			m := fromHome()
			c.change(m)
			err := o.receive(t, m)
			got := o.states(t)
			var r *list.Refusal
			if errors.As(err, &r) {
				got += fmt.Sprintf("%d %s", r.Code, r.Case)
			} else if err != nil {
				t.Fatal(err)
			}
			if n := len(o.letters(t)); got != c.want || n != c.asked {
				t.Errorf("got %q with %d letters, want %q with %d", got, n, c.want, c.asked)
			}
		})
	}
}

func TestASameMessageOfAStrangerAsksOnce(t *testing.T) {
	o, _ := asked(t)
	o.mustReceive(t, fromHome())
	if got := o.states(t); got != "held duplicate" || len(o.letters(t)) != 1 {
		t.Errorf("%s, %d letters", got, len(o.letters(t)))
	}
}

func TestWhatHappensBetweenNamingAndYes(t *testing.T) {
	for name, c := range map[string]struct {
		meanwhile func(*testing.T, *office)
		want      string
		linked    bool
	}{
		"nothing": {func(*testing.T, *office) {}, "waiting handled handled", true},
		"the member leaves: people read the answer": {func(t *testing.T, o *office) {
			testdb.Update(t, o.db, func(tx *store.Tx) error { return list.Leave(tx, 1, 1) })
		}, "held handled handled", false},
		"the member may not post any more": {func(t *testing.T, o *office) {
			testdb.Update(t, o.db, func(tx *store.Tx) error {
				m, err := list.Member(tx, 1, 1)
				m.NoPosting = true
				return errors.Join(err, list.SaveMember(tx, m))
			})
		}, "discarded handled handled", true},
		"the address becomes somebody else's: it stays theirs, and the message goes": {func(t *testing.T, o *office) {
			testdb.Update(t, o.db, func(tx *store.Tx) error {
				_, err := list.AddPerson(tx, list.Person{Address: testdb.Address(t, home)})
				return err
			})
		}, "waiting handled handled", false},
		"the list closes": {func(t *testing.T, o *office) {
			testdb.Update(t, o.db, func(tx *store.Tx) error {
				l, err := list.Get(tx, 1)
				l.Closed = true
				return errors.Join(err, list.Save(tx, l))
			})
		}, "discarded handled handled", true},
	} {
		t.Run(name, func(t *testing.T) {
			o, to := asked(t)
			o.mustReceive(t, naming(to, school, "name"))
			yes := yesTo(o.answerTo(t, school))
			c.meanwhile(t, o)
			o.mustReceive(t, yes)
			var linked bool
			testdb.View(t, o.db, func(tx *store.Tx) error {
				p, err := list.GetPerson(tx, 1)
				linked = len(p.Linked) == 1
				if post, perr := archive.Get(tx, 1); perr == nil && post.Author != 1 {
					t.Errorf("the post is of person %d", post.Author)
				}
				return err
			})
			if got := o.states(t); got != c.want || linked != c.linked {
				t.Errorf("got %q, linked %v; want %q, %v", got, linked, c.want, c.linked)
			}
		})
	}
}
