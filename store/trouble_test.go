package store

import (
	"errors"
	"fmt"
	"testing"
)

func TestTroubleIsAboutTheStoreAsAWhole(t *testing.T) {
	for _, c := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{fmt.Errorf("accept post: %w", ErrFull), true},
		{ErrMaybe, true},
		{fmt.Errorf("update: %w", ErrClosed), true},
		{ErrReadOnly, false},
		{ErrDamaged, false},
		{errors.New("no such member"), false},
	} {
		if got := Trouble(c.err); got != c.want {
			t.Errorf("Trouble(%v) is %v, want %v", c.err, got, c.want)
		}
	}
}
