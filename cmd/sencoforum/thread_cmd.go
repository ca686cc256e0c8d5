package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/list"
	"sencoforum/store"
)

// threadScratch is the file beside the store in which threads are computed anew.
const threadScratch = "threads.scratch"

func threadCommand(o *rootOptions) *cobra.Command {
	c := group("thread", "Show, mend, tag, pin and close the threads of the archive",
		threadShowCommand(o), threadTagCommand(o), threadUntagCommand(o),
		threadMarkCommand(o, "pin"), threadMarkCommand(o, "unpin"), threadMarkCommand(o, "close"), threadMarkCommand(o, "open"),
		threadMarkCommand(o, "hold"), threadMarkCommand(o, "release"),
		threadMergeCommand(o), threadSplitCommand(o), threadAttachCommand(o), threadRebuildCommand(o))
	c.Annotations = map[string]string{minor: "yes"}
	return c
}

// parseNumber reads the number of a post or thread, with or without the sign.
func parseNumber(s string) (archive.Number, error) {
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 10, 32)
	if err != nil || n == 0 {
		return 0, usage("%q is no number of a post; write it like 48213", s)
	}
	return archive.Number(n), nil
}

func parseNumbers(args []string) ([]archive.Number, error) {
	all := make([]archive.Number, len(args))
	for i, s := range args {
		var err error
		if all[i], err = parseNumber(s); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// threadView is a thread as JSON.
type threadView struct {
	Number  archive.Number   `json:"number"`
	List    string           `json:"list"`
	Aliases []archive.Number `json:"aliases"`
	curatedView
	Posts []placeView `json:"posts"`
}

// placeView is a post in its thread.
type placeView struct {
	Number  archive.Number     `json:"number"`
	Parent  archive.Number     `json:"parent,omitempty"`
	Depth   int                `json:"depth"`
	Via     string             `json:"via"`
	Missing bool               `json:"missing,omitempty"`
	State   archive.Visibility `json:"state"`
	Written time.Time          `json:"written"`
	Author  string             `json:"author"`
	Subject string             `json:"subject"`
}

func threadShowCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "show N",
		Short: "Show a thread as a tree, by its number or that of a post in it",
		Long: "Show a thread as a tree, by its number or that of a post in it. \"By\" says how a post found its\n" +
			"place; \"?\" that what it answers is not here.",
		Example: "  sencoforum thread show 48213",
		Args:    exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := parseNumber(args[0])
			if err != nil {
				return err
			}
			return o.reach(cmd, func(_ context.Context, a *admin) error { return a.showThread(n) })
		},
	}
}

func (a *admin) showThread(n archive.Number) error {
	var v threadView
	err := a.db.View(func(tx *store.Tx) (err error) {
		v, err = viewThread(tx, n)
		return err
	})
	if err != nil {
		return threadError(err)
	}
	return a.show(v, func(t *text) {
		var rows [][]string
		for _, p := range v.Posts {
			by := p.Via
			if p.Missing {
				by += " ?"
			}
			rows = append(rows, []string{strings.Repeat("  ", min(p.Depth, 20)) + strconv.Itoa(int(p.Number)), day(p.Written),
				orDash(p.Author), by, string(p.State), p.Subject})
		}
		t.rows([]string{"POST", "WRITTEN", "AUTHOR", "BY", "STATE", "SUBJECT"}, rows)
		t.say("Thread %d of %s has %s.", v.Number, v.List, plural(len(v.Posts), "post"))
		if len(v.Aliases) > 0 {
			t.say("These numbers lead to it, too: %s.", strings.Trim(fmt.Sprint(v.Aliases), "[]"))
		}
		v.tell(t)
	})
}

// viewThread reads a thread with the posts in it.
func viewThread(tx *store.Tx, n archive.Number) (threadView, error) {
	d, err := archive.Thread(tx, n)
	if errors.Is(err, archive.ErrNoThread) {
		if n, err = archive.ThreadOf(tx, n); err == nil {
			d, err = archive.Thread(tx, n)
		}
	}
	if err != nil {
		return threadView{}, err
	}
	v := threadView{Number: d.Number, Aliases: append([]archive.Number{}, d.Aliases...)}
	posts, err := d.Page(tx, 0, len(d.Places))
	if err != nil {
		return v, err
	}
	for i, at := range d.Places {
		p := posts[i]
		v.Posts = append(v.Posts, placeView{
			Number: p.Number, Parent: at.Parent, Depth: at.Depth, Via: at.Via.String(), Missing: at.Missing,
			State: p.State, Written: p.Written, Author: p.AuthorName, Subject: p.Subject,
		})
	}
	l, err := list.Get(tx, posts[0].List)
	if err != nil {
		return v, err
	}
	v.List = l.Name
	v.curatedView, err = viewCurated(tx, v.Number, posts[0])
	return v, err
}

func threadMergeCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "merge N INTO",
		Short: "Make two threads one",
		Long: "Make two threads one. The older number lives, whichever is named first; the other one\n" +
			"leads to it for ever. Take it back with: sencoforum thread split N.",
		Example: "  sencoforum thread merge 48213 47990",
		Args:    exactly(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := parseNumbers(args)
			if err != nil {
				return err
			}
			return o.reach(cmd, func(ctx context.Context, a *admin) error {
				var living archive.Number
				err := a.changeThreads(ctx, "thread merge", n, func(tx *store.Tx) (more bool, err error) {
					living, err = archive.Merge(tx, n[0], n[1], a.now())
					return false, err
				})
				if err != nil {
					return err
				}
				return a.show(map[string]any{"thread": living}, func(t *text) {
					t.say("Threads %d and %d are one now, with the number %d.", n[0], n[1], living)
				})
			})
		},
	}
}

func threadSplitCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "split POST",
		Short: "Make a post, with what answers it, a thread of its own",
		Long: "Make a post, with what answers it, a thread of its own, which has the post's number.\n" +
			"Later answers to it follow.",
		Example: "  sencoforum thread split 48217",
		Args:    exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := parseNumbers(args)
			if err != nil {
				return err
			}
			return o.reach(cmd, func(ctx context.Context, a *admin) error {
				err := a.changeThreads(ctx, "thread split", n, func(tx *store.Tx) (bool, error) { return archive.Split(tx, n[0], a.now()) })
				if err != nil {
					return err
				}
				return a.showThread(n[0])
			})
		},
	}
}

func threadAttachCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:     "attach POST PARENT",
		Short:   "Put a post, with what answers it, below another one",
		Long:    "Put a post, with what answers it, below another one, in the same thread or in another.",
		Example: "  sencoforum thread attach 48217 47990",
		Args:    exactly(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := parseNumbers(args)
			if err != nil {
				return err
			}
			return o.reach(cmd, func(ctx context.Context, a *admin) error {
				err := a.changeThreads(ctx, "thread attach", n, func(tx *store.Tx) (bool, error) { return archive.Attach(tx, n[0], n[1], a.now()) })
				if err != nil {
					return err
				}
				return a.showThread(n[1])
			})
		},
	}
}

// changeThreads does an act and records it, and then moves what one transaction could not. What an earlier command
// left when it was interrupted is moved first.
func (a *admin) changeThreads(ctx context.Context, action string, n []archive.Number, do func(tx *store.Tx) (more bool, err error)) error {
	if err := archive.Finish(ctx, a.db); err != nil {
		return err
	}
	err := a.db.Update(func(tx *store.Tx) error {
		if _, err := do(tx); err != nil {
			return err
		}
		p, err := archive.Get(tx, n[0])
		if err != nil {
			return err
		}
		e := audit.Entry{At: a.now(), Actor: a.actor, Action: action, List: uint32(p.List)}
		for _, item := range n {
			e.Items = append(e.Items, uint64(item))
		}
		return audit.Append(tx, e)
	})
	if err != nil {
		return threadError(err)
	}
	return archive.Finish(ctx, a.db)
}

// threadError makes what cannot be done with these numbers a fault of the command line.
func threadError(err error) error {
	for _, wrong := range []error{
		archive.ErrNoThread, archive.ErrNoPost, archive.ErrOneThread, archive.ErrOtherList, archive.ErrFounder,
		archive.ErrWhole, archive.ErrBelow,
	} {
		if errors.Is(err, wrong) {
			return usage("%w; look with: sencoforum thread show N", err)
		}
	}
	return err
}

func threadRebuildCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "rebuild",
		Short: "Compute all threads anew from the stored messages",
		Long: "Compute all threads anew from the stored messages, with what moderators changed, and put\n" +
			"right what differs. The server may run. It needs room for the indexes once more.",
		Example: "  sencoforum thread rebuild",
		Args:    exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.reach(cmd, func(ctx context.Context, a *admin) error { return a.rebuildThreads(ctx) })
		},
	}
}

func (a *admin) rebuildThreads(ctx context.Context) error {
	if err := archive.Finish(ctx, a.db); err != nil {
		return err
	}
	r, err := archive.Rebuild(ctx, a.db, filepath.Join(a.cfg.Data, threadScratch), a.tellProgress())
	if err != nil {
		return err
	}
	err = a.db.Update(func(tx *store.Tx) error {
		return audit.Append(tx, audit.Entry{At: a.now(), Actor: a.actor, Action: "thread rebuild"})
	})
	if err != nil {
		return err
	}
	return a.show(r, func(t *text) {
		t.say("%s and %s of moderators were gone through.", plural(r.Posts, "post"), plural(r.Acts, "act"))
		if r.Rows == 0 && r.Moved == 0 {
			t.say("All were where they belong.")
		} else {
			t.say("%s moved to another place; %s of the indexes put right.", plural(r.Moved, "post"), plural(r.Rows, "row"))
		}
		if r.Facts > 0 {
			t.say("%s judged anew: question, answer, words, files.", plural(r.Facts, "post"))
		}
		if r.Missing > 0 {
			t.say("%s stayed in place because the message is gone.", plural(r.Missing, "post"))
		}
	})
}

// progressEvery is after how many posts a long command says how far it is.
const progressEvery = 25_000

// tellProgress returns a function that says now and then, beside the result, how many posts are done.
func (a *admin) tellProgress() func(done, all int) {
	next := progressEvery
	return func(done, all int) {
		if done >= next {
			fmt.Fprintf(a.errOut, "%d of %s\n", done, plural(all, "post"))
			next = done + progressEvery
		}
	}
}
