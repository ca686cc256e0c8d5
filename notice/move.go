package notice

import (
	"fmt"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// ConfirmMove asks an address whether a member's mail is to go to a new one.
type ConfirmMove struct {
	Token  string
	New    message.Address
	Fresh  bool // this mail goes to the new address; else to the old one
	Backup bool // it is only to be a second address
	Until  time.Time
}

// Compose returns the mail.
func (n ConfirmMove) Compose(t To) (Mail, error) {
	subject := "Change your address? Please reply yes"
	what := fmt.Sprintf("You asked for the emails of %s to go to a new address:\n\n  %s", t.List.Title, n.New)
	how := "To say that this is right, reply: yes\nWe have written to your new address, too: it needs a yes as well."
	no := "Was it not you? Do nothing, and nothing changes. Then please tell the\nmoderators, who are people:\n" + t.List.Service("owner").String()
	if n.Fresh || n.Backup {
		subject = "Is this your address? Please reply yes"
		no = "If you did not ask, do nothing, and nothing changes."
	}
	switch {
	case n.Fresh:
		what = fmt.Sprintf("A member of %s wants to get its emails here, at\n\n  %s", t.List.Title, n.New)
		how = "If this is you, reply: yes\nYour old address needs a yes as well, if it still works."
	case n.Backup:
		what = fmt.Sprintf("A member of %s named this as their second address:\n\n  %s\n\nWe write to it only when their usual address does not work.", t.List.Title, n.New)
		how = "If this is you, reply: yes"
	}
	return t.compose(subject, t.answer(n.Token), paragraphs("Hello", what, how, no, "This works until "+moment(n.Until)+"."))
}

// Moved tells a member that an address of theirs has changed.
type Moved struct {
	New    message.Address
	Left   bool // this mail goes to the address that was theirs
	Own    bool // it is one that they had proved before: the old one stays theirs
	Backup bool // it is their second address
	Role   bool // they moderated, and another moderator has to say that they still do
}

// Compose returns the mail.
func (n Moved) Compose(t To) (Mail, error) {
	subject, what := "Done: your emails go to your new address", fmt.Sprintf(
		"The emails of %s now go to\n\n  %s\n\nAll else is as it was: your name, your posts, how many emails you get.", t.List.Title, n.New)
	var more string
	switch {
	case n.Backup:
		subject = "Done: we know your second address"
		what = fmt.Sprintf("If your usual address stops working, we write to\n\n  %s", n.New)
	case n.Own:
		more = "You can still write from your other addresses."
	case n.Left:
		more = "This address is not yours here any more, so write to the forum from the\nnew one. This is our last email to this address."
	}
	role := ""
	if n.Role {
		role = "You were a moderator. For safety, another moderator has to say that you\nstill are. We have asked."
	}
	return t.compose(subject, message.Mailbox{}, paragraphs(t.hello(), what, more, role,
		"Was it not you? Write at once to the moderators, who are people:\n"+t.List.Service("owner").String()))
}

// RoleWaits tells a moderator that another one has a new address and lost their role by that.
type RoleWaits struct {
	Who  list.Person
	Role list.Role
}

// Compose returns the mail.
func (n RoleWaits) Compose(t To) (Mail, error) {
	owner := ""
	switch n.Role {
	case list.RoleOwner:
		owner = " --owner"
	case list.RoleAuditor:
		owner = " --auditor"
	}
	return t.compose("Still a moderator? - "+name(n.Who), message.Mailbox{}, paragraphs(
		t.hello(),
		fmt.Sprintf("%s was %s of %s\nand has a new address now:\n\n  %s", name(n.Who), aRole(n.Role), t.List.Title, n.Who.Address),
		"Both their old and their new address said yes. For safety they are only\na member until you have made sure that it is them, best by telephone.",
		fmt.Sprintf("It is them? Ask whoever runs the server for:\nsencoforum moderator add --list %s%s %s", t.List.Name, owner, command(n.Who.Address)),
		"Not them? Ask for this at once:\nsencoforum member remove --list "+t.List.Name+" "+command(n.Who.Address),
	))
}

func aRole(r list.Role) string {
	switch r {
	case list.RoleOwner:
		return "an owner"
	case list.RoleAuditor:
		return "an auditor"
	}
	return "a moderator"
}
