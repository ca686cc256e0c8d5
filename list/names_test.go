package list

import (
	"errors"
	"strings"
	"testing"

	"sencoforum/internal/testdb"
	"sencoforum/message"
	"sencoforum/store"
)

func containsText(s, part string) bool { return strings.Contains(s, part) }

func TestPeopleAreFoundByHowTheirNameLooks(t *testing.T) {
	db := testdb.Open(t)
	var l List
	var asha, tom Person
	testdb.Update(t, db, func(tx *store.Tx) (err error) {
		if l, err = Create(tx, List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum", Settings: DefaultSettings()}); err != nil {
			return err
		}
		asha, err = AddPerson(tx, Person{Name: "Asha Patel", Address: message.Address{Local: "asha", Domain: "a.example"}})
		if err != nil {
			return err
		}
		tom, err = AddPerson(tx, Person{Name: "Tom Brown", Address: message.Address{Local: "tom", Domain: "a.example"}})
		return errors.Join(err, Join(tx, Membership{List: l.ID, Person: asha.ID, Role: RoleModerator, Mode: ModeEvery}))
	})
	alike := func(name string, self PersonID) (yes bool) {
		testdb.View(t, db, func(tx *store.Tx) (err error) { yes, err = AlikeMember(tx, l, name, self); return err })
		return yes
	}
	for _, c := range []struct {
		name string
		self PersonID
		want bool
	}{
		{"Asha Patel", 9, true}, {"\u0410sha  PATEL", 9, true}, {"Asha Patel", asha.ID, false}, {"Asha", 9, false},
		{"Tom Brown", 9, false}, // who is no member of this list
		{"SENCO Forum", 9, true}, {"senco f0rum moderators", 9, true}, {"SENCO", 9, false}, {"", 9, false},
	} {
		if got := alike(c.name, c.self); got != c.want {
			t.Errorf("%q of %d: %v, want %v", c.name, c.self, got, c.want)
		}
	}
	testdb.Update(t, db, func(tx *store.Tx) error {
		asha.Name = "Asha Rao"
		return errors.Join(SavePerson(tx, asha), Join(tx, Membership{List: l.ID, Person: tom.ID, Role: RoleMember, Mode: ModeEvery}))
	})
	if alike("Asha Patel", 9) || !alike("Asha Rao", 9) || !alike("tom brown", 9) {
		t.Error("the index does not follow changes")
	}
	testdb.Update(t, db, func(tx *store.Tx) error { return Forget(tx, tom.ID) })
	testdb.View(t, db, func(tx *store.Tx) error {
		n := 0
		for row, err := range names.All(tx) {
			if err != nil {
				return err
			}
			if n++; strings.Contains(row.Key.A, "sha") || len(row.Key.A) != 16 {
				t.Errorf("a row shows the name: %q", row.Key.A)
			}
		}
		if n != 1 {
			t.Errorf("%d rows, want that of Asha alone", n)
		}
		return nil
	})
}

// A store from before there was an index gets one at the start.
func TestTheIndexOfNamesIsMadeOnce(t *testing.T) {
	db := testdb.Open(t)
	testdb.Update(t, db, func(tx *store.Tx) error {
		p, err := AddPerson(tx, Person{Name: "Asha Patel", Address: message.Address{Local: "asha", Domain: "a.example"}})
		return errors.Join(err, rename(tx, p.ID, p.Name, ""))
	})
	made := func() (n int) {
		testdb.Update(t, db, func(tx *store.Tx) (err error) { n, err = IndexNames(tx); return err })
		return n
	}
	if n := made(); n != 1 {
		t.Errorf("%d names were indexed", n)
	}
	if n := made(); n != 0 {
		t.Errorf("%d names were indexed again", n)
	}
	testdb.View(t, db, func(tx *store.Tx) error {
		found, err := Alike(tx, "asha patel", 5)
		if len(found) != 1 {
			t.Errorf("found %v", found)
		}
		return err
	})
}
