package incoming

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// BenchmarkPost takes posts of 5 KB from the door's first question to the answer that they are safe. The time is for
// one post, over all sessions.
func BenchmarkPost(b *testing.B) {
	words := strings.Repeat("Has anybody set an end date for a part-time timetable before the review? ", 66)
	for _, sessions := range []int{1, 8} {
		b.Run(fmt.Sprintf("sessions=%d", sessions), func(b *testing.B) {
			o := tireless(b)
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

// tireless is an office where one member may send as many posts as there are.
func tireless(b *testing.B) *office {
	o := open(b)
	testdb.Update(b, o.db, func(tx *store.Tx) error {
		l, err := list.Get(tx, 1)
		l.HourMost, l.DayMost = list.Off, list.Off
		return errors.Join(err, list.Save(tx, l))
	})
	return o
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

// BenchmarkPostWithFiles takes posts as Outlook writes them, with HTML of 30 KB and a file of 1 MB, by one session.
func BenchmarkPostWithFiles(b *testing.B) {
	o := tireless(b)
	page := strings.Repeat("<p class=\"Mso_Normal\"><span style='color:black'>Has anybody set an end date?</span></p>\r\n", 340)
	file := strings.Repeat(strings.Repeat("iVBORw0KGgoAAAANSUhEUg", 3)+"AAAAAAAAAA\r\n", 1<<20*4/3/78)
	body := "--a\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\n\r\nHas anybody set an end date?\r\n--c\r\nContent-Type: text/html\r\n\r\n" +
		page + "\r\n--c--\r\n--a\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + file + "--a--"
	for i := 0; b.Loop(); i++ {
		o.benchPost(b, fmt.Sprintf("<%d@school.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=a", i), body)
	}
}
