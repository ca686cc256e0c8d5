package moderate

import (
	"sencoforum/list"
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
	list.RoleMember:    {"an ordinary member", "They stay a member. From now on they see nothing of what moderators see."},
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

// practise sends somebody who moderates from now on a first message to answer.
func (a *Acts) practise(tx *store.Tx, h Hand, act Act) error {
	if act.Kind != ActRole || !act.Role.Moderates() || act.Was.Moderates() {
		return nil
	}
	l, err := list.Get(tx, act.List)
	if err != nil {
		return err
	}
	p, err := list.GetPerson(tx, act.Person)
	if err != nil {
		return err
	}
	return a.Practise(tx, h, l, p)
}
