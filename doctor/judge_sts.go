package doctor

import (
	"fmt"
	"strings"
)

func judgeSTS(f Facts, d DomainFacts) Finding {
	const check = "Mail to us only over TLS (MTA-STS)"
	found := tagged(d.STS.Values, "v=STSv1")
	switch {
	case d.STS.Err != nil:
		return unasked(check, d.STS.Err)
	case len(found) == 0:
		return good(check, "Not published. It is optional.")
	case len(found) > 1:
		return flaw(Fault, check, quotedList(found)+".", "Two records count as none.", "Remove all but one.")
	}
	is := fmt.Sprintf("%q.", found[0])
	if id := tags(found[0])["id"]; id == "" || len(id) > 32 || strings.Trim(id, letters) != "" {
		return flaw(Fault, check, is, "Its id is not of up to 32 letters and digits, so the record does not count.", "Publish the record as sencoforum dns shows it.")
	}
	return judgePolicyFile(f, d, check, is)
}

// letters are those that the id of a policy is made of (RFC 8461 §3.1).
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

func judgePolicyFile(f Facts, d DomainFacts, check, is string) Finding {
	p, url := d.Policy, policyURL(d.Name)
	const unserved = "The record says that there is a policy file, but other mail servers do not get it."
	do := "Serve the file that sencoforum dns shows at " + url + ", with a certificate for that name; or remove the record."
	switch {
	case p.Err != nil && passing(p.Err):
		return unasked(check, p.Err)
	case p.Err != nil:
		return flaw(Fault, check, is+" "+url+" cannot be read: "+cause(p.Err)+".", unserved, do)
	case p.Status != 200:
		return flaw(Fault, check, fmt.Sprintf("%s %s answers with status %d in place of the file.", is, url, p.Status), unserved, do)
	}
	policy := parsePolicy(p.Text)
	is += " The policy file says mode " + policy.mode + "."
	switch {
	case policy.version != "STSv1", policy.mode != "testing" && policy.mode != "enforce" && policy.mode != "none", policy.maxAge == "", len(policy.mx) == 0 && policy.mode != "none":
		return flaw(Fault, check, is, "The file is no valid policy: it needs the lines version, mode, mx and max_age.", do)
	case policy.mode == "none":
		return flaw(Warning, check, is, "That switches it off.", "Remove the record and the file some weeks after this was published, or write mode: testing.")
	case d.MX.Err != nil:
		return unasked(check, d.MX.Err)
	}
	level := Fault
	if policy.mode == "testing" {
		level = Warning
	}
	for _, e := range d.MX.Values {
		if !policy.allows(e.Host) {
			return flaw(level, check, is, "It does not name the mail host "+e.Host+", which the MX record names. With mode: enforce mail would not come.",
				"Write the line mx: "+e.Host+" into the file, and change the id in the record.")
		}
	}
	if !f.Setup.encrypts() && !f.Setup.Front {
		return flaw(level, check, is, "It promises TLS, but this server has no certificate.", "Name a certificate in smtp.tls_cert and smtp.tls_key of the settings, or set smtp.acme.")
	}
	if !strings.HasPrefix(p.Type, "text/plain") {
		return flaw(Warning, check, is, fmt.Sprintf("The file is served as %q; some mail hosts take only text/plain.", p.Type), "Correct that in the settings of the web server.")
	}
	if policy.mode == "testing" {
		return flaw(OK, check, is, "", "When the TLS reports have shown no failures for some weeks, write mode: enforce and change the id in the record.")
	}
	return good(check, "%s", is)
}

// stsPolicy is an MTA-STS policy (RFC 8461 §3.2).
type stsPolicy struct {
	version, mode, maxAge string
	mx                    []string
}

func parsePolicy(text string) (p stsPolicy) {
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(key) {
		case "version":
			p.version = value
		case "mode":
			p.mode = value
		case "max_age":
			if number(value, -1) >= 0 {
				p.maxAge = value
			}
		case "mx":
			p.mx = append(p.mx, value)
		}
	}
	return p
}

// allows reports that a mail host is one of the policy's; "*." stands for one label (RFC 8461 §4.1).
func (p stsPolicy) allows(host string) bool {
	for _, pattern := range p.mx {
		if rest, ok := strings.CutPrefix(pattern, "*."); ok {
			_, parent, _ := strings.Cut(host, ".")
			if sameName(parent, rest) {
				return true
			}
		} else if sameName(host, pattern) {
			return true
		}
	}
	return false
}

func judgeTLSRPT(d DomainFacts) Finding {
	const check = "Reports on failed encryption (TLS-RPT)"
	found := tagged(d.TLSRPT.Values, "v=TLSRPTv1")
	do := "Publish a TXT record of _smtp._tls." + d.Name + ": v=TLSRPTv1; rua=mailto:" + reportsAddress(d.Name)
	switch {
	case d.TLSRPT.Err != nil:
		return unasked(check, d.TLSRPT.Err)
	case len(found) == 0 && len(d.STS.Values) > 0:
		return flaw(Warning, check, "Not published.", "MTA-STS is, and without these reports nobody learns when it keeps mail away.", do)
	case len(found) == 0:
		return good(check, "Not published. It is optional.")
	case len(found) > 1:
		return flaw(Warning, check, quotedList(found)+".", "Two records count as none.", "Remove all but one.")
	}
	is := fmt.Sprintf("%q.", found[0])
	rua := tags(found[0])["rua"]
	if !strings.HasPrefix(rua, "https://") && !mailAddresses(rua) {
		return flaw(Warning, check, is, "It names no address for the reports.", do)
	}
	if lost := lostReports(rua, d.Name); lost != "" {
		return flaw(Warning, check, is, lost, do)
	}
	return good(check, "%s", is)
}
