package relay

import (
	"iter"

	"sencoforum/list"
	"sencoforum/store"
)

// Of yields what is kept of the private messages that somebody wrote or got. The entry names the other person, too.
func Of(tx *store.Tx, p list.PersonID) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for row, err := range entries.All(tx) {
			e := row.Value
			if err == nil && (p == 0 || e.From != p && e.To != p) {
				continue
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}
