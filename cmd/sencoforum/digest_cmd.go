package main

import (
	"context"
	"log/slog"

	"github.com/spf13/cobra"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/digest"
	"sencoforum/list"
	"sencoforum/store"
)

func digestCommand(o *rootOptions) *cobra.Command {
	c := group("digest", "Look at the daily or weekly email, or send one copy of it",
		digestPreviewCommand(o), digestSendCommand(o))
	c.Annotations = map[string]string{minor: unnamed}
	return c
}

// digestFlags say which digest is meant.
type digestFlags struct {
	list  string
	daily bool
}

func (f *digestFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.list, "list", "", "the `LIST`, if there are several")
	c.Flags().BoolVar(&f.daily, "daily", false, "the daily one")
}

func (f digestFlags) kind() digest.Kind {
	if f.daily {
		return digest.Daily
	}
	return digest.Weekly
}

// digestView is a digest as JSON.
type digestView struct {
	Subject     string `json:"subject"`
	Discussions int    `json:"discussions"`
	Messages    int    `json:"messages"`
	Bodies      int    `json:"bodies"`
	Text        string `json:"text"`
	HTML        string `json:"html"`
}

func digestPreviewCommand(o *rootOptions) *cobra.Command {
	var f digestFlags
	var page, browser bool
	c := &cobra.Command{
		Use:   "preview",
		Short: "Show the digest that would go now",
		Long: "Show the digest that would go now, and send nothing: as text, or with --html as the page that\n" +
			"mail programs show, which --browser opens. Where nothing was written since the last one, it is about the week or the\n" +
			"day before.",
		Example: "  sencoforum digest preview\n  sencoforum digest preview --browser",
		Args:    exactly(0),
	}
	f.add(c)
	c.Flags().BoolVar(&page, "html", false, "as a page")
	c.Flags().BoolVar(&browser, "browser", false, "as a page, in your browser")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		show := func() error {
			return o.reach(cmd, func(_ context.Context, a *admin) error { return a.previewDigest(f, page || browser) })
		}
		if !browser || o.inside || o.json {
			return show()
		}
		return o.openPage(cmd.Context(), show)
	}
	return c
}

// editor is the running server's, or one of its own where none runs.
func (a *admin) editor() (*digest.Editor, error) {
	if a.digests != nil {
		return a.digests, nil
	}
	keys, err := openKeys(a.cfg.Data)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(a.errOut, &slog.HandlerOptions{Level: slog.LevelError}))
	return newEditor(log, a.cfg, a.db, keys, archive.NewOverview(log, a.db), newWords(log, a.cfg.Data))
}

// digestOf is the list that a command is for, and who makes its digests.
func (a *admin) digestOf(f digestFlags) (*digest.Editor, list.List, error) {
	l, err := a.listNamed(f.list)
	if err != nil {
		return nil, l, err
	}
	e, err := a.editor()
	return e, l, err
}

func (a *admin) previewDigest(f digestFlags, page bool) error {
	e, l, err := a.digestOf(f)
	if err != nil {
		return err
	}
	i, err := e.Preview(l, f.kind())
	if err != nil {
		return err
	}
	if len(i.Items) == 0 {
		return a.show(digestView{}, func(t *text) { t.say("There is nothing to put into a digest.") })
	}
	c, err := e.Compose(l, i)
	if err != nil {
		return err
	}
	v := digestView{Subject: c.Subject, Discussions: len(i.Items), Messages: i.Posts, Bodies: len(i.Muted) + 1, Text: c.Text, HTML: c.HTML}
	return a.show(v, func(t *text) {
		if page {
			t.to.WriteString(c.HTML)
			return
		}
		t.say("Subject: %s", c.Subject)
		t.say("")
		t.to.WriteString(c.Text)
	})
}

func digestSendCommand(o *rootOptions) *cobra.Command {
	var f digestFlags
	var to string
	c := &cobra.Command{
		Use:   "send --to ADDRESS",
		Short: "Send one copy of the digest that would go now, to one member",
		Long: "Send one copy of the digest that would go now to one member, in whatever way they get posts.\n" +
			"The next digest for everybody is the same as if this one had not been sent.",
		Example: "  sencoforum digest send --to priya@school.example",
		Args:    exactly(0),
	}
	f.add(c)
	c.Flags().StringVar(&to, "to", "", "the `ADDRESS` of a member")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if to == "" {
			return usage("say to whom, with --to ADDRESS")
		}
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.sendDigest(f, to) })
	}
	return c
}

func (a *admin) sendDigest(f digestFlags, address string) error {
	e, l, err := a.digestOf(f)
	if err != nil {
		return err
	}
	var person list.Person
	err = a.db.View(func(tx *store.Tx) error {
		m, err := a.member(tx, l, address)
		person = m.Person
		return err
	})
	if err != nil {
		return err
	}
	n, err := e.SendTo(l, f.kind(), person.ID)
	if err != nil {
		return err
	}
	if n == 0 {
		return a.show(struct{}{}, func(t *text) { t.say("There is nothing to put into a digest; nothing was sent.") })
	}
	err = a.db.Update(func(tx *store.Tx) error {
		return a.record(tx, audit.Entry{Action: "digest send", List: uint32(l.ID), Person: uint32(person.ID)})
	})
	if err != nil {
		return err
	}
	return a.show(map[string]uint32{"issue": uint32(n)}, func(t *text) { t.say("One copy is on its way to %s.", person.Address) })
}
