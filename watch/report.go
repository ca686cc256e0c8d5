package watch

import (
	"cmp"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// ReportKind says what a report of another mail host is about.
type ReportKind string

// The kinds of reports.
const (
	ReportDMARC ReportKind = "dmarc" // mail that said it came from our domain (RFC 9990; RFC 7489 before it)
	ReportTLS   ReportKind = "tls"   // connections by which mail was to come to us encrypted (RFC 8460)
)

// ErrNoReport is returned for a message that holds nothing that looks like a report.
var ErrNoReport = errors.New("no report inside")

// A Report is what one host says of one stretch of time, most often of a day. All words in it are the other side's:
// printable, of bounded length, and true or not.
type Report struct {
	Kind       ReportKind
	Org        string    // who reports, by their own name; empty: they do not say
	ID         string    // by which they know the report; empty: none
	Begin, End time.Time // zero: not said
	Domain     string    // DMARC: whose policy the report is about
	Mail       []ReportedMail
	Sessions   []ReportedSessions
}

// ReportedMail counts the mail of one source with one domain in From.
type ReportedMail struct {
	From   string     // domain in lower case; empty: not said
	Source netip.Addr // zero: all those that did not fit, or were not readable
	Ours   bool       // the source is ours; see Report.Own
	MailCount
}

// MailCount counts mail by what the reporter found.
type MailCount struct {
	Messages    uint64 `json:"messages"`
	DKIM        uint64 `json:"dkim"`   // passed by a signature of the domain in From
	SPF         uint64 `json:"spf"`    // passed by the sending address
	Failed      uint64 `json:"failed"` // passed by neither, and so failed DMARC
	Quarantined uint64 `json:"quarantined,omitempty"`
	Rejected    uint64 `json:"rejected,omitempty"`
}

// Add adds another count. No count overflows: each is at most maxCount, and there are few of them.
func (c *MailCount) Add(o MailCount) {
	c.Messages += o.Messages
	c.DKIM += o.DKIM
	c.SPF += o.SPF
	c.Failed += o.Failed
	c.Quarantined += o.Quarantined
	c.Rejected += o.Rejected
}

// Passed is how many passed DMARC.
func (c MailCount) Passed() uint64 { return c.Messages - c.Failed }

// ReportedSessions counts the connections for the mail of one domain of ours.
type ReportedSessions struct {
	Domain   string // in lower case
	OK       uint64
	Failed   uint64
	Failures []SessionFailure
}

// SessionFailure counts connections that failed for one reason at one of our mail hosts.
type SessionFailure struct {
	Result   string `json:"result"`         // in the words of RFC 8460 §4.3
	Host     string `json:"host,omitempty"` // as the reporter names it
	Sessions uint64 `json:"sessions"`
}

// The bounds of what is kept of one report.
const (
	maxCount        = 1 << 40 // of anything counted in one place
	maxReportWord   = 100     // bytes of a name
	maxReportSource = 1000    // sources and domains in From, together
	maxReportDomain = 50      // domains in a TLS report
	maxReportReason = 100     // failures of one domain
)

// Day is the day that a report is about, by the middle of its stretch of time; zero where it says none.
func (r Report) Day() time.Time {
	if r.Begin.IsZero() || r.End.Before(r.Begin) {
		return r.Begin
	}
	return r.Begin.Add(r.End.Sub(r.Begin) / 2)
}

// Own marks the sources that are ours: the addresses given, and those from which mail passed by SPF, since our own SPF
// record names them. So the servers of a mail service in between count as ours, and a forwarder does not.
func (r *Report) Own(addresses []netip.Addr) {
	for i, m := range r.Mail {
		r.Mail[i].Ours = m.Source.IsValid() && (m.SPF > 0 || slices.Contains(addresses, m.Source))
	}
}

// Split takes a report apart into one for each of our domains: those of the mail or the connections that it counts, or
// that are above them. What is about no domain of ours is left out.
func (r Report) Split(ours []string) (all []Report) {
	parts := map[string]*Report{}
	part := func(name string) *Report {
		d := domainOf(name, ours)
		if d == "" {
			return nil
		}
		if parts[d] == nil {
			parts[d] = &Report{Kind: r.Kind, Org: r.Org, ID: r.ID, Begin: r.Begin, End: r.End, Domain: d}
		}
		return parts[d]
	}
	if r.Kind == ReportDMARC { // of a day without mail, too
		part(r.Domain)
	}
	for _, m := range r.Mail {
		if p := part(cmp.Or(m.From, r.Domain)); p != nil {
			p.Mail = append(p.Mail, m)
		}
	}
	for _, s := range r.Sessions {
		if p := part(s.Domain); p != nil {
			p.Sessions = append(p.Sessions, s)
		}
	}
	for _, p := range parts {
		all = append(all, *p)
	}
	slices.SortFunc(all, func(a, b Report) int { return cmp.Compare(a.Domain, b.Domain) })
	return all
}

// domainOf is the longest of our domains that a name is, or is below.
func domainOf(name string, ours []string) (found string) {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	for _, d := range ours {
		if (name == d || strings.HasSuffix(name, "."+d)) && len(d) > len(found) {
			found = d
		}
	}
	return found
}

// ReportTrouble is what a report shows that somebody has to put right.
type ReportTrouble struct {
	Kind   ReportKind // empty: no trouble
	Failed uint64     // of Of, our own mail or connections to us
	Of     uint64
	Source netip.Addr // DMARC: the source of ours with the most failures
	Result string     // TLS: the commonest reason, and where
	Host   string
}

// The shares from which a report means trouble: at least so many failed, and of a hundred at least so many.
const (
	troubleMails, troubleMailPercent       = 10, 2
	troubleSessions, troubleSessionPercent = 5, 5
)

// Trouble says whether a report of one domain shows trouble of ours: mail of our own sources that fails DMARC, or
// connections to our mail hosts that were not encrypted as they should be. Forged mail of others is none.
func (r Report) Trouble() ReportTrouble {
	if r.Kind == ReportTLS {
		return r.sessionTrouble()
	}
	t := ReportTrouble{Kind: ReportDMARC}
	var most uint64
	for _, m := range r.Mail {
		if !m.Ours {
			continue
		}
		t.Of += m.Messages
		t.Failed += m.Failed
		if m.Failed > most {
			most, t.Source = m.Failed, m.Source
		}
	}
	if t.Failed < troubleMails || t.Failed*100 < t.Of*troubleMailPercent {
		return ReportTrouble{}
	}
	return t
}

func (r Report) sessionTrouble() ReportTrouble {
	t := ReportTrouble{Kind: ReportTLS}
	var most uint64
	for _, s := range r.Sessions {
		t.Of += s.OK + s.Failed
		t.Failed += s.Failed
		for _, f := range s.Failures {
			if f.Sessions > most {
				most, t.Result, t.Host = f.Sessions, f.Result, f.Host
			}
		}
	}
	if t.Failed < troubleSessions || t.Failed*100 < t.Of*troubleSessionPercent {
		return ReportTrouble{}
	}
	return t
}

// reportWord makes a stranger's word fit to be kept: printable ASCII, of bounded length. What is beyond ASCII becomes a
// question mark; names there are for people to recognise, and nothing is decided by them.
func reportWord(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r < ' ', r == 0x7f:
			return ' '
		case r > '~':
			return '?'
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	return s[:min(len(s), maxReportWord)]
}

// reportDomain is a name of the DNS in a report, in lower case; empty where it is too long to be one.
func reportDomain(s string) string {
	s = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(s)), ".")
	if len(s) > 253 || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return ""
	}
	return s
}
