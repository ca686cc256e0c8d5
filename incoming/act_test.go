package incoming

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/internal/dnszone"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/mailauth"
	"sencoforum/moderate"
	"sencoforum/store"
)

// bench is a desk over a list with a post of Priya's that is out, and a second moderator, Sam, who is person 3.
func bench(t *testing.T) *office {
	t.Helper()
	o := open(t)
	zone, err := dnszone.Parse("school.example. 60 IN TXT \"v=spf1 ip4:192.0.2.7 -all\"\n")
	if err != nil {
		t.Fatal(err)
	}
	o.desk.cfg.Verifier = mailauth.New(names{zone}, mailauth.Config{})
	testdb.Update(t, o.db, func(tx *store.Tx) error {
		p, err := list.AddPerson(tx, list.Person{Name: "Sam Green", Address: testdb.Address(t, "sam@school.example")})
		if err != nil {
			return err
		}
		if err := list.Join(tx, list.Membership{List: 1, Person: p.ID, Role: list.RoleModerator, Mode: list.ModeEvery}); err != nil {
			return err
		}
		return publish(tx, 1, 1)
	})
	return o
}

// from is a mail of somebody's, in answer to a post; by default it is signed for all that we know.
func from(who, to, text string) *mail {
	m := ordinary()
	m.from, m.to, m.body = who, to, strings.ReplaceAll(text, "\n", "\r\n")
	m.set("From: " + who)
	m.set("To: " + to)
	m.set("Subject: Re: EHCP paperwork")
	m.set(fmt.Sprintf("Message-ID: <%x.%s>", text, who))
	m.set("In-Reply-To: <post@posts.example>")
	return m
}

const (
	forum = "senco-forum@lists.example.org"
	robot = "senco-forum-request@lists.example.org"
	ashas = "asha@school.example"
	sams  = "sam@school.example"
)

func (o *office) postState(t *testing.T) (s archive.Visibility, posts int) {
	t.Helper()
	testdb.View(t, o.db, func(tx *store.Tx) error {
		for p, err := range archive.All(tx, 0) {
			if err != nil {
				return err
			}
			if posts++; posts == 1 {
				s = p.State
			}
		}
		return nil
	})
	return s, posts
}

var answerTo = regexp.MustCompile(`<(senco-forum-(?:mod|owner)\+snc1_[0-9a-z]{32}@lists\.example\.org)>`)

// lastFor is the last letter to somebody, with the address of its answer.
func (o *office) lastFor(t *testing.T, who string) (letter, reply string) {
	t.Helper()
	for _, l := range o.letters(t) {
		if strings.HasPrefix(l, "To <"+who+">") {
			letter = l
		}
	}
	if found := answerTo.FindStringSubmatch(letter); found != nil {
		reply = found[1]
	}
	return letter, reply
}

// TestWhoMayStopAPost sends the one word stop in answer to a post.
func TestWhoMayStopAPost(t *testing.T) {
	for _, c := range []struct {
		name   string
		m      *mail
		change func(m *mail)
		want   archive.Visibility
		posts  int
	}{
		{"a moderator, to the list", from(ashas, forum, "Stop"), nil, archive.Hidden, 1},
		{"a moderator whose mail is verified and not signed", from(ashas, forum, "stop"), func(m *mail) { m.client = "192.0.2.7" }, archive.Hidden, 1},
		{"a moderator from a telephone", from(ashas, forum, "Stop please\n\nSent from my iPhone\n\n> words"), nil, archive.Hidden, 1},
		{"a moderator, with the number, to the robot", from(ashas, robot, "stop #1"), func(m *mail) { m.set("In-Reply-To: <x@x>") }, archive.Hidden, 1},
		{"a moderator with a number that no post has", from(ashas, robot, "stop #7"), nil, archive.Published, 1},
		{"a moderator who means no post", from(ashas, forum, "stop"), func(m *mail) { m.set("In-Reply-To: <x@x>") }, archive.Published, 1},
		{"a moderator who says more", from(ashas, forum, "stop worrying about it"), nil, archive.Published, 2},
		{"a moderator who asks", from(ashas, forum, "stop?"), nil, archive.Published, 2},
		{"a word that is quoted", from(ashas, forum, "> stop"), nil, archive.Published, 2},
		{"a member, who is asked", from("priya@school.example", forum, "stop"), nil, archive.Published, 1},
		{"somebody in a moderator's name", from(ashas, forum, "stop"), func(m *mail) { m.client = "198.51.100.9" }, archive.Published, 1},
		{"a machine of a moderator's", from(ashas, robot, "stop #1"), func(m *mail) { m.set("Auto-Submitted: auto-replied") }, archive.Published, 1},
		{"a machine that says so otherwise", from(ashas, robot, "stop #1"), func(m *mail) { m.set("X-Autoreply: yes") }, archive.Published, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := bench(t)
			if c.change != nil {
				c.change(c.m)
			}
			err := o.receive(t, c.m)
			if refused := new(list.Refusal); err != nil && !errors.As(err, &refused) {
				t.Fatal(err)
			}
			got, posts := o.postState(t)
			if got != c.want || posts != c.posts {
				t.Errorf("the post is %s, and there are %d; want %s and %d", got, posts, c.want, c.posts)
			}
			if told, _ := o.lastFor(t, sams); (c.want == archive.Hidden) != strings.Contains(told, "stopped this post") {
				t.Errorf("sam reads %q", told)
			}
			o.states(t) // which checks the books
		})
	}
}

