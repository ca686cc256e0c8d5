package rig

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A swarm is many strangers who want every place at the door and none of the
// service. Each has an address of its own: no cap by address or network
// touches more than a few of them.
type swarm struct {
	addr     string // of the server
	owner    string // an address that takes mail from strangers
	attempts int    // in one wave
	drips    int

	tried, turned, let, ended atomic.Int64 // connections: all, answered 421, greeted, ended by the server
}

// run floods until ctx ends: in waves of attempts as fast as possible, and with
// drips that come back whenever they lose their place.
func (f *swarm) run(ctx context.Context) {
	var all sync.WaitGroup
	for i := range f.drips {
		all.Go(func() {
			sleep(ctx, rand.N(time.Second)) // they do not come all in one moment
			for ctx.Err() == nil {
				f.drip(ctx, i)
				sleep(ctx, time.Second+rand.N(2*time.Second))
			}
		})
	}
	for ctx.Err() == nil && f.attempts > 0 {
		f.wave(ctx)
		sleep(ctx, time.Second)
	}
	all.Wait()
}

// wave is one wave of attempts.
func (f *swarm) wave(ctx context.Context) {
	var left atomic.Int64
	left.Store(int64(f.attempts))
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for left.Add(-1) >= 0 && ctx.Err() == nil {
				if c, in := f.knock(dripAddress(rand.IntN(1 << 16))); c != nil {
					if rand.IntN(2) == 0 {
						f.admitted(c, in)
					}
					c.Close()
				}
			}
		})
	}
	all.Wait()
}

// dripAddress is the address of a stranger: each of the first 2^16 has a /24 of
// its own.
func dripAddress(i int) net.IP {
	return net.IPv4(127, byte(32+i%128), byte(i/128), byte(1+i%200))
}

// knock makes one connection.
func (f *swarm) knock(from net.IP) (net.Conn, *bufio.Reader) {
	f.tried.Add(1)
	d := net.Dialer{Timeout: 5 * time.Second, LocalAddr: &net.TCPAddr{IP: from}}
	c, err := d.Dial("tcp", f.addr)
	if err != nil {
		return nil, nil
	}
	return c, bufio.NewReader(c)
}

// admitted reads the first reply and reports whether it is a greeting.
func (f *swarm) admitted(c net.Conn, in *bufio.Reader) bool {
	c.SetReadDeadline(time.Now().Add(10 * time.Second))
	code, _ := lastLine(in)
	switch code {
	case 220:
		f.let.Add(1)
	case 421:
		f.turned.Add(1)
	}
	return code == 220
}

// drip takes one place at the door and keeps it as long as it can.
func (f *swarm) drip(ctx context.Context, i int) {
	c, in := f.knock(dripAddress(i))
	if c == nil {
		return
	}
	defer context.AfterFunc(ctx, func() { c.Close() })()
	defer c.Close()
	if !f.admitted(c, in) {
		return
	}
	kept := func() error { return nil }
	switch i % 4 {
	case 1: // greets and waits
		fmt.Fprint(c, "EHLO drip.example\r\n")
	case 2: // one octet of a command a second
		kept = every(ctx, func() error { _, err := fmt.Fprint(c, "N"); return err })
	case 3: // a body of ten octets a second
		fmt.Fprintf(c, "EHLO drip.example\r\nMAIL FROM:<drip@drip.example>\r\nRCPT TO:<%s>\r\nDATA\r\n", f.owner)
		kept = every(ctx, func() error { _, err := fmt.Fprint(c, "Subject: \r\n"[:10]); return err })
	}
	go kept()
	c.SetReadDeadline(time.Time{})
	for line, err := "", error(nil); err == nil && !strings.HasPrefix(line, "421"); {
		line, err = in.ReadString('\n')
	}
	if ctx.Err() == nil {
		f.ended.Add(1)
	}
}

// every returns a function that does do each second until it fails.
func every(ctx context.Context, do func() error) func() error {
	return func() error {
		for ctx.Err() == nil {
			if err := do(); err != nil {
				return err
			}
			sleep(ctx, time.Second)
		}
		return nil
	}
}
