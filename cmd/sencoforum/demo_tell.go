package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"sencoforum/internal/sample"
)

// welcome is what the demo prints when it is ready.
type welcome struct {
	forum  sample.Forum
	dir    string
	outbox string
	smtp   string
	web    string // base address of the pages
	delay  time.Duration
}

func printWelcome(w io.Writer, d welcome) {
	post := d.forum.Name + "@" + d.forum.Domain
	writer := "priya@example.org"
	if len(d.forum.Members) > 0 {
		writer = d.forum.Members[0].Address
	}
	fmt.Fprintf(w, `
%s is running. Nothing leaves this machine.

  Open               %s/demo
                     (be a member or a moderator with one click, and read their mail)

  Mail is taken on   %s
  Write to           %s
  As a member        %s
  Copies arrive in   %s/ADDRESS/new/
  Everything is in   %s

Post as a member (swaks, or any mail program):

  swaks --server %s --from %s --to %s \
    --header "Subject: Part-time timetables" --body "How do you set an end date?"

After %s every member gets a copy. Look at one:

  ls %s/*/new/
  cat %s/%s/new/*

Leave: open the link in its List-Unsubscribe field (it begins %s/u/)
and press the button. The mail that follows has a link that brings the member back.

Look inside while it runs:

  %s --data %s member list
  %s --data %s audit
  %s --data %s digest preview
  %s --data %s digest send --to %s

Try what goes wrong: a stranger as --from, a wrong address as --to, the same
message twice. Ctrl-C stops the demo.

`, d.forum.Title, d.web, d.smtp, post, writer, d.outbox, d.dir, d.smtp, writer, post, d.delay, d.outbox, d.outbox, writer, d.web, os.Args[0], d.dir, os.Args[0], d.dir, os.Args[0], d.dir, os.Args[0], d.dir, writer)
}

// teller is a log handler that tells each event on a line in mail terms,
// without level or quotes.
type teller struct {
	mu    *sync.Mutex
	w     io.Writer
	attrs []slog.Attr
}

func newTeller(w io.Writer) *teller { return &teller{mu: new(sync.Mutex), w: w} }

// Enabled leaves out what only a programmer reads.
func (t *teller) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelInfo }

// Handle writes one line.
func (t *teller) Handle(_ context.Context, r slog.Record) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s  ", r.Time.Format("15:04:05"))
	if r.Level >= slog.LevelWarn {
		fmt.Fprintf(&b, "%s: ", r.Level)
	}
	b.WriteString(r.Message)
	for _, a := range t.attrs {
		fmt.Fprintf(&b, "  %s %s", a.Key, a.Value)
	}
	r.Attrs(func(a slog.Attr) bool {
		fmt.Fprintf(&b, "  %s %s", a.Key, a.Value)
		return true
	})
	b.WriteByte('\n')
	t.mu.Lock()
	defer t.mu.Unlock()
	_, err := t.w.Write(b.Bytes())
	return err
}

// WithAttrs returns a teller that adds attributes to each line.
func (t *teller) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &teller{mu: t.mu, w: t.w, attrs: append(t.attrs[:len(t.attrs):len(t.attrs)], attrs...)}
}

// WithGroup returns the teller itself: people read no groups.
func (t *teller) WithGroup(string) slog.Handler { return t }
