package watch

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"time"

	"sencoforum/store"
)

// A ReportSum is what one reporter says of one domain of ours on one day.
type ReportSum struct {
	Kind     ReportKind `json:"kind"`
	Domain   string     `json:"domain"`
	Sender   string     `json:"sender"` // domain in From of the mails that brought the reports
	Org      string     `json:"org,omitempty"`
	Verified bool       `json:"verified"` // the mails really came from there
	Day      time.Time  `json:"day"`
	Reports  int        `json:"reports"`

	Mail    MailCount     `json:"mail,omitzero"`
	Own     MailCount     `json:"own,omitzero"` // of it, from sources of ours
	Sources []SourceCount `json:"sources,omitempty"`

	SessionsOK     uint64           `json:"sessions_ok,omitempty"`
	SessionsFailed uint64           `json:"sessions_failed,omitempty"`
	Failures       []SessionFailure `json:"failures,omitempty"`
}

// A SourceCount counts the mail of one source.
type SourceCount struct {
	Source netip.Addr `json:"source"` // zero: all those that did not fit
	Ours   bool       `json:"ours,omitempty"`
	MailCount
}

// The bounds of one ReportSum.
const (
	maxSumSources  = 100
	maxSumFailures = 100
)

// Add adds a report of one domain.
func (s *ReportSum) Add(r Report) {
	s.Reports++
	s.Org = cmp.Or(s.Org, r.Org)
	for _, m := range r.Mail {
		s.Mail.Add(m.MailCount)
		if m.Ours {
			s.Own.Add(m.MailCount)
		}
		s.Sources = addSource(s.Sources, SourceCount{Source: m.Source, Ours: m.Ours, MailCount: m.MailCount}, maxSumSources)
	}
	for _, p := range r.Sessions {
		s.SessionsOK += p.OK
		s.SessionsFailed += p.Failed
		for _, f := range p.Failures {
			s.Failures = addFailure(s.Failures, f, maxSumFailures)
		}
	}
}

// addSource adds to the line of a source. Beyond the bound they share one, that of no address.
func addSource(all []SourceCount, c SourceCount, most int) []SourceCount {
	for range 2 {
		for i := range all {
			if all[i].Source == c.Source {
				all[i].Add(c.MailCount)
				all[i].Ours = all[i].Ours || c.Ours
				return all
			}
		}
		if len(all) < most {
			return append(all, c)
		}
		c.Source, c.Ours = netip.Addr{}, false
	}
	return append(all, c)
}

// sum adds a report of one domain to its day.
func (b *ReportBook) sum(tx *store.Tx, a ArrivedReport, r Report) error {
	day := dateOf(r.Day())
	verified := "unverified"
	if a.Verified {
		verified = "verified"
	}
	key := store.Pair[reportDate, string]{A: day, B: strings.Join([]string{string(r.Kind), r.Domain, a.Sender, verified}, " ")}
	s, known, err := reportSums.Get(tx, key)
	if err != nil {
		return err
	}
	if !known {
		s = ReportSum{Kind: r.Kind, Domain: r.Domain, Sender: a.Sender, Verified: a.Verified, Day: day.time()}
	}
	s.Add(r)
	return reportSums.Put(tx, key, s)
}

// Reports are the sums of a stretch of time, with what came in.
type Reports struct {
	Since   time.Time            `json:"since"`
	Arrived map[ReportResult]int `json:"arrived"`
	Domains []DomainReports      `json:"domains"`
}

// DomainReports is what all reporters say of one domain.
type DomainReports struct {
	Domain    string           `json:"domain"`
	Reporters []Reporter       `json:"reporters"` // those that are verified, then the largest, first
	Mail      MailCount        `json:"mail"`
	Own       MailCount        `json:"own"`
	Sources   []SourceCount    `json:"failing_sources"` // those of which mail failed, ours first, then the most
	Failures  []SessionFailure `json:"failures"`        // the most first
}

