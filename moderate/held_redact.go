package moderate

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// A Searched is what would be left of a held message, and where that may still name a child. The zero one says that nobody looked.
type Searched struct {
	Left   *message.Message // nil: nobody looked
	Places []string

	was []byte
}

// PlanRedact says what would be left of a message that waits for moderators, without words, or with files without every file. It
// changes nothing, so that what is left can be searched outside of any transaction. It is the zero one where nothing would go.
func (p *Panel) PlanRedact(tx *store.Tx, n hold.Number, phrases []string, files bool) (s Searched, err error) {
	it, _, err := p.open(tx, n)
	if err != nil {
		return s, nil // which is told when it is done
	}
	m, err := messageOf(tx, it)
	if err != nil || m == nil {
		return s, err
	}
	w := Words{Phrases: phrases}
	if files {
		w.Files = namesOf(m.Attachments())
	}
	if w.Check() != nil {
		return s, nil
	}
	done, err := message.Redact(m.Raw(), w.redaction("[removed]"))
	if err != nil || done.Places+len(done.Files) == 0 {
		return s, nil
	}
	return Searched{Left: message.Parse(done.Raw), was: m.Raw()}, nil
}

// findings are those of a message once something was taken out of it. One that may have named a child goes on being one, also
// where nothing is found any more: a person looks at it, and nobody is trusted for it.
func (s Searched) findings(all []list.Finding) []list.Finding {
	if s.Left == nil {
		return all
	}
	for i := range all {
		if all[i].Cause == list.CausePupil {
			all[i].Notes = s.Places
			return all
		}
	}
	if len(s.Places) > 0 {
		all = append(all, list.Finding{Cause: list.CausePupil, Notes: s.Places})
	}
	return all
}

func namesOf(files []message.Attachment) (names []string) {
	for _, f := range files {
		names = append(names, f.Name)
	}
	return names
}

// Redact takes words out of a held message and shows what is left to the moderator who asked, for a decision; s is what was found in
// that. The errors are ErrNoWords, message.ErrLeft where they cannot be taken out, and ErrChanged where the message is not the
// one that was searched.
func (p *Panel) Redact(tx *store.Tx, by Decider, n hold.Number, w Words, s Searched) (Outcome, error) {
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
	switch {
	case len(w.Phrases)+len(w.Files) == 0:
		return Outcome{Item: it, List: l}, ErrNoWords
	case s.Left != nil && !bytes.Equal(m.Raw(), s.was):
		return Outcome{Item: it, List: l}, ErrChanged
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
	it.Changed, it.Hints = true, nil // a person reads what is left; the places are not those of before
	it.Findings = s.findings(withoutWords(it.Findings, w))
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
func (p *Panel) RemoveAttachments(tx *store.Tx, by Decider, n hold.Number, s Searched) (Outcome, error) {
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
		w.Files = namesOf(m.Attachments())
	}
	if len(w.Files) == 0 {
		return Outcome{Item: it, List: l}, ErrNoFiles
	}
	out, err := p.Redact(tx, by, n, w, s)
	if errors.Is(err, ErrNoWords) {
		err = ErrNoFiles
	}
	return out, err
}
