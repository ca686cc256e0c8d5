package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/fanout"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/moderate"
	"sencoforum/queue"
	"sencoforum/store"
)

// queueBatch is how many rows one transaction changes.
const queueBatch = 500

func queueShowCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:     "show ID",
		Short:   "Show all about one email that waits, with its recipient",
		Example: "  sencoforum queue show 4711\n  sencoforum queue show change:3",
		Args:    exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			i, err := parseItem(args[0])
			if err != nil {
				return err
			}
			return o.reach(cmd, func(_ context.Context, a *admin) error { return a.showItem(i) })
		},
	}
}

func (a *admin) showItem(i item) error {
	var v rowView
	err := a.db.View(func(tx *store.Tx) (err error) {
		v, err = findItem(tx, i)
		return err
	})
	if err != nil {
		return err
	}
	return a.show(v, func(t *text) {
		t.rows(nil, [][]string{
			{"id", v.ID}, {"for", v.For}, {"to", orDash(cmp.Or(v.To, v.Domain))}, {"queued", moment(v.Queued)},
			{"tries", strconv.Itoa(v.Attempts)}, {"next", v.next()}, {"last reply", orDash(v.LastReply)}, {"put aside", orDash(v.Shunted)},
		})
	})
}

func findItem(tx *store.Tx, i item) (rowView, error) {
	if i.kind != itemRow {
		all, err := putAside(tx)
		for _, one := range all {
			if one.item == i {
				return viewAside(one), nil
			}
		}
		return rowView{}, cmp.Or(err, notWaiting(i))
	}
	r, ok, err := queue.Find(tx, queue.RowID(i.n))
	if err != nil || !ok {
		return rowView{}, cmp.Or(err, notWaiting(i))
	}
	v := viewRow(r)
	if r.Member == 0 {
		return v, nil
	}
	p, err := list.GetPerson(tx, list.PersonID(r.Member))
	if errors.Is(err, list.ErrNoPerson) {
		err = nil
	}
	v.To = p.Address.String()
	return v, err
}

func notWaiting(i item) error {
	return usage("%s does not wait, or not any more; what does: sencoforum queue list", i)
}

func queueRetryCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:     "retry ID... | --all",
		Short:   "Try emails again at once, and what was put aside",
		Example: "  sencoforum queue retry 4711 change:3\n  sencoforum queue retry --all",
		Args:    between(0, -1),
	}
	all := c.Flags().Bool("all", false, "everything that was tried in vain or put aside")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		items, err := parseItems(args)
		switch {
		case err != nil:
			return err
		case *all == (len(items) > 0):
			return usage("write either the numbers to try again, or --all")
		}
		return o.reach(cmd, func(_ context.Context, a *admin) error {
			if *all {
				if items, err = a.tried(); err != nil {
					return err
				}
				if woken := a.wake(); woken > 0 && len(items) == 0 {
					return a.showWoken(woken)
				}
			}
			return a.changeItems(items, retrying)
		})
	}
	return c
}

// wake lets the running server try again the mail hosts that it leaves alone for a while, and returns how many there were.
func (a *admin) wake() int {
	if a.queue == nil {
		return 0
	}
	return a.queue.Wake()
}

func (a *admin) showWoken(n int) error {
	return a.show(map[string]any{"action": retrying.action, "done": 0, "woken": n}, func(t *text) {
		t.say("%s that could not be reached: tried again now.", plural(n, "mail host"))
	})
}

// tried returns all items that were tried in vain or put aside.
func (a *admin) tried() (items []item, err error) {
	err = a.db.View(func(tx *store.Tx) error {
		for r, err := range queue.List(tx, queue.Filter{}) {
			if err != nil {
				return err
			}
			if r.Attempts > 0 || r.Shunted != "" {
				items = append(items, item{itemRow, uint64(r.ID)})
			}
		}
		others, err := putAside(tx)
		for _, one := range others {
			items = append(items, one.item)
		}
		return err
	})
	return items, err
}

func queueDropCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:     "drop ID...",
		Short:   "Never send these; asks first",
		Long:    "Never send these emails. For change:N nobody gets the post who has not got it yet; it\nstays in the archive. A message:N is thrown away.",
		Example: "  sencoforum queue drop 4711 4712 --yes",
		Args:    between(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			items, err := parseItems(args)
			if err != nil {
				return err
			}
			return o.reach(cmd, func(_ context.Context, a *admin) error {
				if err := a.describeDrop(items); err != nil {
					return err
				}
				return a.changeItems(items, dropping)
			})
		},
	}
}

