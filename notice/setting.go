package notice

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// Obeyed answers a member who changed something about themselves, or says why nothing was done.
type Obeyed struct {
	Subject string   // begins with what was done, such as "Done: one email every Monday"
	Text    []string // paragraphs
	Read    string   // the line that was read; empty leaves it out
	ToList  bool     // it was all of a mail to the list, which was not sent on
	Missed  Missed   // posts of a pause that is over; zero leaves it out
}

// Compose returns the mail.
func (n Obeyed) Compose(t To) (Mail, error) {
	aside := ""
	if n.ToList {
		aside = "You wrote this to the whole forum. I did not send it on: nobody else has\nseen it."
	}
	text := append(slices.Clone(n.Text), n.Missed.text(), aside, iRead(n.Read))
	return t.compose(kindDone, n.Subject, message.Mailbox{}, paragraphs(text...))
}

// Missed is what was posted while somebody was paused.
type Missed struct {
	Posts       int
	Discussions []Discussion
	Left        int // discussions that are not named
}

// A Discussion is one subject, and how many posts under it were missed.
type Discussion struct {
	Subject string
	Posts   int
}

// Cut leaves the discussions with the most posts, at most most, and counts the others.
func (n *Missed) Cut(most int) {
	slices.SortStableFunc(n.Discussions, func(a, b Discussion) int { return cmp.Compare(b.Posts, a.Posts) })
	if len(n.Discussions) > most {
		n.Left = len(n.Discussions) - most
		n.Discussions = n.Discussions[:most]
	}
}

func (n Missed) text() string {
	if n.Posts == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "You missed %s:\n\n", numberOf(n.Posts, "post"))
	for _, d := range n.Discussions {
		fmt.Fprintf(&b, "  %s", cmp.Or(shorten(d.Subject), "(no subject)"))
		if d.Posts > 1 {
			fmt.Fprintf(&b, " (%d)", d.Posts)
		}
		b.WriteByte('\n')
	}
	if n.Left > 0 {
		fmt.Fprintf(&b, "  and %s\n", numberOf(n.Left, "more discussion"))
	}
	return b.String()
}

func numberOf(n int, thing string) string {
	if n == 1 {
		return "one " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// PauseOver tells a member on the day that their pause is over.
type PauseOver struct {
	Membership list.Membership
	Missed     Missed
}

// Compose returns the mail.
func (n PauseOver) Compose(t To) (Mail, error) {
	missed := n.Missed.text()
	if missed == "" {
		missed = "Nobody wrote to the forum while you were away."
	}
	return t.compose(kindPauseOver, "Your pause is over", message.Mailbox{}, paragraphs(
		t.hello(), "Your pause is over.\n"+nowWords[n.Membership.Mode], missed,
		"Fewer emails? Reply with: weekly\nA longer pause? Reply with: pause until 2 September"))
}

// DoneWords are what a member hears of a new delivery mode: the subject, and what to do for another.
func DoneWords(m list.DeliveryMode) (subject string) {
	return map[list.DeliveryMode]string{
		list.ModeEvery:     "Done: you get every post at once",
		list.ModeQuestions: "Done: you get every new question at once",
		list.ModeDaily:     "Done: one email a day",
		list.ModeWeekly:    "Done: one email every Monday",
		list.ModeNone:      "Done: no emails",
	}[m]
}

// NowWords say in a sentence how posts come in a mode.
func NowWords(m list.DeliveryMode) string { return nowWords[m] }

// Weekday writes a day with its name, for example "Thursday 2 September 2027".
func Weekday(t time.Time) string { return weekday(t) }

// A Status is what a member hears about themselves.
type Status struct {
	Membership list.Membership
	Person     list.Person
	Shown      bool
	Muted      int // discussions
	Followed   int
	Waiting    int      // own messages that are not sent yet
	Held       int      // own messages that wait for an answer
	Searches   []string // that are followed
	Read       string
}

// Compose returns the mail.
func (n Status) Compose(t To) (Mail, error) {
	rows := [][2]string{{"mail goes to", n.Person.Address.String()}}
	for _, a := range n.Person.Linked {
		rows = append(rows, [2]string{"you also write from", a.String()})
	}
	if !n.Person.Backup.IsZero() {
		rows = append(rows, [2]string{"second address", n.Person.Backup.String()})
	}
	rows = append(rows, [2]string{"member since", weekday(n.Membership.Joined)}, [2]string{"name shown", cmp.Or(n.Person.Name, "A member")},
		[2]string{"emails", string(n.Membership.Mode)})
	switch {
	case n.Membership.Suspended:
		rows = append(rows, [2]string{"stopped", "your address sent our emails back; reply: resume"})
	case n.Membership.Paused(t.Now):
		rows = append(rows, [2]string{"paused until", weekday(n.Membership.PausedUntil)})
	}
	rows = append(rows, [2]string{"own posts come back", onOff(!n.Membership.NotOwn)}, [2]string{"told of own posts", onOff(!n.Membership.NoAck)},
		[2]string{"shown to members", onOff(n.Shown)})
	for _, c := range []struct {
		n    int
		what string
	}{{n.Muted, "muted discussions"}, {n.Followed, "followed discussions"}, {n.Waiting, "posts on their way"}, {n.Held, "messages that wait"}} {
		if c.n > 0 {
			rows = append(rows, [2]string{c.what, fmt.Sprint(c.n)})
		}
	}
	for _, words := range n.Searches {
		rows = append(rows, [2]string{"search followed", cutTo(plainQuotes(shorten(words)), 50)})
	}
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, "  %-20s  %s\n", r[0], r[1])
	}
	return t.compose(kindStatus, "You and "+t.List.Title, message.Mailbox{}, paragraphs(
		t.hello(), b.String(), "To change something, reply with one word: every, questions, daily,\nweekly, none, pause, resume or leave.", iRead(n.Read)))
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// InQuotes is somebody's line in quotation marks, the first words of it.
func InQuotes(line string) string { return "\"" + plainQuotes(shorten(line)) + "\"" }

// Short makes a subject fit for one line.
func Short(subject string) string { return cmp.Or(shorten(subject), "(no subject)") }
