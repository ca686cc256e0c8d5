package membership

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

// town is a forum with a host, whose members may leave.
type town struct {
	t     testing.TB
	db    *store.DB
	forum list.List
	host  Host
	now   time.Time

	brought []string // to moderators, to decide
}

func newTown(t testing.TB) *town {
	w := &town{t: t, now: noon}
	w.db, w.forum, _ = newForum(t)
	keys, err := token.Open(filepath.Join(t.TempDir(), "token.keys"))
	if err != nil {
		t.Fatal(err)
	}
	w.host = Host{Keys: keys, Operator: testdb.Address(t, "operator@host.example"), WebURL: "https://forum.example.org"}
	w.host.Apply = func(_ *store.Tx, _ By, app Application) error {
		w.brought = append(w.brought, fmt.Sprintf("%s wants to join, left %t", app.Address, !app.Left.IsZero()))
		return nil
	}
	w.host.Reinstate = func(_ *store.Tx, _ By, r RoleRequest) error {
		w.brought = append(w.brought, fmt.Sprintf("%s was %s", r.Address, r.Role))
		return nil
	}
	return w
}

func (w *town) add(address string, role list.Role) Member {
	m := newMember(w.t, address, "")
	m.Membership.Role = role
	return do(w.t, w.db, func(tx *store.Tx) (Member, error) { return Add(tx, by, w.forum.ID, m) })
}

func (w *town) leave(m Member) (done Leaving) {
	w.t.Helper()
	testdb.Update(w.t, w.db, func(tx *store.Tx) (err error) {
		done, err = Leave(tx, By{Now: w.now, How: ByLink}, w.host, w.forum.ID, m.Person.ID)
		return err
	})
	return done
}

func (w *town) comeBack(t string) (home Homecoming, err error) {
	err = w.db.Update(func(tx *store.Tx) (err error) {
		home, err = Return(tx, By{Now: w.now, How: ByMail}, w.host, t)
		return err
	})
	return home, err
}

// letters are the mails that wait, each with its recipient before it.
func (w *town) letters() (all []string) {
	testdb.View(w.t, w.db, func(tx *store.Tx) error {
		for r, err := range queue.List(tx, queue.Filter{}) {
			if err != nil {
				return err
			}
			o, err := queue.RenderLetter(context.Background(), r)
			if err != nil {
				return err
			}
			all = append(all, o.To.String()+"\n"+string(o.Header)+string(o.Body))
			m := message.Parse(append(slices.Clone(o.Header), o.Body...))
			for _, fault := range notice.Faults(m.Text()) { // much of what they say is said here
				w.t.Errorf("%s: %s", m.Subject(), fault)
			}
		}
		return nil
	})
	return all
}

var subjectLine = regexp.MustCompile(`(?m)^Subject: (.*)\r$`)

// told is who was told what: recipient and subject of each mail.
func (w *town) told() (all []string) {
	for _, l := range w.letters() {
		to, _, _ := strings.Cut(l, "\n")
		all = append(all, to+": "+subjectLine.FindStringSubmatch(l)[1])
	}
	return all
}

// lastToken is the return token in the latest goodbye.
func (w *town) lastToken() string {
	w.t.Helper()
	for _, text := range slices.Backward(w.letters()) {
		if _, after, ok := strings.Cut(text, "-confirm+"); ok {
			return after[:token.Length]
		}
	}
	w.t.Fatal("no goodbye")
	return ""
}

func (w *town) member(p list.PersonID) (m list.Membership, ok bool) {
	testdb.View(w.t, w.db, func(tx *store.Tx) (err error) {
		m, err = list.Member(tx, w.forum.ID, p)
		ok = err == nil
		if errors.Is(err, list.ErrNoMember) {
			err = nil
		}
		return err
	})
	return m, ok
}

