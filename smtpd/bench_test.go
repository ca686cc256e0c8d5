package smtpd

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/textproto"
	"strings"
	"sync"
	"testing"

	"sencoforum/message"
)

// yes is a Receiver that takes everything and keeps nothing.
type yes struct{}

func (yes) Mail(context.Context, *message.Envelope) error                  { return nil }
func (yes) Rcpt(context.Context, *message.Envelope, message.Address) error { return nil }
func (yes) Receive(context.Context, *message.Envelope, []byte) error       { return nil }

// BenchmarkReceive takes in messages of 5 KB over loopback. The time is for one
// message, over all connections.
func BenchmarkReceive(b *testing.B) {
	body := "Subject: a\r\n\r\n" + strings.Repeat(strings.Repeat("x", 70)+"\r\n", 70) + ".\r\n"
	for _, conns := range []int{1, 8} {
		b.Run(fmt.Sprintf("conns=%d", conns), func(b *testing.B) {
			cfg := config()
			cfg.Trusted = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			s := New(quiet(), yes{}, cfg)
			go func() { _ = s.Serve(l) }()
			defer s.Shutdown(context.Background())
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			b.ResetTimer()
			var wg sync.WaitGroup
			for i := range conns {
				n := b.N / conns
				if i == 0 {
					n += b.N % conns
				}
				wg.Go(func() { deliver(b, l.Addr().String(), body, n) })
			}
			wg.Wait()
		})
	}
}

func deliver(b *testing.B, addr, body string, n int) {
	c, err := textproto.Dial("tcp", addr)
	if err != nil {
		b.Error(err)
		return
	}
	defer c.Close()
	expect := func(code int) {
		if _, _, err := c.ReadResponse(code); err != nil {
			b.Error(err)
		}
	}
	expect(220)
	_ = c.PrintfLine("EHLO relay.test")
	expect(250)
	for range n {
		_ = c.PrintfLine("MAIL FROM:<a@relay.test>\r\nRCPT TO:<forum@lists.test>\r\nDATA")
		expect(250)
		expect(250)
		expect(354)
		_, _ = c.W.WriteString(body)
		_ = c.W.Flush()
		expect(250)
	}
	_ = c.PrintfLine("QUIT")
	expect(221)
}
