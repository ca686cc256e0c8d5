package membership

import (
	"errors"
	"fmt"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
)

// orderSolved marks a question as solved, or as open again, where who says so has asked it. Of anybody else's nothing is done.
func orderSolved(h Host, tx *store.Tx, by By, m Member, o Order) (notice.Obeyed, error) {
	unknown := nothing("Say which question, with the number in the last line of its posts,\nsuch as: " + string(o.Word) + " #48213")
	if o.Post == 0 {
		return unknown, nil
	}
	post, thread, err := threadFor(tx, m.Membership.List, o.Post)
	if err != nil {
		return notice.Obeyed{}, err
	}
	if thread == 0 {
		return unknown, nil
	}
	s, changed, err := archive.Solve(tx, thread, m.Person.ID, by.Now, o.Word == WordSolved)
	var others *archive.NotAskerError
	switch {
	case errors.As(err, &others):
		return notAsked(others.Asked), nil
	case errors.Is(err, archive.ErrNoThread):
		return unknown, nil
	case err != nil:
		return notice.Obeyed{}, err
	}
	in, err := list.Get(tx, m.Membership.List)
	if err != nil {
		return notice.Obeyed{}, err
	}
	d := notice.Obeyed{Subject: fmt.Sprintf("Done: %s #%d", o.Word, thread)}
	named := "\n\n  " + notice.Short(post.Subject)
	everyone := in.ReplyAddress(h.Keys, uint32(s.First)).String()
	switch {
	case !changed && !s.Solved:
		d.Text = []string{"This was not marked as solved, so it stays as it is:" + named}
	case !s.Solved:
		d.Text = []string{"Your question is open again:" + named, "To tell everyone what is still missing, write to:\n  " + everyone}
	default:
		d.Text = []string{"Your question is marked as solved, here and in the archive:" + named,
			"What worked? A line to everyone helps the next person who asks:\n  " + everyone,
			fmt.Sprintf("Open after all? Reply with: not solved #%d", thread)}
	}
	return d, nil
}

// notAsked is the answer to somebody who did not ask the question.
func notAsked(first archive.Post) notice.Obeyed {
	who := list.FirstName(first.AuthorName)
	if who == "" {
		who = "the member"
	}
	d := nothing(fmt.Sprintf("Only %s, who asked, can say that this is solved:\n\n  %s", who, notice.Short(first.Subject)))
	d.Text = append(d.Text, "To tell everyone something about it, reply to the post in a sentence.")
	return d
}

// orderReminders says whether a member is asked what came of their questions.
func orderReminders(_ Host, tx *store.Tx, by By, m Member, o Order) (notice.Obeyed, error) {
	off := o.Value == "off"
	if err := changeDetails(tx, m.Membership, func(d *Details) { d.NoReminders = off }); err != nil {
		return notice.Obeyed{}, err
	}
	d := notice.Obeyed{Subject: "Done: reminders " + o.Value, Text: []string{
		"I ask you once what came of each of your questions, two weeks later. Before the summer I offer you a pause.", "To have none, reply with: reminders off"}}
	if off {
		d.Text = []string{"I send you no more reminders: none about your questions, a pause over the summer, or the rules.", "To have that again, reply with: reminders on"}
	}
	return d, by.record(tx, "member set", m, "reminders "+o.Value)
}