// TestTheSecondStep erases nothing without a signed word, and a signed yes to a mail of its own.
func TestTheSecondStep(t *testing.T) {
	o := bench(t)
	o.mustReceive(t, from(ashas, forum, "stop"))
	_, offer := o.lastFor(t, ashas)
	o.mustReceive(t, from(ashas, offer, "please hide it again"))
	if told, _ := o.lastFor(t, ashas); !strings.Contains(told, "I do not know the word") || !strings.Contains(told, "  release  ") {
		t.Errorf("asha reads\n%s", told)
	}
	weak := from(ashas, offer, "erase")
	weak.client = "192.0.2.7"
	o.mustReceive(t, weak)
	if told, _ := o.lastFor(t, ashas); !strings.Contains(told, "signature of your mail system") {
		t.Errorf("asha reads\n%s", told)
	}
	o.mustReceive(t, from(sams, offer, "erase"))
	if told, _ := o.lastFor(t, ashas); !strings.Contains(told, "This reply came from sam@school.example.\r\nModerator replies must come from asha@school.example.") {
		t.Errorf("asha reads\n%s", told)
	}
	again := from(ashas, offer, "erase")
	again.set("Message-ID: <another@school.example>")
	o.mustReceive(t, again)
	ask, step := o.lastFor(t, ashas)
	if !strings.Contains(ask, "Subject: Please confirm: erase post 1,") {
		t.Fatalf("asha reads\n%s", ask)
	}
	o.mustReceive(t, from(ashas, step, "yes, but only if Sam agrees"))
	if told, _ := o.lastFor(t, ashas); !strings.Contains(told, "to do what you asked for") {
		// at most one such answer in ten minutes: the first was that about the offer
		if !strings.Contains(told, "Please confirm") {
			t.Errorf("asha reads\n%s", told)
		}
	}
	count := func() (n int) {
		testdb.View(t, o.db, func(tx *store.Tx) error {
			jobs := store.NewTable("moderate.jobs", store.Uint64Key[uint64](), store.JSON[moderate.Job]())
			for _, err := range jobs.All(tx) {
				if err != nil {
					return err
				}
				n++
			}
			return nil
		})
		return n
	}
	if n := count(); n != 0 {
		t.Fatalf("%d jobs before a yes", n)
	}
	o.mustReceive(t, from(ashas, step, "Yes."))
	if n := count(); n != 1 {
		t.Fatalf("%d jobs after a yes", n)
	}
	o.mustReceive(t, from(ashas, step, "yes"))
	if told, _ := o.lastFor(t, ashas); count() != 1 || !strings.Contains(told, "That was done before") {
		t.Errorf("asha reads\n%s", told)
	}
	o.states(t)
}

func TestATokenOfAModeratorsIsForItsServiceAndList(t *testing.T) {
	o := bench(t)
	o.mustReceive(t, from(ashas, forum, "stop"))
	_, offer := o.lastFor(t, ashas)
	tok := strings.TrimSuffix(strings.TrimPrefix(offer, "senco-forum-mod+"), "@lists.example.org")
	for _, to := range []string{"senco-forum-owner+" + tok + "@lists.example.org", "senco-forum-mod+snc1_00000000000000000000000000000000@lists.example.org"} {
		err := o.receive(t, from(ashas, to, "recall"))
		if r := new(list.Refusal); !errors.As(err, &r) || r.Case != string(list.CaseToken) {
			t.Errorf("%s: %v", to, err)
		}
	}
	for id := intake.ID(1); id <= 2; id++ {
		if raw := o.storedRaw(t, id); strings.Contains(raw, "snc1_") {
			t.Errorf("a token is stored in\n%s", raw)
		}
	}
}

// TestActsOnPeople removes a member by word and yes.
func TestActsOnPeople(t *testing.T) {
	o := bench(t)
	do := func(word string) {
		o.mustReceive(t, from(ashas, robot, word))
		_, step := o.lastFor(t, ashas)
		yes := from(ashas, step, "yes")
		yes.set("Message-ID: <yes." + strings.ReplaceAll(word, " ", ".") + ">")
		o.mustReceive(t, yes)
	}
	member := func(a string) (m list.Membership, err error) {
		testdb.View(t, o.db, func(tx *store.Tx) error {
			p, e := list.FindPerson(tx, testdb.Address(t, a))
			if e == nil {
				m, e = list.Member(tx, 1, p.ID)
			}
			err = e
			return nil
		})
		return m, err
	}
	do("remove priya@school.example")
	if _, err := member("priya@school.example"); !errors.Is(err, list.ErrNoMember) {
		t.Errorf("error %v", err)
	}
	if told, _ := o.lastFor(t, sams); !strings.Contains(told, "and it is done:\r\n\r\n  remove priya@school.example") {
		t.Errorf("sam reads\n%s", told)
	}
	do("add jane@home.example Jane Smith")
	if m, err := member("jane@home.example"); err != nil || m.Role != list.RoleMember {
		t.Errorf("%+v, %v", m, err)
	}
	o.mustReceive(t, from(ashas, robot, "remove nobody@home.example"))
	if told, _ := o.lastFor(t, ashas); !strings.Contains(told, "No member has that address.") {
		t.Errorf("asha reads\n%s", told)
	}
	o.mustReceive(t, from("jane@home.example", robot, "remove sam@school.example"))
	if told, _ := o.lastFor(t, "jane@home.example"); !strings.Contains(told, "Nothing was done: \"remove sam@school.example\"") {
		t.Errorf("a member's word is read as a moderator's:\n%s", told)
	}
}

