package main

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/store"
)

func queueCommand(o *rootOptions) *cobra.Command {
	return group("queue", "See what waits to go out, try it again, or drop it",
		queueListCommand(o), queueShowCommand(o), queueRetryCommand(o), queueDropCommand(o),
		queueProvidersCommand(o))
}

// rowView is one item of the queue as JSON.
type rowView struct {
	ID        string    `json:"id"`
	For       string    `json:"for"`
	Domain    string    `json:"domain,omitempty"`
	To        string    `json:"to,omitempty"` // the recipient; only in show
	Person    uint32    `json:"person,omitempty"`
	Queued    time.Time `json:"queued,omitzero"`
	Attempts  int       `json:"attempts"`
	Next      time.Time `json:"next,omitzero"` // zero: at once
	LastReply string    `json:"last_reply,omitempty"`
	Shunted   string    `json:"shunted,omitempty"` // why it was put aside
}

func viewRow(r queue.Row) rowView {
	return rowView{
		ID: item{itemRow, uint64(r.ID)}.String(), For: whatFor(r), Domain: r.Domain, Person: r.Member,
		Queued: r.Queued.UTC(), Attempts: r.Attempts, Next: inUTC(r.Next), LastReply: r.LastReply, Shunted: r.Shunted,
	}
}

func viewAside(a aside) rowView {
	return rowView{ID: a.item.String(), For: a.what, Shunted: cmp.Or(a.reason, "set aside")}
}

// inUTC leaves the zero time what it is.
func inUTC(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC()
}

// next says when an item is tried again.
func (v rowView) next() string {
	switch {
	case v.Shunted != "":
		return "put aside"
	case v.Next.IsZero():
		return "now"
	}
	return moment(v.Next)
}

func queueListCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "list",
		Short: "List what waits to go out, oldest first",
		Long: "List what waits to go out, oldest first. What was put aside (--shunted) could not be\n" +
			"made into an email and waits for retry or drop. change:N is a post that could not be\n" +
			"sent to the members; message:N is mail that could be passed on to nobody.",
		Example: "  sencoforum queue list --domain school.example\n  sencoforum queue list --shunted",
		Args:    exactly(0),
	}
	var w wanted
	c.Flags().BoolVar(&w.shunted, "shunted", false, "only what was put aside")
	c.Flags().StringVar(&w.domain, "domain", "", "only mail to this `DOMAIN`")
	c.Flags().IntVar(&w.most, "limit", 100, "at most so many; 0 for all")
	name := c.Flags().String("list", "", "only posts of this `LIST`")
	hops := c.Flags().Bool("hops", false, "how each mail host stands; only while the server runs")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if w.most < 0 {
			return usage("--limit %d: write 0 for all", w.most)
		}
		return o.reach(cmd, func(_ context.Context, a *admin) error {
			if *hops {
				return a.showHops()
			}
			return a.listQueue(w, *name)
		})
	}
	return c
}

func (a *admin) listQueue(w wanted, name string) error {
	views := []rowView{}
	var more bool
	var depth uint64
	err := a.db.View(func(tx *store.Tx) error {
		if name != "" {
			l, err := a.list(tx, name)
			if err != nil {
				return err
			}
			w.list = l.ID
		}
		rows, rest, err := waitingRows(tx, w)
		if err != nil {
			return err
		}
		for _, r := range rows {
			views = append(views, viewRow(r))
		}
		if w.domain == "" && w.list == list.ID(0) {
			others, err := putAside(tx)
			if err != nil {
				return err
			}
			for _, one := range others {
				views = append(views, viewAside(one))
			}
		}
		more = rest
		depth, err = queue.Depth(tx)
		return err
	})
	if err != nil {
		return err
	}
	return a.show(views, func(t *text) { tellQueue(t, views, more, depth) })
}

func tellQueue(t *text, views []rowView, more bool, depth uint64) {
	var rows [][]string
	shunted := 0
	for _, v := range views {
		if v.Shunted != "" {
			shunted++
		}
		rows = append(rows, []string{
			v.ID, v.For, orDash(v.Domain), strconv.Itoa(v.Attempts), v.next(), orDash(cmp.Or(v.Shunted, v.LastReply)),
		})
	}
	t.rows([]string{"ID", "FOR", "DOMAIN", "TRIES", "NEXT", "LAST REPLY OR REASON"}, rows)
	if more {
		t.say("There are more; see all with --limit 0.")
	}
	t.say("In all %s to go out.", waits(int(depth)))
	if shunted > 0 {
		t.say("%d shown here %s put aside. See one with: sencoforum queue show ID. Then: queue retry ID, or queue drop ID.", shunted, are(shunted))
	}
}

func waits(n int) string {
	if n == 1 {
		return "1 email waits"
	}
	return plural(n, "email") + " wait"
}

func are(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// showHops shows the queue as the running server has it in memory.
func (a *admin) showHops() error {
	if a.queue == nil {
		return usage("--hops needs the running server; start it with: sencoforum serve")
	}
	states := a.queue.Hops()
	if states == nil {
		states = []queue.HopState{}
	}
	return a.show(states, func(t *text) {
		var rows [][]string
		for _, s := range states {
			rows = append(rows, []string{
				cmp.Or(s.Key, s.Domain), strconv.Itoa(s.Waiting), strconv.Itoa(s.Later), strconv.Itoa(s.Connections),
				moment(s.NextTry), orDash(cmp.Or(s.Held, s.LastError)),
			})
		}
		t.rows([]string{"MAIL HOST", "WAITING", "LATER", "CONNECTIONS", "NEXT TRY", "WHY"}, rows)
		t.say("%s.", plural(len(states), "mail host"))
	})
}
