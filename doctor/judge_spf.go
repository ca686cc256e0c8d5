package doctor

import (
	"fmt"
	"net/netip"
)

func judgeSPF(f Facts, d DomainFacts) Finding {
	return checkSPF(f, d.SPF, "Who may send as "+d.Name+" (SPF)")
}

// checkSPF is about the SPF record of a domain or of this machine's name.
func checkSPF(f Facts, s SPFFacts, check string) Finding {
	txt := s.TXT[canonical(s.Domain)]
	found := spfRecords(txt.Values)
	const untrusted = "Big providers refuse mail of such a domain, or take it for spam."
	const publish = "Publish it as sencoforum dns shows it."
	switch {
	case txt.Err != nil:
		return unasked(check, txt.Err)
	case len(found) == 0:
		return flaw(Fault, check, "There is no SPF record.", untrusted, publish)
	case len(found) > 1:
		return flaw(Fault, check, quotedList(found)+".", "Two SPF records count as a broken one. "+untrusted, "Remove all but one. What several services need goes into one record: "+
			"each \"include:\" of them, before the \"-all\" at the end.")
	}
	is := fmt.Sprintf("%q.", found[0])
	if _, wrong := parseSPF(found[0]); wrong != "" {
		return flaw(Fault, check, is, fmt.Sprintf("%q in it is no SPF, so all of it counts as broken. %s", wrong, untrusted), publish)
	}
	if n := s.lookups(s.Domain, 0); n > maxLookups {
		return flaw(Fault, check, is, fmt.Sprintf("It costs more than %d look-ups in the DNS (%d or more), so it counts as broken. %s", maxLookups, n, untrusted),
			"Remove each \"include:\", \"a\" and \"mx\" of services that send no mail for this domain.")
	}
	if name := s.open(s.Domain, 0); name != "" {
		return flaw(Fault, check, is, fmt.Sprintf("The record of %s says +all: everybody may send mail as %s, so it helps nobody but spammers.", name, s.Domain),
			"Write -all in place of it.")
	}
	if !f.direct() {
		return serviceSPF(f, s, check, is)
	}
	return allowed(f, s, check, is)
}

// serviceSPF is about a record of a domain whose mail leaves through a mail service.
func serviceSPF(f Facts, s SPFFacts, check, is string) Finding {
	service := f.Setup.Service.Host
	for _, t := range s.terms(s.Domain) {
		switch t.name {
		case "include", "ip4", "ip6", "redirect", "exists":
			return lastWord(s, check, is, fmt.Sprintf("Compare it with the help pages of %s: from which addresses that sends cannot be seen from here.", service))
		}
	}
	return flaw(Warning, check, is, "It names this machine only, but mail leaves through "+service+".",
		"Look into the help pages of "+service+" for what to write after \"include:\".")
}

// allowed looks whether our addresses may send.
func allowed(f Facts, s SPFFacts, check, is string) Finding {
	ours := f.ours()
	if len(ours) == 0 {
		return flaw(NotChecked, check, is+" The public address of this machine is not known, so it cannot be seen whether it is allowed.", "",
			"Publish the address of "+f.Setup.Hostname+" and run this again.")
	}
	var refused []netip.Addr
	for _, a := range ours {
		switch s.check(s.Domain, a, 0) {
		case spfPass:
		case spfUnsure:
			return flaw(NotChecked, check, is+" It could not be found out whether that allows "+a.String()+": the DNS gave no answer, or it depends on the mail.", "",
				"Run this again in some minutes.")
		case spfBroken:
			return flaw(Fault, check, is, "A record that it includes is missing or broken, so all of it counts as broken.",
				"Remove what names services that are not used any more; sencoforum dns shows a record that is enough.")
		default:
			refused = append(refused, a)
		}
	}
	switch {
	case len(refused) > 0 && len(f.Host.Static) > 0: // and so the record may have been seen with wrong addresses
		return hidden(check, f)
	case len(refused) > 0:
		return flaw(Fault, check, is, "It does not allow "+names(refused)+", from which this machine sends. Our mail looks forged.",
			"Add \"a:"+f.Setup.Hostname+"\" before the last word, or publish the record that sencoforum dns shows.")
	}
	return lastWord(s, check, is+" It allows "+names(ours)+".", "")
}

// lastWord is about what the record says of everybody else.
func lastWord(s SPFFacts, check, is, do string) Finding {
	switch s.all(s.Domain, 0) {
	case '-', '~':
		return flaw(OK, check, is, "", do)
	}
	return flaw(Warning, check, is, "It does not say that nobody else may send, so forged mail of this domain is not recognised by it.",
		"Write -all as its last word.")
}
