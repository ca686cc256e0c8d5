package courier

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"sencoforum/queue"
)

// Behind a smarthost the DNS is asked only for the name of who receives a domain's mail, so it may cost next to nothing.
const (
	askingMax  = 16                     // questions at once
	askingTime = 5 * time.Second        // for an answer, which is kept for later routes
	patience   = 300 * time.Millisecond // that a route waits for it
	impatience = time.Minute            // in which no route waits, after one has waited in vain
)

// asking bounds those questions. It may be used by many goroutines at once.
type asking struct {
	mu   sync.Mutex // guards what follows
	now  int        // questions that have no answer yet
	slow time.Time  // no route waits before this
}

// begin says whether one more question may be asked, and how long to wait for its answer.
func (a *asking) begin(now time.Time) (wait time.Duration, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.now >= askingMax {
		return 0, false
	}
	a.now++
	if now.Before(a.slow) {
		return 0, true
	}
	return patience, true
}

func (a *asking) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.now--
}

func (a *asking) waited(now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.slow = now.Add(impatience)
}

// behind names who receives the mail of a domain that a smarthost carries: by the table of domains, else by the domain's
// mail hosts if they may be asked for, else it is the domain's registered parent. It never fails. It waits for the DNS for patience at most, and not
// at all while the DNS is slow; an answer that comes later counts for the next route.
func (c *SMTP) behind(ctx context.Context, domain string) string {
	if name := c.cfg.Providers.byDomain(domain); name != "" {
		return name
	}
	if !c.cfg.AskProviders {
		return operator(domain)
	}
	if hop, _, ok := c.routes.get(domain); ok {
		return hop.Provider
	}
	wait, ok := c.asking.begin(c.cfg.Now())
	if !ok {
		return operator(domain)
	}
	answer := make(chan string, 1)
	go func() {
		defer c.asking.end()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askingTime)
		defer cancel()
		answer <- c.ask(ctx, domain)
	}()
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case name := <-answer:
			return name
		case <-timer.C:
			c.asking.waited(c.cfg.Now())
		case <-ctx.Done():
		}
	}
	return operator(domain)
}

// ask looks at the mail hosts of a domain and remembers who they belong to, unless the DNS did not answer.
func (c *SMTP) ask(ctx context.Context, domain string) string {
	groups, err := c.exchangers(ctx, domain)
	var none *queue.RouteError
	switch {
	case err == nil:
		hop := queue.Hop{Provider: c.cfg.Providers.Name(domain, groups[0])}
		c.routes.put(domain, hop, nil)
		return hop.Provider
	case errors.As(err, &none) && none.Result.Outcome == queue.Failed:
		c.routes.put(domain, queue.Hop{Provider: operator(domain)}, nil)
	}
	return operator(domain)
}

// ProviderOf names who receives the mail of a domain, as well as it is known at this moment: by the last route that was
// looked up, else by the table of domains, else it is the domain's registered parent. It asks nobody and never waits.
func (c *SMTP) ProviderOf(domain string) string {
	domain = strings.TrimSuffix(strings.ToLower(domain), ".")
	if name := c.routes.provider(domain); name != "" {
		return name
	}
	if name := c.cfg.Providers.byDomain(domain); name != "" {
		return name
	}
	return operator(domain)
}
