package moderate

import (
	"errors"
	"fmt"
	"slices"

	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

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
