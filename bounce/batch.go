package bounce

import (
	"errors"
	"maps"
	"slices"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
)

// Batch scores the refusals of a post whose copies have all come to their end. When too many refused it, it is the post
// or we who are at fault: then nobody's address scores, and the operator is told. When too many of one provider's did,
// nobody's there scores, and the operator is told of that provider. It reports whether any of this was so.
func (b *Book) Batch(tx *store.Tx, batch uint64) (broken bool, err error) {
	p, err := archive.Get(tx, archive.Number(batch))
	if errors.Is(err, archive.ErrNoPost) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	counts, err := queue.Tally(tx, batch)
	if err != nil || counts.Failed+counts.Expired == 0 {
		return false, err
	}
	refused, err := b.refusals(tx, p.List, batch)
	if err != nil {
		return false, err
	}
	all := Tally{Recipients: counts.Delivered + counts.Failed + counts.Expired}
	for _, r := range refused {
		all.add(r.Class)
	}
	if all.Broken() {
		return true, b.alarm(tx, p, all, alarm{words: refused[0].Words})
	}
	closed, err := b.closedProviders(tx, batch, refused)
	if err != nil {
		return false, err
	}
	for _, provider := range slices.Sorted(maps.Keys(closed)) {
		first := refused[slices.IndexFunc(refused, func(r providerRefusal) bool { return r.provider == provider })]
		if err := b.alarm(tx, p, closed[provider], alarm{provider: provider, words: first.Words}); err != nil {
			return false, err
		}
	}
	for _, r := range refused {
		_, r.Broken = closed[r.provider]
		if _, err := b.Note(tx, r.Refusal); err != nil {
			return false, err
		}
	}
	return len(closed) > 0, nil
}

// Issue scores the refusals of a digest whose copies have all come to their end, as Batch does for a post. When too many refused
// it, or too many of one provider's, their addresses do not score; nobody is mailed about it.
func (b *Book) Issue(tx *store.Tx, l list.ID, batch uint64) (broken bool, err error) {
	counts, err := queue.Tally(tx, batch)
	if err != nil || counts.Failed+counts.Expired == 0 {
		return false, err
	}
	refused, err := b.refusals(tx, l, batch)
	if err != nil {
		return false, err
	}
	all := Tally{Recipients: counts.Delivered + counts.Failed + counts.Expired}
	for _, r := range refused {
		all.add(r.Class)
	}
	if all.Broken() {
		return true, nil
	}
	closed, err := b.closedProviders(tx, batch, refused)
	if err != nil {
		return false, err
	}
	for _, r := range refused {
		_, r.Broken = closed[r.provider]
		if _, err := b.Note(tx, r.Refusal); err != nil {
			return false, err
		}
	}
	return len(closed) > 0, nil
}

// providerRefusal is a refusal with who takes mail for that address.
type providerRefusal struct {
	Refusal
	provider string
}

// refusals returns what the receivers of a post said who did not take it, in the order of member numbers.
func (b *Book) refusals(tx *store.Tx, l list.ID, batch uint64) (all []providerRefusal, err error) {
	for f, err := range queue.Failures(tx, batch) {
		if err != nil {
			return nil, err
		}
		all = append(all, providerRefusal{
			Refusal:  Refusal{List: l, Person: list.PersonID(f.Member), Class: ClassOf(f.Result), Words: f.Result.Line()},
			provider: b.provider(f.Domain),
		})
	}
	return all, nil
}

func (b *Book) provider(domain string) string {
	if b.Provider == nil {
		return domain
	}
	return b.Provider(domain)
}

// closedProviders returns the providers that refused the post to too many of their people. How many people a provider
// has is counted only where enough of them were refused, since it takes a look at every member.
func (b *Book) closedProviders(tx *store.Tx, batch uint64, refused []providerRefusal) (map[string]Tally, error) {
	tallies := make(map[string]Tally)
	for _, r := range refused {
		t := tallies[r.provider]
		t.add(r.Class)
		tallies[r.provider] = t
	}
	maps.DeleteFunc(tallies, func(_ string, t Tally) bool { return t.Refused < BreakRefused })
	if len(tallies) == 0 {
		return tallies, nil
	}
	if err := b.countRecipients(tx, batch, tallies); err != nil {
		return nil, err
	}
	maps.DeleteFunc(tallies, func(_ string, t Tally) bool { return !t.Broken() })
	return tallies, nil
}

// countRecipients counts the people of some providers to whom a post was sent.
func (b *Book) countRecipients(tx *store.Tx, batch uint64, tallies map[string]Tally) error {
	for r, err := range queue.Outcomes(tx, batch) {
		if err != nil {
			return err
		}
		if r.Outcome == queue.Dropped {
			continue
		}
		person, err := list.GetPerson(tx, list.PersonID(r.Member))
		if errors.Is(err, list.ErrNoPerson) {
			continue
		}
		if err != nil {
			return err
		}
		provider := b.provider(person.Address.Domain)
		if t, ok := tallies[provider]; ok {
			t.Recipients++
			tallies[provider] = t
		}
	}
	return nil
}

// alarm is what an alarm is about: one provider, or a post as a whole where provider is empty, and the first answer.
type alarm struct{ provider, words string }

// alarm tells the operator that a post was refused by too many, once, and lets what comes back later score nothing.
func (b *Book) alarm(tx *store.Tx, p archive.Post, t Tally, about alarm) error {
	key := store.Pair[uint32, string]{A: uint32(p.Number), B: about.provider}
	known, err := outbreaks.Has(tx, key)
	if err != nil || known {
		return err
	}
	if err := outbreaks.Put(tx, key, b.now()); err != nil || b.operator.IsZero() {
		return err
	}
	l, err := list.Get(tx, p.List)
	if err != nil {
		return err
	}
	n := notice.Bounce{
		List: l, Words: about.words, Now: b.now(),
		Provider: about.provider, Refused: t.Refused, Recipients: t.Recipients, Post: int(p.Number),
	}
	return b.letter(tx, l, 0, b.operator, 0, func() (notice.Mail, error) { return n.Alarm(b.operator) })
}
