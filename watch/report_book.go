package watch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
	"sencoforum/token"
)

// Reports of other hosts are kept as sums, and the mails that brought them for a month:
//
//	watch.reports        day, kind, domain, sender, verified -> ReportSum
//	watch.reports.ids    day, digest of who sent which report -> nothing; a report that comes again is not counted again
//	watch.reports.days   day of arrival -> reportDay: how many came, and what became of them
//	watch.reports.from   day of arrival, sender -> number of reports
//	watch.reports.mails  moment of arrival, message -> its duplicate key; what is purged from the intake
//	watch.reports.alarms kind -> day of the last mail to the operator
var (
	reportSums   = store.NewTable("watch.reports", store.PairKey(store.Uint32Key[reportDate](), store.StringKey[string]()), store.JSON[ReportSum]())
	reportIDs    = store.NewTable("watch.reports.ids", store.PairKey(store.Uint32Key[reportDate](), store.StringKey[string]()), store.Empty())
	reportDays   = store.NewTable("watch.reports.days", store.Uint32Key[reportDate](), store.JSON[reportDay]())
	reportFrom   = store.NewTable("watch.reports.from", store.PairKey(store.Uint32Key[reportDate](), store.StringKey[string]()), store.JSON[int]())
	reportMails  = store.NewTable("watch.reports.mails", store.PairKey(store.Uint64Key[uint64](), store.Uint64Key[intake.ID]()), store.Text())
	reportAlarms = store.NewTable("watch.reports.alarms", store.StringKey[ReportKind](), store.JSON[reportDate]())
)

// reportDate is a day in UTC, since 1970.
type reportDate uint32

func dateOf(t time.Time) reportDate { return reportDate(max(t.Unix(), 0) / (24 * 60 * 60)) }

func (d reportDate) time() time.Time { return time.Unix(int64(d)*24*60*60, 0).UTC() }

// reportDay counts what arrived on one day.
type reportDay struct {
	Results    map[ReportResult]int `json:"results"`
	Unverified int                  `json:"unverified"` // reports whose sender was not shown to be who they say
	Verified   int                  `json:"verified"`
	Bytes      int                  `json:"bytes"` // of the mails that are kept
}

// ReportResult says what became of a mail with a report.
type ReportResult string

// The results.
const (
	ReportRead       ReportResult = "read"
	ReportRepeated   ReportResult = "repeated"   // counted before
	ReportForeign    ReportResult = "foreign"    // about no domain of ours
	ReportStale      ReportResult = "stale"      // about a day that is long ago, or still to come
	ReportUnreadable ReportResult = "unreadable" // no such report, damaged, or too large
)

// ReportResults are all of them.
var ReportResults = []ReportResult{ReportRead, ReportRepeated, ReportForeign, ReportStale, ReportUnreadable}

// The most reports that are taken on one day. Whoever sends more is put off, and tries again the next day; those who
// cannot be verified have a share of their own, so that strangers keep no real reporter out.
const (
	maxReportsFrom       = 50  // of one verified sender
	maxReportsVerified   = 400 // of all of them
	maxReportsUnverified = 100 // of all others
)

// The bounds of the mails that are kept; of others only the sums and the row in the intake are.
const (
	maxReportKept     = 1 << 20  // bytes of one
	maxReportKeptADay = 32 << 20 // bytes in all
)

// How old a report may be, and how far its day may be ahead of ours.
const (
	maxReportAge   = 31 * 24 * time.Hour
	maxReportAhead = 36 * time.Hour
)

// A ReportBook keeps what other hosts report of our mail, and tells the operator when that shows trouble. Its methods
// may be called by many sessions at once.
type ReportBook struct {
	log      *slog.Logger
	keys     *token.Keyring
	operator message.Address
	own      func(ctx context.Context) []netip.Addr
	now      func() time.Time
	figures  *reportFigures
	reading  chan struct{} // full while a report is being read
}

// ReportConfig is what a ReportBook needs to know of the host.
type ReportConfig struct {
	Operator message.Address                        // who hears of trouble; zero: nobody
	Own      func(ctx context.Context) []netip.Addr // the addresses from which our mail leaves, as far as they are known; nil: none
	Now      func() time.Time
}

// NewReportBook returns a book. keys sign the return addresses of its mails.
func NewReportBook(log *slog.Logger, keys *token.Keyring, c ReportConfig) *ReportBook {
	b := &ReportBook{log: log, keys: keys, operator: c.Operator, own: c.Own, now: c.Now, figures: newReportFigures(), reading: make(chan struct{}, 1)}
	if b.own == nil {
		b.own = func(context.Context) []netip.Addr { return nil }
	}
	return b
}

// An ArrivedReport is a mail that brings a report, or should.
type ArrivedReport struct {
	Sender   string // domain in From
	Verified bool   // the mail really came from there
	Size     int    // bytes of the mail
	Report   Report // with Own marked
	Err      error  // why it could not be read; nil: it could
}

// Read finds and reads the report in a message, as ReadReport does, but only one at a time: what strangers pack costs one
// processor at most. The error is that of ctx where the turn did not come.
func (b *ReportBook) Read(ctx context.Context, m *message.Message) (Report, error) {
	if len(reportParts(m)) == 0 {
		return Report{}, ErrNoReport
	}
	select {
	case b.reading <- struct{}{}:
		defer func() { <-b.reading }()
		return ReadReport(m)
	case <-ctx.Done():
		return Report{}, fmt.Errorf("wait to read a report: %w", ctx.Err())
	}
}

