package rig

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sencoforum/calendar"
)

// restDigests puts the hour of digests half a day away, so that none is due by itself while a trial runs.
func restDigests(ctx context.Context, srv *Server) error {
	away := time.Now().In(calendar.London()).Add(12 * time.Hour).Format("15:04")
	if out, err := srv.Command(ctx, "list", "set", "rig", "digest_time", away); err != nil {
		return fmt.Errorf("set the hour of digests: %w: %s", err, out)
	}
	return nil
}

// digesting has digests made until the failpoint has acted, and one more: each holds one post and falls due when the list's
// operator sets its day to one that has passed. A new list has had that of Monday.
func digesting(ctx context.Context, r *sweepRun) {
	s := Sender{Journal: r.journal, Addr: r.srv.Addr, From: r.to[0], To: List}
	more := 1
	for day := time.Tuesday; day <= time.Saturday+1 && more > 0 && ctx.Err() == nil; day++ {
		if r.acted() {
			more--
		}
		id := fmt.Sprintf("<digest-day-%d@sender.example>", day)
		for ctx.Err() == nil && !s.send(id) {
			sleep(ctx, 5*time.Millisecond)
		}
		r.settled(ctx)
		r.weeks++
		r.setDay(ctx, day%7)
		if !r.wait(ctx, func() bool { return r.journal.Digests(r.weekly) >= r.weeks }) {
			return
		}
	}
}

// setDay sets the day of the weekly digest, as an operator does: again when the server has died meanwhile.
func (r *sweepRun) setDay(ctx context.Context, day time.Weekday) {
	for r.up(ctx) {
		if _, err := r.srv.Command(ctx, "list", "set", "rig", "digest_day", strings.ToLower(day.String())); err == nil {
			return
		}
		sleep(ctx, 5*time.Millisecond)
	}
}

func TestTheCheckOfDigestsFindsPlantedFaults(t *testing.T) {
	of := []string{"a@m", "b@m"}
	for _, c := range []struct {
		name   string
		change func(*Journal)
		want   []string
	}{
		{"each digest once for everybody is no fault", func(*Journal) {}, nil},
		{"a copy that a kill repeats is no fault", func(j *Journal) { j.Arrived("<digest.1@x>", "a@m", true) }, nil},
		{"two copies too many", func(j *Journal) {
			j.Arrived("<digest.1@x>", "a@m", true)
			j.Arrived("<digest.2@x>", "b@m", true)
		}, []string{"2 copies of digests came again; at most 1 may"}},
		{"a second digest of one period", func(j *Journal) {
			j.Arrived("<digest.3@x>", "a@m", true)
			j.Arrived("<digest.3@x>", "b@m", true)
		}, []string{"3 digests of 2 periods arrived"}},
		{"a digest that one did not get", func(j *Journal) { delete(j.digests["<digest.2@x>"], "b@m") }, []string{"lost: no copy of <digest.2@x> for b@m"}},
		{"a digest for who wants each post", func(j *Journal) { j.Arrived("<digest.2@x>", "c@m", true) }, []string{"a copy of <digest.2@x> for c@m, who wants none"}},
	} {
		j := NewJournal()
		for _, id := range []string{"<digest.1@x>", "<digest.2@x>"} {
			for _, m := range of {
				j.Arrived(id, m, true)
			}
		}
		c.change(j)
		if got := j.CheckDigests(2, of, 1); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
