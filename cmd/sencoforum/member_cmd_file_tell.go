package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/list"
	"sencoforum/membership"
)

// readingFlags adds the flags that say how a file of members is read.
func readingFlags(c *cobra.Command) func() (membership.Reading, error) {
	var formats []string
	for _, f := range membership.Formats() {
		formats = append(formats, string(f))
	}
	format := c.Flags().String("format", string(membership.FormatAuto), "what the file is, as a `FORMAT`:\n"+strings.Join(formats, ", "))
	mode := c.Flags().String("mode", "", "how posts come to members of whom the file says no `MODE`")
	moderators := c.Flags().Bool("moderators", false, "whoever moderated or owned the list on another system does so here")
	return func() (membership.Reading, error) {
		r := membership.Reading{Format: membership.Format(*format), Mode: list.DeliveryMode(*mode), Moderators: *moderators}
		if !slices.Contains(formats, *format) {
			return r, usage("there is no format %q; the formats are %s", *format, strings.Join(formats, ", "))
		}
		if *mode != "" {
			m, err := membership.Set(membership.Member{}, "mode", *mode, time.Time{})
			if err != nil {
				return r, usage("%w", err)
			}
			r.Mode = m.Membership.Mode
		}
		return r, nil
	}
}

// importView is an import as JSON.
type importView struct {
	List      string                    `json:"list"`
	Format    membership.Format         `json:"format"`
	Written   bool                      `json:"written"`
	Added     int                       `json:"added"`
	Changed   int                       `json:"changed"`
	Unchanged int                       `json:"unchanged"`
	Faults    int                       `json:"faults"`
	Modes     map[list.DeliveryMode]int `json:"modes,omitempty"` // of those who are added, for files of other systems
	Unused    []string                  `json:"unused_columns,omitempty"`
	Steps     []membership.Step         `json:"steps,omitempty"` // all that are not unchanged; faults alone once written
	Remarks   []remarkView              `json:"remarks,omitempty"`
	Officials []membership.Official     `json:"officials,omitempty"`
	Settings  []membership.Setting      `json:"settings,omitempty"` // those that are not so already
	Notes     []string                  `json:"notes,omitempty"`
}

// remarkView is a remark with how many members it is made about.
type remarkView struct {
	Text    string `json:"text"`
	Members int    `json:"members"`
}

// tell says what was done, or would be, and gives the exit code.
func (i *importing) tell() error {
	p := i.plan
	settings, misfits := i.settings()
	v := importView{
		List: i.to.Name, Format: i.file.Format, Written: i.write,
		Added: p.Added, Changed: p.Changed, Unchanged: p.Unchanged, Faults: p.Faults,
		Unused: i.file.Unused, Steps: i.steps(), Remarks: i.remarks(), Officials: i.file.Officials,
		Settings: settings, Notes: append(misfits, i.file.Notes...),
	}
	if v.Format != membership.FormatCSV {
		v.Modes = p.Modes
	}
	err := i.show(v, func(t *text) {
		var rows [][]string
		for _, s := range v.Steps {
			rows = append(rows, []string{i.place(s), string(s.Action), orDash(s.Address), changesOf(s)})
		}
		t.rows(nil, rows)
		if len(v.Unused) > 0 {
			t.say("Columns that say nothing to me: %s.", strings.Join(v.Unused, ", "))
		}
		i.tellOther(t, v)
		if modes := modesOf(v.Modes); modes != "" {
			t.say("Of those added, posts come: %s.", modes)
		}
		t.say("%d added, %d changed, %d unchanged, %s.", p.Added, p.Changed, p.Unchanged, plural(p.Faults, "fault"))
		t.say("%s", i.ending())
	})
	switch {
	case err != nil || p.Faults == 0 || i.write:
		return err
	case i.dry:
		return &exit{code: exitChecks, err: errSaid}
	}
	return &exit{code: exitFailed, err: errSaid}
}

