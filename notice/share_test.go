package notice

import (
	"testing"

	"sencoforum/list"
	"sencoforum/message"
)

// ceiling: flat table
func sharing() map[string]func() (Mail, error) {
	share := list.Finding{Cause: list.CauseShared, Notes: []string{"study.pdf"}}
	private := []list.Finding{{Cause: list.CausePrivate, Notes: []string{"between us"}}}
	shown := func(n MemberShown, m list.Membership) func() (Mail, error) {
		n.Membership = m
		n.Read = "who ruth@school.example"
		n.Person.Address = message.Address{Local: "ruth", Domain: "school.example"}
		return func() (Mail, error) { return n.Compose(round()) }
	}
	ruth := MemberShown{Person: list.Person{Name: "Ruth B."}}
	twice := ruth
	twice.Person.Linked = []message.Address{{Local: "ruth", Domain: "home.example"}}
	twice.Waits = []string{"8f3k", "9c2m"}
	return map[string]func() (Mail, error){
		"writer-shares": func() (Mail, error) {
			return HeldBack{Subject: "A study", Findings: []list.Finding{share}, Token: aToken}.Compose(toJane())
		},
		"held-shared": func() (Mail, error) {
			n := Held{Matter: parts(list.CauseShared), Token: aToken}
			return n.Compose(toAsha(true))
		},
		"held-quotes-digest": func() (Mail, error) {
			return Held{Matter: parts(list.CauseDigest), Token: aToken}.Compose(toAsha(true))
		},
		"writer-private-reply": func() (Mail, error) {
			return Doubt{Subject: "Re: Laptops", Findings: private, Token: aToken, Members: 1204, Only: "Priya N."}.Compose(toJane())
		},
		"writer-private-nobody": func() (Mail, error) {
			return Doubt{Subject: "Laptops", Findings: private, Token: aToken, Members: 1204}.Compose(toJane())
		},
		"writer-quotes-digest": func() (Mail, error) {
			return Doubt{Subject: "Re: SENCO Forum weekly: 7 discussions", Findings: []list.Finding{{Cause: list.CauseDigest}}, Token: aToken, Members: 1204}.Compose(toJane())
		},
		"writer-sent-to-one": func() (Mail, error) {
			return SentToOne{Subject: "Our meeting", Name: "Priya N.", Read: "only Priya"}.Compose(toJane())
		},
		"held-help": func() (Mail, error) {
			return HeldHelp{Words: "  approve             send it to everyone", Read: "help"}.Compose(toAsha(true))
		},
		"act-member":           shown(twice, list.Membership{Role: list.RoleMember, Mode: list.ModeEvery, Joined: morning, Holds: 1}),
		"act-member-paused":    shown(ruth, list.Membership{Role: list.RoleMember, Mode: list.ModeQuestions, Joined: morning, PausedUntil: morning.AddDate(1, 0, 0), Moderated: true}),
		"act-member-moderator": shown(MemberShown{}, list.Membership{Role: list.RoleOwner, Mode: list.ModeNone}),
		"act-member-dead":      shown(ruth, list.Membership{Role: list.RoleMember, Suspended: true, NoPosting: true, NoRelay: true}),
		"act-member-unmailed":  shown(ruth, list.Membership{Role: list.RoleMember, Unmailed: true}),
		"act-figures": func() (Mail, error) {
			n := Health{Month: morning, Posts: 212, Members: 1204, Came: 31, Left: 9, Stopped: 1, Reports: 3, Dead: 2, Held: 41, Half: 100 * 60e9, Slowest: 51 * 3600e9}
			return Figures{Now: n, Before: Health{Month: morning.AddDate(0, -1, 0)}, Waiting: 2, Read: "stats"}.Compose(round())
		},
	}
}

func TestMailsAboutSharingAndWhoIsWho(t *testing.T) {
	for name, compose := range sharing() {
		t.Run(name, func(t *testing.T) { golden(t, name, compose) })
	}
}

// Something was taken out of what may name a child, and what is left was searched anew.
func TestMailsAboutWhatIsLeft(t *testing.T) {
	for name, notes := range map[string][]string{"held-left-clean": nil, "held-left-named": {"a birth date, line 2"}} {
		t.Run(name, func(t *testing.T) {
			m := parts(list.CausePupil)
			m.Findings, m.Changed = []list.Finding{{Cause: list.CausePupil, Notes: notes}}, true
			golden(t, name, func() (Mail, error) { return Held{Matter: m, Token: aToken}.Compose(toAsha(true)) })
		})
	}
}
