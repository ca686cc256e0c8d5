package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"sencoforum/calendar"
	reply "sencoforum/command"
	"sencoforum/message"
)

// maxExplained is how large a file may be that is explained.
const maxExplained = 32 << 20

// explainOptions say what is known about the mail.
type explainOptions struct{ file, as, to, about, subject string }

func explainCommand(o *rootOptions) *cobra.Command {
	var e explainOptions
	c := &cobra.Command{
		Use:   "explain [TEXT]",
		Short: "Show how a reply would be read, step by step",
		Long: "Show how words that somebody writes to the robot, or a whole mail in a file, would be\n" +
			"read: each step, and what would be done or asked. Nothing is done.",
		Example:     "  sencoforum explain \"Please unsubscribe me\"\n  sencoforum explain --to mod --file reply.eml",
		Args:        between(0, 1),
		Annotations: map[string]string{minor: unnamed},
	}
	f := c.Flags()
	f.StringVar(&e.file, "file", "", "the mail in `FILE`; - is standard input")
	f.StringVar(&e.as, "as", "member", "who writes: `WHO` is member or moderator")
	f.StringVar(&e.to, "to", "request", "what it answers: `WHAT` is request, robot, join, own, mod, post or another")
	f.StringVar(&e.about, "about", "", "`NAME` of the person whom the mail that is answered is about")
	f.StringVar(&e.subject, "subject", "", "subject of TEXT")
	c.RunE = func(_ *cobra.Command, args []string) error {
		q, err := e.request(o, args)
		if err != nil {
			return err
		}
		x := explained(reply.Read(q))
		return o.show(x, x.tell)
	}
	return c
}

// request makes of the command line what the desk would know.
func (e explainOptions) request(o *rootOptions, args []string) (reply.Request, error) {
	q := reply.Request{Today: o.now().In(calendar.London()), Subject: e.subject, Items: 9, Files: 1}
	var ok bool
	if q.At, ok = reply.PlaceOf(e.to); !ok {
		return q, usage("--to %s: choose one of %s", e.to, strings.Join(reply.PlaceNames(), ", "))
	}
	switch e.as {
	case "member":
	case "moderator":
		q.Moderator = true
	default:
		return q, usage("--as %s: choose member or moderator", e.as)
	}
	if e.about != "" {
		q.About = []string{e.about}
	}
	if (e.file == "") == (len(args) == 0) {
		return q, usage("write either the words or --file FILE; see: sencoforum explain --help")
	}
	if e.file == "" {
		q.Text = args[0]
		return q, nil
	}
	raw, err := o.readMail(e.file)
	if err != nil {
		return q, err
	}
	return reply.Of(message.Parse(raw), q), nil
}

// readMail reads one mail from a file, or from standard input for "-".
func (o *rootOptions) readMail(name string) ([]byte, error) {
	in := o.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("read mail: %w", err)
		}
		defer f.Close()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxExplained+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read mail: %w", err)
	case len(raw) > maxExplained:
		return nil, usage("%s has more than %d MiB, which no mail may have", name, maxExplained>>20)
	}
	return raw, nil
}

// explanation is what became of a mail. As JSON it is read by other programs.
type explanation struct {
	Outcome  string   `json:"outcome"`
	Command  string   `json:"command,omitempty"`
	Read     string   `json:"read"`
	Why      string   `json:"why,omitempty"`
	Answer   string   `json:"answer,omitempty"`
	Offer    []string `json:"offer,omitempty"`
	Near     []string `json:"near,omitempty"`
	Unread   []string `json:"unread,omitempty"`
	HandOver bool     `json:"hand_over,omitempty"`
	Confirm  bool     `json:"confirm,omitempty"`
	Steps    []string `json:"steps"`
}

func explained(r reply.Reading) explanation {
	x := explanation{
		Outcome: r.Outcome.String(), Read: r.Read, Why: string(r.Why), Answer: r.Sentence(), Offer: r.Offer, Near: r.Near,
		Unread: r.Unread, HandOver: r.HandOver, Steps: r.Steps,
	}
	if r.Outcome == reply.Done {
		x.Command, x.Confirm = r.Line(), r.Word.Confirm
	}
	return x
}

func (x explanation) tell(t *text) {
	for i, s := range x.Steps {
		t.paragraph(fmt.Sprintf("%2d. ", i+1), s)
	}
	switch x.Outcome {
	case "done":
		t.say("Done: %s", x.Command)
		if x.Confirm {
			t.say("It is done only after one more reply.")
		}
	case "ask":
		t.say("Asked: nothing is done. %s", x.Answer)
		if len(x.Offer) > 0 {
			t.say("Offered: %s", strings.Join(x.Offer, ", "))
		}
		if x.HandOver {
			t.say("The moderators get it, as it is long and no command.")
		}
	case "pass":
		t.say("An ordinary post: it goes to the list.")
	default:
		t.say("A machine wrote it: no answer.")
	}
	if len(x.Unread) > 0 {
		t.say("Not read, as one mail does one thing: %s", strings.Join(x.Unread, "; "))
	}
}
