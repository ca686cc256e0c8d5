package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/search"
)

func glossaryCommand(o *rootOptions) *cobra.Command {
	c := group("glossary", "The words of special needs that search knows",
		glossaryShowCommand(o), glossaryListCommand(o), glossaryCheckCommand(o), glossaryFileCommand(o))
	c.Annotations = map[string]string{minor: unnamed}
	return c
}

// vocabulary is that of the program with the forum's own file. Without settings it is the program's alone.
func (o *rootOptions) vocabulary() (*search.Vocabulary, error) {
	dir := ""
	if cfg, err := o.load(); err == nil {
		dir = cfg.Data
	} else if o.config != "" || o.data != "" {
		return nil, err
	}
	return loadVocabulary(dir)
}

func loadVocabulary(dir string) (*search.Vocabulary, error) {
	if dir == "" {
		return search.ParseVocabulary(search.Shipped())
	}
	v, err := search.LoadVocabulary(dir)
	if err != nil {
		return nil, &exit{code: exitChecks, err: err}
	}
	return v, nil
}

func glossaryShowCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "show WORDS",
		Short: "Say what words mean, and what a search for them looks for",
		Long: "Say what letters or words stand for, and what else a search for them looks for, with the weight\n" +
			"of each: the typed words count 1.",
		Example: "  sencoforum glossary show SEMH\n  sencoforum glossary show \"statement review\"",
		Args:    between(1, -1),
		RunE: func(_ *cobra.Command, args []string) error {
			v, err := o.vocabulary()
			if err != nil {
				return err
			}
			s := shownWords(v, strings.Join(args, " "), o.now())
			return o.show(s, s.tell)
		},
	}
}

// glossaryWords is what is known of words. As JSON it is read by other programs.
type glossaryWords struct {
	Words   string          `json:"words"`
	Entries []*search.Entry `json:"entries"`
	Also    []glossaryAlso  `json:"also"`
	Why     []string        `json:"why"`
}

type glossaryAlso struct {
	For    string  `json:"for"`
	Name   string  `json:"name"`
	Entry  string  `json:"entry"`
	Weight float64 `json:"weight"`
	Before string  `json:"before,omitempty"` // only in posts from before that day
}

func shownWords(v *search.Vocabulary, words string, now time.Time) glossaryWords {
	s := glossaryWords{Words: words, Entries: v.Lookup(words), Also: []glossaryAlso{}, Why: []string{}}
	q := v.Expand(search.Parse(words, now))
	for _, c := range q.Clauses {
		for _, t := range c.Terms {
			typed := strings.Join(t.Words, " ")
			if len(t.Expansions) > 0 && len(s.Entries) == 0 {
				s.Entries = v.Lookup(typed)
			}
			for _, e := range t.Expansions {
				a := glossaryAlso{For: typed, Name: e.Name, Entry: e.Entry, Weight: e.Weight}
				if !e.Before.IsZero() {
					a.Before = e.Before.Format(time.DateOnly)
				}
				s.Also = append(s.Also, a)
			}
		}
	}
	s.Why = append(s.Why, v.Why(q)...)
	return s
}

func (s glossaryWords) tell(t *text) {
	for _, e := range s.Entries {
		t.paragraph("", e.Say())
	}
	if len(s.Entries) == 0 {
		t.say("The vocabulary has no entry for %s.", s.Words)
	}
	for _, why := range s.Why {
		t.say("%s", why)
	}
	var rows [][]string
	for _, a := range s.Also {
		when := ""
		if a.Before != "" {
			when = "posts before " + a.Before[:4]
		}
		rows = append(rows, []string{a.For, a.Name, fmt.Sprintf("%.2f", a.Weight), when})
	}
	t.rows([]string{"typed", "also looked for", "weight", ""}, rows)
}

func glossaryListCommand(o *rootOptions) *cobra.Command {
	var nation string
	c := &cobra.Command{
		Use:     "list",
		Short:   "List all entries",
		Example: "  sencoforum glossary list\n  sencoforum glossary list --nation Wales",
		Args:    exactly(0),
		RunE: func(_ *cobra.Command, _ []string) error {
			v, err := o.vocabulary()
			if err != nil {
				return err
			}
			all := []*search.Entry{}
			for _, e := range v.Entries() {
				if nation == "" || strings.Contains(strings.ToLower(e.Nation), strings.ToLower(nation)) {
					all = append(all, e)
				}
			}
			return o.show(all, func(t *text) {
				for _, e := range all {
					t.paragraph("", e.Say())
				}
				t.say("%s", entriesIn(len(all)))
			})
		},
	}
	c.Flags().StringVar(&nation, "nation", "", "only entries of one `NATION`, such as Wales")
	return c
}

// entriesIn is a number of entries with its word and a full stop.
func entriesIn(n int) string {
	if n == 1 {
		return "1 entry."
	}
	return fmt.Sprintf("%d entries.", n)
}

func glossaryCheckCommand(o *rootOptions) *cobra.Command {
	var whole bool
	c := &cobra.Command{
		Use:   "check FILE|-",
		Short: "Look for faults in a file of entries",
		Long: "Read a file of entries as the server would, with the vocabulary of the program below it, and name\n" +
			"each fault with its line. Nothing is changed. Put a good file into the data directory as\n" +
			search.VocabularyFile + " and reload the server. The exit code is 3 when there are faults.",
		Example: "  sencoforum glossary check " + search.VocabularyFile,
		Args:    exactly(1),
		RunE: func(_ *cobra.Command, args []string) error {
			raw, err := readMail(args[0], o.in)
			if err != nil {
				return err
			}
			g := checkGlossary(string(raw), whole)
			if err := o.show(g, g.tell); err != nil {
				return err
			}
			if len(g.Faults) > 0 {
				return &exit{code: exitChecks, err: errSaid}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&whole, "whole", false, "the file is all there is, without the program's entries")
	return c
}

// glossaryCheck is what was found in a file of entries.
type glossaryCheck struct {
	Entries int      `json:"entries"` // with those of the program
	Changed int      `json:"changed"` // how many more than without the file
	Faults  []string `json:"faults"`
}

func checkGlossary(text string, whole bool) glossaryCheck {
	g := glossaryCheck{Faults: []string{}}
	base := &search.Vocabulary{}
	var err error
	if !whole {
		base, err = search.ParseVocabulary(search.Shipped())
	}
	if err == nil {
		var v *search.Vocabulary
		if v, err = base.With(text); err == nil {
			g.Entries, g.Changed = len(v.Entries()), len(v.Entries())-len(base.Entries())
			return g
		}
	}
	for line := range strings.Lines(err.Error()) {
		g.Faults = append(g.Faults, strings.TrimSpace(line))
	}
	return g
}

func (g glossaryCheck) tell(t *text) {
	for _, f := range g.Faults {
		t.say("%s", f)
	}
	if len(g.Faults) == 0 {
		t.say("The file is good. The glossary would have %s", entriesIn(g.Entries))
	}
}

func glossaryFileCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:     "file",
		Short:   "Print the program's entries as a file",
		Long:    "Print the entries that come with the program as a file, to see how they are written.",
		Example: "  sencoforum glossary file | less",
		Args:    exactly(0),
		RunE: func(_ *cobra.Command, _ []string) error {
			if o.json {
				return usage("the file is text; glossary list --json prints the entries")
			}
			if _, err := o.out.Write([]byte(search.Shipped())); err != nil {
				return errors.Join(errors.New("print"), err)
			}
			return nil
		},
	}
}
