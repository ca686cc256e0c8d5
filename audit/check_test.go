package audit

import (
	"errors"
	"strings"
	"testing"

	"sencoforum/internal/testdb"
	"sencoforum/store"
)

func TestACheckNumberFindsItsEntry(t *testing.T) {
	db := open(t, 3)
	var early Head
	testdb.View(t, db, func(tx *store.Tx) (err error) { early, err = Last(tx); return err })
	testdb.Update(t, db, func(tx *store.Tx) error {
		return Append(tx, Entry{At: noon, Actor: "server", Action: "member add", Person: 9})
	})
	testdb.View(t, db, func(tx *store.Tx) error {
		for _, check := range []string{early.Check(), strings.ToUpper(early.Check()), early.Hash, early.Hash[:17]} {
			e, err := Checked(tx, check)
			if err != nil || e.Number != 3 {
				t.Errorf("%q: entry %d, %v", check, e.Number, err)
			}
		}
		for check, want := range map[string]error{
			"": ErrNoCheck, "9f2c": ErrNoCheck, "9f2c 71ab 03de 88zz": ErrNoCheck, "9f2c 71ab 03de 8845": ErrNotInRecord,
		} {
			if _, err := Checked(tx, check); !errors.Is(err, want) {
				t.Errorf("%q: %v, want %v", check, err, want)
			}
		}
		return nil
	})
	if got := (Head{}).Check(); got != "" {
		t.Errorf("an empty record has check number %q", got)
	}
	if got := early.Check(); len(got) != 19 {
		t.Errorf("check number %q", got)
	}
}
