package moderate

import (
	"cmp"
	"errors"
	"fmt"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
)

// reportsADay is how many reports one member may make in a day.
const reportsADay = 5

// ErrReports says that a member has reported as much as goes in one day.
var ErrReports = errors.New("that many reports are enough for one day")

// A Report is a member's report of a post, which came as a message that is kept.
type Report struct {
	Post    archive.Number
	Message intake.ID
	By      list.PersonID
	Words   string // beside the word itself; may be empty
}

// Report shows a post to the moderators on duty, with the words stop, close and ask, and thanks the member. The other moderators
// are told after four moderation hours, if the post can be seen then as before and nobody has asked. The writer is not told. The errors are ErrReports, archive.ErrNoPost, and list.ErrNoMember where the reporter is none.
func (a *Acts) Report(tx *store.Tx, h Hand, rep Report) error {
	p, err := archive.Get(tx, rep.Post)
	if err != nil {
		return err
	}
	if _, err := list.Member(tx, p.List, rep.By); err != nil {
		return err
	}
	may, err := May(tx, "report", rep.By, h.Now, reportsADay, day)
	if err != nil {
		return err
	}
	if !may {
		return ErrReports
	}
	l, err := list.Get(tx, p.List)
	if err != nil {
		return err
	}
	by, err := list.GetPerson(tx, rep.By)
	if err != nil {
		return err
	}
	if err := a.toDuty(tx, l, rep, h.Now); err != nil {
		return err
	}
	if err := h.note(tx, "post report", l.ID, rep.By, uint64(p.Number)); err != nil {
		return err
	}
	return a.thank(tx, l, by, p, h)
}

// rootOf is the left part of the Message-ID of a moderator's mail about a message: a thread begins with it.
func rootOf(id intake.ID, who list.PersonID) string { return fmt.Sprintf("people.%d.%d", id, who) }

// thank tells a member that the report has come.
func (a *Acts) thank(tx *store.Tx, l list.List, by list.Person, p archive.Post, h Hand) error {
	m, err := notice.PostReported(notice.To{List: l, Person: by, ID: fmt.Sprintf("reported.%d.%d", by.ID, h.Now.UnixNano()), Answers: h.Answers, Now: london(h.Now)}, lineOf(p))
	if err != nil {
		return err
	}
	return queue.PutLetter(tx, queue.Letter{
		From: l.ReturnAddress(a.cfg.Keys, by.ID, 0, h.Now), To: by.Address, Header: m.Header, Body: m.Body,
		Member: uint32(by.ID), Priority: queue.Normal, Queued: h.Now,
	})
}

// reporter is how members see who wrote a report.
func reporter(tx *store.Tx, id intake.ID) (string, error) {
	from, _, err := writerOf(tx, id)
	if errors.Is(err, intake.ErrNoMessage) {
		return "them", nil
	}
	return cmp.Or(list.CleanName(from.Name), "them"), err
}
