package membership

import (
	"time"

	"sencoforum/list"
	"sencoforum/store"
)

// Details are what is kept of a membership and not needed for sending. They outlive a leaving for as long as there is a way
// back.
type Details struct {
	Terms       string    `json:"terms,omitempty"` // version of the rules that they accepted, and when
	TermsAt     time.Time `json:"terms_at,omitzero"`
	Shown       bool      `json:"shown,omitempty"`        // other members may see them in the list of members
	NoReminders bool      `json:"no_reminders,omitempty"` // they are not asked what came of their questions
	DataAt      time.Time `json:"data_at,omitzero"`       // when they last had all that is known of them
	PausedSince time.Time `json:"paused_since,omitzero"`  // when the pause began that goes on
	PausedSeq   uint64    `json:"paused_seq,omitempty"`   // the last change record then: what is later was missed
	PausedUntil time.Time `json:"paused_until,omitzero"`  // its end, as it stands in membership.pauses
}

var details = store.NewTable("membership.details", store.PairKey(store.Uint32Key[list.ID](), store.Uint32Key[list.PersonID]()), store.JSON[Details]())

// DetailsOf returns the details of a membership; empty where nothing was ever said.
func DetailsOf(tx *store.Tx, l list.ID, p list.PersonID) (Details, error) {
	d, _, err := details.Get(tx, memberKey{A: l, B: p})
	return d, err
}

func changeDetails(tx *store.Tx, m list.Membership, change func(*Details)) error {
	d, err := DetailsOf(tx, m.List, m.Person)
	if err != nil {
		return err
	}
	was := d
	if change(&d); d == was {
		return nil
	}
	k := memberKey{A: m.List, B: m.Person}
	if d.Shown != was.Shown {
		if err := noteShown(tx, k, d.Shown); err != nil {
			return err
		}
	}
	return details.Put(tx, k, d)
}

func forgetDetails(tx *store.Tx, l list.ID, p list.PersonID) error {
	k := memberKey{A: l, B: p}
	if err := noteShown(tx, k, false); err != nil {
		return err
	}
	return details.Delete(tx, k)
}
