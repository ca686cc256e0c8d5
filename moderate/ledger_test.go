package moderate

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

func TestALineThatACrashCutOffIsNoFault(t *testing.T) {
	dir := t.TempDir()
	l, err := OpenLedger(dir)
	if err != nil {
		t.Fatal(err)
	}
	one := entry{At: noon, Act: actErase, Post: 1, Gone: intake.Gone{ID: "d1"}}
	if err := l.add(one); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, ledgerName)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(text, text[:len(text)/2]...), 0o600); err != nil {
		t.Fatal(err)
	}
	all, faults, err := l.entries()
	if err != nil || len(all) != 1 || len(faults) != 0 {
		t.Errorf("%d entries, faults %q, %v; want the whole one", len(all), faults, err)
	}
	one.Post = 2
	if err := l.add(one); err != nil {
		t.Fatal(err)
	}
	if all, faults, err = l.entries(); err != nil || len(all) != 2 || all[1].Post != 2 || len(faults) != 1 {
		t.Errorf("%d entries, faults %q, %v; want two, and the line that nobody can read named", len(all), faults, err)
	}
}

func TestTheLedgerLeavesANumberAloneThatIsAnotherPost(t *testing.T) {
	db, e, _ := archived(t, 1)
	by := By{Actor: "operator uid 0", Now: noon}
	if err := e.ledger.ready(db); err != nil {
		t.Fatal(err)
	}
	// An erasure of a post that this store, from before, does not have; it has given the number to another.
	other := archive.Post{Number: 1, List: 1, MessageID: "<other@x>"}
	gone := e.ledger.gone(other, "its key")
	if err := e.ledger.add(entry{At: by.Now, Act: actErase, Post: 1, Gone: gone}); err != nil {
		t.Fatal(err)
	}
	done, err := e.Apply()
	if err != nil || done.Acts != 0 || len(done.Faults) != 0 {
		t.Errorf("%+v, %v", done, err)
	}
	err = db.View(func(tx *store.Tx) error {
		p, err := archive.Get(tx, 1)
		if p.State != archive.Published {
			t.Errorf("the other post is %s", p.State)
		}
		_, known, err2 := intake.Known(tx, "its key")
		never, err3 := intake.IsGone(tx, 1, "<other@x>")
		if !known || !never {
			t.Errorf("what was erased is known %v and kept from imports %v, want both", known, never)
		}
		return errors.Join(err, err2, err3)
	})
	if err != nil {
		t.Error(err)
	}
}