func TestLeavingIsDoneToldAndRecordedOnce(t *testing.T) {
	w := newTown(t)
	w.add("asha@school.example", list.RoleOwner)
	tom := w.add("tom@school.example", list.RoleMember)
	if done := w.leave(tom); done.Already || done.LastModerator {
		t.Errorf("first: %+v", done)
	}
	if done := w.leave(tom); !done.Already {
		t.Errorf("second: %+v", done)
	}
	if _, ok := w.member(tom.Person.ID); ok {
		t.Error("still a member")
	}
	if diff := cmp.Diff([]string{"tom@school.example: You have left senco-forum"}, w.told()); diff != "" {
		t.Errorf("mails (-want +got):\n%s", diff)
	}
	want := "member 2: member leave list 1 person 2 one-click link"
	if got := logged(t, w.db); got[len(got)-1] != want || slices.Index(got, want) != len(got)-1 {
		t.Errorf("audit %q", got)
	}
	text := w.letters()[0]
	back := w.lastToken()
	for _, part := range []string{"Reply-To: senco-forum\r\n <senco-forum-confirm+" + back + "@", "https://forum.example.org/yes/" + back, "unsubscribe button"} {
		if !strings.Contains(text, part) {
			t.Errorf("without %q:\n%s", part, text)
		}
	}
}

// TestTheTokenIsNotInTheTables looks at what membership keeps: only the digest.
func TestTheTokenIsNotInTheTables(t *testing.T) {
	w := newTown(t)
	w.leave(w.add("tom@school.example", list.RoleMember))
	digest, err := token.Hash(w.lastToken())
	if err != nil {
		t.Fatal(err)
	}
	testdb.View(t, w.db, func(tx *store.Tx) error {
		for row, err := range returns.All(tx) {
			if err != nil || row.Key != digest {
				t.Errorf("key %q, %v", row.Key, err)
			}
		}
		return nil
	})
}

func TestALastModeratorMayLeaveAndTheOperatorIsTold(t *testing.T) {
	w := newTown(t)
	asha := w.add("asha@school.example", list.RoleOwner)
	w.add("tom@school.example", list.RoleMember)
	if done := w.leave(asha); !done.LastModerator {
		t.Errorf("%+v", done)
	}
	want := []string{"asha@school.example: You have left senco-forum", "operator@host.example: senco-forum has no moderator any more"}
	if diff := cmp.Diff(want, w.told()); diff != "" {
		t.Errorf("mails (-want +got):\n%s", diff)
	}
}

func TestReturningRestoresAllButTheRole(t *testing.T) {
	w := newTown(t)
	asha := w.add("asha@school.example", list.RoleModerator)
	want := asha.Membership
	want.Mode, want.NotOwn, want.NoPosting, want.PausedUntil = list.ModeWeekly, true, true, noon.AddDate(0, 6, 0)
	testdb.Update(t, w.db, func(tx *store.Tx) error { return list.SaveMember(tx, want) })
	want, _ = w.member(asha.Person.ID)
	w.leave(asha)
	back := w.lastToken()
	w.now = noon.Add(freeReturn - time.Second)
	home, err := w.comeBack(strings.ToUpper(back)) // mail systems may change the case of a local part
	if err != nil || home.Asked || home.Person != asha.Person.ID || home.List.ID != w.forum.ID {
		t.Fatalf("%+v, %v", home, err)
	}
	want.Role = list.RoleMember
	got, _ := w.member(asha.Person.ID)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("membership (-want +got):\n%s", diff)
	}
	testdb.View(t, w.db, func(tx *store.Tx) error {
		if all, err := list.Moderators(tx, w.forum.ID); err != nil || len(all) > 0 {
			t.Errorf("moderators %v, %v", all, err)
		}
		return nil
	})
	if got := logged(t, w.db); got[len(got)-1] != "member 1: member return list 1 person 1 email" {
		t.Errorf("audit %q", got)
	}
	if told := w.told(); told[len(told)-1] != "asha@school.example: You are back in senco-forum" {
		t.Errorf("mails %q", told)
	}
}

