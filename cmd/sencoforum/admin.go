package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/config"
	"sencoforum/courier"
	"sencoforum/digest"
	"sencoforum/doctor"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/queue"
	"sencoforum/search"
	"sencoforum/store"
)

// work is what an admin command does once it has the store.
type work func(ctx context.Context, a *admin) error

// admin is one admin command at work, in the server or in a process of its own. It belongs to one goroutine.
type admin struct {
	db    *store.DB
	cfg   config.Config
	queue *queue.Queue      // nil when no server runs
	dkim  *courier.DKIMKeys // nil when no server runs
	now   func() time.Time
	actor string // who gave the command, for the audit log

	search   *search.Index    // nil when no server runs
	searcher *search.Searcher // likewise

	digests *digest.Editor // nil when no server runs; see editor

	host *membership.Host // nil when no server runs; see hostOf

	imports *imports // that go on

	eraser *moderate.Eraser // nil when no server runs and nothing was taken out yet; see eraserOf

	in          io.Reader
	out, errOut io.Writer
	outside     doctor.Outside // what the doctor looks at; the zero value is the world

	opts     *rootOptions // the flags of the command
	question string       // set when the command needs a yes first
}

// run runs a command line inside the server and returns its exit code.
func (a *admin) run(ctx context.Context, args []string) int {
	a.opts = &rootOptions{inside: true, now: a.now, in: a.in, out: a.out, errOut: a.errOut}
	a.opts.reach = func(cmd *cobra.Command, do work) error { return do(cmd.Context(), a) }
	return execute(ctx, newRoot(a.opts), args, a.opts)
}

// operator is the name in the audit log of whoever gives a command.
func operator(uid int) string { return fmt.Sprintf("operator uid %d", uid) }

// by is who changes something, and when.
func (a *admin) by() membership.By { return membership.By{Actor: a.actor, Now: a.now()} }

// hostOf is what mails about memberships say of this server: the running server's, or one of its own where none runs.
func (a *admin) hostOf() (membership.Host, error) {
	if a.host != nil {
		return *a.host, nil
	}
	keys, err := openKeys(a.cfg.Data)
	if err != nil {
		return membership.Host{}, err
	}
	operator, err := optionalAddress(a.cfg.Operator)
	return membership.Host{Keys: keys, Operator: operator, WebURL: leaveURL(a.cfg), Provider: func(domain string) string {
		return courier.ShippedProviders().Name(domain, nil)
	}}, err
}

// confirm goes on only with a yes. The text says what will happen.
func (a *admin) confirm(format string, args ...any) error {
	if a.opts.yes {
		return nil
	}
	a.question = fmt.Sprintf(format, args...)
	return errAsk
}

// show prints what a command found or did; see rootOptions.show.
func (a *admin) show(v any, words func(t *text)) error { return a.opts.show(v, words) }

// list finds the list that --list names; without a name the only list there is.
func (a *admin) list(tx *store.Tx, name string) (list.List, error) {
	if name != "" {
		l, err := list.Find(tx, name)
		if err != nil {
			return l, usage("%w; all lists: sencoforum list show", err)
		}
		return l, nil
	}
	var all []list.List
	var names []string
	for l, err := range list.All(tx) {
		if err != nil {
			return l, err
		}
		all, names = append(all, l), append(names, l.Name)
	}
	switch len(all) {
	case 0:
		return list.List{}, usage("there is no list yet; make one with: sencoforum list create ADDRESS --title TITLE")
	case 1:
		return all[0], nil
	}
	return list.List{}, usage("say which list, with --list and one of: %s", strings.Join(names, ", "))
}

// member finds a member of a list.
func (a *admin) member(tx *store.Tx, l list.List, address string) (membership.Member, error) {
	at, err := parseAddress(address)
	if err != nil {
		return membership.Member{}, err
	}
	m, err := membership.Find(tx, l.ID, at)
	if membership.Unknown(err) {
		return m, usage("%s is not a member of %s; all members: sencoforum member list --list %s", at, l.Post(), l.Name)
	}
	return m, err
}

// parseAddress reads an address of the command line.
func parseAddress(s string) (message.Address, error) {
	a, err := message.ParseAddress(s)
	if err != nil {
		return a, usage("%q is no email address (%w); write it like name@school.example", s, err)
	}
	return a, nil
}
