package membership

import (
	"errors"
	"fmt"

	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/store"
)

// Link gives a member one more address from which they may write. The caller has seen that both belong to the same person:
// a message that was shown to come from the one, and a yes from the mailbox of the other. Mail goes where it went. The
// member is told, at the address that gets their mail. It reports false, and does nothing, where the address is theirs
// already or somebody else's, or where they have too many. The error is list.ErrNoMember, wrapped, for somebody who has
// left.
func Link(tx *store.Tx, by By, h Host, l list.List, p list.PersonID, a message.Address) (bool, error) {
	was, err := list.Member(tx, l.ID, p)
	if err != nil {
		return false, fmt.Errorf("link an address: %w", err)
	}
	person, err := list.GetPerson(tx, p)
	if err != nil {
		return false, err
	}
	_, err = list.FindPerson(tx, a)
	switch {
	case err == nil, len(person.Linked) >= maxLinked:
		return false, nil
	case !errors.Is(err, list.ErrNoPerson):
		return false, err
	}
	person.Linked = append(person.Linked[:len(person.Linked):len(person.Linked)], a)
	if err := list.SavePerson(tx, person); err != nil {
		return false, err
	}
	by = by.themselves(p)
	if err := by.record(tx, "member link", Member{Person: person, Membership: was}, by.How); err != nil {
		return false, err
	}
	return true, h.mail(tx, by, notice.To{List: l, Person: person}, "linked", func(t notice.To) (notice.Mail, error) {
		return notice.Linked(t, a)
	})
}
