package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/moderate"
	"sencoforum/store"
)

func postEraseCommand(o *rootOptions) *cobra.Command {
	post := o.onPost(func(a *admin, n archive.Number, _ []string) error { return a.erasePost(n) })
	return &cobra.Command{
		Use:   "erase N | message:N",
		Short: "Erase a post for good, wherever it is kept; asks first",
		Long: "Erase a post for good: its text and files, copies that are held or came back, mail that waits,\n" +
			"what mail hosts said about it. Its number, its place in the discussion and its Message-ID stay,\n" +
			"and the same message is not taken again. The store is written anew, so that nothing is left in\n" +
			"its file. Posts that quote it are listed; nothing is done to them. Delivered copies, and backups\n" +
			"until they are put back, are out of reach.",
		Example: "  sencoforum post erase 48213\n  sencoforum post erase message:7710",
		Args:    exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if i, err := parseItem(args[0]); err == nil && i.kind == itemMessage {
				return o.reach(cmd, func(_ context.Context, a *admin) error { return a.eraseMessage(intake.ID(i.n)) })
			}
			return post(cmd, args)
		},
	}
}

// eraseMessage erases mail that is no post.
func (a *admin) eraseMessage(id intake.ID) error {
	e, err := a.eraserOf()
	if err != nil {
		return err
	}
	var r intake.Record
	err = a.db.View(func(tx *store.Tx) (err error) {
		r, err = intake.Get(tx, id)
		return err
	})
	if errors.Is(err, intake.ErrNoMessage) {
		return usage("there is no message %d", id)
	}
	if err != nil {
		return err
	}
	if err := a.confirm("Erase message %d, mail to %s of %s, for good?", id, r.Kind, day(r.Envelope.Received)); err != nil {
		return err
	}
	err = e.EraseMessage(a.madeBy(), id)
	if errors.Is(err, moderate.ErrIsPost) {
		return usage("%w", err)
	}
	if err != nil {
		return err
	}
	return a.tellErased(map[string]any{"message": id}, fmt.Sprintf("Message %d is erased.", id), moderate.Trace{})
}

func (a *admin) erasePost(n archive.Number) error {
	e, err := a.eraserOf()
	if err != nil {
		return err
	}
	p, t, err := e.Trace(n)
	switch {
	case err != nil:
		return err
	case p.State == archive.Erased:
		return usage("post %d was erased on %s", n, day(p.Gone))
	case p.IsSealed(a.now()):
		return fmt.Errorf("erase post %d: %w until %s", n, archive.ErrSealed, p.LastDay())
	}
	question := fmt.Sprintf("Erase post %d, %s, for good?", n, visible(strconv.Quote(p.Subject)))
	for _, line := range slices.Concat(goesToo(t), stays(t)) {
		question += "\n" + line
	}
	if err := a.confirm("%s", question); err != nil {
		return err
	}
	if err := e.Erase(a.madeBy(), n, t); err != nil {
		return err
	}
	return a.tellErased(map[string]any{
		"post": n, "copies": len(t.Copies), "letters": len(t.Letters), "quotes": t.Quotes, "said": t.Said, "read": t.Read,
	}, fmt.Sprintf("Post %d is erased.", n), t)
}

// tellErased compacts the store and says what was done and what remains.
func (a *admin) tellErased(v map[string]any, first string, t moderate.Trace) error {
	words, err := compactNow(a.db, atOnce)
	if err != nil {
		return err
	}
	v["store"] = words
	return a.show(v, func(out *text) {
		out.say("%s", first)
		for _, line := range goesToo(t) {
			out.say("%s", line)
		}
		out.say("%s", words)
		lines := saidLines(t.Said)
		if _, looked := v["quotes"]; looked {
			lines = stays(t)
		}
		for _, line := range lines {
			out.say("%s", line)
		}
		out.say("Out of reach: copies that were delivered, and backups until they are put back; then the ledger does it again.")
	})
}

// goesToo says what goes with a post.
func goesToo(t moderate.Trace) (lines []string) {
	if n := len(t.Copies); n > 0 {
		lines = append(lines, fmt.Sprintf("With it: %s of it, held, put aside, sent twice or returned.", pluralOf(n, "copy", "copies")))
	}
	if n := len(t.Letters); n > 0 {
		lines = append(lines, fmt.Sprintf("With it: %s of ours about it.", pluralOf(n, "mail that waits", "mails that wait")))
	}
	return lines
}

