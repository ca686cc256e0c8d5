package bounce

import (
	"sencoforum/list"
	"sencoforum/store"
)

// Forget takes away what is known of a person's address.
func Forget(tx *store.Tx, p list.PersonID) error {
	for row, err := range states.All(tx) {
		if err != nil {
			return err
		}
		if row.Key.B == p {
			if err := states.Delete(tx, row.Key); err != nil {
				return err
			}
		}
	}
	for row, err := range checks.All(tx) {
		if err != nil {
			return err
		}
		if row.Key.B == p {
			if err := checks.Delete(tx, row.Key); err != nil {
				return err
			}
		}
	}
	for row, err := range reports.All(tx) {
		if err != nil {
			return err
		}
		if row.Key.B == p {
			if err := reports.Delete(tx, row.Key); err != nil {
				return err
			}
		}
	}
	return nil
}

// ForgetWords takes away what mail hosts said in words, because it may quote a post that was erased.
func ForgetWords(tx *store.Tx) error {
	for row, err := range checks.All(tx) {
		if err != nil {
			return err
		}
		c := row.Value
		if c.Words = ""; c == row.Value {
			continue
		}
		if err := checks.Put(tx, row.Key, c); err != nil {
			return err
		}
	}
	return nil
}