// A Reporter is one host that reports, with its sums.
type Reporter struct {
	Kind     ReportKind `json:"kind"`
	Sender   string     `json:"sender"`
	Org      string     `json:"org,omitempty"`
	Verified bool       `json:"verified"`
	Days     int        `json:"days"` // of which there is a report
	Messages uint64     `json:"messages,omitempty"`
	Failed   uint64     `json:"failed"` // messages or connections
	Sessions uint64     `json:"sessions,omitempty"`
}

// maxTold bounds the lines of one kind that are told of a domain.
const maxTold = 1000

// ReportsSince gathers the sums of all days from one on.
func ReportsSince(tx *store.Tx, since time.Time) (Reports, error) {
	all := Reports{Since: dateOf(since).time(), Arrived: map[ReportResult]int{}, Domains: []DomainReports{}}
	for row, err := range reportDays.From(tx, dateOf(since)) {
		if err != nil {
			return all, err
		}
		for r, n := range row.Value.Results {
			all.Arrived[r] += n
		}
	}
	for row, err := range reportSums.From(tx, store.Pair[reportDate, string]{A: dateOf(since)}) {
		if err != nil {
			return all, err
		}
		all.domain(row.Value.Domain).add(row.Value)
	}
	slices.SortFunc(all.Domains, func(a, b DomainReports) int { return cmp.Compare(a.Domain, b.Domain) })
	for i := range all.Domains {
		all.Domains[i].sort()
	}
	return all, nil
}

func (all *Reports) domain(name string) *DomainReports {
	i := slices.IndexFunc(all.Domains, func(d DomainReports) bool { return d.Domain == name })
	if i < 0 {
		i = len(all.Domains)
		all.Domains = append(all.Domains, DomainReports{Domain: name, Reporters: []Reporter{}, Sources: []SourceCount{}, Failures: []SessionFailure{}})
	}
	return &all.Domains[i]
}

// add adds one day of one reporter. Only those whose mail is verified count in the sums of the domain: anybody can send
// a report of anything.
func (d *DomainReports) add(s ReportSum) {
	i := slices.IndexFunc(d.Reporters, func(r Reporter) bool {
		return r.Kind == s.Kind && r.Sender == s.Sender && r.Verified == s.Verified
	})
	if i < 0 {
		if len(d.Reporters) >= maxTold {
			return
		}
		i = len(d.Reporters)
		d.Reporters = append(d.Reporters, Reporter{Kind: s.Kind, Sender: s.Sender, Org: s.Org, Verified: s.Verified})
	}
	r := &d.Reporters[i]
	r.Days++
	r.Messages += s.Mail.Messages
	r.Sessions += s.SessionsOK + s.SessionsFailed
	r.Failed += s.Mail.Failed + s.SessionsFailed
	if !s.Verified {
		return
	}
	d.Mail.Add(s.Mail)
	d.Own.Add(s.Own)
	for _, c := range s.Sources {
		if c.Failed > 0 {
			d.Sources = addSource(d.Sources, c, maxTold)
		}
	}
	for _, f := range s.Failures {
		d.Failures = addFailure(d.Failures, f, maxTold)
	}
}

func (d *DomainReports) sort() {
	slices.SortStableFunc(d.Reporters, func(a, b Reporter) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), yesFirst(a.Verified, b.Verified), cmp.Compare(b.Messages+b.Sessions, a.Messages+a.Sessions), cmp.Compare(a.Sender, b.Sender))
	})
	slices.SortStableFunc(d.Sources, func(a, b SourceCount) int {
		return cmp.Or(yesFirst(a.Ours, b.Ours), cmp.Compare(b.Failed, a.Failed), a.Source.Compare(b.Source))
	})
	slices.SortStableFunc(d.Failures, func(a, b SessionFailure) int {
		return cmp.Or(cmp.Compare(b.Sessions, a.Sessions), cmp.Compare(a.Result, b.Result), cmp.Compare(a.Host, b.Host))
	})
}

// yesFirst orders what is so before what is not.
func yesFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
