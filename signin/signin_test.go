package signin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

var noon = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// desk is a book and its keeper over two lists. Tom (1) is on both, Asha (2) moderates the first; Left (3) is on none.
type desk struct {
	t    testing.TB
	db   *store.DB
	book *Book
	keep *Keeper
	now  time.Time
}

func newDesk(t testing.TB) *desk {
	d := &desk{t: t, db: testdb.Open(t), now: noon}
	keys, err := token.Open(filepath.Join(t.TempDir(), "token.keys"))
	if err != nil {
		t.Fatal(err)
	}
	testdb.Update(t, d.db, func(tx *store.Tx) error {
		for _, name := range []string{"senco-forum", "heads"} {
			if _, err := list.Create(tx, list.List{Name: name, Domain: "lists.example.org", Title: "SENCO Forum", Settings: list.DefaultSettings()}); err != nil {
				return err
			}
		}
		for _, a := range []string{"tom", "asha", "left"} {
			if _, err := list.AddPerson(tx, list.Person{Address: testdb.Address(t, a+"@school.example"), Linked: []message.Address{testdb.Address(t, a+"@home.example")}}); err != nil {
				return err
			}
		}
		for _, m := range []list.Membership{{List: 1, Person: 1, Role: list.RoleMember}, {List: 2, Person: 1, Role: list.RoleMember}, {List: 1, Person: 2, Role: list.RoleModerator}} {
			m.Mode = list.ModeEvery
			if err := list.Join(tx, m); err != nil {
				return err
			}
		}
		return nil
	})
	d.book = NewBook(func() time.Time { return d.now })
	d.keep = NewKeeper(slog.New(slog.DiscardHandler), d.db, d.book, keys, "https://forum.example.org/")
	return d
}

func (d *desk) update(fn func(tx *store.Tx) error) { d.t.Helper(); testdb.Update(d.t, d.db, fn) }

// ask asks for a code and lets it be mailed.
func (d *desk) ask(address string) (cookie string, err error) {
	d.t.Helper()
	err = d.db.Update(func(tx *store.Tx) (err error) {
		cookie, err = Ask(tx, d.now, Asking{Address: testdb.Address(d.t, address), To: "/t/7"})
		return err
	})
	d.now = d.now.Add(2 * time.Second)
	d.step()
	return cookie, err
}

func (d *desk) step() {
	d.t.Helper()
	if _, err := d.keep.Step(); err != nil {
		d.t.Fatal(err)
	}
}

// mails are those that were put for people, the latest last.
func (d *desk) mails() (all []string) {
	d.t.Helper()
	testdb.View(d.t, d.db, func(tx *store.Tx) error {
		for r, err := range queue.List(tx, queue.Filter{}) {
			if err != nil {
				return err
			}
			o, err := queue.RenderLetter(context.Background(), r)
			if err != nil {
				return err
			}
			all = append(all, "To "+o.To.String()+"\n"+string(o.Header)+string(o.Body))
		}
		return nil
	})
	return all
}

// code is the code and the link of the latest mail.
func (d *desk) code() (code, link string) {
	d.t.Helper()
	all := d.mails()
	if len(all) == 0 {
		d.t.Fatal("no mail")
	}
	m := all[len(all)-1]
	code = regexp.MustCompile(`code is (\d{3} \d{3})\.`).FindStringSubmatch(m)[1]
	return code, regexp.MustCompile(`/in/(snc1_[0-9a-z]{32})`).FindStringSubmatch(m)[1]
}

func (d *desk) enter(cookie, typed string) (e Entered, err error) {
	err = d.db.Update(func(tx *store.Tx) (err error) { e, err = Enter(tx, d.now, cookie, typed); return err })
	return e, err
}

func (d *desk) follow(cookie, link string) (e Entered, err error) {
	err = d.db.Update(func(tx *store.Tx) (err error) { e, err = Follow(tx, d.now, cookie, link); return err })
	return e, err
}

func (d *desk) signIn(p list.PersonID, kept bool, old string) (cookie string) {
	d.t.Helper()
	d.update(func(tx *store.Tx) (err error) {
		cookie, err = d.book.SignIn(tx, p, kept, "Firefox", old)
		return err
	})
	return cookie
}

