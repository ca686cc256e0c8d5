package incoming

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"sencoforum/internal/testdb"
	"sencoforum/message"
)

// BenchmarkPost takes posts of 5 KB from the door's first question to the answer that they are safe. The time is for
// one post, over all sessions.
func BenchmarkPost(b *testing.B) {
	words := strings.Repeat("Has anybody set an end date for a part-time timetable before the review? ", 66)
	for _, sessions := range []int{1, 8} {
		b.Run(fmt.Sprintf("sessions=%d", sessions), func(b *testing.B) {
			o := open(b)
			b.ReportAllocs()
			b.ResetTimer()
			before := o.db.Stats()
			var wg sync.WaitGroup
			for s := range sessions {
				wg.Go(func() {
					for i := s; i < b.N; i += sessions {
						o.benchPost(b, fmt.Sprintf("<%d.%d@school.example>", sessions, i), fmt.Sprint(i, words))
					}
				})
			}
			wg.Wait()
			s := o.db.Stats()
			b.ReportMetric(float64(s.Commits-before.Commits)/float64(b.N), "commits/op")
			b.ReportMetric(float64(s.Written-before.Written)/float64(b.N), "written-B/op")
		})
	}
}

func (o *office) benchPost(b *testing.B, id, body string) {
	ctx := context.Background()
	env := &message.Envelope{Client: netip.MustParseAddr("127.0.0.1"), Helo: "laptop", Received: noon, From: testdb.Address(b, "priya@school.example")}
	to := testdb.Address(b, "senco-forum@lists.example.org")
	raw := "From: Priya N. <priya@school.example>\r\nTo: senco-forum@lists.example.org\r\nSubject: Part-time timetables\r\n" +
		"Date: Mon, 16 Nov 2026 08:00:00 +0000\r\nMessage-ID: " + id + "\r\n\r\n" + body + "\r\n"
	err := o.desk.Mail(ctx, env)
	if err == nil {
		err = o.desk.Rcpt(ctx, env, to)
	}
	env.To = to
	if err == nil {
		err = o.desk.Receive(ctx, env, []byte(raw))
	}
	if err != nil {
		b.Error(err)
	}
}
