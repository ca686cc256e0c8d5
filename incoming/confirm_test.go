package incoming

import (
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/intake"
	"sencoforum/internal/readings"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/store"
	"sencoforum/token"
)

// left is an office that Priya has left, and the token of her goodbye.
func left(t testing.TB) (*office, string) {
	t.Helper()
	o := open(t)
	o.desk.cfg.Host = membership.Host{Keys: o.keys}
	testdb.Update(t, o.db, func(tx *store.Tx) error {
		_, err := membership.Leave(tx, membership.By{Now: noon}, o.desk.cfg.Host, 1, 1)
		return err
	})
	text := o.letters(t)[0]
	at := strings.Index(text, "-confirm+") + len("-confirm+")
	return o, text[at : at+token.Length]
}

func (o *office) isMember(t testing.TB, p list.PersonID) (is bool) {
	testdb.View(t, o.db, func(tx *store.Tx) error {
		_, err := list.Member(tx, 1, p)
		is = err == nil
		if errors.Is(err, list.ErrNoMember) {
			err = nil
		}
		return err
	})
	return is
}

// answer is a reply to the goodbye, from outside and not verified.
func answer(back, body string) *mail {
	m := ordinary()
	m.to, m.client, m.body = "senco-forum-confirm+"+back+"@lists.example.org", "192.0.2.1", body
	m.set("Subject: Re: You have left SENCO Forum")
	m.set("To: SENCO Forum <" + m.to + ">")
	return m
}

func TestTheWordThatBringsBack(t *testing.T) {
	for text, want := range map[string]bool{
		"join": true, "Join.": true, "YES!": true, "  yes \n\nPriya": true, "\n\njoin\n": true, "*join*\n> quoted": true,
		"Hello\njoin": true, "Hi,\n\nYes\n": true, "join\nOn Sunday somebody wrote:\n> leave": true,
		"": false, ">join": false, "> join\nyes": false, "no": false, "not yes": false, "yes please do not": false,
		"join us for coffee": false, "I would like to join": true, "Hello Asha\njoin": true, "rejoin": true, "j0in": false, "I did not mean to join": false,
		"unsubscribe\njoin": false, "ja": false, "yes1": false, "On Sunday somebody wrote:\n> join": false,
	} {
		if _, got := wantsBack(written(text), time.Time{}); got != want {
			t.Errorf("%q: got %t, want %t", text, got, want)
		}
	}
}

// ceiling: flat table
func TestWhatBecomesOfAnAnswerToAGoodbye(t *testing.T) {
	for _, c := range []struct {
		name   string
		body   string
		change func(*mail)
		want   string // the refusal, or the state
		back   bool
		mails  int // of the robot, after the goodbye
	}{
		{"one word brings back, though nobody knows who wrote it", "join", func(*mail) {}, "handled", true, 1},
		{"from whichever address", "Yes.", func(m *mail) { m.from = "home@home.example"; m.set("From: home@home.example") }, "handled", true, 1},
		{"in another case of the address", "join", func(m *mail) { m.to = strings.ToUpper(m.to) }, "handled", true, 1},
		{"a mode brings back, too", "weekly", func(*mail) {}, "handled", true, 1},
		{"anything else goes to the moderators", "I never got anything", func(*mail) {}, "handled", false, 0},
		{"nothing at all too", "", func(*mail) {}, "handled", false, 0},
		{"a quoted goodbye does nothing", "> A mistake? Reply: join", func(*mail) {}, "handled", false, 0},
		{"a machine changes nothing", "join", func(m *mail) { m.set("Auto-Submitted: auto-replied") }, "discarded", false, 0},
		{"the null sender changes nothing", "join", func(m *mail) { m.from = "" }, "discarded", false, 0},
		{"a loop is refused", "join", func(m *mail) { m.set("X-Loop: senco-forum@lists.example.org") }, "554 loop", false, 0},
		{"who says to be us is refused", "join", func(m *mail) { m.set("From: senco-forum@lists.example.org") }, "550 from", false, 0},
		{"two senders are refused", "join", func(m *mail) { m.set("From: a@x.example, b@x.example") }, "550 no-from", false, 0},
		{"an invented token is refused", "join", func(m *mail) { m.to = "senco-forum-confirm+" + token.Random() + "@lists.example.org" }, "550 reply", false, 0},
		{"another thing than a token is refused", "join", func(m *mail) { m.to = "senco-forum-confirm+x@lists.example.org" }, "550 reply", false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, back := left(t)
			m := answer(back, c.body)
			c.change(m)
			err := o.receive(t, m)
			got := o.states(t)
			var r *list.Refusal
			if errors.As(err, &r) {
				got = fmt.Sprintf("%d %s", r.Code, r.Case)
			} else if err != nil {
				t.Fatal(err)
			}
			if got != c.want || o.isMember(t, 1) != c.back || len(o.letters(t)) != 1+c.mails {
				t.Errorf("got %q, want %q; member %t, want %t; mails %q", got, c.want, o.isMember(t, 1), c.back, o.letters(t))
			}
			if s := o.states(t); err != nil && s != "" {
				t.Errorf("refused, but kept as %s", s)
			}
		})
	}
}