// reads is the lists that a cookie opens, or nothing.
func (d *desk) reads(cookie string) string {
	d.t.Helper()
	var r list.Reader
	err := d.db.View(func(tx *store.Tx) (err error) { r, _, err = d.book.Reader(tx, cookie); return err })
	if errors.Is(err, ErrNoSession) {
		return ""
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return fmt.Sprint(r.Lists())
}

func TestACodeSignsInTheBrowserThatAsked(t *testing.T) {
	for name, c := range map[string]struct {
		address string
		typed   func(code string) string
	}{
		"as it stands":         {"tom@school.example", func(c string) string { return c }},
		"without the space":    {"tom@school.example", func(c string) string { return strings.ReplaceAll(c, " ", "") }},
		"pasted with words":    {"tom@school.example", func(c string) string { return "Your code: " + c + "\n" }},
		"from another address": {"Tom@Home.example", func(c string) string { return c }},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			cookie, err := d.ask(c.address)
			if err != nil {
				t.Fatal(err)
			}
			code, _ := d.code()
			if m := d.mails()[0]; !strings.Contains(strings.ToLower(m), "to "+strings.ToLower(c.address)) {
				t.Errorf("it went elsewhere:\n%s", m)
			}
			other, _ := d.ask("asha@school.example")
			if e, err := d.enter(other, code); err != nil || e.Right || e.Left != Tries-1 {
				t.Errorf("another browser: %+v, %v", e, err)
			}
			e, err := d.enter(cookie, c.typed(code))
			if err != nil || !e.Right || e.Person != 1 || e.To != "/t/7" {
				t.Errorf("got %+v, %v", e, err)
			}
			if _, err := d.enter(cookie, code); !errors.Is(err, ErrNoCode) {
				t.Errorf("it worked twice: %v", err)
			}
		})
	}
}

func TestWhatACodeDoesNot(t *testing.T) {
	t.Run("it is not guessed in more than five tries", func(t *testing.T) {
		d := newDesk(t)
		cookie, _ := d.ask("tom@school.example")
		code, link := d.code()
		wrong := "000 000"
		if code == wrong {
			wrong = "000 001"
		}
		for left := Tries - 1; left >= 0; left-- {
			if e, err := d.enter(cookie, wrong); err != nil || e.Right || e.Left != left {
				t.Fatalf("%d left: %+v, %v", left, e, err)
			}
		}
		if _, err := d.enter(cookie, code); !errors.Is(err, ErrNoCode) {
			t.Errorf("the sixth: %v", err)
		}
		if _, err := d.follow(cookie, link); !errors.Is(err, ErrNoCode) {
			t.Errorf("its link: %v", err)
		}
	})
	t.Run("it does not work after half an hour", func(t *testing.T) {
		d := newDesk(t)
		cookie, _ := d.ask("tom@school.example")
		code, _ := d.code()
		d.now = d.now.Add(CodeLife)
		if _, err := d.enter(cookie, code); !errors.Is(err, ErrNoCode) {
			t.Errorf("got %v", err)
		}
	})
}

func TestWhomACodeServes(t *testing.T) {
	t.Run("it is mailed to members only, and nobody else can tell", func(t *testing.T) {
		d := newDesk(t)
		for _, a := range []string{"left@school.example", "nobody@school.example"} {
			cookie, err := d.ask(a)
			if err != nil || len(d.mails()) != 0 {
				t.Fatalf("%s: %v, mails %q", a, err, d.mails())
			}
			e, err := d.enter(cookie, "123456")
			if err != nil || e.Right || e.Left != Tries-1 {
				t.Errorf("%s: %+v, %v", a, e, err)
			}
		}
	})
	t.Run("it signs nobody in who has left meanwhile", func(t *testing.T) {
		d := newDesk(t)
		cookie, _ := d.ask("asha@school.example")
		code, _ := d.code()
		d.update(func(tx *store.Tx) error { return list.Leave(tx, 1, 2) })
		if e, err := d.enter(cookie, code); err != nil || e.Right {
			t.Errorf("got %+v, %v", e, err)
		}
	})
	t.Run("it stands nowhere in clear once it is mailed", func(t *testing.T) {
		d := newDesk(t)
		d.ask("tom@school.example")
		testdb.View(t, d.db, func(tx *store.Tx) error {
			for row, err := range codes.All(tx) {
				if err != nil || row.Value.Code != "" || row.Value.Path != "" {
					t.Errorf("%+v, %v", row.Value, err)
				}
			}
			return nil
		})
	})
}

