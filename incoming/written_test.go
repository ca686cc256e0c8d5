package incoming

import (
	"strings"
	"testing"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
	"sencoforum/token"
)

// aForm is the name of a form; a digit tells one from another.
func aForm(t testing.TB) string {
	t.Helper()
	return token.Random()
}

// onPage is something that Priya wrote for everybody.
func (o *office) onPage(t testing.TB, text string) Written {
	return Written{To: testdb.Address(t, "senco-forum@lists.example.org"), Person: 1, Subject: "Part-time timetables", Text: text, Form: aForm(t)}
}

func (o *office) write(t testing.TB, w Written) Outlook {
	t.Helper()
	out, err := o.desk.Write(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWhatBecomesOfWhatIsWrittenOnAPage(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*testing.T, *office, *Written)
		want   Fate
		why    string
	}{
		{"an ordinary question goes to everybody", nil, Goes, ""},
		{"what reads private is asked about", func(_ *testing.T, _ *office, w *Written) { w.Text = "In confidence: we have closed." }, Asked, "in confidence"},
		{"a word for the robot is done", func(_ *testing.T, _ *office, w *Written) { w.Subject, w.Text = "weekly", "weekly" }, Ordered, "weekly"},
		{"a new member's first message is read first", func(t *testing.T, o *office, _ *Written) {
			o.member(t, 1, func(m *list.Membership) { m.Holds = 1 })
		}, Waits, "first message"},
		{"whoever may not write is told so", func(t *testing.T, o *office, _ *Written) {
			o.member(t, 1, func(m *list.Membership) { m.NoPosting = true })
		}, Refused, "do not take messages"},
		{"an address that is none is refused", func(t *testing.T, _ *office, w *Written) {
			w.To = testdb.Address(t, "senco-forum-owner@lists.example.org")
		}, Refused, "no such address"},
		{"a message that is too large is refused", func(_ *testing.T, o *office, w *Written) {
			o.desk.cfg.MaxMessage = 1000
			w.Text = strings.Repeat("Long words. ", 100)
		}, Refused, "too large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := open(t)
			w := o.onPage(t, "How do you set an end date?")
			if c.change != nil {
				c.change(t, o, &w)
			}
			before := o.db.Stats().Transactions
			ahead, err := o.desk.Foresee(t.Context(), w)
			if err != nil {
				t.Fatal(err)
			}
			if o.db.Stats().Transactions != before {
				t.Error("looking ahead wrote something")
			}
			got := o.write(t, w)
			if got.Fate != c.want || ahead.Fate != c.want || got.Again {
				t.Errorf("ahead %q %q, then %q %q, want %q", ahead.Fate, ahead.Why, got.Fate, got.Why, c.want)
			}
			for _, why := range []string{strings.Join(ahead.Why, " "), strings.Join(got.Why, " ")} {
				if !strings.Contains(why, c.why) || strings.Contains(why, "http") || strings.Contains(why, "mail system") {
					t.Errorf("its writer reads %q", why)
				}
			}
			if (got.Fate == Goes) != (got.Post != 0) {
				t.Errorf("number %d", got.Post)
			}
			states := o.states(t)
			if again := o.write(t, w); got.Fate != Refused && (!again.Again || again.Post != got.Post || o.states(t) != states) {
				t.Errorf("a second time it is %+v; states %s, then %s", again, states, o.states(t))
			}
		})
	}
}

// A form is sent once, though its text was changed before it was sent again.
func TestAFormThatWasChangedAfterItWasSent(t *testing.T) {
	o := open(t)
	w := o.onPage(t, "How do you set an end date?")
	first := o.write(t, w)
	w.Text = "And who signs it?"
	if got := o.write(t, w); !got.Again || got.Post != first.Post {
		t.Errorf("%+v after %+v", got, first)
	}
	w.Form = aForm(t)
	if got := o.write(t, w); got.Again || got.Post == first.Post || got.Fate != Goes {
		t.Errorf("another form: %+v", got)
	}
}

// The form of one member is nothing to another, and whoever is not signed in as a member writes nothing.
func TestAFormIsItsWriters(t *testing.T) {
	o := open(t)
	w := o.onPage(t, "How do you set an end date?")
	o.write(t, w)
	w.Person = 2
	if got := o.write(t, w); got.Again {
		t.Errorf("%+v", got)
	}
}

