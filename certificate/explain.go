package certificate

import (
	"net/url"
	"strings"
)

// reason is what a complaint means, and what to do about it. %s stands for the name, %a for the authority.
type reason struct{ what, do string }

// reasons are by the last word of the type (RFC 8555 §6.7).
var reasons = map[string]reason{
	"connection": {"the authority cannot reach %s",
		"open port 443 of this machine to everybody, and port 80 as well where web.redirect is set; see that %s has the address of this machine and no other in the DNS"},
	"dns": {"the name %s is not in the DNS", "publish an A record for %s with the address of this machine (sencoforum doctor shows it)"},
	"unauthorized": {"at %s another machine answers, or a server in front of this one",
		"see that %s has the address of this machine and no other in the DNS, also no AAAA record of another; behind a web server let that one have the certificate"},
	"caa":                     {"a CAA record does not let this authority issue for %s", "add the authority to the CAA record of %s, or remove the record"},
	"rateLimited":             {"the authority was asked too often about %s", "wait: it is tried again by itself"},
	"rejectedIdentifier":      {"the authority issues nothing for %s", "choose another name in web_url, or another authority in web.acme_directory"},
	"invalidContact":          {"the authority does not take the address for its messages", "correct web.acme_contact"},
	"externalAccountRequired": {"the authority wants an account that is made by hand, which this server cannot use", "choose another authority in web.acme_directory"},
	"userActionRequired":      {"the authority wants somebody to agree to new terms", "read the log, and restart the server"},
	"away":                    {"the authority cannot be reached", "see that this machine can open connections to port 443 of %a"},
	"serverInternal":          {"the authority has a fault of its own", "wait: it is tried again by itself"},
}

// alike are words for the same.
var alike = map[string]string{"incorrectResponse": "unauthorized", "tls": "unauthorized", "unsupportedContact": "invalidContact"}

// explain says why there is no certificate, and what to do. said are the authority's complaints, the last one first.
func explain(host, directory string, said []problem, err error) (what, do string) {
	for _, p := range said {
		kind := p.kind()
		if same := alike[kind]; same != "" {
			kind = same
		}
		r, ok := reasons[kind]
		if !ok {
			continue
		}
		fill := strings.NewReplacer("%s", host, "%a", hostOf(directory))
		what, do = fill.Replace(r.what), fill.Replace(r.do)
		if p.way != "" {
			what += " (" + p.way + ")"
		}
		return what + ": " + p.Detail, do
	}
	const wait = "wait: it is tried again by itself; if it stays so, look at the sentence of the authority"
	switch {
	case len(said) > 0:
		return "the authority says: " + said[0].Detail, wait
	case err != nil:
		return err.Error(), wait
	}
	return "nothing was heard from the authority", "restart the server; if it stays so, look at the log"
}

func hostOf(directory string) string {
	if u, err := url.Parse(directory); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return directory
}
