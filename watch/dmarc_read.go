package watch

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// ReadDMARC reads an aggregate report as XML (RFC 9990; RFC 7489 appendix C before it). What is missing, renamed or
// unknown is passed over, since reporters differ; an error means that the text is no such report or is cut short.
// There are no entities but the five of XML, and a document type is refused, so that nothing is ever expanded.
func ReadDMARC(r io.Reader) (Report, error) {
	t, err := newReportText(&bounded{r: r, packed: maxUnpacked})
	if err != nil {
		return Report{}, err
	}
	return readDMARC(t)
}

func readDMARC(t *reportText) (Report, error) {
	d := xml.NewDecoder(t)
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 already
	p := dmarcParser{report: Report{Kind: ReportDMARC}, index: map[mailKey]int{}}
	for {
		t.mark()
		token, err := d.Token()
		if err != nil {
			return Report{}, fmt.Errorf("read DMARC report: %w", err)
		}
		done, err := p.token(token)
		if err != nil {
			return Report{}, fmt.Errorf("read DMARC report: %w", err)
		}
		if done {
			return p.report, nil
		}
	}
}

// dmarcParser gathers a report from the tokens of its text.
type dmarcParser struct {
	report Report
	path   []string // names of the open elements below the root, in lower case
	root   bool     // the root is open
	schema bool     // it is inside another element
	text   []byte   // of the innermost element
	record dmarcRecord
	index  map[mailKey]int // of report.Mail
}

type mailKey struct {
	from   string
	source netip.Addr
}

// dmarcRecord is one record of a report while it is read.
type dmarcRecord struct {
	source                        netip.Addr
	count                         uint64
	badCount                      bool
	from                          string
	disposition, dkim, spf        string
	authDomain, authResult        string // of the element that is open
	dkimAligned, spfAligned, auth bool   // by auth_results, for reports that do not say what they made of them
}

// token takes one token; done once the report has ended.
func (p *dmarcParser) token(t xml.Token) (done bool, err error) {
	switch t := t.(type) {
	case xml.Directive:
		return false, errors.New("it has a document type")
	case xml.StartElement:
		return false, p.open(strings.ToLower(t.Name.Local))
	case xml.CharData:
		if room := 300 - len(p.text); room > 0 {
			p.text = append(p.text, t[:min(len(t), room)]...)
		}
	case xml.EndElement:
		switch {
		case !p.root:
			return false, errors.New("nothing is inside its root")
		case len(p.path) == 0:
			return true, nil
		}
		p.close(strings.Join(p.path, "/"), strings.TrimSpace(string(p.text)))
		p.path, p.text = p.path[:len(p.path)-1], p.text[:0]
	}
	return false, nil
}

func (p *dmarcParser) open(name string) error {
	p.text = p.text[:0]
	switch {
	case !p.root && name == "schema" && !p.schema: // which some put around it by mistake, and never close
		p.schema = true
		return nil
	case !p.root && name != "feedback":
		return fmt.Errorf("its root is %q", reportWord(name))
	case !p.root:
		p.root = true
		return nil
	case len(p.path) >= maxReportLevels:
		return fmt.Errorf("more than %d elements inside each other", maxReportLevels)
	}
	p.path = append(p.path, name)
	if len(p.path) == 1 && name == "record" {
		p.record = dmarcRecord{count: 1}
	}
	return nil
}

