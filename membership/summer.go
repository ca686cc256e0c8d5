package membership

import (
	"time"

	"sencoforum/calendar"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
)

// Before the summer holidays members who get single posts are offered a pause, once a year; in digests the offer stands in the last
// one.
var summers = store.NewTable("membership.summers", store.Uint32Key[list.ID](), store.JSON[walked]())

// summerBefore is how long before the holidays the offer is made.
const summerBefore = 7 * 24 * time.Hour

// summer offers pauses in the last week before the summer holidays, on school days and not at night.
func (k *Keeper) summer() (more bool, next time.Time, err error) {
	now := k.now()
	n, due := summerDue(k.host.Hours, now)
	if !due {
		return false, next, nil
	}
	var of list.List
	err = k.db.View(func(tx *store.Tx) error {
		of, more, err = unwalked(tx, summers, n.Begins, func(list.List) bool { return true })
		return err
	})
	if err != nil || !more {
		return false, next, err
	}
	return true, next, k.db.Update(func(tx *store.Tx) error {
		return walkOn(tx, summers, of.ID, n.Begins, func(m list.Membership) error { return k.host.offerSummer(tx, of, m, n, now) })
	})
}

// summerDue reports whether offers are made at a moment, and of what. It is pure.
func summerDue(h calendar.Hours, now time.Time) (n notice.SummerPause, due bool) {
	begins, term, known := h.Summer(now)
	if !known || begins.Sub(now) > summerBefore || !h.SchoolDay(now) || h.Quiet(now) {
		return n, false
	}
	return notice.SummerPause{Begins: begins, Term: term}, true
}

// offerSummer makes the offer to a member who gets single posts now, and did not say that they want no reminders.
func (h Host) offerSummer(tx *store.Tx, l list.List, m list.Membership, n notice.SummerPause, now time.Time) error {
	may, err := remindable(tx, m, now)
	if err != nil || !may || m.Mode.Digested() {
		return err
	}
	who, err := list.GetPerson(tx, m.Person)
	if err != nil {
		return err
	}
	return h.bulk(tx, notice.To{List: l, Person: who, Now: now}, n.Compose)
}
