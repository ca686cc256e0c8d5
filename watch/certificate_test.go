package watch

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/store"
)

const aDay = 24 * time.Hour

func TestWhenTheOperatorHearsOfACertificate(t *testing.T) {
	year, quarter, week := 365*aDay, 90*aDay, 6*aDay
	for name, c := range map[string]struct {
		left, life time.Duration
		was        certificateTold
		what       string
		want       bool
		step       int
	}{
		"nothing is told of one that lasts":                   {left: 15 * aDay, life: year},
		"of one that has 14 days left":                        {left: 14 * aDay, life: year, want: true, step: certificateIsSoon},
		"but not a second time":                               {left: 13 * aDay, life: year, was: certificateTold{Step: certificateIsSoon}, step: certificateIsSoon},
		"again when it has 3 days left":                       {left: 3 * aDay, life: year, was: certificateTold{Step: certificateIsSoon}, want: true, step: certificateIsLast},
		"and when it has run out":                             {left: 0, life: year, was: certificateTold{Step: certificateIsLast}, want: true, step: certificateEnded},
		"once where a server was off in between":              {left: -aDay, life: year, want: true, step: certificateEnded},
		"not when one of an authority is to be renewed":       {left: 29 * aDay, life: quarter},
		"nor of a short one on most of its days":              {left: 2 * aDay, life: week},
		"but on its last":                                     {left: 28 * time.Hour, life: week, want: true, step: certificateIsSoon},
		"not of a failure that has just begun":                {left: 29 * aDay, life: quarter, what: "away"},
		"but of one that lasts":                               {left: 29 * aDay, life: quarter, what: "away", was: certificateTold{Wrong: noon.Add(-certificateTrouble)}, want: true},
		"once":                                                {left: 28 * aDay, life: quarter, what: "away", was: certificateTold{Wrong: noon.Add(-aDay), Said: true}},
		"of one that was never issued, after a while":         {what: "away", was: certificateTold{Wrong: noon.Add(-certificateTrouble)}, want: true},
		"a failure is in the mail about the end, and is told": {left: 14 * aDay, life: quarter, what: "away", was: certificateTold{Wrong: noon}, want: true, step: certificateIsSoon},
	} {
		t.Run(name, func(t *testing.T) {
			cert := Certificate{What: c.what}
			if c.life != 0 {
				cert.Until = noon.Add(c.left)
				cert.From = cert.Until.Add(-c.life)
				c.was.Until = cert.Until
			}
			is, tell := cert.nextOf(c.was, noon)
			if tell != c.want || is.Step != c.step {
				t.Errorf("told %t, step %d; want %t, %d", tell, is.Step, c.want, c.step)
			}
			if tell && c.what != "" && !is.Said {
				t.Error("the failure would be told once more")
			}
			if _, tell = cert.nextOf(is, noon.Add(time.Minute)); tell {
				t.Error("told twice")
			}
		})
	}
}

func TestANewCertificateBeginsAnew(t *testing.T) {
	c := Certificate{From: noon.Add(-300 * aDay), Until: noon.Add(3 * aDay)}
	is, _ := c.nextOf(certificateTold{}, noon)
	c.From, c.Until = noon, noon.Add(365*aDay)
	if is, _ = c.nextOf(is, noon); is.Step != certificateWell {
		t.Errorf("step %d", is.Step)
	}
	if _, tell := c.nextOf(is, c.Until.Add(-14*aDay)); !tell {
		t.Error("the end of the new one is not told")
	}
}

// The mails go to the operator once each, over restarts, and what changes nothing writes nothing.
func TestTheOperatorIsToldOnceOfEachCertificate(t *testing.T) {
	p := newPost(t)
	testdb.Update(t, p.db, func(tx *store.Tx) error {
		_, err := list.Create(tx, list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum", Settings: list.DefaultSettings()})
		return err
	})
	all := []Certificate{
		{Host: "forum.example.org", Use: "pages", File: "/etc/forum.pem", From: noon.Add(-300 * aDay), Until: noon.Add(20 * aDay)},
		{Host: "mail.example.org", Use: "mail", What: "the authority cannot be reached", Do: "open port 443"},
	}
	look := func(after time.Duration) (subjects []string) {
		t.Helper()
		p.now = noon.Add(after)
		before := 0
		testdb.View(t, p.db, func(tx *store.Tx) error { before = len(lettersTo(t, tx)); return nil })
		operator := message.Address{Local: "operator", Domain: "host.example"}
		w := NewCertificateWatch(slog.New(slog.DiscardHandler), p.db, p.w.keys, operator, func() []Certificate { return all }, func() time.Time { return p.now })
		if err := w.Look(); err != nil {
			t.Fatal(err)
		}
		testdb.View(t, p.db, func(tx *store.Tx) error { subjects = lettersTo(t, tx)[before:]; return nil })
		return subjects
	}
	for _, c := range []struct {
		after time.Duration
		want  string
	}{
		{0, ""}, {certificateTrouble, "There is no certificate for mail.example.org"}, {2 * aDay, ""}, {6 * aDay, "The certificate of forum.example.org runs out in 14 days"}, {7 * aDay, ""},
		{17 * aDay, "The certificate of forum.example.org runs out in 3 days"}, {18 * aDay, ""}, {21 * aDay, "The certificate of forum.example.org has run out"}, {30 * aDay, ""},
	} {
		if got := strings.Join(look(c.after), "; "); got != c.want {
			t.Errorf("after %s: %q, want %q", c.after, got, c.want)
		}
	}
	before := p.db.Stats().Transactions
	if look(31 * aDay); p.db.Stats().Transactions != before {
		t.Error("a look that tells nothing writes")
	}
}

// lettersTo are the subjects of the letters to the operator.
func lettersTo(t *testing.T, tx *store.Tx) (all []string) {
	t.Helper()
	for r, err := range queue.List(tx, queue.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		o, err := queue.RenderLetter(context.Background(), r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, message.Parse(append(o.Header, o.Body...)).Subject())
	}
	return all
}
