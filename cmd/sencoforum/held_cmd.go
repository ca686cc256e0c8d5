package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/calendar"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/store"
)

func heldCommand(o *rootOptions) *cobra.Command {
	return group("held", "Show and decide what waits for moderators",
		heldListCommand(o), heldShowCommand(o), heldApproveCommand(o), heldRejectCommand(o), heldDiscardCommand(o), heldUndoCommand(o))
}

// panelOf is the moderators' side for one command.
func (a *admin) panelOf() (*moderate.Panel, error) {
	host, err := a.hostOf()
	if err != nil {
		return nil, err
	}
	operator, err := optionalAddress(a.cfg.Operator)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(cmp.Or[io.Writer](a.errOut, io.Discard), &slog.HandlerOptions{Level: slog.LevelError}))
	return newPanel(log, a.cfg, host, operator)
}

// heldView is an item for people and programs.
type heldView struct {
	Code     string          `json:"code"`
	List     string          `json:"list"`
	Kind     string          `json:"kind"`
	Waits    string          `json:"waits_for"` // moderators, author, or what was decided
	Since    time.Time       `json:"since"`
	Reasons  []list.Cause    `json:"reasons"`
	From     message.Address `json:"from,omitzero"`
	Name     string          `json:"name,omitempty"` // of somebody who wants to join
	Subject  string          `json:"subject,omitempty"`
	Claimed  string          `json:"claimed,omitempty"`
	Decision *hold.Decision  `json:"decision,omitempty"`
	Found    []list.Finding  `json:"found,omitempty"`
	Words    string          `json:"words,omitempty"`
	Files    []string        `json:"files,omitempty"`
	Text     string          `json:"text,omitempty"`
}

// waitsFor says in a word whose turn it is.
func waitsFor(it hold.Item) string {
	switch {
	case it.Decision != nil && it.Decision.Done:
		return string(it.Decision.Verdict)
	case it.Decision != nil:
		return string(it.Decision.Verdict) + ", not yet done"
	case it.WithModerators():
		return "moderators"
	}
	return "its author"
}

func viewHeld(tx *store.Tx, it hold.Item, whole bool, now time.Time) (heldView, error) {
	l, err := list.Get(tx, it.List)
	if err != nil {
		return heldView{}, err
	}
	v := heldView{
		Code: it.Number.Code(), List: l.Name, Kind: cmp.Or(string(it.Kind), "post"), Waits: waitsFor(it), Since: it.Since.UTC(),
		Reasons: list.Causes(it.Findings), From: it.From, Decision: it.Decision,
	}
	switch {
	case it.OnPerson():
		v.Reasons = []list.Cause{list.Cause(it.Kind)}
	case len(v.Reasons) == 0:
		v.Reasons = []list.Cause{list.Cause(it.Reason)}
	}
	if p := it.ClaimedBy(now); p != 0 {
		who, err := list.GetPerson(tx, p)
		if err != nil && !errors.Is(err, list.ErrNoPerson) {
			return v, err
		}
		v.Claimed = cmp.Or(who.Name, who.Address.String())
	}
	raw, err := intake.Raw(tx, it.Message)
	if it.Message == 0 || errors.Is(err, intake.ErrNoMessage) {
		v.Words, v.Name = it.Words, it.Name
		return v, nil
	}
	if err != nil {
		return v, err
	}
	m := message.Parse(raw)
	v.Subject = m.Subject()
	if whole {
		v.Found, v.Text = it.Findings, m.Text()
		for _, f := range m.Attachments() {
			v.Files = append(v.Files, f.Name)
		}
	}
	return v, nil
}

func heldListCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:     "list",
		Short:   "List what waits for moderators, and with --all also what waits for its author and what was decided",
		Example: "  sencoforum held list",
		Args:    exactly(0),
	}
	all := c.Flags().Bool("all", false, "also what waits for its author, and what was decided in the last 90 days")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.listHeld(*all) })
	}
	return c
}

