package moderate

import (
	"errors"
	"strings"

	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
)

// mostAsked bounds how often an applicant is asked.
const mostAsked = 5

// Ask sends a moderator's question to somebody who is decided about. The answer comes back with Answered. The error is ErrNoAsk
// for a message to the list.
func (p *Panel) Ask(tx *store.Tx, by Decider, n hold.Number, question string) (Outcome, error) {
	it, l, err := p.open(tx, n)
	if err != nil {
		return Outcome{Item: it, List: l}, err
	}
	who, ok, err := writer(tx, it)
	if err != nil {
		return Outcome{}, err
	}
	question = bounded(question, maxReason)
	if !it.OnPerson() || !ok || it.Named >= mostAsked || question == "" {
		return Outcome{Item: it, List: l}, ErrNoAsk
	}
	it.Named++
	tok, err := hold.Allow(tx, it, it.Author, by.Now.Add(tokenLife))
	if err != nil {
		return Outcome{}, err
	}
	if err := by.tell(tx, it, "ask", ""); err != nil {
		return Outcome{}, err
	}
	if err := p.send(tx, toWriter(l, who, it, by.Now), notice.Question{Words: question, Token: tok, Role: it.Wish.Role}); err != nil {
		return Outcome{}, err
	}
	return Outcome{Item: it, List: l}, p.save(tx, it)
}

// Answered adds what an applicant answered to what they wrote about themselves, and tells the moderators who know of it.
func (p *Panel) Answered(tx *store.Tx, by By, n hold.Number, words string) error {
	it, l, err := p.open(tx, n)
	if err != nil {
		return err
	}
	if words = strings.TrimSpace(words); words == "" {
		return nil
	}
	it.Words = bounded(it.Words+"\n\n"+words, maxWords)
	if err := p.save(tx, it); err != nil {
		return err
	}
	return p.again(tx, l, it, by)
}

// again mails the notice of an item that has changed to all who were told of it.
func (p *Panel) again(tx *store.Tx, l list.List, it hold.Item, by By) error {
	for _, t := range it.Told {
		who, ok, err := stillModerator(tx, l.ID, t.Person)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if err := p.notify(tx, l, it, who, by.Now); err != nil {
			return err
		}
	}
	return nil
}

// stillModerator returns a moderator of a list, or false for somebody who is none any more.
func stillModerator(tx *store.Tx, l list.ID, p list.PersonID) (list.Person, bool, error) {
	m, err := list.Member(tx, l, p)
	if errors.Is(err, list.ErrNoMember) || err == nil && !m.Role.Moderates() {
		return list.Person{}, false, nil
	}
	if err != nil {
		return list.Person{}, false, err
	}
	who, err := list.GetPerson(tx, p)
	return who, err == nil, err
}
