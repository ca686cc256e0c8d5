package queue

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"sencoforum/store"
)

// registered returns a registry that has the queue's figures.
func registered(t *testing.T, q *Queue) *prometheus.Registry {
	t.Helper()
	r := prometheus.NewPedanticRegistry()
	if err := q.Register(r); err != nil {
		t.Fatal(err)
	}
	return r
}

// scrape returns the figures as Prometheus reads them.
func scrape(t *testing.T, g prometheus.Gatherer) string {
	t.Helper()
	w := httptest.NewRecorder()
	promhttp.HandlerFor(g, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatal(w.Body.String())
	}
	return w.Body.String()
}

// wantLines demands lines among the figures. A line that ends in " absent" must have none that begins so.
func wantLines(t *testing.T, g prometheus.Gatherer, lines ...string) {
	t.Helper()
	all := "\n" + scrape(t, g)
	for _, line := range lines {
		if gone, ok := strings.CutSuffix(line, " absent"); ok {
			if strings.Contains(all, "\n"+gone) {
				t.Errorf("there is a figure %s", gone)
			}
			continue
		}
		if strings.Contains(all, "\n"+line+"\n") {
			continue
		}
		name, _, _ := strings.Cut(line, " ")
		_, rest, _ := strings.Cut(all, "\n"+name+" ")
		got, _, _ := strings.Cut(rest, "\n")
		t.Errorf("want %s, got %q", line, got)
	}
}

func TestCopiesAreCountedByOutcome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		outcomes := []Outcome{Delivered, Delivered, Failed, Deferred}
		r.courier.answer = func(o Outgoing) Result { return Result{Outcome: outcomes[o.Row%4], Code: 250} }
		r.courier.delay = 200 * time.Millisecond
		r.render = func(ctx context.Context, row Row) (Outgoing, error) {
			switch row.Member {
			case 1:
				return Outgoing{}, errors.New("canary1@a.example has no footer")
			case 2:
				return Outgoing{}, ErrDropped
			}
			return plain(ctx, row)
		}
		began := time.Now()
		rows := []Row{mail("canary1@a.example"), mail("canary2@a.example"), mail("canary3@b.example")}
		rows[0].Member, rows[1].Member = 1, 2
		rows[2].Queued = began.Add(-DefaultLifetime) // number 3: deferred, and its time is over
		rows = append(rows, mail("canary4@a.example"), mail("canary5@a.example"), mail("canary6@a.example"), mail("canary7@a.example"))
		r.put(rows...)
		q, stop := r.run()
		figures := registered(t, q)
		settle(time.Minute - time.Second)
		wantLines(t, figures,
			`sencoforum_queue_deliveries_total{outcome="delivered"} 2`,
			`sencoforum_queue_deliveries_total{outcome="failed"} 1`,
			`sencoforum_queue_deliveries_total{outcome="deferred"} 1`,
			`sencoforum_queue_deliveries_total{outcome="expired"} 1`,
			`sencoforum_queue_deliveries_total{outcome="dropped"} 1`,
			`sencoforum_queue_shunted_total 1`,
			`sencoforum_queue_attempts_total{operator="other",outcome="delivered"} 2`,
			`sencoforum_queue_attempts_total{operator="other",outcome="deferred"} 2`,
			`sencoforum_queue_attempt_seconds_count 5`,
			`sencoforum_queue_attempt_seconds_sum 1`,
			`sencoforum_queue_delivery_delay_seconds_count 2`,
			`sencoforum_queue_depth 1`,
			`sencoforum_queue_rows{state="later"} 1`,
			`sencoforum_queue_kind_rows{kind="test"} 1`,
			`sencoforum_queue_operator_rows{operator="other"} 1`,
			`sencoforum_queue_unsettled 0`,
			`sencoforum_queue_unsettled_limit 256`,
		)
		if problems, err := testutil.GatherAndLint(figures); err != nil || len(problems) > 0 {
			t.Errorf("%v, %v", problems, err)
		}
		if text := scrape(t, figures); strings.Contains(text, "example") || strings.Contains(text, "canary") {
			t.Errorf("somebody is among the figures:\n%s", text)
		}
		stop()
	})
}

func TestMailHostsInTroubleAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.cfg.Operators = []string{"Microsoft 365"}
		r.courier.route = func(_ context.Context, domain string) (Hop, error) {
			switch domain {
			case "none.example":
				return Hop{}, errors.New("the DNS does not answer")
			case "dead.example", "dead-too.example":
				return Hop{Key: "mx:x-example.mail.protection.outlook.com", Operator: "Microsoft 365", Limit: 5}, nil
			}
			return Hop{Key: "smarthost:mail.example:587", Operator: "smarthost:mail.example:587", Limit: 5}, nil
		}
		r.courier.dead = func(_ context.Context, h Hop) error {
			if h.Operator == "Microsoft 365" {
				return errors.New("dial canary@dead.example: timeout")
			}
			return nil
		}
		r.put(mail("a@none.example"), mail("b@dead.example"), mail("c@dead-too.example"), mail("d@live.example"))
		q, stop := r.run()
		settle(time.Second)
		wantLines(t, registered(t, q),
			`sencoforum_queue_hops{operator="Microsoft 365",state="failing"} 1`,
			`sencoforum_queue_hops{operator="smarthost",state="working"} 1`,
			`sencoforum_queue_operator_rows{operator="Microsoft 365"} 2`,
			`sencoforum_queue_operator_rows{operator="unknown"} 1`,
			`sencoforum_queue_operator_rows{operator="smarthost"} 0`,
			`sencoforum_queue_attempts_total{operator="smarthost",outcome="delivered"} 1`,
			`sencoforum_queue_unrouted_domains 1`,
			`sencoforum_queue_rows{state="unrouted"} 1`,
			`sencoforum_queue_rows{state="due"} 2`,
			`sencoforum_queue_kind_rows{kind="test"} 3`,
			`sencoforum_queue_hops{operator="other" absent`,
		)
		stop()
	})
}

func TestKindsStayCountedWhenRowsMove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.courier.answer = func(Outgoing) Result { return Result{Outcome: Deferred, Code: 451} }
		rows := []Row{mail("a@a.example"), mail("b@a.example"), mail("c@b.example")}
		rows[0].Kind = "post"
		r.put(rows...)
		q, stop := r.run()
		figures := registered(t, q)
		settle(time.Second)
		r.update(func(tx *store.Tx) error { // one is tried again at once, one is given up
			if _, err := Retry(tx, rows[0].ID); err != nil {
				return err
			}
			_, err := Drop(tx, rows[1].ID)
			return err
		})
		settle(time.Second)
		wantLines(t, figures,
			`sencoforum_queue_kind_rows{kind="post"} 1`,
			`sencoforum_queue_kind_rows{kind="test"} 1`,
			`sencoforum_queue_rows{state="later"} 2`,
			`sencoforum_queue_deliveries_total{outcome="deferred"} 4`,
			`sencoforum_queue_deliveries_total{outcome="dropped"} 1`,
		)
		stop()
	})
}

func TestACopyThatGoesByAnotherWayWasNotTried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.render = func(ctx context.Context, row Row) (Outgoing, error) {
			row.Payload = []byte("ann@new.example") // she has moved since
			return plain(ctx, row)
		}
		r.put(mail("ann@old.example"))
		q, stop := r.run()
		figures := registered(t, q)
		settle(time.Second)
		wantLines(t, figures,
			`sencoforum_queue_deliveries_total{outcome="delivered"} 1`,
			`sencoforum_queue_deliveries_total{outcome="deferred"} 0`,
			`sencoforum_queue_attempt_seconds_count 1`,
			`sencoforum_queue_kind_rows{kind="test"} 0`,
		)
		stop()
	})
}

func TestSoManyKindsAreTold(t *testing.T) {
	k := kinds{names: []string{"other"}, rows: []int{0}}
	for i := range 1000 {
		k.rows[k.index(fmt.Sprintf("kind %d", i))]++
	}
	if len(k.names) != maxKinds || k.rows[0] != 1000-(maxKinds-1) || k.index("kind 3") != 4 {
		t.Errorf("%d kinds, %v", len(k.names), k.rows)
	}
}

func TestOnlyLargeOperatorsAreNamed(t *testing.T) {
	r := newRig(t)
	r.cfg.Operators = []string{"BT", "Sky"}
	q := r.queue()
	for operator, want := range map[string]string{
		"Sky": "Sky", "smarthost:mail.example:587": "smarthost", "jane-smith.me.uk": "other", "Unlisted": "other",
		"capture": "other", "": "other", "smarthost": "smarthost",
	} {
		if got := q.operatorLabel(operator); got != want {
			t.Errorf("%q is shown as %q, want %q", operator, got, want)
		}
	}
}
