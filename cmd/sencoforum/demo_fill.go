package main

import (
	"fmt"
	"log/slog"
	"time"

	"sencoforum/archive"
	"sencoforum/config"
	"sencoforum/intake"
	"sencoforum/internal/sample"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// fillBatch bounds one transaction.
const fillBatch = 500

// demoFill says how an invented forum is filled.
type demoFill struct {
	delay time.Duration // before what is posted goes out
	scene bool          // somebody has just joined, writers hear that their message was taken, and what strangers write goes to the moderators
}

// fillDemo puts an invented forum into a new store.
func fillDemo(cfg config.Config, f sample.Forum, how demoFill) error {
	db, err := openStore(slog.New(slog.DiscardHandler), cfg.Data)
	if err != nil {
		return err
	}
	if err = fill(db, f, how); err == nil {
		err = publishDigests(db, cfg, time.Now())
	}
	if closed := db.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("fill the demo: %w", err)
	}
	return nil
}

func fill(db *store.DB, f sample.Forum, how demoFill) error {
	settings := list.DefaultSettings()
	settings.SubjectTag, settings.SendDelay = f.Tag, how.delay
	if how.scene {
		settings.NonMember, settings.Ack = list.NonMemberHold, true
	}
	l := list.List{Name: f.Name, Domain: f.Domain, Title: f.Title, Created: time.Now(), Settings: settings}
	err := db.Update(func(tx *store.Tx) (err error) {
		l, err = list.Create(tx, l)
		return err
	})
	if err != nil {
		return err
	}
	if err := fillMembers(db, l, f.Members); err != nil {
		return err
	}
	if m, ok := f.Newcomer(); ok && how.scene {
		if err := fillNewcomer(db, l, m); err != nil {
			return err
		}
	}
	if err := fillPosts(db, l, f.Posts); err != nil {
		return err
	}
	return curate(db, l)
}

func fillMembers(db *store.DB, l list.List, all []sample.Member) error {
	return inBatches(db, len(all), func(tx *store.Tx, i int) error {
		a, err := message.ParseAddress(all[i].Address)
		if err != nil {
			return err
		}
		p, err := list.AddPerson(tx, list.Person{Name: all[i].Name, Address: a, Created: l.Created})
		if err != nil {
			return err
		}
		return list.Join(tx, list.Membership{List: l.ID, Person: p.ID, Role: demoRole(i, len(all)), Mode: list.ModeEvery, Joined: l.Created})
	})
}

// fillNewcomer adds somebody who has just joined and whose first message moderators see first.
func fillNewcomer(db *store.DB, l list.List, m sample.Member) error {
	a, err := message.ParseAddress(m.Address)
	if err != nil {
		return err
	}
	return db.Update(func(tx *store.Tx) error {
		p, err := list.AddPerson(tx, list.Person{Name: m.Name, Address: a, Created: l.Created})
		if err != nil {
			return err
		}
		return list.Join(tx, list.Membership{List: l.ID, Person: p.ID, Role: list.RoleMember, Mode: list.ModeEvery, Joined: l.Created, Holds: 1})
	})
}

func fillPosts(db *store.DB, l list.List, all []sample.Post) error {
	return inBatches(db, len(all), func(tx *store.Tx, i int) error {
		m := message.Parse(all[i].Raw)
		n := archive.Describe(m, l.SubjectTag, all[i].Date)
		in, err := intake.Put(tx, intake.New{
			Record: intake.Record{
				Origin: intake.FromImport, Kind: string(list.KindPost), List: uint32(l.ID), MessageID: n.MessageID,
				Envelope: message.Envelope{From: n.From, To: l.Post(), Received: all[i].Date},
				Sender:   string(list.Verified), Size: len(all[i].Raw), SHA256: intake.Sum(all[i].Raw),
			},
			Raw: store.NewBlob(all[i].Raw), State: intake.Done,
			Key: intake.DuplicateKey(uint32(l.ID), n.From, n.MessageID, m.Root.Body),
		})
		if err != nil {
			return err
		}
		n.List, n.Intake, n.Author = l.ID, in, list.PersonID(all[i].Author+1)
		_, err = archive.Import(tx, n)
		return err
	})
}

// inBatches does something for 0 to n-1 in transactions of bounded size.
func inBatches(db *store.DB, n int, do func(tx *store.Tx, i int) error) error {
	for from := 0; from < n; from += fillBatch {
		err := db.Update(func(tx *store.Tx) error {
			for i := from; i < min(from+fillBatch, n); i++ {
				if err := do(tx, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
