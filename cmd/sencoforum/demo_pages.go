package main

import (
	"sencoforum/courier"
	"sencoforum/digest"
	"sencoforum/internal/sample"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/web"
)

// demoPages is what the pages of a demonstration know of it.
type demoPages struct {
	capture *courier.Capture
	people  []web.DemoPerson
	digests *digest.Editor
}

// with is the same with somebody who makes digests.
func (d demoPages) with(e *digest.Editor) demoPages {
	d.digests = e
	return d
}

// demoMails bounds how many captured mails a page shows.
const demoMails = 50

// People are those whom a visitor may be.
func (d demoPages) People() []web.DemoPerson { return d.people }

// Mails are the captured mails to somebody.
func (d demoPages) Mails(a message.Address) ([][]byte, error) { return d.capture.Mails(a, demoMails) }

// demoPeople are some members, of whom fillMembers gave the first the numbers from 1, and everybody who is more than that.
func demoPeople(f sample.Forum) (all []web.DemoPerson) {
	what := map[list.Role]string{
		list.RoleMember: "a member", list.RoleModerator: "a moderator: decides what waits", list.RoleOwner: "an owner: a moderator who changes the list",
		list.RoleAuditor: "an auditor: reads what was decided",
	}
	members := 0
	for i, m := range f.Members {
		role := demoRole(i, len(f.Members))
		if role == list.RoleMember {
			if members++; members > 3 {
				continue
			}
		}
		all = append(all, web.DemoPerson{Person: list.PersonID(i + 1), Name: m.Name, Role: what[role]})
	}
	return all
}

// demoRole is what the person at a place is: the last ones moderate, one of them owns the list, and the one before audits.
func demoRole(i, all int) list.Role {
	switch {
	case i == all-1:
		return list.RoleOwner
	case i >= all-demoModerators:
		return list.RoleModerator
	case i == all-demoModerators-1 && i >= 5:
		return list.RoleAuditor
	}
	return list.RoleMember
}
