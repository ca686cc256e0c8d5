package fanout

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/calendar"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
)

// ThreadKind is the kind of rows that become a whole discussion in one mail, for a member who asked for it. It is composed
// when it is sent, so that words which were taken out meanwhile do not go.
const ThreadKind = "thread"

// A Wanted is a discussion that a member asked for by email.
type Wanted struct {
	List    list.ID        `json:"list"`
	Person  list.PersonID  `json:"person"`
	Thread  archive.Number `json:"thread"` // its number, or that of a post in it
	Answers string         `json:"answers,omitempty"`
	Read    string         `json:"read,omitempty"` // the line that was read
}

// Want puts a discussion into the queue for a member.
func Want(tx *store.Tx, now time.Time, w Wanted) error {
	p, err := list.GetPerson(tx, w.Person)
	if err != nil {
		return err
	}
	payload, err := json.Marshal(w)
	if err != nil {
		return err
	}
	return queue.Put(tx, queue.Row{
		Kind: ThreadKind, Member: uint32(w.Person), Domain: p.Address.Domain, Payload: payload, Priority: queue.Urgent, Queued: now,
	})
}

// maxThreadBytes is how much of the messages of a discussion is read for one mail, of which it holds the beginning.
const maxThreadBytes = 16 << 20

// RenderThread makes such a mail. It returns queue.ErrDropped when its reader is no member any more, or the discussion is gone.
func (c *Composer) RenderThread(_ context.Context, r queue.Row) (queue.Outgoing, error) {
	var w Wanted
	if err := json.Unmarshal(r.Payload, &w); err != nil {
		return queue.Outgoing{}, fmt.Errorf("row of a discussion: %w", err)
	}
	to := notice.To{ID: fmt.Sprintf("get.%d.%d.%d", w.Thread, w.Person, r.ID), Now: c.cfg.Now(), Answers: w.Answers}
	mail := notice.WholeThread{Read: w.Read}
	err := c.db.View(func(tx *store.Tx) (err error) {
		if _, err = list.Member(tx, w.List, w.Person); errors.Is(err, list.ErrNoMember) {
			return queue.ErrDropped
		}
		if err != nil {
			return err
		}
		if to.List, err = list.Get(tx, w.List); err != nil {
			return err
		}
		if to.Person, err = list.GetPerson(tx, w.Person); err != nil {
			return err
		}
		return c.readThread(tx, w, &mail)
	})
	if err != nil {
		return queue.Outgoing{}, err
	}
	m, err := mail.Compose(to)
	if err != nil {
		return queue.Outgoing{}, err
	}
	from := to.List.ReturnAddress(c.keys, to.Person.ID, 0, to.Now)
	return queue.Outgoing{Row: r.ID, From: from, To: to.Person.Address, Header: m.Header, Body: m.Body, UTF8: !to.Person.Address.ASCII()}, nil
}

// readThread reads the posts of a discussion that members see, in the order in which they were written.
func (c *Composer) readThread(tx *store.Tx, w Wanted, mail *notice.WholeThread) error {
	d, err := archive.Thread(tx, w.Thread)
	if errors.Is(err, archive.ErrNoThread) {
		return queue.ErrDropped
	}
	if err != nil {
		return err
	}
	posts, err := d.Page(tx, 0, len(d.Places))
	if err != nil {
		return err
	}
	read := 0
	for _, p := range posts {
		if !p.Shown() || p.List != w.List {
			continue
		}
		if mail.Subject == "" {
			mail.Subject, mail.Number = p.Subject, uint32(d.Number)
		}
		one := notice.ThreadPost{Number: uint32(p.Number), Author: authorName(p), Written: p.Written.In(calendar.London())}
		if one.Era, err = archive.Era(tx, p.List, p.Written); err != nil {
			return err
		}
		if read < maxThreadBytes {
			raw, err := intake.Raw(tx, p.Intake)
			if err != nil && !errors.Is(err, intake.ErrNoMessage) {
				return err
			}
			read += len(raw)
			m := message.Parse(raw)
			one.Text = m.Words().Own
			for _, f := range m.Attachments() {
				one.Files = append(one.Files, f.Name)
			}
		}
		mail.Posts = append(mail.Posts, one)
	}
	if len(mail.Posts) == 0 {
		return queue.ErrDropped
	}
	if c.cfg.WebURL != "" {
		mail.Link = fmt.Sprintf("%s/t/%d", strings.TrimRight(c.cfg.WebURL, "/"), d.Number)
	}
	return nil
}