func TestAnAnswerOnAPageStandsInItsDiscussion(t *testing.T) {
	o := open(t)
	first := o.write(t, o.onPage(t, "How do you set an end date?"))
	testdb.Update(t, o.db, func(tx *store.Tx) error { _, err := archive.Publish(tx, first.Post, noon, 2); return err })
	w := o.onPage(t, "With the parents, at the review.\r\nWe write it down.")
	testdb.View(t, o.db, func(tx *store.Tx) error {
		l, err := list.Get(tx, 1)
		w.To = l.ReplyAddress(o.keys, uint32(first.Post))
		return err
	})
	got := o.write(t, w)
	if got.Fate != Goes {
		t.Fatalf("%+v", got)
	}
	testdb.View(t, o.db, func(tx *store.Tx) error {
		was, err := archive.Get(tx, first.Post)
		if err != nil {
			return err
		}
		p, err := archive.Get(tx, got.Post)
		if err != nil {
			return err
		}
		raw, err := intake.Raw(tx, p.Intake)
		if err != nil {
			return err
		}
		m := message.Parse(raw)
		if p.Parent != first.Post || p.Thread != was.Thread || strings.Join(m.References(), " ") != was.MessageID || strings.Join(m.InReplyTo(), " ") != was.MessageID {
			t.Errorf("parent %d, thread %d, references %q", p.Parent, p.Thread, m.References())
		}
		from, _ := m.From()
		if from.Address.String() != "priya@school.example" || !strings.HasPrefix(string(raw), "Received: by mail.example.org with HTTP;") || strings.Contains(string(raw), "token") {
			t.Errorf("stored as\n%s", raw)
		}
		rec, err := intake.Get(tx, p.Intake)
		if strings.Join(rec.Reasons, " ") != "member session" {
			t.Errorf("reasons %q", rec.Reasons)
		}
		return err
	})
}

// What its author is asked about waits as the same mail would, and its author is mailed.
func TestAHeldPageWaitsLikeAMail(t *testing.T) {
	o := open(t)
	w := o.onPage(t, "In confidence: we have closed.")
	o.write(t, w)
	testdb.View(t, o.db, func(tx *store.Tx) error {
		for it, err := range hold.All(tx) {
			if err != nil {
				return err
			}
			if it.Reason != hold.Doubt || it.Author != 1 {
				t.Errorf("%+v", it)
			}
		}
		return nil
	})
	if o.states(t) != "held" || len(o.letters(t)) == 0 {
		t.Errorf("%s, %d letters", o.states(t), len(o.letters(t)))
	}
}

// The preview of a private message with a pupil's number says that it is stopped once, and so it is; the same words may go then.
func TestANumberInAPrivateMessageOnAPage(t *testing.T) {
	o := parlour(t)
	o.desk.cfg.Pupil = PupilData(o.desk.log, o.desk.cfg.Now)
	w := Written{To: testdb.Address(t, o.author(1, 0)), Person: tom, Subject: "EHCP paperwork", Text: "His UPN is B801200005001."}
	for i, want := range []Fate{Asked, Goes} {
		w.Form = aForm(t)
		ahead, err := o.desk.Foresee(t.Context(), w)
		if err != nil {
			t.Fatal(err)
		}
		if got := o.write(t, w); ahead.Fate != want || got.Fate != want || want == Asked && !strings.Contains(strings.Join(ahead.Why, " "), "Unique Pupil Number") {
			t.Errorf("time %d: ahead %q %q, then %q, want %q", i+1, ahead.Fate, ahead.Why, got.Fate, want)
		}
	}
}

func FuzzWrite(f *testing.F) {
	for _, s := range [][2]string{{"Hello", "Hello\n"}, {"a\r\nBcc: x@y.example", ".\r\n.\r\nFrom me\x00"}, {"=?utf-8?q?x?=", "é\xff\u202e"}, {"", ""}} {
		f.Add(s[0], s[1])
	}
	o := open(f)
	f.Fuzz(func(t *testing.T, subject, text string) {
		w := o.onPage(t, text)
		w.Subject = subject
		got, err := o.desk.Foresee(t.Context(), w)
		if err != nil {
			t.Fatal(err)
		}
		m := message.Parse(got.Raw)
		if got.Raw != nil && (m.Header.Has("Bcc") || len(m.To()) != 1) {
			t.Errorf("the header is\n%s", got.Raw)
		}
	})
}
