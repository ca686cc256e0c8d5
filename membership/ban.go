package membership

import (
	"errors"
	"fmt"

	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// ErrModerates says that somebody moderates the list, and so has to lose that first.
var ErrModerates = errors.New("a moderator of the list")

// Ban keeps somebody from a list: whoever has the address, and all other addresses that are known to be theirs, can neither write
// to it nor join it. A member is one no more. What is banned already stays so. The error is ErrModerates, or list.ErrTooMany.
func Ban(tx *store.Tx, by By, l list.ID, a message.Address) error {
	m, member, err := knownAt(tx, l, a)
	if err != nil {
		return err
	}
	if m.Membership.Role.Moderates() {
		return fmt.Errorf("%s: %w", a, ErrModerates)
	}
	for _, at := range m.Person.Addresses() {
		err := list.AddBan(tx, l, list.Ban{Pattern: at.Key(), Since: by.Now, By: by.Actor})
		if err != nil && !errors.Is(err, list.ErrBanned) {
			return err
		}
	}
	if err := by.record(tx, "ban add", m, ""); err != nil || !member {
		return err
	}
	return Remove(tx, by, m)
}

// knownAt is who has an address, a member of the list or not; somebody without a number where nobody is known to have it.
func knownAt(tx *store.Tx, l list.ID, a message.Address) (m Member, member bool, err error) {
	m = Member{Person: list.Person{Address: a}, Membership: list.Membership{List: l}}
	p, err := list.FindPerson(tx, a)
	if errors.Is(err, list.ErrNoPerson) {
		return m, false, nil
	}
	if err != nil {
		return m, false, err
	}
	m.Person = p
	was, err := list.Member(tx, l, p.ID)
	if errors.Is(err, list.ErrNoMember) {
		return m, false, nil
	}
	if err == nil {
		m.Membership = was
	}
	return m, err == nil, err
}

// Unban ends the bans of an address, and of the others that are known to be its owner's. They are no member by that. The error is
// list.ErrNoBan where there is none; a ban of a whole domain stays.
func Unban(tx *store.Tx, by By, l list.ID, a message.Address) error {
	m, _, err := knownAt(tx, l, a)
	if err != nil {
		return err
	}
	none := true
	for _, at := range append(m.Person.Addresses(), a) {
		err := list.RemoveBan(tx, l, at.Key())
		if errors.Is(err, list.ErrNoBan) {
			continue
		}
		if err != nil {
			return err
		}
		none = false
	}
	if none {
		return fmt.Errorf("%s: %w", a, list.ErrNoBan)
	}
	return by.record(tx, "ban remove", m, "")
}

// BanDomain keeps everybody with an address in a domain, or below it, from a list. Members there stay: they are banned by name.
func BanDomain(tx *store.Tx, by By, l list.ID, domain string) error {
	pattern, err := list.BanPattern(domain)
	if err != nil {
		return err
	}
	err = list.AddBan(tx, l, list.Ban{Pattern: pattern, Since: by.Now, By: by.Actor})
	if err != nil && !errors.Is(err, list.ErrBanned) {
		return err
	}
	return by.record(tx, "ban add", Member{Membership: list.Membership{List: l}}, "domain")
}

// UnbanDomain ends the ban of a domain, or returns list.ErrNoBan.
func UnbanDomain(tx *store.Tx, by By, l list.ID, domain string) error {
	pattern, err := list.BanPattern(domain)
	if err == nil {
		err = list.RemoveBan(tx, l, pattern)
	}
	if err != nil {
		return err
	}
	return by.record(tx, "ban remove", Member{Membership: list.Membership{List: l}}, "domain")
}

// SetModerated says whether everything that a member writes waits for moderators.
func SetModerated(tx *store.Tx, by By, m Member, on bool) error {
	value := "off"
	if on {
		value = "on"
	}
	m, err := Set(m, "moderated", value, by.Now)
	if err != nil {
		return err
	}
	return Save(tx, by, m)
}

// Trust ends what makes everything that a member writes wait.
func Trust(tx *store.Tx, by By, m Member) error {
	m.Membership.Holds, m.Membership.Moderated = 0, false
	return Save(tx, by, m)
}

// Suspend ends the email to a member, or begins it again.
func Suspend(tx *store.Tx, by By, m Member, on bool) error {
	m.Membership.Suspended = on
	return Save(tx, by, m)
}
