package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"sencoforum/archive"
	"sencoforum/bounce"
	"sencoforum/fanout"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/watch"
)

// plant puts into the first list's store what is hard to come by with commands: plant DIRECTORY THING...
func plant(ts *testscript.TestScript, _ bool, args []string) {
	db, err := openStore(slog.New(slog.DiscardHandler), ts.MkAbs(args[0]))
	ts.Check(err)
	things := map[string]func(*store.DB) error{
		"post":    plantPost,                                                               // a post whose copies wait
		"stuck":   plantStuck,                                                              // a post that could not be sent
		"letter":  plantLetter,                                                             // mail to the owners that could be passed on to nobody
		"fault":   plantFault,                                                              // a message that says it is done and is not
		"aside":   plantAside,                                                              // copies that could not be made, and one that was refused for now
		"forgery": plantForgery,                                                            // an entry of the record that was changed
		"reports": plantReports,                                                            // a month of what other mail hosts reported
		"refused": func(db *store.DB) error { return plantRefused(db, ts.MkAbs(args[0])) }, // a provider that refuses everything
		"thread":  plantThread,                                                             // two threads of imported posts
	}
	for _, name := range args[1:] {
		ts.Check(things[name](db))
	}
	ts.Check(db.Close())
}

// accept stores a message and its post.
func accept(tx *store.Tx, id string) (archive.Post, error) {
	raw := []byte("From: Priya <priya@school.example>\r\nSubject: Part-time timetables\r\nMessage-ID: " + id + "\r\n\r\nwords\r\n")
	in, err := intake.Put(tx, intake.New{
		Record: intake.Record{Kind: string(list.KindPost), List: 1, MessageID: id, Envelope: message.Envelope{Received: noon}},
		Raw:    store.NewBlob(raw), State: intake.Waiting,
	})
	if err != nil {
		return archive.Post{}, err
	}
	n := archive.Describe(message.Parse(raw), "", noon)
	n.List, n.Intake, n.Until = 1, in, noon
	return archive.Accept(tx, n)
}

// plantThread imports posts 1 to 4, of which 1 to 3 are a thread.
func plantThread(db *store.DB) error {
	return db.Update(func(tx *store.Tx) error {
		for _, p := range [][2]string{{"1", ""}, {"2", "<1@x>"}, {"3", "<1@x> <gone@x> <2@x>"}, {"4", "<lost@x>"}} {
			raw := fmt.Appendf(nil, "From: Priya <priya@school.example>\r\nSubject: Timetables %[1]s\r\nMessage-ID: <%[1]s@x>\r\n"+
				"Date: Sun, 22 Nov 2026 10:0%[1]s:00 +0000\r\nReferences: %[2]s\r\n\r\nwords\r\n", p[0], p[1])
			in, err := intake.Put(tx, intake.New{
				Record: intake.Record{Origin: intake.FromImport, Kind: string(list.KindPost), List: 1, Envelope: message.Envelope{Received: noon}},
				Raw:    store.NewBlob(raw), State: intake.Done,
			})
			if err != nil {
				return err
			}
			n := archive.Describe(message.Parse(raw), "", noon)
			n.List, n.Intake = 1, in
			if _, err := archive.Import(tx, n); err != nil {
				return err
			}
		}
		return nil
	})
}

