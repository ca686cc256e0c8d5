package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"sencoforum/guard"
	"sencoforum/incoming"
	"sencoforum/message"
	"sencoforum/store"
)

func guardCommand(o *rootOptions) *cobra.Command {
	c := group("guard", "Try the search for pupils' data, and keep its allow-list", guardCheckCommand(o), guardAllowCommand(o))
	c.Annotations = map[string]string{minor: unnamed}
	return c
}

// maxGuarded bounds the message that guard check reads, in octets.
const maxGuarded = 64 << 20

func guardCheckCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "check FILE|-",
		Short: "Say what the guard would find in a message",
		Long: "Read a message as it was mailed, with its files, and say what may identify a pupil. Numbers are\n" +
			"hidden. With --list the names that this list lets stand are known as well. Nothing is stored or\n" +
			"sent. The exit code is 3 when the post would be held.\n" +
			"It is a computer's guess and only reduces the risk.",
		Example: "  sencoforum guard check post.eml\n  sencoforum guard check - --list senco-forum --json <post.eml",
		Args:    exactly(1),

		Annotations: map[string]string{reads: "FILE"},
	}
	name := listFlag(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if *name != "" {
			return o.reach(cmd, func(ctx context.Context, a *admin) error { return a.checkGuarded(ctx, *name) })
		}
		raw, err := readMail(args[0], o.in)
		if err != nil {
			return err
		}
		return o.tellGuarded(cmd.Context(), raw, guard.DefaultAllow(), o.show)
	}
	return c
}

// checkGuarded searches the message that came with the command as a post to a list.
func (a *admin) checkGuarded(ctx context.Context, name string) error {
	raw, err := readMail("-", a.in)
	if err != nil {
		return err
	}
	var allow guard.Allow
	err = a.db.View(func(tx *store.Tx) error {
		l, err := a.list(tx, name)
		if err != nil {
			return err
		}
		allow, err = incoming.Allowed(l)
		return err
	})
	if err != nil {
		return err
	}
	return a.opts.tellGuarded(ctx, raw, allow, a.show)
}

// tellGuarded says what is found in a message.
func (o *rootOptions) tellGuarded(ctx context.Context, raw []byte, allow guard.Allow, show func(any, func(*text)) error) error {
	if err := message.Scan(raw, message.Importing()); err != nil {
		return fmt.Errorf("read the message: %w", err)
	}
	r := o.guardReport(ctx, message.Parse(raw), allow)
	if err := show(r, r.tell); err != nil {
		return err
	}
	if r.Held {
		return &exit{code: exitChecks, err: errSaid}
	}
	return nil
}

// readMail reads a file, or standard input where its name is "-".
func readMail(name string, in io.Reader) ([]byte, error) {
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, usage("open the message: %w", err)
		}
		defer f.Close()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxGuarded+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the message: %w", err)
	case len(raw) > maxGuarded:
		return nil, usage("the message is larger than %d MB; take a file out of it", maxGuarded>>20)
	case len(raw) == 0:
		return nil, usage("the message is empty; name a file, or - with the message on standard input")
	}
	return raw, nil
}

// guardReport is what was found. As JSON it is read by other programs.
type guardReport struct {
	Held     bool           `json:"held"`
	Findings []guardFinding `json:"findings"`
	Files    []guardFile    `json:"files"`
}

// guardFinding is one finding, with its line as a moderator would see it.
type guardFinding struct {
	Kind  guard.Kind `json:"kind"`
	Where string     `json:"where"`
	Hold  bool       `json:"hold"`
	Why   string     `json:"why"`
	Line  string     `json:"line,omitempty"` // numbers hidden; empty for a file as a whole
}

// guardFile is one file of the message.
type guardFile struct {
	Name string `json:"name"` // numbers hidden
	Read bool   `json:"read"`
	Why  string `json:"why,omitempty"` // why it was not read
}

// guardReport searches a message.
func (o *rootOptions) guardReport(ctx context.Context, m *message.Message, allow guard.Allow) guardReport {
	in, reasons := incoming.Guarded(ctx, m)
	in.Today = o.now()
	found := guard.Look(in, allow)
	r := guardReport{Held: guard.Holds(found), Findings: []guardFinding{}, Files: []guardFile{}}
	for _, f := range found {
		r.Findings = append(r.Findings, guardFinding{f.Kind, f.Where.String(), f.Hold, f.Why, maskedLine(in, found, f)})
	}
	for i, f := range in.Files {
		name := guard.Mask(f.Name, guard.In(found, guard.FileName, i+1))
		r.Files = append(r.Files, guardFile{name, f.Read, reasons[i]})
	}
	return r
}

// maskedLine returns the line of a finding as a moderator would see it, at most 100 characters around it.
func maskedLine(in guard.Input, found []guard.Finding, f guard.Finding) string {
	if f.End == 0 {
		return ""
	}
	text := guardedText(in, f.Where)
	from := max(strings.LastIndexByte(text[:f.Start], '\n')+1, f.Start-60)
	to := len(text)
	if at := strings.IndexByte(text[f.End:], '\n'); at >= 0 {
		to = f.End + at
	}
	to = min(to, max(f.End, from+100))
	for from > 0 && !utf8.RuneStart(text[from]) {
		from--
	}
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to++
	}
	var here []guard.Finding // by the line, and whole, so that no part of a number is left
	for _, g := range guard.In(found, f.Where.Part, f.Where.File) {
		if g.End > from && g.Start < to {
			g.Start, g.End = max(g.Start, from)-from, min(g.End, to)-from
			here = append(here, g)
		}
	}
	return strings.TrimSpace(guard.Mask(text[from:to], here))
}

func guardedText(in guard.Input, at guard.Where) string {
	switch at.Part {
	case guard.Subject:
		return in.Subject
	case guard.Own:
		return in.Own
	case guard.Quoted:
		return in.Quoted
	case guard.FileName:
		return in.Files[at.File-1].Name
	}
	return in.Files[at.File-1].Text
}

func (r guardReport) tell(t *text) {
	for _, f := range r.Findings {
		what := "HOLD"
		if !f.Hold {
			what = "hint"
		}
		t.say("%s  %s: %s (%s)", what, f.Where, f.Why, f.Kind)
		if f.Line != "" {
			first, _, more := strings.Cut(f.Line, "\n")
			if more {
				first += " ..."
			}
			t.say("      %s", strings.ReplaceAll(first, "\t", " | "))
		}
	}
	for i, f := range r.Files {
		switch {
		case f.Why != "":
			t.say("File %d, %s, was not read: %s.", i+1, f.Name, f.Why)
		default:
			t.say("File %d, %s, was searched.", i+1, f.Name)
		}
	}
	if r.Held {
		t.say("The post would be held, and its author asked.")
		return
	}
	t.say("The post would not be held. This is a computer's guess: names cannot be found reliably.")
}
