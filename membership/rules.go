package membership

import (
	"time"

	"sencoforum/calendar"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
)

// Where a list wants it, its members are reminded of its rules once a month.
var reminded = store.NewTable("membership.rules", store.Uint32Key[list.ID](), store.JSON[walked]())

// rulesFor is for how long after the first school day of a month reminders go out, so that a server that was down then still sends
// them; rulesAfter is how long somebody has been a member who is reminded: before, they have the rules from the mail to new members.
const (
	rulesFor   = 7 * 24 * time.Hour
	rulesAfter = 28 * 24 * time.Hour
)

// rules reminds the members of lists that want it, in the first school days of a month and not at night.
func (k *Keeper) rules() (more bool, next time.Time, err error) {
	now := k.now()
	month, due := rulesDue(k.host.Hours, now)
	if !due {
		return false, next, nil
	}
	var of list.List
	err = k.db.View(func(tx *store.Tx) error {
		of, more, err = unwalked(tx, reminded, month, func(l list.List) bool { return l.RemindRules })
		return err
	})
	if err != nil || !more {
		return false, next, err
	}
	return true, next, k.db.Update(func(tx *store.Tx) error {
		return walkOn(tx, reminded, of.ID, month, func(m list.Membership) error { return k.host.remindRules(tx, of, m, now) })
	})
}

// rulesDue reports whether reminders of rules go at a moment, and the first day of their month. A month whose first week of school is
// none, such as August, has none. It is pure.
func rulesDue(h calendar.Hours, now time.Time) (month time.Time, due bool) {
	now = now.In(calendar.London())
	month = time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
	first := h.SchoolDays(month.AddDate(0, 0, -1), 1)
	return month, first.Month() == now.Month() && !now.Before(first) && now.Before(first.Add(rulesFor)) && h.SchoolDay(now) && !h.Quiet(now)
}

// remindRules reminds a member who gets mail now and is no new one.
func (h Host) remindRules(tx *store.Tx, l list.List, m list.Membership, now time.Time) error {
	may, err := remindable(tx, m, now)
	if err != nil || !may || now.Sub(m.Joined) < rulesAfter {
		return err
	}
	to := notice.To{List: l, Now: now}
	if to.Person, err = list.GetPerson(tx, m.Person); err != nil {
		return err
	}
	words, err := ownWords(tx, to, notice.TextRules, 0)
	if err != nil {
		return err
	}
	return h.bulk(tx, to, notice.RulesReminder{Words: words}.Compose)
}
