package list

import (
	"errors"
	"testing"
	"time"

	"sencoforum/internal/testdb"
	"sencoforum/store"
)

// Words around mails come with the list, whichever way it is read, and no list has another's.
func TestWordsAroundMailsComeWithTheList(t *testing.T) {
	db := testdb.Open(t)
	var a List
	testdb.Update(t, db, func(tx *store.Tx) (err error) {
		a, err = Create(tx, forum("senco-forum"))
		if _, other := Create(tx, forum("staff")); err != nil || other != nil {
			return errors.Join(err, other)
		}
		for name, text := range map[string]string{"goodbye": "Bye.", "mail-goodbye": "{usual}\nA.", "mail-welcome": "{usual}\nB.", "reason": "No."} {
			if err := SetWords(tx, a.ID, Words{Name: name, Text: text, Since: time.Unix(0, 0).UTC()}); err != nil {
				return err
			}
		}
		l, err := Get(tx, a.ID) // also within the transaction that set them
		if err != nil {
			return err
		}
		if got := l.Frames.Of("mail-goodbye"); got != "{usual}\nA." {
			t.Errorf("in the same transaction: %q", got)
		}
		l.Title = "Saved"
		return Save(tx, l)
	})
	testdb.Update(t, db, func(tx *store.Tx) error {
		_, err := ResetWords(tx, a.ID, "mail-welcome")
		return err
	})
	defer noneLeft(t, db, a.ID)
	testdb.View(t, db, func(tx *store.Tx) error {
		found, err := Find(tx, "senco-forum")
		if err != nil {
			return err
		}
		got, err := Get(tx, a.ID)
		if err != nil {
			return err
		}
		dest, err := Resolve(tx, testdb.Address(t, "senco-forum-join@lists.example.org"))
		if err != nil {
			return err
		}
		for l, err := range All(tx) {
			if err != nil {
				return err
			}
			if l.ID == a.ID {
				found = l
			} else if l.Frames != nil {
				t.Errorf("%s has %v", l.Name, l.Frames)
			}
			for _, l := range []List{found, got, dest.List} {
				if l.Frames.Of("mail-goodbye") != "{usual}\nA." || l.Frames.Of("mail-welcome") != "" || l.Frames.Of("goodbye") != "" || l.Title != "Saved" {
					t.Errorf("%+v", l)
				}
			}
		}
		return nil
	})
}

// noneLeft takes the last words of a list away and looks that its row says so.
func noneLeft(t *testing.T, db *store.DB, id ID) {
	t.Helper()
	testdb.Update(t, db, func(tx *store.Tx) error {
		if had, err := ResetWords(tx, id, "mail-goodbye"); err != nil || !had {
			return err
		}
		l, err := Get(tx, id)
		if l.Framed || l.Frames != nil {
			t.Errorf("with none left: %+v", l)
		}
		return err
	})
}

func BenchmarkGet(b *testing.B) {
	db := testdb.Open(b)
	testdb.Update(b, db, func(tx *store.Tx) error {
		_, err := Create(tx, forum("senco-forum"))
		return err
	})
	for _, words := range []string{"", "{usual}\nWe are here for you."} {
		name := "without words around mails"
		if words != "" {
			name = "with three of them"
			testdb.Update(b, db, func(tx *store.Tx) error {
				for _, n := range []string{"mail-goodbye", "mail-returned", "mail-welcome"} {
					if err := SetWords(tx, 1, Words{Name: n, Text: words}); err != nil {
						return err
					}
				}
				return nil
			})
		}
		b.Run(name, func(b *testing.B) {
			testdb.View(b, db, func(tx *store.Tx) error {
				for b.Loop() {
					if _, err := Get(tx, 1); err != nil {
						return err
					}
				}
				return nil
			})
		})
	}
}
