package membership

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

func TestAnAddressIsLinkedToldAndRecorded(t *testing.T) {
	w := newTown(t)
	tom, asha := w.add("tom@school.example", list.RoleMember), w.add("asha@school.example", list.RoleModerator)
	link := func(m Member, address string) (done bool) {
		t.Helper()
		testdb.Update(t, w.db, func(tx *store.Tx) (err error) {
			done, err = Link(tx, By{Now: w.now, How: ByMail}, w.host, w.forum, m.Person.ID, testdb.Address(t, address))
			return err
		})
		return done
	}
	for _, c := range []struct {
		address string
		want    bool
	}{
		{"tom@home.example", true}, {"TOM@Home.example", false}, {"tom@school.example", false}, {"Asha@school.example", false},
		{"tom@old.example", true},
	} {
		if got := link(tom, c.address); got != c.want {
			t.Errorf("%s: %v, want %v", c.address, got, c.want)
		}
	}
	testdb.View(t, w.db, func(tx *store.Tx) error {
		p, err := list.FindPerson(tx, testdb.Address(t, "Tom@HOME.example"))
		if p.ID != tom.Person.ID || p.Address.String() != "tom@school.example" || join(p.Linked) != "tom@home.example tom@old.example" {
			t.Errorf("the person is %+v", p)
		}
		other, err2 := list.FindPerson(tx, testdb.Address(t, "asha@school.example"))
		if other.ID != asha.Person.ID {
			t.Errorf("the other one is %+v", other)
		}
		return errors.Join(err, err2)
	})
	letters := w.letters()
	if len(letters) != 2 || !strings.Contains(letters[0], "tom@school.example") || !strings.Contains(letters[0], "  tom@home.example") {
		t.Errorf("letters:\n%s", strings.Join(letters, "\n\n"))
	}
	if got := strings.Join(logged(t, w.db)[2:], "\n"); strings.Count(got, "member link") != 2 || strings.Contains(got, "@") {
		t.Errorf("audit log:\n%s", got)
	}
}

func TestWhoCannotBeLinked(t *testing.T) {
	w := newTown(t)
	tom := w.add("tom@school.example", list.RoleMember)
	testdb.Update(t, w.db, func(tx *store.Tx) error {
		for i := range maxLinked {
			tom.Person.Linked = append(tom.Person.Linked, message.Address{Local: fmt.Sprint("tom", i), Domain: "home.example"})
		}
		return list.SavePerson(tx, tom.Person)
	})
	link := func() (done bool, err error) {
		testdb.Update(t, w.db, func(tx *store.Tx) error {
			done, err = Link(tx, By{Now: w.now}, w.host, w.forum, tom.Person.ID, testdb.Address(t, "more@home.example"))
			return nil
		})
		return done, err
	}
	if done, err := link(); done || err != nil {
		t.Errorf("one address too many: %v, %v", done, err)
	}
	w.leave(tom)
	if done, err := link(); done || !errors.Is(err, list.ErrNoMember) {
		t.Errorf("who has left: %v, %v", done, err)
	}
}
