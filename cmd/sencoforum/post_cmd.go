package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/archive"
	"sencoforum/calendar"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/queue"
	"sencoforum/store"
)

func postCommand(o *rootOptions) *cobra.Command {
	return group("post", "Show, redact, remove, restore, erase and recall posts, and list who has one",
		postShowCommand(o), postRedactCommand(o), postRemoveCommand(o), postRestoreCommand(o), postEraseCommand(o), postRecallCommand(o),
		postIncidentCommand(o))
}

// parsePost reads the number of a post.
func parsePost(s string) (archive.Number, error) {
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 10, 32)
	if err != nil || n == 0 {
		return 0, usage("%q is no number of a post; it stands at the end of the post's link", s)
	}
	return archive.Number(n), nil
}

// onPost is a command about one post, with the number parsed.
func (o *rootOptions) onPost(do func(a *admin, n archive.Number, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		n, err := parsePost(args[0])
		if err != nil {
			return err
		}
		return o.reach(cmd, func(_ context.Context, a *admin) error {
			err := do(a, n, args[1:])
			switch {
			case errors.Is(err, archive.ErrNoPost):
				return usage("there is no post %d", n)
			case errors.Is(err, archive.ErrErased), errors.Is(err, archive.ErrShown), errors.Is(err, moderate.ErrChanged), errors.Is(err, message.ErrLeft):
				return usage("%w", err)
			case errors.Is(err, archive.ErrSealed):
				return usage("%w; to end the hold: sencoforum post restore %d", err, n)
			}
			return err
		})
	}
}

// madeBy is who does it, for the rooms.
func (a *admin) madeBy() moderate.By { return moderate.By{Actor: a.actor, Now: a.now()} }

func postShowCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:     "show N",
		Short:   "Show a post with its text and what became of its copies",
		Example: "  sencoforum post show 48213",
		Args:    exactly(1),
		RunE:    o.onPost(func(a *admin, n archive.Number, _ []string) error { return a.showPost(n) }),
	}
}

// postView is a post for people and programs. It names the writer's address: moderators see it.
type postView struct {
	archive.Post
	ListName string       `json:"list_name"`
	Message  intake.State `json:"message_state"`
	Copies   queue.Counts `json:"copies"`
	Files    []string     `json:"files,omitempty"`
	Text     string       `json:"text,omitempty"`
}