func TestALinkSignsInOnlyInItsBrowser(t *testing.T) {
	d := newDesk(t)
	cookie, _ := d.ask("tom@school.example")
	_, link := d.code()
	other, _ := d.ask("asha@school.example")
	for what, c := range map[string]string{"another browser": other, "no cookie": "", "a wrong one": token.Random()} {
		if _, err := d.follow(c, link); !errors.Is(err, ErrNoCode) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, l := range []string{"", "x", token.Random(), link[:len(link)-1]} {
		if _, err := d.follow(cookie, l); !errors.Is(err, ErrNoCode) {
			t.Errorf("link %q: %v", l, err)
		}
	}
	if e, err := d.follow(cookie, strings.ToUpper(link)); err != nil || !e.Right || e.Person != 1 {
		t.Errorf("got %+v, %v", e, err)
	}
}

func TestHowOftenOneMayAsk(t *testing.T) {
	d := newDesk(t)
	for _, a := range []string{"tom@school.example", "nobody@school.example"} {
		for i := range PerAddress {
			if _, err := d.ask(a); err != nil {
				t.Fatalf("%s, %d: %v", a, i, err)
			}
		}
		var often *TooOftenError
		if _, err := d.ask(a); !errors.As(err, &often) || often.Network || often.Until.Sub(d.now) > time.Hour {
			t.Errorf("%s: %v", a, err)
		}
	}
	d.now = d.now.Add(time.Hour)
	if _, err := d.ask("tom@school.example"); err != nil {
		t.Errorf("an hour later: %v", err)
	}
	ask := func(from string, i int) error {
		return d.db.Update(func(tx *store.Tx) error {
			_, err := Ask(tx, d.now, Asking{Address: testdb.Address(t, fmt.Sprintf("a%d@x.example", i)), From: netip.MustParseAddr(from)})
			return err
		})
	}
	for i := range perNetwork {
		if err := ask(fmt.Sprintf("2001:db8::%d", i), i); err != nil {
			t.Fatal(err)
		}
	}
	var often *TooOftenError
	if err := ask("2001:db8::ffff", 99); !errors.As(err, &often) || !often.Network {
		t.Errorf("one subscriber: %v", err)
	}
	if err := ask("2001:db8:0:1::1", 99); err != nil {
		t.Errorf("another subscriber: %v", err)
	}
}

// Everything that was stored for codes is gone a day later.
func TestCodesAreForgotten(t *testing.T) {
	d := newDesk(t)
	for range PerAddress {
		d.ask("tom@school.example")
		d.ask("nobody@school.example")
	}
	d.now = d.now.Add(25 * time.Hour)
	d.step()
	testdb.View(t, d.db, func(tx *store.Tx) error {
		for what, n := range map[string]int{"codes": rows(codes.All(tx)), "mails": rows(mails.All(tx)), "counts": rows(counts.All(tx)), "expiry": rows(expiry.All(tx))} {
			if n != 0 {
				t.Errorf("%d %s are left", n, what)
			}
		}
		if n, err := codesNumber.Value(tx); n != 0 || err != nil {
			t.Errorf("%d codes are counted, %v", n, err)
		}
		return nil
	})
}

func rows[R any](all func(func(R, error) bool)) (n int) {
	for range all {
		n++
	}
	return n
}

func TestHowLongASessionLasts(t *testing.T) {
	for name, c := range map[string]struct {
		kept bool
		idle time.Duration
		want string
	}{
		"not used for nearly 12 hours":      {false, IdleLife - time.Minute, "[1 2]"},
		"not used for 12 hours":             {false, IdleLife, ""},
		"kept, not used for nearly 90 days": {true, KeptLife - time.Minute, "[1 2]"},
		"kept, not used for 90 days":        {true, KeptLife, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			cookie := d.signIn(1, c.kept, "")
			d.now = d.now.Add(time.Hour)
			d.reads(cookie) // it is used
			d.step()        // which is written down
			*d.book = *NewBook(d.book.now)
			d.now = d.now.Add(c.idle)
			if got := d.reads(cookie); got != c.want {
				t.Errorf("it reads %q, want %q", got, c.want)
			}
			d.step()
			testdb.View(t, d.db, func(tx *store.Tx) error {
				if n := rows(sessions.All(tx)); (n == 1) != (c.want != "") {
					t.Errorf("%d sessions are kept", n)
				}
				return nil
			})
		})
	}
}

