package main

import (
	"context"
	"errors"
	"time"

	"sencoforum/backup"
	"sencoforum/calendar"
	"sencoforum/list"
	"sencoforum/moderate"
	"sencoforum/notice"
	"sencoforum/store"
	"sencoforum/watch"
)

// letterHour is when the monthly letters go, in the time zone of the lists.
const letterHour = 9

// nextLetters is the next moment at which letters may be due: nine o'clock of some day, so that one that could not go on the
// first of a month goes later.
func nextLetters(now time.Time) time.Time {
	now = now.In(calendar.London())
	due := time.Date(now.Year(), now.Month(), now.Day(), letterHour, 0, 0, 0, now.Location())
	if !due.After(now) {
		due = due.AddDate(0, 0, 1)
	}
	return due
}

// healthLetters mails each month what happened to those who own the lists, until ctx ends.
func (h *house) healthLetters(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Until(nextLetters(time.Now()))):
		}
		err := h.writeHealth(time.Now())
		if store.Trouble(err) && !errors.Is(err, store.ErrFull) {
			return err
		}
		if err != nil {
			h.log.Error("the monthly letter is not written", "cause", err)
		}
	}
}

// writeHealth writes the letters about the month before, where that was not done. A list that is younger gets none.
func (h *house) writeHealth(now time.Time) error {
	month := now.In(calendar.London()).AddDate(0, 0, -now.In(calendar.London()).Day())
	var lists []list.List
	letters := map[list.ID]notice.Health{}
	err := h.db.View(func(tx *store.Tx) error {
		delivery, needs, err := h.delivered(tx, month)
		if err != nil {
			return err
		}
		saved, err := backup.Last(tx)
		if err != nil {
			return err
		}
		for l, err := range list.All(tx) {
			if err != nil {
				return err
			}
			if l.Created.After(month) {
				continue
			}
			n, err := moderate.HealthOf(tx, l, month)
			if err != nil {
				return err
			}
			n.Backup = saved
			n.Delivery, n.Needs = delivery, append(n.Needs, needs...)
			lists, letters[l.ID] = append(lists, l), n
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, l := range lists {
		sent := false
		err := h.db.Update(func(tx *store.Tx) (err error) {
			sent, err = h.acts.SendHealth(tx, l, letters[l.ID], now)
			return err
		})
		if err != nil {
			return err
		}
		if sent {
			h.log.Info("monthly letter", "list", l.Name)
		}
	}
	return nil
}

// providersMost is how many providers a letter names.
const providersMost = 5

// delivered is how the providers with the most members took our mail in a month, and what is wrong with some now.
func (h *house) delivered(tx *store.Tx, month time.Time) (out []notice.Delivery, needs []string, err error) {
	all, err := h.watch.Standings(tx)
	if err != nil {
		return nil, nil, err
	}
	for _, s := range all {
		if s.Alarm.Open() {
			needs = append(needs, alarmed(s))
		}
	}
	for _, s := range all {
		if s.People == 0 || s.Provider == "*" || len(out) == providersMost {
			continue
		}
		days, err := h.watch.LastDays(tx, s.Provider, 70)
		if err != nil {
			return nil, nil, err
		}
		if d := sumOf(s.Provider, days, month); d.Taken+d.Kept > 0 {
			out = append(out, d)
		}
	}
	return out, needs, nil
}

// sumOf adds up the days of a month.
func sumOf(provider string, days []watch.DayTally, month time.Time) notice.Delivery {
	d := notice.Delivery{Provider: provider}
	for _, one := range days {
		if one.Day.Year() == month.Year() && one.Day.Month() == month.Month() {
			d.Taken += one.Accepted
			d.Kept += one.Refusals() + one.Expired
		}
	}
	return d
}

// alarmed says in a sentence that a provider does not take our mail.
func alarmed(s watch.Standing) string {
	if s.Provider == "*" {
		return "No provider takes our mail just now: please ask whoever runs the server."
	}
	return s.Provider + " does not take our mail as it should: please ask whoever runs the server."
}
