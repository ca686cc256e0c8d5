package membership

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/store"
)

// Word is what a member asks for about themselves, in its canonical spelling.
type Word string

// The words. Those of the delivery modes are the modes' own names.
const (
	WordEvery     = Word(list.ModeEvery)
	WordQuestions = Word(list.ModeQuestions)
	WordDaily     = Word(list.ModeDaily)
	WordWeekly    = Word(list.ModeWeekly)
	WordNone      = Word(list.ModeNone)
	WordPause     = Word("pause")   // with nothing, or when it ends, as ReadPause reads it
	WordResume    = Word("resume")  // ends a pause, and a suspension
	WordStatus    = Word("status")  // what is set
	WordOwn       = Word("own")     // on or off: own posts come back
	WordAck       = Word("ack")     // on or off: acknowledgement of own posts
	WordShow      = Word("show me") // to other members
	WordHide      = Word("hide me")
	WordMute      = Word("mute")   // of the thread of Order.Post
	WordFollow    = Word("follow") // likewise
	WordSolved    = Word("solved") // the question of Order.Post
	WordNotSolved = Word("not solved")
	WordReminders = Word("reminders") // on or off: being asked what came of a question
	WordAddress   = Word("address")
	WordBackup    = Word("backup") // with an address, or off
	WordData      = Word("my data")
	WordLeave     = Word("leave")
)

// AboutThread reports a word about a discussion.
func (w Word) AboutThread() bool {
	return w == WordMute || w == WordFollow || w == WordSolved || w == WordNotSolved
}

// An Order is one thing that a member asks for.
type Order struct {
	Word    Word
	Value   string         // what follows the word
	Post    archive.Number // of the thread that is meant, for words about one
	Read    string         // the line that was read, for the answer
	Answers string         // Message-ID of the mail, with angle brackets; may be empty

	ToList bool // it was all of a mail to the list, which is not sent on
	Quiet  bool // it is not answered: the member has had all answers of the day
	Last   bool // the answer says that it is the last one today
}

// An orderFunc does one thing and returns the answer. Nothing is done where the answer begins with "Nothing was done".
type orderFunc func(h Host, tx *store.Tx, by By, m Member, o Order) (notice.Obeyed, error)

// orders is the table of what members do about themselves.
func orders() map[Word]orderFunc {
	return map[Word]orderFunc{
		WordEvery: orderMode, WordQuestions: orderMode, WordDaily: orderMode, WordWeekly: orderMode, WordNone: orderMode,
		WordPause: orderPause, WordResume: orderResume,
		WordOwn: orderSwitch, WordAck: orderSwitch, WordShow: orderShown, WordHide: orderShown,
		WordMute: orderThread, WordFollow: orderThread, WordSolved: orderSolved, WordNotSolved: orderSolved,
		WordReminders: orderReminders,
		WordAddress:   orderAddress, WordBackup: orderAddress, WordData: orderData,
	}
}

// Obey does what a verified member asks for about themselves, and mails them the answer; a goodbye is sent in any case. It never fails because of what they
// wrote: then nothing is done, and the answer says so and shows the right form. The error is list.ErrNoMember when they left
// meanwhile, or a fault of ours.
func Obey(tx *store.Tx, by By, h Host, l list.ID, p list.PersonID, o Order) error {
	was, err := list.Member(tx, l, p)
	if err != nil {
		return err
	}
	person, err := list.GetPerson(tx, p)
	if err != nil {
		return err
	}
	in, err := list.Get(tx, l)
	if err != nil {
		return err
	}
	m := Member{Person: person, Membership: was}
	by = by.themselves(p)
	to := notice.To{List: in, Person: person, Answers: o.Answers, Last: o.Last}
	switch o.Word {
	case WordStatus:
		if o.Quiet {
			return nil
		}
		s, err := statusOf(tx, m)
		if err != nil {
			return err
		}
		s.Read = o.Read
		return h.mail(tx, by, to, "status", s.Compose)
	case WordLeave:
		by.Said, by.ToList = o.Read, o.ToList
		_, err := Leave(tx, by, h, l, p)
		return err
	}
	do, ok := orders()[o.Word]
	if !ok {
		return fmt.Errorf("there is no order %q", o.Word)
	}
	answer, err := do(h, tx, by, m, o)
	if err != nil || o.Quiet {
		return err
	}
	answer.Read, answer.ToList = o.Read, o.ToList
	return h.mail(tx, by, to, "done", answer.Compose)
}

