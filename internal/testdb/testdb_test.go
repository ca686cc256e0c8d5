package testdb

import (
	"testing"

	"sencoforum/store"
)

func TestADatabaseIsEmptyAndItsOwn(t *testing.T) {
	c := store.Counter("test")
	for range 2 {
		db := Open(t)
		Update(t, db, func(tx *store.Tx) error {
			n, err := c.Next(tx)
			if n != 1 {
				t.Errorf("the first number is %d", n)
			}
			return err
		})
	}
	if got := Address(t, "Priya@School.example").Key(); got != "priya@school.example" {
		t.Errorf("key %s", got)
	}
}