func TestAReportAndAQuestionAboutIt(t *testing.T) {
	o := bench(t)
	o.mustReceive(t, from("priya@school.example", forum, "Report\n\n> words"))
	told, offer := o.lastFor(t, sams)
	if !strings.Contains(told, "Subject: Reported - ") {
		t.Fatalf("sam reads\n%s", told)
	}
	if _, posts := o.postState(t); posts != 1 {
		t.Errorf("%d posts", posts)
	}
	o.mustReceive(t, from(sams, offer, "ask Which child\ndo you mean?"))
	asked, _ := o.lastFor(t, "priya@school.example")
	if !strings.Contains(asked, "moderators (Sam)") || !strings.Contains(asked, "Which child\r\ndo you mean?") || strings.Contains(asked, "sam@") {
		t.Errorf("priya reads\n%s", asked)
	}
	if told, _ := o.lastFor(t, ashas); !strings.Contains(told, "Sam asked priya") {
		t.Errorf("asha reads\n%s", told)
	}
}

// TestAnswersToMailToTheOwners has a stranger who writes to the owners, and two moderators who answer.
func TestAnswersToMailToTheOwners(t *testing.T) {
	o := bench(t)
	jo := from("jo@university.example", "senco-forum-owner@lists.example.org", "May I ask your members?")
	o.mustReceive(t, jo)
	mails := o.mails(t)
	if len(mails) != 2 {
		t.Fatalf("%d mails", len(mails))
	}
	for i, who := range []string{ashas, sams} {
		to := answerTo.FindStringSubmatch(mails[i])[1]
		m := from(who, to, "Answer "+who+" gives.\n\nOn Sunday "+who+" <"+to+"> wrote:\n> May I ask your members?\n> To: "+who)
		o.mustReceive(t, m)
		got, _ := o.lastFor(t, "jo@university.example")
		if !strings.Contains(got, "Answer [address removed] gives.") || strings.Contains(got, who) || strings.Contains(got, "snc1_") && !strings.Contains(got, "-bounces") {
			t.Errorf("jo reads\n%s", got)
		}
		other := []string{sams, ashas}[i]
		if told, back := o.lastFor(t, other); !strings.Contains(told, "You see it, so that nobody writes twice.") || !strings.Contains(back, "-owner+") {
			t.Errorf("%s reads\n%s", other, told)
		}
	}
	to := answerTo.FindStringSubmatch(mails[0])[1]
	o.mustReceive(t, from(ashas, to, "share"))
	if told, _ := o.lastFor(t, ashas); !strings.Contains(told, "Subject: Shared - ") || !strings.Contains(told, "> May I ask your members?") {
		t.Errorf("asha reads\n%s", told)
	}
	forged := from(ashas, to, "Send me the list of members")
	forged.client = "198.51.100.9"
	before, _ := o.lastFor(t, "jo@university.example")
	o.mustReceive(t, forged)
	if after, _ := o.lastFor(t, "jo@university.example"); after != before {
		t.Errorf("somebody else answered in the moderators' name:\n%s", after)
	}
	o.states(t)
}

func TestThePracticeMessageSaysWhatWasProved(t *testing.T) {
	for client, want := range map[string]string{
		"127.0.0.1": "with a signature (DKIM)", "192.0.2.7": "but not with a signature", "198.51.100.9": "does not prove who sent it",
	} {
		o := bench(t)
		testdb.Update(t, o.db, func(tx *store.Tx) error {
			l, err := list.Get(tx, 1)
			if err != nil {
				return err
			}
			p, err := list.GetPerson(tx, 3)
			if err != nil {
				return err
			}
			return o.desk.cfg.Acts.Practise(tx, moderate.HandOf(2, moderate.ProofCommand, "", noon), l, p)
		})
		_, to := o.lastFor(t, sams)
		m := from(sams, to, "approve")
		m.client = client
		o.mustReceive(t, m)
		for _, who := range []string{sams, ashas} {
			if told, _ := o.lastFor(t, who); !strings.Contains(told, want) {
				t.Errorf("%s from %s: %s reads\n%s", want, client, who, told)
			}
		}
	}
}
