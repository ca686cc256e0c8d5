package web

import (
	"strings"

	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/moderate"
	"sencoforum/store"
)

// dutyData is what a moderator sets about being told of what waits.
type dutyData struct {
	On   bool   // they take turns
	This string // who is told this week
}

// duty is what the settings page of a moderator says about a list of theirs; nil for a list that they do not moderate.
func (v *visit) duty(tx *store.Tx, m list.Membership) (*dutyData, error) {
	if !m.Role.Moderates() {
		return nil, nil
	}
	on, every, err := moderate.DutyNow(tx, v.reader, m.List, v.now)
	d := &dutyData{On: m.Duty, This: "This week " + strings.Join(on, " and ") + " are told, and the others four hours later."}
	if every {
		d.This = "At present all moderators are told at once. Turns begin when there are four or more and two of them take turns, unless the list is set to tell everybody."
	}
	return d, err
}

// takeTurns says whether the reader takes turns on duty. It is no more than a moderator may say of themselves.
func takeTurns(tx *store.Tx, by membership.By, m membership.Member, on bool) error {
	if !m.Membership.Role.Moderates() {
		return errNoPage
	}
	m, err := membership.Set(m, "duty", map[bool]string{true: "on", false: "off"}[on], by.Now)
	if err != nil {
		return err
	}
	return membership.Save(tx, by, m)
}