// describeDrop says what will not be sent, and asks.
func (a *admin) describeDrop(items []item) error {
	var lines []string
	err := a.db.View(func(tx *store.Tx) error {
		for _, i := range items {
			v, err := findItem(tx, i)
			if err != nil {
				return err
			}
			lines = append(lines, fmt.Sprintf("%s: %s to %s", i, v.For, cmp.Or(v.To, v.Domain, "everybody who has not got it")))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return a.confirm("These will never be sent:\n%s", visibleLines(lines))
}

func visibleLines(lines []string) string {
	for i := range lines {
		lines[i] = visible(lines[i])
	}
	return strings.Join(lines, "\n")
}

// handling is what a command does to items of each kind.
type handling struct {
	action  string // in the audit log
	done    string // in a sentence
	rows    func(tx *store.Tx, ids ...queue.RowID) (int, error)
	change  func(a *admin, tx *store.Tx, seq archive.Seq) error
	message func(a *admin, tx *store.Tx, id intake.ID) error
}

var retrying = handling{
	action: "queue retry",
	done:   "tried again now",
	rows:   queue.Retry,
	change: func(a *admin, tx *store.Tx, seq archive.Seq) error { return fanout.Retry(tx, seq, a.now()) },
	message: func(a *admin, tx *store.Tx, id intake.ID) error {
		operator, err := optionalAddress(a.cfg.Operator)
		if err != nil {
			return err
		}
		err = moderate.NewForwarder(a.db, nil, operator, a.now).Retry(tx, id)
		switch {
		case errors.Is(err, moderate.ErrNobody):
			return fmt.Errorf("%w; name somebody with: sencoforum moderator add", err)
		case errors.Is(err, moderate.ErrNotForPeople):
			return archive.Retry(tx, id, a.now())
		}
		return err
	},
}

var dropping = handling{
	action: "queue drop",
	done:   "never sent",
	rows:   queue.Drop,
	change: func(a *admin, tx *store.Tx, seq archive.Seq) error { return fanout.Forget(tx, seq, a.now()) },
	message: func(a *admin, tx *store.Tx, id intake.ID) error {
		return intake.Move(tx, id, intake.Status{State: intake.Discarded, Since: a.now(), Reason: "dropped by the operator"})
	},
}

// changeItems does one thing to all items: rows in batches, every other item in a transaction of its own. One that
// cannot be changed does not keep the others from it.
func (a *admin) changeItems(items []item, h handling) error {
	done := 0
	var faults []error
	rows := numbers(items, itemRow)
	for len(rows) > 0 {
		batch := rows[:min(queueBatch, len(rows))]
		rows = rows[len(batch):]
		n, err := a.changeRows(batch, h)
		if err != nil {
			return err
		}
		done += n
	}
	for _, i := range items {
		if i.kind == itemRow {
			continue
		}
		if err := a.changeOther(i, h); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", i, err))
			continue
		}
		done++
	}
	if len(faults) > 0 && done == 0 {
		return errors.Join(faults...)
	}
	missing := len(items) - done - len(faults)
	err := a.show(map[string]any{"action": h.action, "done": done, "missing": missing}, func(t *text) {
		t.say("%s: %s.", plural(done, "item"), h.done)
		if missing > 0 {
			t.say("%s %s not there any more.", plural(missing, "item"), are(missing))
		}
	})
	return errors.Join(append(faults, err)...)
}

func (a *admin) changeRows(batch []uint64, h handling) (n int, err error) {
	ids := make([]queue.RowID, len(batch))
	for i, id := range batch {
		ids[i] = queue.RowID(id)
	}
	err = a.db.Update(func(tx *store.Tx) (err error) {
		if n, err = h.rows(tx, ids...); err != nil || n == 0 {
			return err
		}
		return a.record(tx, audit.Entry{Action: h.action, Items: batch, Detail: "copies"})
	})
	return n, err
}

func (a *admin) changeOther(i item, h handling) error {
	return a.db.Update(func(tx *store.Tx) error {
		if _, err := findItem(tx, i); err != nil {
			return err
		}
		var err error
		if i.kind == itemChange {
			err = h.change(a, tx, archive.Seq(i.n))
		} else {
			err = h.message(a, tx, intake.ID(i.n))
		}
		if err != nil {
			return err
		}
		return a.record(tx, audit.Entry{Action: h.action, Items: []uint64{i.n}, Detail: i.kind})
	})
}