func TestWhoeverLeavesReadsNothingMore(t *testing.T) {
	d := newDesk(t)
	tom, asha := d.signIn(1, true, ""), d.signIn(2, true, "")
	d.update(func(tx *store.Tx) error { return errors.Join(list.Leave(tx, 1, 1), list.Leave(tx, 1, 2)) })
	if a, b := d.reads(tom), d.reads(asha); a != "[2]" || b != "" {
		t.Errorf("they read %q and %q", a, b)
	}
	d.keep.swept = time.Time{}
	d.step()
	d.update(func(tx *store.Tx) error {
		return list.Join(tx, list.Membership{List: 1, Person: 2, Role: list.RoleMember, Mode: list.ModeEvery})
	})
	if got := d.reads(asha); got != "" {
		t.Errorf("back again, an old session reads %q", got)
	}
}

func TestSessionsEnd(t *testing.T) {
	d := newDesk(t)
	first := d.signIn(1, false, "")
	second := d.signIn(1, false, first)
	third, asha := d.signIn(1, true, ""), d.signIn(2, false, "")
	if d.reads(first) != "" || first == second {
		t.Error("signing in again left the old session")
	}
	var all []Session
	testdb.View(t, d.db, func(tx *store.Tx) (err error) { all, err = d.book.Sessions(tx, 1); return err })
	if len(all) != 2 {
		t.Fatalf("%+v", all)
	}
	d.update(func(tx *store.Tx) error { return d.book.End(tx, 2, all[0].Name) })
	if d.reads(second) == "" || d.reads(third) == "" {
		t.Error("somebody else ended a session of Tom's")
	}
	d.update(func(tx *store.Tx) error { return d.book.SignOut(tx, second) })
	if d.reads(second) != "" || d.reads(third) == "" {
		t.Error("signing out")
	}
	d.update(func(tx *store.Tx) error { return d.book.EndAll(tx, 1) })
	if d.reads(third) != "" || d.reads(asha) == "" {
		t.Error("signing out everywhere")
	}
	for range perPerson + 3 {
		d.now = d.now.Add(time.Second)
		d.signIn(1, true, "")
	}
	testdb.View(t, d.db, func(tx *store.Tx) (err error) { all, err = d.book.Sessions(tx, 1); return err })
	if len(all) != perPerson {
		t.Errorf("%d sessions", len(all))
	}
}

// FuzzEnter types anything with any cookie. Nobody is signed in by it.
func FuzzEnter(f *testing.F) {
	d := newDesk(f)
	cookie, _ := d.ask("tom@school.example")
	_, link := d.code()
	f.Add(cookie, "123456", token.Random())
	f.Add("", "", "")
	f.Add(token.Random(), "１２３４５６", "snc1_")
	f.Add(strings.ToUpper(cookie), strings.Repeat("9", 200), link[:10])
	f.Fuzz(func(t *testing.T, c, typed, l string) {
		d.t = t
		if strings.EqualFold(c, cookie) || strings.EqualFold(l, link) {
			return
		}
		if e, err := d.enter(c, typed); err == nil || e.Right {
			t.Errorf("Enter(%q, %q): %+v, %v", c, typed, e, err)
		}
		if e, err := d.follow(c, l); err == nil || e.Right {
			t.Errorf("Follow(%q, %q): %+v, %v", c, l, e, err)
		}
		if got := d.reads(c); got != "" {
			t.Errorf("%q reads %s", c, got)
		}
	})
}
