package notice

import (
	"fmt"
	"strings"
	"time"
)

// Health is the monthly letter to those who look after a list: what happened, and what needs them.
type Health struct {
	Month    time.Time // any moment in it
	Posts    int       // published
	Members  int       // at its end
	Came     int
	Left     int
	Dead     int           // members whose address refuses mail
	Stopped  int           // posts
	Reports  int           // of posts, by members
	Held     int           // messages and applications that moderators decided about
	Unheard  int           // that nobody decided about in time
	Half     time.Duration // half of Held waited for moderators no longer than this
	Slowest  time.Duration
	Backup   time.Time  // when the last one was made; zero: none was by this program
	Delivery []Delivery // by provider, those with most members first
	Needs    []string   // what needs somebody, each a sentence; none: nothing does
	Check    string     // check number of the record of who did what; empty: the record is empty
}

// A Delivery says how one provider took our mail.
type Delivery struct {
	Provider    string
	Taken, Kept uint64 // copies that it took, and those that it refused or let expire
}

// percent is how much of a hundred copies it took.
func (d Delivery) percent() string {
	all := d.Taken + d.Kept
	if all == 0 {
		return "no mail"
	}
	return fmt.Sprintf("%d %%", d.Taken*100/all)
}

// backups says when the last one was made, and whom to ask for what the server cannot know by itself.
func (n Health) backups() string {
	if n.Backup.IsZero() {
		return "Backups: I have made none. Please ask whoever runs the server how they are\nmade, and when one was last put back to try it."
	}
	return fmt.Sprintf("Backups: the last one was made on %s. Please ask whoever\nruns the server when one was last put back to try it.", n.Backup.Format("2 January 2006"))
}

// Compose returns the letter.
func (n Health) Compose(r Round) (Mail, error) {
	month := n.Month.Format("January")
	needs, what := "Nothing needs you.", "nothing needs you"
	if len(n.Needs) > 0 {
		what = "something needs you"
		needs = "What needs you:\n\n" + "- " + strings.Join(n.Needs, "\n- ")
	}
	return r.compose(fmt.Sprintf("%s in %s: %s", r.List.Title, month, what), paragraphs(
		r.hello(),
		fmt.Sprintf("Posts: %s. Stopped: %d. Reported by members: %d.\n%s%s\nMembers: %s (%d came, %d left).%s",
			grouped(n.Posts), n.Stopped, n.Reports, n.held(), n.delivery(), grouped(n.Members), n.Came, n.Left, n.dead()),
		n.backups(),
		needs,
		n.check(),
	))
}

// delivery is the line about providers, broken where it gets long.
func (n Health) delivery() string {
	if len(n.Delivery) == 0 {
		return "Delivery: nothing was sent."
	}
	var all []string
	for _, d := range n.Delivery {
		all = append(all, d.Provider+" "+d.percent())
	}
	return strings.TrimRight(wrapped("Delivery: "+strings.Join(all, ", ")+"."), "\n")
}

// held is the line about what moderators decided and how long that took, with its line end.
func (n Health) held() (line string) {
	switch {
	case n.Held == 1:
		line = "Decided by moderators: 1, within " + roundUp(n.Slowest) + "."
	case n.Held > 1:
		line = fmt.Sprintf("Decided by moderators: %s, half within %s, the slowest within %s.", grouped(n.Held), roundUp(n.Half), roundUp(n.Slowest))
	}
	if n.Unheard > 0 {
		line += fmt.Sprintf(" Went back because nobody decided: %d.", n.Unheard)
	}
	if line == "" {
		return ""
	}
	return wrapped(strings.TrimSpace(line))
}

func (n Health) dead() string {
	switch n.Dead {
	case 0:
		return ""
	case 1:
		return "\nThe address of 1 member refuses mail; nothing is sent there."
	}
	return fmt.Sprintf("\nThe addresses of %s members refuse mail; nothing is sent there.", grouped(n.Dead))
}

func (n Health) check() string {
	if n.Check == "" {
		return ""
	}
	return "Check number of the moderators' log: " + n.Check + "\nPlease keep this mail: later the number shows that nobody changed the log."
}
