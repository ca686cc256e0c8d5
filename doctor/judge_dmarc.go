package doctor

import (
	"fmt"
	"slices"
	"strings"
)

func judgeDMARC(d DomainFacts) Finding {
	const check = "What others do with forged mail (DMARC)"
	do := fmt.Sprintf("Publish a TXT record of _dmarc.%s: v=DMARC1; p=none; rua=mailto:%s", d.Name, reportsAddress(d.Name))
	for _, at := range d.DMARC {
		found := tagged(at.TXT.Values, "v=DMARC1")
		switch {
		case at.TXT.Err != nil:
			return unasked(check, at.TXT.Err)
		case len(found) > 1:
			return flaw(Fault, check, quotedList(found)+".", "Two DMARC records count as none. Big providers refuse mail of such a domain, or take it for spam.", "Remove all but one.")
		case len(found) == 1:
			return judgePolicy(check, d.Name, at.Domain, found[0])
		}
	}
	return flaw(Fault, check, "There is no DMARC record.", "Big providers demand one of everybody who sends much mail.", do)
}

// dmarcTags are those of RFC 9989 §4.7, and pct, rf and ri, which came before it and do not count any more.
var dmarcTags = []string{"v", "p", "sp", "np", "psd", "t", "rua", "ruf", "fo", "adkim", "aspf", "pct", "rf", "ri"}

func judgePolicy(check, domain, at, record string) Finding {
	is := fmt.Sprintf("%q.", record)
	if !sameName(domain, at) {
		is = fmt.Sprintf("%q of %s, which counts for %s too.", record, at, domain)
	}
	t := tags(record)
	policy := t["p"]
	if !sameName(domain, at) && t["sp"] != "" {
		policy = t["sp"]
	}
	words, known := policies[strings.ToLower(policy)]
	switch {
	case !known:
		return flaw(Fault, check, is, fmt.Sprintf("It says p=%s, but only p=none, p=quarantine and p=reject count. Mail hosts pass over such a record.", policy), "Write p=none to begin with.")
	case t["rua"] != "" && !mailAddresses(t["rua"]):
		return flaw(Warning, check, is, "The address after rua= is none: it has to begin with mailto: and hold an @.", "Write rua=mailto:"+reportsAddress(domain))
	}
	for name := range t {
		if !slices.Contains(dmarcTags, name) {
			return flaw(Warning, check, is, fmt.Sprintf("Nobody knows the tag %q.", name), "Correct its spelling, or remove it.")
		}
	}
	if t["rua"] == "" {
		return flaw(Warning, check, is, "It names no address for reports (rua=), so you never learn whether our own mail passes.", "Add: rua=mailto:"+reportsAddress(domain))
	}
	if lost := lostReports(t["rua"], domain); lost != "" {
		return flaw(Warning, check, is, lost, "Write rua=mailto:"+reportsAddress(domain))
	}
	return flaw(OK, check, is+" "+words.means, "", words.next)
}

// policies say what each policy means, and what comes next.
var policies = map[string]struct{ means, next string }{
	"none":       {"Forged mail is reported and nothing more.", "When the reports have shown for some weeks that our own mail passes, raise it to p=quarantine."},
	"quarantine": {"Forged mail goes to the spam folder.", "When that has gone well for some months, p=reject is the next step."},
	"reject":     {"Forged mail is refused.", ""},
}

// lostReports says which address of a list in our domain takes no reports; empty: none is such. The postmaster does, too.
func lostReports(value, domain string) string {
	for one := range strings.SplitSeq(strings.ToLower(value), ",") {
		address, _, _ := strings.Cut(strings.TrimPrefix(one, "mailto:"), "!")
		local, at, _ := strings.Cut(address, "@")
		if sameName(at, domain) && address != strings.ToLower(reportsAddress(domain)) && local != "postmaster" && local != "abuse" {
			return "Reports to " + address + " are lost: that address takes none."
		}
	}
	return ""
}

// mailAddresses reports a list of mailto addresses.
func mailAddresses(value string) bool {
	for one := range strings.SplitSeq(value, ",") {
		address, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(one)), "mailto:")
		if local, domain, at := strings.Cut(address, "@"); !ok || !at || local == "" || !strings.Contains(domain, ".") {
			return false
		}
	}
	return true
}
