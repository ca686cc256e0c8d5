package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/store"
)

// curatedView is what moderators said about a thread, as JSON.
type curatedView struct {
	Topics      []string      `json:"topics,omitempty"` // slugs
	Pinned      *archive.Mark `json:"pinned,omitempty"`
	Closed      *archive.Mark `json:"closed,omitempty"`
	Moderated   *archive.Mark `json:"moderated,omitempty"`
	Collections []string      `json:"collections,omitempty"` // slugs
	Era         string        `json:"era,omitempty"`         // the sentence that its first post carries

	names, titles []string
}

// viewCurated reads what moderators said about a thread, and the sentence that its first post carries.
func viewCurated(tx *store.Tx, thread archive.Number, first archive.Post) (v curatedView, err error) {
	c, err := archive.Curated(tx, thread)
	if err != nil {
		return v, err
	}
	for _, t := range c.Topics {
		v.Topics, v.names = append(v.Topics, t.Slug), append(v.names, t.Name)
	}
	for _, in := range c.Collections {
		v.Collections, v.titles = append(v.Collections, in.Slug), append(v.titles, in.Title)
	}
	v.Pinned, v.Closed, v.Moderated = markOrNil(c.Pinned), markOrNil(c.Closed), markOrNil(c.Moderated)
	v.Era, err = archive.Era(tx, first.List, first.Written)
	return v, err
}

func markOrNil(m archive.Mark) *archive.Mark {
	if !m.Set() {
		return nil
	}
	return &m
}

// tell writes a line for each thing that was said.
func (v curatedView) tell(t *text) {
	if len(v.names) > 0 {
		t.say("Topics: %s.", strings.Join(v.names, ", "))
	}
	if v.Pinned != nil {
		t.say("Pinned since %s by %s.", moment(v.Pinned.At), v.Pinned.By)
	}
	if v.Moderated != nil {
		t.say("Under moderation since %s by %s.", moment(v.Moderated.At), v.Moderated.By)
	}
	if v.Closed != nil {
		t.say("Closed since %s by %s.", moment(v.Closed.At), v.Closed.By)
	}
	if len(v.titles) > 0 {
		t.say("In the collections: %s.", strings.Join(v.titles, ", "))
	}
	if v.Era != "" {
		t.say("Its first post carries: %s", v.Era)
	}
}

func threadTagCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "tag N TOPIC...",
		Short: "Tag a thread with topics of its list",
		Long: "Tag a thread with topics of its list, by their names or slugs. A thread has at most 12.\n" +
			"Topics are made with: sencoforum topic add NAME.",
		Example: "  sencoforum thread tag 48213 exam-access dyslexia",
		Args:    between(2, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.tagThread(cmd, args, "thread tag", archive.Tag)
		},
	}
}

func threadUntagCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:     "untag N TOPIC...",
		Short:   "Take topics from a thread",
		Example: "  sencoforum thread untag 48213 dyslexia",
		Args:    between(2, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.tagThread(cmd, args, "thread untag", archive.Untag)
		},
	}
}

// tagThread changes the topics of a thread: all that are named, or none.
func (o *rootOptions) tagThread(cmd *cobra.Command, args []string, action string,
	do func(tx *store.Tx, n archive.Number, id archive.TopicID) (bool, error)) error {
	n, err := parseNumber(args[0])
	if err != nil {
		return err
	}
	return o.reach(cmd, func(_ context.Context, a *admin) error {
		return a.curate(n, action, func(tx *store.Tx, l list.ID) (items []uint64, err error) {
			for _, word := range args[1:] {
				t, err := archive.FindTopic(tx, l, word)
				if err != nil {
					return nil, err
				}
				changed, err := do(tx, n, t.ID)
				if err != nil {
					return nil, err
				}
				if changed {
					items = append(items, uint64(t.ID))
				}
			}
			return items, nil
		})
	})
}

// threadMarks are the words that say something of a whole thread.
var threadMarks = map[string]struct {
	short, long string
	do          func(tx *store.Tx, n archive.Number, by archive.Curator) (bool, error)
}{
	"pin": {"Let a thread stand before the others of its list",
		"Let a thread stand before the others of its list, at most 20 of them.", archive.Pin},
	"unpin": {"End that", "Let a thread stand where it would stand by itself.",
		func(tx *store.Tx, n archive.Number, _ archive.Curator) (bool, error) { return archive.Unpin(tx, n) }},
	"close": {"Close a thread", "Say that a thread is closed. It is shown as closed; posts to it wait for moderators.", archive.Close},
	"hold":  {"Let all that answers a thread wait for moderators", "Let every post that answers a thread wait for moderators, until release.", archive.Moderate},
	"release": {"End that", "Let posts that answer a thread go out as others do.",
		func(tx *store.Tx, n archive.Number, _ archive.Curator) (bool, error) {
			return archive.Unmoderate(tx, n)
		}},
	"open": {"Open a closed thread again", "Open a closed thread again.",
		func(tx *store.Tx, n archive.Number, _ archive.Curator) (bool, error) { return archive.Reopen(tx, n) }},
}

func threadMarkCommand(o *rootOptions, word string) *cobra.Command {
	m := threadMarks[word]
	return &cobra.Command{
		Use:     word + " N",
		Short:   m.short,
		Long:    m.long,
		Example: "  sencoforum thread " + word + " 48213",
		Args:    exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := parseNumber(args[0])
			if err != nil {
				return err
			}
			return o.reach(cmd, func(_ context.Context, a *admin) error {
				return a.curate(n, "thread "+word, func(tx *store.Tx, _ list.ID) ([]uint64, error) {
					changed, err := m.do(tx, n, archive.Curator{Who: a.actor, Now: a.now()})
					if !changed {
						return nil, err
					}
					return []uint64{}, err
				})
			})
		},
	}
}

// curate changes what is said about a thread, records it with the numbers that do returns (nil: nothing was changed),
// and shows the thread.
func (a *admin) curate(n archive.Number, action string, do func(tx *store.Tx, l list.ID) ([]uint64, error)) error {
	var changed bool
	var v struct {
		Number  archive.Number `json:"number"`
		List    string         `json:"list"`
		Changed bool           `json:"changed"`
		curatedView
	}
	err := a.db.Update(func(tx *store.Tx) error {
		c, err := archive.Curated(tx, n)
		if err != nil {
			return err
		}
		items, err := do(tx, c.List)
		if err != nil {
			return err
		}
		if changed = items != nil; changed {
			e := audit.Entry{Action: action, List: uint32(c.List), Items: append([]uint64{uint64(c.Thread)}, items...)}
			if err := a.record(tx, e); err != nil {
				return err
			}
		}
		first, err := archive.Get(tx, c.Thread)
		if err != nil {
			return err
		}
		l, err := list.Get(tx, c.List)
		if err != nil {
			return err
		}
		v.Number, v.List, v.Changed = c.Thread, l.Name, changed
		v.curatedView, err = viewCurated(tx, c.Thread, first)
		return err
	})
	if err != nil {
		return curationError(err)
	}
	return a.show(v, func(t *text) {
		if !changed {
			t.say("Thread %d of %s is as it was.", v.Number, v.List)
		} else {
			t.say("Changed thread %d of %s.", v.Number, v.List)
		}
		v.tell(t)
	})
}

// parseDay reads a date of the command line: the beginning of that day in London.
func parseDay(s string, now time.Time) (time.Time, error) {
	t, err := membership.ParseDate(s, now)
	if err != nil {
		return t, usage("%w", err)
	}
	return t, nil
}
