package main

import (
	"context"
	"errors"
	"strconv"

	"github.com/spf13/cobra"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/list"
	"sencoforum/store"
)

// topicCountMost bounds the discussions that are counted for each topic.
const topicCountMost = 10_000

func topicCommand(o *rootOptions) *cobra.Command {
	c := group("topic", "Make the topics of a list",
		topicListCommand(o), topicAddCommand(o), topicRenameCommand(o), topicRemoveCommand(o))
	c.Annotations = map[string]string{minor: "yes"}
	return c
}

// topicView is a topic as JSON.
type topicView struct {
	archive.Topic
	Threads int `json:"threads"`
}

func topicListCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:     "list [TOPIC]",
		Short:   "List the topics of a list, or the newest threads with one of them",
		Example: "  sencoforum topic list\n  sencoforum topic list exam-access",
		Args:    between(0, 1),
	}
	name := listFlag(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error {
			if len(args) == 1 {
				return a.showTopic(*name, args[0])
			}
			return a.showTopics(*name)
		})
	}
	return c
}

func (a *admin) showTopics(name string) error {
	var l list.List
	all := []topicView{}
	err := a.db.View(func(tx *store.Tx) (err error) {
		if l, err = a.list(tx, name); err != nil {
			return err
		}
		set, err := archive.Topics(tx, l.ID)
		if err != nil {
			return err
		}
		counts, err := archive.CountByTopic(tx, l.ID, topicCountMost)
		for _, t := range set {
			all = append(all, topicView{Topic: t, Threads: counts[t.ID]})
		}
		return err
	})
	if err != nil {
		return err
	}
	return a.show(all, func(t *text) {
		var rows [][]string
		for _, v := range all {
			rows = append(rows, []string{strconv.Itoa(v.Order), v.Slug, v.Name, strconv.Itoa(v.Threads)})
		}
		t.rows([]string{"ORDER", "TOPIC", "NAME", "THREADS"}, rows)
		if len(all) == 0 {
			t.say("%s has no topics yet. Make one with: sencoforum topic add NAME", l.Post())
		}
	})
}

// topicPage is how many threads of a topic are shown.
const topicPage = 50

func (a *admin) showTopic(name, word string) error {
	var topic archive.Topic
	more := false
	all := []threadLine{}
	err := a.db.View(func(tx *store.Tx) error {
		l, err := a.list(tx, name)
		if err != nil {
			return err
		}
		if topic, err = archive.FindTopic(tx, l.ID, word); err != nil {
			return err
		}
		found, next, err := archive.ByTopic(tx, topic, archive.TopicPlace{}, topicPage)
		if err != nil {
			return err
		}
		more = next != archive.TopicPlace{}
		for _, n := range found {
			line, err := lineOf(tx, n)
			if err != nil {
				return err
			}
			all = append(all, line)
		}
		return nil
	})
	if err != nil {
		return curationError(err)
	}
	return a.show(map[string]any{"topic": topic, "threads": all, "more": more}, func(t *text) {
		var rows [][]string
		for _, v := range all {
			rows = append(rows, []string{strconv.Itoa(int(v.Number)), day(v.Written), v.Subject})
		}
		t.rows([]string{"THREAD", "BEGUN", "SUBJECT"}, rows)
		switch {
		case len(all) == 0:
			t.say("No thread is tagged with %s. Tag one with: sencoforum thread tag N %s", topic.Name, topic.Slug)
		case more:
			t.say("These are the newest; there are more.")
		}
	})
}

func topicAddCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "add NAME",
		Short: "Make a topic",
		Long: "Make a topic of a list, which has at most 60. Its slug, the word in the address of its page, is\n" +
			"made from the name.",
		Example: `  sencoforum topic add "Exam access"`,
		Args:    exactly(1),
	}
	name, slug, order := listFlag(c), slugFlag(c), orderFlag(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error {
			return a.changeTopic(*name, "topic add", func(tx *store.Tx, l list.ID) (archive.Topic, bool, error) {
				return archive.AddTopic(tx, archive.Topic{List: l, Name: args[0], Slug: *slug, Order: *order, Made: a.now().UTC()})
			})
		})
	}
	return c
}

func slugFlag(c *cobra.Command) *string {
	return c.Flags().String("slug", "", "the `WORD` in the address of its page")
}

func orderFlag(c *cobra.Command) *int {
	return c.Flags().Int("order", 0, "its `PLACE` among the others, from 1; 0: the end, or where it is")
}

func topicRenameCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "rename TOPIC [NAME]",
		Short: "Give a topic another name, slug or place",
		Long: "Give a topic another name, slug or place. What is tagged with it stays tagged. A new name keeps\n" +
			"the slug, so that links to its page stay good.",
		Example: `  sencoforum topic rename exam-access "Access arrangements" --order 1`,
		Args:    between(1, 2),
	}
	name, slug, order := listFlag(c), slugFlag(c), orderFlag(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		to := archive.Topic{Slug: *slug, Order: *order}
		if len(args) == 2 {
			to.Name = args[1]
		}
		if to == (archive.Topic{}) {
			return usage("nothing to change; give a name, --slug or --order")
		}
		return o.reach(cmd, func(_ context.Context, a *admin) error {
			return a.changeTopic(*name, "topic rename", func(tx *store.Tx, l list.ID) (archive.Topic, bool, error) {
				t, err := archive.FindTopic(tx, l, args[0])
				if err != nil {
					return t, false, err
				}
				to := to
				to.List = l
				return archive.ChangeTopic(tx, t.ID, to)
			})
		})
	}
	return c
}

// changeTopic makes or changes a topic, and records it if there was a difference.
func (a *admin) changeTopic(name, action string, do func(tx *store.Tx, l list.ID) (archive.Topic, bool, error)) error {
	var l list.List
	var topic archive.Topic
	var changed bool
	err := a.db.Update(func(tx *store.Tx) (err error) {
		if l, err = a.list(tx, name); err != nil {
			return err
		}
		if topic, changed, err = do(tx, l.ID); err != nil || !changed {
			return err
		}
		return a.record(tx, audit.Entry{Action: action, List: uint32(l.ID), Items: []uint64{uint64(topic.ID)}})
	})
	if err != nil {
		return curationError(err)
	}
	return a.show(topic, func(t *text) {
		verb := "is now"
		if !changed {
			verb = "was already"
		}
		t.say("%s (%s) %s topic %d of %s.", topic.Name, topic.Slug, verb, topic.Order, l.Post())
	})
}

func topicRemoveCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:     "remove TOPIC",
		Short:   "Remove a topic; threads lose it",
		Long:    "Remove a topic. Threads that are tagged with it lose it, for which it asks first.",
		Example: "  sencoforum topic remove exam-access",
		Args:    exactly(1),
	}
	name := listFlag(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return o.reach(cmd, func(ctx context.Context, a *admin) error { return a.removeTopic(ctx, *name, args[0]) })
	}
	return c
}

func (a *admin) removeTopic(ctx context.Context, name, word string) error {
	var l list.List
	var topic archive.Topic
	tagged := 0
	err := a.db.View(func(tx *store.Tx) (err error) {
		if l, err = a.list(tx, name); err != nil {
			return err
		}
		if topic, err = archive.FindTopic(tx, l.ID, word); err != nil {
			return err
		}
		counts, err := archive.CountByTopic(tx, l.ID, topicCountMost)
		tagged = counts[topic.ID]
		return err
	})
	if err != nil {
		return curationError(err)
	}
	if tagged > 0 {
		if err := a.confirm("%s of %s lose the topic %s.", plural(tagged, "thread"), l.Post(), topic.Name); err != nil {
			return err
		}
	}
	err = a.db.Update(func(tx *store.Tx) error {
		if err := archive.RemoveTopic(tx, l.ID, topic.ID); err != nil {
			return err
		}
		return a.record(tx, audit.Entry{Action: "topic remove", List: uint32(l.ID), Items: []uint64{uint64(topic.ID)}})
	})
	if err != nil {
		return curationError(err)
	}
	if err := archive.ClearTopics(ctx, a.db); err != nil {
		return err
	}
	return a.show(map[string]any{"removed": topic.Slug, "threads": tagged}, func(t *text) {
		t.say("Removed the topic %s of %s; %s had it.", topic.Name, l.Post(), plural(tagged, "thread"))
	})
}

// curationError makes what cannot be done with these words and numbers a fault of the command line, with what to do.
func curationError(err error) error {
	for _, wrong := range []struct {
		err  error
		next string
	}{
		{archive.ErrNoTopic, "all topics: sencoforum topic list"},
		{archive.ErrTopicTaken, "all topics: sencoforum topic list"},
		{archive.ErrManyTopics, "remove one first: sencoforum topic remove TOPIC"},
		{archive.ErrManyTagged, "take one away first: sencoforum thread untag N TOPIC"},
		{archive.ErrManyPinned, "unpin one first: sencoforum thread unpin N"},
		{archive.ErrNoCollection, "all collections: sencoforum collection list"},
		{archive.ErrCollectionTaken, "all collections: sencoforum collection list"},
		{archive.ErrManyCollections, "remove one first: sencoforum collection remove SLUG"},
		{archive.ErrManyEntries, "take one out first: sencoforum collection remove SLUG N"},
		{archive.ErrNoEntry, "what is in it: sencoforum collection show SLUG"},
		{archive.ErrNoEra, "all eras: sencoforum list era list LIST"},
		{archive.ErrManyEras, "remove one first: sencoforum list era remove LIST --before DATE"},
		{archive.ErrWords, "nothing was changed"},
	} {
		if errors.Is(err, wrong.err) {
			return usage("%w; %s", err, wrong.next)
		}
	}
	return threadError(err)
}
