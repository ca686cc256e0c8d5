package moderate

import (
	"slices"
	"time"

	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
)

// Put stores an item and tells whom it concerns: its author, where they are asked first; else its writer that it waits, and
// the moderators on duty, whom nothing is sent at night. The message is in the intake as held, or in the archive as held.
func (p *Panel) Put(tx *store.Tx, now time.Time, it hold.Item) (hold.Item, error) {
	if it.Reason != hold.Doubt {
		it.Asked = now
	}
	it, err := hold.Put(tx, it)
	if err != nil {
		return it, err
	}
	l, err := list.Get(tx, it.List)
	if err != nil {
		return it, err
	}
	if it.Reason == hold.Doubt {
		err = p.askAuthor(tx, l, it, now, false)
	} else {
		err = p.withModerators(tx, l, &it, now)
	}
	if err != nil {
		return it, err
	}
	return it, p.save(tx, it)
}

// save stores an item with the moment at which it has to be looked at next.
func (p *Panel) save(tx *store.Tx, it hold.Item) error {
	it.Next = p.next(it)
	return hold.Save(tx, it)
}

// withModerators tells the writer that the message waits, and those on duty unless it is night.
func (p *Panel) withModerators(tx *store.Tx, l list.List, it *hold.Item, now time.Time) error {
	if it.Kind == hold.Post {
		if err := p.tellWriter(tx, l, *it, now); err != nil {
			return err
		}
	}
	if p.cfg.Hours.Quiet(now) {
		return nil
	}
	return p.tellDuty(tx, l, it, now)
}

// tellWriter mails the writer why the message waits.
func (p *Panel) tellWriter(tx *store.Tx, l list.List, it hold.Item, now time.Time) error {
	usual, err := p.usual(tx, l.ID, now)
	if err != nil {
		return err
	}
	own, err := list.WordsOf(tx, l.ID, notice.TextWaiting)
	if err != nil {
		return err
	}
	words := notice.Filled(own.Text, notice.To{List: l}, 0)
	return p.toWaiting(tx, l, it, now, func(subject, tok string) composed {
		return notice.HeldBack{Subject: subject, Findings: it.Findings, Token: tok, Usual: usual, Words: words}
	})
}

// toWaiting mails the writer of a message that waits, with a token for the answer. A machine is told nothing.
func (p *Panel) toWaiting(tx *store.Tx, l list.List, it hold.Item, now time.Time, mail func(subject, tok string) composed) error {
	who, ok, err := writer(tx, it)
	if err != nil || !ok || list.Found(it.Findings, list.CauseAutomatic) {
		return err
	}
	m, err := messageOf(tx, it)
	if err != nil || m == nil {
		return err
	}
	tok, err := hold.Allow(tx, it, it.Author, now.Add(tokenLife))
	if err != nil {
		return err
	}
	return p.send(tx, toWriter(l, who, it, now), mail(m.Subject(), tok))
}

// usualDays is over how many days it is computed how long moderators take, and usualFew from how many decisions on.
const (
	usualDays = 28
	usualFew  = 5
)

// usual computes how long half of the decisions of the last four weeks took at most.
func (p *Panel) usual(tx *store.Tx, l list.ID, now time.Time) (notice.Usual, error) {
	u := notice.Usual{Late: p.cfg.Hours.Quiet(now) || p.cfg.Hours.Holiday(now)}
	all, err := hold.Decided(tx, l, now.Add(-usualDays*day))
	if err != nil {
		return u, err
	}
	took := TookOf(all)
	if len(took) < usualFew {
		return u, nil
	}
	u.Half = took[(len(took)-1)/2]
	return u, nil
}

// tellDuty tells the moderators on duty, or the operator where there is no moderator.
func (p *Panel) tellDuty(tx *store.Tx, l list.List, it *hold.Item, now time.Time) error {
	on, all, err := duty(tx, l, now)
	if err != nil {
		return err
	}
	if len(on) == 0 {
		it.Told, it.All = append(it.Told, hold.Told{At: now}), true
		return p.tellOperator(tx, l, *it, now)
	}
	it.All = len(on) == len(all)
	return p.tellAll(tx, l, it, on, now)
}