// nothing is the answer where nothing was done.
func nothing(why string) notice.Obeyed {
	return notice.Obeyed{Subject: "Nothing was done", Text: []string{"Nothing was done. " + why}}
}

func orderMode(_ Host, tx *store.Tx, by By, m Member, o Order) (notice.Obeyed, error) {
	m.Membership.Mode = list.DeliveryMode(o.Word)
	if err := Save(tx, by, m); err != nil {
		return notice.Obeyed{}, err
	}
	d := notice.Obeyed{Subject: notice.DoneWords(m.Membership.Mode), Text: []string{notice.NowWords(m.Membership.Mode)}}
	switch {
	case m.Membership.Paused(by.Now):
		d.Text = append(d.Text, "You are paused until "+notice.Weekday(m.Membership.PausedUntil)+", and it begins then. To\nstart sooner, reply with: resume")
	case m.Membership.Mode == list.ModeNone:
		d.Text = append(d.Text, "You are still a member. For emails again, reply with: every")
	default:
		d.Text = append(d.Text, "Other words: every, questions, daily, weekly, none, pause")
	}
	return d, nil
}

func orderPause(_ Host, tx *store.Tx, by By, m Member, o Order) (notice.Obeyed, error) {
	until, said, err := ReadPause(o.Value, by.Now)
	if err != nil {
		why := strings.ToUpper(err.Error()[:1]) + err.Error()[1:] + "."
		if date := new(DateError); errors.As(err, &date) {
			why = fmt.Sprintf("I could not read the date '%s'. Write it like 12 April.", date.Words)
		}
		return nothing(why + "\nFor example, reply with: pause until 2 September"), nil
	}
	m.Membership.PausedUntil = until
	if err := Save(tx, by, m); err != nil {
		return notice.Obeyed{}, err
	}
	day := notice.Weekday(until)
	d := notice.Obeyed{Subject: "Done: you are paused until " + day, Text: []string{
		"You will get no forum email until " + day + ". On that\nday you get one short list of what you missed.",
		"To start again sooner, reply with: resume",
	}}
	if !said {
		d.Text = append(d.Text, "You gave no date, so it is 4 weeks.\nOther date? Reply with: pause until 2 September\nNo emails at all? Reply with: none")
	}
	return d, nil
}

func orderResume(h Host, tx *store.Tx, by By, m Member, _ Order) (notice.Obeyed, error) {
	if !m.Membership.Paused(by.Now) && !m.Membership.Suspended {
		d := nothing("You are not paused. " + notice.NowWords(m.Membership.Mode))
		if m.Membership.Mode == list.ModeNone {
			d.Text = append(d.Text, "For emails again, reply with: every")
		}
		return d, nil
	}
	before, err := DetailsOf(tx, m.Membership.List, m.Person.ID)
	if err != nil {
		return notice.Obeyed{}, err
	}
	d := notice.Obeyed{Subject: "Done: your pause is over", Text: []string{notice.NowWords(m.Membership.Mode)}}
	if m.Membership.Suspended {
		d.Subject = "Done: you get emails again"
	}
	if m.Membership.Paused(by.Now) && !before.PausedSince.IsZero() {
		if d.Missed, err = missedBy(tx, m.Membership.List, before.PausedSeq, by.Now); err != nil {
			return d, err
		}
	}
	m.Membership.PausedUntil, m.Membership.Suspended = time.Time{}, false
	return d, Save(tx, by, m)
}

