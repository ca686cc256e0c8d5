package membership

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

var by = By{Actor: "operator uid 0", Now: noon}

// newForum returns a store with two lists.
func newForum(t testing.TB) (*store.DB, list.List, list.List) {
	db := testdb.Open(t)
	var made [2]list.List
	testdb.Update(t, db, func(tx *store.Tx) error {
		for i, name := range []string{"senco-forum", "heads"} {
			l := list.List{Name: name, Domain: "lists.example.org", Title: name, Settings: list.DefaultSettings()}
			var err error
			if made[i], err = list.Create(tx, l); err != nil {
				return err
			}
		}
		return nil
	})
	return db, made[0], made[1]
}

func newMember(t testing.TB, address, name string) Member {
	return Member{
		Person:     list.Person{Address: testdb.Address(t, address), Name: name},
		Membership: list.Membership{Role: list.RoleMember, Mode: list.ModeEvery},
	}
}

// do runs one change and returns the member it made.
func do(t testing.TB, db *store.DB, fn func(tx *store.Tx) (Member, error)) (m Member) {
	t.Helper()
	testdb.Update(t, db, func(tx *store.Tx) (err error) {
		m, err = fn(tx)
		return err
	})
	return m
}

// logged returns the audit log in lines.
func logged(t testing.TB, db *store.DB) (lines []string) {
	testdb.View(t, db, func(tx *store.Tx) error {
		for e, err := range audit.All(tx) {
			if err != nil {
				return err
			}
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s: %s list %d person %d %s", e.Actor, e.Action, e.List, e.Person, e.Detail)))
		}
		return nil
	})
	return lines
}

func TestALifeOfAMember(t *testing.T) {
	db, forum, heads := newForum(t)
	priya := do(t, db, func(tx *store.Tx) (Member, error) {
		return Add(tx, by, forum.ID, newMember(t, "priya@school.example", "Priya N."))
	})
	other := do(t, db, func(tx *store.Tx) (Member, error) {
		return Add(tx, by, heads.ID, newMember(t, "PRIYA@school.example", "Priya Nair"))
	})
	if other.Person.ID != priya.Person.ID || other.Person.Address != priya.Person.Address {
		t.Errorf("one person became two: %+v and %+v", priya.Person, other.Person)
	}
	err := db.Update(func(tx *store.Tx) error {
		_, err := Add(tx, by, forum.ID, newMember(t, "priya@school.example", ""))
		return err
	})
	if !errors.Is(err, list.ErrAlreadyMember) || !strings.Contains(err.Error(), "priya@school.example") {
		t.Errorf("added twice: %v", err)
	}
	do(t, db, func(tx *store.Tx) (Member, error) {
		m, err := Find(tx, forum.ID, testdb.Address(t, "priya@school.example"))
		if err != nil {
			return m, err
		}
		if m, err = Set(m, "mode", "daily", noon); err != nil {
			return m, err
		}
		m, err = Set(m, "address", "priya@new.example", noon)
		return m, errors.Join(err, Save(tx, by, m), Save(tx, by, m))
	})
	priya = do(t, db, func(tx *store.Tx) (Member, error) { return Find(tx, forum.ID, testdb.Address(t, "priya@new.example")) })
	if priya.Person.Name != "Priya Nair" || priya.Membership.Mode != list.ModeDaily {
		t.Errorf("changed to %+v", priya)
	}
	testdb.Update(t, db, func(tx *store.Tx) error { return Remove(tx, by, priya) })
	testdb.View(t, db, func(tx *store.Tx) error {
		for _, a := range []string{"priya@school.example", "priya@new.example"} {
			if m, err := Find(tx, forum.ID, testdb.Address(t, a)); !Unknown(err) {
				t.Errorf("%s is still there: %+v, %v", a, m, err)
			}
		}
		_, err := Find(tx, heads.ID, testdb.Address(t, "priya@new.example"))
		return err
	})
	want := []string{
		"operator uid 0: member add list 1 person 1",
		"operator uid 0: member add list 2 person 1",
		"operator uid 0: member set list 1 person 1 address, mode daily",
		"operator uid 0: member remove list 1 person 1",
	}
	if diff := cmp.Diff(want, logged(t, db)); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

func TestWhatWasPublishedBeforeJoiningDoesNotCome(t *testing.T) {
	db, forum, _ := newForum(t)
	var last archive.Seq
	testdb.Update(t, db, func(tx *store.Tx) error {
		in, err := intake.Put(tx, intake.New{State: intake.Done})
		if err != nil {
			return err
		}
		p, err := archive.Import(tx, archive.NewPost{Post: archive.Post{List: forum.ID, Intake: in, MessageID: "<1@x>", Written: noon}})
		last = p.Seq
		return err
	})
	m := do(t, db, func(tx *store.Tx) (Member, error) { return Add(tx, by, forum.ID, newMember(t, "a@x.example", "")) })
	if last == 0 || m.Membership.JoinedSeq != uint64(last) {
		t.Errorf("joined at %d, the last change is %d", m.Membership.JoinedSeq, last)
	}
	p := planned(t, db, forum.ID, "b@x.example\n")
	testdb.Update(t, db, func(tx *store.Tx) error { return Import(tx, by, forum.ID, p.Steps) })
	m = do(t, db, func(tx *store.Tx) (Member, error) { return Find(tx, forum.ID, testdb.Address(t, "b@x.example")) })
	if m.Membership.JoinedSeq != uint64(last) {
		t.Errorf("imported at %d, the last change is %d", m.Membership.JoinedSeq, last)
	}
}

func TestAnAddressOfSomebodyElseIsNotTaken(t *testing.T) {
	db, forum, _ := newForum(t)
	do(t, db, func(tx *store.Tx) (Member, error) { return Add(tx, by, forum.ID, newMember(t, "a@x.example", "")) })
	b := do(t, db, func(tx *store.Tx) (Member, error) { return Add(tx, by, forum.ID, newMember(t, "b@x.example", "")) })
	b.Person.Address = testdb.Address(t, "a@x.example")
	if err := db.Update(func(tx *store.Tx) error { return Save(tx, by, b) }); !errors.Is(err, list.ErrAddressTaken) {
		t.Errorf("saved with %v", err)
	}
	if n := len(logged(t, db)); n != 2 {
		t.Errorf("%d audit entries of a change that was not made", n)
	}
}

func TestTheLastModeratorIsKnown(t *testing.T) {
	db, forum, _ := newForum(t)
	last := func(m Member) (last bool) {
		testdb.View(t, db, func(tx *store.Tx) (err error) { last, err = LastModerator(tx, m); return err })
		return last
	}
	a := do(t, db, func(tx *store.Tx) (Member, error) { return Add(tx, by, forum.ID, newMember(t, "a@x.example", "")) })
	b := do(t, db, func(tx *store.Tx) (Member, error) { return Add(tx, by, forum.ID, newMember(t, "b@x.example", "")) })
	if last(a) {
		t.Error("a member is the last moderator")
	}
	a = do(t, db, func(tx *store.Tx) (Member, error) { return SetRole(tx, by, a, list.RoleOwner) })
	if !last(a) {
		t.Error("the only owner is not the last moderator")
	}
	b = do(t, db, func(tx *store.Tx) (Member, error) { return SetRole(tx, by, b, list.RoleModerator) })
	if last(a) || last(b) {
		t.Error("one of two is the last moderator")
	}
	if got := logged(t, db)[2]; got != "operator uid 0: moderator set list 1 person 1 role owner" {
		t.Errorf("audit log: %s", got)
	}
}
