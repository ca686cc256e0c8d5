package doctor

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Parts of the report beside the domains.
const (
	partHost    = "The name of this machine"
	partMail    = "Mail in and out"
	partIssued  = "Certificates from an authority"
	partMachine = "This machine"
	partOwn     = "Words and pages of your own"
)

// Judge turns facts into findings, in the order in which they are told.
func Judge(f Facts) (all []Finding) {
	add := func(part string, found ...Finding) {
		for _, one := range found {
			one.Part = part
			all = append(all, one)
		}
	}
	add(partHost, judgeHost(f)...)
	for _, d := range f.Domains {
		add(d.Name, judgeDomain(f, d)...)
	}
	add(partMail, judgePorts(f)...)
	add(partMail, judgeWayOut(f), judgeCert(f))
	add(partIssued, judgeIssued(f)...)
	add(partMachine, judgeMachine(f)...)
	for _, o := range f.Setup.Own {
		add(partOwn, judgeWritten(o))
	}
	return all
}

func judgeDomain(f Facts, d DomainFacts) []Finding {
	all := []Finding{judgeMX(f, d), judgeSPF(f, d)}
	all = append(all, judgeKeys(f, d)...)
	return append(all, judgeDMARC(d), judgeSTS(f, d), judgeTLSRPT(d))
}

func good(check, format string, args ...any) Finding {
	return Finding{Check: check, Level: OK, Found: fmt.Sprintf(format, args...)}
}

// flaw is a finding of the level that it is given.
func flaw(l Level, check, found, problem, do string) Finding {
	return Finding{Check: check, Level: l, Found: found, Problem: problem, Do: do}
}

// unasked is the finding where the DNS gave no answer.
func unasked(check string, err error) Finding {
	return flaw(NotChecked, check, "The DNS gave no answer ("+cause(err)+").", "",
		"Run this again in some minutes. If it stays so, ask whoever looks after the DNS that this machine uses.")
}

// cause is an error of the DNS in few words.
func cause(err error) string {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return dns.Err
	}
	var web *url.Error // its text says again what was asked
	if errors.As(err, &web) {
		err = web.Err
	}
	return err.Error()
}

// direct reports that mail leaves from this machine to each member's mail host, so that they judge our address.
func (f Facts) direct() bool { return f.Setup.Service == nil }

// worse is Fault where mail leaves directly, and else Warning.
func (f Facts) worse() Level {
	if f.direct() {
		return Fault
	}
	return Warning
}

// ours are the public addresses from which mail leaves, or where the machine knows none, those of its name.
func (f Facts) ours() []netip.Addr {
	if len(f.Host.Sources) > 0 {
		return f.Host.Sources
	}
	if len(f.Host.Own) > 0 {
		return f.Host.Own
	}
	public, _ := splitAddresses(f.Host.Addrs.Values)
	return public
}

// leadsHere reports that one of the addresses is this machine's or its name's.
func (f Facts) leadsHere(addrs []netip.Addr) bool {
	for _, a := range addrs {
		if slices.Contains(f.Host.Own, a) || slices.Contains(f.Host.Addrs.Values, a) {
			return true
		}
	}
	return false
}

func names(addrs []netip.Addr) string {
	words := make([]string, len(addrs))
	for i, a := range addrs {
		words[i] = a.String()
	}
	return list(words)
}

// list joins words as a sentence does.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

func quotedList(texts []string) string {
	words := make([]string, len(texts))
	for i, t := range texts {
		words[i] = fmt.Sprintf("%q", t)
	}
	return list(words)
}
