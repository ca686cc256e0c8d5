package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/courier"
	"sencoforum/list"
	"sencoforum/store"
)

func dkimCommand(o *rootOptions) *cobra.Command {
	c := group("dkim", "Keys that sign the mail sent out",
		dkimListCommand(o), dkimNewCommand(o), dkimUseCommand(o), dkimRemoveCommand(o))
	c.Annotations = map[string]string{minor: "yes"}
	return c
}

// openDKIM opens the signing keys of the data directory, making the first one when there is none.
func openDKIM(dir string, now time.Time) (*courier.DKIMKeys, error) {
	return courier.OpenDKIMKeys(filepath.Join(dir, "dkim"), now)
}

// dkimKeys are the server's keys, or those in the data directory when no server runs.
func (a *admin) dkimKeys() (*courier.DKIMKeys, error) {
	if a.dkim != nil {
		return a.dkim, nil
	}
	return openDKIM(a.cfg.Data, a.now())
}

// keyView is a key as JSON shows it.
type keyView struct {
	Selector  string   `json:"selector"`
	Algorithm string   `json:"algorithm"`
	State     string   `json:"state"`
	Since     string   `json:"since"`
	Names     []string `json:"names"` // of its DNS records
	Record    string   `json:"record"`
}

func (a *admin) viewKey(k courier.DKIMKey) (keyView, error) {
	v := keyView{
		Selector: k.Selector, Algorithm: string(k.Algorithm), State: string(k.State),
		Since: k.Since.Format(time.DateOnly), Record: k.Record(),
	}
	domains, err := a.domains()
	for _, d := range domains {
		v.Names = append(v.Names, k.RecordName(d))
	}
	return v, err
}

// domains are the domains of all lists, for which mail is signed.
func (a *admin) domains() (all []string, err error) {
	err = a.db.View(func(tx *store.Tx) error {
		for l, err := range list.All(tx) {
			if err != nil {
				return err
			}
			all = append(all, l.Domain)
		}
		return nil
	})
	slices.Sort(all)
	return slices.Compact(all), err
}

// record says what to publish for a key.
func (t *text) record(v keyView) {
	for _, n := range v.Names {
		t.say("")
		t.say("  name   %s", n)
		t.say("  type   TXT")
		t.say("  value  %s", v.Record)
	}
	if len(v.Names) > 0 {
		t.say("")
	}
}

func dkimListCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the keys and their DNS records",
		Long: "List the keys that sign the mail sent out, with the DNS records by which others check\n" +
			"the signatures. A key has to be in DNS before it is used.",
		Example: "  sencoforum dkim list",
		Args:    exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.reach(cmd, func(_ context.Context, a *admin) error { return a.listDKIM() })
		},
	}
}

func (a *admin) listDKIM() error {
	keys, err := a.dkimKeys()
	if err != nil {
		return err
	}
	all := []keyView{}
	for _, k := range keys.All() {
		v, err := a.viewKey(k)
		if err != nil {
			return err
		}
		all = append(all, v)
	}
	return a.show(all, func(t *text) {
		var rows [][]string
		for _, v := range all {
			rows = append(rows, []string{v.Selector, v.Algorithm, v.State, v.Since})
		}
		t.rows([]string{"SELECTOR", "ALGORITHM", "STATE", "SINCE"}, rows)
		for _, v := range all {
			t.record(v)
		}
		if !a.cfg.DKIM.Sign {
			t.say("Mail is not signed: the settings have sign = false under [dkim].")
		}
	})
}

func dkimNewCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "new",
		Short: "Make a key, to be put into DNS before it is used",
		Long: "Make a key. It signs nothing until \"dkim use\", so that its record can be in DNS first.\n" +
			"Everybody can check rsa; an ed25519 key signs beside it and never alone.",
		Example: "  sencoforum dkim new",
		Args:    exactly(0),
	}
	algorithm := c.Flags().String("algorithm", string(courier.RSA), "rsa or ed25519")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		a := courier.DKIMAlgorithm(*algorithm)
		if a != courier.RSA && a != courier.Ed25519 {
			return usage("%q is no algorithm; choose rsa or ed25519", *algorithm)
		}
		return o.reach(cmd, func(_ context.Context, adm *admin) error { return adm.newDKIM(a) })
	}
	return c
}

func (a *admin) newDKIM(algorithm courier.DKIMAlgorithm) error {
	keys, err := a.dkimKeys()
	if err != nil {
		return err
	}
	k, err := keys.Make(algorithm, a.now())
	if err != nil {
		return err
	}
	v, err := a.viewKey(k)
	if err != nil {
		return err
	}
	return a.show(v, func(t *text) {
		t.say("Made the key %s. Put this into DNS:", v.Selector)
		t.record(v)
		t.say("Next, some hours later: sencoforum dkim use %s", v.Selector)
	})
}

func dkimUseCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "use SELECTOR",
		Short: "Sign with a key from now on",
		Long: "Sign with a key from now on, in place of the one of the same algorithm.\n" +
			"The old one's DNS record must stay for two weeks, for mail that is under way.",
		Example: "  sencoforum dkim use s202611r",
		Args:    exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.reach(cmd, func(_ context.Context, a *admin) error { return a.useDKIM(args[0]) })
		},
	}
}

func (a *admin) useDKIM(selector string) error {
	keys, err := a.dkimKeys()
	if err != nil {
		return err
	}
	var before []string
	for _, k := range keys.All() {
		if k.State == courier.InUse {
			before = append(before, k.Selector)
		}
	}
	if err := keys.Use(selector, a.now()); err != nil {
		return dkimFault(err)
	}
	var v keyView
	var retired []string
	for _, k := range keys.All() {
		switch {
		case k.Selector == selector:
			v, err = a.viewKey(k)
		case k.State == courier.Retired && slices.Contains(before, k.Selector):
			retired = append(retired, k.Selector)
		}
	}
	if err != nil {
		return err
	}
	return a.show(v, func(t *text) {
		t.say("Mail is signed with %s from now on.", selector)
		if len(retired) > 0 {
			t.say("%s signs no more. Leave its record in DNS for two weeks, then: sencoforum dkim remove %s", strings.Join(retired, ", "), retired[0])
		}
	})
}

func dkimRemoveCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:     "remove SELECTOR",
		Short:   "Delete a key that is not needed any more",
		Long:    "Delete a key that was never used, or that was retired two weeks ago.",
		Example: "  sencoforum dkim remove s202610r",
		Args:    exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.reach(cmd, func(_ context.Context, a *admin) error { return a.removeDKIM(args[0]) })
		},
	}
}

func (a *admin) removeDKIM(selector string) error {
	keys, err := a.dkimKeys()
	if err != nil {
		return err
	}
	if err := keys.Remove(selector, a.now()); err != nil {
		return dkimFault(err)
	}
	return a.show(map[string]string{"removed": selector}, func(t *text) {
		t.say("Removed the key %s. Its DNS record can go too.", selector)
	})
}

// dkimFault tells what the person who gave the command can do, apart from what went wrong with us.
func dkimFault(err error) error {
	if errors.Is(err, courier.ErrNoDKIMKey) || errors.Is(err, courier.ErrDKIMInUse) {
		return usage("%w", err)
	}
	return fmt.Errorf("change DKIM keys: %w", err)
}
