package incoming

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"sencoforum/archive"
	"sencoforum/command"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/notice"
	"sencoforum/store"
)

// offered does a word about a post that a mail of ours offered: one that was stopped, or reported.
func (d *Desk) offered(tx *store.Tx, s *staff, id intake.ID) error {
	switch s.ask.word {
	case "stop":
		return d.stop(tx, s, s.what.Post)
	case "ask":
		s.did = "ask"
		return d.answering(tx, s, moderate.Answering{To: s.what.Message, Message: id, Words: s.ask.text, Asked: true})
	case "keep":
		return d.keepReport(tx, s)
	case "recall", "erase", "release", "close":
		return d.propose(tx, s, moderate.Act{Kind: moderate.ActKind(s.ask.word), Post: s.what.Post})
	}
	return d.undone(tx, s, "")
}

// keepReport ends a report, unless somebody else was first.
func (d *Desk) keepReport(tx *store.Tx, s *staff) error {
	r, err := d.cfg.Acts.KeepReport(tx, s.hand, s.what.Message)
	switch {
	case errors.Is(err, moderate.ErrNoReport):
		return d.undone(tx, s, "That report is not kept any more, so there was nothing to do.")
	case errors.Is(err, moderate.ErrReportEnded):
		how, err := moderate.HowEnded(tx, r)
		if err != nil {
			return err
		}
		return d.undone(tx, s, how+"\nNothing changed.")
	}
	s.did = "keep"
	return err
}

// stop stops a post at once.
func (d *Desk) stop(tx *store.Tx, s *staff, n archive.Number) error {
	p, err := d.cfg.Acts.Stop(tx, s.hand, n)
	switch {
	case errors.Is(err, archive.ErrNoPost), errors.Is(err, moderate.ErrNotOut):
		return d.undone(tx, s, fmt.Sprintf("There is no post %d to be seen, so there is nothing to stop.", n))
	case err != nil:
		return err
	}
	s.did, s.hid = "stop", p
	return nil
}

// propose asks a moderator once more about an act, or says why it cannot be done.
func (d *Desk) propose(tx *store.Tx, s *staff, act moderate.Act) error {
	act.List = s.in.dest.List.ID
	s.did = "asked for: " + string(act.Kind)
	return d.unable(tx, s, d.cfg.Acts.Propose(tx, s.hand, act))
}

// unable tells a moderator why something could not be done. Other errors are ours.
func (d *Desk) unable(tx *store.Tx, s *staff, err error) error {
	why := ""
	switch {
	case err == nil:
		return nil
	case errors.Is(err, moderate.ErrWeakProof):
		s.did = "not signed"
		may, err := moderate.May(tx, "unsigned", s.who.ID, d.cfg.Now(), 1, flawEvery)
		if err != nil || !may {
			return err
		}
		return d.cfg.Acts.Tell(tx, s.in.dest.List, s.who, s.what.Post, s.hand, notice.Unproved{Signed: true, Page: d.cfg.Acts.Page(s.what.Post)})
	case errors.Is(err, archive.ErrNoPost):
		why = "There is no such post on this list. The number stands at the end of each post."
	case errors.Is(err, moderate.ErrNotOut):
		why = "That cannot be done to the post as it is now: it may be gone already, hidden, or\nnobody has it."
	case errors.Is(err, moderate.ErrSpentStep):
		why = "That was done before, or the email is more than 14 days old. Nothing changed."
	case errors.Is(err, moderate.ErrNoTopic):
		why = "There is no topic of that name."
	case errors.Is(err, list.ErrNoMember), errors.Is(err, list.ErrNoPerson):
		why = "No member has that address."
	case errors.Is(err, list.ErrAlreadyMember):
		why = "They are a member already."
	case errors.Is(err, archive.ErrManyTagged):
		why = fmt.Sprintf("The discussion has %d topics, which is all that it may have.", archive.MaxTagged)
	case errors.Is(err, archive.ErrManyPinned):
		why = fmt.Sprintf("%d discussions are pinned, which is all that may be. Unpin one first.", archive.MaxPinned)
	case errors.Is(err, moderate.ErrIsSo):
		why = "That is so already. Nothing changed."
	case errors.Is(err, moderate.ErrSelf), errors.Is(err, membership.ErrModerates):
		why = "They moderate this list. Whoever runs the server can end that first."
	case errors.Is(err, moderate.ErrMembers):
		why = "Members of the list have addresses there. Please ban them one by one, by their\naddress."
	case errors.Is(err, list.ErrNoBan):
		why = "There is no ban of that address."
	case errors.Is(err, list.ErrTooMany):
		why = "The list has as many bans as it may have. Whoever runs the server can end some."
	case errors.Is(err, moderate.ErrNothing):
		why = "Nothing waits that I may send without a look: people, what may name a child and\nwhat looks like spam need a decision each."
	case errors.Is(err, archive.ErrManyEntries), errors.Is(err, archive.ErrManyCollections):
		why = "The page has as many discussions as it may have. Whoever runs the server can take\nsome away."
	case errors.Is(err, archive.ErrWords):
		why = "I cannot use that title. Please write a short one, on one line."
	case errors.Is(err, moderate.ErrNoAct):
		why = "That cannot be done by email, or I could not read which words you mean."
	default:
		return err
	}
	return d.undone(tx, s, why)
}

