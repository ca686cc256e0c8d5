package incoming

import (
	"cmp"
	"fmt"
	"strings"

	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/store"
)

// aboutPerson proposes an act on a person who was named by address.
func (d *Desk) aboutPerson(tx *store.Tx, s *staff, act moderate.Act) error {
	if strings.HasPrefix(s.ask.who, "@") {
		act.Domain = s.ask.who
		return d.propose(tx, s, act)
	}
	a, err := message.ParseAddress(s.ask.who)
	if err != nil {
		return d.undone(tx, s, fmt.Sprintf("I cannot read that address. Please write it like: %s jane@school.example", s.ask.word))
	}
	if act.Kind == moderate.ActBan || act.Kind == moderate.ActUnban {
		act.Address = a
		return d.propose(tx, s, act)
	}
	m, err := membership.Find(tx, s.in.dest.List.ID, a)
	switch {
	case act.Kind == moderate.ActAdd && err == nil:
		return d.unable(tx, s, list.ErrAlreadyMember)
	case act.Kind == moderate.ActAdd && membership.Unknown(err):
		act.Address = a
		return d.propose(tx, s, act)
	case err != nil:
		return d.unable(tx, s, err)
	}
	act.Person = m.Person.ID
	return d.propose(tx, s, act)
}

// OnPeople does an act on a person, whichever way a moderator asked for it.
func OnPeople(tx *store.Tx, by moderate.By, act moderate.Act) error {
	as := membership.By{Actor: by.Actor, Now: by.Now}
	switch act.Kind {
	case moderate.ActAdd:
		_, err := membership.Add(tx, as, act.List, membership.Member{
			Person: list.Person{Address: act.Address, Name: list.CleanName(act.Name)}, Membership: list.Membership{Role: list.RoleMember, Mode: list.ModeEvery},
		})
		return err
	case moderate.ActBan:
		if act.Domain != "" {
			return membership.BanDomain(tx, as, act.List, act.Domain)
		}
		return membership.Ban(tx, as, act.List, act.Address)
	case moderate.ActUnban:
		if act.Domain != "" {
			return membership.UnbanDomain(tx, as, act.List, act.Domain)
		}
		return membership.Unban(tx, as, act.List, act.Address)
	}
	p, err := list.GetPerson(tx, act.Person)
	if err != nil {
		return err
	}
	m, err := membership.Find(tx, act.List, p.Address)
	if err != nil {
		return err
	}
	switch act.Kind {
	case moderate.ActModerate, moderate.ActUnmoderate:
		return membership.SetModerated(tx, as, m, act.Kind == moderate.ActModerate)
	case moderate.ActTrust:
		return membership.Trust(tx, as, m)
	case moderate.ActSuspend, moderate.ActResume:
		return membership.Suspend(tx, as, m, act.Kind == moderate.ActSuspend)
	case moderate.ActRole:
		_, err := membership.SetRole(tx, as, m, act.Role)
		return err
	case moderate.ActRemove:
		return membership.Remove(tx, as, m)
	}
	return moderate.ErrNoAct
}

// aboutList proposes an act on the list. What is announced is looked through as a post is, because nobody else reads it before it
// goes.
func (d *Desk) aboutList(tx *store.Tx, s *staff, act moderate.Act) error {
	act.Topic, act.Name = "", ""
	if act.Kind != moderate.ActAnnounce {
		return d.propose(tx, s, act)
	}
	if len(s.in.msg.Attachments()) > 0 {
		return d.undone(tx, s, "Files cannot be announced in this way, so I did nothing. Please send the text alone.")
	}
	if d.cfg.Pupil != nil {
		if found := d.cfg.Pupil(s.in.dest.List, s.in.msg).Places; len(found) > 0 {
			return d.undone(tx, s, "It may name a child, so I did not announce it. Please take that out and send it\nagain.")
		}
	}
	subject, _ := message.Stem(s.in.msg.Subject(), s.in.dest.List.SubjectTag)
	if strings.HasPrefix(strings.ToLower(subject), "announce") {
		subject = strings.Trim(subject[len("announce"):], " :-")
	}
	act.Subject, act.Text = cmp.Or(subject, "A notice from the moderators"), s.ask.text
	first, _, _ := strings.Cut(s.ask.text, "\n")
	if own := ownWords(s.in.msg); strings.Contains(own, first) { // with its empty lines, which a reading of words has not
		act.Text = own[strings.Index(own, first):]
	}
	return d.propose(tx, s, act)
}

// proposes asks once more about an act that a moderator wants in reply to a mail about what waits.
func (d *Desk) proposes(tx *store.Tx, r decision, act moderate.Act) error {
	s := &staff{in: r.in, who: r.who, ask: asking{line: r.reading.Read}, hand: moderate.HandOf(r.who.ID, d.proofOf(r.in), r.in.id, d.cfg.Now())}
	return d.propose(tx, s, act)
}