func (a *admin) listHeld(every bool) error {
	all := []heldView{}
	err := a.db.View(func(tx *store.Tx) error {
		for it, err := range hold.All(tx) {
			if err != nil {
				return err
			}
			if !every && !it.WithModerators() {
				continue
			}
			v, err := viewHeld(tx, it, false, a.now())
			if err != nil {
				return err
			}
			all = append(all, v)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return a.show(all, func(t *text) {
		if len(all) == 0 {
			t.say("Nothing waits for moderators.")
			return
		}
		var rows [][]string
		for _, v := range all {
			var why []string
			for _, r := range v.Reasons {
				why = append(why, string(r))
			}
			rows = append(rows, []string{"#" + v.Code, v.List, moment(v.Since), v.Waits, strings.Join(why, ", "), v.From.String(), cmp.Or(v.Subject, v.Name)})
		}
		t.rows([]string{"CODE", "LIST", "SINCE", "WAITS FOR", "WHY", "FROM", "SUBJECT"}, rows)
	})
}

func heldShowCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:     "show CODE",
		Short:   "Show one item with its text",
		Example: "  sencoforum held show 8f3k",
		Args:    exactly(1),
		RunE: o.onHeld(func(a *admin, n hold.Number, _ []string) error {
			var v heldView
			err := a.db.View(func(tx *store.Tx) error {
				it, err := hold.Get(tx, n)
				if err != nil {
					return err
				}
				v, err = viewHeld(tx, it, true, a.now())
				return err
			})
			if err != nil {
				return err
			}
			return a.show(v, v.tell)
		}),
	}
}

func (v heldView) tell(t *text) {
	t.say("#%s on %s, from %s, %s", v.Code, v.List, v.From, moment(v.Since))
	t.say("Waits for: %s", v.Waits)
	if v.Claimed != "" {
		t.say("Looked after by: %s", v.Claimed)
	}
	for _, c := range v.Reasons {
		notes := ""
		for _, f := range v.Found {
			if f.Cause == c && len(f.Notes) > 0 {
				notes = " (" + strings.Join(f.Notes, ", ") + ")"
			}
		}
		t.say("Why: %s%s", c, notes)
	}
	for _, f := range v.Files {
		t.say("File: %s", f)
	}
	if v.Name != "" {
		t.say("Name: %s", v.Name)
	}
	if v.Words != "" {
		t.say("They wrote: %s", v.Words)
	}
	if v.Subject != "" || v.Text != "" {
		t.say("Subject: %s", v.Subject)
		t.say("")
		for line := range strings.Lines(v.Text) {
			t.say("%s", strings.TrimRight(line, "\r\n"))
		}
	}
}

// onHeld is a command about one item, with its code read.
func (o *rootOptions) onHeld(do func(a *admin, n hold.Number, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		n, err := hold.ParseCode(args[0])
		if err != nil {
			return usage("%q: %w; all of them: sencoforum held list", args[0], err)
		}
		return o.reach(cmd, func(_ context.Context, a *admin) error {
			err := do(a, n, args[1:])
			var decided *moderate.DecidedError
			switch {
			case errors.Is(err, hold.ErrNoItem), errors.Is(err, moderate.ErrGone):
				return usage("nothing waits as #%s; all of them: sencoforum held list", n.Code())
			case errors.As(err, &decided), errors.Is(err, moderate.ErrNotAsked), errors.Is(err, moderate.ErrAuthorLeft), errors.Is(err, moderate.ErrNotOffered),
				errors.Is(err, moderate.ErrNoUndo), errors.Is(err, moderate.ErrTooLate):
				return usage("%w", err)
			}
			return err
		})
	}
}

// decideHeld is a decision of the operator's, recorded as theirs.
func (a *admin) decideHeld(n hold.Number, decide func(p *moderate.Panel, tx *store.Tx, by moderate.Decider) (moderate.Outcome, error), done string) error {
	p, err := a.panelOf()
	if err != nil {
		return err
	}
	var out moderate.Outcome
	err = a.db.Update(func(tx *store.Tx) (err error) {
		out, err = decide(p, tx, moderate.Decider{By: a.madeBy(), Proof: "command line"})
		return err
	})
	if err != nil {
		return err
	}
	view := map[string]any{"code": n.Code(), "did": done}
	if out.Item.Decision != nil {
		view["takes_effect"] = out.Due().UTC()
	}
	return a.show(view, func(t *text) {
		if d := out.Item.Decision; d != nil && d.Due.After(a.now()) {
			t.say("%s #%s. It takes effect at %s; until then: sencoforum held undo %s", done, n.Code(), d.Due.In(calendar.London()).Format("15:04"), n.Code())
			return
		}
		t.say("%s #%s.", done, n.Code())
	})
}

func heldApproveCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:     "approve CODE",
		Short:   "Send a message to everyone, or let an applicant in",
		Example: "  sencoforum held approve 8f3k",
		Args:    exactly(1),
	}
	trust := c.Flags().Bool("trust", false, "and do not hold its author again")
	c.RunE = o.onHeld(func(a *admin, n hold.Number, _ []string) error {
		return a.decideHeld(n, func(p *moderate.Panel, tx *store.Tx, by moderate.Decider) (moderate.Outcome, error) {
			if *trust {
				return p.Trust(tx, by, n)
			}
			return p.Approve(tx, by, n)
		}, "Approved")
	})
	return c
}

