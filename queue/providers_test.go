package queue

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/store"
)

// TestProviders has two domains of one provider, one of which is refused for now, and a domain without a route.
func TestProviders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.courier.route, r.courier.answer = providersRoute, providersAnswer
		type note struct {
			Provider, Domain string
			Outcome          Outcome
			Attempts         int
		}
		var notes []note
		r.cfg.Attempted = func(_ *store.Tx, all []Attempt) error {
			for _, a := range all {
				if a.Row.Payload != nil {
					t.Error("an attempt holds the payload")
				}
				notes = append(notes, note{a.Provider, a.Row.Domain, a.Result.Outcome, a.Row.Attempts})
			}
			return nil
		}
		began := time.Now()
		r.put(mail("a@b1.example"), mail("b@b2.example"), mail("c@c.example"), mail("d@gone.example"), mail("e@b2.example"))
		q, stop := r.run()
		settle(10 * time.Second)
		slices.SortFunc(notes, func(a, b note) int { return strings.Compare(a.Domain, b.Domain) })
		if diff := cmp.Diff([]note{
			{"Post of b", "b1.example", Delivered, 1}, {"Post of b", "b2.example", Deferred, 1},
			{"Post of b", "b2.example", Deferred, 1}, {"Post of c", "c.example", Failed, 1},
		}, notes); diff != "" {
			t.Errorf("attempts (-want +got):\n%s", diff)
		}
		want := []ProviderState{
			{Provider: "Post of b", Later: 2, Oldest: began},
			{Provider: "gone.example", Waiting: 1, Oldest: began, Resting: true, LastError: "the DNS did not answer"},
		}
		got := q.Providers()
		for i := range got {
			if d := got[i].Oldest.Sub(began); d < -time.Second || d > time.Second {
				t.Errorf("%q: the oldest was put %v after the start", got[i].Provider, d)
			}
			got[i].Oldest = began
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("providers (-want +got):\n%s", diff)
		}
		stop()
	})
}

func providersRoute(_ context.Context, domain string) (Hop, error) {
	if domain == "gone.example" {
		return Hop{}, errors.New("the DNS did not answer")
	}
	return Hop{Key: "smarthost", Operator: "smarthost", Limit: 5, Provider: "Post of " + domain[:1]}, nil
}

func providersAnswer(o Outgoing) Result {
	switch o.To.Domain {
	case "b2.example":
		return Result{Outcome: Deferred, Code: 421, Text: "try later"}
	case "c.example":
		return Result{Outcome: Failed, Code: 550, Text: "no"}
	}
	return Result{Outcome: Delivered, Code: 250}
}
