package relay

import (
	"crypto/rand"
	"errors"
	"slices"
	"strings"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
)

// A Saying is a mail to a relay address that is for the robot.
type Saying struct {
	Way     Way
	From    list.Person
	Word    Word
	Read    string           // as it was written
	Message *message.Message // for a report, which shows what it quotes
	WebURL  string           // base address of the archive, or empty
}

// Do does what a word says and answers it. moderators get a report; there may be none. The other of the two is not told.
func (b *Book) Do(tx *store.Tx, s Saying, moderators []list.Person) error {
	other := mutedKey{A: s.From.ID, B: s.Way.To.ID}
	switch s.Word {
	case Mute:
		if err := muted.Put(tx, other, b.now()); err != nil {
			return err
		}
		return b.answer(tx, s, notice.Private.Muted)
	case Unmute:
		if err := muted.Delete(tx, other); err != nil {
			return err
		}
		return b.answer(tx, s, notice.Private.Unmuted)
	case Report:
		if err := b.report(tx, s, moderators); err != nil {
			return err
		}
		return b.answer(tx, s, notice.Private.Reported)
	}
	return b.answer(tx, s, notice.Private.Unclear)
}

// Warn asks the writer of a message whether the numbers in it are meant, before anybody has it, and reports true: the message is
// then not to be sent. It reports false where they were asked that day about the same message, known by its digest, or had as
// many answers as one gets: it warns and forbids nothing.
func (b *Book) Warn(tx *store.Tx, s Saying, places []string, digest string) (bool, error) {
	d, warns, err := b.warns(tx, s.From.ID, digest)
	if err != nil || !warns {
		return false, err
	}
	d.Warned = append(d.Warned, digest)
	if err := days.Put(tx, s.From.ID, d); err != nil {
		return false, err
	}
	return true, b.answer(tx, s, func(n notice.Private, to notice.To) (notice.Mail, error) {
		return n.Numbered(to, s.Message.Subject(), places)
	})
}

// Warns reports whether Warn would ask.
func (b *Book) Warns(tx *store.Tx, writer list.PersonID, digest string) (bool, error) {
	_, warns, err := b.warns(tx, writer, digest)
	return warns, err
}

func (b *Book) warns(tx *store.Tx, writer list.PersonID, digest string) (Day, bool, error) {
	d, err := today(tx, writer, b.now())
	return d, err == nil && d.Answers < answersADay && !slices.Contains(d.Warned, digest), err
}

// answer mails what was done to the address that wrote, at most answersADay times a day. Its envelope sender is a return
// address, because mail of the null sender leaves without a signature.
func (b *Book) answer(tx *store.Tx, s Saying, compose func(notice.Private, notice.To) (notice.Mail, error)) error {
	d, err := today(tx, s.From.ID, b.now())
	if err != nil || d.Answers >= answersADay {
		return err
	}
	d.Answers++
	if err := days.Put(tx, s.From.ID, d); err != nil {
		return err
	}
	about := notice.Private{
		Other: shown(s.Way.To, s.Way.Post), Back: b.Address(s.Way.List, s.Way.Post, s.Way.To.ID), Word: s.Read, Last: d.Answers == answersADay,
	}
	to := b.to(s.Way.List, s.From)
	if from, ok := s.Message.From(); ok {
		to.Person.Address = from.Address
	}
	to.Answers = s.Message.MessageID()
	m, err := compose(about, to)
	if err != nil {
		return err
	}
	return queue.PutLetter(tx, queue.Letter{
		From: s.Way.List.ReturnAddress(b.keys, s.From.ID, 0, b.now()), To: to.Person.Address, Header: m.Header, Body: m.Body,
		Member: uint32(s.From.ID), Priority: queue.Normal, Queued: b.now(),
	})
}

// to is a mail of the robot's to somebody.
func (b *Book) to(l list.List, p list.Person) notice.To {
	return notice.To{List: l, Person: p, ID: "robot." + strings.ToLower(rand.Text()[:16]), Now: b.now()}
}

// shown is the name under which a person is known here: their own, or that of the post where it is theirs.
func shown(to list.Person, p archive.Post) string {
	if name := list.CleanName(to.Name); name != "" {
		return name
	}
	if name := list.CleanName(p.AuthorName); name != "" && to.ID == p.Author {
		return name
	}
	return "a member"
}

// report shows the moderators a message: as it was relayed where it has not gone yet, and else what the report quotes.
func (b *Book) report(tx *store.Tx, s Saying, moderators []list.Person) error {
	id, e, known, err := latest(tx, s.From.ID, s.Way.To.ID, s.Way)
	if err != nil {
		return err
	}
	n := notice.Report{
		By: s.From, About: s.Way.To, Named: shown(s.Way.To, s.Way.Post), Post: int(s.Way.Post.Number), When: e.At, Known: known, WebURL: s.WebURL,
	}
	clean := s.Way.List.Hide(b.keys)
	n.Text = clean(s.Message.Text())
	if known {
		raw, err := intake.Raw(tx, id)
		if err != nil && !errors.Is(err, intake.ErrNoMessage) {
			return err
		}
		if n.Kept = err == nil; n.Kept {
			n.Text = clean(message.Parse(raw).Text())
		}
	}
	for _, p := range moderators {
		m, err := n.ToModerator(b.to(s.Way.List, p))
		if err != nil {
			return err
		}
		err = queue.PutLetter(tx, queue.Letter{
			From: s.Way.List.ReturnAddress(b.keys, p.ID, 0, b.now()), To: p.Address, Header: m.Header, Body: m.Body,
			Member: uint32(p.ID), Priority: queue.Normal, Queued: b.now(),
		})
		if err != nil {
			return err
		}
	}
	return nil
}
