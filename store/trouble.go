package store

import "errors"

// Trouble reports an error that is about the store as a whole, as opposed to one about what a
// function was doing: no room, a commit of unknown fate, or the end of the store. A loop that
// works through items must not blame the item for it.
func Trouble(err error) bool {
	for _, is := range []error{ErrFull, ErrMaybe, ErrClosed} {
		if errors.Is(err, is) {
			return true
		}
	}
	return false
}
