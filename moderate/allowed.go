package moderate

import (
	"errors"
	"fmt"
	"strings"

	"sencoforum/audit"
	"sencoforum/guard"
	"sencoforum/list"
	"sencoforum/store"
)

// Errors of names that are no child's.
var (
	ErrNoPhrase = errors.New("that is not among the names of the list")
	ErrPhrases  = errors.New("the list cannot hold so many names, or so long ones")
)

// Allow lets names and phrases stand in the posts of a list, or no longer, as a moderator wants it: all of them or none. The guard takes
// none of them for a child's from the next post on. The record has how many and never which, as the command line has it: they are
// somebody's names. All moderators are told. The errors are ErrNotModerator, ErrWeakProof, ErrIsSo where all are there, ErrNoPhrase,
// ErrPhrases, and those of guard.CheckAllowed.
func (a *Acts) Allow(tx *store.Tx, h Hand, l list.ID, phrases []string, add bool) error {
	if _, err := mustModerate(tx, l, h); err != nil {
		return err
	}
	if !h.Proof.Strong() {
		return ErrWeakProof
	}
	of, err := list.Get(tx, l)
	if err != nil {
		return err
	}
	var changed []string
	for _, p := range phrases {
		did := false
		if add {
			if err := guard.CheckAllowed(p); err != nil {
				return err
			}
			of.Allow, did = of.Allow.With(p)
		} else if of.Allow, did = of.Allow.Without(p); !did {
			return ErrNoPhrase
		}
		if did {
			changed = append(changed, strings.Join(strings.Fields(p), " "))
		}
	}
	if len(changed) == 0 {
		return ErrIsSo
	}
	if err := of.Validate(); err != nil {
		return errors.Join(ErrPhrases, err)
	}
	if err := list.Save(tx, of); err != nil {
		return err
	}
	action, words := "guard allow", "The guard lets this stand in messages"
	if !add {
		action, words = "guard disallow", "The guard asks about this again"
	}
	if err := h.record(tx, audit.Entry{Action: action, List: uint32(l), Detail: fmt.Sprintf("%s; %s", h.Proof, counted(len(changed), "phrase", "phrases"))}); err != nil {
		return err
	}
	return a.tellChanged(tx, h, of, []string{words + ": " + strings.Join(changed, "; ")})
}
