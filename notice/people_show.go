package notice

import (
	"fmt"
	"strings"

	"sencoforum/list"
	"sencoforum/message"
)

// MemberShown tells a moderator what is known of a member.
type MemberShown struct {
	Person     list.Person
	Membership list.Membership
	Waits      []string // codes of what waits of theirs
	Read       string
}

// Compose returns the mail.
func (n MemberShown) Compose(r Round) (Mail, error) {
	m := n.Membership
	name := list.CleanName(n.Person.Name)
	if name == "" {
		name = "A member without a name"
	}
	lines := []string{"Address: " + n.Person.Address.String()}
	for _, a := range n.Person.Addresses() {
		if a.Key() != n.Person.Address.Key() {
			lines = append(lines, "Also writes from: "+a.String())
		}
	}
	here := "Here as a member"
	if m.Role != list.RoleMember {
		here = "Here as " + aRole(m.Role)
	}
	if !m.Joined.IsZero() {
		here += " since " + day(m.Joined)
	}
	lines = append(lines, here)
	if mode := n.mode(r); mode != "" {
		lines = append(lines, mode)
	}
	lines = append(lines, n.held()...)
	if len(n.Waits) > 0 {
		lines = append(lines, "Waits for you: #"+strings.Join(n.Waits, ", #"))
	}
	return r.compose("Member: "+shorten(name), paragraphs(r.hello(),
		fmt.Sprintf("This is what we know of %s:", shorten(name)), "  "+strings.Join(lines, "\n  "),
		fill("Please do not pass this on: members' addresses are shown to moderators alone."), read(n.Read)))
}

// mode says how posts come to the member now.
func (n MemberShown) mode(r Round) string {
	switch m := n.Membership; {
	case m.Suspended:
		return "Gets nothing: the address refuses mail"
	case m.Unmailed:
		return "Gets nothing yet: was not told of the forum"
	case m.Paused(r.Now):
		return "Gets nothing: paused until " + day(m.PausedUntil)
	default:
		return strings.TrimSuffix(strings.Replace(nowWords[m.Mode], "You get", "Gets", 1), ".")
	}
}

// held says what waits of what they write.
func (n MemberShown) held() (lines []string) {
	m := n.Membership
	switch {
	case m.NoPosting:
		lines = append(lines, "May not write to the forum")
	case m.Moderated:
		lines = append(lines, "Everything they write is read first")
	case m.Holds > 0:
		lines = append(lines, "New: the next "+count(m.Holds, "post")+" waits for you")
	}
	if m.NoRelay {
		lines = append(lines, "Writes and gets no private messages")
	}
	return lines
}

// HeldHelp tells a moderator the words about what waits.
type HeldHelp struct {
	Words string // one a line, with what each does
	Read  string
}

// Compose returns the mail.
func (n HeldHelp) Compose(to To) (Mail, error) {
	to.asOwner = true
	return to.compose(ours, "The words that I know", message.Mailbox{}, paragraphs(
		"These words do something:", n.Words, fill("To decide, reply once more to the email about what waits, and not to this one."), read(n.Read)))
}

// Figures tells a moderator what happened on the list in this month so far, and in the one before.
type Figures struct {
	Now, Before Health
	Waiting     int
	Read        string
}

// Compose returns the mail.
func (n Figures) Compose(r Round) (Mail, error) {
	return r.compose("Figures of "+r.List.Title, paragraphs(r.hello(),
		fmt.Sprintf("Members: %s.%s\nWaiting for you: %d.", grouped(n.Now.Members), n.Now.dead(), n.Waiting),
		"In "+n.Now.Month.Format("January")+" so far:\n"+n.Now.figures(),
		"In "+n.Before.Month.Format("January")+":\n"+n.Before.figures(),
		read(n.Read)))
}

// figures are the lines about a month.
func (n Health) figures() string {
	return strings.TrimRight(fmt.Sprintf("Posts: %s. Stopped: %d. Reported by members: %d.\nCame: %d. Left: %d.\n%s",
		grouped(n.Posts), n.Stopped, n.Reports, n.Came, n.Left, n.held()), "\n")
}
