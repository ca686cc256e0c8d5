package doctor

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"
)

// whole makes a name complete, so that no search list applies.
func whole(name string) string { return strings.TrimSuffix(name, ".") + "." }

func (l look) txt(ctx context.Context, name string) Answer[string] {
	ctx, cancel := context.WithTimeout(ctx, questionTime)
	defer cancel()
	return answered(l.Resolver.LookupTXT(ctx, whole(name)))
}

// addrs asks for IPv4 and IPv6 apart: a name server that drops questions for one keeps nobody from the other.
func (l look) addrs(ctx context.Context, name string) Answer[netip.Addr] {
	ctx, cancel := context.WithTimeout(ctx, questionTime)
	defer cancel()
	four := answered(l.Resolver.LookupNetIP(ctx, "ip4", whole(name)))
	six := answered(l.Resolver.LookupNetIP(ctx, "ip6", whole(name)))
	all := Answer[netip.Addr]{Err: four.Err}
	if all.Err == nil {
		all.Err = six.Err
	}
	for _, a := range slices.Concat(four.Values, six.Values) {
		all.Values = append(all.Values, a.Unmap())
	}
	slices.SortFunc(all.Values, netip.Addr.Compare)
	all.Values = slices.Compact(all.Values)
	if len(all.Values) > 0 {
		all.Err = nil
	}
	return all
}

func (l look) host(ctx context.Context) (f HostFacts) {
	name := l.setup.Hostname
	f.Own, f.Private = splitAddresses(l.Addresses())
	f.Sources, _ = splitAddresses(l.Sources())
	f.Static = static(l.Hosts(), name)
	f.Addrs = l.addrs(ctx, name)
	ours := f.Own
	if len(ours) == 0 {
		ours, _ = splitAddresses(f.Addrs.Values)
	}
	for _, a := range ours {
		f.Reverse = append(f.Reverse, l.reverse(ctx, a))
	}
	f.SPF = l.spf(ctx, name)
	return f
}

func (l look) reverse(ctx context.Context, a netip.Addr) Reverse {
	short, cancel := context.WithTimeout(ctx, questionTime)
	defer cancel()
	r := Reverse{Addr: a, Names: answered(l.Resolver.LookupAddr(short, a.String()))}
	for _, n := range r.Names.Values {
		if sameName(n, l.setup.Hostname) {
			r.Forward = l.addrs(ctx, n)
			return r
		}
	}
	if len(r.Names.Values) > 0 {
		r.Forward = l.addrs(ctx, r.Names.Values[0])
	}
	return r
}

func (l look) domain(ctx context.Context, d string) DomainFacts {
	f := DomainFacts{Name: d, DKIM: make([]KeyFacts, len(l.setup.Keys))}
	var all sync.WaitGroup // a DNS that does not answer takes its time with each
	all.Go(func() { f.MX = l.exchangers(ctx, d) })
	all.Go(func() { f.SPF = l.spf(ctx, d) })
	all.Go(func() { f.DMARC = l.dmarc(ctx, d) })
	all.Go(func() { f.TLSRPT = l.txt(ctx, "_smtp._tls."+d) })
	all.Go(func() {
		f.STS = l.txt(ctx, "_mta-sts."+d)
		if len(tagged(f.STS.Values, "v=STSv1")) > 0 {
			f.Policy = l.policy(ctx, d)
		}
	})
	for i, k := range l.setup.Keys {
		all.Go(func() { f.DKIM[i] = KeyFacts{Key: k, TXT: l.txt(ctx, k.Name(d))} })
	}
	all.Wait()
	return f
}

// maxExchangers is how many mail hosts of a domain are looked at.
const maxExchangers = 10

