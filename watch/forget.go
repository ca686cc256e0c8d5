package watch

import (
	"time"

	"sencoforum/store"
)

// ForgetWords takes away what providers said in words since a moment, because it may quote a post that was erased or name an
// address that was forgotten. Codes and counts stay.
func ForgetWords(tx *store.Tx, since time.Time) error {
	for row, err := range providers.All(tx) {
		if err != nil {
			return err
		}
		r := row.Value
		if r.Answer.Text == "" || r.Answer.At.Before(since) {
			continue
		}
		r.Answer.Text = ""
		if err := providers.Put(tx, row.Key, r); err != nil {
			return err
		}
	}
	return nil
}
