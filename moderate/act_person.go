package moderate

import (
	"errors"
	"fmt"

	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// describePerson is describe for acts on people.
func describePerson(tx *store.Tx, act Act) (about, error) {
	switch act.Kind {
	case ActAdd:
		return about{"add " + nameOf(act.Name, act.Address), "They become a member and get the posts from now on. Please be sure that they\nasked for it."}, nil
	case ActBan, ActUnban:
		if act.Domain != "" {
			return describeDomain(tx, act)
		}
	}
	switch act.Kind {
	case ActBan:
		return describeBan(tx, act)
	case ActUnban:
		banned, err := list.Banned(tx, act.List, act.Address)
		if err == nil && !banned {
			err = list.ErrNoBan
		}
		return about{"end the ban of " + act.Address.String(), "They may ask to join again, and write to the moderators. They are no member by\nthis."}, err
	}
	m, err := list.Member(tx, act.List, act.Person)
	if err != nil {
		return about{}, err
	}
	p, err := list.GetPerson(tx, act.Person)
	if err != nil {
		return about{}, err
	}
	who := nameOf(p.Name, p.Address)
	switch act.Kind {
	case ActRole:
		return describeRole(tx, act, m, who)
	case ActTrust:
		if m.Holds == 0 && !m.Moderated {
			err = ErrIsSo
		}
		return about{"trust " + who, "What they write goes out as that of any member, also what would be their first\npost."}, err
	case ActSuspend:
		if m.Suspended {
			err = ErrIsSo
		}
		return about{"suspend email to " + who, "They stay a member and can read on the web. No posts are sent to them until a\nmoderator or they themselves begin it again."}, err
	case ActResume:
		if !m.Suspended {
			err = ErrIsSo
		}
		return about{"resume email to " + who, "Posts are sent to them again from now on. If their address refuses them once\nmore, that ends by itself."}, err
	case ActModerate:
		if m.Moderated {
			err = ErrIsSo
		}
		return about{"moderate " + who, "Everything that they write to the list waits for a moderator. They are not told\nof this; of each message that waits they are."}, err
	case ActUnmoderate:
		if !m.Moderated {
			err = ErrIsSo
		}
		return about{"unmoderate " + who, "What they write goes out as that of any member."}, err
	}
	return about{"remove " + who, "They are no member any more, and no more copies go to them. Their posts stay."}, nil
}

// describeBan says what a ban does. One moderator cannot ban another: a stolen mailbox could lock them all out.
func describeBan(tx *store.Tx, act Act) (about, error) {
	d := about{"ban " + nameOf(act.Name, act.Address), "They can neither join the list nor write to it. They are not told."}
	p, err := list.FindPerson(tx, act.Address)
	if errors.Is(err, list.ErrNoPerson) {
		p, err = list.Person{Address: act.Address}, nil
	}
	if err != nil {
		return d, err
	}
	for _, a := range p.Addresses() {
		if _, err := list.BanPattern(a.Key()); err != nil {
			return d, fmt.Errorf("%w: %w", ErrNoAct, err)
		}
	}
	banned, err := list.Banned(tx, act.List, p.Addresses()...)
	if err != nil {
		return d, err
	}
	m, err := list.Member(tx, act.List, p.ID)
	switch {
	case err == nil && m.Role.Moderates():
		return d, ErrSelf
	case err == nil:
		d.what = "ban " + nameOf(p.Name, p.Address)
		d.then = "They are no member any more, and can neither write to the list nor join it again.\nNo more copies go to them. Their posts stay. They are not told."
	case !errors.Is(err, list.ErrNoMember):
		return d, err
	case banned:
		return d, ErrIsSo
	}
	if len(act.Items) > 0 {
		d.then += "\nWhat waits of theirs here is thrown away."
	}
	return d, nil
}

// ErrMembers says that members of the list have addresses in a domain.
var ErrMembers = errors.New("members have addresses there")

// describeDomain says what the ban of a whole domain does, or its end. It is for strangers alone: members are banned by name, so
// that nobody locks out a school, or everybody who is with one provider.
func describeDomain(tx *store.Tx, act Act) (about, error) {
	pattern, err := list.BanPattern(act.Domain)
	if err != nil {
		return about{}, fmt.Errorf("%w: %w", ErrNoAct, err)
	}
	is := false
	for b, err := range list.Bans(tx, act.List) {
		if err != nil {
			return about{}, err
		}
		is = is || b.Pattern == pattern
	}
	if act.Kind == ActUnban {
		if !is {
			err = list.ErrNoBan
		}
		return about{"end the ban of everybody at " + pattern[1:], "They may ask to join, and write to the moderators. Bans of single people stay."}, err
	}
	d := about{"ban everybody at " + pattern[1:], "Nobody with an address there can join the list or write to it, the moderators\nincluded. They are not told."}
	if is {
		return d, ErrIsSo
	}
	for m, err := range list.Members(tx, act.List, 0) {
		if err != nil {
			return d, err
		}
		p, err := list.GetPerson(tx, m.Person)
		if err != nil {
			return d, err
		}
		for _, a := range p.Addresses() {
			if list.Fits(pattern, a) {
				return d, ErrMembers
			}
		}
	}
	return d, nil
}

// nameOf is a person as mails about acts name them.
func nameOf(name string, a message.Address) string {
	if name = list.CleanName(name); name != "" {
		return name + ", " + a.String()
	}
	return a.String()
}
