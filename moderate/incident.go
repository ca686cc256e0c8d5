package moderate

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/store"
)

// An Incident is who was sent a post that should not have gone out, for the school and the data-protection officer.
type Incident struct {
	Post   archive.Post
	Copies []Sent // by person number
}

// A Sent is one copy of a post that left, or was tried.
type Sent struct {
	Person  list.PersonID
	Address message.Address // of today; zero for somebody who was forgotten
	Member  bool            // is still a member of the list
	Outcome queue.Outcome   // Delivered, Failed or Expired

	// When it was sent: between these moments. The server keeps an outcome for each copy and no time; of a refusal it keeps the
	// time for 90 days, and then both are the same.
	From, To time.Time
}

// ErrNotStopped says that a post is to be seen, so that a list of who has it would be no more than a list of the members.
var ErrNotStopped = errors.New("the post was not stopped")

// IncidentOf lists who was sent a post, one copy for each person, also those who have left since. Copies that were stopped in time
// are not in it. It writes an entry into the audit log, as for an export. The error is ErrNotStopped for a post that members can
// see as it was sent.
func IncidentOf(tx *store.Tx, by By, n archive.Number) (Incident, error) {
	p, err := archive.Get(tx, n)
	if err != nil {
		return Incident{}, err
	}
	in := Incident{Post: p}
	if p.MayRecall() != nil {
		return in, ErrNotStopped
	}
	failed := map[uint32]time.Time{}
	for f, err := range queue.Failures(tx, uint64(n)) {
		if err != nil {
			return in, err
		}
		failed[f.Member] = f.At
	}
	end := by.Now
	for _, t := range []time.Time{p.Gone, p.Removed} {
		if !t.IsZero() && t.Before(end) {
			end = t
		}
	}
	for r, err := range queue.Outcomes(tx, uint64(n)) {
		if err != nil {
			return in, err
		}
		if r.Outcome == queue.Dropped {
			continue
		}
		s := Sent{Person: list.PersonID(r.Member), Outcome: r.Outcome, From: p.Published, To: end}
		if at, ok := failed[r.Member]; ok {
			s.From, s.To = at, at
		}
		if err := s.read(tx, p.List); err != nil {
			return in, err
		}
		in.Copies = append(in.Copies, s)
	}
	slices.SortFunc(in.Copies, func(a, b Sent) int { return cmp.Compare(a.Person, b.Person) })
	return in, by.record(tx, audit.Entry{Action: "incident export", List: uint32(p.List), Items: []uint64{uint64(n)}})
}

// read adds who the person is today.
func (s *Sent) read(tx *store.Tx, l list.ID) error {
	p, err := list.GetPerson(tx, s.Person)
	if errors.Is(err, list.ErrNoPerson) {
		return nil
	}
	if err != nil {
		return err
	}
	s.Address = p.Address
	_, err = list.Member(tx, l, s.Person)
	s.Member = err == nil
	if errors.Is(err, list.ErrNoMember) {
		return nil
	}
	return err
}

// Have counts the people who have a copy.
func (in Incident) Have() (n int) {
	for _, s := range in.Copies {
		if s.Outcome == queue.Delivered {
			n++
		}
	}
	return n
}
