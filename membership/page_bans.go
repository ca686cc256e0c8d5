package membership

import (
	"sencoforum/list"
	"sencoforum/store"
)

// LookAtBans returns who can neither join a list nor write to it: addresses, and domains with an @ before them, for a reader who
// moderates it. For anybody else there is nobody: list.ErrNoMember.
func LookAtBans(tx *store.Tx, r list.Reader, l list.ID) (all []string, err error) {
	if !r.Moderates(l) {
		return nil, list.ErrNoMember
	}
	for b, err := range list.Bans(tx, l) {
		if err != nil {
			return nil, err
		}
		all = append(all, b.Pattern)
	}
	return all, nil
}
