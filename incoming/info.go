package incoming

import (
	"fmt"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/command"
	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/moderate"
	"sencoforum/notice"
	"sencoforum/store"
)

// Words to the robot that order nothing: what it knows, what it does not show, which lists there are.

// help is the answer to the word help at a place.
func help(at command.Place, r command.Reading, staff bool) notice.Obeyed {
	return notice.Obeyed{Subject: "The words that I know", Text: []string{command.Help(at, staff)}, Read: r.Read}
}

// info answers a word that changes nothing; it reports false for any other.
func (d *Desk) info(in *arrival, r command.Reading, m *list.Membership) (bool, error) {
	if r.Outcome != command.Done || r.Word.Who != command.Anyone {
		return false, nil
	}
	n := notice.Obeyed{Read: r.Read}
	switch r.Word.Name {
	case "help":
		n = help(command.RequestAddress, r, m != nil && m.Role.Moderates())
	case "who":
		n.Subject = "Addresses of members are not shown"
		n.Text = []string{"I show no list of members' addresses, to nobody. To write to one member,\nuse the address at the end of a post of theirs.\nFor more words, reply with: help"}
	case "password":
		n.Subject = "There are no passwords"
		n.Text = []string{"You need no password here. A word by email is enough, as I check that the\nemail really comes from you. For all words, reply with: help"}
	case "lists":
		all, err := d.listsOf(in)
		if err != nil {
			return true, err
		}
		n.Subject, n.Text = "Lists here", []string{"These lists are here:", all}
	case "cancel":
		if m == nil {
			return false, nil
		}
		return true, d.cancelNewest(in, r, *m)
	default:
		return false, nil
	}
	return true, d.inform(in, n)
}

// inform answers a message with something that changes nothing.
func (d *Desk) inform(in *arrival, n notice.Obeyed) error {
	err := d.once(in, func(tx *store.Tx) error {
		asker := moderate.Asker{List: in.dest.List.ID, Address: in.from.Address}
		if err := asker.Read(tx, d.cfg.Now()); err != nil {
			return err
		}
		turn, err := asker.Answer(tx, d.cfg.Now())
		if err != nil || !turn.May {
			return err
		}
		who, _, err := writerOf(tx, in)
		if err != nil {
			return err
		}
		return d.tell(tx, in, who, turn, "info", n)
	})
	if err == nil {
		d.log.Info("answered", "list", in.dest.List.Name, "with", n.Subject)
	}
	return err
}

// listsOf are the lists of which the writer is a member, and the one that was asked.
func (d *Desk) listsOf(in *arrival) (string, error) {
	var b strings.Builder
	err := d.db.View(func(tx *store.Tx) error {
		b.Reset()
		p, _, err := authorOf(tx, in)
		if err != nil {
			return err
		}
		for l, err := range list.All(tx) {
			if err != nil {
				return err
			}
			if l.ID != in.dest.List.ID {
				if _, err := list.Member(tx, l.ID, p.ID); err != nil {
					continue
				}
			}
			fmt.Fprintf(&b, "  %s\n  %s\n", l.Title, l.Post())
		}
		return nil
	})
	return b.String(), err
}

// cancelNewest takes back the newest message of a member's that nobody has yet; where none waits the member is asked.
func (d *Desk) cancelNewest(in *arrival, r command.Reading, m list.Membership) error {
	none := false
	err := d.once(in, func(tx *store.Tx) error {
		it, post, err := newestOwn(tx, m)
		if err != nil {
			return err
		}
		now, n := d.cfg.Now(), notice.TakenBack{Read: r.Read}
		switch {
		case post.Number != 0 && post.Accepted.After(it.Since):
			n.Subject = post.Subject
			_, err = d.cfg.Panel.TakeBackPost(tx, now, post.Number)
		case it.Number != 0:
			n.Subject = subjectOf(tx, it.Message)
			err = d.cfg.Panel.TakeBack(tx, now, it.Number)
		default:
			none = true
			return errNotYes
		}
		if err != nil {
			return err
		}
		if err := (moderate.Asker{List: m.List, Address: in.from.Address}).Read(tx, now); err != nil {
			return err
		}
		return d.tellTakenBack(tx, in, m.Person, in.from.Address, n)
	})
	if none {
		return d.notRead(in, puzzle{at: command.RequestAddress, reading: r, why: "Nothing of yours waits, so there is nothing to take back.",
			words: [][2]string{{"leave", "no more emails; one word brings you back"}, {"status", "what you get, and what waits"}}})
	}
	if err == nil {
		d.log.Info("the newest message was taken back", "list", in.dest.List.Name, "person", uint32(m.Person))
	}
	return err
}

// newestOwn finds the newest message of a member's that waits for somebody's word, and the newest post that waits for its time.
func newestOwn(tx *store.Tx, m list.Membership) (it hold.Item, post archive.Post, err error) {
	for o, err := range hold.All(tx) {
		if err != nil {
			return it, post, err
		}
		waits := o.Kind == hold.Post && o.Decision == nil && (o.Reason == hold.Doubt || o.Reason == hold.Moderation)
		if waits && o.List == m.List && o.Author == m.Person && o.Since.After(it.Since) {
			it = o
		}
	}
	all, err := archive.AllWaiting(tx, m.List)
	if err != nil {
		return it, post, err
	}
	latest := time.Time{}
	for _, n := range all {
		p, err := archive.Get(tx, n)
		if err != nil {
			return it, post, err
		}
		if p.Author == m.Person && !p.Accepted.Before(latest) {
			post, latest = p, p.Accepted
		}
	}
	return it, post, nil
}
