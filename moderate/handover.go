package moderate

import (
	"fmt"

	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
)

// A Handing is a mail that the robot could not read, and its writer.
type Handing struct {
	Message intake.ID
	List    list.List
	To      list.Person
	Answers string // Message-ID of the mail, with angle brackets
	Read    string // the line that was read
	Last    bool   // it is the last answer of the day
}

// HandOver passes a mail that the robot could not read on to the moderators and tells its writer so, where we may answer: the
// caller has seen that its sender is verified and no machine. It reports how many people get it; where it is nobody, nothing is
// done.
func (f *Forwarder) HandOver(tx *store.Tx, h Handing) (int, error) {
	people, err := f.Recipients(tx, list.Destination{Kind: list.KindRequest, List: h.List})
	if err != nil || len(people) == 0 {
		return 0, err
	}
	if err := f.Forward(tx, h.Message, h.List.ID, people); err != nil {
		return 0, err
	}
	now := f.now()
	to := notice.To{List: h.List, Person: h.To, ID: fmt.Sprintf("handed.%d", h.Message), Answers: h.Answers, Now: london(now), Last: h.Last}
	m, err := notice.HandedOver{Read: h.Read}.Compose(to)
	if err != nil {
		return 0, err
	}
	return len(people), queue.PutLetter(tx, queue.Letter{
		From: h.List.ReturnAddress(f.keys, h.To.ID, 0, now), To: h.To.Address, Header: m.Header, Body: m.Body,
		Member: uint32(h.To.ID), Priority: queue.Normal, Queued: now,
	})
}
