package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"sencoforum/backup"
	"sencoforum/config"
	"sencoforum/doctor"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/search"
	"sencoforum/store"
	"sencoforum/web"
)

func doctorCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Check DNS, ports, certificate and this machine",
		Long: "Check everything that decides whether mail comes and goes: the DNS records, the name of this\n" +
			"machine, ports, certificate, clock, disk and permissions. Each fault is named with what to do.\n" +
			"It asks the DNS and connects to a large mail host, or to your mail service, but sends no mail.\n" +
			"The exit code is 3 when there is a fault; warnings and what could not be checked are none.",
		Example: "  sencoforum doctor\n  sencoforum doctor --json",
		Args:    exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			err := o.reach(cmd, func(ctx context.Context, a *admin) error { return a.doctor(ctx, nil) })
			if errors.Is(err, store.ErrDamaged) { // the rest can still be looked at
				return o.withoutStore(cmd.Context(), err)
			}
			return err
		},
	}
}

// withoutStore looks at everything but the store, which cannot be opened.
func (o *rootOptions) withoutStore(ctx context.Context, damage error) error {
	cfg, err := o.load()
	if err != nil {
		return err
	}
	a := &admin{cfg: cfg, now: o.now, outside: o.outside, opts: o}
	return a.doctor(ctx, damage)
}

// doctor tells what is wrong with the forum; damage is why its store cannot be opened.
func (a *admin) doctor(ctx context.Context, damage error) error {
	s, err := a.forum()
	if err != nil {
		return err
	}
	s.Store = doctor.Store{Err: damage, Schema: schema, MinFree: minFree(a.cfg), Files: descriptors(), Wanted: asked(a.cfg).files()}
	if a.db != nil {
		s.Store.Free, s.Store.FreeErr = a.db.Free()
		s.Store.BackupErr = a.db.View(func(tx *store.Tx) (err error) { s.Store.Backup, err = backup.Last(tx); return err })
	}
	stored, err := a.storedWords()
	if err != nil {
		return err
	}
	s.Own = append(a.own(), stored...)
	found := doctor.Judge(doctor.Look(ctx, s, a.outside, a.now()))
	v := map[string]any{"findings": found, "faults": doctor.Count(found, doctor.Fault), "warnings": doctor.Count(found, doctor.Warning)}
	if err := a.show(v, func(t *text) { tellFindings(t, found) }); err != nil {
		return err
	}
	if doctor.Count(found, doctor.Fault) > 0 {
		return &exit{code: exitChecks, err: errSaid}
	}
	return nil
}

// own is what the operator wrote.
func (a *admin) own() []doctor.Own {
	words := doctor.Own{What: "Words for search", Path: filepath.Join(a.cfg.Data, search.VocabularyFile)}
	words.Check = "sencoforum glossary check " + words.Path
	v, faults, err := ownWords(a.cfg.Data)
	words.Faults, words.Err = faultLines(faults), err
	if err == nil {
		words.Is = fmt.Sprintf("The %d entries of the program. There is no %s.", len(v.Entries()), words.Path)
		if n := v.Own(); n > 0 {
			words.Is = fmt.Sprintf("%s: %s of your own among %d.", words.Path, pluralOf(n, "entry", "entries"), len(v.Entries()))
		}
		words.Late = a.searcher != nil && !a.searcher.Vocabulary().Same(v)
	}
	all := []doctor.Own{words}
	for _, name := range web.TextNames() {
		page := doctor.Own{What: "Page /" + name, Path: a.cfg.Texts.Path(name), Needed: true, Check: "sencoforum config check"}
		if page.Path == "" {
			continue
		}
		page.Is = page.Path + " is good."
		_, faults, err := ownText(name, page.Path, "")
		page.Faults, page.Err = faultLines(faults), err
		all = append(all, page)
	}
	return all
}

// storedWords are the words that lists have for the server's mails. A list without any is not told of.
func (a *admin) storedWords() (all []doctor.Own, err error) {
	if a.db == nil {
		return nil, nil
	}
	err = a.db.View(func(tx *store.Tx) error {
		all = nil
		for l, err := range list.All(tx) {
			if err != nil {
				return err
			}
			o := doctor.Own{What: "Own words of " + l.Name, Stored: true, Check: fmt.Sprintf("sencoforum notice set --list %s TEXT FILE, or: notice reset --list %s TEXT", l.Name, l.Name)}
			n := 0
			for w, err := range list.AllWords(tx, l.ID) {
				if err != nil {
					return err
				}
				n++
				x, known := notice.FindText(w.Name)
				if !known {
					o.Faults = append(o.Faults, w.Name+": there is no such text any more")
					continue
				}
				_, faults := checkWords(x, l, w.Text, a.now())
				for _, f := range faults {
					o.Faults = append(o.Faults, w.Name+": "+f)
				}
			}
			if o.Is = plural(n, "text") + " in the list's own words."; n > 0 {
				all = append(all, o)
			}
		}
		return nil
	})
	return all, err
}

func faultLines(faults config.Faults) (all []string) {
	for _, f := range faults {
		all = append(all, f.String())
	}
	return all
}

// marks are the levels as they stand at the left edge, of one width.
var marks = map[doctor.Level]string{
	doctor.OK: "ok         ", doctor.Warning: "WARNING    ", doctor.Fault: "FAULT      ", doctor.NotChecked: "UNCHECKED  ",
}

// indent is as wide as a mark.
const indent = "           "

func tellFindings(t *text, all []doctor.Finding) {
	part := ""
	for _, f := range all {
		if f.Part != part {
			if part != "" {
				t.say("")
			}
			part = f.Part
			t.say("%s", part)
		}
		t.paragraph(marks[f.Level], f.Check+": "+f.Found)
		if f.Problem != "" {
			t.paragraph(indent+"wrong:  ", f.Problem)
		}
		if f.Do != "" {
			t.paragraph(indent+word(f.Level), f.Do)
		}
	}
	t.say("")
	faults, warnings, unknown := doctor.Count(all, doctor.Fault), doctor.Count(all, doctor.Warning), doctor.Count(all, doctor.NotChecked)
	t.say("%s, %s, %d that could not be checked, %d ok.", plural(faults, "fault"), plural(warnings, "warning"), unknown, doctor.Count(all, doctor.OK))
	if faults > 0 {
		t.say("Put the faults right from the top down, and run this again.")
	}
}

// word stands before a next step: it is an order only where something is wrong.
func word(l doctor.Level) string {
	if l == doctor.OK {
		return "note:   "
	}
	return "do:     "
}