// decision is what a command that decides about an item, and about nothing else, does.
type decision struct {
	use, short, long string
	example          string
	args             cobra.PositionalArgs
	decide           func(p *moderate.Panel, tx *store.Tx, by moderate.Decider, n hold.Number, words string) (moderate.Outcome, error)
	done             string
}

// deciding is the command of a decision; what stands behind the code are its words.
func (o *rootOptions) deciding(d decision) *cobra.Command {
	return &cobra.Command{
		Use: d.use, Short: d.short, Long: d.long, Example: d.example, Args: d.args,
		RunE: o.onHeld(func(a *admin, n hold.Number, args []string) error {
			return a.decideHeld(n, func(p *moderate.Panel, tx *store.Tx, by moderate.Decider) (moderate.Outcome, error) {
				return d.decide(p, tx, by, n, strings.Join(args, " "))
			}, d.done)
		}),
	}
}

func heldRejectCommand(o *rootOptions) *cobra.Command {
	return o.deciding(decision{
		use: "reject CODE [REASON...]", short: "Send a message back to its writer, with a reason",
		long: "Send a message back to its writer, with a reason.\n" +
			"The words names, advert, thanks and digest stand for a text of ours.",
		example: "  sencoforum held reject 8f3k Please take the name out and send it again.", args: between(1, -1),
		decide: (*moderate.Panel).Reject, done: "Sent back",
	})
}

func heldDiscardCommand(o *rootOptions) *cobra.Command {
	return o.deciding(decision{
		use: "discard CODE", short: "Throw a message away; its writer is not told, and it is kept for 30 days",
		example: "  sencoforum held discard 8f3k", args: exactly(1), done: "Discarded",
		decide: func(p *moderate.Panel, tx *store.Tx, by moderate.Decider, n hold.Number, _ string) (moderate.Outcome, error) {
			return p.Discard(tx, by, n)
		},
	})
}

func heldUndoCommand(o *rootOptions) *cobra.Command {
	return o.deciding(decision{
		use: "undo CODE", short: "Take a decision back before it takes effect",
		example: "  sencoforum held undo 8f3k", args: exactly(1), done: "Undone",
		decide: func(p *moderate.Panel, tx *store.Tx, by moderate.Decider, n hold.Number, _ string) (moderate.Outcome, error) {
			return p.Undo(tx, by, n)
		},
	})
}