// modesOf counts members by how posts come to them.
func modesOf(n map[list.DeliveryMode]int) string {
	var all []string
	for _, m := range []list.DeliveryMode{list.ModeEvery, list.ModeQuestions, list.ModeDaily, list.ModeWeekly, list.ModeNone} {
		if n[m] > 0 {
			all = append(all, fmt.Sprintf("%s %d", m, n[m]))
		}
	}
	return strings.Join(all, ", ")
}

// tellOther says what a file of another system tells beside its members.
func (i *importing) tellOther(t *text, v importView) {
	for _, r := range v.Remarks {
		t.say("%s: %s.", plural(r.Members, "member"), r.Text)
	}
	if len(v.Officials) > 0 {
		var all []string
		for _, o := range v.Officials {
			all = append(all, o.Address+" ("+string(o.Role)+")")
		}
		t.paragraph("Who ran it there: ", strings.Join(all, ", ")+".")
		if !i.how.Moderators {
			t.say("That gives nobody a role here; --moderators gives them these.")
		}
	}
	if len(v.Notes) > 0 {
		t.say("What could not be kept, or is otherwise here:")
		for _, n := range v.Notes {
			t.paragraph("  - ", n)
		}
	}
	if len(v.Settings) > 0 {
		t.say("Settings of the list there; to have them here:")
		for _, s := range v.Settings {
			t.say("  sencoforum list set %s %s %s", i.to.Name, s.Key, quoted(s.Value))
		}
	}
}

// settings are those of the file that are not so here already, and a sentence for each that this server refuses.
func (i *importing) settings() (wanted []membership.Setting, misfits []string) {
	for _, w := range i.file.Settings {
		s, err := findSetting(w.Key)
		if err != nil {
			continue
		}
		after := i.to
		if err := s.change(&after, w.Value); err != nil {
			misfits = append(misfits, fmt.Sprintf("%s was %q: %v", w.Key, w.Value, err))
			continue
		}
		if s.show(after) != s.show(i.to) {
			wanted = append(wanted, w)
		}
	}
	return wanted, misfits
}

// quoted is a word as a shell takes it whole, whatever is in it.
func quoted(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// remarks counts the members about whom each remark is made, without its date, in the order of the first.
func (i *importing) remarks() []remarkView {
	var all []remarkView
	at := map[string]int{}
	for _, s := range i.plan.Steps {
		for _, r := range s.Remarks {
			r, _, _ = strings.Cut(r, ", since ")
			if _, ok := at[r]; !ok {
				at[r] = len(all)
				all = append(all, remarkView{Text: r})
			}
			all[at[r]].Members++
		}
	}
	return all
}

// place says where in the file a step comes from.
func (i *importing) place(s membership.Step) string {
	switch {
	case s.Line == 0:
		return "in charge"
	case i.file.Format == membership.FormatMailman2:
		return fmt.Sprintf("member %d", s.Line)
	}
	return fmt.Sprintf("line %d", s.Line)
}

func (i *importing) ending() string {
	switch {
	case i.write && i.plan.Faults > 0:
		return "The lines with a fault were left out. Nobody was mailed."
	case i.write && i.how.Wait && i.plan.Added > 0:
		return "Nobody was mailed, and who was added gets nothing yet. To tell them, so many a day: sencoforum invite imported --list " + i.to.Name + " --per-day 200"
	case i.write:
		return "Nobody was mailed."
	case i.dry:
		return "Nothing was written: this was a dry run."
	}
	return "Nothing was written. Correct the faults, or leave those lines out with --skip-bad."
}

// steps are those worth a line: what a dry run would do, and faults.
func (i *importing) steps() []membership.Step {
	var all []membership.Step
	for _, s := range i.plan.Steps {
		if s.Action == membership.Faulty || i.dry && s.Action != membership.Unchanged {
			all = append(all, s)
		}
	}
	return all
}

func changesOf(s membership.Step) string {
	if s.Action == membership.Faulty {
		return s.Fault
	}
	var all []string
	for _, c := range s.Changes {
		all = append(all, fmt.Sprintf("%s: %s -> %s", c.Key, orDash(c.From), orDash(c.To)))
	}
	return strings.Join(append(all, s.Remarks...), ", ")
}