// publishAll publishes and expands a post.
func publishAll(db *store.DB, id string) (p archive.Post, err error) {
	err = db.Update(func(tx *store.Tx) error {
		if p, err = accept(tx, id); err != nil {
			return err
		}
		p, err = archive.Publish(tx, p.Number, noon, 2)
		return err
	})
	if err != nil {
		return p, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	changed, stop := db.Watch("intake.states")
	defer stop()
	ended := make(chan error, 1)
	go func() {
		ended <- fanout.NewExpander(slog.New(slog.DiscardHandler), db, func() time.Time { return noon }).Run(ctx)
	}()
	for expanding := true; expanding && ctx.Err() == nil; {
		err = db.View(func(tx *store.Tx) error {
			s, err := intake.StatusOf(tx, p.Intake)
			expanding = s.State == intake.Expanding
			return err
		})
		if err != nil || !expanding {
			break
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
	cancel()
	return p, errors.Join(err, <-ended)
}

func plantPost(db *store.DB) error {
	_, err := publishAll(db, "<1@school.example>")
	return err
}

// plantStuck makes the expander fail over a membership without a person, which is then mended.
func plantStuck(db *store.DB) error {
	err := db.Update(func(tx *store.Tx) error {
		return list.Join(tx, list.Membership{List: 1, Person: 99, Role: list.RoleMember, Mode: list.ModeEvery})
	})
	if err != nil {
		return err
	}
	_, err = publishAll(db, "<2@school.example>")
	return errors.Join(err, db.Update(func(tx *store.Tx) error { return list.Leave(tx, 1, 99) }))
}

func plantLetter(db *store.DB) error {
	return db.Update(func(tx *store.Tx) error {
		owner := message.Address{Local: "senco-forum-owner", Domain: "lists.example.org"}
		in, err := intake.Put(tx, intake.New{
			Record: intake.Record{Kind: string(list.KindOwner), List: 1, Envelope: message.Envelope{Received: noon, To: owner}},
			Raw:    store.NewBlob([]byte("From: Jo <jo@x.example>\r\n\r\nHello\r\n")), State: intake.Handled,
		})
		if err != nil {
			return err
		}
		return intake.Move(tx, in, intake.Status{State: intake.Shunted, Since: noon, Reason: "nobody to pass it on to"})
	})
}

func plantFault(db *store.DB) error {
	return db.Update(func(tx *store.Tx) error {
		return intake.Move(tx, 1, intake.Status{State: intake.Done, Since: noon})
	})
}

// plantForgery changes an entry of the record, as somebody with the store in their hands could.
func plantForgery(db *store.DB) error {
	entries := store.NewTable("audit.entries", store.Uint64Key[uint64](), store.Bytes())
	return db.Update(func(tx *store.Tx) error {
		raw, ok, err := entries.Get(tx, 1)
		if err != nil || !ok {
			return errors.Join(err, errors.New("no entry to change"))
		}
		return entries.Put(tx, 1, bytes.Replace(raw, []byte("operator uid"), []byte("operator UID"), 1))
	})
}

// refusing is a courier to whom every other side says "not now".
type refusing struct{}

func (refusing) Route(context.Context, string) (queue.Hop, error) {
	return queue.Hop{Key: "mx.school.example", Operator: "mx", Limit: 1}, nil
}

func (refusing) Deliver(ctx context.Context, _ queue.Hop, src queue.Source) error {
	for {
		out, more := src.Next(ctx, true)
		if !more {
			return nil
		}
		src.Settle(out.Row, queue.Result{Outcome: queue.Deferred, Code: 451, Text: "come back\x1b[2J later", Host: "mx.school.example"})
	}
}

// plantAside runs the queue until row 1 is put aside and the others are refused for now.
func plantAside(db *store.DB) error {
	render := func(_ context.Context, r queue.Row) (queue.Outgoing, error) {
		if r.ID == 1 {
			return queue.Outgoing{}, errors.New("the message cannot be read")
		}
		return queue.Outgoing{To: message.Address{Local: "m", Domain: r.Domain}, Header: []byte("A: b\r\n"), Body: []byte("\r\n")}, nil
	}
	now := func() time.Time { return noon }
	q := queue.New(slog.New(slog.DiscardHandler), db, refusing{}, render, queue.Config{Now: now, Idle: 10 * time.Millisecond})
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	changed, stop := db.Watch("queue.tries")
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- q.Run(ctx) }()
	for left := 1; left > 0 && ctx.Err() == nil; {
		select {
		case <-changed:
		case <-ctx.Done():
		}
		left = 0
		err := db.View(func(tx *store.Tx) error {
			for r, err := range queue.List(tx, queue.Filter{}) {
				if err != nil {
					return err
				}
				if r.Attempts == 0 && r.Shunted == "" {
					left++
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	cancel()
	return <-ended
}

// plantRefused lets a provider take mail for a day, and then refuse it. Times are those of a clock that stood at noon.
func plantRefused(db *store.DB, dir string) error {
	keys, err := openKeys(dir)
	if err != nil {
		return err
	}
	now := noon.Add(-24 * time.Hour)
	w, err := watch.New(slog.New(slog.DiscardHandler), db, keys, watch.Config{
		Class: func(r queue.Result) string { return bounce.ClassOf(r).String() }, Now: func() time.Time { return now },
	})
	if err != nil {
		return err
	}
	try := func(n int, provider, domain string, r queue.Result) error {
		return db.Update(func(tx *store.Tx) error {
			var all []queue.Attempt
			for i := range n {
				all = append(all, queue.Attempt{Provider: provider, Row: queue.Row{ID: queue.RowID(i), Domain: domain}, Result: r})
			}
			return w.Attempted(tx, all)
		})
	}
	taken := queue.Result{Outcome: queue.Delivered, Code: 250}
	refused := queue.Result{Outcome: queue.Deferred, Code: 550, Enhanced: "5.7.1", Host: "mx.school.example",
		Text: "Messages from your network are not \x1b[2J accepted"}
	if err := errors.Join(try(30, "School Mail", "school.example", taken), try(7, "Other Mail", "other.example", taken)); err != nil {
		return err
	}
	now = noon.Add(-time.Hour)
	w.Failed("bank.example")
	err = errors.Join(try(12, "School Mail", "school.example", refused), try(2, "Other Mail", "other.example", taken), w.Look())
	if err != nil {
		return err
	}
	ended, end := context.WithCancel(context.Background())
	end()
	return w.Run(ended) // writes down what failed
}
