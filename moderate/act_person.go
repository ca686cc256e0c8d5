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

// nameOf is a person as mails about acts name them.
func nameOf(name string, a message.Address) string {
	if name = list.CleanName(name); name != "" {
		return name + ", " + a.String()
	}
	return a.String()
}
