package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/archive"
	"sencoforum/moderate"
	"sencoforum/store"
)

func postIncidentCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "incident N",
		Short: "List who was sent a post that was stopped, as CSV",
		Long: "Write who was sent a post that was hidden, redacted or erased, as a CSV file with a row for each copy:\n" +
			"person, address, whether they are still a member, what became of the copy, and between which moments it\n" +
			"was sent. Copies that were stopped in time are not in it. The server keeps no time for each copy that\n" +
			"arrived; for one that was refused it keeps the time for 90 days.\n" +
			"The file holds addresses: keep it carefully. The record of who did what says that it was made.",
		Example: "  sencoforum post incident 48213 -o incident.csv",
		Args:    exactly(1),
	}
	file := outputFlag(c, "write to this new `FILE` and not to standard output")
	run := o.onPost(func(a *admin, n archive.Number, _ []string) error { return a.incident(n) })
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return o.toFile(*file, func() error { return run(cmd, args) })
	}
	return c
}

func (a *admin) incident(n archive.Number) error {
	var in moderate.Incident
	err := a.db.Update(func(tx *store.Tx) (err error) {
		in, err = moderate.IncidentOf(tx, a.madeBy(), n)
		return err
	})
	if errors.Is(err, moderate.ErrNotStopped) {
		return usage("members can see post %d as it was sent; to take it away: sencoforum post remove %d", n, n)
	}
	if err != nil {
		return err
	}
	w := csv.NewWriter(a.out)
	rows := [][]string{{"person", "address", "member", "copy", "sent_from", "sent_until"}}
	for _, s := range in.Copies {
		address, member := "", "no"
		if !s.Address.IsZero() {
			if address = s.Address.String(); strings.ContainsRune("=+-@", rune(address[0])) { // a spreadsheet takes it for a formula
				address = "'" + address
			}
		}
		if s.Member {
			member = "yes"
		}
		rows = append(rows, []string{
			strconv.FormatUint(uint64(s.Person), 10), address, member, s.Outcome.String(), s.From.UTC().Format(time.RFC3339), s.To.UTC().Format(time.RFC3339),
		})
	}
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.errOut, "%s a copy of post %d. Copies that waited when it was stopped are not in the list.\n", pluralOf(in.Have(), "person has", "people have"), n)
	return err
}