// orderSwitch turns own posts or acknowledgements on or off.
func orderSwitch(_ Host, tx *store.Tx, by By, m Member, o Order) (notice.Obeyed, error) {
	on := strings.EqualFold(o.Value, "on")
	if !on && !strings.EqualFold(o.Value, "off") {
		return nothing(fmt.Sprintf("Write on or off behind the word, such as: %s off", o.Word)), nil
	}
	words := map[bool]string{true: "Your own posts come back to you.", false: "Your own posts do not come back to you."}
	m.Membership.NotOwn = m.Membership.NotOwn && o.Word != WordOwn || o.Word == WordOwn && !on
	if o.Word == WordAck {
		words = map[bool]string{true: "We tell you when we have your post.", false: "We do not tell you any more when we have your post."}
		m.Membership.NoAck = !on
	}
	d := notice.Obeyed{Subject: fmt.Sprintf("Done: %s %s", o.Word, strings.ToLower(o.Value)), Text: []string{words[on]}}
	return d, Save(tx, by, m)
}

// orderShown shows a member to others, or hides them.
func orderShown(_ Host, tx *store.Tx, by By, m Member, o Order) (notice.Obeyed, error) {
	show := o.Word == WordShow
	if err := Show(tx, by, m, show); err != nil {
		return notice.Obeyed{}, err
	}
	d := notice.Obeyed{Subject: "Done: you are hidden", Text: []string{"Other members do not see you in the list of members. Your posts still\nbear your name."}}
	if show {
		d = notice.Obeyed{Subject: "Done: you are shown", Text: []string{
			"Other members see your name in the list of members, never your address.", "To be hidden again, reply with: hide me"}}
	}
	return d, nil
}

// orderThread mutes or follows a thread, or takes that back where it was chosen already the other way.
func orderThread(_ Host, tx *store.Tx, by By, m Member, o Order) (notice.Obeyed, error) {
	unknown := nothing("Say which discussion, with the number in the last line of its posts,\nsuch as: " + string(o.Word) + " #48213")
	if o.Post == 0 {
		return unknown, nil
	}
	p, thread, err := threadFor(tx, m.Membership.List, o.Post)
	if err != nil {
		return notice.Obeyed{}, err
	}
	if thread == 0 {
		return unknown, nil
	}
	choice, words := list.Follow, []string{"You get every reply in this discussion at once:", "No more of it? Reply with: mute #" + fmt.Sprint(thread)}
	if o.Word == WordMute {
		choice, words = list.Mute, []string{"You get no more of this discussion:", "All of it again? Reply with: follow #" + fmt.Sprint(thread)}
	}
	words[0] += "\n\n  " + notice.Short(p.Subject)
	return notice.Obeyed{Subject: fmt.Sprintf("Done: %s #%d", o.Word, thread), Text: words},
		list.Choose(tx, uint32(thread), m.Person.ID, choice)
}

// threadFor finds the post that is meant, and its thread; none where it is not to be seen on this list.
func threadFor(tx *store.Tx, l list.ID, n archive.Number) (archive.Post, archive.Number, error) {
	for p, err := range archive.All(tx, n) {
		if err != nil {
			return p, 0, err
		}
		if p.Number != n || p.List != l || p.State != archive.Published {
			return archive.Post{}, 0, nil
		}
		thread, err := archive.ThreadOf(tx, n)
		return p, thread, err
	}
	return archive.Post{}, 0, nil
}

// orderAddress asks for another address, or for a second one. What is answered does not depend on whose it is.
func orderAddress(h Host, tx *store.Tx, by By, m Member, o Order) (notice.Obeyed, error) {
	if o.Word == WordBackup && strings.EqualFold(o.Value, "off") {
		m.Person.Backup = message.Address{}
		if err := list.SavePerson(tx, m.Person); err != nil {
			return notice.Obeyed{}, err
		}
		return notice.Obeyed{Subject: "Done: no second address", Text: []string{"We know no second address of yours any more."}},
			by.record(tx, "member backup", m, "off")
	}
	a, err := message.ParseAddress(strings.TrimSpace(o.Value))
	if err != nil {
		return nothing(fmt.Sprintf("I could not read an address. Write it like:\n\n  %s new@school.example", o.Word)), nil
	}
	r := Request{List: m.Membership.List, Purpose: ToMove, Address: m.Person.Address, New: a, Person: m.Person.ID}
	d := notice.Obeyed{Subject: "Please say yes in both mailboxes", Text: []string{
		"If this address can be yours, we have written to it and to your present\none:\n\n  " + a.String(),
		"Reply yes to both emails, and all goes to the new address. Until then\nnothing changes."}}
	if o.Word == WordBackup {
		r.Purpose = ToBackup
		d = notice.Obeyed{Subject: "Please say yes in the other mailbox", Text: []string{
			"If this address can be yours, we have written to it:\n\n  " + a.String(), "Reply yes there, and we know it as your second address."}}
	}
	return d, Ask(tx, by, r, noNetwork)
}

