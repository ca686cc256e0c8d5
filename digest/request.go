package digest

import (
	"strings"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// SendTo makes an issue of now for one member, as an operator asks for, and returns its number; 0 where there is nothing in it.
// The next issue for everybody is the same with it as without.
func (e *Editor) SendTo(l list.List, k Kind, p list.PersonID) (n Number, err error) {
	i, err := e.Preview(l, k)
	if err != nil || len(i.Items) == 0 {
		return 0, err
	}
	i.Only = p
	err = e.db.Update(func(tx *store.Tx) error {
		n, err = put(tx, i)
		return err
	})
	return n, err
}

// Preview works out what an issue would be that were made now. Where nothing has come since the last one it is about the period
// before, so that there is something to look at.
func (e *Editor) Preview(l list.List, k Kind) (i Issue, err error) {
	var p plan
	now := e.cfg.Now()
	err = e.db.View(func(tx *store.Tx) (err error) {
		p, err = e.planOf(tx, l, k, now)
		return err
	})
	if err != nil {
		return i, err
	}
	if i, err = e.build(p); err != nil || len(i.Items) > 0 {
		return i, err
	}
	p.from, p.after = 0, ScheduleOf(l, k).Before(now)
	return e.build(p)
}

// mostLooked is how many issues are looked at for one that a subject means.
const mostLooked = 200

// Meant is the newest issue of the kind that the subject of an answer names, for mail programs that do not say what they answer; 0
// for none. The subject of an issue begins with the title of the list and its kind.
func (e *Editor) Meant(tx *store.Tx, l list.List, subject string) (Number, error) {
	stem, reply := message.Stem(subject, l.SubjectTag)
	looked := 0
	for row, err := range issues.Back(tx) {
		if looked++; err != nil || !reply || looked > mostLooked {
			return 0, err
		}
		start := strings.ToLower(Content{Title: l.Title, Kind: row.Value.Kind}.opening())
		if row.Value.List == l.ID && strings.HasPrefix(strings.ToLower(stem), start) {
			return row.Value.Number, nil
		}
	}
	return 0, nil
}

// Answers returns the discussions of an issue with the addresses at which one answers them, for somebody who answered the issue.
// It is empty for an issue of another list, and for one that is kept no longer.
func (e *Editor) Answers(tx *store.Tx, l list.List, n Number) (answers []Answer, err error) {
	i, ok, err := issues.Get(tx, n)
	if err != nil || !ok || i.List != l.ID {
		return nil, err
	}
	for _, it := range i.Items {
		p, err := archive.Get(tx, it.First)
		if err != nil {
			return nil, err
		}
		if p.Shown() {
			answers = append(answers, Answer{Subject: p.Subject, Address: l.ReplyAddress(e.cfg.Keys, uint32(p.Number))})
		}
	}
	return answers, nil
}

// An Answer is a discussion with the address at which everybody reads an answer to it.
type Answer struct {
	Subject string
	Address message.Address
}
