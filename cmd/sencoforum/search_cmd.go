package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/archive"
	"sencoforum/calendar"
	"sencoforum/list"
	"sencoforum/search"
	"sencoforum/store"
)

func searchCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "search WORDS",
		Short: "Find discussions in the archive",
		Long: "Find discussions in the archive, as members do. Words may be \"exact words\", -word, from:priya,\n" +
			"subject:tribunal, year:2014, after:2/9/2014, has:file, is:unanswered, in:quotes, sort:newest.\n" +
			"Other names of the same thing are looked for besides; --only looks for the words alone.\n" +
			"A word that begins with a minus stands behind --.",
		Example: "  sencoforum search annual review\n  sencoforum search -- 'annual review' -statement year:2014",
		Args:    between(1, 50),
	}
	var s searchFlags
	s.list = listFlag(c)
	c.Flags().IntVar(&s.count, "count", 10, "discussions to show, at most 50")
	c.Flags().StringVar(&s.after, "after", "", "go on behind this place, as the last answer named it")
	c.Flags().BoolVar(&s.only, "only", false, "look for these words alone")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		s.words = strings.Join(args, " ")
		return o.reach(cmd, func(ctx context.Context, a *admin) error { return a.find(ctx, s) })
	}
	return c
}

type searchFlags struct {
	words, after string
	list         *string
	count        int
	only         bool
}

// find searches with the server's index, or with the one on disk where no server runs.
func (a *admin) find(ctx context.Context, f searchFlags) error {
	s := a.searcher
	if s == nil {
		log := slog.New(slog.NewTextHandler(a.errOut, &slog.HandlerOptions{Level: slog.LevelError}))
		x := openSearch(log, a.db, archive.NewOverview(log, a.db), a.cfg.Data)
		defer x.Close()
		if err := x.CatchUp(ctx); err != nil {
			return err
		}
		s = search.NewSearcher(x, newWords(log, a.cfg.Data).now.Load())
	}
	var reader search.Reader
	err := a.db.View(func(tx *store.Tx) (err error) {
		if reader, err = search.ReaderOfOperator(tx); err != nil || *f.list == "" {
			return err
		}
		l, err := a.list(tx, *f.list)
		reader = reader.Within(l.ID)
		return err
	})
	if err != nil {
		return err
	}
	q := search.Parse(f.words, a.now())
	q.Exact = q.Exact || f.only
	got, err := s.Search(ctx, reader, search.Ask{Query: q, Count: f.count, After: search.ReadPlace(f.after)})
	if err != nil {
		return err
	}
	names, err := a.listNames()
	if err != nil {
		return err
	}
	return a.show(viewOf(got, names), func(t *text) { tellFound(t, got, a.now()) })
}

func (a *admin) listNames() (map[list.ID]string, error) {
	names := map[list.ID]string{}
	err := a.db.View(func(tx *store.Tx) error {
		for l, err := range list.All(tx) {
			if err != nil {
				return err
			}
			names[l.ID] = l.Name
		}
		return nil
	})
	return names, err
}

// foundView is what was found, as JSON.
type foundView struct {
	Query       string        `json:"query"`
	Wanted      string        `json:"wanted,omitempty"` // what was typed, where query is a correction of it
	Meant       string        `json:"meant,omitempty"`
	Also        []string      `json:"also,omitempty"`
	Why         []string      `json:"why,omitempty"`
	Notes       []string      `json:"notes,omitempty"`
	Discussions int           `json:"discussions"` // in all; where "loose" is false, without those of "found" that are loose
	Posts       int           `json:"posts"`
	Loose       bool          `json:"loose,omitempty"`
	Partial     bool          `json:"partial,omitempty"`
	Indexed     int           `json:"indexed_percent"`
	Found       []hitView     `json:"found"`
	Next        string        `json:"next,omitempty"`
	Facets      search.Facets `json:"facets"`
}

