package watch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
	"sencoforum/token"
)

// newReportBook is a book over a store with a list.
func newReportBook(t *testing.T, now func() time.Time) (*ReportBook, *store.DB) {
	t.Helper()
	db := testdb.Open(t)
	keys, err := token.Open(filepath.Join(t.TempDir(), "token.keys"))
	if err != nil {
		t.Fatal(err)
	}
	testdb.Update(t, db, func(tx *store.Tx) error {
		_, err := list.Create(tx, list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum", Settings: list.DefaultSettings()})
		return err
	})
	return NewReportBook(slog.New(slog.DiscardHandler), keys, ReportConfig{Now: now}), db
}

// arrive takes a report of a number as the desk does.
func arrive(t *testing.T, b *ReportBook, db *store.DB, n int) {
	t.Helper()
	a := ArrivedReport{Sender: "provider.example", Verified: true, Size: 3}
	a.Report = Report{Kind: ReportDMARC, ID: fmt.Sprint(n), Domain: "lists.example.org", Begin: b.now(), End: b.now(),
		Mail: []ReportedMail{{Source: us, MailCount: MailCount{Messages: 10, DKIM: 10}}}}
	var taken TakenReport
	testdb.Update(t, db, func(tx *store.Tx) (err error) {
		if taken, err = b.Take(tx, a); err != nil {
			return err
		}
		key := intake.Key(fmt.Sprint("key", n))
		id, err := intake.Put(tx, intake.New{Record: intake.Record{Envelope: message.Envelope{Received: b.now()}}, Raw: store.NewBlob([]byte("raw")), State: intake.Handled, Key: key})
		if err != nil {
			return err
		}
		return b.Stored(tx, id, key, 3, true)
	})
	b.Count(a, taken)
}

// rows counts what the book keeps.
func rows(t *testing.T, db *store.DB) string {
	t.Helper()
	var n [5]int
	testdb.View(t, db, func(tx *store.Tx) error {
		for range reportSums.All(tx) {
			n[0]++
		}
		for range reportIDs.All(tx) {
			n[1]++
		}
		for range reportDays.All(tx) {
			n[2]++
		}
		for range reportFrom.All(tx) {
			n[3]++
		}
		for range reportMails.All(tx) {
			n[4]++
		}
		audit, err := intake.Audit(tx)
		if len(audit.Faults) > 0 {
			t.Errorf("audit: %v", audit.Faults)
		}
		return err
	})
	return strings.Trim(fmt.Sprint(n), "[]")
}

// TestReportsAreKeptForTheirTime: mails for 30 days, sums for 400, and what was purged is accounted for.
func TestReportsAreKeptForTheirTime(t *testing.T) {
	store.NewBlob([]byte("what compresses belongs to no bubble"))
	synctest.Test(t, func(t *testing.T) {
		b, db := newReportBook(t, time.Now)
		for n := range 150 { // more than fit into one transaction
			arrive(t, b, db, n)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- b.Run(ctx, db) }()
		for _, c := range []struct {
			days int
			want string // sums, ids, days, senders of the day, mails
		}{
			{29, "1 150 1 0 150"}, {31, "1 150 1 0 0"}, {399, "1 150 1 0 0"}, {402, "0 0 0 0 0"},
		} {
			start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // of each bubble
			time.Sleep(time.Until(start.AddDate(0, 0, c.days).Add(time.Minute)))
			synctest.Wait()
			if got := rows(t, db); got != c.want {
				t.Errorf("after %d days %s, want %s", c.days, got, c.want)
			}
		}
		testdb.View(t, db, func(tx *store.Tx) error {
			if _, err := intake.Get(tx, 1); !errors.Is(err, intake.ErrNoMessage) {
				t.Errorf("a mail is still there: %v", err)
			}
			if _, known, err := intake.Known(tx, "key0"); known || err != nil {
				t.Errorf("its key is still there: %v", err)
			}
			return nil
		})
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestFiguresOfReports(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	b, db := newReportBook(t, func() time.Time { return now })
	r := prometheus.NewRegistry()
	if err := b.Register(r); err != nil {
		t.Fatal(err)
	}
	arrive(t, b, db, 1)
	arrive(t, b, db, 1)
	b.Deferred()
	bad := ArrivedReport{Sender: "stranger.example", Err: errors.New("damaged")}
	var taken TakenReport
	testdb.Update(t, db, func(tx *store.Tx) (err error) {
		taken, err = b.Take(tx, bad)
		return err
	})
	b.Count(bad, taken)
	for want, c := range map[float64]prometheus.Collector{
		1:  b.figures.reports.WithLabelValues("dmarc", "read"),
		10: b.figures.messages.WithLabelValues("others", "passed"),
		0:  b.figures.messages.WithLabelValues("ours", "passed"),
	} {
		if got := testutil.ToFloat64(c); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	for _, result := range []struct{ kind, result string }{{"dmarc", "repeated"}, {unknownKind, "unreadable"}} {
		if got := testutil.ToFloat64(b.figures.reports.WithLabelValues(result.kind, result.result)); got != 1 {
			t.Errorf("%v: %v", result, got)
		}
	}
	if n, err := testutil.GatherAndCount(r); err != nil || n != 9+4+2+1 {
		t.Errorf("%d figures, %v", n, err)
	}
}

// TestOneReportIsReadAtATime: the next waits for its turn, or until its session ends; mail without a report does not.
func TestOneReportIsReadAtATime(t *testing.T) {
	b, _ := newReportBook(t, time.Now)
	report := message.Parse([]byte(mixed("multipart/mixed", note, part("text/xml", "r.xml", []byte(plainXML)))))
	b.reading <- struct{}{}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Read(ended, report); !errors.Is(err, context.Canceled) {
		t.Errorf("a second report: %v", err)
	}
	if _, err := b.Read(t.Context(), message.Parse([]byte("From: a@b.example\r\n\r\nA letter.\r\n"))); !errors.Is(err, ErrNoReport) {
		t.Errorf("a letter: %v", err)
	}
	<-b.reading
	for range 2 {
		if r, err := b.Read(t.Context(), report); err != nil || r.Domain != "lists.example.org" {
			t.Errorf("got %+v, %v", r, err)
		}
	}
}

// TestEveryFailureHasAdvice covers RFC 8460 §4.3.
func TestEveryFailureHasAdvice(t *testing.T) {
	for _, result := range []string{
		"starttls-not-supported", "certificate-host-mismatch", "certificate-expired", "certificate-not-trusted", "validation-failure",
		"tlsa-invalid", "dnssec-invalid", "dane-required", "sts-policy-fetch-error", "sts-policy-invalid", "sts-webpki-invalid",
	} {
		if failureAdvice[result] == "" {
			t.Errorf("%s has none", result)
		}
	}
	if FailureAdvice("something else") == "" {
		t.Error("what nobody knows has none")
	}
}
