package moderate

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/store"
)

// Undo takes back a decision of any moderator's before it takes effect: the item waits again, as if nobody had decided. The
// errors are ErrGone, ErrNoUndo and ErrTooLate.
func (p *Panel) Undo(tx *store.Tx, by Decider, n hold.Number) (Outcome, error) {
	it, l, err := p.open(tx, n)
	var decided *DecidedError
	switch {
	case err == nil:
		return Outcome{Item: it, List: l}, ErrNoUndo
	case !errors.As(err, &decided):
		return Outcome{Item: it, List: l}, err
	case it.Decision.Done || !by.Now.Before(it.Decision.Due):
		return Outcome{Item: it, List: l}, ErrTooLate
	}
	if it.Decision.Verdict == hold.Approved && it.Kind == hold.Post {
		_, err := archive.Withhold(tx, archive.Number(it.Post), by.Now)
		if errors.Is(err, archive.ErrNotWaiting) { // it has just gone out
			return Outcome{Item: it, List: l}, ErrTooLate
		}
		if err != nil {
			return Outcome{}, err
		}
	}
	was := it.Decision.Verdict
	it.Decision = nil
	if err := by.tell(tx, it, "undo", string(was)); err != nil {
		return Outcome{}, err
	}
	if err := p.save(tx, it); err != nil {
		return Outcome{}, err
	}
	name, err := firstName(tx, by.Person)
	if err != nil {
		return Outcome{}, err
	}
	told := notice.Told{Line: notice.UndoLine(was, name, Local(by.Now))}
	return Outcome{Item: it, List: l}, p.outcome(tx, l, it, by.Person, by.Now, told)
}

// Claim says that a moderator looks after an item, for 24 hours. The others see it in the morning note; those who have not
// been told are not told while it lasts.
func (p *Panel) Claim(tx *store.Tx, by Decider, n hold.Number) (Outcome, error) {
	it, l, err := p.open(tx, n)
	if err != nil {
		return Outcome{Item: it, List: l}, err
	}
	it.Claim = &hold.Claim{Person: by.Person, Until: by.Now.Add(claimLife)}
	if err := by.tell(tx, it, "claim", ""); err != nil {
		return Outcome{}, err
	}
	name, err := firstName(tx, by.Person)
	if err != nil {
		return Outcome{}, err
	}
	if err := p.save(tx, it); err != nil {
		return Outcome{}, err
	}
	return Outcome{Item: it, List: l}, p.outcome(tx, l, it, by.Person, by.Now, notice.Told{Line: notice.ClaimLine(name, Local(by.Now))})
}

// mostAsked bounds how often an applicant is asked.
const mostAsked = 5

// Ask sends a moderator's question to somebody who wants to join. The answer comes back with Answered. The error is ErrNoAsk
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
	question = Reason(question)
	if it.Kind != hold.Application || !ok || it.Named >= mostAsked || question == "" {
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
	if err := p.send(tx, toWriter(l, who, it, by.Now), notice.Question{Words: question, Token: tok}); err != nil {
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
	it.Words = strings.TrimSpace(it.Words + "\n\n" + Reason(words))
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

// Redact takes words out of a held message and shows what is left to the moderator who asked, for a decision. The errors are
// ErrNoWords, and message.ErrLeft where they cannot be taken out.
func (p *Panel) Redact(tx *store.Tx, by Decider, n hold.Number, w Words) (Outcome, error) {
	it, l, err := p.open(tx, n)
	if err != nil {
		return Outcome{Item: it, List: l}, err
	}
	m, err := messageOf(tx, it)
	if err != nil {
		return Outcome{}, err
	}
	if m == nil {
		return Outcome{Item: it, List: l}, ErrNoWords
	}
	if len(w.Phrases)+len(w.Files) == 0 {
		return Outcome{Item: it, List: l}, ErrNoWords
	}
	if err := w.Check(); err != nil {
		return Outcome{Item: it, List: l}, fmt.Errorf("%w: %w", ErrNoWords, err)
	}
	done, err := message.Redact(m.Raw(), w.redaction("[removed]"))
	if err != nil {
		return Outcome{Item: it, List: l}, err
	}
	if done.Places+len(done.Files) == 0 {
		return Outcome{Item: it, List: l}, ErrNoWords
	}
	if err := intake.Rewrite(tx, it.Message, it.Key, done.Raw); err != nil {
		return Outcome{}, err
	}
	it.Changed = true
	it.Findings = withoutWords(it.Findings, w)
	if err := by.tell(tx, it, "redact", fmt.Sprintf("%d places, %d files", done.Places, len(done.Files))); err != nil {
		return Outcome{}, err
	}
	if err := p.save(tx, it); err != nil {
		return Outcome{}, err
	}
	who, ok, err := stillModerator(tx, l.ID, by.Person)
	if err != nil || !ok {
		return Outcome{Item: it, List: l}, err
	}
	return Outcome{Item: it, List: l}, p.notify(tx, l, it, who, by.Now)
}

// withoutWords takes words that were redacted out of what was found, where the notes quote the message.
func withoutWords(all []list.Finding, w Words) []list.Finding {
	r := w.redaction("[removed]")
	out := slices.Clone(all)
	for i, f := range out {
		out[i].Notes = slices.Clone(f.Notes)
		for j := range out[i].Notes {
			out[i].Notes[j], _ = r.Replace(out[i].Notes[j])
		}
	}
	return out
}

// RemoveAttachments takes every file out of a held message and shows what is left. The error is ErrNoFiles where there is
// none.
func (p *Panel) RemoveAttachments(tx *store.Tx, by Decider, n hold.Number) (Outcome, error) {
	it, l, err := p.open(tx, n)
	if err != nil {
		return Outcome{Item: it, List: l}, err
	}
	m, err := messageOf(tx, it)
	if err != nil {
		return Outcome{}, err
	}
	var w Words
	if m != nil {
		for _, f := range m.Attachments() {
			w.Files = append(w.Files, f.Name)
		}
	}
	if len(w.Files) == 0 {
		return Outcome{Item: it, List: l}, ErrNoFiles
	}
	out, err := p.Redact(tx, by, n, w)
	if errors.Is(err, ErrNoWords) {
		err = ErrNoFiles
	}
	return out, err
}
