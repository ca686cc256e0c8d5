package moderate

import (
	"fmt"
	"slices"

	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
)

// mayDo returns the person of a hand, who has to moderate the list of an act, and to own it where a role is given or taken.
func mayDo(tx *store.Tx, h Hand, act Act) (list.Person, error) {
	if act.Kind == ActRole {
		return mustOwn(tx, act.List, h)
	}
	return mustModerate(tx, act.List, h)
}

// roles say what somebody with a role is, and may do.
var roles = map[list.Role]about{
	list.RoleOwner:     {"an owner", "They moderate the list, change its settings, and give and take roles. All mail for\nthe moderators comes to them."},
	list.RoleModerator: {"a moderator", "They decide what waits, and can stop posts and remove members. They see the\naddresses of members. All mail for the moderators comes to them."},
	list.RoleAuditor:   {"an auditor", "They may read what moderators did, and get no mail for moderators."},
	list.RoleMember:    {"an ordinary member", "They stay a member. From now on they see nothing of what moderators see.\nAn email tells them."},
}

// describeRole says what a role means for whoever gets it. A list that has an owner keeps one, so that somebody can give roles.
func describeRole(tx *store.Tx, act Act, m list.Membership, who string) (about, error) {
	r, ok := roles[act.Role]
	if !ok {
		return about{}, ErrNoAct
	}
	d := about{"make " + who + " " + r.what, r.then}
	switch {
	case m.Role == act.Role:
		return d, ErrIsSo
	case act.Was != "" && m.Role != act.Was:
		return d, ErrSettings
	case m.Role != list.RoleOwner:
		return d, nil
	}
	all, err := list.Moderators(tx, act.List)
	if err != nil {
		return d, err
	}
	for _, p := range all {
		other, err := list.Member(tx, act.List, p.ID)
		if err != nil {
			return d, err
		}
		if p.ID != act.Person && other.Role == list.RoleOwner {
			return d, nil
		}
	}
	return d, ErrLastOwner
}

// giveRole does an act on a role, and tells whoever has it now.
func (a *Acts) giveRole(tx *store.Tx, h Hand, act Act, people People) error {
	m, err := list.Member(tx, act.List, act.Person)
	if err != nil {
		return err
	}
	if err := people(tx, h.By, act); err != nil {
		return err
	}
	l, err := list.Get(tx, act.List)
	if err != nil {
		return err
	}
	p, err := list.GetPerson(tx, act.Person)
	if err != nil {
		return err
	}
	return a.RoleChanged(tx, h, l, p, notice.RoleEnded{Was: m.Role, Now: act.Role})
}

// RoleChanged writes to somebody whose role has changed: who moderates from now on gets a practice message, and who may do less than
// before hears what is left.
func (a *Acts) RoleChanged(tx *store.Tx, h Hand, l list.List, who list.Person, n notice.RoleEnded) error {
	switch {
	case n.Now.Moderates() && !n.Was.Moderates():
		return a.Practise(tx, h, l, who)
	case !less(n.Now, n.Was):
		return nil
	}
	m, err := n.Compose(notice.To{List: l, Person: who, ID: fmt.Sprintf("role.%d.%d", who.ID, h.Now.UnixNano()), Now: london(h.Now)})
	if err != nil {
		return err
	}
	return queue.PutLetter(tx, queue.Letter{
		From: l.ReturnAddress(a.cfg.Keys, who.ID, 0, h.Now), To: who.Address, Header: m.Header, Body: m.Body,
		Member: uint32(who.ID), Priority: queue.Normal, Queued: h.Now,
	})
}

// less reports that a role may do less than another.
func less(r, than list.Role) bool {
	order := []list.Role{list.RoleMember, list.RoleAuditor, list.RoleModerator, list.RoleOwner}
	return slices.Index(order, r) < slices.Index(order, than)
}
