package moderate

import (
	"time"

	"sencoforum/calendar"
	"sencoforum/hold"
	"sencoforum/list"
)

// How long things wait. Hours are moderation hours, days school days, but for those of what may name a child.
const (
	othersAfter  = 4 * time.Hour // then moderators who are not on duty are told as well
	noteAfter    = 4 * time.Hour // then the morning note names it
	lateAfter    = 2             // school days after which the writer and the owners are told
	backAfter    = 10            // school days after which it goes back to its writer
	remindAfter  = 1             // school days after which an author is asked once more
	silentAfter  = 3             // school days after which what looks private goes back
	pupilAfter   = 4 * time.Hour // then moderators see what may name a child
	pupilDeleted = 7 * day       // then it is deleted
)

// deed is something that is due about an item.
type deed string

// The deeds.
const (
	dueTell    deed = "tell those on duty"
	dueOthers  deed = "tell the others"
	dueLate    deed = "say that it still waits"
	dueBack    deed = "give it back"
	dueFinish  deed = "let the decision take effect"
	dueForget  deed = "forget the decision"
	dueRemind  deed = "remind the author"
	duePass    deed = "pass it to the moderators"
	dueNotSent deed = "give back what its author did not answer for"
)

// alarm is a deed and its moment.
type alarm struct {
	deed deed
	at   time.Time
}

// alarms are all deeds that are still to come for an item, each with its moment. It is pure: it looks at the item, the calendar
// and nothing else.
func alarms(it hold.Item, h calendar.Hours) (all []alarm) {
	add := func(when bool, a deed, at time.Time) {
		if when {
			all = append(all, alarm{a, at})
		}
	}
	switch {
	case it.Finished():
		add(true, dueForget, it.Decision.At.Add(keepDecided))
		return all
	case it.Decision != nil:
		add(true, dueFinish, it.Decision.Due)
		return all
	case it.Reason == hold.Doubt && list.Found(it.Findings, list.CausePupil):
		add(!it.Reminded, dueRemind, h.Morning(it.Since))
		add(it.Asked.IsZero(), duePass, h.Awake(h.After(it.Since, pupilAfter)))
		add(true, dueNotSent, it.Since.Add(pupilDeleted))
	case it.Reason == hold.Doubt:
		add(!it.Reminded, dueRemind, h.Awake(h.SchoolDays(it.Since, remindAfter)))
		add(true, dueNotSent, h.Awake(h.SchoolDays(it.Since, silentAfter)))
		return all
	}
	if it.Asked.IsZero() {
		return all
	}
	add(len(it.Told) == 0, dueTell, h.Awake(it.Asked))
	others := h.Awake(h.After(it.Asked, othersAfter))
	if it.Claim != nil && others.Before(it.Claim.Until) {
		others = h.Awake(it.Claim.Until)
	}
	add(len(it.Told) > 0 && !it.All, dueOthers, others)
	if it.Reason != hold.Doubt {
		add(!it.Late, dueLate, h.Awake(h.SchoolDays(it.Asked, lateAfter)))
		add(true, dueBack, backOn(it, h))
	}
	return all
}

// backOn is when an item that nobody decides about goes back to its writer.
func backOn(it hold.Item, h calendar.Hours) time.Time {
	return h.Awake(h.SchoolDays(it.Asked, backAfter))
}

// next is when an item has to be looked at again, the zero time for never.
func (p *Panel) next(it hold.Item) (first time.Time) {
	for _, a := range alarms(it, p.cfg.Hours) {
		if first.IsZero() || a.at.Before(first) {
			first = a.at
		}
	}
	return first
}

// due is the first deed whose moment has come, or none. Which one comes first is told by the moments, so that a server that
// was off for days does all in their order.
func (p *Panel) due(it hold.Item, now time.Time) (deed, bool) {
	var first alarm
	for _, a := range alarms(it, p.cfg.Hours) {
		if !a.at.After(now) && (first.deed == "" || a.at.Before(first.at)) {
			first = a
		}
	}
	return first.deed, first.deed != ""
}
