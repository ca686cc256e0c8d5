package courier

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"sencoforum/queue"
)

// BenchmarkDeliver sends mails of 5 KB over loopback to a sink in this process, which takes about half of the CPU time
// that cpu-µs/mail shows. Each mail has its own envelope.
func BenchmarkDeliver(b *testing.B) {
	for _, pipelining := range []bool{true, false} {
		for _, conns := range []int{1, 8} {
			b.Run(fmt.Sprintf("pipelining=%v/conns=%d", pipelining, conns), func(b *testing.B) {
				at := startSink(b, pipelining)
				c := New(discard(), Config{Hostname: "forum.example", TLS: Opportunistic, Dial: to(at),
					Resolver: &zone{addrs: map[string][]netip.Addr{"mx.example.": addresses("203.0.113.1")}}})
				src := newSupply(b)
				var wg sync.WaitGroup
				b.ResetTimer()
				cpu := cpuTime(b)
				for range conns {
					wg.Go(func() {
						if err := c.Deliver(b.Context(), queue.Hop{Key: "mx:mx.example"}, src); err != nil {
							b.Error(err)
						}
					})
				}
				wg.Wait()
				if n := src.delivered.Load(); n != int64(b.N) {
					b.Fatalf("%d mails delivered, want %d", n, b.N)
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
				b.ReportMetric(float64((cpuTime(b)-cpu).Microseconds())/float64(b.N), "cpu-µs/mail")
			})
		}
	}
}

// supply is a source of b.N mails that differ in their envelopes and first lines.
type supply struct {
	form            queue.Outgoing
	n               int64
	next, delivered atomic.Int64
}

func newSupply(b *testing.B) *supply {
	return &supply{n: int64(b.N), form: queue.Outgoing{
		From: addr(b, "senco-bounces+snc1_abcdefghijklmnop@lists.example"), To: addr(b, "member@school.example"),
		Header: []byte("Message-ID: <1@lists.example>\r\nList-Unsubscribe: <https://lists.example/u/abcdefghijklmnop>\r\n"),
		Body:   append([]byte("Subject: hello\r\n\r\n"), bytes.Repeat([]byte("A line of the body, as long as they are in mails.\r\n"), 100)...),
	}}
}

func (s *supply) Next(context.Context, bool) (queue.Outgoing, bool) {
	n := s.next.Add(1)
	o := s.form
	o.Row = queue.RowID(n)
	return o, n <= s.n
}

func (s *supply) Settle(_ queue.RowID, r queue.Result) {
	if r.Outcome == queue.Delivered {
		s.delivered.Add(1)
	}
}

// startSink takes everything and keeps nothing.
func startSink(b *testing.B, pipelining bool) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer conn.Close()
				sink(conn, pipelining)
			})
		}
	})
	b.Cleanup(func() {
		l.Close()
		wg.Wait()
	})
	return l.Addr().String()
}

func sink(conn net.Conn, pipelining bool) {
	r, w := bufio.NewReaderSize(conn, 64<<10), bufio.NewWriter(conn)
	io.WriteString(w, "220 sink\r\n")
	for inBody := false; ; {
		if r.Buffered() == 0 {
			w.Flush()
		}
		line, err := r.ReadSlice('\n')
		if err != nil {
			return
		}
		switch {
		case inBody:
			if inBody = !bytes.Equal(line, []byte(".\r\n")); !inBody {
				io.WriteString(w, "250 2.0.0 Ok: queued as 4bXyZ12345\r\n")
			}
		case line[0] == 'D':
			inBody = true
			io.WriteString(w, "354 End data with a dot\r\n")
		case line[0] == 'E' && pipelining:
			io.WriteString(w, "250-sink\r\n250-SIZE 20000000\r\n250 PIPELINING\r\n")
		case line[0] == 'Q':
			io.WriteString(w, "221 2.0.0 Bye\r\n")
			w.Flush()
			return
		default:
			io.WriteString(w, "250 2.1.0 Ok\r\n")
		}
	}
}

func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