// A relay that did not hear our 250 brings the same message again, with a token that is used by then.
func TestTheSameAnswerTwiceIsNoRefusal(t *testing.T) {
	o, back := left(t)
	for range 2 {
		if err := o.receive(t, answer(back, "join")); err != nil {
			t.Fatal(err)
		}
	}
	if got := o.states(t); got != "handled duplicate" {
		t.Errorf("the messages are %s", got)
	}
	other := answer(back, "join")
	other.set("Message-ID: <2@school.example>")
	var r *list.Refusal
	if err := o.receive(t, other); !errors.As(err, &r) || r.Case != string(list.CaseToken) {
		t.Errorf("a second answer: %v", err)
	}
	if n := len(o.letters(t)); n != 2 {
		t.Errorf("%d mails", n)
	}
}

func TestAGoodbyeOfAnotherListBringsNobodyBackHere(t *testing.T) {
	o, back := left(t)
	testdb.Update(t, o.db, func(tx *store.Tx) error {
		_, err := list.Create(tx, list.List{Name: "heads", Domain: "lists.example.org", Title: "Heads", Settings: list.DefaultSettings()})
		return err
	})
	m := answer(back, "join")
	m.to = "heads-confirm+" + back + "@lists.example.org"
	var r *list.Refusal
	if err := o.receive(t, m); !errors.As(err, &r) || r.Case != string(list.CaseToken) {
		t.Errorf("got %v", err)
	}
}

func TestAnOldTokenIsRefusedInWords(t *testing.T) {
	o, back := left(t)
	o.desk.cfg.Now = func() time.Time { return noon.Add(90 * 24 * time.Hour) }
	err := o.receive(t, answer(back, "join"))
	want := "550 5.7.1 SENCO Forum: this reply address no longer works. To write to everyone use senco-forum@lists.example.org; " +
		"for help write to senco-forum-owner@lists.example.org."
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

// After 30 days the moderators decide; where there is nobody, the message is set aside for the operator to see.
func TestALateAnswerIsForThePeople(t *testing.T) {
	for name, want := range map[string]string{"asha decides": "handled", "nobody decides": "shunted"} {
		t.Run(name, func(t *testing.T) {
			o, back := left(t)
			o.desk.cfg.Now = func() time.Time { return noon.Add(31 * 24 * time.Hour) }
			if want == "shunted" {
				testdb.Update(t, o.db, func(tx *store.Tx) error { return list.Leave(tx, 1, 2) })
				o.desk.people = nobody(o)
			}
			if err := o.receive(t, answer(back, "join")); err != nil || o.states(t) != want || o.isMember(t, 1) {
				t.Errorf("%v, %s, member %t", err, o.states(t), o.isMember(t, 1))
			}
		})
	}
}

// TestTheTokenIsNotStored looks for a token that still works in what a moderator may read, in plain text and under every
// encoding that hides it.
func TestTheTokenIsNotStored(t *testing.T) {
	for name, write := range map[string]func(m *mail, text string){
		"plain": func(m *mail, text string) { m.body = text },
		"quoted-printable": func(m *mail, text string) {
			m.header = append(m.header, "Content-Transfer-Encoding: quoted-printable")
			m.body = strings.ReplaceAll(text, "snc1_", "snc1=5F=\r\n")
		},
		"base64": func(m *mail, text string) {
			m.header = append(m.header, "Content-Transfer-Encoding: base64")
			m.body = base64.StdEncoding.EncodeToString([]byte(text))
		},
		"an attached message": func(m *mail, text string) {
			m.header = append(m.header, "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b")
			m.body = "--b\r\n\r\nWhat is this?\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: You have left\r\n" +
				"Content-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(text)) + "\r\n--b--"
		},
		"an encoded word": func(m *mail, text string) {
			m.body = "What is this?"
			m.set("Subject: =?UTF-8?B?" + base64.StdEncoding.EncodeToString([]byte(text[strings.Index(text, "snc1_"):])) + "?=")
		},
	} {
		t.Run(name, func(t *testing.T) {
			o, back := left(t)
			m := answer(back, "")
			write(m, "What is this?\r\n> Or press the button: https://forum.example.org/yes/"+back)
			if err := o.receive(t, m); err != nil || o.states(t) != "handled" {
				t.Fatalf("%v, %s", err, o.states(t))
			}
			testdb.View(t, o.db, func(tx *store.Tx) error {
				raw, err := intake.Raw(tx, 1)
				r, rerr := intake.Get(tx, 1)
				if diff := cmp.Diff("senco-forum-confirm@lists.example.org", r.Envelope.To.String()); diff != "" {
					t.Errorf("envelope (-want +got):\n%s", diff)
				}
				if strings.Contains(string(raw), back) || len(readings.Tokens(message.Parse(raw))) > 0 || !saysSo(raw) {
					t.Errorf("stored:\n%s", raw)
				}
				return errors.Join(err, rerr)
			})
		})
	}
}

// saysSo reports a message that says or quotes "What is this?".
func saysSo(raw []byte) bool {
	return slices.ContainsFunc(readings.Of(message.Parse(raw)), func(s string) bool { return strings.Contains(s, "What is this?") })
}

func TestTheTokenIsNotLogged(t *testing.T) {
	o, back := left(t)
	var log strings.Builder
	o.desk.log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	for _, body := range []string{"What is this?", "join", "join again"} {
		m := answer(back, body)
		m.set("Message-ID: <" + strings.ReplaceAll(body, " ", ".") + "@school.example>")
		o.receive(t, m)
	}
	if !strings.Contains(log.String(), "came back") || len(token.Find(log.String())) > 0 {
		t.Errorf("logged:\n%s", log.String())
	}
}

// nobody is a forwarder on a host without an operator.
func nobody(o *office) *moderate.Forwarder {
	return moderate.NewForwarder(o.db, o.keys, message.Address{}, o.desk.cfg.Now)
}
