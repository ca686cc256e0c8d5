package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/audit"
	reply "sencoforum/command"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
)

func noticeCommand(o *rootOptions) *cobra.Command {
	c := group("notice", "Write the forum's emails in your own words",
		noticeListCommand(o), noticeShowCommand(o), noticeSetCommand(o), noticeResetCommand(o))
	c.Annotations = map[string]string{minor: "yes"}
	return c
}

// textView is a piece of a mail as JSON.
type textView struct {
	Name    string     `json:"name"`
	Where   string     `json:"where"`
	Words   string     `json:"words"` // the list's own, or the usual ones
	Own     bool       `json:"own"`
	Since   *time.Time `json:"since,omitempty"`
	By      string     `json:"by,omitempty"`
	Preview string     `json:"preview,omitempty"`
}

func viewText(x notice.Text, w list.Words) textView {
	if w.Text == "" { // of words around an email there are none that are usual
		return textView{Name: x.Name, Where: x.Where, Words: x.Usual}
	}
	return textView{Name: x.Name, Where: x.Where, Words: w.Text, Own: true, Since: &w.Since, By: w.By}
}

func noticeListCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the texts that a list may have in its own words",
		Example: "  sencoforum notice list --list senco-forum",
		Args:    exactly(0),
	}
	name := listFlag(c)
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.showTexts(*name) })
	}
	return c
}

func (a *admin) showTexts(name string) error {
	var l list.List
	all := []textView{}
	err := a.db.View(func(tx *store.Tx) (err error) {
		if l, err = a.list(tx, name); err != nil {
			return err
		}
		for _, x := range notice.Texts() {
			w, err := list.WordsOf(tx, l.ID, x.Name)
			if err != nil {
				return err
			}
			all = append(all, viewText(x, w))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return a.show(all, func(t *text) {
		var rows, around [][]string
		for _, v := range all {
			words := "usual"
			if v.Own {
				words = "own, " + day(*v.Since)
			} else if v.Words == "" {
				words = "none"
			}
			if which, whole := strings.CutPrefix(v.Where, notice.Around); whole {
				around = append(around, []string{v.Name, words, which})
				continue
			}
			rows = append(rows, []string{v.Name, words, v.Where})
		}
		t.rows([]string{"PIECE", "WORDS", "WHERE IT STANDS"}, rows)
		t.say("")
		t.rows([]string{"AROUND A MAIL", "WORDS", "WHICH"}, around)
	})
}

// findText finds a piece by its name.
func findText(name string) (notice.Text, error) {
	x, ok := notice.FindText(strings.ToLower(name))
	if ok {
		return x, nil
	}
	var names []string
	for _, x := range notice.Texts() {
		names = append(names, x.Name)
	}
	if near := nearest(name, names); near != "" {
		return x, usage("there is no text %q; did you mean %s?", name, near)
	}
	return x, usage("there is no text %q; to see all: sencoforum notice list", name)
}

func noticeShowCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:     "show TEXT",
		Short:   "Show the words of a text, and the email with them",
		Example: "  sencoforum notice show welcome\n  sencoforum notice show mail-returned",
		Args:    exactly(1),
	}
	name := listFlag(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.showText(*name, args[0]) })
	}
	return c
}

func (a *admin) showText(name, piece string) error {
	x, err := findText(piece)
	if err != nil {
		return err
	}
	var v textView
	err = a.db.View(func(tx *store.Tx) error {
		l, err := a.list(tx, name)
		if err != nil {
			return err
		}
		w, err := list.WordsOf(tx, l.ID, x.Name)
		v = viewText(x, w)
		words := v.Words
		if x.Frame() && !v.Own {
			words = notice.UsualMail
		}
		v.Preview, _ = x.Check(l, words, a.now())
		return err
	})
	if err != nil {
		return err
	}
	return a.show(v, func(t *text) {
		switch {
		case v.Own:
			t.say("The list's own words, since %s, by %s:", day(*v.Since), v.By)
			t.apart(v.Words)
		case x.Frame():
			t.say("There are no words around it: the email says what it always says.")
		case v.Words == "":
			t.say("There are no words for it: it is left out.")
		default:
			t.say("The usual words:")
			t.apart(v.Words)
		}
		if holders := x.Holders(); len(holders) > 0 {
			var rows [][]string
			for _, h := range holders {
				rows = append(rows, []string{"  {" + h[0] + "}", h[1]})
			}
			t.say("")
			t.say("What may stand in braces:")
			t.rows(nil, rows)
		}
		t.preview(v.Preview)
	})
}

// preview shows a mail as Jane would get it.
func (t *text) preview(mail string) {
	if mail != "" {
		t.say("")
		t.say("As Jane would read it:")
		t.apart(mail)
	}
}