// orderData sends all that is known of a member, once a day.
func orderData(h Host, tx *store.Tx, by By, m Member, _ Order) (notice.Obeyed, error) {
	if h.Data == nil {
		return nothing("This server cannot do that by email. Please ask the moderators."), nil
	}
	d, err := DetailsOf(tx, m.Membership.List, m.Person.ID)
	if err != nil {
		return notice.Obeyed{}, err
	}
	if by.Now.Sub(d.DataAt) < 24*time.Hour {
		return nothing("You had your data in the last 24 hours.\nPlease ask again tomorrow."), nil
	}
	if err := changeDetails(tx, m.Membership, func(d *Details) { d.DataAt = by.Now }); err != nil {
		return notice.Obeyed{}, err
	}
	return notice.Obeyed{Subject: "Done: your data is on its way", Text: []string{
		"We are putting together all that we know of you, and all your posts. It\ncomes in an email of its own, in some minutes."}}, h.Data(tx, m.Membership.List, m.Person)
}

// MoveDead asks for another address in place of one that is dead. The caller has seen a mail that only the member could
// answer, at their second address, so that one has said yes already.
func MoveDead(tx *store.Tx, by By, l list.ID, p list.PersonID, to message.Address) error {
	person, err := list.GetPerson(tx, p)
	if err != nil {
		return err
	}
	return Ask(tx, by, Request{List: l, Purpose: ToMove, Address: person.Address, New: to, Person: p, Proved: true}, noNetwork)
}

// statusOf gathers what a member may know about themselves.
func statusOf(tx *store.Tx, m Member) (notice.Status, error) {
	s := notice.Status{Membership: m.Membership, Person: m.Person}
	d, err := DetailsOf(tx, m.Membership.List, m.Person.ID)
	if err != nil {
		return s, err
	}
	s.Shown = d.Shown
	chosen, err := list.Chosen(tx, m.Person.ID)
	if err != nil {
		return s, err
	}
	for _, c := range chosen {
		if c == list.Mute {
			s.Muted++
		} else {
			s.Followed++
		}
	}
	for it, err := range hold.All(tx) {
		if err != nil {
			return s, err
		}
		if it.List == m.Membership.List && it.Author == m.Person.ID {
			s.Held++
		}
	}
	followed, err := hold.SavedOf(tx, hold.SavedKey{A: m.Person.ID, B: m.Membership.List})
	if err != nil {
		return s, err
	}
	for _, f := range followed.All {
		s.Searches = append(s.Searches, f.Words)
	}
	s.Waiting, err = waitingOf(tx, m)
	return s, err
}

// waitingOf counts posts of a member that are accepted and not sent yet. They are among the latest of all.
func waitingOf(tx *store.Tx, m Member) (n int, err error) {
	const latest = 200
	last, err := archive.LastSeq(tx)
	if err != nil {
		return 0, err
	}
	from := archive.Number(1)
	for c, err := range archive.Changes(tx, last) {
		if err != nil {
			return 0, err
		}
		from = max(c.Post, latest) - latest + 1
	}
	for p, err := range archive.All(tx, from) {
		if err != nil {
			return n, err
		}
		if p.State == archive.Waiting && p.List == m.Membership.List && p.Author == m.Person.ID {
			n++
		}
	}
	return n, nil
}
