package moderate

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/store"
)

// delivered makes a post of n members who have a copy, but for the third, whose mail host refused it.
func delivered(t *testing.T, n int) (*store.DB, *Eraser, *Recaller) {
	t.Helper()
	db, e, _ := archived(t, 1)
	_, f := desk(t, list.KindOwner) // for its keys
	chunks := store.NewTable("queue.outcomes", store.PairKey(store.Uint64Key[uint64](), store.Uint32Key[uint32]()), store.Bytes())
	testdb.Update(t, db, func(tx *store.Tx) error {
		said := make([]byte, 0, n+2)
		said = append(said, byte(queue.Open), byte(queue.Open)) // nobody is number 0, and 1 moderates and gets no posts
		for i := range n {
			p, err := list.AddPerson(tx, list.Person{Address: testdb.Address(t, fmt.Sprintf("m%d@school.example", i))})
			if err != nil {
				return err
			}
			o := queue.Delivered
			if i == 2 {
				o = queue.Failed
			}
			if said = append(said, byte(o)); int(p.ID) != len(said)-1 {
				return fmt.Errorf("person %d, want %d", p.ID, len(said)-1)
			}
		}
		for at := 0; at < len(said); at += 500 {
			k := store.Pair[uint64, uint32]{A: 1, B: uint32(at / 500)}
			if err := chunks.Put(tx, k, said[at:min(at+500, len(said))]); err != nil {
				return err
			}
		}
		return nil
	})
	return db, e, NewRecaller(db, f.keys, "https://forum.example.org/", func() time.Time { return noon })
}

// recallRows are the members who are asked.
func recallRows(t *testing.T, db *store.DB) (rows []queue.Row) {
	t.Helper()
	testdb.View(t, db, func(tx *store.Tx) error {
		for r, err := range queue.List(tx, queue.Filter{}) {
			if err != nil {
				return err
			}
			if r.Kind == RecallKind {
				rows = append(rows, r)
			}
		}
		return nil
	})
	return rows
}

// After a release more people have a copy, and those who were asked before can read the post again: all are asked.
func TestASecondRecallAfterAReleaseAsksEverybody(t *testing.T) {
	db, _, r := delivered(t, 10)
	by := By{Actor: "member 1", Now: noon}
	hide := func() {
		testdb.Update(t, db, func(tx *store.Tx) error { _, err := archive.Hide(tx, 1, archive.Seal{}, noon); return err })
	}
	hide()
	if n, err := r.Recall(by, 1); n != 9 || err != nil {
		t.Fatalf("%d asked, %v", n, err)
	}
	if n, err := r.Recall(by, 1); n != 0 || err != nil {
		t.Fatalf("a second time %d asked, %v", n, err)
	}
	testdb.Update(t, db, func(tx *store.Tx) error { _, err := archive.Show(tx, 1, noon); return err })
	hide()
	if n, err := r.Waiting(1); n != 9 || err != nil {
		t.Errorf("%d wait, %v", n, err)
	}
	if n, err := r.Recall(by, 1); n != 9 || err != nil || len(recallRows(t, db)) != 18 {
		t.Errorf("after the release %d asked, %v", n, err)
	}
}

func TestEverybodyWithACopyIsAskedOnceToDeleteIt(t *testing.T) {
	const members = 1202
	db, e, r := delivered(t, members)
	by := By{Actor: "operator uid 0", Now: noon}
	if _, err := r.Recall(by, 1); !errors.Is(err, archive.ErrShown) || len(recallRows(t, db)) != 0 {
		t.Fatalf("a post that members can see: %v", err)
	}
	if _, err := r.Waiting(1); !errors.Is(err, archive.ErrShown) {
		t.Fatalf("a post that members can see: %v", err)
	}
	if err := e.Erase(by, 1, Trace{}); err != nil {
		t.Fatal(err)
	}
	testdb.Update(t, db, func(tx *store.Tx) error { return list.Forget(tx, 10) })
	if n, err := r.Waiting(1); err != nil || n != members-1 {
		t.Errorf("%d have a copy, %v", n, err)
	}
	asked, err := r.Recall(by, 1)
	rows := recallRows(t, db)
	if err != nil || asked != members-2 || len(rows) != asked {
		t.Errorf("%d asked in %d rows, %v; want all but the one who has none and the one who was forgotten", asked, len(rows), err)
	}
	if slices.ContainsFunc(rows, func(r queue.Row) bool { return r.Member == 4 || r.Member == 10 }) {
		t.Error("somebody without a copy is asked")
	}
	if again, err := r.Recall(by, 1); err != nil || again != 0 || len(recallRows(t, db)) != len(rows) {
		t.Errorf("once more: %d asked, %v", again, err)
	}
	testdb.View(t, db, func(tx *store.Tx) error {
		said := 0
		for en, err := range audit.All(tx) {
			if err != nil {
				return err
			}
			if en.Action == "post recall" {
				said++
			}
		}
		if said != 3 {
			t.Errorf("%d entries of the audit, want one for each transaction", said)
		}
		return nil
	})
}

func TestARecallGoesOnWhereItStopped(t *testing.T) {
	db, _, r := delivered(t, 700)
	testdb.Update(t, db, func(tx *store.Tx) error {
		if _, err := archive.Hide(tx, 1, archive.Seal{}, noon); err != nil {
			return err
		}
		_, err := archive.Recall(tx, 1, 600, noon) // a crash came after these
		return err
	})
	asked, err := r.Recall(By{Actor: "operator uid 0", Now: noon}, 1)
	if rows := recallRows(t, db); err != nil || asked != 101 || len(rows) != 101 || rows[0].Member != 601 {
		t.Errorf("%d asked in %d rows, %v", asked, len(rows), err)
	}
}

func TestTheMailThatAsksNamesNothingOfThePost(t *testing.T) {
	db, _, r := delivered(t, 5)
	testdb.Update(t, db, func(tx *store.Tx) error { _, err := archive.Hide(tx, 1, archive.Seal{}, noon); return err })
	if _, err := r.Recall(By{Actor: "operator uid 0", Now: noon}, 1); err != nil {
		t.Fatal(err)
	}
	row := recallRows(t, db)[0]
	out, err := r.Render(t.Context(), row)
	if err != nil {
		t.Fatal(err)
	}
	mail := string(out.Header) + string(out.Body)
	for _, want := range []string{"In-Reply-To: <a@x>", "https://forum.example.org/m/1 ", "senco-forum-owner@lists.example.org", "22 November 2025, 12:00"} {
		if !strings.Contains(mail, want) {
			t.Errorf("without %q:\n%s", want, mail)
		}
	}
	if strings.Contains(mail, "words") || strings.Contains(mail, "Priya") || out.To.String() != "m0@school.example" || out.From.IsZero() {
		t.Errorf("from %s to %s:\n%s", out.From, out.To, mail)
	}
	testdb.Update(t, db, func(tx *store.Tx) error { return list.Forget(tx, list.PersonID(row.Member)) })
	if _, err := r.Render(t.Context(), row); !errors.Is(err, queue.ErrDropped) {
		t.Errorf("to somebody who was forgotten: %v", err)
	}
}