// apart shows a text below an empty line, line by line.
func (t *text) apart(words string) {
	t.say("")
	for line := range strings.Lines(strings.TrimRight(words, "\n")) {
		t.say("%s", strings.TrimRight(line, "\n"))
	}
}

func noticeSetCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "set TEXT FILE|-",
		Short: "Write a text in your own words",
		Long: "Write a text in your own words, from a file or from what is typed (-). It is looked at first: known\n" +
			"placeholders only, plain words (reading grade 8 or lower), short lines. The words that people may\n" +
			"answer, the addresses, and what keeps people safe stay as they are. The email is shown as it will be.\n" +
			"A text whose name begins with mail- stands around a whole email: {usual}, on a line alone, is what the\n" +
			"email always says, and up to 8 lines of yours may stand above and below it. It gives no orders to the\n" +
			"robot and does not say what to reply; for questions name {owner}.",
		Example: "  sencoforum notice set reason-advert advert.txt --dry-run\n" +
			"  echo 'Welcome to {list}, {name}. Ask whatever you like.' | sencoforum notice set welcome -\n" +
			"  printf '{usual}\\n\\nOur helpline: 0300 0000000\\n' | sencoforum notice set mail-returned -",
		Args:        exactly(2),
		Annotations: map[string]string{reads: "FILE"},
	}
	name := listFlag(c)
	dry := c.Flags().Bool("dry-run", false, "show the email, and change nothing")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.setText(*name, args[0], *dry) })
	}
	return c
}

func (a *admin) setText(name, piece string, dry bool) error {
	x, err := findText(piece)
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(io.LimitReader(a.in, list.MaxWords+1))
	if err != nil {
		return fmt.Errorf("read words: %w", err)
	}
	if len(raw) > list.MaxWords {
		return usage("the words have more than %d bytes", list.MaxWords)
	}
	w := list.Words{Name: x.Name, Text: notice.Tidy(string(raw)), Since: a.now().UTC(), By: a.actor}
	var l list.List
	var v textView
	err = a.db.Update(func(tx *store.Tx) (err error) {
		if l, err = a.list(tx, name); err != nil {
			return err
		}
		var faults []string
		v = viewText(x, w)
		if v.Preview, faults = checkWords(x, l, w.Text, a.now()); len(faults) > 0 {
			return usage("nothing was changed: %s", strings.Join(faults, "; "))
		}
		if dry {
			return nil
		}
		if err := list.SetWords(tx, l.ID, w); err != nil {
			return err
		}
		return a.record(tx, audit.Entry{Action: "notice set", List: uint32(l.ID), Detail: x.Name})
	})
	if err != nil {
		return err
	}
	return a.show(v, func(t *text) {
		if dry {
			t.say("Nothing was changed.")
		} else {
			t.say("%s has its own words for %s. To go back: sencoforum notice reset --list %s %s", l.Post(), x.Name, l.Name, x.Name)
		}
		t.preview(v.Preview)
	})
}

// checkWords is Check with what the robot would read in an email that comes back to it.
func checkWords(x notice.Text, l list.List, words string, now time.Time) (preview string, faults []string) {
	preview, faults = x.Check(l, words, now)
	if x.Frame() {
		for line := range strings.Lines(notice.Tidy(words)) {
			if word := reply.Acts(line, now); word != "" {
				faults = append(faults, fmt.Sprintf("a line would be read as an order to the robot (%s); begin it with another word: %s", word, strings.TrimSpace(line)))
			}
		}
	}
	_, text, _ := strings.Cut(preview, "\n\n")
	if word := reply.Acts(text, now); word != "" && len(faults) == 0 {
		faults = append(faults, fmt.Sprintf("sent back, the email would be read as an order to the robot: %s", word))
	}
	return preview, faults
}

func noticeResetCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:     "reset TEXT",
		Short:   "Go back to the usual words of a text",
		Example: "  sencoforum notice reset welcome",
		Args:    exactly(1),
	}
	name := listFlag(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.resetText(*name, args[0]) })
	}
	return c
}

func (a *admin) resetText(name, piece string) error {
	x, err := findText(piece)
	if err != nil {
		return err
	}
	var l list.List
	had := false
	err = a.db.Update(func(tx *store.Tx) (err error) {
		if l, err = a.list(tx, name); err != nil {
			return err
		}
		if had, err = list.ResetWords(tx, l.ID, x.Name); err != nil || !had {
			return err
		}
		return a.record(tx, audit.Entry{Action: "notice reset", List: uint32(l.ID), Detail: x.Name})
	})
	if err != nil {
		return err
	}
	return a.show(map[string]any{"list": l.Name, "piece": x.Name, "changed": had}, func(t *text) {
		if had {
			t.say("%s has the usual words for %s again.", l.Post(), x.Name)
			return
		}
		t.say("%s had the usual words for %s already.", l.Post(), x.Name)
	})
}
