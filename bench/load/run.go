package main

import (
	"sync"
	"sync/atomic"
	"time"

	"sencoforum/bench/percent"
)

// report is the JSON line that the program prints. Times are Unix seconds.
type report struct {
	Connections int            `json:"connections"`
	Sent        int64          `json:"messages_accepted"`
	Recipients  int64          `json:"recipients_accepted"`
	Failed      int64          `json:"messages_failed"`
	Bytes       int64          `json:"bytes"`
	Seconds     float64        `json:"seconds"`
	PerSecond   float64        `json:"messages_per_second"`
	FinalReply  percent.Of     `json:"final_reply_ms"` // end of DATA to its reply
	Transaction percent.Of     `json:"transaction_ms"` // MAIL, or the due time with -rate, to the last reply
	Errors      map[string]int `json:"errors,omitempty"`
	TargetRate  float64        `json:"target_rate,omitempty"`
	Start       float64        `json:"start"`
	LastReply   float64        `json:"last_reply"` // when the last message was known to be taken
}

// run sends all messages and reports. An error is one of the configuration; what the server does wrong is in the report.
func run(c config) (report, error) {
	src, err := newSource(c.source)
	if err != nil {
		return report{}, err
	}
	start := time.Now()
	take := schedule(c, src, start)
	var (
		wg      sync.WaitGroup
		clients = make([]*client, c.conns)
	)
	for i := range clients {
		clients[i] = &client{options: c.options, errors: map[string]int{}}
		wg.Go(func() { clients[i].run(take) })
	}
	wg.Wait()
	return merge(c, clients, start), nil
}

// schedule returns a function that gives each connection its next message, when that is due, or nil at the end.
func schedule(c config, src *source, start time.Time) func() *job {
	var next atomic.Int64
	return func() *job {
		i := int(next.Add(1) - 1)
		if i >= c.count {
			return nil
		}
		j := src.job(i)
		if c.rate > 0 {
			j.due = start.Add(time.Duration(float64(i) / c.rate * float64(time.Second)))
			time.Sleep(time.Until(j.due))
		}
		return j
	}
}

func merge(c config, clients []*client, start time.Time) report {
	r := report{Connections: c.conns, TargetRate: c.rate, Errors: map[string]int{}}
	last := start
	var final, whole []time.Duration
	for _, c := range clients {
		r.Sent += c.sent
		r.Recipients += c.accepted
		r.Failed += c.failed
		r.Bytes += c.bytes
		final = append(final, c.final...)
		whole = append(whole, c.whole...)
		for k, v := range c.errors {
			r.Errors[k] += v
		}
		if c.last.After(last) {
			last = c.last
		}
	}
	r.FinalReply, r.Transaction = percent.Sum(final), percent.Sum(whole)
	r.Start, r.LastReply = unix(start), unix(last)
	if r.Seconds = last.Sub(start).Seconds(); r.Seconds > 0 {
		r.PerSecond = float64(r.Sent) / r.Seconds
	}
	return r
}

func unix(t time.Time) float64 { return float64(t.UnixNano()) / 1e9 }
