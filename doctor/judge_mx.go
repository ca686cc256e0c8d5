package doctor

import (
	"fmt"
	"net/netip"
)

func judgeMX(f Facts, d DomainFacts) Finding {
	const check = "Where mail for the lists goes (MX)"
	do := fmt.Sprintf("Publish an MX record of %s that names %s: sencoforum dns", d.Name, f.Setup.Hostname)
	switch {
	case d.MX.Err != nil:
		return unasked(check, d.MX.Err)
	case len(d.MX.Values) == 0:
		return flaw(Fault, check, "There is no MX record.", "Mail for the lists goes astray.", do)
	}
	var here, elsewhere []string
	var unsure error
	for _, e := range d.MX.Values {
		switch one := judgeExchanger(check, d.Name, e, do); {
		case one.Level == NotChecked:
			unsure = e.Addrs.Err
		case one.Level != "":
			return one
		case sameName(e.Host, f.Setup.Hostname), f.leadsHere(e.Addrs.Values):
			here = append(here, e.Host)
		default:
			elsewhere = append(elsewhere, e.Host)
		}
	}
	is := list(append(append([]string{}, here...), elsewhere...)) + "."
	switch {
	case len(here) == 0 && unsure != nil, len(here) == 0 && f.Host.Addrs.Err != nil:
		if unsure == nil {
			unsure = f.Host.Addrs.Err
		}
		return unasked(check, unsure)
	case len(here) == 0 && f.Setup.Front:
		return flaw(OK, check, is, "", "That has to be the mail server or proxy in front of this one, and to hand the lists' mail over.")
	case len(here) == 0:
		return flaw(Fault, check, is, "That is another machine, so mail for the lists does not come here.", do)
	case len(elsewhere) > 0 && !f.Setup.Front:
		return flaw(Warning, check, is, "Mail may also go to "+list(elsewhere)+", which is another machine.", "Remove that MX record, unless that machine passes everything on to this one.")
	}
	return good(check, "%s, which leads to this machine.", list(here))
}

// judgeExchanger is about one mail host by itself. A finding without a level says that nothing is wrong with it.
func judgeExchanger(check, domain string, e Exchanger, do string) Finding {
	if e.Host == "" {
		return flaw(Fault, check, "A null MX (a single dot).", "It says that "+domain+" takes no mail at all, so nobody's post arrives.", do)
	}
	if _, err := netip.ParseAddr(e.Host); err == nil {
		return flaw(Fault, check, e.Host+".", "An MX record has to hold a name. Mail hosts do not understand an address there.", do)
	}
	switch {
	case e.Canonical != "":
		return flaw(Fault, check, fmt.Sprintf("%s, which is only another name (CNAME) for %s.", e.Host, e.Canonical),
			"An MX record must not name such a name (RFC 5321); some mail hosts do not deliver.", do)
	case e.Addrs.Err != nil:
		return unasked(check, e.Addrs.Err)
	case len(e.Addrs.Values) == 0:
		return flaw(Fault, check, e.Host+", which has no address.", "Mail for the lists cannot get there.",
			"Publish an A record of "+e.Host+", or correct the MX record: sencoforum dns")
	}
	return Finding{}
}
