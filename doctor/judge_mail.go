package doctor

import (
	"fmt"
	"net"
	"strings"
)

// fromOutside says how to test what cannot be seen from here.
func fromOutside(host string) string {
	return fmt.Sprintf("Whether others get through cannot be seen from here. On a computer elsewhere type: nc -v %s 25 (a line that begins with 220 has to come).", host)
}

func judgePorts(f Facts) (all []Finding) {
	if len(f.Setup.Listen) == 0 {
		const check = "Way in"
		return []Finding{flaw(OK, check, "The service manager opens the ports; the settings name none.", "", fromOutside(f.Setup.Hostname))}
	}
	for _, r := range f.In {
		all = append(all, judgePort(f, r))
	}
	return append(all, judgeNumber(f)...)
}

func judgePort(f Facts, r Reach) Finding {
	check := "Way in, " + r.Address
	const start = "Start it: systemctl start sencoforum"
	switch running := f.Setup.ServerRuns; {
	case !running && r.Tried && r.Err == nil:
		return flaw(Fault, check, "Another program answers there, and this server does not run.", "This server cannot start while the other program has the port.",
			"Find out which: ss -ltnp. Often it is a mail server that came with the system; stop it and switch it off, such as: systemctl disable --now postfix exim4")
	case !running:
		return flaw(Warning, check, "The server does not run.", "Nobody takes the lists' mail. Others try again for some days.", start)
	case !r.Tried:
		return good(check, "The server runs and listens there.")
	case r.Err != nil:
		return flaw(Fault, check, "The server runs, but nothing answers there ("+cause(r.Err)+").", "Mail for the lists does not come in.",
			"Look at smtp.listen in the settings and into the log: journalctl -u sencoforum")
	}
	return flaw(OK, check, "The server answers.", "", fromOutside(f.Setup.Hostname))
}

// judgeNumber looks whether one of the ports is that to which other mail servers bring mail.
func judgeNumber(f Facts) []Finding {
	if f.Setup.Front {
		return nil
	}
	for _, address := range f.Setup.Listen {
		if _, port, err := net.SplitHostPort(address); err != nil || port == "25" || port == "smtp" || strings.HasPrefix(address, unixSocket) {
			return nil
		}
	}
	return []Finding{flaw(Warning, "Number of the port", strings.Join(f.Setup.Listen, ", ")+".", "Other mail servers use port 25 and no other.",
		`Write listen = [":25"] under [smtp] in the settings, unless something passes port 25 on to that port.`)}
}

func judgeWayOut(f Facts) Finding {
	if f.Setup.Service != nil {
		return judgeService(f.Setup.Service, f.Service)
	}
	const check = "Way out, port 25 of other mail hosts"
	switch {
	case f.Out.Err != nil && passing(f.Out.Err):
		return unasked(check, f.Out.Err)
	case f.Out.Err != nil:
		return flaw(Fault, check, "No connection to any of: "+strings.Join(wellKnown, ", ")+" ("+cause(f.Out.Err)+").",
			"Mail cannot leave. Many hosting providers close port 25 outwards.",
			"Ask your hosting provider to open it, or send through a mail service: through = \"smarthost\" under [delivery] in the settings.")
	}
	return good(check, "Open: %s answers.", f.Out.Address)
}

func judgeService(s *Service, got ServiceFacts) Finding {
	check := fmt.Sprintf("Way out, through %s:%d", s.Host, s.Port)
	const settings = "Compare host, port and tls under [smarthost] in the settings with the help pages of the mail service."
	switch {
	case got.Err != nil && passing(got.Err):
		return unasked(check, got.Err)
	case got.Err != nil && got.Stage == "connect":
		return flaw(Fault, check, "Nothing answers there ("+cause(got.Err)+").", "Mail cannot leave.", settings)
	case got.Err != nil && got.Stage == "tls":
		return flaw(Fault, check, "It answers, but not over TLS that can be trusted ("+cause(got.Err)+").", "Mail does not leave, because it could be read on its way.", settings)
	case got.Err != nil:
		return flaw(Fault, check, "It does not greet as a mail service does ("+cause(got.Err)+").", "Mail cannot leave.", settings)
	case got.Insecure:
		return flaw(Fault, check, "It offers no TLS (STARTTLS).", "Mail does not leave, because it could be read on its way.", settings)
	case s.Login && !got.Auth:
		return flaw(Fault, check, "It offers no log-in, but the settings have a user name.", "Mail cannot leave.", settings)
	case s.TLS == Clear:
		return flaw(Warning, check, "It answers.", "Mail goes there in clear text: the settings have tls = \"none\".", "Use \"starttls\", unless the service is on this machine or on a network that you trust.")
	case s.Login:
		return flaw(OK, check, "It answers over TLS and offers a log-in.", "", "Whether it takes the password shows the log after the first mail.")
	}
	return good(check, "It answers over TLS.")
}

func judgeCert(f Facts) Finding {
	const check = "Certificate"
	const name = "Name the certificate and its key in smtp.tls_cert and smtp.tls_key of the settings"
	if f.Setup.Issued.Mail {
		return good(check, "It comes from an authority; what is known of it stands under %q.", partIssued)
	}
	if f.Setup.TLSCert == "" {
		if f.Setup.Front {
			return good(check, "None, which is for the server in front to have.")
		}
		return flaw(Warning, check, "There is none.", "Others send their mail to us in clear text.", name+"; from Let's Encrypt one is free of charge.")
	}
	if f.Cert.Err != nil {
		return unreadCert(f, check)
	}
	leaf := f.Cert.Leaf
	until := leaf.NotAfter.Format("2 January 2006")
	const renew = "Renew it, then: systemctl reload sencoforum"
	switch left := leaf.NotAfter.Sub(f.Now); {
	case leaf.VerifyHostname(f.Setup.Hostname) != nil:
		return flaw(Fault, check, fmt.Sprintf("It is for %s.", list(leaf.DNSNames)), "It does not name "+f.Setup.Hostname+", so mail hosts that look at it do not deliver.", "Get one for "+f.Setup.Hostname+". "+renew)
	case f.Now.Before(leaf.NotBefore):
		return flaw(Fault, check, "It holds from "+leaf.NotBefore.Format("2 January 2006")+" on only.", "Mail hosts that look at it do not deliver.", "Look at the clock of this machine, or get another certificate.")
	case left <= 0:
		return flaw(Fault, check, "It ended on "+until+".", "Mail hosts that look at it do not deliver.", renew)
	case left <= certSoon:
		return flaw(Warning, check, "It ends on "+until+".", "That is in less than 14 days; it should have been renewed by itself.", "Look why it was not (for Let's Encrypt: certbot renew). "+renew)
	}
	return good(check, "For %s, until %s.", f.Setup.Hostname, until)
}
