package main

import (
	"context"
	"time"

	"sencoforum/bounce"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/watch"
)

// watchCertificates tells the operator of certificates that end or are not issued, until ctx ends.
func (h *house) watchCertificates(ctx context.Context, c *certificates) error {
	return watch.NewCertificateWatch(h.log, h.db, h.keys, h.host.Operator, c.states, time.Now).Run(ctx)
}

// newWatch builds the watch, which sees what refusals mean and what waits, and by which the bounces know providers.
func (h *house) newWatch(operator message.Address) (err error) {
	c := watch.Config{
		Class:   func(r queue.Result) string { return bounce.ClassOf(r).String() },
		Waiting: func() []queue.ProviderState { return h.queue.Providers() },
		Rest: func(provider string, pause time.Duration, last queue.Result) {
			h.queue.Rest(provider, pause, last)
		},
		Operator: operator,
		Lifetime: time.Duration(h.cfg.Delivery.RetryFor),
		Now:      time.Now,
	}
	if h.smtp != nil {
		c.ProviderOf = h.smtp.ProviderOf
	}
	if h.watch, err = watch.New(h.log, h.db, h.keys, c); err == nil {
		h.bounces.Provider = h.watch.Provider
	}
	return err
}
