package doctor

import (
	"encoding/base64"
	"fmt"
	"strings"
)

func judgeKeys(f Facts, d DomainFacts) (all []Finding) {
	if !f.Setup.Sign {
		return []Finding{flaw(Warning, "Signatures (DKIM)", "Mail is not signed: the settings have sign = false under [dkim].",
			"Big providers refuse unsigned mail of lists.", "Remove that line from the settings, unless your mail service signs for "+d.Name+".")}
	}
	for _, k := range d.DKIM {
		all = append(all, judgeKey(d.Name, k))
	}
	return all
}

func judgeKey(domain string, k KeyFacts) Finding {
	check := fmt.Sprintf("Key of our signatures, %s (DKIM)", k.Key.Selector)
	name := k.Key.Name(domain)
	do := "Publish the record of " + name + " as sencoforum dns shows it, all of it."
	level, consequence := Fault, "Our signatures cannot be checked. Big providers refuse such mail, or take it for spam."
	switch {
	case k.Key.State == Prepared:
		level, consequence = Warning, "The key is not used yet. It has to be there before it is: sencoforum dkim use "+k.Key.Selector
	case k.Key.State == Retired && !k.Key.Needed:
		return good(check, "Retired; its record may go: sencoforum dkim remove %s", k.Key.Selector)
	case k.Key.State == Retired:
		level, consequence = Warning, "The key is not used any more, but mail that it signed may still be under way."
	}
	switch {
	case k.TXT.Err != nil:
		return unasked(check, k.TXT.Err)
	case len(k.TXT.Values) == 0:
		return flaw(level, check, "There is no record at "+name+".", consequence, do)
	case len(k.TXT.Values) > 1:
		return flaw(level, check, fmt.Sprintf("There are %d records at %s.", len(k.TXT.Values), name), "Which one counts is left to chance. "+consequence, "Remove all but the one that sencoforum dns shows.")
	}
	want, got := tags(k.Key.Record), tags(k.TXT.Values[0])
	if !sameKey(want, got) {
		return flaw(level, check, "The record at "+name+keyFault(want, got), consequence, do)
	}
	for flag := range strings.SplitSeq(got["t"], ":") {
		if flag == "y" {
			return flaw(Warning, check, "The record at "+name+" has t=y.", "It says that we are only trying it out, so signatures are not believed.", "Publish it without t=y.")
		}
	}
	return good(check, "Published and right (%s).", k.Key.State)
}

// keyFault says in what way a record is not the one of our key.
func keyFault(want, got map[string]string) string {
	p, wanted := got["p"], want["p"]
	_, err := base64.StdEncoding.DecodeString(p)
	switch {
	case got["v"] != "" && got["v"] != "DKIM1", p == "" && got["p"] == "" && got["k"] == "" && got["v"] == "":
		return " is no DKIM record."
	case p == "":
		return " has an empty key, which says that it is not valid any more."
	case strings.HasPrefix(wanted, p):
		return fmt.Sprintf(" was cut short: %d of %d letters of the key are there.", len(p), len(wanted))
	case err != nil:
		return " was damaged on its way into the DNS: the key in it cannot be read."
	}
	return " holds another key."
}

func sameKey(a, b map[string]string) bool {
	kind := func(t map[string]string) string {
		if t["k"] == "" {
			return "rsa"
		}
		return t["k"]
	}
	return a["p"] == b["p"] && kind(a) == kind(b) && (b["v"] == "" || b["v"] == "DKIM1")
}

// tags reads "a=b; c=d" (RFC 6376 §3.2). White space, which some forms insert, does not count; the first of two tags does.
func tags(record string) map[string]string {
	all := map[string]string{}
	for part := range strings.SplitSeq(record, ";") {
		name, value, ok := strings.Cut(part, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := all[name]; ok && !twice {
			all[name] = strings.Join(strings.Fields(value), "")
		}
	}
	return all
}
