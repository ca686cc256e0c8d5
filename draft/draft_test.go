package draft

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
	"sencoforum/token"
)

var noon = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// club is a store with one list and two members.
func club(t *testing.T) *store.DB {
	db := testdb.Open(t)
	testdb.Update(t, db, func(tx *store.Tx) error {
		if _, err := list.Create(tx, list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum", Settings: list.DefaultSettings()}); err != nil {
			return err
		}
		for _, a := range []string{"jane@school.example", "tom@school.example"} {
			p, err := list.AddPerson(tx, list.Person{Address: testdb.Address(t, a)})
			if err != nil {
				return err
			}
			if err := list.Join(tx, list.Membership{List: 1, Person: p.ID, Role: list.RoleMember, Mode: list.ModeEvery}); err != nil {
				return err
			}
		}
		return nil
	})
	return db
}

func some(name, content string) []New {
	return []New{{Name: name, Type: "text/plain", Content: store.NewBlob([]byte(content))}}
}

// names are the files of a form with what is in them.
func names(t *testing.T, db *store.DB, now time.Time, f Form) (all []string) {
	t.Helper()
	testdb.View(t, db, func(tx *store.Tx) error {
		files, err := Files(tx, now, f)
		if err != nil {
			return err
		}
		for _, one := range files {
			b, err := Content(tx, one)
			if err != nil || int64(len(b)) != one.Size {
				return fmt.Errorf("%s has %d bytes, %w", one.Name, len(b), err)
			}
			all = append(all, one.Name+"="+string(b))
		}
		return nil
	})
	return all
}

// nothing reports that no row and no byte is left.
func nothing(t *testing.T, db *store.DB) {
	t.Helper()
	testdb.View(t, db, func(tx *store.Tx) error {
		for one, err := range files.All(tx) {
			t.Errorf("left: file %d, %v", one.Key, err)
		}
		for one, err := range forms.All(tx) {
			t.Errorf("left: form %v, %v", one.Key, err)
		}
		if n, err := allBytes.Value(tx); err != nil || n != 0 {
			t.Errorf("left: %d bytes, %v", n, err)
		}
		return nil
	})
}

func TestFilesAreOfOneFormAndOnePerson(t *testing.T) {
	db := club(t)
	jane, other := Form{1, token.Random()}, Form{1, token.Random()}
	testdb.Update(t, db, func(tx *store.Tx) error {
		return errors.Join(Add(tx, noon, jane, some("a.txt", "one")), Add(tx, noon, jane, some("b.txt", "two")), Add(tx, noon, other, some("c.txt", "three")))
	})
	if got := names(t, db, noon, jane); fmt.Sprint(got) != "[a.txt=one b.txt=two]" {
		t.Errorf("Jane's form has %q", got)
	}
	for _, f := range []Form{{2, jane.Name}, {1, token.Random()}, {1, "x"}, {0, jane.Name}} {
		if got := names(t, db, noon, f); got != nil {
			t.Errorf("somebody else's form has %q", got)
		}
	}
	testdb.Update(t, db, func(tx *store.Tx) error {
		all, err := Files(tx, noon, jane)
		if err != nil {
			return err
		}
		if err := Remove(tx, Form{2, jane.Name}, all[0].Number); err != nil {
			return err
		}
		if err := Remove(tx, other, all[0].Number); err != nil {
			return err
		}
		return errors.Join(Remove(tx, jane, all[0].Number), Remove(tx, jane, all[0].Number))
	})
	if got := names(t, db, noon, jane); fmt.Sprint(got) != "[b.txt=two]" {
		t.Errorf("after the first was taken away: %q", got)
	}
	moved := Form{1, token.Random()}
	testdb.Update(t, db, func(tx *store.Tx) error { return Move(tx, jane, moved.Name) })
	if got := names(t, db, noon, moved); fmt.Sprint(got) != "[b.txt=two]" || names(t, db, noon, jane) != nil {
		t.Errorf("moved to another form: %q", got)
	}
	testdb.Update(t, db, func(tx *store.Tx) error { return errors.Join(Drop(tx, moved), Drop(tx, moved), Drop(tx, other)) })
	nothing(t, db)
}

func TestFilesHaveAnEnd(t *testing.T) {
	db := club(t)
	jane, tom := Form{1, token.Random()}, Form{2, token.Random()}
	testdb.Update(t, db, func(tx *store.Tx) error { return Add(tx, noon, jane, some("a.txt", "one")) })
	if got := names(t, db, noon.Add(Life), jane); got != nil {
		t.Errorf("a day later there is %q", got)
	}
	later := noon.Add(Life)
	k := NewKeeper(slog.New(slog.DiscardHandler), db, func() time.Time { return later })
	testdb.Update(t, db, func(tx *store.Tx) error { return Add(tx, later, tom, some("b.txt", "two")) })
	if err := k.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := names(t, db, later, tom); fmt.Sprint(got) != "[b.txt=two]" {
		t.Errorf("what is not old: %q", got)
	}
	testdb.View(t, db, func(tx *store.Tx) error {
		if all, err := Of(tx, 1); err != nil || len(all) != 0 {
			t.Errorf("what is old: %v, %v", all, err)
		}
		return nil
	})
	testdb.Update(t, db, func(tx *store.Tx) error { return list.Leave(tx, 1, 2) })
	if err := k.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	nothing(t, db)
}

func TestFilesAreBounded(t *testing.T) {
	db := club(t)
	f := Form{1, token.Random()}
	testdb.Update(t, db, func(tx *store.Tx) error {
		for range MostFiles {
			if err := Add(tx, noon, f, some("a.txt", "one")); err != nil {
				return err
			}
		}
		if err := Add(tx, noon, f, some("a.txt", "one")); !errors.Is(err, ErrMany) {
			t.Errorf("one too many: %v", err)
		}
		return nil
	})
	for i := range mostForms { // the fourth form of a person costs the first
		testdb.Update(t, db, func(tx *store.Tx) error {
			return Add(tx, noon.Add(time.Duration(i+1)*time.Minute), Form{1, token.Random()}, some("b.txt", "two"))
		})
	}
	if got := names(t, db, noon, f); got != nil {
		t.Errorf("the oldest form still has %d files", len(got))
	}
	testdb.View(t, db, func(tx *store.Tx) error {
		if all, err := Of(tx, 1); err != nil || len(all) != mostForms {
			t.Errorf("%d files are left, %v", len(all), err)
		}
		return nil
	})
	large := New{Name: "c.bin", Content: store.NewBlob(bytes.Repeat([]byte{0}, mostBytes/19))}
	err := db.Update(func(tx *store.Tx) error {
		for range 20 {
			if err := Add(tx, noon, Form{2, f.Name}, []New{large}); err != nil {
				return err
			}
		}
		return nil
	})
	if !errors.Is(err, ErrFull) {
		t.Errorf("more than all may have: %v", err)
	}
	testdb.Update(t, db, func(tx *store.Tx) error { return Forget(tx, 1) })
	nothing(t, db)
}