// Own marks which sources of a report are ours. It asks the DNS, so no transaction may be open.
func (b *ReportBook) Own(ctx context.Context, r *Report) {
	if r.Kind == ReportDMARC {
		r.Own(b.own(ctx))
	}
}

// Room reports whether one more report of a sender is taken today.
func (b *ReportBook) Room(tx *store.Tx, a ArrivedReport) (bool, error) {
	day := dateOf(b.now())
	in, _, err := reportDays.Get(tx, day)
	if err != nil || !a.Verified {
		return in.Unverified < maxReportsUnverified, err
	}
	n, _, err := reportFrom.Get(tx, store.Pair[reportDate, string]{A: day, B: a.Sender})
	return n < maxReportsFrom && in.Verified < maxReportsVerified, err
}

// Keeps reports whether there is room today to keep a mail of so many bytes as it came.
func (b *ReportBook) Keeps(tx *store.Tx, size int) (bool, error) {
	in, _, err := reportDays.Get(tx, dateOf(b.now()))
	return size <= maxReportKept && in.Bytes+size <= maxReportKeptADay, err
}

// A TakenReport is what became of a report, for Count.
type TakenReport struct {
	Result  ReportResult
	parts   []Report // that were counted
	alarmed []string // domains about which a mail was put
}

// Take counts a report in the transaction that keeps its mail. When it is from a verified sender and shows trouble, the
// mail to the operator is put into the same transaction.
func (b *ReportBook) Take(tx *store.Tx, a ArrivedReport) (t TakenReport, err error) {
	if t.Result, t.parts, err = b.judge(tx, a); err != nil {
		return t, err
	}
	if err := b.arrived(tx, a, t.Result); err != nil {
		return t, err
	}
	for _, part := range t.parts {
		if err := b.sum(tx, a, part); err != nil {
			return t, err
		}
		if !a.Verified {
			continue
		}
		told, err := b.alarm(tx, a.Sender, part)
		if err != nil {
			return t, err
		}
		if told {
			t.alarmed = append(t.alarmed, part.Domain)
		}
	}
	return t, nil
}

// judge says what becomes of a report, and takes it apart by domains.
func (b *ReportBook) judge(tx *store.Tx, a ArrivedReport) (ReportResult, []Report, error) {
	if a.Err != nil {
		return ReportUnreadable, nil, nil
	}
	now := b.now()
	if a.Report.Day().IsZero() {
		a.Report.Begin, a.Report.End = now, now
	}
	day := a.Report.Day()
	if day.Before(now.Add(-maxReportAge)) || day.After(now.Add(maxReportAhead)) {
		return ReportStale, nil, nil
	}
	ours, err := ourDomains(tx)
	if err != nil {
		return "", nil, err
	}
	parts := a.Report.Split(ours)
	if len(parts) == 0 {
		return ReportForeign, nil, nil
	}
	if a.Report.ID == "" { // then only the same mail is known to be the same
		return ReportRead, parts, nil
	}
	id := store.Pair[reportDate, string]{A: dateOf(day), B: reportDigest(a)}
	known, err := reportIDs.Has(tx, id)
	if err != nil || known {
		return ReportRepeated, nil, err
	}
	return ReportRead, parts, reportIDs.Put(tx, id, struct{}{})
}

// reportDigest stands for one report of one sender. What cannot be verified cannot use up the names of what can.
func reportDigest(a ArrivedReport) string {
	r := a.Report
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%v\x00%s\x00%s\x00%s", a.Sender, a.Verified, r.Kind, r.Domain, r.ID))
	return hex.EncodeToString(sum[:16])
}

func ourDomains(tx *store.Tx) (all []string, err error) {
	for l, err := range list.All(tx) {
		if err != nil {
			return nil, err
		}
		all = append(all, strings.ToLower(l.Domain))
	}
	return all, nil
}

// arrived counts a mail in the books of its day.
func (b *ReportBook) arrived(tx *store.Tx, a ArrivedReport, r ReportResult) error {
	day := dateOf(b.now())
	in, _, err := reportDays.Get(tx, day)
	if err != nil {
		return err
	}
	if in.Results == nil {
		in.Results = map[ReportResult]int{}
	}
	in.Results[r]++
	if !a.Verified {
		in.Unverified++
		return reportDays.Put(tx, day, in)
	}
	in.Verified++
	key := store.Pair[reportDate, string]{A: day, B: a.Sender}
	n, _, err := reportFrom.Get(tx, key)
	return errors.Join(err, reportDays.Put(tx, day, in), reportFrom.Put(tx, key, n+1))
}

// Stored notes a mail that was put into the intake with a report, so that it is purged when its time has come. raw says
// that it was kept as it came.
func (b *ReportBook) Stored(tx *store.Tx, id intake.ID, k intake.Key, size int, raw bool) error {
	now := b.now()
	if raw {
		in, _, err := reportDays.Get(tx, dateOf(now))
		if err != nil {
			return err
		}
		in.Bytes += size
		if err := reportDays.Put(tx, dateOf(now), in); err != nil {
			return err
		}
	}
	return reportMails.Put(tx, store.Pair[uint64, intake.ID]{A: uint64(max(now.Unix(), 0)), B: id}, string(k))
}
