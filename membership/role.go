package membership

import (
	"errors"

	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
)

// ErrMoved says that a role cannot be given back: its bearer has left, or has yet another address.
var ErrMoved = errors.New("they have left, or changed their address once more")

// RestoreRole gives somebody the role back that ended with a change of address, and tells them. Who has one meanwhile keeps that. The
// error is ErrMoved where nobody has said that the address of today is theirs.
func RestoreRole(tx *store.Tx, by By, h Host, r RoleRequest) error {
	l, m, err := bearer(tx, r)
	if err != nil || m.Membership.Role != list.RoleMember {
		return err
	}
	if m, err = SetRole(tx, by, m, r.Role); err != nil {
		return err
	}
	n := notice.RoleDecided{Role: r.Role, Back: true}
	return h.mail(tx, by, notice.To{List: l, Person: m.Person}, "role", n.Compose)
}

// KeepMember tells somebody that they do not get their role back, with a moderator's words; none: nobody decided in time.
func KeepMember(tx *store.Tx, by By, h Host, r RoleRequest, words string) error {
	l, m, err := bearer(tx, r)
	if errors.Is(err, ErrMoved) {
		return nil
	}
	if err != nil {
		return err
	}
	n := notice.RoleDecided{Role: r.Role, Words: words}
	return h.mail(tx, by, notice.To{List: l, Person: m.Person}, "role", n.Compose)
}

// bearer is who had a role, if they are still at the address about which moderators decided.
func bearer(tx *store.Tx, r RoleRequest) (l list.List, m Member, err error) {
	if l, err = list.Get(tx, r.List); err != nil {
		return l, m, err
	}
	m, err = Find(tx, r.List, r.Address)
	if Unknown(err) || err == nil && (m.Person.ID != r.Person || m.Person.Address.Key() != r.Address.Key()) {
		err = ErrMoved
	}
	return l, m, err
}
