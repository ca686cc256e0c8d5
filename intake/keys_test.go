package intake

import (
	"strings"
	"testing"

	"sencoforum/internal/testdb"
	"sencoforum/message"
	"sencoforum/store"
)

// keysAsText reads the table as it was before keys were bytes.
var keysAsText = store.NewTable("intake.keys", store.StringKey[string](), store.JSON[ID]())

func TestKeysOfAnOlderStoreAreFoundAndFreed(t *testing.T) {
	db := testdb.Open(t)
	k := DuplicateKey(1, message.Address{Local: "ann", Domain: "school.example"}, "<a@b>", []byte("hello\r\n"))
	other := DuplicateKey(1, message.Address{Local: "ann", Domain: "school.example"}, "<b@b>", []byte("hello\r\n"))
	find := func(k Key) (id ID, ok bool) {
		t.Helper()
		testdb.View(t, db, func(tx *store.Tx) (err error) {
			id, ok, err = Known(tx, k)
			return err
		})
		return id, ok
	}
	rows := func() (all []string) {
		t.Helper()
		testdb.View(t, db, func(tx *store.Tx) error {
			for row, err := range keysAsText.All(tx) {
				if err != nil {
					return err
				}
				all = append(all, row.Key)
			}
			return nil
		})
		return all
	}
	testdb.Update(t, db, func(tx *store.Tx) error { return keysAsText.Put(tx, string(k), 7) })
	if id, ok := find(k); !ok || id != 7 {
		t.Errorf("a key of old stands for %d, %t; want 7", id, ok)
	}
	testdb.Update(t, db, func(tx *store.Tx) error { return Forget(tx, k, 8) })
	if _, ok := find(k); !ok {
		t.Error("it was freed for a message that it does not stand for")
	}
	testdb.Update(t, db, func(tx *store.Tx) error { return Claim(tx, 9, k) })
	if id, _ := find(k); id != 9 || len(rows()) != 2 {
		t.Errorf("claimed, it stands for %d, with %d rows; want 9 and 2", id, len(rows()))
	}
	testdb.Update(t, db, func(tx *store.Tx) error { return Claim(tx, 10, other) })
	testdb.Update(t, db, func(tx *store.Tx) error { return Forget(tx, k, 9) })
	if _, ok := find(k); ok || len(rows()) != 1 {
		t.Errorf("freed, it is known: %t, and %q is left", ok, rows())
	}
	if left := rows(); len(left[0]) != keySize || strings.Contains(left[0], string(other[:8])) {
		t.Errorf("a new key is stored as %q, want %d bytes", left[0], keySize)
	}
}

func TestDuplicateKeysComeBack(t *testing.T) {
	digits := strings.Repeat("0f", keySize)
	for _, stored := range []string{strings.Repeat("\x0f", keySize), digits} {
		if k, err := parseKey([]byte(stored)); err != nil || string(k) != digits {
			t.Errorf("%q is %q, error %v", stored, k, err)
		}
	}
	if k, err := parseKey([]byte("key")); err == nil {
		t.Errorf("three bytes are %q", k)
	}
	for _, k := range []Key{"key", Key(strings.ToUpper(digits)), Key(digits[:60]), Key("zz" + digits[2:])} {
		if got := appendKey(nil, k); string(got) != string(k) {
			t.Errorf("%q is written as %q", k, got)
		}
	}
}
