package membership

import (
	"errors"
	"slices"
	"time"

	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/store"
)

// A move is a change of address on its way: both mailboxes have to say yes.
type move struct {
	Person list.PersonID   `json:"person"`
	Old    message.Address `json:"old"` // where the one question went
	New    message.Address `json:"new"`
	OldYes bool            `json:"old_yes,omitempty"`
	NewYes bool            `json:"new_yes,omitempty"`
	Asked  time.Time       `json:"asked"`
}

var moves = store.NewTable("membership.moves", store.Uint64Key[uint64](), store.JSON[move]())

const moveNumbers = store.Counter("membership.moves")

// A RoleRequest says that a moderator's role ended because their address changed, and that another moderator may give it
// back.
type RoleRequest struct {
	List    list.ID
	Person  list.PersonID
	Address message.Address // the new one
	Role    list.Role
}

// tidyMoves forgets changes of address that nobody finished.
func tidyMoves(tx *store.Tx, now time.Time, most int) (n int, err error) {
	for row, err := range moves.All(tx) {
		if err != nil {
			return n, err
		}
		if n == most || now.Sub(row.Value.Asked) < confirmLife {
			break
		}
		if err := moves.Delete(tx, row.Key); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// askToMove asks both addresses whether a member's mail is to go to the new one. A request that is Proved came through a mail
// that only the member could answer, because the old address is dead: then the new one alone is asked. An address that the
// member has proved already takes over at once. Nobody is told whether the new address is somebody else's.
func (h Host) askToMove(tx *store.Tx, by By, l list.List, r Request) (bool, error) {
	m, err := memberOf(tx, r)
	if err != nil || m.Person.ID == 0 || m.Person.Address.Key() == r.New.Key() {
		return false, err
	}
	if slices.ContainsFunc(m.Person.Linked, func(a message.Address) bool { return a.Key() == r.New.Key() }) {
		return true, h.receiveAt(tx, by, l, m, r.New)
	}
	if free, err := mayHave(tx, by, l.ID, r.New); err != nil || !free {
		return false, err
	}
	n, err := moveNumbers.Next(tx)
	if err != nil {
		return false, err
	}
	mv := move{Person: m.Person.ID, Old: m.Person.Address, New: r.New, OldYes: r.Proved, Asked: by.Now}
	if m.Membership.Suspended && !m.Person.Backup.IsZero() {
		mv.Old = m.Person.Backup
	}
	if err := moves.Put(tx, n, mv); err != nil {
		return false, err
	}
	if err := noteMail(tx, r.New, by.Now); err != nil {
		return false, err
	}
	ask := func(at message.Address, fresh bool) error {
		p := pending{Request: r, Sent: by.Now, Move: n}
		p.Address = at
		tok, err := giveConfirm(tx, p)
		if err != nil {
			return err
		}
		person := m.Person
		person.Address = at
		c := notice.ConfirmMove{Token: tok, PageURL: h.JoinURL, New: r.New, Fresh: fresh, Until: by.Now.Add(confirmLife)}
		return h.mail(tx, by, notice.To{List: l, Person: person}, "move", c.Compose)
	}
	if err := ask(r.New, true); err != nil || mv.OldYes {
		return true, err
	}
	return true, ask(mv.Old, false)
}

// memberOf is the member who asks to change an address; nobody when they have left meanwhile.
func memberOf(tx *store.Tx, r Request) (Member, error) {
	was, err := list.Member(tx, r.List, r.Person)
	if errors.Is(err, list.ErrNoMember) {
		return Member{}, nil
	}
	if err != nil {
		return Member{}, err
	}
	p, err := list.GetPerson(tx, r.Person)
	return Member{Person: p, Membership: was}, err
}

// mayHave reports whether an address may be asked whether it is a member's: it is nobody else's, not banned, and has not had
// its mails of this kind.
func mayHave(tx *store.Tx, by By, l list.ID, a message.Address) (bool, error) {
	_, err := list.FindPerson(tx, a)
	if !errors.Is(err, list.ErrNoPerson) {
		return false, err
	}
	barred, err := barred(tx, l, a)
	if err != nil || barred {
		return false, err
	}
	return mayMail(tx, a, by.Now)
}

// confirmMove notes the yes of one address, and changes the address when both have said it.
func (h Host) confirmMove(tx *store.Tx, by By, p pending, done *Confirmed) error {
	mv, ok, err := moves.Get(tx, p.Move)
	if err != nil || !ok {
		return err
	}
	mv.NewYes = mv.NewYes || p.Address.Key() == mv.New.Key()
	mv.OldYes = mv.OldYes || p.Address.Key() == mv.Old.Key()
	if !mv.OldYes || !mv.NewYes {
		return moves.Put(tx, p.Move, mv)
	}
	if err := moves.Delete(tx, p.Move); err != nil {
		return err
	}
	if _, err := list.FindPerson(tx, mv.New); !errors.Is(err, list.ErrNoPerson) {
		return err // somebody else was quicker
	}
	m, err := memberOf(tx, p.Request)
	if err != nil || m.Person.ID == 0 {
		return err
	}
	done.Person = m.Person.ID
	old := m.Person.Address
	m.Person.Address = mv.New
	if m.Person.Backup.Key() == mv.New.Key() {
		m.Person.Backup = message.Address{}
	}
	return h.moved(tx, by.themselves(m.Person.ID), done, m, old)
}

// moved stores a member with a new address, in all their lists, and tells both addresses.
func (h Host) moved(tx *store.Tx, by By, done *Confirmed, m Member, old message.Address) error {
	if err := list.SavePerson(tx, m.Person); err != nil {
		return err
	}
	if err := by.record(tx, "member address", m, by.How); err != nil {
		return err
	}
	roles, err := h.settleLists(tx, by, m.Person)
	if err != nil {
		return err
	}
	done.Roles = roles
	for _, r := range roles {
		if h.Reinstate == nil {
			break
		}
		if err := h.Reinstate(tx, by, r); err != nil {
			return err
		}
	}
	n := notice.Moved{New: m.Person.Address, Role: len(roles) > 0}
	if err := h.mail(tx, by, notice.To{List: done.List, Person: m.Person}, "moved", n.Compose); err != nil {
		return err
	}
	m.Person.Address = old
	n.Left = true
	return h.mail(tx, by, notice.To{List: done.List, Person: m.Person}, "moved", n.Compose)
}

// settleLists looks at every list of a person whose address has changed: mail goes there again, and who moderates is a
// member until another moderator says that it is still them.
func (h Host) settleLists(tx *store.Tx, by By, p list.Person) (roles []RoleRequest, err error) {
	var all []list.Membership
	for l, err := range list.All(tx) {
		if err != nil {
			return nil, err
		}
		m, err := list.Member(tx, l.ID, p.ID)
		if errors.Is(err, list.ErrNoMember) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	for _, m := range all {
		was := m
		m.Suspended = false
		if m.Role != list.RoleMember {
			roles = append(roles, RoleRequest{List: m.List, Person: p.ID, Address: p.Address, Role: m.Role})
			m.Role = list.RoleMember
			if err := by.record(tx, "moderator set", Member{Person: p, Membership: m}, "role member, new address"); err != nil {
				return nil, err
			}
		}
		if m != was {
			if err := list.SaveMember(tx, m); err != nil {
				return nil, err
			}
		}
	}
	return roles, nil
}

// receiveAt lets mail go to another address that the member has proved before.
func (h Host) receiveAt(tx *store.Tx, by By, l list.List, m Member, a message.Address) error {
	linked := slices.DeleteFunc(slices.Clone(m.Person.Linked), func(o message.Address) bool { return o.Key() == a.Key() })
	m.Person.Linked = append(linked, m.Person.Address)
	m.Person.Address = a
	if err := list.SavePerson(tx, m.Person); err != nil {
		return err
	}
	by = by.themselves(m.Person.ID)
	if err := by.record(tx, "member address", m, "one of their own"); err != nil {
		return err
	}
	return h.mail(tx, by, notice.To{List: l, Person: m.Person}, "moved", notice.Moved{New: a, Own: true}.Compose)
}

// askToBackup asks an address whether it may be a member's second one.
func (h Host) askToBackup(tx *store.Tx, by By, l list.List, r Request) (bool, error) {
	m, err := memberOf(tx, r)
	if err != nil || m.Person.ID == 0 || m.Person.Address.Key() == r.New.Key() {
		return false, err
	}
	if free, err := mayHave(tx, by, l.ID, r.New); err != nil || !free {
		return false, err
	}
	if err := noteMail(tx, r.New, by.Now); err != nil {
		return false, err
	}
	p := pending{Request: r, Sent: by.Now}
	p.Address = r.New
	tok, err := giveConfirm(tx, p)
	if err != nil {
		return false, err
	}
	to := m.Person
	to.Address = r.New
	c := notice.ConfirmMove{Token: tok, PageURL: h.JoinURL, New: r.New, Backup: true, Until: by.Now.Add(confirmLife)}
	return true, h.mail(tx, by, notice.To{List: l, Person: to}, "backup", c.Compose)
}

// confirmBackup stores the second address of a member.
func (h Host) confirmBackup(tx *store.Tx, by By, p pending, done *Confirmed) error {
	m, err := memberOf(tx, p.Request)
	if err != nil || m.Person.ID == 0 {
		return err
	}
	done.Person = m.Person.ID
	m.Person.Backup = p.New
	if err := list.SavePerson(tx, m.Person); err != nil {
		return err
	}
	by = by.themselves(m.Person.ID)
	if err := by.record(tx, "member backup", m, by.How); err != nil {
		return err
	}
	return h.mail(tx, by, notice.To{List: done.List, Person: m.Person}, "backup", notice.Moved{New: p.New, Backup: true}.Compose)
}
