package relay

import (
	"sencoforum/list"
	"sencoforum/store"
)

// Forget takes away that a person wrote to anybody or was written to, with what has not left, and whom they muted.
func Forget(tx *store.Tx, p list.PersonID) error {
	for row, err := range entries.All(tx) {
		if err != nil {
			return err
		}
		if row.Value.From != p && row.Value.To != p {
			continue
		}
		if err := forget(tx, row.Key, row.Value); err != nil {
			return err
		}
	}
	for row, err := range muted.All(tx) {
		if err != nil {
			return err
		}
		if row.Key.A != p && row.Key.B != p {
			continue
		}
		if err := muted.Delete(tx, row.Key); err != nil {
			return err
		}
	}
	return days.Delete(tx, p)
}
