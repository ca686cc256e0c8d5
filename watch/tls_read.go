package watch

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// ReadTLS reads a report on the encryption of mail to us as JSON (RFC 8460 §4). What is missing or unknown is passed
// over; an error means that the text is no such report or is cut short.
func ReadTLS(r io.Reader) (Report, error) {
	t, err := newReportText(&bounded{r: r, packed: maxUnpacked})
	if err != nil {
		return Report{}, err
	}
	return readTLS(t)
}

func readTLS(t *reportText) (Report, error) {
	d := json.NewDecoder(t)
	d.UseNumber()
	p := tlsParser{text: t, in: d, report: Report{Kind: ReportTLS}}
	err := p.value("", 0)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err == nil && !p.known {
		err = errors.New("it has no policies")
	}
	if err != nil {
		return Report{}, fmt.Errorf("read TLS report: %w", err)
	}
	return p.report, nil
}

// tlsParser gathers a report from the tokens of its text, so that an array of millions costs no memory.
type tlsParser struct {
	text    *reportText
	in      *json.Decoder
	report  Report
	known   bool // the array of policies was there
	policy  ReportedSessions
	failure SessionFailure
}

// value reads one value. path has the names of the objects around it, joined by slashes; arrays have none.
func (p *tlsParser) value(path string, depth int) error {
	p.text.mark()
	token, err := p.in.Token()
	if err != nil {
		return err
	}
	if depth > maxReportLevels {
		return fmt.Errorf("more than %d levels", maxReportLevels)
	}
	switch token {
	case json.Delim('{'):
		for p.more() {
			name, err := p.in.Token()
			if err != nil {
				return err
			}
			word, _ := name.(string)
			if err := p.value(strings.TrimPrefix(path+"/"+strings.ToLower(word), "/"), depth+1); err != nil {
				return err
			}
		}
		p.ended(path)
	case json.Delim('['):
		p.known = p.known || path == "policies"
		for p.more() {
			if err := p.value(path, depth+1); err != nil {
				return err
			}
		}
	default:
		p.scalar(path, fmt.Sprint(token))
		return nil
	}
	_, err = p.in.Token() // the closing bracket
	return err
}

func (p *tlsParser) more() bool {
	p.text.mark()
	return p.in.More()
}

// scalar takes a text or a number.
//
// ceiling: flat table
func (p *tlsParser) scalar(path, text string) {
	switch path {
	case "organization-name":
		p.report.Org = reportWord(text)
	case "report-id":
		p.report.ID = reportWord(text)
	case "date-range/start-datetime":
		p.report.Begin = reportTime(text)
	case "date-range/end-datetime":
		p.report.End = reportTime(text)
	case "policies/policy/policy-domain":
		p.policy.Domain = reportDomain(text)
	case "policies/summary/total-successful-session-count":
		p.policy.OK = reportCount(text)
	case "policies/summary/total-failure-session-count":
		p.policy.Failed = reportCount(text)
	case "policies/failure-details/result-type":
		p.failure.Result = reportWord(strings.ToLower(text))
	case "policies/failure-details/receiving-mx-hostname":
		p.failure.Host = reportDomain(text)
	case "policies/failure-details/failed-session-count":
		p.failure.Sessions = reportCount(text)
	}
}

// reportCount reads a count, which some write as text; 0 where it is none.
func reportCount(s string) uint64 {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 64)
	if err != nil {
		return 0
	}
	return min(n, maxCount)
}

// ended takes what an object that ends has gathered: the names in it come in any order.
func (p *tlsParser) ended(path string) {
	switch path {
	case "policies/failure-details":
		p.policy.Failures = addFailure(p.policy.Failures, p.failure, maxReportReason)
		p.failure = SessionFailure{}
	case "policies":
		p.addPolicy()
		p.policy = ReportedSessions{}
	}
}

// addPolicy adds a policy to that of the same domain: a domain can have several, and several lines of one.
func (p *tlsParser) addPolicy() {
	if p.policy.Failed == 0 { // the sum was left out
		for _, f := range p.policy.Failures {
			p.policy.Failed += f.Sessions
		}
	}
	for i := range p.report.Sessions {
		s := &p.report.Sessions[i]
		if s.Domain == p.policy.Domain {
			s.add(p.policy)
			return
		}
	}
	if len(p.report.Sessions) < maxReportDomain {
		p.report.Sessions = append(p.report.Sessions, p.policy)
	}
}

func (s *ReportedSessions) add(o ReportedSessions) {
	if max(s.OK+o.OK, s.Failed+o.Failed) > maxCount {
		return
	}
	s.OK += o.OK
	s.Failed += o.Failed
	for _, f := range o.Failures {
		s.Failures = addFailure(s.Failures, f, maxReportReason)
	}
}

// otherFailure stands for all that did not fit.
const otherFailure = "other"

// addFailure adds a failure to that of the same reason and host. Beyond the bound they share one line.
func addFailure(all []SessionFailure, f SessionFailure, most int) []SessionFailure {
	if f.Sessions == 0 {
		return all
	}
	if f.Result == "" {
		f.Result = otherFailure
	}
	for range 2 {
		for i := range all {
			if all[i].Result == f.Result && all[i].Host == f.Host {
				if all[i].Sessions+f.Sessions <= maxCount {
					all[i].Sessions += f.Sessions
				}
				return all
			}
		}
		if len(all) < most {
			return append(all, f)
		}
		f.Result, f.Host = otherFailure, ""
	}
	return append(all, f)
}
