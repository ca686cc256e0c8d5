package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/moderate"
	"sencoforum/store"
)

func memberForgetCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "forget ADDRESS",
		Short: "Forget a person on every list: name, addresses, settings; asks first",
		Long: "Forget a person for good, on every list: name, addresses, memberships, tokens, bounces, mail of\n" +
			"theirs that is no post, copies that wait. The audit log keeps a number that belongs to nobody.\n" +
			"Their posts keep the name, read \"former member\", or are erased; the address goes in every case.\n" +
			"What they wrote under the text stays with it: post redact takes it out.",
		Example: "  sencoforum member forget priya@school.example --posts former",
		Args:    exactly(1),
	}
	posts := c.Flags().String("posts", string(moderate.PostsFormer), "what becomes of their posts: keep, former or erase")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		choice := moderate.PostsOf(*posts)
		switch choice {
		case moderate.PostsNamed, moderate.PostsFormer, moderate.PostsErased:
		default:
			return usage("--posts takes keep, former or erase, not %q", *posts)
		}
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.forgetMember(args[0], choice) })
	}
	return c
}

func (a *admin) forgetMember(address string, posts moderate.PostsOf) error {
	at, err := parseAddress(address)
	if err != nil {
		return err
	}
	var p list.Person
	err = a.db.View(func(tx *store.Tx) (err error) {
		p, err = list.FindPerson(tx, at)
		return err
	})
	if errors.Is(err, list.ErrNoPerson) {
		return usage("nobody here has the address %s", at)
	}
	if err != nil {
		return err
	}
	e, err := a.eraserOf()
	if err != nil {
		return err
	}
	plan, err := e.PlanForget(a.madeBy(), p.ID)
	if err != nil {
		return err
	}
	what := map[moderate.PostsOf]string{
		moderate.PostsNamed:  "keeps the name",
		moderate.PostsFormer: "is by \"former member\"",
		moderate.PostsErased: "is erased",
	}[posts]
	question := fmt.Sprintf("Forget %s on every list, for good? Of their %s each %s.", p.Address, plural(len(plan.Posts), "post"), what)
	for _, line := range saidLines(plan.Said) {
		question += "\n" + line
	}
	if err := a.confirm("%s", question); err != nil {
		return err
	}
	done, err := e.Forget(a.madeBy(), p.ID, posts)
	if errors.Is(err, archive.ErrSealed) {
		return usage("%w; choose --posts former, or wait for the end of the hold", err)
	}
	if err != nil {
		return err
	}
	first := fmt.Sprintf("Forgotten. Their number was %d; %s, each %s; %s went.",
		p.ID, plural(len(done.Posts), "post"), what, pluralOf(done.Messages, "other mail of theirs", "other mails of theirs"))
	if len(done.Unread) > 0 {
		first += fmt.Sprintf(" The writer could not be taken out of posts %v; erase them one by one.", done.Unread)
	}
	if len(done.Sealed) > 0 {
		first += fmt.Sprintf(" Under a safeguarding hold, and as they were: posts %v.", done.Sealed)
	}
	v := map[string]any{"person": p.ID, "posts": len(done.Posts), "mails": done.Messages, "unread": done.Unread, "said": done.Said}
	if posts == moderate.PostsErased {
		v["quotes"] = done.Quotes
	}
	return a.tellErased(v, first, moderate.Trace{Quotes: done.Quotes, Said: done.Said})
}