func (a *admin) showPost(n archive.Number) error {
	var v postView
	err := a.db.View(func(tx *store.Tx) error {
		p, r, m, err := moderate.Look(tx, n)
		if err != nil {
			return err
		}
		v.Post = p
		l, err := list.Get(tx, p.List)
		if err != nil {
			return err
		}
		v.ListName = l.Name
		s, err := intake.StatusOf(tx, r.ID)
		if err != nil {
			return err
		}
		v.Message = s.State
		if v.Copies, err = queue.Tally(tx, uint64(n)); err != nil || m == nil {
			return err
		}
		v.Text = m.Text()
		for _, f := range m.Attachments() {
			v.Files = append(v.Files, f.Name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return a.show(v, v.tell)
}

func (v postView) tell(t *text) {
	from := strings.TrimSpace(v.AuthorName + " " + addressIn(v.From))
	rows := [][]string{
		{"post", fmt.Sprint(v.Number)}, {"list", v.ListName}, {"from", orDash(from)}, {"subject", v.Subject},
		{"written", moment(v.Written)}, {"state", string(v.State)}, {"discussion", fmt.Sprint(v.Thread)},
		{"copies", fmt.Sprintf("%d delivered, %d wait, %d dropped, %d failed", v.Copies.Delivered, v.Copies.Open, v.Copies.Dropped, v.Copies.Failed+v.Copies.Expired)},
	}
	for _, row := range [][]string{{"redacted", moment(v.Redacted)}, {"removed", moment(v.Removed)}, {"held until", lastDay(v.Post)}, {"because", orDash(v.Reason)}, {"recalled", moment(v.Recalled)}, {"erased", moment(v.Gone)}} {
		if row[1] != "-" {
			rows = append(rows, row)
		}
	}
	if v.NoArchive {
		rows = append(rows, []string{"archive", "not shown there, as its writer wants; its text goes 30 days after delivery"})
	}
	if len(v.Files) > 0 {
		rows = append(rows, []string{"files", strings.Join(v.Files, ", ")})
	}
	t.rows(nil, rows)
	t.say("")
	for line := range strings.Lines(v.Text) {
		t.say("%s", strings.TrimRight(line, "\r\n"))
	}
}

// addressIn is an address in angle brackets, or nothing.
func addressIn(a message.Address) string {
	if a.IsZero() {
		return ""
	}
	return "<" + a.String() + ">"
}

func postRemoveCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "remove N",
		Short: "Hide a post from everybody at once, and keep it; asks first",
		Long: "Hide a post from everybody at once. Copies that have not gone are not sent; those that have\n" +
			"cannot be called back. The post is kept and can be restored. With --hold it is kept for a\n" +
			"safeguarding lead or the police: until that day nobody can erase it, nor does it grow too old.",
		Example: "  sencoforum post remove 48213\n  sencoforum post remove 48213 --hold \"asked for by the LADO\" --until 2027-06-01",
		Args:    exactly(1),
	}
	hold := c.Flags().String("hold", "", "the `REASON` of a safeguarding hold, without names")
	until := c.Flags().String("until", "", "the last `DATE` of the hold, such as 2027-06-01")
	c.RunE = o.onPost(func(a *admin, n archive.Number, _ []string) error {
		s, err := sealOf(*hold, *until, a.now())
		if err != nil {
			return err
		}
		return a.removePost(n, s)
	})
	return c
}

// maxHold is how long a safeguarding hold may last; then somebody looks again.
const maxHold = 10 * 366 * 24 * time.Hour

// sealOf reads reason and day of a hold: both or neither.
func sealOf(reason, until string, now time.Time) (s archive.Seal, err error) {
	if reason == "" && until == "" {
		return s, nil
	}
	if reason == "" || until == "" {
		return s, usage("a hold needs both, --hold REASON and --until DATE")
	}
	last, err := time.ParseInLocation("2006-01-02", until, calendar.London())
	if err != nil {
		return s, usage("cannot read the date %q; write it like 2027-06-01", until)
	}
	s = archive.Seal{Reason: reason, Until: last.AddDate(0, 0, 1)}
	if !s.Until.After(now) || s.Until.After(now.Add(maxHold)) {
		return s, usage("%s is not within the next ten years", until)
	}
	return s, nil
}

func (a *admin) removePost(n archive.Number, s archive.Seal) error {
	e, err := a.eraserOf()
	if err != nil {
		return err
	}
	var was archive.Post
	if err := a.db.View(func(tx *store.Tx) (err error) { was, err = archive.Get(tx, n); return err }); err != nil {
		return err
	}
	if was.State != archive.Erased {
		if err := a.confirm("Hide post %d, %s, from everybody?", n, visible(strconv.Quote(was.Subject))); err != nil {
			return err
		}
	}
	p, err := e.Remove(a.madeBy(), n, s)
	if err != nil {
		return err
	}
	return a.showChange(p, func(t *text) {
		t.say("Post %d is hidden. Nobody gets a copy who has none yet; %s.", n, "what was delivered cannot be called back")
		if !p.Sealed.IsZero() {
			t.say("It is kept under a safeguarding hold until %s.", p.LastDay())
		}
		t.say("To show it again: sencoforum post restore %d", n)
	})
}

// showChange prints what an act did to a post.
func (a *admin) showChange(p archive.Post, words func(*text)) error {
	return a.show(map[string]any{"post": p.Number, "state": p.State, "revision": p.Revision}, words)
}

func postRestoreCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:     "restore N",
		Short:   "Show a hidden post again; asks first",
		Long:    "Show a hidden post again. A safeguarding hold ends with it. Nobody is sent a copy again.",
		Example: "  sencoforum post restore 48213",
		Args:    exactly(1),
		RunE: o.onPost(func(a *admin, n archive.Number, _ []string) error {
			e, err := a.eraserOf()
			if err != nil {
				return err
			}
			var was archive.Post
			if err := a.db.View(func(tx *store.Tx) (err error) { was, err = archive.Get(tx, n); return err }); err != nil {
				return err
			}
			if was.State == archive.Hidden {
				hold := ""
				if was.IsSealed(a.now()) {
					hold = fmt.Sprintf(" It is under a safeguarding hold until %s, which ends.", was.LastDay())
				}
				if err := a.confirm("Show post %d, %s, to members again?%s", n, visible(strconv.Quote(was.Subject)), hold); err != nil {
					return err
				}
			}
			p, err := e.Restore(a.madeBy(), n)
			if err != nil {
				return err
			}
			return a.showChange(p, func(t *text) { t.say("Post %d can be seen again.", n) })
		}),
	}
}

// lastDay is the last day of a safeguarding hold; a dash for none.
func lastDay(p archive.Post) string {
	if p.Sealed.IsZero() {
		return "-"
	}
	return p.LastDay()
}
