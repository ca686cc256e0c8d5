package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/audit"
	"sencoforum/fanout"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/store"
)

// auditFlags say what an audit looks at.
type auditFlags struct {
	messages, log bool
	posts         bool
	entries       bool // the record alone: with its latest entries
	most          int
}

func auditCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "audit",
		Short: "Account for every message, and verify the record of who did what",
		Long: "Account for every message that was ever taken: each is where it should be, and the\n" +
			"archive, the intake and the queue agree about it. Verify that nobody changed the\n" +
			"record of what operators and moderators did. The exit code is 3 when a fault is found.",
		Example: "  sencoforum audit\n  sencoforum audit --log --limit 20\n  sencoforum audit --messages --posts --json",
		Args:    exactly(0),
	}
	c.AddCommand(auditVerifyCommand(o), auditShowCommand(o))
	var f auditFlags
	c.Flags().BoolVar(&f.messages, "messages", false, "only account for messages")
	c.Flags().BoolVar(&f.log, "log", false, "only verify the record, and show its latest entries")
	c.Flags().BoolVar(&f.posts, "posts", false, "name every post with its state and outcomes")
	c.Flags().IntVar(&f.most, "limit", 50, "how many entries --log shows; 0 for all")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		f.entries = f.log && !f.messages
		if !f.entries {
			f.log, f.messages = f.log || !f.messages, true
		}
		return o.reach(cmd, func(_ context.Context, a *admin) error {
			r, err := a.audit(f)
			if err != nil {
				return err
			}
			if err := a.show(r, func(t *text) { r.tell(t, f) }); err != nil {
				return err
			}
			if len(r.Faults) > 0 {
				return &exit{code: exitChecks, err: errSaid}
			}
			return nil
		})
	}
	return c
}

// auditReport is all that an audit found. As JSON it is read by other programs.
type auditReport struct {
	*messageSum
	Log     *logSum     `json:"log,omitempty"`
	Entries []entryView `json:"entries,omitempty"` // the latest ones, when the record alone was asked for
	Faults  []string    `json:"faults"`
}

// messageSum is what became of the messages.
type messageSum struct {
	Accepted uint64                  `json:"accepted"` // ever answered with 250
	Live     map[intake.State]uint64 `json:"live"`
	Purged   map[intake.State]uint64 `json:"purged"`
	Queue    queueSum                `json:"queue"`
	Posts    []postSum               `json:"posts,omitempty"`

	posts int
}

// entryView is an entry of the record as JSON, with its number.
type entryView struct {
	Number uint64    `json:"number"`
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	Action string    `json:"action"`
	List   uint32    `json:"list,omitempty"`
	Person uint32    `json:"person,omitempty"`
	Items  []uint64  `json:"items,omitempty"`
	Detail string    `json:"detail,omitempty"`
}

// queueSum counts what has not gone out.
type queueSum struct {
	Waiting uint64 `json:"waiting"`
	Aside   int    `json:"aside"` // rows, posts and messages that were put aside
}

// logSum is the end of the record.
type logSum struct {
	Entries uint64 `json:"entries"`
	First   uint64 `json:"first,omitempty"` // number of the oldest, where those before were removed as kept long enough
	Head    string `json:"head"`
}

// postSum is one post in all books.
type postSum struct {
	Number    uint32       `json:"number"`
	List      string       `json:"list"`
	MessageID string       `json:"message_id"`
	Imported  bool         `json:"imported,omitempty"`
	State     string       `json:"state"`
	Intake    intake.State `json:"intake"`
	Tally     tally        `json:"tally"`
}

// tally counts the copies of a post by their outcome.
type tally struct {
	Delivered int  `json:"delivered"`
	Failed    int  `json:"failed"`
	Dropped   int  `json:"dropped"`
	Expired   int  `json:"expired"`
	Open      int  `json:"open"`
	Sealed    bool `json:"sealed"` // no more copies will be made
}

// audit looks at one moment of the store.
func (a *admin) audit(f auditFlags) (r auditReport, err error) {
	err = a.db.View(func(tx *store.Tx) error {
		r = auditReport{Faults: []string{}}
		if f.messages {
			if err := r.messages(tx, f.posts); err != nil {
				return err
			}
		}
		if f.log {
			return r.log(tx, f)
		}
		return nil
	})
	return r, err
}

func (r *auditReport) messages(tx *store.Tx, posts bool) error {
	in, err := intake.Audit(tx)
	if err != nil {
		return err
	}
	r.messageSum = &messageSum{Accepted: in.Accepted, Live: in.Live, Purged: in.Purged}
	r.Faults = append(r.Faults, in.Faults...)
	names := map[list.ID]string{}
	for l, err := range list.All(tx) {
		if err != nil {
			return err
		}
		names[l.ID] = l.Name
	}
	faults, err := fanout.Accounts(tx, func(p fanout.Account) error {
		r.posts++
		for _, fault := range p.Faults {
			r.Faults = append(r.Faults, fmt.Sprintf("post %d: %s", p.Number, fault))
		}
		if posts {
			c := p.Copies
			r.Posts = append(r.Posts, postSum{
				Number: uint32(p.Number), List: names[p.List], MessageID: p.MessageID, Imported: p.Imported,
				State: string(p.Visible), Intake: p.State, Tally: tally{c.Delivered, c.Failed, c.Dropped, c.Expired, c.Open, c.Sealed},
			})
		}
		return nil
	})
	r.Faults = append(r.Faults, faults...)
	if err != nil {
		return err
	}
	return r.waiting(tx)
}

func (r *auditReport) waiting(tx *store.Tx) (err error) {
	if r.Queue.Waiting, err = queue.Depth(tx); err != nil {
		return err
	}
	shunted, _, err := waitingRows(tx, wanted{shunted: true})
	if err != nil {
		return err
	}
	others, err := putAside(tx)
	r.Queue.Aside = len(shunted) + len(others)
	return err
}

func (r *auditReport) log(tx *store.Tx, f auditFlags) error {
	faults, err := audit.Verify(tx)
	if err != nil {
		return err
	}
	for _, one := range faults {
		r.Faults = append(r.Faults, one.String())
	}
	head, err := audit.Last(tx)
	if err != nil {
		return err
	}
	begin, err := audit.Begin(tx)
	if err != nil {
		return err
	}
	r.Log = &logSum{Entries: head.Number - min(begin.Number, head.Number), Head: head.Hash}
	if begin.Number > 0 {
		r.Log.First = begin.Number + 1
	}
	if !f.entries {
		return nil
	}
	for e, err := range audit.All(tx) {
		if err != nil {
			return err
		}
		if f.most > 0 && e.Number+uint64(f.most) <= head.Number {
			continue
		}
		r.Entries = append(r.Entries, viewEntry(e))
	}
	return nil
}
