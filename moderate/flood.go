package moderate

import (
	"fmt"
	"time"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
)

// Emergency holds everything new on a list, or ends that. What waits to be sent goes back to the moderators with its number;
// what waited is theirs to decide about also when the hold ends.
func (p *Panel) Emergency(tx *store.Tx, by By, l list.ID, on bool) (held int, err error) {
	of, err := list.Get(tx, l)
	if err != nil || of.Emergency == on {
		return 0, err
	}
	of.Emergency = on
	if err := list.Save(tx, of); err != nil {
		return 0, err
	}
	if !on {
		return 0, by.record(tx, audit.Entry{Action: "list emergency", List: uint32(l), Detail: "off"})
	}
	waiting, err := archive.AllWaiting(tx, l)
	if err != nil {
		return 0, err
	}
	before, err := approved(tx, l)
	if err != nil {
		return 0, err
	}
	for _, n := range waiting {
		if err := p.withhold(tx, by.Now, n, before[n]); err != nil {
			return held, fmt.Errorf("hold post %d: %w", n, err)
		}
		held++
	}
	return held, by.record(tx, audit.Entry{Action: "list emergency", List: uint32(l), Detail: fmt.Sprintf("on, %d posts held", held)})
}

// approved are the items of a list whose approval has not taken effect, by the post that they became.
func approved(tx *store.Tx, l list.ID) (map[archive.Number]hold.Item, error) {
	all := map[archive.Number]hold.Item{}
	for it, err := range hold.All(tx) {
		if err != nil {
			return nil, err
		}
		if it.List == l && it.Post != 0 && it.Decision != nil && !it.Decision.Done {
			all[archive.Number(it.Post)] = it
		}
	}
	return all, nil
}

// withhold takes one waiting post back. One that moderators approved waits again under its old code.
func (p *Panel) withhold(tx *store.Tx, now time.Time, n archive.Number, it hold.Item) error {
	post, err := archive.Withhold(tx, n, now)
	if err != nil {
		return err
	}
	if it.Number != 0 {
		it.Decision = nil
		it.Findings = append(list.Without(it.Findings, list.CauseEmergency), list.Finding{Cause: list.CauseEmergency})
		if err := p.save(tx, it); err != nil {
			return err
		}
		l, err := list.Get(tx, it.List)
		if err != nil {
			return err
		}
		return p.again(tx, l, it, By{Now: now}) // they think that it goes out
	}
	rec, err := intake.Get(tx, post.Intake)
	if err != nil {
		return err
	}
	_, err = p.Put(tx, now, hold.Item{
		Message: post.Intake, List: post.List, Reason: hold.Moderation, From: post.From, Author: post.Author, Since: post.Accepted,
		Findings: []list.Finding{{Cause: list.CauseEmergency}}, Verified: rec.Sender == string(list.Verified), Post: uint32(n),
	})
	return err
}

// Flood begins an emergency hold because the same text came again and again, and tells moderators and operator at any hour.
func (p *Panel) Flood(tx *store.Tx, now time.Time, l list.ID) error {
	of, err := list.Get(tx, l)
	if err != nil || of.Emergency {
		return err
	}
	if _, err := p.Emergency(tx, By{Actor: "server", Now: now}, l, true); err != nil {
		return err
	}
	p.log.Error("the same text came again and again: everything new waits for moderators", "list", of.Name)
	people, err := list.Moderators(tx, l)
	if err != nil {
		return err
	}
	if !p.cfg.Operator.IsZero() {
		people = append(people, list.Person{Address: p.cfg.Operator})
	}
	for _, who := range people {
		if err := p.send(tx, notice.To{List: of, Person: who, Now: now, ID: idAt("flood", who.ID, now)}, notice.Alarm{}); err != nil {
			return err
		}
	}
	return nil
}
