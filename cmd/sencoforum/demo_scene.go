package main

import (
	"context"
	"errors"
	"fmt"
	"net/smtp"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/courier"
	"sencoforum/incoming"
	"sencoforum/internal/sample"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
	"sencoforum/token"
)

// A demoScene is what goes on in a demonstration as it begins: members write, and something waits for moderators. All of it comes as
// it does to a real server, by SMTP, and a report from the page.
type demoScene struct {
	sample.Scene
	to      string // the posting address
	smtp    string // where mail is taken
	capture *courier.Capture
	delay   time.Duration
}

// How long the scene waits for what the server does by itself, besides the sending delay, and how often it looks.
const (
	sceneWait = 2 * time.Minute
	sceneLook = 100 * time.Millisecond
)

// play sends what the scene has. It is no fault of the server where a part of it does not come: the demonstration goes on without.
func (d demoScene) play(ctx context.Context, h *house) error {
	if len(d.Week) == 0 {
		return nil
	}
	for _, l := range append(d.Waits, d.Week...) {
		if ctx.Err() != nil {
			return nil
		}
		if err := d.send(l.From.Address, d.to, l.Raw); err != nil {
			h.log.Warn("a message of the demonstration was not taken", "cause", err)
		}
	}
	for _, part := range []func(context.Context, *house) error{d.insists, d.reports} {
		if err := part(ctx, h); err != nil && ctx.Err() == nil {
			h.log.Warn("a part of the demonstration did not come", "cause", err)
		}
	}
	return nil
}

func (d demoScene) send(from, to string, raw []byte) error {
	return smtp.SendMail(d.smtp, nil, from, []string{to}, raw)
}

// insists answers the question whether a message names a child: send it anyway. So moderators have it.
func (d demoScene) insists(ctx context.Context, _ *house) error {
	who, err := message.ParseAddress(d.Pupil.Address)
	if err != nil {
		return err
	}
	var asked *message.Message
	err = d.until(ctx, sceneWait, func() (bool, error) {
		all, err := d.capture.Mails(who, 20)
		for _, raw := range all {
			if m := message.Parse(raw); m.Subject() == `Before we send it: "`+d.Waits[2].Subject+`"` {
				asked = m
			}
		}
		return asked != nil, err
	})
	if err != nil {
		return err
	}
	to := asked.Header.Get("Reply-To")
	raw := fmt.Sprintf("From: %s <%s>\r\nTo: %s\r\nSubject: Re: %s\r\nDate: %s\r\nMessage-ID: <insists.%d@scene.example>\r\nIn-Reply-To: %s\r\n\r\nsend anyway\r\n",
		d.Pupil.Name, d.Pupil.Address, to, asked.Subject(), time.Now().Format(time.RFC1123Z), time.Now().Unix(), asked.MessageID())
	box, err := message.ParseAddress(boxIn(to))
	if err != nil {
		return fmt.Errorf("where to answer: %w", err)
	}
	return d.send(d.Pupil.Address, box.String(), []byte(raw))
}

// boxIn is the address in a field, without a name before it.
func boxIn(field string) string {
	if i := strings.LastIndexByte(field, '<'); i >= 0 {
		field = field[i+1:]
	}
	return strings.TrimRight(field, "> ")
}

// reports reports the first of the week's messages, when it is out.
func (d demoScene) reports(ctx context.Context, h *house) error {
	var post archive.Number
	var who list.Person
	err := d.until(ctx, d.delay+sceneWait, func() (bool, error) {
		err := h.db.View(func(tx *store.Tx) error {
			a, err := message.ParseAddress(d.Reporter.Address)
			if err != nil {
				return err
			}
			if who, err = list.FindPerson(tx, a); err != nil {
				return err
			}
			n, err := archive.Named(tx, 1, d.Week[0].ID)
			if err != nil || n == 0 {
				return err
			}
			p, err := archive.Get(tx, n)
			if err == nil && p.Shown() {
				post = n
			}
			return err
		})
		return post != 0, err
	})
	if err != nil {
		return err
	}
	_, err = h.desk.Complain(ctx, incoming.Complaint{Post: post, Person: who.ID, Fresh: true, Words: d.Report, Form: token.Random()})
	return err
}

// errNotSeen says that something did not come in time.
var errNotSeen = errors.New("it did not come in time")

// until looks again and again until something is so.
func (d demoScene) until(ctx context.Context, most time.Duration, so func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	look := time.NewTicker(sceneLook)
	defer look.Stop()
	for {
		if done, err := so(); done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return errNotSeen
		case <-look.C:
		}
	}
}
