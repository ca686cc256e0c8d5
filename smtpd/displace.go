package smtpd

import (
	"net/netip"
	"time"

	"sencoforum/list"
)

// The rule for a full house. Connections that only hold a place must not keep
// mail out, so when all are in use a newcomer that is within the caps for its
// address takes the place of the one that gives us least:
//
//  1. first the session that has waited longest for its next command, if that
//     is idleTime or more. Only a whole command counts, not an octet of one; a
//     TLS handshake is one command.
//  2. then the message whose last slowTime brought less than the minimum rate,
//     beginning with the one that has been so slow for longest. The grace time
//     at its beginning does not count here.
//
// Nobody gives way who is trusted, who comes by LMTP, or whose command or message
// is being worked on: a connection can only be displaced while its goroutine
// waits for octets, and it is asked again, under its lock, at that very moment.
// So a message whose last octet was read, let alone one that the Receiver has
// seen, always gets its own answer.
//
// Whoever was displaced may come again while there is room, but for two to four
// minutes nobody gives way to that address: drips that come back at once would
// only displace each other, and mail with them. Mail servers try again later than
// that.
//
// The displaced gets a 421 from its own goroutine, which has hurry to write it;
// the newcomer waits for none of that. If nobody has to give way the newcomer is
// turned away. Finding out looks at each connection once, which is some
// microseconds for 200 of them, and happens only when the house is full.
const (
	idleTime   = time.Second
	slowTime   = 5 * time.Second
	memoryTime = 2 * time.Minute
	hurry      = 100 * time.Millisecond
)

// A wait is what the goroutine of a gate waits for at present, and since when
// the client owes it.
type wait struct {
	what  waited
	since time.Time
}

type waited int

const (
	forNothing waited = iota // it works
	forCommand
	forOctets // of a message
)

// over returns for how much longer than allowed a wait has lasted; it is
// negative while the client may take its time.
func (w wait) over(now time.Time) time.Duration {
	switch w.what {
	case forCommand:
		return now.Sub(w.since) - idleTime
	case forOctets:
		return now.Sub(w.since) - slowTime
	}
	return -1
}

// worse reports whether who waits so gives way before who waits like other.
// Both are over.
func (w wait) worse(other wait) bool {
	if w.what != other.what {
		return w.what == forCommand
	}
	return w.since.Before(other.since)
}

// displace makes room for a newcomer, or reports that nobody has to give way.
// The caller holds mu.
func (s *Server) displace(newcomer netip.Addr, trusted bool) bool {
	now := time.Now()
	if !trusted && s.wasters.has(newcomer, now) {
		return false
	}
	for g := s.least(now); g != nil; g = s.least(now) {
		if !g.giveWay(now, s.words.displaced()) {
			continue // it has just begun to work
		}
		s.uncount(g)
		s.wasters.add(g.client, now)
		s.shed.note(s.log, g.client)
		s.metrics.result(displaced)
		return true
	}
	return false
}

// least returns the gate that has to give way first, or nil. The caller holds mu.
func (s *Server) least(now time.Time) *gate {
	var worst *gate
	var of wait
	for g := range s.gates {
		if g.counted != withClients || g.trusted {
			continue
		}
		w := g.waiting()
		if w.over(now) >= 0 && (worst == nil || w.worse(of)) {
			worst, of = g, w
		}
	}
	return worst
}

// wasters are the addresses whose connections were displaced. They are forgotten
// by and by, all of two minutes together.
type wasters struct {
	since      time.Time // of young
	young, old map[netip.Prefix]struct{}
}

func (w *wasters) add(client netip.Addr, now time.Time) {
	w.age(now)
	w.young[lineOf(client)] = struct{}{}
}

func (w *wasters) has(client netip.Addr, now time.Time) bool {
	w.age(now)
	_, young := w.young[lineOf(client)]
	_, old := w.old[lineOf(client)]
	return young || old
}

func (w *wasters) age(now time.Time) {
	for range 2 {
		if now.Sub(w.since) < memoryTime {
			return
		}
		w.old, w.young = w.young, make(map[netip.Prefix]struct{})
		w.since = w.since.Add(memoryTime)
	}
	w.since = now
}

// waiting returns the present wait.
func (g *gate) waiting() wait {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.wait
}

// giveWay ends the session with a farewell, if its wait is still over the limit.
func (g *gate) giveWay(now time.Time, farewell *list.Refusal) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.wait.over(now) < 0 {
		return false
	}
	g.farewell, g.away, g.wait = farewell, true, wait{}
	_ = g.conn.SetReadDeadline(time.Unix(1, 0))
	return true
}

// arrived ends a wait. It returns what to say if the place went to somebody
// else meanwhile, whatever has come.
func (g *gate) arrived() *list.Refusal {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.wait = wait{}
	if g.away {
		return g.farewell
	}
	return nil
}

// nextCommand is the wait for a command. Between two chunks of a message it is
// the message that has to come.
func (g *gate) nextCommand() wait {
	if g.bdat {
		return wait{forOctets, g.clock.mark}
	}
	return wait{forCommand, time.Now()}
}

// writeTime is how long a reply may take.
func (g *gate) writeTime() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.away {
		return hurry
	}
	return g.server.limits.Write
}
