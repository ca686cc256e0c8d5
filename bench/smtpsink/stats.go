package smtpsink

import (
	"sync"
	"sync/atomic"
	"time"
)

// Stats is what a sink saw. Times are Unix seconds, with six digits of a second that can be trusted; 0 is never.
type Stats struct {
	Connections int64 `json:"connections"`
	Open        int64 `json:"open_connections"`
	MaxOpen     int64 `json:"max_open_connections"`

	Transactions  int64 `json:"transactions"`      // messages that were taken
	Deliveries    int64 `json:"deliveries"`        // recipients of those messages
	UniqueRcpts   int   `json:"unique_recipients"` // 0 where they are not counted, as are senders
	UniqueSenders int   `json:"unique_senders"`
	MaxRcpts      int64 `json:"max_recipients_in_one_transaction"`
	Bytes         int64 `json:"bytes"`

	TempFailed int64 `json:"temporary_failures"`
	PermFailed int64 `json:"permanent_failures"`
	Dropped    int64 `json:"dropped_connections"`

	FirstConnection float64 `json:"first_connection"`
	FirstDelivery   float64 `json:"first_delivery"`
	LastDelivery    float64 `json:"last_delivery"`
}

type counters struct {
	connections, open, maxOpen, transactions, deliveries atomic.Int64
	bytes, tempFailed, permFailed, dropped, maxRcpts     atomic.Int64
	firstConn, first, last                               atomic.Int64 // Unix nanoseconds
	rcpts, senders                                       shardedSet
}

func (c *counters) connected() {
	c.firstConn.CompareAndSwap(0, time.Now().UnixNano())
	c.connections.Add(1)
	raise(&c.maxOpen, c.open.Add(1))
}

// delivered counts one message that was taken. The deliveries come last: who has waited for them finds all else counted.
func (c *counters) delivered(sender string, rcpts []string, size int64, unique bool) {
	now := time.Now().UnixNano()
	c.first.CompareAndSwap(0, now)
	raise(&c.last, now)
	raise(&c.maxRcpts, int64(len(rcpts)))
	c.bytes.Add(size)
	if unique {
		c.senders.add(sender)
		for _, r := range rcpts {
			c.rcpts.add(r)
		}
	}
	c.transactions.Add(1)
	c.deliveries.Add(int64(len(rcpts)))
}

func raise(to *atomic.Int64, v int64) {
	for old := to.Load(); v > old; old = to.Load() {
		if to.CompareAndSwap(old, v) {
			return
		}
	}
}

func (c *counters) stats() Stats {
	return Stats{
		Connections: c.connections.Load(), Open: c.open.Load(), MaxOpen: c.maxOpen.Load(),
		Transactions: c.transactions.Load(), Deliveries: c.deliveries.Load(),
		UniqueRcpts: c.rcpts.len(), UniqueSenders: c.senders.len(), MaxRcpts: c.maxRcpts.Load(), Bytes: c.bytes.Load(),
		TempFailed: c.tempFailed.Load(), PermFailed: c.permFailed.Load(), Dropped: c.dropped.Load(),
		FirstConnection: unix(c.firstConn.Load()), FirstDelivery: unix(c.first.Load()), LastDelivery: unix(c.last.Load()),
	}
}

func unix(nanoseconds int64) float64 { return float64(nanoseconds) / 1e9 }

func (c *counters) reset() {
	for _, v := range []*atomic.Int64{&c.connections, &c.transactions, &c.deliveries, &c.bytes, &c.maxRcpts,
		&c.tempFailed, &c.permFailed, &c.dropped, &c.firstConn, &c.first, &c.last} {
		v.Store(0)
	}
	c.maxOpen.Store(c.open.Load())
	c.rcpts.clear()
	c.senders.clear()
}

// shardedSet is a set of strings that many connections can add to.
type shardedSet [64]struct {
	sync.Mutex
	m map[string]struct{}
}

func (s *shardedSet) add(v string) {
	one := &s[hash(0, v)%64]
	one.Lock()
	defer one.Unlock()
	if one.m == nil {
		one.m = make(map[string]struct{})
	}
	one.m[v] = struct{}{}
}

func (s *shardedSet) len() (n int) {
	for i := range s {
		s[i].Lock()
		n += len(s[i].m)
		s[i].Unlock()
	}
	return n
}

func (s *shardedSet) clear() {
	for i := range s {
		s[i].Lock()
		s[i].m = nil
		s[i].Unlock()
	}
}

// hash is FNV-1a with a final mix, to spread addresses that differ little.
func hash(seed uint64, v string) uint64 {
	h := 14695981039346656037 ^ seed*0x9e3779b97f4a7c15
	for i := range len(v) {
		h = (h ^ uint64(v[i])) * 1099511628211
	}
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}

// share reports whether an address falls into the given share of all addresses.
func share(p float64, seed uint64, v string) bool {
	return p > 0 && float64(hash(seed, v)>>11)/(1<<53) < p
}
