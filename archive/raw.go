package archive

import (
	"errors"

	"sencoforum/intake"
	"sencoforum/store"
)

// Raw returns the bytes of a post's message, nil where they are gone. Who may see them is not decided here.
func Raw(tx *store.Tx, p Post) ([]byte, error) {
	raw, err := intake.Raw(tx, p.Intake)
	if errors.Is(err, intake.ErrNoMessage) {
		return nil, nil
	}
	return raw, err
}
