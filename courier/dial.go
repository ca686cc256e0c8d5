package courier

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"time"

	"sencoforum/internal/failpoint"
)

// maxTries is the number of addresses that one Deliver connects to before it gives up.
const maxTries = 6

// way is how to reach a hop.
type way struct {
	hosts [][]string // best first; those in one group are equals
	port  int
	smart *Smarthost // nil: MX hosts
	protection
}

// open connects to the first address of the way that serves us. Its error names the trouble of each that was tried, or
// wraps queue.ErrStarved.
func (c *SMTP) open(ctx context.Context, w way) (*session, error) {
	var all faults
	tries := 0
	for at, err := range c.candidates(ctx, w) {
		if starving(err) {
			return nil, starved(err)
		}
		if err != nil {
			c.metrics.connected(ctx, nil, err)
			all = append(all, err)
			continue
		}
		if tries++; tries > maxTries {
			break
		}
		s, err := c.connect(ctx, w, at)
		if starving(err) {
			return nil, starved(err)
		}
		c.metrics.connected(ctx, s, err)
		if err == nil {
			return s, nil
		}
		all = append(all, err)
		// The same password will not do elsewhere.
		if errors.As(err, new(authError)) || ctx.Err() != nil {
			break
		}
	}
	return nil, all
}

// place is one address of one host.
type place struct {
	host string
	addr netip.Addr
}

// candidates yields the addresses of the way, best host first and equals in random order, and the trouble of each
// host that has none.
func (c *SMTP) candidates(ctx context.Context, w way) iter.Seq2[place, error] {
	return func(yield func(place, error) bool) {
		for _, group := range w.hosts {
			for _, i := range rand.Perm(len(group)) {
				addrs, err := c.addressesOf(ctx, w, group[i])
				if err != nil && !yield(place{}, err) {
					return
				}
				for _, addr := range addrs {
					if !yield(place{group[i], addr}, nil) {
						return
					}
				}
			}
		}
	}
}

// addressesOf returns the addresses of host in the order in which to try them.
func (c *SMTP) addressesOf(ctx context.Context, w way, host string) ([]netip.Addr, error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeouts.DNS)
	defer cancel()
	addrs, err := c.resolve(ctx, host, w.smart == nil)
	if err != nil {
		return nil, &trouble{peer: host, doing: "look up its address", err: err, enhanced: "4.4.3"}
	}
	if w.smart == nil {
		if addrs = c.reachable(addrs); len(addrs) == 0 {
			return nil, &trouble{peer: host, doing: "connect", err: errPrivate, enhanced: "4.4.4"}
		}
	}
	return interleave(addrs), nil
}

// interleave mixes the families, IPv4 first: many hosts have no way to IPv6, or no name for their own address.
// Within a family the order is random.
func interleave(addrs []netip.Addr) []netip.Addr {
	var four, six, mixed []netip.Addr
	for _, i := range rand.Perm(len(addrs)) {
		if addrs[i].Is4() {
			four = append(four, addrs[i])
		} else {
			six = append(six, addrs[i])
		}
	}
	for i := range max(len(four), len(six)) {
		mixed = append(mixed, four[min(i, len(four)):min(i+1, len(four))]...)
		mixed = append(mixed, six[min(i, len(six)):min(i+1, len(six))]...)
	}
	return mixed
}

// connect opens a session with one address. Where encryption may be left out, a handshake that fails is
// followed by a second connection without.
func (c *SMTP) connect(ctx context.Context, w way, at place) (*session, error) {
	s, err := c.begin(ctx, w, at)
	if w.level == offered && errors.As(err, new(handshakeError)) && ctx.Err() == nil {
		c.log.Warn("encryption failed, sending in the clear as the policy allows", "reason", err)
		w.level = clear
		return c.begin(ctx, w, at)
	}
	return s, err
}

// begin dials, and takes the session to where MAIL may be said.
func (c *SMTP) begin(ctx context.Context, w way, at place) (*session, error) {
	port := strconv.Itoa(w.port)
	peer := at.host + "[" + at.addr.String() + "]:" + port
	if w.smart != nil && w.level == clear && !isPrivate(at.addr) {
		return nil, &trouble{peer: peer, doing: "connect", enhanced: "4.7.4",
			err: errors.New("tls none is for loopback and private addresses alone")}
	}
	conn, err := c.dial(ctx, net.JoinHostPort(at.addr.String(), port))
	if err != nil {
		return nil, &trouble{peer: peer, doing: "connect", err: err, enhanced: "4.4.1"}
	}
	s := &session{wire: newWire(conn, c.cfg.Timeouts.Block), peer: peer, times: c.cfg.Timeouts}
	if c.log.Enabled(ctx, slog.LevelDebug) {
		s.trace = c.log.With("host", peer)
	}
	stop := s.finishWithin(ctx, 0)
	err = c.introduce(s, w, at)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if ctx.Err() == nil && w.smart == nil && w.level != clear {
		if r, came := resultOf(s, err); came {
			c.metrics.guarded(w.mode(), r)
		}
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return s, nil
}

func (c *SMTP) dial(ctx context.Context, addr string) (net.Conn, error) {
	return c.dialWithin(ctx, c.cfg.Timeouts.Connect, addr)
}

func (c *SMTP) dialWithin(ctx context.Context, d time.Duration, addr string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	return c.cfg.Dial(ctx, "tcp", addr)
}

// introduce goes from the fresh connection to the last reply before MAIL.
func (c *SMTP) introduce(s *session, w way, at place) error {
	if err := failpoint.Hit(failpoint.CourierDialled); err != nil {
		return s.lost("greeting", err)
	}
	if w.level == implicit {
		if err := c.encrypt(s, at.host, w.protection); err != nil {
			return err
		}
	}
	r, err := s.hear("greeting", s.times.Greeting)
	if err != nil {
		return err
	}
	if r.code != 220 {
		s.farewell()
		return s.refuses("greeting", r)
	}
	if err := c.hello(s); err != nil {
		return err
	}
	if err := c.startTLS(s, at.host, w.protection); err != nil {
		return err
	}
	if w.testing && s.conn == s.raw {
		s.flaw = errNoTLS
	}
	return c.logIn(s, w.smart, at.addr, s.conn != s.raw)
}

// hello says EHLO, and HELO to a peer that does not know it (RFC 5321 §3.2).
func (c *SMTP) hello(s *session) error {
	r, err := s.ask("EHLO "+c.cfg.Hostname, "EHLO", s.times.Command)
	if err != nil {
		return err
	}
	s.ext = extensions{}
	if r.ok() {
		s.ext = parseExtensions(r.lines)
		return nil
	}
	if r.code/100 == 5 {
		if r, err = s.ask("HELO "+c.cfg.Hostname, "HELO", s.times.Command); err != nil || r.ok() {
			return err
		}
	}
	s.farewell()
	return s.refuses("EHLO", r)
}

// farewell says QUIT to a peer that will not have us, without waiting for its reply.
func (s *session) farewell() {
	s.line("QUIT")
	s.wire.block = time.Second
	s.flush()
}