type hitView struct {
	Thread   archive.Number `json:"thread"`
	List     string         `json:"list"`
	Subject  string         `json:"subject"`
	Posts    int            `json:"posts"`
	Matches  int            `json:"matches"`
	Post     archive.Number `json:"post"` // the one that fits best
	Author   string         `json:"author"`
	Written  time.Time      `json:"written"`
	Question bool           `json:"question,omitempty"`
	Answered bool           `json:"answered,omitempty"`
	Loose    bool           `json:"loose,omitempty"`
	Era      string         `json:"era,omitempty"`
	Snippet  []search.Span  `json:"snippet"`
}

func viewOf(got search.Answers, names map[list.ID]string) foundView {
	v := foundView{
		Query: got.Query.Typed, Wanted: got.Wanted, Meant: got.Meant, Also: got.Also, Why: got.Why, Discussions: got.Discussions, Posts: got.Posts,
		Loose: got.Loose, Partial: got.Partial, Indexed: got.Rebuilding, Found: []hitView{}, Next: got.Next.String(), Facets: got.Facets,
	}
	for _, n := range got.Query.Notes {
		v.Notes = append(v.Notes, n.Text)
	}
	for _, f := range got.Found {
		v.Found = append(v.Found, hitView{
			Thread: f.Thread, List: names[f.List], Subject: search.Text(f.Subject), Posts: f.Posts, Matches: f.Matches, Post: f.Best, Author: f.Author,
			Written: f.Written, Question: f.Question, Answered: f.Answered, Loose: f.Loose, Era: f.Era, Snippet: f.Snippet,
		})
	}
	return v
}

// tellCount says how many discussions were found, and how many of them stand below. Those with only some of the words are not counted
// where others have all of them.
func tellCount(t *text, got search.Answers) {
	shown := 0
	for _, f := range got.Found {
		if f.Loose == got.Loose {
			shown++
		}
	}
	below := "" // where all of them stand below
	if shown < got.Discussions {
		below = fmt.Sprintf(" %d of them are below.", shown)
	}
	if got.Loose && len(got.Found) > 0 {
		t.say("No message has all of these words. %s with most of them.%s", plural(got.Discussions, "discussion"), below)
		return
	}
	if got.Discussions == 0 {
		t.say("0 discussions.")
		return
	}
	matching := plural(got.Posts, "message") + " that match"
	if got.Posts == 1 {
		matching += "es"
	}
	t.say("%s, with %s.%s", plural(got.Discussions, "discussion"), matching, below)
}

// tellFound prints what was found for people.
func tellFound(t *text, got search.Answers, now time.Time) {
	if got.Wanted != "" {
		t.say("Showing results for %q. For %q alone use quotes.", got.Query.Typed, got.Wanted)
	}
	if got.Meant != "" {
		t.say("Did you mean %q?", got.Meant)
	}
	tellCount(t, got)
	if len(got.Also) > 0 {
		t.paragraph("Also searched for: ", strings.Join(got.Also, ", "))
	}
	for _, why := range got.Why {
		t.paragraph("", why)
	}
	for _, n := range got.Query.Notes {
		t.say("%s", n.Text)
	}
	if got.Partial {
		t.say("There was not enough time, so some may be missing.")
	}
	if got.Rebuilding < 100 {
		t.say("The index is being made anew: %d %%.", got.Rebuilding)
	}
	loose := got.Loose
	for _, f := range got.Found {
		if f.Loose && !loose {
			t.say("")
			t.say("Not counted above, with most of the words:")
			loose = true
		}
		t.say("")
		t.say("#%d  %s", f.Thread, search.Text(f.Subject))
		says := []string{f.Author + ", " + day(f.Written.In(calendar.London())), fmt.Sprintf("%s, %d found", plural(f.Posts, "message"), f.Matches)}
		switch {
		case f.Answered:
			says = append(says, "answered")
		case f.Question:
			says = append(says, "no answer yet")
		}
		t.say("    %s", strings.Join(says, " - "))
		if f.Era != "" {
			t.say("    %s", f.Era)
		}
		t.paragraph("    ", search.Text(f.Snippet))
	}
	if next := got.Next.String(); next != "" {
		t.say("")
		t.say("More with: --after %s", next)
	}
}
