package queue

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"
)

// Routing.
const (
	routeTTL     = 30 * time.Minute // how long a route is believed
	routeTimeout = time.Minute
)

// domain is what the queue knows of one recipients' domain.
type domain struct {
	name string
	rows int // all its rows in memory, wherever they are
	hop  *hop

	provider string // who receives its mail; stays when the hop is lost

	staleAt  time.Duration // the route is believed until then
	parked   []entry       // due rows without a route
	later    int           // rows that wait for their time
	failures int           // routes that were not found, in a row
	until    time.Duration // not asked again before this; 0: it does not rest
	last     Result        // the last failure

	lined, hurried bool // in one of the router's lines, in the urgent one
	asking         bool // a route is being asked for
}

// domain returns the domain of that name. Call it with mu held.
func (q *Queue) domain(name string) *domain {
	d := q.domains[name]
	if d == nil {
		d = &domain{name: name}
		q.domains[name] = d
	}
	return d
}

// router asks for routes, a bounded number at once. The domains that failed before have their own line, so that names
// that time out do not keep the others waiting.
type router struct {
	urgent, fresh, again   []*domain
	asking, askingRepeated int
}

// want puts a domain in a line, unless it is asked for or rests. Call it with mu held.
func (r *router) want(d *domain, urgent bool) {
	switch {
	case d.asking || d.until > 0:
	case urgent && d.failures == 0 && !d.hurried:
		d.hurried = true
		r.urgent = append(r.urgent, d)
	case d.lined || d.hurried:
	case d.failures > 0:
		d.lined = true
		r.again = append(r.again, d)
	default:
		d.lined = true
		r.fresh = append(r.fresh, d)
	}
}

// next takes the domain that is to be asked for now, if any. Of the most that may be asked for at once, half may be
// for domains that had no route the last time. Call it with mu held.
func (r *router) next(most int) *domain {
	if r.asking >= most {
		return nil
	}
	d := pull(&r.urgent)
	if d == nil {
		d = pull(&r.fresh)
	}
	if d == nil && r.askingRepeated < max(1, most/2) {
		if d = pull(&r.again); d != nil {
			r.askingRepeated++
		}
	}
	if d != nil {
		r.asking++
		d.asking, d.lined, d.hurried = true, false, false
	}
	return d
}

// pull takes the first domain of a line that was not taken from another.
func pull(line *[]*domain) *domain {
	for len(*line) > 0 {
		d := (*line)[0]
		*line = (*line)[1:]
		if !d.asking && (d.lined || d.hurried) {
			return d
		}
	}
	return nil
}

// wakeDomains puts domains whose rest is over back in the line, and returns when the next one's is. Call it with mu
// held.
func (q *Queue) wakeDomains(now time.Duration) (wake time.Duration) {
	wake = never
	for d := range q.tired {
		if d.until > now {
			wake = min(wake, d.until)
			continue
		}
		q.rested(d)
	}
	return wake
}

// rested ends a domain's rest. Call it with mu held.
func (q *Queue) rested(d *domain) {
	d.until = 0
	delete(q.tired, d)
	if len(d.parked) > 0 {
		q.routes.want(d, false)
	}
}

// ask starts as many routes as may be asked for. Call it with mu held.
func (q *Queue) ask(ctx context.Context) {
	for d := q.routes.next(q.cfg.MaxRoutes); d != nil; d = q.routes.next(q.cfg.MaxRoutes) {
		repeated := d.failures > 0 // as when it was lined up: only an answer changes it
		q.working.Go(func() {
			hop, err := q.route(ctx, d.name)
			q.mu.Lock()
			defer q.mu.Unlock()
			q.routes.asking--
			if repeated {
				q.routes.askingRepeated--
			}
			d.asking = false
			if ctx.Err() == nil {
				q.routed(d, hop, err)
			}
			q.ring()
		})
	}
}

func (q *Queue) route(ctx context.Context, name string) (h Hop, err error) {
	ctx, cancel := context.WithTimeout(ctx, routeTimeout)
	defer cancel()
	err = q.guard("route", func() (err error) {
		h, err = q.courier.Route(ctx, name)
		return err
	})
	return h, err
}

// routed lines a domain's rows up at its hop, or deals with not having one. Call it with mu held.
func (q *Queue) routed(d *domain, to Hop, err error) {
	now := q.now()
	if to.Provider != "" {
		d.provider = to.Provider
	}
	switch {
	case errors.Is(err, ErrStarved):
		q.starveDomain(d, now, clean(err.Error(), MaxText))
		return
	case err != nil:
		q.unroutable(d, now, err)
		return
	}
	d.failures, d.last = 0, Result{}
	d.hop = q.hop(to)
	d.staleAt = now + routeTTL
	for _, e := range d.parked {
		q.line(d.hop, e)
	}
	d.parked = nil
}

// starveDomain makes a domain wait whose hop could not be asked for. Call it with mu held.
func (q *Queue) starveDomain(d *domain, now time.Duration, text string) {
	d.hop, d.last = nil, Result{Outcome: Deferred, Text: text}
	d.until = now + starvedPause
	q.tired[d] = struct{}{}
	q.starved.Log(q.log, slog.String("cause", text))
}

// unroutable ends the rows of a domain that has no hop, or lets them rest. Call it with mu held.
func (q *Queue) unroutable(d *domain, now time.Duration, err error) {
	r := Result{Outcome: Deferred, Text: clean(err.Error(), MaxText)}
	var route *RouteError
	if errors.As(err, &route) {
		r = tidy(route.Result)
	}
	d.hop, d.last = nil, r
	if r.Outcome == Failed {
		d.failures = 0
		for _, e := range d.parked {
			q.conclude(e, r)
		}
		d.parked = nil
		return
	}
	d.failures++
	d.until = now + pauseDelay(d.failures, rand.Float64())
	q.tired[d] = struct{}{}
	q.log.Warn("no route", "domain", d.name, "failures", d.failures, "rows", len(d.parked))
	var over []entry
	d.parked, over = split(d.parked, func(e *entry) bool { return e.expired(now) })
	r.Outcome = Expired
	for _, e := range over {
		q.conclude(e, r)
	}
}
