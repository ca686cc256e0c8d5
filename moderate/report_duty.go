package moderate

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
)

// duty is who of a list's moderators hears of something at once, and all of them. It is the same for what waits and for reports.
func duty(tx *store.Tx, l list.List, now time.Time) (on, all []list.Moderator, err error) {
	all, err = list.Moderating(tx, l.ID)
	return list.OnDuty(l.Moderation, all, Local(now)), all, err
}

// A waitingReport is a report of which those on duty know and the others do not yet.
type waitingReport struct {
	List  list.ID         `json:"list"`
	Post  archive.Number  `json:"post"`
	By    list.PersonID   `json:"by"`
	Words string          `json:"words,omitempty"`
	Told  []list.PersonID `json:"told"`
}

// reportKey orders reports by when the others are told, in Unix seconds.
type reportKey = store.Pair[uint64, intake.ID]

var reports = store.NewTable("moderate.reports", store.PairKey(store.Uint64Key[uint64](), store.Uint64Key[intake.ID]()), store.JSON[waitingReport]())

// toDuty tells those on duty of a report, or the operator where there is no moderator, and notes when the others are due.
func (a *Acts) toDuty(tx *store.Tx, l list.List, rep Report, now time.Time) error {
	on, all, err := duty(tx, l, now)
	if err != nil {
		return err
	}
	if len(on) == 0 {
		to, err := a.circle(tx, l.ID)
		if err != nil {
			return err
		}
		return cmp.Or(noteReport(tx, rep, l.ID, to, now), a.tellReport(tx, l, rep, to, now))
	}
	to := people(on)
	if err := noteReport(tx, rep, l.ID, to, now); err != nil {
		return err
	}
	if len(on) < len(all) {
		w := waitingReport{List: l.ID, Post: rep.Post, By: rep.By, Words: rep.Words}
		for _, p := range to {
			w.Told = append(w.Told, p.ID)
		}
		due := a.cfg.Hours.Awake(a.cfg.Hours.After(now, othersAfter))
		if err := reports.Put(tx, reportKey{A: uint64(due.Unix()), B: rep.Message}, w); err != nil {
			return err
		}
	}
	return a.tellReport(tx, l, rep, to, now)
}

func people(all []list.Moderator) (out []list.Person) {
	for _, m := range all {
		out = append(out, m.Person)
	}
	return out
}

// firstReport is the report of which the others are told next, if there is one.
func firstReport(tx *store.Tx) (k reportKey, w waitingReport, found bool, err error) {
	for row, err := range reports.All(tx) {
		return row.Key, row.Value, err == nil, err
	}
	return k, w, false, nil
}

// tellLater tells the others of a report, unless the post is hidden or its discussion closed since.
func (a *Acts) tellLater(tx *store.Tx, id intake.ID, w waitingReport, now time.Time) error {
	p, err := archive.Get(tx, w.Post)
	if errors.Is(err, archive.ErrNoPost) || err == nil && p.State != archive.Published {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := archive.Curated(tx, p.Thread)
	if err != nil || c.Closed.Set() {
		return err
	}
	l, err := list.Get(tx, w.List)
	if err != nil {
		return err
	}
	all, err := list.Moderating(tx, l.ID)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(m list.Moderator) bool { return m.Membership.Suspended || slices.Contains(w.Told, m.Person.ID) })
	err = a.tellReport(tx, l, Report{Post: w.Post, Message: id, By: w.By, Words: w.Words}, people(all), now)
	if errors.Is(err, list.ErrNoPerson) { // who reported it was forgotten
		return nil
	}
	return cmp.Or(err, changeReport(tx, id, func(r Reported) Reported { return r.with(people(all)) }))
}

// reportDone notes that a moderator dealt with a report, or asked the member who made it: the others read that, and are not told again.
func reportDone(tx *store.Tx, id intake.ID) error {
	return dropReports(tx, func(m intake.ID, _ waitingReport) bool { return m == id })
}

// dropReports takes reports out of what the others are still to be told.
func dropReports(tx *store.Tx, gone func(m intake.ID, w waitingReport) bool) error {
	for row, err := range reports.All(tx) {
		if err != nil {
			return err
		}
		if gone(row.Key.B, row.Value) {
			if err := reports.Delete(tx, row.Key); err != nil {
				return err
			}
		}
	}
	return nil
}

// reportsDue tells the others of all reports whose time has come, and returns how long nothing will be due.
func (a *Acts) reportsDue(db *store.DB) (time.Duration, error) {
	for {
		now := a.cfg.Now()
		var first reportKey
		found := false
		err := db.View(func(tx *store.Tx) (err error) { first, _, found, err = firstReport(tx); return err })
		if err != nil || !found {
			return lookEvery, err
		}
		if due := time.Unix(int64(first.A), 0); due.After(now) {
			return min(lookEvery, max(due.Sub(now), time.Second)), nil
		}
		err = db.Update(func(tx *store.Tx) error {
			k, w, found, err := firstReport(tx)
			if err != nil || !found {
				return err
			}
			if err := reports.Delete(tx, k); err != nil {
				return err
			}
			return a.tellLater(tx, k.B, w, now)
		})
		if err != nil {
			return 0, err
		}
	}
}

// tellReport shows a reported post to moderators, each with an answer address of their own.
func (a *Acts) tellReport(tx *store.Tx, l list.List, rep Report, to []list.Person, now time.Time) error {
	p, _, m, err := Look(tx, rep.Post)
	if err != nil {
		return err
	}
	by, err := list.GetPerson(tx, rep.By)
	if err != nil {
		return err
	}
	n := notice.PostReport{Post: lineOf(p), By: cmp.Or(list.CleanName(by.Name), by.Address.String()), Words: rep.Words, Hidden: p.State == archive.Hidden, WebURL: a.cfg.WebURL, Page: a.reportPage(rep.Message)}
	if m != nil {
		n.Text = m.Text()
	}
	for _, who := range to {
		r := notice.Round{List: l, To: who, ID: rootOf(rep.Message, who.ID), Now: now}
		if who.ID != 0 {
			tok, err := allow(tx, Pending{
				Use: UseOffer, List: l.ID, Person: who.ID, Post: p.Number, Message: rep.Message, Until: now.Add(offerLife),
			}, now)
			if err != nil {
				return err
			}
			r = r.Tokened("mod", tok)
		}
		if err := a.mail(tx, r, n); err != nil {
			return err
		}
	}
	return nil
}

// TookOf are the times that decisions of people took, shortest first, counted from when moderators had the item. What its writer
// took back and what nobody decided is left out.
func TookOf(all []hold.Item) (took []time.Duration) {
	for _, it := range all {
		if v := it.Decision.Verdict; v != hold.Withdrawn && v != hold.Unheard {
			took = append(took, it.Decision.At.Sub(it.Asked))
		}
	}
	slices.Sort(took)
	return took
}

// DutyNow says who of a list's moderators hears of what waits at a moment, by first names, and whether all whose address
// works do. For who does
// not moderate the list it is nobody.
func DutyNow(tx *store.Tx, r list.Reader, l list.ID, now time.Time) (on []string, every bool, err error) {
	if !r.Moderates(l) {
		return nil, false, nil
	}
	of, err := list.Get(tx, l)
	if err != nil {
		return nil, false, err
	}
	some, all, err := duty(tx, of, now)
	for _, m := range some {
		on = append(on, called(m.Person))
	}
	all = slices.DeleteFunc(all, func(m list.Moderator) bool { return m.Membership.Suspended })
	return on, len(some) == len(all), err
}
