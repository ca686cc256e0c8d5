package mailauth

import (
	"net/url"
	"strings"
)

// record is a DMARC Policy Record (RFC 9989 §4.7), as far as a receiver that sends no reports needs it.
type record struct {
	p, sp, np Policy // "" where absent
	psd       psd
	testing   bool // t=y

	strictDKIM, strictSPF bool

	broken  bool // no valid p, or an sp or np that is not valid
	reports bool // rua has a usable address
}

// psd is the value of the tag of that name: whether a domain is a public suffix.
type psd string

const (
	psdUnknown psd = "u"
	psdYes     psd = "y"
	psdNo      psd = "n"
)

// parseRecord reads a TXT record and reports whether it is a DMARC Policy Record. Only the first tag decides that;
// faults in the rest give the defaults, and unknown tags, among them pct, rf and ri, are passed over (RFC 9989 §4.8).
// Tag names and keywords may be in either case; a tag that stands twice is not valid.
func parseRecord(txt string) (record, bool) {
	first, rest, _ := strings.Cut(txt, ";")
	name, value, _ := strings.Cut(first, "=")
	if !strings.EqualFold(strings.TrimRight(name, " \t"), "v") || trim(value) != "DMARC1" {
		return record{}, false
	}
	tags := map[string]string{}
	for tag := range strings.SplitSeq(rest, ";") {
		name, value, ok := strings.Cut(tag, "=")
		name, value = strings.ToLower(trim(name)), trim(value)
		if _, twice := tags[name]; twice {
			value = ""
		}
		if ok {
			tags[name] = value
		}
	}
	return fromTags(tags), true
}

func fromTags(tags map[string]string) record {
	r := record{
		psd:        psd(strings.ToLower(tags["psd"])),
		testing:    strings.EqualFold(tags["t"], "y"),
		strictDKIM: strings.EqualFold(tags["adkim"], "s"),
		strictSPF:  strings.EqualFold(tags["aspf"], "s"),
		reports:    hasAddress(tags["rua"]),
	}
	if r.psd != psdYes && r.psd != psdNo {
		r.psd = psdUnknown
	}
	for name, policy := range map[string]*Policy{"p": &r.p, "sp": &r.sp, "np": &r.np} {
		value, present := tags[name]
		switch p := Policy(strings.ToLower(value)); p {
		case PolicyNone, PolicyQuarantine, PolicyReject:
			*policy = p
		default:
			r.broken = r.broken || present || name == "p"
		}
	}
	return r
}

// applies says whether DMARC applies to a message because of this record: a broken one counts only when it asks for
// reports, and then as p=none (RFC 9989 §4.10.1).
func (r record) applies() bool { return !r.broken || r.reports }

// policy returns what the record asks for messages of its own domain, or of a domain below it that exists or not.
func (r record) policy(below, exists bool) Policy {
	if r.broken {
		return PolicyNone
	}
	p := r.p
	if below && r.sp != "" {
		p = r.sp
	}
	if below && !exists && r.np != "" {
		p = r.np
	}
	if !r.testing {
		return p
	}
	if p == PolicyReject { // t=y asks for one step less (RFC 9989 §4.7)
		return PolicyQuarantine
	}
	return PolicyNone
}

// hasAddress says whether a list of reporting URIs has a usable one.
func hasAddress(list string) bool {
	for uri := range strings.SplitSeq(list, ",") {
		if u, err := url.Parse(trim(uri)); err == nil && u.Scheme != "" && (u.Opaque != "" || u.Host != "") {
			return true
		}
	}
	return false
}

// trim takes off the white space of a tag list, and no other.
func trim(s string) string { return strings.Trim(s, " \t\r\n") }
