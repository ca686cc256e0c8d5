package moderate

import (
	"fmt"
	"slices"
	"time"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
)

// HealthOf gathers what the letter about a month says of a list, but for delivery: from the beginning of the month in the time
// zone of the readers up to the beginning of the next. It reads all posts, members and entries of the record, so it is for a View.
func HealthOf(tx *store.Tx, l list.List, month time.Time) (notice.Health, error) {
	from, to := monthOf(month)
	n := notice.Health{Month: from}
	within := func(t time.Time) bool { return !t.Before(from) && t.Before(to) }
	for p, err := range archive.All(tx, 0) {
		if err != nil {
			return n, err
		}
		if p.List == l.ID && !p.Imported && within(p.Published) {
			n.Posts++
		}
	}
	for m, err := range list.Members(tx, l.ID, 0) {
		if err != nil {
			return n, err
		}
		if n.Members++; m.Suspended {
			n.Dead++
		}
	}
	for e, err := range audit.All(tx) {
		if err != nil {
			return n, err
		}
		if e.List == uint32(l.ID) && within(e.At) {
			count(&n, e.Action)
		}
	}
	head, err := audit.Last(tx)
	if err != nil {
		return n, err
	}
	n.Check = head.Check()
	if err := holdTimes(tx, l.ID, from, to, &n); err != nil {
		return n, err
	}
	people, err := list.Moderators(tx, l.ID)
	if err != nil {
		return n, err
	}
	switch len(people) {
	case 0:
		n.Needs = append(n.Needs, "Nobody moderates: please name somebody.")
	case 1:
		n.Needs = append(n.Needs, "Only one person moderates: please find a second.")
	}
	return n, nil
}

// holdTimes counts what moderators decided in a month, and how long it waited for them.
func holdTimes(tx *store.Tx, l list.ID, from, to time.Time, n *notice.Health) error {
	all, err := hold.Decided(tx, l, from)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(it hold.Item) bool { return !it.Decision.At.Before(to) })
	for _, it := range all {
		if it.Decision.Verdict == hold.Unheard {
			n.Unheard++
		}
	}
	if took := TookOf(all); len(took) > 0 {
		n.Held, n.Half, n.Slowest = len(took), took[(len(took)-1)/2], took[len(took)-1]
	}
	return nil
}

// count adds one entry of the record to the figures.
func count(n *notice.Health, action string) {
	switch action {
	case "member add", "member return":
		n.Came++
	case "member leave", "member remove":
		n.Left++
	case "post stop":
		n.Stopped++
	case "post report":
		n.Reports++
	}
}

// monthOf returns the beginning of the month in which a moment lies, and of the next, in the time zone of the readers.
func monthOf(t time.Time) (from, to time.Time) {
	t = london(t)
	from = time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())
	return from, from.AddDate(0, 1, 0)
}

// SendHealth mails the letter about a month to the owners of a list, or to those who look after it where it has none, once for
// each month. It reports whether it did.
func (a *Acts) SendHealth(tx *store.Tx, l list.List, n notice.Health, now time.Time) (bool, error) {
	err := tidyTallies(tx, "health ", func(_ string, t tally) bool { return !now.Before(t.Since.Add(400 * day)) })
	if err != nil {
		return false, err
	}
	may, err := May(tx, fmt.Sprintf("health %s %d", n.Month.Format("2006-01"), l.ID), 0, now, 1, 400*day)
	if err != nil || !may {
		return false, err
	}
	to, err := a.owners(tx, l.ID)
	if err != nil {
		return false, err
	}
	for _, who := range to {
		r := notice.Round{List: l, To: who, ID: fmt.Sprintf("health.%s.%d", n.Month.Format("200601"), who.ID), Now: now}
		if err := a.mail(tx, r, n); err != nil {
			return false, err
		}
	}
	return len(to) > 0, nil
}

// owners are the owners of a list, or all who look after it where it has none.
func (a *Acts) owners(tx *store.Tx, l list.ID) (owners []list.Person, err error) {
	all, err := a.circle(tx, l)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if p.ID == 0 {
			continue
		}
		m, err := list.Member(tx, l, p.ID)
		if err != nil {
			return nil, err
		}
		if m.Role == list.RoleOwner {
			owners = append(owners, p)
		}
	}
	if len(owners) == 0 {
		return all, nil
	}
	return owners, nil
}
