package main

import (
	"errors"

	"github.com/spf13/cobra"

	"sencoforum/archive"
	"sencoforum/moderate"
	"sencoforum/store"
)

func postRecallCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "recall N",
		Short: "Ask the members who have a copy of a post to delete it; asks first",
		Long: "Mail everybody to whom a copy of the post was delivered, and ask them to delete it: it cannot be\n" +
			"called back. The mail names neither subject nor writer. The post must be hidden, redacted or erased\n" +
			"before (post remove, redact, erase). Who was asked is not asked again.",
		Example: "  sencoforum post recall 48213",
		Args:    exactly(1),
		RunE:    o.onPost(func(a *admin, n archive.Number, _ []string) error { return a.recallPost(n) }),
	}
}

func (a *admin) recallPost(n archive.Number) error {
	r := moderate.NewRecaller(a.db, nil, "", a.now) // keys and links are for the copies, which the server makes
	var p archive.Post
	if err := a.db.View(func(tx *store.Tx) (err error) { p, err = archive.Get(tx, n); return err }); err != nil {
		return err
	}
	people, err := r.Waiting(n)
	if errors.Is(err, archive.ErrShown) {
		return usage("members can see post %d as it was sent; take it away first: sencoforum post remove %d", n, n)
	}
	if err != nil {
		return err
	}
	if people == 0 {
		if p.Recalled.IsZero() {
			return usage("nobody has a copy of post %d from here", n)
		}
		return usage("all who have a copy of post %d were asked on %s", n, day(p.Recalled))
	}
	if err := a.confirm("Ask %s by mail to delete post %d?", pluralOf(people, "person", "people"), n); err != nil {
		return err
	}
	asked, err := r.Recall(a.madeBy(), n)
	if err != nil {
		return err
	}
	return a.show(map[string]any{"post": n, "asked": asked}, func(t *text) {
		t.say("%s a mail that asks to delete post %d.", pluralOf(asked, "person gets", "people get"), n)
		if asked < people {
			t.say("%s nobody here knows any more.", pluralOf(people-asked, "person with a copy", "people with a copy"))
		}
	})
}
