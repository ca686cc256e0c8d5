package bounce

import (
	"errors"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/store"
)

// What came back by mail about a post, for as long as reports of it score: (post, person) -> report. A breaker that is open
// for a post at a provider, or for the whole post where the provider is "": (post, provider) -> when it opened.
var (
	reports   = store.NewTable("bounce.reports", store.PairKey(store.Uint32Key[uint32](), store.Uint32Key[list.PersonID]()), store.JSON[report]())
	outbreaks = store.NewTable("bounce.outbreaks", store.PairKey(store.Uint32Key[uint32](), store.StringKey[string]()), store.JSON[time.Time]())
)

// report is a refusal of a class that the breaker counts.
type report struct {
	Provider string    `json:"provider"`
	At       time.Time `json:"at"`
	Day      Day       `json:"day"`
}

// Report scores what a report says that came back by mail about a copy of a post; post is 0 for any other mail of ours. A
// mail service in front takes every copy and reports refusals one by one, so the breaker counts them as they come: when
// it opens, nobody's refusal of that post scores any more, and what those before scored is taken back.
func (b *Book) Report(tx *store.Tx, post uint32, r Refusal) (Action, error) {
	if post == 0 || r.Probe || !r.Class.Counts() {
		return b.Note(tx, r)
	}
	person, err := list.GetPerson(tx, r.Person)
	if errors.Is(err, list.ErrNoPerson) {
		return Nothing, nil
	}
	if err != nil {
		return Nothing, err
	}
	if err := b.tidyReports(tx); err != nil {
		return Nothing, err
	}
	provider := b.provider(person.Address.Domain)
	for _, p := range []string{"", provider} {
		open, err := outbreaks.Has(tx, store.Pair[uint32, string]{A: post, B: p})
		if err != nil {
			return Nothing, err
		}
		r.Broken = r.Broken || open
	}
	if !r.Broken {
		key := store.Pair[uint32, list.PersonID]{A: post, B: r.Person}
		if err := reports.Put(tx, key, report{Provider: provider, At: b.now(), Day: DayOf(b.now())}); err != nil {
			return Nothing, err
		}
		if r.Broken, err = b.opens(tx, post, provider, r.Words); err != nil {
			return Nothing, err
		}
	}
	return b.Note(tx, r)
}

// opens looks whether the latest report opens the breaker for its post or for its provider, and does what follows.
func (b *Book) opens(tx *store.Tx, post uint32, provider, words string) (bool, error) {
	var all, there Tally
	for row, err := range store.Prefix(reports, tx, post) {
		if err != nil {
			return false, err
		}
		all.Refused++
		if row.Value.Provider == provider {
			there.Refused++
		}
	}
	if all.Refused < BreakRefused {
		return false, nil
	}
	counts, err := queue.Tally(tx, uint64(post))
	if err != nil {
		return false, err
	}
	all.Recipients = counts.Delivered + counts.Failed + counts.Expired + counts.Open
	if all.Recipients > 0 && all.Broken() {
		return true, b.open(tx, post, all, alarm{words: words})
	}
	if there.Refused < BreakRefused || there.Refused%BreakRefused != 0 { // the next look takes a little more back
		return false, nil
	}
	tallies := map[string]Tally{provider: there}
	if err := b.countRecipients(tx, uint64(post), tallies); err != nil {
		return false, err
	}
	if there = tallies[provider]; there.Recipients == 0 || !there.Broken() {
		return false, nil
	}
	return true, b.open(tx, post, there, alarm{provider: provider, words: words})
}

// open takes back what a post's reports have scored, those of one provider or all, and tells the operator.
func (b *Book) open(tx *store.Tx, post uint32, t Tally, about alarm) error {
	for row, err := range store.Prefix(reports, tx, post) {
		if err != nil {
			return err
		}
		if about.provider != "" && row.Value.Provider != about.provider {
			continue
		}
		if err := b.takeBack(tx, post, row.Key.B, row.Value.Day); err != nil {
			return err
		}
	}
	p, err := archive.Get(tx, archive.Number(post))
	if errors.Is(err, archive.ErrNoPost) {
		return nil
	}
	if err != nil {
		return err
	}
	return b.alarm(tx, p, t, about)
}

// takeBack undoes what a day's report about a post has scored for one person.
func (b *Book) takeBack(tx *store.Tx, post uint32, person list.PersonID, day Day) error {
	p, err := archive.Get(tx, archive.Number(post))
	if errors.Is(err, archive.ErrNoPost) {
		return nil
	}
	if err != nil {
		return err
	}
	key := store.Pair[list.ID, list.PersonID]{A: p.List, B: person}
	s, found, err := states.Get(tx, key)
	if err != nil {
		return err
	}
	if found {
		if err := states.Put(tx, key, s.without(day)); err != nil {
			return err
		}
	}
	return checks.Delete(tx, key)
}

// tidyReports forgets what is so old that it scores no more, a little more of it than one report adds.
func (b *Book) tidyReports(tx *store.Tx) error {
	limit := b.now().AddDate(0, 0, -2*tokenDays)
	n := 0
	for row, err := range reports.All(tx) {
		if err != nil {
			return err
		}
		if n++; n > tidyMost || row.Value.At.After(limit) {
			break
		}
		if err := reports.Delete(tx, row.Key); err != nil {
			return err
		}
	}
	for row, err := range outbreaks.All(tx) {
		if err != nil {
			return err
		}
		if row.Value.After(limit) {
			break
		}
		return outbreaks.Delete(tx, row.Key)
	}
	return nil
}