// confirmed does an act with the moderator's yes.
func (d *Desk) confirmed(tx *store.Tx, s *staff) error {
	if s.ask.word != "yes" {
		return d.undone(tx, s, "")
	}
	act, err := d.cfg.Acts.CarryOut(tx, s.hand, s.tok, OnPeople)
	s.did = "said yes to: " + string(act.Kind)
	return d.unable(tx, s, err)
}

// practised tells both sides what a first reply proved.
func (d *Desk) practised(tx *store.Tx, s *staff) error {
	s.did = "practice"
	h, other := s.hand, ""
	if s.flaw == flawFrom {
		other = s.in.from.Address.String()
	}
	s.flaw = flawNone
	may, err := moderate.May(tx, "practice", s.who.ID, d.cfg.Now(), 5, flawEvery)
	if err != nil || !may {
		return err
	}
	return d.cfg.Acts.Practised(tx, h, s.in.dest.List, s.who, s.ask.line, other)
}

// answerLetter does what a moderator answers to a mail to all of them: send it on to its writer, or share the mail.
func (d *Desk) answerLetter(tx *store.Tx, s *staff, id intake.ID) error {
	if s.ask.word == "share" || s.ask.word == "share as a member" {
		return d.share(tx, s)
	}
	if s.ask.near != "" && s.ask.word == "" { // share, and something more
		return d.undone(tx, s, "")
	}
	s.did = "answer"
	return d.answering(tx, s, moderate.Answering{To: s.what.Message, Message: id, Words: ownWords(s.in.msg)})
}

// answering sends a moderator's words, or says why they were not sent.
func (d *Desk) answering(tx *store.Tx, s *staff, n moderate.Answering) error {
	err := d.cfg.Acts.Answer(tx, s.hand, s.in.dest.List, n)
	if err != nil {
		return d.gone(tx, s, err)
	}
	if files := s.in.msg.Attachments(); len(files) > 0 {
		var names []string
		for _, f := range files {
			names = append(names, f.Name)
		}
		return d.undone(tx, s, "Your words were sent. Files are not passed on in this way, so these stayed here:\n"+strings.Join(names, ", "))
	}
	return nil
}

// gone tells a moderator that an answer was not sent, and why. Other errors are ours.
func (d *Desk) gone(tx *store.Tx, s *staff, err error) error {
	switch {
	case errors.Is(err, moderate.ErrGoneMail):
		return d.undone(tx, s, "The email that you answered is not kept any more, so nothing was sent.")
	case errors.Is(err, moderate.ErrEmpty):
		return d.undone(tx, s, "Your reply has no words of its own above the quoted email, so nothing was sent.")
	case errors.Is(err, moderate.ErrSpentStep):
		return d.undone(tx, s, "This email has had as many answers as one may get, so nothing was sent.")
	}
	return err
}

// wordInPost does what a member's post asks for that is only a word: report by a member, stop by a moderator. It reports false for
// anything else, which is a post. A stop that is not certain is asked about and never sent on.
func (d *Desk) wordInPost(in *arrival, author list.Person, m *list.Membership) (done bool, err error) {
	s, direct, err := d.wordIn(in, author, m)
	if err != nil || !direct {
		return false, err
	}
	return true, d.directly(s)
}

// wordIn looks whether a member's mail to the list is such a word. It changes nothing.
func (d *Desk) wordIn(in *arrival, author list.Person, m *list.Membership) (s *staff, direct bool, err error) {
	if m == nil {
		return nil, false, nil
	}
	target, err := d.answeredPost(in)
	if err != nil {
		return nil, false, err
	}
	q := command.Request{At: command.Post, Moderator: m.Role.Moderates(), Today: d.cfg.Now()}
	if target == 0 && !q.Moderator {
		q.At = command.PostNew
	}
	s = &staff{in: in, who: author, ask: reads(in.msg, q)}
	if s.ask.post == 0 {
		s.ask.post = target
	}
	direct = s.ask.word == "report" && s.ask.post != 0 || q.Moderator && (s.ask.word == "stop" || s.ask.near == "stop")
	return s, direct, nil
}

// robotWords are the words of moderators that the robot does.
var robotWords = map[string]moderate.ActKind{
	"stop": "", "waiting": "", "recall": moderate.ActRecall, "erase": moderate.ActErasure, "release": moderate.ActRelease, "redact": moderate.ActRedact,
	"remove post": moderate.ActHide, "close": moderate.ActClose, "open": moderate.ActReopen, "pin": moderate.ActPin, "tag": moderate.ActTag, "start": moderate.ActStart, "who": "", "stats": "",
	"remove": moderate.ActRemove, "add": moderate.ActAdd, "ban": moderate.ActBan, "unban": moderate.ActUnban,
	"moderate": moderate.ActModerate, "unmoderate": moderate.ActUnmoderate, "hold": moderate.ActWatch,
	"announce": moderate.ActAnnounce, "hold list": moderate.ActHoldList, "release list": moderate.ActReleaseList, wordEvery: moderate.ActApproveAll,
}

