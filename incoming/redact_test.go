package incoming

import (
	"context"
	"encoding/base64"
	"errors"
	"regexp"
	"strings"
	"testing"

	"sencoforum/intake"
	"sencoforum/internal/readings"
	"sencoforum/internal/testdb"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

// sealedMail is a body that is signed.
func sealedMail(m *mail, text string) {
	m.set("Content-Type: multipart/signed; boundary=b; protocol=\"application/pgp-signature\"")
	m.body = "--b\r\n\r\n" + text + "\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--b--"
}

// kept is what is stored of a message; nothing where only its row is.
func (o *office) kept(t *testing.T, id intake.ID) (raw string) {
	t.Helper()
	testdb.View(t, o.db, func(tx *store.Tx) error {
		b, err := intake.Raw(tx, id)
		if errors.Is(err, intake.ErrNoMessage) {
			err = nil
		}
		raw = string(b)
		return err
	})
	return raw
}

// quoting are the letters that say what was read.
func (o *office) quoting(t *testing.T) (all []string) {
	for _, l := range o.letters(t) {
		if strings.Contains(l, "I read:") {
			all = append(all, l)
		}
	}
	return all
}

// TestNoTokenIsStored sends a token that gives a right by every way on which mail is kept.
func TestNoTokenIsStored(t *testing.T) {
	oneClick := func(o *office) string {
		return "https://forum.example.org/u/" + o.keys.Sign(token.Claims{Kind: token.OneClick, A: 7, B: 1}, "senco-forum")
	}
	for _, c := range []struct {
		name   string
		change func(o *office, m *mail)
		want   string
	}{
		{"a post", func(o *office, m *mail) { m.body = oneClick(o) }, "waiting"},
		{"in base64", func(o *office, m *mail) {
			m.set("Content-Transfer-Encoding: base64")
			m.body = base64.StdEncoding.EncodeToString([]byte(oneClick(o)))
		}, "waiting"},
		{"in the subject", func(o *office, m *mail) { m.set("Subject: " + token.Random()) }, "waiting"},
		{"a post that nothing shows to be hers", func(o *office, m *mail) { m.client, m.body = "192.0.2.1", oneClick(o) }, "held"},
		{"automatic mail", func(o *office, m *mail) { m.set("Auto-Submitted: auto-replied"); m.body = oneClick(o) }, "discarded"},
		{"automatic mail that is signed", func(o *office, m *mail) {
			m.set("Auto-Submitted: auto-replied")
			sealedMail(m, oneClick(o))
		}, "discarded"},
		{"to the owners", func(o *office, m *mail) { m.to, m.body = "senco-forum-owner@lists.example.org", oneClick(o) }, "handled"},
		{"to the owners, signed", func(o *office, m *mail) {
			m.to = "senco-forum-owner@lists.example.org"
			sealedMail(m, oneClick(o))
		}, "handled"},
		{"to the robot", func(o *office, m *mail) { m.to, m.body = "senco-forum-request@lists.example.org", oneClick(o) }, "handled"},
		{"to the robot, whom people read", func(o *office, m *mail) {
			m.to, m.body = "senco-forum-request@lists.example.org", oneClick(o)+" is what I found in an email of yours, what is it?"
		}, "handled"},
		{"to the postmaster", func(o *office, m *mail) { m.to, m.body = "abuse@lists.example.org", oneClick(o) }, "handled"},
		{"a private message", func(o *office, m *mail) {
			*m = *o.letter(oneClick(o))
		}, "handled"},
		{"a signed post, for moderators", func(o *office, m *mail) { sealedMail(m, oneClick(o)) }, "held"},
		{"a signed post that nothing shows to be hers", func(o *office, m *mail) { m.client = "192.0.2.1"; sealedMail(m, oneClick(o)) }, "550 sealed"},
		{"a signed post that quotes a footer", func(o *office, m *mail) { sealedMail(m, "> Only to Priya: "+o.author(1, 0)) }, "waiting"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := parlour(t)
			m := ordinary()
			c.change(o, m)
			if got := o.result(t, m); got != c.want {
				t.Fatalf("got %q, want %q", got, c.want)
			}
			if strings.HasPrefix(c.want, "550") {
				return
			}
			for _, text := range append(append(o.mails(t), o.quoting(t)...), o.kept(t, 2)) {
				text = theirAnswer.ReplaceAllString(text, "") // of the moderator who gets the mail, and new
				for _, tok := range readings.Tokens(message.Parse([]byte(text))) {
					if claims, err := o.keys.Verify(tok, "senco-forum"); err != nil || claims.Kind != token.Author {
						t.Errorf("a token is left in\n%s", text)
					}
				}
			}
		})
	}
}

