package doctor

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"sencoforum/certificate"
)

// issued looks at the certificate of a name and at where the name leads.
func (l look) issued(ctx context.Context, host string) IssuedFacts {
	f := IssuedFacts{Host: host, Static: static(l.Hosts(), host)}
	f.Leaf, f.Err = certificate.Stored(l.setup.Issued.Config, host)
	f.Addrs = l.addrs(ctx, host)
	return f
}

// judgeIssued says how long the certificates last, and whether the authority can renew them.
func judgeIssued(f Facts) (all []Finding) {
	for _, i := range f.Issued {
		all = append(all, judgeIssue(f, i), judgeLeads(f, i))
	}
	if len(f.Issued) > 0 {
		all = append(all, judgeIssuer(f))
	}
	return all
}

// seeLog is where the server says what the authority complains of.
const seeLog = "See what the log says of it: journalctl -u sencoforum. When that is mended: systemctl reload sencoforum"

func judgeIssue(f Facts, i IssuedFacts) Finding {
	check := "Certificate for " + i.Host
	const dated = "2 January 2006"
	switch {
	case i.Err != nil:
		return flaw(NotChecked, check, "It cannot be read ("+cause(i.Err)+").", "", "Run this as root, or as the owner of "+f.Setup.Paths.Data+".")
	case i.Leaf == nil && !f.Setup.ServerRuns:
		return flaw(Warning, check, "There is none yet.", "The server fetches it when it runs, and it does not run.", "Start it: systemctl start sencoforum")
	case i.Leaf == nil:
		return flaw(Fault, check, "There is none yet.", "Browsers and mail servers cannot come over TLS.", seeLog)
	}
	until := i.Leaf.NotAfter.Format(dated)
	days := int(i.Leaf.NotAfter.Sub(f.Now) / (24 * time.Hour))
	switch due := certificate.Due(i.Leaf); {
	case !f.Now.Before(i.Leaf.NotAfter):
		return flaw(Fault, check, "It ended on "+until+".", "Browsers warn of this forum.", seeLog)
	case f.Now.Sub(due) > i.Leaf.NotAfter.Sub(due)/4:
		return flaw(Warning, check, fmt.Sprintf("It ends on %s, in %s.", until, dayCount(days)), "It should have been renewed since "+due.Format(dated)+".", seeLog)
	}
	return good(check, "Until %s, for %s more. It is renewed from %s on.", until, dayCount(days), certificate.Due(i.Leaf).Format(dated))
}

func dayCount(n int) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}

// judgeLeads looks whether the authority finds this machine by the name. It may ask any address of it.
func judgeLeads(f Facts, i IssuedFacts) Finding {
	check := "Where " + i.Host + " leads"
	do := fmt.Sprintf("Publish an A record of %s with the address of this machine, and an AAAA record only if it has such an address.", i.Host)
	outside := fmt.Sprintf("Whether the authority gets through cannot be seen from here. On a computer elsewhere open http://%s.", i.Host)
	var strange []netip.Addr
	for _, a := range i.Addrs.Values {
		if !slices.Contains(f.Host.Own, a) {
			strange = append(strange, a)
		}
	}
	switch {
	case len(i.Static) > 0:
		return flaw(NotChecked, check, fmt.Sprintf("The file /etc/hosts of this machine says %s, so the DNS cannot be seen from here.", names(i.Static)), "", "Ask elsewhere: host "+i.Host)
	case i.Addrs.Err != nil:
		return unasked(check, i.Addrs.Err)
	case len(i.Addrs.Values) == 0:
		return flaw(Fault, check, "There is no address in the DNS.", "Nobody finds the pages, and the authority issues no certificate.", do)
	case len(f.Host.Own) == 0:
		return flaw(NotChecked, check, names(i.Addrs.Values)+". This machine knows no public address of its own to compare that with.", "",
			"See that your router passes the ports 80 and 443 on to this machine. "+outside)
	case len(strange) > 0:
		return flaw(Fault, check, fmt.Sprintf("%s. This machine has %s.", names(i.Addrs.Values), names(f.Host.Own)), names(strange)+" is another machine. The authority may look there, and then it issues no certificate.", do)
	}
	return flaw(OK, check, names(i.Addrs.Values)+", which this machine has.", "", outside)
}

// judgeIssuer looks whether the authority can be asked.
func judgeIssuer(f Facts) Finding {
	const check = "The authority"
	const do = "See that this machine may open connections to port 443 of others, and look at web.acme_directory in the settings."
	switch {
	case f.Issuer.Err != nil:
		return flaw(Warning, check, "It does not answer ("+cause(f.Issuer.Err)+").", "Certificates cannot be renewed.", do)
	case f.Issuer.Status != http.StatusOK:
		return flaw(Warning, check, fmt.Sprintf("It answers with status %d.", f.Issuer.Status), "Certificates cannot be renewed.", do)
	}
	return good(check, "It answers.")
}
