package membership

import (
	"errors"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/audit"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

var client = netip.MustParseAddr("192.0.2.7")

// set changes the settings of the forum.
func (w *town) set(change func(l *list.List)) {
	w.t.Helper()
	change(&w.forum)
	testdb.Update(w.t, w.db, func(tx *store.Tx) error { return list.Save(tx, w.forum) })
}

func (w *town) ask(r Request, from netip.Addr) error {
	r.List = w.forum.ID
	return w.db.Update(func(tx *store.Tx) error { return Ask(tx, By{Now: w.now, How: ByMail}, r, from) })
}

// askToJoin asks for an address to join, by verified mail.
func (w *town) askToJoin(address string) {
	w.t.Helper()
	if err := w.ask(Request{Purpose: ToJoin, Address: testdb.Address(w.t, address), Proved: true}, client); err != nil {
		w.t.Fatal(err)
	}
}

// keep lets the keeper work a second later.
func (w *town) keep() (next time.Time) {
	w.t.Helper()
	w.now = w.now.Add(askAfter)
	k := NewKeeper(slog.New(slog.DiscardHandler), w.db, w.host, func() time.Time { return w.now })
	next, err := k.Step(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return next
}

func (w *town) confirm(tok string, a Answer) (done Confirmed, err error) {
	err = w.db.Update(func(tx *store.Tx) (err error) {
		done, err = Confirm(tx, By{Now: w.now, How: ByMail}, w.host, tok, a)
		return err
	})
	return done, err
}

// yes confirms and ends the test where that fails.
func (w *town) yes(tok string, a Answer) Confirmed {
	w.t.Helper()
	done, err := w.confirm(tok, a)
	if err != nil {
		w.t.Fatal(err)
	}
	return done
}

func (w *town) find(address string) (m Member, ok bool) {
	testdb.View(w.t, w.db, func(tx *store.Tx) (err error) {
		m, err = Find(tx, w.forum.ID, testdb.Address(w.t, address))
		if ok = err == nil; Unknown(err) {
			err = nil
		}
		return err
	})
	return m, ok
}

// news are the mails since the last look.
func (w *town) news(seen *int) []string {
	all := w.told()
	fresh := all[*seen:]
	*seen = len(all)
	return slices.Clone(fresh)
}

func expect(t testing.TB, what string, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" && len(want)+len(got) > 0 {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestWhatEachPolicyAsks(t *testing.T) {
	const jane = "jane@school.example"
	for policy, want := range map[list.JoinPolicy][]string{
		list.JoinOpen:    {jane + ": Welcome to senco-forum"},
		list.JoinConfirm: {jane + ": Join senco-forum? Please reply yes", jane + ": Welcome to senco-forum"},
		list.JoinApprove: {jane + ": Join senco-forum? Please reply yes", jane + ": The moderators of senco-forum have your request", jane + ": Welcome to senco-forum"},
	} {
		t.Run(string(policy), func(t *testing.T) {
			w := newTown(t)
			w.add("asha@school.example", list.RoleOwner)
			w.set(func(l *list.List) { l.Join, l.Terms = policy, "2026-09" })
			w.askToJoin(jane)
			if len(w.told()) > 0 {
				t.Fatal("a mail went out while the session was open")
			}
			w.keep()
			if policy != list.JoinOpen {
				done := w.yes(w.lastToken(), Answer{Name: "Jane Smith", Mode: list.ModeWeekly, Words: "new SENCO", Read: "yes"})
				if (done.Application != nil) != (policy == list.JoinApprove) {
					t.Errorf("application %+v", done.Application)
				}
				if app := done.Application; app != nil {
					if _, member := w.find(jane); member {
						t.Error("let in before anybody approved")
					}
					w.now = w.now.Add(time.Hour)
					testdb.Update(t, w.db, func(tx *store.Tx) error {
						m, err := Admit(tx, By{Actor: "member 1", Now: w.now}, w.host, *app, false)
						if m.Person.Name != "Jane Smith" || m.Membership.Mode != list.ModeWeekly {
							t.Errorf("%+v", m)
						}
						return err
					})
				}
			}
			expect(t, "mails", w.told(), want...)
			m, ok := w.find(jane)
			if !ok || m.Membership.Holds != 1 {
				t.Fatalf("member %t, %+v", ok, m)
			}
			testdb.View(t, w.db, func(tx *store.Tx) error {
				d, err := DetailsOf(tx, w.forum.ID, m.Person.ID)
				if d.Terms != "2026-09" || d.TermsAt.IsZero() || d.TermsAt.After(w.now) {
					t.Errorf("terms %+v", d)
				}
				return err
			})
		})
	}
}

// TestWhoIsBehindAnAddressIsNotSeen: every request is taken, and only who can join or is a member gets a mail.
func TestWhoIsBehindAnAddressIsNotSeen(t *testing.T) {
	w := newTown(t)
	w.add("asha@school.example", list.RoleMember)
	testdb.Update(t, w.db, func(tx *store.Tx) error {
		return errors.Join(list.AddBan(tx, w.forum.ID, list.Ban{Pattern: "@spam.example"}),
			suppress(tx, w.forum.ID, testdb.Address(t, "quiet@school.example"), w.now))
	})
	for _, a := range []string{"jane@school.example", "asha@school.example", "bob@spam.example", "quiet@school.example"} {
		w.askToJoin(a)
	}
	w.keep()
	expect(t, "mails", w.told(), "jane@school.example: Join senco-forum? Please reply yes", "asha@school.example: You are already a member of senco-forum")
}

func TestABanStopsAtAnyStep(t *testing.T) {
	const jane = "jane@school.example"
	ban := func(w *town) {
		testdb.Update(w.t, w.db, func(tx *store.Tx) error { return list.AddBan(tx, w.forum.ID, list.Ban{Pattern: "@school.example"}) })
	}
	t.Run("before the yes", func(t *testing.T) {
		w, seen := newTown(t), 0
		w.askToJoin(jane)
		w.keep()
		tok := w.lastToken()
		w.news(&seen)
		ban(w)
		if done, err := w.confirm(tok, Answer{}); err != nil || done.Application != nil {
			t.Errorf("%v, %+v", err, done)
		}
		expect(t, "mails", w.news(&seen))
	})
	t.Run("before the approval", func(t *testing.T) {
		w := newTown(t)
		w.askToJoin(jane)
		w.keep()
		app := *w.yes(w.lastToken(), Answer{}).Application
		ban(w)
		err := w.db.Update(func(tx *store.Tx) error {
			_, err := Admit(tx, By{Actor: "member 1", Now: w.now}, w.host, app, false)
			return err
		})
		if !errors.Is(err, ErrBarred) {
			t.Errorf("%v", err)
		}
	})
	t.Run("before a return", func(t *testing.T) {
		w := newTown(t)
		w.leave(w.add(jane, list.RoleMember))
		tok := w.lastToken()
		ban(w)
		if _, err := w.comeBack(tok); !errors.Is(err, ErrNoReturn) {
			t.Errorf("%v", err)
		}
	})
}

// TestARequestThatIsProvedStaysSo: somebody else who names the same address changes neither name nor mode of it.
func TestARequestThatIsProvedStaysSo(t *testing.T) {
	w := newTown(t)
	w.set(func(l *list.List) { l.Join = list.JoinOpen })
	a := testdb.Address(t, "jane@school.example")
	for _, r := range []Request{
		{Purpose: ToJoin, Address: a, Name: "Forger", Mode: list.ModeNone},
		{Purpose: ToJoin, Address: a, Name: "Jane", Proved: true},
		{Purpose: ToJoin, Address: a, Name: "Forger", Mode: list.ModeNone},
	} {
		if err := w.ask(r, client); err != nil {
			t.Fatal(err)
		}
	}
	w.keep()
	if m, ok := w.find("jane@school.example"); !ok || m.Person.Name != "Jane" || m.Membership.Mode != list.ModeEvery {
		t.Errorf("%t, %+v", ok, m)
	}
}

// Who wrote on the page for joining who they are is not asked for it once more; nor is it shown, as anybody can write there for
// any address.
func TestWhoTheyAreIsAskedOnce(t *testing.T) {
	for _, c := range []struct {
		words string
		asks  bool
	}{{"new SENCO in Hull", false}, {"", true}} {
		w := newTown(t)
		w.set(func(l *list.List) { l.Join = list.JoinApprove })
		if err := w.ask(Request{Purpose: ToJoin, Address: testdb.Address(t, "jane@school.example"), Words: c.words}, client); err != nil {
			t.Fatal(err)
		}
		w.keep()
		mail := strings.Join(w.letters(), "")
		if strings.Contains(mail, "tell us in a line who you are") != c.asks || strings.Contains(mail, "Hull") {
			t.Errorf("after %q:\n%s", c.words, mail)
		}
	}
}

func TestNeverIsForGood(t *testing.T) {
	const jane = "jane@school.example"
	w, seen := newTown(t), 0
	w.askToJoin(jane)
	w.keep()
	tok := w.lastToken()
	w.news(&seen)
	testdb.Update(t, w.db, func(tx *store.Tx) error { _, err := Never(tx, By{Now: w.now}, tok); return err })
	if _, err := w.confirm(tok, Answer{}); !errors.Is(err, ErrConfirmed) {
		t.Errorf("after never: %v", err)
	}
	w.now = w.now.Add(60 * 24 * time.Hour)
	w.askToJoin(jane)
	testdb.Update(t, w.db, func(tx *store.Tx) error {
		return Invite(tx, By{Actor: "operator", Now: w.now}, w.forum.ID, newMember(t, "JANE@school.example", ""))
	})
	w.keep()
	expect(t, "mails", w.news(&seen))
	// Whoever runs the list can add them all the same, and that takes the wish back.
	w.add(jane, list.RoleMember)
	testdb.View(t, w.db, func(tx *store.Tx) error {
		if yes, err := Suppressed(tx, w.forum.ID, testdb.Address(t, jane)); yes || err != nil {
			t.Errorf("still suppressed, %v", err)
		}
		return nil
	})
}

// TestTokensOfRequests: each works once, and not for ever, and the tables hold only its digest.
func TestTokensOfRequests(t *testing.T) {
	w := newTown(t)
	w.askToJoin("jane@school.example")
	w.keep()
	tok := w.lastToken()
	if _, err := w.confirm("snc1_"+strings.Repeat("0", 32), Answer{}); !errors.Is(err, ErrNoConfirm) {
		t.Errorf("a token that nobody got: %v", err)
	}
	w.now = w.now.Add(confirmLife - 2*time.Second)
	w.yes(tok, Answer{})
	if _, err := w.confirm(tok, Answer{}); !errors.Is(err, ErrConfirmed) {
		t.Errorf("twice: %v", err)
	}
	w.now = w.now.Add(3 * time.Second)
	if _, err := w.confirm(tok, Answer{}); !errors.Is(err, ErrNoConfirm) {
		t.Errorf("too late: %v", err)
	}
	w.keep()
	testdb.View(t, w.db, func(tx *store.Tx) error {
		for row, err := range confirms.All(tx) {
			t.Errorf("kept after its end: %+v, %v", row, err)
		}
		return nil
	})
}

func TestJoinAfterLeavingNeedsNobody(t *testing.T) {
	const jane = "jane@school.example"
	w, seen := newTown(t), 0
	m := w.add(jane, list.RoleMember)
	m.Membership.Mode, m.Membership.Joined = list.ModeWeekly, noon.AddDate(-5, 0, 0)
	testdb.Update(t, w.db, func(tx *store.Tx) error { return list.SaveMember(tx, m.Membership) })
	w.leave(m)
	w.askToJoin(jane)
	w.keep()
	w.news(&seen)
	if done := w.yes(w.lastToken(), Answer{}); done.Person != m.Person.ID || done.Application != nil {
		t.Errorf("%+v", done)
	}
	expect(t, "mails", w.news(&seen), jane+": You are back in senco-forum")
	if got, _ := w.find(jane); got.Membership.Mode != list.ModeWeekly || !got.Membership.Joined.Equal(m.Membership.Joined) {
		t.Errorf("%+v", got.Membership)
	}
	// Thirty days later it is an application as of anybody.
	w.leave(m)
	w.now = w.now.Add(freeReturn)
	w.askToJoin(jane)
	w.keep()
	if done := w.yes(w.lastToken(), Answer{}); done.Application == nil {
		t.Errorf("late: %+v", done)
	}
}

func TestLeavingThatNobodyCouldCheck(t *testing.T) {
	w, seen := newTown(t), 0
	tom := w.add("tom@school.example", list.RoleMember)
	for _, a := range []string{"TOM@school.example", "nobody@school.example", "tom@school.example"} {
		if err := w.ask(Request{Purpose: ToLeave, Address: testdb.Address(t, a)}, client); err != nil {
			t.Fatal(err)
		}
	}
	w.keep()
	expect(t, "mails", w.news(&seen), "tom@school.example: Leave senco-forum? Please reply yes")
	if _, ok := w.member(tom.Person.ID); !ok {
		t.Fatal("left without a yes")
	}
	if done := w.yes(w.lastToken(), Answer{}); done.Person != tom.Person.ID {
		t.Errorf("%+v", done)
	}
	expect(t, "mails", w.news(&seen), "tom@school.example: You have left senco-forum")
	if _, ok := w.member(tom.Person.ID); ok {
		t.Error("still a member")
	}
}

func TestDecliningIsToldAndRecorded(t *testing.T) {
	w := newTown(t)
	app := Application{List: w.forum.ID, Address: testdb.Address(t, "jane@school.example"), Name: "Jane"}
	testdb.Update(t, w.db, func(tx *store.Tx) error {
		return Decline(tx, By{Actor: "member 1", Now: w.now}, w.host, app, "We are for schools.")
	})
	expect(t, "mails", w.told(), "jane@school.example: Your request to join senco-forum")
	if !strings.Contains(w.letters()[0], "  We are for schools.") {
		t.Errorf("%s", w.letters()[0])
	}
	got := logged(t, w.db)
	if got[len(got)-1] != "member 1: member decline list 1 person 0" {
		t.Errorf("%q", got)
	}
	testdb.View(t, w.db, func(tx *store.Tx) error {
		for e, err := range audit.All(tx) {
			if strings.Contains(e.Detail, "schools") || err != nil {
				t.Errorf("%+v, %v", e, err)
			}
		}
		return nil
	})
}
