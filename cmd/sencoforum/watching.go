package main

import (
	"time"

	"sencoforum/bounce"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/watch"
)

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
