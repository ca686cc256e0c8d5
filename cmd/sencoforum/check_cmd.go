package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"sencoforum/store"
)

// maxFaults is how many faults verify names; it counts the others.
const maxFaults = 100

func verifyCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "verify",
		Short: "Read everything that is stored, and look for damage",
		Long: "Read everything that is stored and compare it with its checksums. No record is changed.\n" +
			"While the server runs it goes on; a large store takes a while. The exit code is 3\n" +
			"when there is damage. To look at a backup, copy it as " + storeName + " into an empty directory\n" +
			"that only you can read and name that directory with --data.",
		Example:     "  sencoforum verify\n  sencoforum verify --data /srv/try",
		Args:        exactly(0),
		Annotations: map[string]string{minor: "yes"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			err := o.reach(cmd, func(_ context.Context, a *admin) error { return a.verify() })
			if errors.Is(err, store.ErrDamaged) { // too much to be opened
				return &exit{code: exitChecks, err: err}
			}
			return err
		},
	}
}

// verifyReport is what was found. As JSON it is read by other programs.
type verifyReport struct {
	Bytes  int64    `json:"bytes"`  // of the store, free space in it included
	Count  int      `json:"count"`  // of the faults
	Faults []string `json:"faults"` // the first of them
}

func (a *admin) verify() error {
	r := verifyReport{Bytes: a.db.Stats().Size, Faults: []string{}}
	err := a.db.Check(func(problem string) {
		if r.Count++; r.Count <= maxFaults {
			r.Faults = append(r.Faults, problem)
		}
	})
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	if err := a.show(r, r.tell); err != nil {
		return err
	}
	if r.Count > 0 {
		return &exit{code: exitChecks, err: errSaid}
	}
	return nil
}

func (r verifyReport) tell(t *text) {
	for _, fault := range r.Faults {
		t.say("FAULT: %s", fault)
	}
	if r.Count == 0 {
		t.say("%d KiB read. No faults.", r.Bytes>>10)
		return
	}
	if more := r.Count - len(r.Faults); more > 0 {
		t.say("and %d more.", more)
	}
	t.say("%s. Copy the data directory as it is to another disk, then restore the newest backup that passes verify.", plural(r.Count, "fault"))
}
