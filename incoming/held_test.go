package incoming

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
)

// doubtful is a post in Priya's name from a network that nobody vouches for.
func doubtful() *mail {
	m := ordinary()
	m.client = "192.0.2.1"
	return m
}

var replyTo = regexp.MustCompile(`senco-forum-confirm\+(snc1_[0-9a-z]{32})@lists\.example\.org`)

// letters returns the mails that wait to go out, as text.
func (o *office) letters(t testing.TB) (all []string) {
	t.Helper()
	testdb.View(t, o.db, func(tx *store.Tx) error {
		for r, err := range queue.List(tx, queue.Filter{}) {
			if err != nil {
				return err
			}
			render := queue.RenderLetter
			switch r.Kind {
			case moderate.AckKind:
				render = moderate.NewAcknowledger(o.db, o.keys, nil).Render
			case queue.LetterKind:
			default:
				continue
			}
			out, err := render(context.Background(), r)
			if errors.Is(err, queue.ErrDropped) {
				continue
			}
			if err != nil {
				return err
			}
			all = append(all, "To <"+out.To.String()+">\n"+string(out.Header)+string(out.Body))
			m := message.Parse(append(slices.Clone(out.Header), out.Body...))
			for _, fault := range notice.Faults(m.Text()) {
				t.Errorf("%s: %s", m.Subject(), fault)
			}
		}
		return nil
	})
	return all
}

// question returns the address for the answer to the only question that was asked.
func (o *office) question(t *testing.T) string {
	t.Helper()
	all := o.letters(t)
	if len(all) != 1 {
		t.Fatalf("%d letters, want 1", len(all))
	}
	return replyTo.FindString(all[0])
}

// reply is an answer to a question, by default from the mailbox that was asked.
func reply(to, text string) *mail {
	m := doubtful()
	m.to, m.body = to, text
	m.set("Subject: Re: Did you just write to the forum?")
	m.set("Message-ID: <answer@school.example>")
	return m
}

func TestAYesMakesTheMessageAPost(t *testing.T) {
	o := open(t)
	if err := o.receive(t, doubtful()); err != nil {
		t.Fatal(err)
	}
	all := o.letters(t)
	for _, want := range []string{"To <priya@school.example>", "Did you just write to the forum?", "The subject is:\r\n\r\n  Part-time timetables\r\n", "reply yes, and it is sent", "deleted in 7 days"} {
		if len(all) != 1 || !strings.Contains(all[0], want) {
			t.Fatalf("the letters are without %q:\n%s", want, strings.Join(all, "\n\n"))
		}
	}
	if strings.Contains(all[0], "end date") {
		t.Errorf("the question shows the text of the message:\n%s", all[0])
	}
	if err := o.receive(t, reply(o.question(t), "Yes.\r\n\r\n> Did you just write to the forum?")); err != nil {
		t.Fatal(err)
	}
	if got := o.states(t); got != "waiting handled" {
		t.Errorf("the messages are %s", got)
	}
	testdb.View(t, o.db, func(tx *store.Tx) error {
		p, err := archive.Get(tx, 1)
		if p.Subject != "Part-time timetables" || p.Author != 1 || p.Intake != 1 || p.State != archive.Waiting {
			t.Errorf("the post is %+v", p)
		}
		n, cerr := hold.Count(tx, 1)
		if n != 0 {
			t.Errorf("%d messages still wait", n)
		}
		return errors.Join(err, cerr)
	})
	// From now on it is a post like any other.
	m := ordinary()
	if err := o.receive(t, m); err != nil || o.states(t) != "waiting handled duplicate" {
		t.Errorf("the same again: %v, %s", err, o.states(t))
	}
}

func TestNothingElseMakesItAPost(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*mail)
		want   string // states afterwards, or the refusal
	}{
		"no":                     {func(m *mail) { m.body = "No, it was not me" }, "held handled"},
		"yes with more":          {func(m *mail) { m.body = "Yes but not now" }, "held handled"},
		"a yes that is quoted":   {func(m *mail) { m.body = "> yes" }, "held handled"},
		"nothing":                {func(m *mail) { m.body = "" }, "held handled"},
		"the question alone":     {func(m *mail) { m.body = "> Yes, it was me: reply yes, and it is sent.\r\n" }, "held handled"},
		"an automatic reply":     {func(m *mail) { m.body = "yes"; m.set("Auto-Submitted: auto-replied") }, "held discarded"},
		"a bounce":               {func(m *mail) { m.body = "yes"; m.from = "" }, "held discarded"},
		"an invented token":      {func(m *mail) { m.to = "senco-forum-confirm+snc1_00000000000000000000000000000000@lists.example.org" }, "550 reply"},
		"no token":               {func(m *mail) { m.to = "senco-forum-confirm@lists.example.org" }, "550 address"},
		"from two authors":       {func(m *mail) { m.set("From: a@b.example, c@d.example") }, "550 no-from"},
		"another list's address": {func(m *mail) { m.to = strings.Replace(m.to, "senco-forum-", "heads-", 1) }, "550 reply"},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			testdb.Update(t, o.db, func(tx *store.Tx) error {
				_, err := list.Create(tx, list.List{Name: "heads", Domain: "lists.example.org", Title: "Heads", Settings: list.DefaultSettings()})
				return err
			})
			if err := o.receive(t, doubtful()); err != nil {
				t.Fatal(err)
			}
			m := reply(o.question(t), "yes")
			c.change(m)
			err := o.receive(t, m)
			got := o.states(t)
			var r *list.Refusal
			if errors.As(err, &r) {
				got = strings.TrimSpace(strings.Join([]string{"550", r.Case}, " "))
			} else if err != nil {
				t.Fatal(err)
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			testdb.View(t, o.db, func(tx *store.Tx) error {
				if _, err := archive.Get(tx, 1); !errors.Is(err, archive.ErrNoPost) {
					t.Errorf("there is a post: %v", err)
				}
				return nil
			})
		})
	}
}