// stays says what holds the same words and is not touched.
func stays(t moderate.Trace) (lines []string) {
	quotes := t.Quotes
	if len(quotes)+len(t.Said) == 0 {
		return []string{"Nothing else that is kept was found to quote it."}
	}
	if len(quotes) == 0 {
		return saidLines(t.Said)
	}
	lines = append(lines, "These say some of the same, and stay as they are. post redact takes words out of one, post erase all of it:")
	for i, q := range quotes {
		if i == 50 {
			lines = append(lines, fmt.Sprintf("  and %d more; all with --json", len(quotes)-i))
			break
		}
		what := fmt.Sprintf("post %d", q.Post)
		if q.Post == 0 {
			what = fmt.Sprintf("message:%d (mail to %s)", q.Message, q.Kind)
		}
		lines = append(lines, fmt.Sprintf("  %s %s", what, alike(q)))
	}
	return append(lines, saidLines(t.Said)...)
}

// alike says what a message has in common with the post.
func alike(q moderate.Quote) string {
	switch {
	case q.Why == moderate.SameSubject:
		return "has the same subject"
	case q.Why == moderate.SameFile:
		return "has the same file attached"
	case q.Why == moderate.SameID:
		return "was sent under the same Message-ID"
	case q.Words > 1:
		return fmt.Sprintf("repeats %d of its words, one after the other", q.Words)
	}
	return "has the same words"
}

// saidLines says in which texts of moderators the words, or the person, may still stand, and how each is changed. It never
// says the words.
func saidLines(said []moderate.Said) (lines []string) {
	if len(said) == 0 {
		return nil
	}
	lines = append(lines, "Moderators wrote these; look whether they name it or the person, and change them:")
	for i, s := range said {
		if i == 50 {
			return append(lines, fmt.Sprintf("  and %d more; all with --json", len(said)-i))
		}
		what, how := "topic "+s.Place, "topic rename, or remove"
		switch s.Kind {
		case "collection":
			what, how = "collection "+s.Place, "collection set, or remove"
		case "summary":
			what, how = fmt.Sprintf("summary of discussion %d in collection %s", s.Thread, s.Place), "collection set, or remove"
		case "legal era":
			what, how = "sentence before "+s.Place, "list era set, or remove"
		case moderate.SaidMail:
			what, how = "own words of the mail text "+s.Place, "notice set, or reset"
		}
		lines = append(lines, fmt.Sprintf("  %s of list %s: %s (%s)", what, s.List, s.Why, how))
	}
	return lines
}

func pluralOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strings.TrimSuffix(plural(n, ""), " s") + " " + many
}

func postRedactCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "redact N WORDS...",
		Short: "Take words or an attachment out of a post; asks first",
		Long: "Take words out of a post, wherever they stand in it: subject, text, HTML, files that are text.\n" +
			"Each argument is one phrase, found without regard to case, line ends and what stands between its\n" +
			"words. \"[removed on DATE]\" takes its place. Copies that have not gone are made anew. Where else\n" +
			"the words stand is listed; nothing is done there.",
		Example: "  sencoforum post redact 48213 \"Oliver Twist\" \"Year 4\"\n  sencoforum post redact 48213 --attachment class.xlsx",
		Args:    between(1, -1),
	}
	files := c.Flags().StringArray("attachment", nil, "`NAME` of a file that goes as a whole; may be given again")
	c.RunE = o.onPost(func(a *admin, n archive.Number, args []string) error {
		w := moderate.Words{Phrases: args, Files: *files}
		if err := w.Check(); err != nil {
			return usage("%w", err)
		}
		return a.redactPost(n, w)
	})
	return c
}

func (a *admin) redactPost(n archive.Number, w moderate.Words) error {
	e, err := a.eraserOf()
	if err != nil {
		return err
	}
	by := a.madeBy()
	plan, err := e.PlanRedact(by, n, w)
	if err != nil {
		return err
	}
	if plan.Places+len(plan.Files) == 0 {
		hint := ""
		if len(plan.Unread) > 0 {
			hint = "; nobody can look into " + strings.Join(plan.Unread, ", ") + " (take it out with --attachment)"
		}
		return usage("post %d does not hold that%s", n, hint)
	}
	what := fmt.Sprintf("%s in post %d, %s", pluralOf(plan.Places, "place", "places"), n, visible(strconv.Quote(plan.Post.Subject)))
	if len(plan.Files) > 0 {
		what += "; whole files: " + strings.Join(plan.Files, ", ")
	}
	question := "Take out for good: " + what + "?"
	for _, line := range slices.Concat(goesToo(plan.Trace), stays(plan.Trace)) {
		question += "\n" + line
	}
	if err := a.confirm("%s", question); err != nil {
		return err
	}
	if err := e.Redact(by, plan, w); err != nil {
		return err
	}
	first := "Taken out: " + what + "."
	if len(plan.Unread) > 0 {
		first += " Nobody can look into " + strings.Join(plan.Unread, ", ") + "; take it out with --attachment if it holds the words."
	}
	return a.tellErased(map[string]any{
		"post": n, "places": plan.Places, "files": plan.Files, "unread": plan.Unread,
		"copies": len(plan.Copies), "letters": len(plan.Letters), "quotes": plan.Quotes, "said": plan.Said, "read": plan.Read,
	}, first, plan.Trace)
}
