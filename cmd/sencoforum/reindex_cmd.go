package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/calendar"
	"sencoforum/document"
	"sencoforum/notice"
	"sencoforum/search"
	"sencoforum/store"
)

// searchName is the directory of the search index in the data directory.
const searchName = "search"

// openSearch opens the search index of a data directory.
func openSearch(log *slog.Logger, db *store.DB, overview *archive.Overview, dir string) *search.Index {
	return search.Open(log, db, overview, search.Config{
		Dir: filepath.Join(dir, searchName), Files: textOfFile, Now: time.Now,
		Due: func() time.Time { return nextNight(time.Now()) },
	})
}

// startSearch opens the index and lets members search.
func (h *house) startSearch() {
	h.search = openSearch(h.log, h.db, h.overview, h.cfg.Data)
	h.searcher = search.NewSearcher(h.search, h.words.now.Load())
	h.desk.Answer(h.searcher)
}

// What is said of earlier discussions in an acknowledgement, which should not wait for them.
const (
	askedBeforeMost = 3
	askedBeforeTime = time.Second
)

// askedBefore finds earlier discussions about what a post asks.
func (h *house) askedBefore(ctx context.Context, p archive.Post) (earlier []notice.Earlier) {
	if h.searcher == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askedBeforeTime)
	defer cancel()
	var reader search.Reader
	err := h.db.View(func(tx *store.Tx) (err error) { reader, err = search.ReaderOf(tx, p.Author); return err })
	if err != nil {
		h.log.Error("earlier discussions are not looked for", "post", p.Number, "cause", err)
		return nil
	}
	likes, err := h.searcher.Similar(ctx, reader.Within(p.List), p.Number, askedBeforeMost)
	if err != nil {
		h.log.Warn("earlier discussions are not found", "post", p.Number, "cause", err)
	}
	for _, l := range likes {
		e := notice.Earlier{Number: uint32(l.Thread), Title: l.Subject, Begun: l.Begun.In(calendar.London()), Posts: l.Posts}
		if h.cfg.WebURL != "" {
			e.Link = fmt.Sprintf("%s/t/%d", strings.TrimRight(h.cfg.WebURL, "/"), l.Thread)
		}
		earlier = append(earlier, e)
	}
	return earlier
}

// textOfFile is the text of a file that came with a post.
func textOfFile(ctx context.Context, name string, data []byte) (string, error) {
	t, err := document.Extract(ctx, name, data)
	return t.String(), err
}

func reindexCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "reindex",
		Short: "Make the search index anew from the archive",
		Long: "Make the search index anew from the archive. Searches are answered by the old index meanwhile,\n" +
			"and mail goes on. The server does so by itself when the index is missing or broken, and in the\n" +
			"night after words were taken out. Ctrl-C ends the waiting, and the server goes on with it.\n" +
			"--status only tells how far the index is.",
		Example:     "  sencoforum reindex\n  sencoforum reindex --status",
		Args:        exactly(0),
		Annotations: map[string]string{minor: unnamed},
	}
	status := c.Flags().Bool("status", false, "change nothing, only tell")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.reach(cmd, func(ctx context.Context, a *admin) error { return a.reindex(ctx, *status) })
	}
	return c
}

// reindex makes the index anew, in the server or here.
func (a *admin) reindex(ctx context.Context, status bool) error {
	x := a.search
	if x == nil {
		log := slog.New(slog.NewTextHandler(a.errOut, &slog.HandlerOptions{Level: slog.LevelError}))
		x = openSearch(log, a.db, archive.NewOverview(log, a.db), a.cfg.Data)
		defer x.Close()
		if err := x.CatchUp(ctx); err != nil {
			return err
		}
	}
	if !status {
		if err := a.indexAnew(ctx, x); err != nil {
			return err
		}
		err := a.db.Update(func(tx *store.Tx) error { return a.record(tx, audit.Entry{Action: "reindex"}) })
		if err != nil {
			return err
		}
	}
	p, err := x.Progress()
	if err != nil {
		return err
	}
	return a.show(p, func(t *text) { tellIndex(t, p) })
}

// tellIndex says how far an index is.
func tellIndex(t *text, p search.Progress) {
	t.say("The index is %s for %s.", size(p.Bytes), plural(p.Posts, "post"))
	if p.Rebuilding {
		t.say("It is being made anew: %d %%.", p.Percent)
	}
	if p.Behind > 0 {
		t.say("%s in the archive it does not know yet.", plural(p.Behind, "change"))
	}
	if p.Residue > 0 {
		t.say("Its files may still hold words of %s that were taken out, until it is made anew.", plural(p.Residue, "post"))
	}
	if p.Skipped > 0 {
		t.say("%s could not be indexed; the log says why.", plural(p.Skipped, "post"))
	}
}

// indexLook is how often a command looks at the work of the server.
const indexLook = 200 * time.Millisecond

// indexAnew waits until the index is made anew.
func (a *admin) indexAnew(ctx context.Context, x *search.Index) error {
	said := 0
	say := func(percent int) {
		if percent >= said+10 {
			said = percent - percent%10
			fmt.Fprintf(a.errOut, "%d %%\n", said)
		}
	}
	if a.search == nil {
		return x.Rebuild(ctx, say)
	}
	for x.Reindex(); ; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(indexLook):
		}
		p, err := x.Progress()
		if err != nil || !p.Rebuilding {
			return err
		}
		say(p.Percent)
	}
}