func TestATokenIsGoodForOneYes(t *testing.T) {
	o := open(t)
	if err := o.receive(t, doubtful()); err != nil {
		t.Fatal(err)
	}
	yes := reply(o.question(t), "yes")
	if err := o.receive(t, yes); err != nil {
		t.Fatal(err)
	}
	var r *list.Refusal
	if err := o.receive(t, yes); !errors.As(err, &r) || r.Case != string(list.CaseToken) {
		t.Errorf("a second yes: %v", err)
	}
}

func TestWhoIsAsked(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(*mail)
		letters int
	}{
		"a member":                       {func(*mail) {}, 1},
		"a stranger is not":              {func(m *mail) { m.set("From: eve@evil.example") }, 0},
		"nobody for an automatic mail":   {func(m *mail) { m.set("Auto-Submitted: auto-replied") }, 0},
		"nobody for a mail from nobody":  {func(m *mail) { m.from = "" }, 0},
		"nobody about mail to the owner": {func(m *mail) { m.to = "senco-forum-owner@lists.example.org" }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			m := doubtful()
			c.change(m)
			if err := o.receive(t, m); err != nil {
				t.Fatal(err)
			}
			if got := len(o.letters(t)); got != c.letters {
				t.Errorf("%d letters, want %d", got, c.letters)
			}
		})
	}
}

func TestTheSameMessageAsksOnce(t *testing.T) {
	o := open(t)
	for range 3 {
		if err := o.receive(t, doubtful()); err != nil {
			t.Fatal(err)
		}
	}
	if got := o.states(t); got != "held duplicate duplicate" {
		t.Errorf("the messages are %s", got)
	}
	o.question(t)
}

func TestThreeQuestionsADayAreEnough(t *testing.T) {
	o := open(t)
	for i := range 5 {
		m := doubtful()
		m.body = strings.Repeat("again ", i+1)
		if err := o.receive(t, m); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(o.letters(t)); got != questionsADay {
		t.Errorf("%d letters, want %d", got, questionsADay)
	}
	if got := o.states(t); got != "held held held held held" {
		t.Errorf("the messages are %s", got)
	}
}

func TestWhatNobodyAnswersIsDeletedAfterAWeek(t *testing.T) {
	o := open(t)
	if err := o.receive(t, doubtful()); err != nil {
		t.Fatal(err)
	}
	to := o.question(t)
	k := NewKeeper(o.desk)
	o.desk.cfg.Now = func() time.Time { return noon.Add(keepUnverified - time.Second) }
	if gone, err := k.step(); gone != 0 || err != nil {
		t.Errorf("a second early %d are gone, %v", gone, err)
	}
	o.desk.cfg.Now = func() time.Time { return noon.Add(keepUnverified) }
	if gone, err := k.step(); gone != 1 || err != nil {
		t.Errorf("%d are gone, %v", gone, err)
	}
	if got := o.states(t); got != "discarded" {
		t.Errorf("the message is %s", got)
	}
	if err := o.receive(t, reply(to, "yes")); err == nil {
		t.Error("a late yes was taken")
	}
}

func TestAYesMeetsTheOtherRules(t *testing.T) {
	for name, c := range map[string]struct {
		meanwhile func(*testing.T, *office)
		want      string
	}{
		"a member who may not post by now": {func(t *testing.T, o *office) {
			testdb.Update(t, o.db, func(tx *store.Tx) error {
				m, err := list.Member(tx, 1, 1)
				m.NoPosting = true
				return errors.Join(err, list.SaveMember(tx, m))
			})
		}, "discarded handled"},
		"the same message, verified, meanwhile": {func(t *testing.T, o *office) {
			if err := o.receive(t, ordinary()); err != nil {
				t.Fatal(err)
			}
		}, "discarded waiting handled"},
		"a member who has left": {func(t *testing.T, o *office) {
			testdb.Update(t, o.db, func(tx *store.Tx) error { return list.Leave(tx, 1, 1) })
		}, "discarded handled"},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			if err := o.receive(t, doubtful()); err != nil {
				t.Fatal(err)
			}
			to := o.question(t)
			c.meanwhile(t, o)
			if err := o.receive(t, reply(to, "yes")); err != nil {
				t.Fatal(err)
			}
			if got := o.states(t); got != c.want {
				t.Errorf("the messages are %q, want %q", got, c.want)
			}
		})
	}
}

func TestSaysYes(t *testing.T) {
	for text, want := range map[string]bool{
		"yes": true, "Yes": true, "YES!": true, "yes.": true, " yes \n": true, "\n\nyes": true, "Yes please": true,
		"Yes, it was me.": true, "OK": true, "Hi\nyes": true, "Hi Asha\nyes": true, "Hi,\n\nyes\n\nPriya": true, "yes\n\nSent from my iPhone": true,
		"yes\n> No: do nothing.": true, "*yes*": true, "“Yes”": true,
		"": false, "no": false, "yes and no": false, "yes?": false, "yesterday": false, "not yes": false, "> yes": false,
		"Please send it": false, "I am out of office\nyes": false, "On Monday you wrote:\nyes": false,
		"Dear Sir or Madam of the forum,\nyes": false,
	} {
		if got := saysYes(written(text), time.Time{}); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