// theirAnswer is where a moderator answers a mail to the owners.
var theirAnswer = regexp.MustCompile(`(?m)^Reply-To: SENCO Forum moderators\r\n <senco-forum-owner\+snc1_[0-9a-z]{32}@lists\.example\.org>\r\n`)

func (o *office) storedRaw(t *testing.T, id intake.ID) (raw string) {
	t.Helper()
	testdb.View(t, o.db, func(tx *store.Tx) error {
		b, err := intake.Raw(tx, id)
		raw = string(b)
		return err
	})
	return raw
}

// mails are the mails to moderators that wait, as they leave.
func (o *office) mails(t *testing.T) (all []string) {
	t.Helper()
	var rows []queue.Row
	testdb.View(t, o.db, func(tx *store.Tx) error {
		for r, err := range queue.List(tx, queue.Filter{}) {
			if err != nil {
				return err
			}
			if r.Kind == moderate.Kind {
				rows = append(rows, r)
			}
		}
		return nil
	})
	for _, r := range rows {
		out, err := o.desk.people.Render(context.Background(), r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(out.Header)+string(out.Body))
	}
	return all
}

// The key of a message is that of the bytes as they came: the same mail is known again, and one with another token is another.
func TestTheKeyIsOfWhatCame(t *testing.T) {
	o := open(t)
	m := ordinary()
	m.body = "To leave: " + token.Random()
	for _, want := range []string{"waiting", "duplicate"} {
		if got := o.result(t, m); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	m.body = "To leave: " + token.Random()
	if got := o.result(t, m); got != "waiting" {
		t.Errorf("another text under the same Message-ID: %q", got)
	}
	testdb.View(t, o.db, func(tx *store.Tx) error {
		r, err := intake.Get(tx, 1)
		if want := len(strings.Join(m.header, "\r\n")) + len("\r\n\r\n\r\n") + len(m.body); r.Size != want {
			t.Errorf("the record says %d bytes came, want %d", r.Size, want)
		}
		return err
	})
}

// A post without a token is stored as it came, to the byte.
func TestAPostWithoutTokenStaysAsItIs(t *testing.T) {
	o := open(t)
	m := ordinary()
	m.set("X-Odd :  y\r\n\t z ")
	m.set("Subject: =?utf-8?q?a?= snc1_ b")
	m.set("X-List-Unsubscribe: <https://shop.example/u/1>")
	m.body = "snc1_0123  \r\n\r\n > quoted =20\t"
	if got := o.result(t, m); got != "waiting" {
		t.Fatal(got)
	}
	want := strings.Join(m.header, "\r\n") + "\r\n\r\n" + m.body + "\r\n"
	if raw := o.storedRaw(t, 1); !strings.HasSuffix(raw, want) {
		t.Errorf("stored\n%q, want at its end\n%q", raw, want)
	}
}

// TestTheKeyIsFoundAgain looks for the key of stored messages as erasing, purging and forgetting do.
func TestTheKeyIsFoundAgain(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(o *office, m *mail)
	}{
		{"a post", func(*office, *mail) {}},
		{"a post that held a token", func(_ *office, m *mail) { m.body = "To leave: " + token.Random() }},
		{"to the owners, with a token", func(_ *office, m *mail) {
			m.to, m.body = "senco-forum-owner@lists.example.org", "To leave: "+token.Random()
		}},
		{"a private message", func(o *office, m *mail) { *m = *o.letter("Words for one") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := parlour(t)
			m := ordinary()
			c.change(o, m)
			o.result(t, m)
			testdb.View(t, o.db, func(tx *store.Tx) error {
				r, err := intake.Get(tx, 2)
				if err != nil {
					return err
				}
				k := intake.KeyOf(r, message.Parse([]byte(o.storedRaw(t, 2))))
				if id, ok, err := intake.Known(tx, k); !ok || id != 2 || err != nil {
					t.Errorf("its key stands for %d, %t, %v", id, ok, err)
				}
				return nil
			})
		})
	}
}