// tellOthers tells those who have not been told yet.
func (p *Panel) tellOthers(tx *store.Tx, l list.List, it *hold.Item, now time.Time) error {
	all, err := list.Moderating(tx, l.ID)
	if err != nil {
		return err
	}
	it.All = true
	all = slices.DeleteFunc(all, func(m list.Moderator) bool { return m.Membership.Suspended || it.WasTold(m.Person.ID) })
	return p.tellAll(tx, l, it, all, now)
}

func (p *Panel) tellAll(tx *store.Tx, l list.List, it *hold.Item, to []list.Moderator, now time.Time) error {
	again := map[list.PersonID]bool{}
	for _, m := range to {
		if again[m.Person.ID] = it.WasTold(m.Person.ID); !again[m.Person.ID] {
			it.Told = append(it.Told, hold.Told{Person: m.Person.ID, At: now})
		}
	}
	about, err := p.matter(tx, l, *it) // which reads the whole message, once for all of them
	if err != nil {
		return err
	}
	for _, m := range to {
		n, err := p.noticeOf(tx, *it, about, m.Person.ID, now)
		if err != nil {
			return err
		}
		if err := p.send(tx, toModerator(l, m.Person, *it, now, !again[m.Person.ID]), n); err != nil {
			return err
		}
	}
	return nil
}

// notify mails the notice of an item once more to one moderator, with a fresh token.
func (p *Panel) notify(tx *store.Tx, l list.List, it hold.Item, who list.Person, now time.Time) error {
	n, err := p.heldNotice(tx, l, it, who.ID, now)
	if err != nil {
		return err
	}
	return p.send(tx, toModerator(l, who, it, now, false), n)
}

// heldNotice is the notice of an item for one moderator, with a token of its own.
func (p *Panel) heldNotice(tx *store.Tx, l list.List, it hold.Item, who list.PersonID, now time.Time) (notice.Held, error) {
	about, err := p.matter(tx, l, it)
	if err != nil {
		return notice.Held{}, err
	}
	return p.noticeOf(tx, it, about, who, now)
}

func (p *Panel) noticeOf(tx *store.Tx, it hold.Item, about notice.Matter, who list.PersonID, now time.Time) (n notice.Held, err error) {
	n.Matter = about
	for _, t := range it.Told {
		name, err := firstName(tx, t.Person)
		if err != nil {
			return n, err
		}
		n.Told = append(n.Told, name)
	}
	n.Web = p.cfg.Web
	n.Token, err = hold.AllowModerator(tx, who, now.Add(tokenLife), it.Number)
	return n, err
}

// tellOperator tells who runs the server of something that no moderator is there for.
func (p *Panel) tellOperator(tx *store.Tx, l list.List, it hold.Item, now time.Time) error {
	if p.cfg.Operator.IsZero() {
		p.log.Error("a message waits and there is nobody to decide: add a moderator", "list", l.Name, "item", it.Number.Code())
		return nil
	}
	m, err := p.matter(tx, l, it)
	if err != nil {
		return err
	}
	return p.send(tx, toModerator(l, list.Person{Address: p.cfg.Operator}, it, now, true), notice.HeldForOperator{Matter: m})
}

// outcome tells those who were told of an item, and did not decide, what became of it; at night, and where the list wants it
// so, the morning note does.
func (p *Panel) outcome(tx *store.Tx, l list.List, it hold.Item, self list.PersonID, now time.Time, told notice.Told) error {
	if l.OutcomesOf() == list.OutcomesDaily || p.cfg.Hours.Quiet(now) {
		return nil
	}
	return p.tellTold(tx, l, it, self, now, told)
}

// tellTold mails those who were told of an item, but for one of them.
func (p *Panel) tellTold(tx *store.Tx, l list.List, it hold.Item, self list.PersonID, now time.Time, told notice.Told) error {
	var err error
	if told.Matter, err = p.matter(tx, l, it); err != nil {
		return err
	}
	for _, t := range it.Told {
		who, ok, err := stillModerator(tx, l.ID, t.Person)
		if err != nil {
			return err
		}
		if !ok || t.Person == self {
			continue
		}
		if told.Token, err = hold.AllowModerator(tx, t.Person, now.Add(tokenLife), it.Number); err != nil {
			return err
		}
		if err := p.send(tx, toModerator(l, who, it, now, false), told); err != nil {
			return err
		}
	}
	return nil
}
