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

	PageURL string // base address of the page that says yes, too; empty: only by mail
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
		what = fmt.Sprintf("A member of %s wants to get its emails at this address:\n\n  %s", t.List.Title, n.New)
		how = "If this is you, reply: yes\nYour old address needs a yes as well, if it still works."
	case n.Backup:
		what = fmt.Sprintf("A member of %s named this as their second address:\n\n  %s\n\nWe write to it only when their usual address does not work.", t.List.Title, n.New)
		how = "If this is you, reply: yes"
	}
	return t.compose(kindConfirmAddress, subject, t.answer(n.Token), paragraphs("Hello", what, how, orPress("Yes, this is right", n.PageURL, n.Token), no, "This works until "+moment(n.Until)+"."))
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
	return t.compose(kindAddress, subject, message.Mailbox{}, paragraphs(t.hello(), what, more, role,
		"Was it not you? Write at once to the moderators, who are people:\n"+t.List.Service("owner").String()))
}

// RoleDecided tells somebody who moderated, and has a new address, whether they still do.
type RoleDecided struct {
	Role  list.Role
	Back  bool
	Words string // a moderator's; empty: nobody decided
}

// Compose returns the mail.
func (n RoleDecided) Compose(t To) (Mail, error) {
	subject, what := "You are still "+aRole(n.Role), fmt.Sprintf("A moderator of %s has confirmed that your new address is yours.\nYou are %s again.", t.List.Title, aRole(n.Role))
	more := "Reply to our emails from this address, not from your old one."
	if !n.Back {
		subject, more = "You are a member, and not "+aRole(n.Role), "You are a member as before, and nothing else has changed."
		what = fmt.Sprintf("You were %s of %s and have a new address. No moderator has\nconfirmed yet that it is yours.", aRole(n.Role), t.List.Title)
		if words := setOff(n.Words); words != "" {
			what = fmt.Sprintf("You were %s of %s and have a new address. The moderators\ndid not give you the role back. They wrote:\n\n%s", aRole(n.Role), t.List.Title, words)
		}
	}
	return t.compose(kindRole, subject, message.Mailbox{Name: t.List.Title + " moderators", Address: t.List.Service("owner")}, paragraphs(t.hello(), what, more,
		"Questions? Reply: the moderators, who are people, read it."))
}

// RoleEnded tells somebody whose role was taken away, or made smaller, what they still can do.
type RoleEnded struct {
	Was, Now list.Role
}

// Compose returns the mail.
func (n RoleEnded) Compose(t To) (Mail, error) {
	now := "a member"
	if n.Now != list.RoleMember {
		now = aRole(n.Now)
	}
	can := "You read, ask and answer as before, and posts come to you as before."
	switch n.Now {
	case list.RoleModerator:
		can = "You decide what waits, as before. Only owners change settings and roles."
	case list.RoleAuditor:
		can += "\nYou may read what moderators did."
	}
	ended := ""
	switch {
	case n.Was.Moderates() && !n.Now.Moderates():
		ended = "Emails for moderators do not come to you any more, and an answer to an old\none does nothing."
	case n.Was == list.RoleAuditor:
		ended = "You do not see any more what moderators did."
	}
	return t.compose(kindRole, "You are "+now+" now, and not "+aRole(n.Was), message.Mailbox{Name: t.List.Title + " moderators", Address: t.List.Service("owner")}, paragraphs(t.hello(),
		fmt.Sprintf("From now on you are %s of %s, and not %s.\nThank you for looking after it.", now, t.List.Title, aRole(n.Was)),
		can, ended, "Questions? Reply: the moderators, who are people, read it."))
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
