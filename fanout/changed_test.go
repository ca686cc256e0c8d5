package fanout

import (
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

// halfway publishes a post and expands it to its first members alone.
func halfway(t *testing.T, db *store.DB) archive.Post {
	t.Helper()
	p := post(t, db, "<1@x>")
	testdb.Update(t, db, func(tx *store.Tx) error {
		e := NewExpander(slog.New(slog.DiscardHandler), db, func() time.Time { return noon })
		c, _, err := nextChange(tx, store.Position{})
		if err != nil {
			return err
		}
		_, _, err = e.expand(tx, c, store.Position{}, 2)
		return err
	})
	return p
}

func TestAPostThatIsRedactedWhileItExpandsGoesToEverybodyOnce(t *testing.T) {
	db := testdb.Open(t)
	members(t, db, 5)
	p := halfway(t, db)
	testdb.Update(t, db, func(tx *store.Tx) error { // somebody who joined after the publishing
		who, err := list.AddPerson(tx, list.Person{Address: testdb.Address(t, "late@school.example")})
		if err != nil {
			return err
		}
		return list.Join(tx, list.Membership{List: 1, Person: who.ID, Role: list.RoleMember, Mode: list.ModeEvery, JoinedSeq: uint64(p.Seq)})
	})
	testdb.Update(t, db, func(tx *store.Tx) error {
		_, err := archive.Rewritten(tx, p.Number, []byte("From: M <m1@school.example>\r\n\r\n[removed]\r\n"), "hello", "M", noon)
		return err
	})
	expandAll(t, db)
	if got := rows(t, db, p.Number); !slices.Equal(got, []uint32{1, 2, 3, 4, 5}) {
		t.Errorf("rows for members %v, want 1 to 5", got)
	}
	if s := state(t, db, p.Intake); s != intake.Expanded {
		t.Errorf("its message is %s", s)
	}
	if faults := accounts(t, db); len(faults) > 0 {
		t.Error(faults)
	}
}

func TestAPostThatIsTakenOutWhileItExpandsGoesToNobodyMore(t *testing.T) {
	for i, act := range []func(tx *store.Tx, p archive.Post) error{
		func(tx *store.Tx, p archive.Post) error {
			_, err := archive.Hide(tx, p.Number, archive.Seal{}, noon)
			return err
		},
		func(tx *store.Tx, p archive.Post) error { _, err := archive.Erase(tx, p.Number, noon); return err },
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			db := testdb.Open(t)
			members(t, db, 5)
			p := halfway(t, db)
			testdb.Update(t, db, func(tx *store.Tx) error { return act(tx, p) })
			expandAll(t, db)
			if got := rows(t, db, p.Number); len(got) != 2 {
				t.Errorf("rows for members %v, want the two that were there", got)
			}
			if state(t, db, p.Intake) != intake.Erased {
				deliver(t, db, p.Intake)
				if s := state(t, db, p.Intake); s != intake.Done {
					t.Errorf("its message is %s", s)
				}
			}
			if faults := accounts(t, db); len(faults) > 0 {
				t.Error(faults)
			}
		})
	}
}
