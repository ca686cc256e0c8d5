package membership

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
)

// A gust is many members of one mail provider who leave at once, soon after a sending: more likely a program that follows
// links than people. They have left all the same; the moderators hear of it and can bring all back (Restore).
const (
	gustSpan  = 10 * time.Minute
	gustMost  = 5         // leavings in that time that are nothing special
	gustAgain = time.Hour // after which moderators hear of the same provider again
)

type gust struct {
	Left []int64   `json:"left"` // moments of the latest leavings, Unix milliseconds
	Told time.Time `json:"told,omitzero"`
}

var gusts = store.NewTable("membership.gusts", store.PairKey(store.Uint32Key[list.ID](), store.StringKey[string]()), store.JSON[gust]())

// provider is who receives a person's mail.
func (h Host) provider(p list.Person) string {
	domain := strings.ToLower(p.Address.Domain)
	if h.Provider == nil {
		return domain
	}
	return cmp.Or(h.Provider(domain), domain)
}

// noteLeaving counts a leaving, and alarms the moderators where it is one too many of its provider.
func (h Host) noteLeaving(tx *store.Tx, by By, l list.List, p list.Person) error {
	provider := h.provider(p)
	key := store.Pair[list.ID, string]{A: l.ID, B: provider}
	g, _, err := gusts.Get(tx, key)
	if err != nil {
		return err
	}
	g.Left = append(recent(g.Left, by.Now, gustSpan), by.Now.UnixMilli())
	alarm := len(g.Left) > gustMost && by.Now.Sub(g.Told) >= gustAgain
	if alarm {
		if alarm, err = sending(tx, l.ID, time.UnixMilli(g.Left[0])); err != nil {
			return err
		}
	}
	if alarm {
		g.Told = by.Now
		if err := h.alarm(tx, by, l, provider, g); err != nil {
			return err
		}
	}
	return gusts.Put(tx, key, g)
}

// lookBack bounds the events among which the latest sending is looked for.
const lookBack = 100

// sending reports whether copies of a post of a list were on their way at a moment, or had gone less than ten minutes before.
func sending(tx *store.Tx, l list.ID, at time.Time) (bool, error) {
	last, err := archive.LastSeq(tx)
	if err != nil {
		return false, err
	}
	for c, err := range archive.Changes(tx, max(last, lookBack)-lookBack+1) {
		if err != nil {
			return false, err
		}
		if c.Event != archive.EventPublished {
			continue
		}
		p, err := archive.Get(tx, c.Post)
		if err != nil {
			return false, err
		}
		if p.List != l || p.Imported {
			continue
		}
		s, err := intake.StatusOf(tx, p.Intake)
		if err != nil {
			return false, err
		}
		if s.State != intake.Done || s.Since.After(at.Add(-gustSpan)) {
			return true, nil
		}
	}
	return false, nil
}

func (h Host) alarm(tx *store.Tx, by By, l list.List, provider string, g gust) error {
	all, err := h.deciders(tx, l.ID)
	if err != nil {
		return err
	}
	n := notice.ManyLeft{Provider: provider, Count: len(g.Left), Since: time.UnixMilli(g.Left[0])}
	for _, d := range all {
		if err := h.mail(tx, by, notice.To{List: l, Person: d}, "manyleft", n.Compose); err != nil {
			return err
		}
	}
	return nil
}

// Leavers finds who left a list by themselves since a moment, is not back and can be brought back; of one mail provider, or
// of all where provider is empty.
func Leavers(tx *store.Tx, h Host, l list.ID, provider string, since, now time.Time) (all []list.Person, err error) {
	for row, err := range store.Prefix(left, tx, l) {
		if err != nil {
			return nil, err
		}
		f, ok, err := returns.Get(tx, row.Value)
		if err != nil {
			return nil, err
		}
		if !ok || !f.Used.IsZero() || f.Left.Before(since) || !now.Before(f.Left.Add(returnLife)) {
			continue
		}
		if _, err := list.Member(tx, l, row.Key.B); !errors.Is(err, list.ErrNoMember) {
			if err != nil {
				return nil, err
			}
			continue
		}
		p, err := list.GetPerson(tx, row.Key.B)
		if err != nil {
			return nil, err
		}
		if provider == "" || strings.EqualFold(provider, h.provider(p)) || strings.EqualFold(provider, p.Address.Domain) {
			all = append(all, p)
		}
	}
	return all, nil
}

// Restore makes somebody a member again who left by themselves, on the word of somebody who runs the list, and tells them
// why. The error is ErrNoReturn where they are back, or cannot be brought back.
func Restore(tx *store.Tx, by By, h Host, l list.ID, p list.PersonID) error {
	digest, ok, err := left.Get(tx, memberKey{A: l, B: p})
	if err != nil {
		return err
	}
	f, found, err := returns.Get(tx, digest)
	switch {
	case err != nil:
		return err
	case !ok || !found || !f.Used.IsZero():
		return ErrNoReturn
	}
	if _, err := list.Member(tx, l, p); !errors.Is(err, list.ErrNoMember) {
		return errors.Join(ErrNoReturn, err)
	}
	f.Used = by.Now
	if err := returns.Put(tx, digest, f); err != nil {
		return err
	}
	in, err := list.Get(tx, l)
	if err != nil {
		return err
	}
	person, err := list.GetPerson(tx, p)
	if err != nil {
		return err
	}
	if err := rejoin(tx, by, person, f.Was, "restored"); err != nil {
		return err
	}
	return h.mail(tx, by, notice.To{List: in, Person: person}, "restored", notice.Restored)
}