func (l look) exchangers(ctx context.Context, d string) (all Answer[Exchanger]) {
	short, cancel := context.WithTimeout(ctx, questionTime)
	defer cancel()
	found := answered(l.Resolver.LookupMX(short, whole(d)))
	all.Err = found.Err
	for _, mx := range found.Values[:min(len(found.Values), maxExchangers)] {
		e := Exchanger{Host: canonical(mx.Host), Pref: mx.Pref}
		if e.Host != "" { // the null MX is a single dot
			e.Addrs = l.addrs(ctx, e.Host)
			e.Canonical = l.alias(short, e.Host)
		}
		all.Values = append(all.Values, e)
	}
	return all
}

// alias is the name for which host is only another one; empty: there is none. What /etc/hosts calls the main name of a
// line is no alias.
func (l look) alias(ctx context.Context, host string) string {
	name, err := l.Resolver.LookupCNAME(ctx, whole(host))
	if err != nil || sameName(name, host) || len(static(l.Hosts(), host)) > 0 {
		return ""
	}
	return canonical(name)
}

// maxWalk is how many names an SPF record may lead to before we stop following it.
const maxWalk = 2 * maxLookups

// spf follows the SPF record of a domain to all that it names.
func (l look) spf(ctx context.Context, d string) SPFFacts {
	f := SPFFacts{
		Domain: d,
		TXT:    map[string]Answer[string]{},
		Addrs:  map[string]Answer[netip.Addr]{},
		MX:     map[string]Answer[string]{},
	}
	for next := []string{canonical(d)}; len(next) > 0 && len(f.TXT) < maxWalk; next = next[1:] {
		if _, asked := f.TXT[next[0]]; asked {
			continue
		}
		f.TXT[next[0]] = l.txt(ctx, next[0])
		for _, t := range f.terms(next[0]) {
			name, known := t.target(next[0])
			switch {
			case !known:
			case t.name == "include", t.name == "redirect":
				next = append(next, name)
			case t.name == "a":
				l.spfAddrs(ctx, f, name)
			case t.name == "mx":
				l.spfHosts(ctx, f, name)
			}
		}
	}
	return f
}

func (l look) spfAddrs(ctx context.Context, f SPFFacts, host string) {
	if _, asked := f.Addrs[host]; !asked && len(f.Addrs) < maxWalk {
		f.Addrs[host] = l.addrs(ctx, host)
	}
}

func (l look) spfHosts(ctx context.Context, f SPFFacts, domain string) {
	if _, asked := f.MX[domain]; asked || len(f.MX) >= maxWalk {
		return
	}
	ctx2, cancel := context.WithTimeout(ctx, questionTime)
	defer cancel()
	found := answered(l.Resolver.LookupMX(ctx2, whole(domain)))
	hosts := Answer[string]{Err: found.Err}
	for _, mx := range found.Values {
		host := canonical(mx.Host)
		hosts.Values = append(hosts.Values, host)
		l.spfAddrs(ctx, f, host)
	}
	f.MX[domain] = hosts
}

// maxTree is how many names are asked for a DMARC record (RFC 9989 §4.10).
const maxTree = 8

// dmarc asks the domain and its parents, until one has a record.
func (l look) dmarc(ctx context.Context, d string) (all []DMARCFacts) {
	labels := strings.Split(d, ".")
	for i := 0; i < len(labels)-1 && len(all) < maxTree; i++ {
		name := strings.Join(labels[i:], ".")
		f := DMARCFacts{Domain: name, TXT: l.txt(ctx, "_dmarc."+name)}
		all = append(all, f)
		if f.TXT.Err != nil || len(tagged(f.TXT.Values, "v=DMARC1")) > 0 {
			break
		}
	}
	return all
}

// tagged returns the records that begin with a version, alone or before a semicolon.
func tagged(txt []string, version string) (found []string) {
	for _, t := range txt {
		rest, ok := strings.CutPrefix(strings.ReplaceAll(t, " ", ""), version)
		if ok && (rest == "" || rest[0] == ';') {
			found = append(found, t)
		}
	}
	return found
}