// close takes the text of an element that ends.
//
// ceiling: flat table
func (p *dmarcParser) close(path, text string) {
	r := &p.record
	word := strings.ToLower(text)
	switch path {
	case "report_metadata/org_name":
		p.report.Org = reportWord(text)
	case "report_metadata/report_id":
		p.report.ID = reportWord(text)
	case "report_metadata/date_range/begin":
		p.report.Begin = reportTime(text)
	case "report_metadata/date_range/end":
		p.report.End = reportTime(text)
	case "policy_published/domain":
		p.report.Domain = reportDomain(text)
	case "record/row/source_ip":
		r.source = reportAddress(text)
	case "record/row/count":
		n, err := strconv.ParseUint(text, 10, 64)
		r.count, r.badCount = min(n, maxCount), err != nil
	case "record/row/policy_evaluated/disposition":
		r.disposition = word
	case "record/row/policy_evaluated/dkim":
		r.dkim = word
	case "record/row/policy_evaluated/spf":
		r.spf = word
	case "record/identifiers/header_from", "record/identities/header_from":
		r.from = reportDomain(text)
	case "record/auth_results/dkim/domain", "record/auth_results/spf/domain":
		r.authDomain = reportDomain(text)
	case "record/auth_results/dkim/result", "record/auth_results/spf/result":
		r.authResult = word
	case "record/auth_results/dkim":
		r.dkimAligned = r.authenticated() || r.dkimAligned
	case "record/auth_results/spf":
		r.spfAligned = r.authenticated() || r.spfAligned
	case "record":
		p.add(*r)
	}
}

// authenticated ends one result of auth_results: whether it passed for a domain that goes with the one in From.
func (r *dmarcRecord) authenticated() bool {
	domain, result := r.authDomain, r.authResult
	r.authDomain, r.authResult, r.auth = "", "", true
	return result == "pass" && r.from != "" && domain != "" &&
		(domain == r.from || strings.HasSuffix(domain, "."+r.from) || strings.HasSuffix(r.from, "."+domain))
}

// add counts one record. A record whose count cannot be read says nothing.
func (p *dmarcParser) add(r dmarcRecord) {
	if r.badCount {
		return
	}
	dkim, spf := r.dkim == "pass", r.spf == "pass"
	if r.dkim == "" && r.spf == "" {
		dkim, spf = r.dkimAligned, r.spfAligned
	}
	c := MailCount{Messages: r.count}
	if dkim {
		c.DKIM = r.count
	}
	if spf {
		c.SPF = r.count
	}
	if !dkim && !spf {
		c.Failed = r.count
	}
	switch r.disposition {
	case "quarantine":
		c.Quarantined = r.count
	case "reject":
		c.Rejected = r.count
	}
	p.count(mailKey{r.from, r.source}, c)
}

// count adds to the row of a source; those beyond the bound share one.
func (p *dmarcParser) count(k mailKey, c MailCount) {
	i, ok := p.index[k]
	if !ok && len(p.index) >= maxReportSource {
		k.source = netip.Addr{}
		if i, ok = p.index[k]; !ok && len(p.index) >= 2*maxReportSource {
			k.from = ""
			i, ok = p.index[k]
		}
	}
	if !ok {
		i = len(p.report.Mail)
		p.index[k] = i
		p.report.Mail = append(p.report.Mail, ReportedMail{From: k.from, Source: k.source})
	}
	m := &p.report.Mail[i].MailCount
	if m.Messages+c.Messages <= maxCount {
		m.Add(c)
	}
}

// reportAddress reads an address of the network, with what some put around it; zero where it is none.
func reportAddress(s string) netip.Addr {
	a, err := netip.ParseAddr(strings.Trim(strings.TrimPrefix(strings.ToLower(s), "ipv6:"), "[] "))
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap().WithZone("")
}

// reportTime reads seconds since 1970, as DMARC writes times, or a date, as TLS-RPT does and some do here; zero where it
// is none, or not of this century.
func reportTime(s string) time.Time {
	var at time.Time
	if n, err := strconv.ParseFloat(s, 64); err == nil && n > 0 && n < 1<<40 {
		at = time.Unix(int64(n), 0)
	} else {
		for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", time.DateTime, time.DateOnly} {
			if at, err = time.Parse(form, s); err == nil {
				break
			}
		}
	}
	if at.Year() < 2000 || at.Year() > 2999 {
		return time.Time{}
	}
	return at.UTC()
}