func TestWhatTheLedgerSaysIsDoneThoughTheActWasCutOff(t *testing.T) {
	db, e, _ := archived(t, 1)
	if err := e.ledger.ready(db); err != nil {
		t.Fatal(err)
	}
	p, r, m, err := e.look(1)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.ledger.add(entry{At: noon, Act: actErase, Post: 1, Gone: e.ledger.gone(p, intake.KeyOf(r, m))}); err != nil {
		t.Fatal(err)
	}
	// A crash: the next start has a ledger of its own.
	ledger, err := OpenLedger(e.ledger.dir)
	if err != nil {
		t.Fatal(err)
	}
	done, err := NewEraser(db, nil, ledger).Apply()
	if err != nil || done.Acts != 1 {
		t.Errorf("%+v, %v", done, err)
	}
	if p, _, _, err := e.look(1); err != nil || p.State != archive.Erased || !p.Gone.Equal(noon) {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestTheKeyOfTheLedgerIsNeverMadeAnew(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, secretName), []byte("not a key\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenLedger(dir); err == nil || !strings.Contains(err.Error(), "put the one from a backup back") {
		t.Errorf("%v", err)
	}
}

// FuzzParseLedger reads any file as a ledger: what it does not understand it names, and it never fails.
func FuzzParseLedger(f *testing.F) {
	f.Add([]byte(`{"at":"2026-11-22T12:00:00Z","act":"erase","post":1,"gone":{"id":"d"}}` + "\n{\n\n{\"act\":1}"))
	f.Add([]byte("\x00\xff\n[]\nnull\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		all, faults := parseLedger(text)
		if lines := strings.Count(string(text), "\n") + 1; len(all)+len(faults) > lines {
			t.Errorf("%d entries and %d faults of %d lines", len(all), len(faults), lines)
		}
		for _, e := range all {
			if e.At.IsZero() || e.Act == "" {
				t.Errorf("an entry that says nothing: %+v", e)
			}
		}
	})
}

// letterAnd is a store with a letter to the owners, message 1, and what plant adds, with the ledger of a directory.
func letterAnd(t *testing.T, dir string, plant func(tx *store.Tx) error) (*store.DB, *Eraser) {
	t.Helper()
	db, _ := desk(t, list.KindOwner)
	ledger, err := OpenLedger(dir)
	if err != nil {
		t.Fatal(err)
	}
	testdb.Update(t, db, plant)
	return db, NewEraser(db, nil, ledger)
}

// heldMessage plants message 2, which is held.
func heldMessage(id, body string) func(tx *store.Tx) error {
	return func(tx *store.Tx) error {
		raw := []byte("From: asha@school.example\r\nMessage-ID: " + id + "\r\n\r\n" + body + "\r\n")
		n, err := intake.Put(tx, intake.New{Record: intake.Record{Kind: "post", List: 1, MessageID: id}, Raw: store.NewBlob(raw), State: intake.Held, Key: "k"})
		if err != nil {
			return err
		}
		_, err = hold.Put(tx, hold.Item{Message: n, List: 1, Reason: hold.Unverified, Key: "k", Since: noon, Until: noon})
		return err
	}
}

// eraseBoth erases the letter and the held message, and the latter once more.
func eraseBoth(t *testing.T, dir string) {
	t.Helper()
	_, e := letterAnd(t, dir, heldMessage("<h@x>", "held words"))
	for _, id := range []intake.ID{1, 2, 2} {
		if err := e.EraseMessage(By{Actor: "operator uid 0", Now: noon}, id); err != nil {
			t.Fatal(err)
		}
	}
	all, faults, err := e.ledger.entries()
	if err != nil || len(all) != 2 || len(faults) > 0 || all[1].Message != 2 {
		t.Fatalf("the ledger has %+v, %q, %v; want two lines", all, faults, err)
	}
}

func TestMailThatIsNoPostIsErasedAgainInAnOlderStore(t *testing.T) {
	dir := t.TempDir()
	eraseBoth(t, dir)
	for _, c := range []struct {
		name     string
		id, body string
		acts     int
		want     intake.State
	}{
		{"the same message", "<h@x>", "held words", 2, intake.Erased},
		{"another under its number", "<other@x>", "held words", 1, intake.Held},
		{"another with its Message-ID", "<h@x>", "other words", 1, intake.Held},
	} {
		db, e := letterAnd(t, dir, heldMessage(c.id, c.body))
		done, err := e.Apply()
		if err != nil || done.Acts != c.acts || len(done.Faults) > 0 {
			t.Errorf("%s: %+v, %v; want %d acts", c.name, done, err, c.acts)
		}
		testdb.View(t, db, func(tx *store.Tx) error {
			s, err := intake.StatusOf(tx, 2)
			items := 0
			for range hold.All(tx) {
				items++
			}
			if s.State != c.want || (items == 0) != (c.want == intake.Erased) {
				t.Errorf("%s is %s, with %d items that are held", c.name, s.State, items)
			}
			return err
		})
		if again, err := e.Apply(); err != nil || again.Acts != 0 {
			t.Errorf("%s, once more: %+v, %v", c.name, again, err)
		}
	}
}

// In an older store the number may have become a post meanwhile; and one that is older still does not have it.
func TestTheLedgerLeavesAMessageAloneThatIsAPost(t *testing.T) {
	dir := t.TempDir()
	eraseBoth(t, dir)
	db, e := letterAnd(t, dir, heldMessage("<h@x>", "held words"))
	testdb.Update(t, db, func(tx *store.Tx) error {
		_, err := archive.Accept(tx, archive.NewPost{Post: archive.Post{List: 1, Intake: 2, MessageID: "<h@x>", Until: noon}})
		return err
	})
	if done, err := e.Apply(); err != nil || done.Acts != 1 || len(done.Faults) > 0 {
		t.Errorf("a post by now: %+v, %v", done, err)
	}
	_, e = letterAnd(t, dir, func(*store.Tx) error { return nil })
	if done, err := e.Apply(); err != nil || done.Acts != 1 || len(done.Faults) > 0 {
		t.Errorf("a store without it: %+v, %v", done, err)
	}
}
