package watch

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
)

// london is the time zone in which people here read times; UTC on a machine that has no time zones.
var london = sync.OnceValue(func() *time.Location {
	if l, err := time.LoadLocation("Europe/London"); err == nil {
		return l
	}
	return time.UTC
})

// tell writes alarms and puts the mails about them, in one transaction.
func (w *Watch) tell(changes []change) error {
	if len(changes) == 0 {
		return nil
	}
	err := w.db.Update(func(tx *store.Tx) error {
		who, err := w.takeCensus(tx)
		if err != nil {
			return err
		}
		for i := range changes {
			if err := w.change(tx, &changes[i], who); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, c := range changes {
		said := []any{"provider", c.provider, "kind", string(c.alarm.Kind), "since", c.alarm.Since, "people", c.alarm.People}
		switch c.step {
		case raise:
			w.log.Error("a mail provider does not take our mail as it should", said...)
		case remind:
			w.log.Error("a mail provider still does not take our mail as it should", said...)
		case finish:
			w.log.Info("a mail provider takes our mail again", said...)
		}
	}
	return nil
}

// change writes one alarm and puts its mails.
func (w *Watch) change(tx *store.Tx, c *change, who census) error {
	c.alarm.People = who.of(c.provider)
	if err := alarms.Put(tx, c.provider, c.alarm); err != nil {
		return err
	}
	if c.step == keep {
		return nil
	}
	letters, err := w.addressees(tx, c.provider, who)
	if err != nil {
		return err
	}
	for _, l := range letters {
		n := w.notice(c, l)
		var mail notice.Mail
		if c.step == finish {
			mail, err = n.Over()
		} else {
			mail, err = n.Alarm(string(c.alarm.Kind), c.step == remind)
		}
		if err != nil {
			return err
		}
		if err := w.put(tx, l, mail); err != nil {
			return err
		}
	}
	return nil
}

// letter is who gets a mail, from which list, and about which.
type letter struct {
	list   list.List
	to     list.Person // number 0: the operator
	titles []string
	people int
}

// addressees are the operator and the moderators of every list that has members at a provider. Each gets one mail, about all
// of their lists.
func (w *Watch) addressees(tx *store.Tx, provider string, who census) ([]letter, error) {
	var all []letter
	at := map[string]int{} // place in all, by address
	add := func(l list.List, p list.Person, people int) {
		key := p.Address.Key()
		i, ok := at[key]
		if !ok {
			i = len(all)
			at[key] = i
			all = append(all, letter{list: l, to: p})
		}
		all[i].titles = append(all[i].titles, l.Title)
		all[i].people += people
	}
	for l, err := range list.All(tx) {
		if err != nil {
			return nil, err
		}
		people := who.people[provider][l.ID]
		if provider == everybody {
			people = 0
			for _, lists := range who.people {
				people += lists[l.ID]
			}
		}
		if people == 0 {
			continue
		}
		if !w.cfg.Operator.IsZero() {
			add(l, list.Person{Address: w.cfg.Operator}, people)
		}
		moderators, err := list.Moderators(tx, l.ID)
		if err != nil {
			return nil, err
		}
		for _, p := range moderators {
			if !strings.EqualFold(p.Address.String(), w.cfg.Operator.String()) {
				add(l, p, people)
			}
		}
	}
	return all, nil
}

// notice is what a mail is made of.
func (w *Watch) notice(c *change, l letter) notice.Provider {
	f := &c.facts
	n := notice.Provider{
		List: l.list, To: l.to, Lists: l.titles, Told: !w.cfg.Operator.IsZero(), Name: c.provider, People: l.people,
		Since: c.alarm.Since.In(london()), Words: lastWords(f), Help: HelpPage(c.provider), Now: f.Now,
	}
	oldest := f.State.Oldest
	if oldest.IsZero() {
		oldest = c.alarm.Since
	}
	n.Until = oldest.Add(w.cfg.Lifetime).In(london())
	if c.provider == everybody {
		n.Name = ""
	}
	slices.Sort(n.Lists)
	return n
}

// lastWords is the last answer of a provider as one line, or the last error on the way to it.
func lastWords(f *facts) string {
	a := f.Record.Answer
	if f.State.Resting && f.State.LastError != "" && (a.Code == 0 || f.Now.Sub(a.At) > soon) {
		return f.State.LastError
	}
	return cmp.Or(a.Said(), f.State.LastError)
}

// put puts a mail into the queue, before all that is not urgent.
func (w *Watch) put(tx *store.Tx, l letter, mail notice.Mail) error {
	now := w.cfg.Now()
	return queue.PutLetter(tx, queue.Letter{
		From: l.list.ReturnAddress(w.keys, l.to.ID, 0, now), To: l.to.Address, Header: mail.Header, Body: mail.Body, Member: uint32(l.to.ID), Priority: queue.Urgent, Queued: now,
	})
}