// ceiling: flat table
func TestATokenThatBringsNobodyBack(t *testing.T) {
	for _, c := range []struct {
		name   string
		before func(w *town, m Member, back string)
		want   error
	}{
		{"used", func(w *town, _ Member, back string) { w.comeBack(back) }, ErrReturned},
		{"used, and left again", func(w *town, m Member, back string) { w.comeBack(back); w.leave(m) }, ErrNoReturn},
		{"too old", func(w *town, _ Member, _ string) { w.now = noon.Add(returnLife) }, ErrNoReturn},
		{"let in and removed by the operator", func(w *town, m Member, _ string) {
			add := newMember(w.t, m.Person.Address.String(), "")
			m = do(w.t, w.db, func(tx *store.Tx) (Member, error) { return Add(tx, by, w.forum.ID, add) })
			testdb.Update(w.t, w.db, func(tx *store.Tx) error { return Remove(tx, by, m) })
		}, ErrNoReturn},
		{"nobody decides about a late one", func(w *town, _ Member, _ string) {
			w.now, w.host.Operator = noon.Add(freeReturn), message.Address{}
		}, ErrNobody},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newTown(t)
			tom := w.add("tom@school.example", list.RoleMember)
			w.leave(tom)
			back := w.lastToken()
			c.before(w, tom, back)
			_, was := w.member(tom.Person.ID)
			told := len(w.letters())
			if _, err := w.comeBack(back); !errors.Is(err, c.want) {
				t.Errorf("got %v", err)
			}
			if _, is := w.member(tom.Person.ID); is != was || len(w.letters()) != told {
				t.Errorf("member %t then %t, mails %d then %q", was, is, told, w.told())
			}
		})
	}
	w := newTown(t)
	for _, bad := range []string{"", "snc1_", token.Random(), w.host.Keys.Sign(token.Claims{Kind: token.OneClick, A: 1}, "senco-forum")} {
		if _, err := w.comeBack(bad); !errors.Is(err, ErrNoReturn) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestALateReturnIsForTheModerators(t *testing.T) {
	w := newTown(t)
	w.add("asha@school.example", list.RoleModerator)
	tom := w.add("tom@school.example", list.RoleMember)
	w.leave(tom)
	back := w.lastToken()
	w.now = noon.Add(freeReturn)
	if home, err := w.comeBack(back); err != nil || !home.Asked {
		t.Fatalf("%+v, %v", home, err)
	}
	if _, ok := w.member(tom.Person.ID); ok {
		t.Error("restored without approval")
	}
	if home, err := w.comeBack(back); !errors.Is(err, ErrReturned) || !home.Asked {
		t.Errorf("again: %+v, %v", home, err)
	}
	expect(t, "brought to moderators", w.brought, "tom@school.example wants to join, left true")
	want := []string{"tom@school.example: The moderators of senco-forum have your request"}
	if diff := cmp.Diff(want, w.told()[1:]); diff != "" {
		t.Errorf("mails (-want +got):\n%s", diff)
	}
}

func TestWhoWasLetInMeanwhileStaysAsTheyAre(t *testing.T) {
	w := newTown(t)
	tom := w.add("tom@school.example", list.RoleMember)
	w.leave(tom)
	back := w.lastToken()
	w.add("tom@school.example", list.RoleModerator)
	if _, err := w.comeBack(back); err != nil {
		t.Fatal(err)
	}
	if m, _ := w.member(tom.Person.ID); m.Role != list.RoleModerator || len(w.letters()) != 1 {
		t.Errorf("%+v, mails %q", m, w.told())
	}
}

// Tokens must not pile up for ever, though nothing runs that forgets them.
func TestOldTokensAreForgotten(t *testing.T) {
	w := newTown(t)
	tom := w.add("tom@school.example", list.RoleMember)
	w.leave(tom)
	w.now = noon.Add(returnLife)
	w.leave(w.add("jo@school.example", list.RoleMember))
	testdb.View(t, w.db, func(tx *store.Tx) error {
		n := [3]int{}
		for range returns.All(tx) {
			n[0]++
		}
		for range left.All(tx) {
			n[1]++
		}
		for range expiry.All(tx) {
			n[2]++
		}
		if n != [3]int{1, 1, 1} {
			t.Errorf("rows of the three tables: %v", n)
		}
		return nil
	})
}

// A post that is being expanded while somebody comes back was published before, and does not come.
func TestWhatWasPublishedWhileAwayDoesNotCome(t *testing.T) {
	w := newTown(t)
	tom := w.add("tom@school.example", list.RoleMember)
	w.leave(tom)
	var last archive.Seq
	testdb.Update(t, w.db, func(tx *store.Tx) error {
		in, err := intake.Put(tx, intake.New{State: intake.Done})
		if err != nil {
			return err
		}
		p, err := archive.Import(tx, archive.NewPost{Post: archive.Post{List: w.forum.ID, Intake: in, MessageID: "<1@x>", Written: noon}})
		last = p.Seq
		return err
	})
	if _, err := w.comeBack(w.lastToken()); err != nil {
		t.Fatal(err)
	}
	if m, _ := w.member(tom.Person.ID); last == 0 || m.JoinedSeq != uint64(last) {
		t.Errorf("came back at %d, the last change is %d", m.JoinedSeq, last)
	}
}