// wordToRobot does a word that a member or a moderator writes to the robot. It reports false where there is none: people read it.
func (d *Desk) wordToRobot(in *arrival) (done bool, err error) {
	var author list.Person
	var m *list.Membership
	err = d.db.View(func(tx *store.Tx) (err error) {
		author, m, err = authorOf(tx, in)
		return err
	})
	if err != nil || m == nil {
		return false, err
	}
	l := in.dest.List
	s := &staff{in: in, who: author, ask: reads(in.msg, command.Request{
		At: command.RequestAddress, Moderator: m.Role.Moderates(), Today: d.cfg.Now(), Lists: []string{l.Name, l.Title},
	})}
	word := cmp.Or(s.ask.word, s.ask.near)
	_, known := robotWords[word]
	if s.ask.word == "stats" && m.Role.Moderates() {
		if s.figures, err = d.figures(l); err != nil {
			return false, err
		}
	}
	if s.ask.word == "report" && s.ask.post != 0 || known && m.Role.Moderates() {
		return true, d.directly(s)
	}
	return false, nil
}

// directly does a word that came without a token, from somebody whose From is theirs and verified.
func (d *Desk) directly(s *staff) error {
	in := s.in
	if err := d.redact(in, true); err != nil {
		return err
	}
	target := s.ask.post
	return d.acted(s, func(tx *store.Tx, id intake.ID) error {
		s.hand = moderate.HandOf(s.who.ID, d.proofOf(in), in.id, d.cfg.Now())
		s.what = moderate.Pending{Person: s.who.ID, Post: target}
		if s.ask.word == "report" {
			return d.reported(tx, s, moderate.Report{Post: target, Message: id, By: s.who.ID})
		}
		if err := d.staffOf(tx, s, s.who.ID); err != nil {
			return err
		}
		if s.flaw != flawNone {
			return d.flawed(tx, s)
		}
		return d.onWord(tx, s, target)
	})
}

// reported takes a member's report. One too many in a day is kept and changes nothing.
func (d *Desk) reported(tx *store.Tx, s *staff, r moderate.Report) error {
	s.did = "report"
	err := d.cfg.Acts.Report(tx, s.hand, r)
	if errors.Is(err, moderate.ErrReports) || errors.Is(err, archive.ErrNoPost) {
		s.did = "report, not taken"
		return nil
	}
	return err
}

// onWord does a moderator's word about a post or a person.
func (d *Desk) onWord(tx *store.Tx, s *staff, post archive.Number) error {
	if s.ask.word == "" {
		return d.undone(tx, s, "")
	}
	if s.ask.word == "waiting" {
		s.did = s.ask.word
		return d.cfg.Panel.Queue(tx, moderate.Answer{List: s.in.dest.List, Who: s.who, Now: d.cfg.Now(), Replies: s.in.id, Read: s.ask.line})
	}
	if s.ask.word == "who" || s.ask.word == "stats" {
		return d.shows(tx, s)
	}
	act := moderate.Act{Kind: robotWords[s.ask.word], Post: post, Phrases: s.ask.words, Topic: s.ask.text, Name: s.ask.name}
	if act.OnPerson() || act.OnList() {
		s.what.Post, act.Post = 0, 0
		if act.OnList() {
			return d.aboutList(tx, s, act)
		}
		return d.aboutPerson(tx, s, act)
	}
	if post == 0 {
		return d.undone(tx, s, fmt.Sprintf("I do not know which post you mean. Please write its number: %s #48213", s.ask.word))
	}
	if p, err := archive.Get(tx, post); err != nil || p.List != s.in.dest.List.ID {
		return d.unable(tx, s, errors.Join(err, archive.ErrNoPost))
	}
	if s.ask.word == "stop" {
		return d.stop(tx, s, post)
	}
	return d.propose(tx, s, act)
}

// answeredPost is the post of the list that a message answers: that of its reply address, the one that it names as such, or else
// the nearest that it refers to; 0 for none.
func (d *Desk) answeredPost(in *arrival) (n archive.Number, err error) {
	err = d.db.View(func(tx *store.Tx) (err error) {
		n, err = answeredIn(tx, in.msg, in.dest.List.ID, in.answers)
		return err
	})
	return n, err
}

func answeredIn(tx *store.Tx, m *message.Message, l list.ID, answers archive.Number) (archive.Number, error) {
	if answers != 0 {
		return answers, nil
	}
	refs := m.References()
	ids := append([]string{}, m.InReplyTo()...)
	for i := len(refs) - 1; i >= 0; i-- {
		ids = append(ids, refs[i])
	}
	for _, id := range ids {
		if n, err := archive.Named(tx, l, id); err != nil || n != 0 {
			return n, err
		}
	}
	return 0, nil
}
