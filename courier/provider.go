package courier

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// Providers says who receives the mail of a domain, under the name by which people know them, and how much each takes.
// It never changes once it is made, so any number of goroutines may ask it.
type Providers struct {
	tables []*providerTable // asked in this order
}

// providerTable is one file.
type providerTable struct {
	names  []string // in the order of the file
	limits map[string]ProviderLimits
	ours   bool // it came with the program

	hosts  map[string]string // ends of names of mail hosts
	exact  map[string]string // domains
	below  map[string]string // domains, for all names below them
	brands map[string]string // first labels of domains under any country
}

// ProviderLimits are what a provider may be asked to bear. A zero means no limit of its own.
type ProviderLimits struct {
	Connections   int // at once
	PerMinute     int // copies
	PerConnection int // copies, before a new connection is made
}

//go:embed providers.txt
var shippedProviders []byte

// ShippedProviders returns the table that comes with the program.
func ShippedProviders() *Providers { return shipped() }

// ShippedProvidersText returns its text, which says in its first lines what it looks like.
func ShippedProvidersText() string { return string(shippedProviders) }

var shipped = sync.OnceValue(func() *Providers {
	t, faults := parseProviders(shippedProviders)
	if len(faults) > 0 {
		panic("courier: providers.txt: " + faults.Error()) // a test reads it
	}
	t.ours = true
	return &Providers{tables: []*providerTable{t}}
})

// Before returns a table that asks p first and then other, so that what p knows counts. A limit that p does not give
// is taken from other.
func (p *Providers) Before(other *Providers) *Providers {
	return &Providers{tables: slices.Concat(p.tables, other.tables)}
}

// Names returns the names of all providers, each once.
func (p *Providers) Names() []string {
	var names []string
	for _, t := range p.tables {
		names = append(names, t.names...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Name says who receives the mail of domain, whose best mail hosts are these; both are in lower case. The first that
// applies counts: the longest known end of a host's name; the domain itself; the registered parent of the first host, so
// that those who are not in the table are shown as themselves. It is empty when nothing is known.
func (p *Providers) Name(domain string, hosts []string) string {
	if name := p.byHosts(hosts); name != "" {
		return name
	}
	if name := p.byDomain(domain); name != "" {
		return name
	}
	if len(hosts) == 0 {
		return ""
	}
	return operator(hosts[0])
}

// byHosts returns the provider of the first host that is known.
func (p *Providers) byHosts(hosts []string) string {
	for _, t := range p.tables {
		for _, host := range hosts {
			for end, more := host, true; more; _, end, more = strings.Cut(end, ".") {
				if name := t.hosts[end]; name != "" {
					return name
				}
			}
		}
	}
	return ""
}

// byDomain returns the provider to whom a domain is known to belong.
func (p *Providers) byDomain(domain string) string {
	first, rest, _ := strings.Cut(domain, ".")
	for _, t := range p.tables {
		if name := t.exact[domain]; name != "" {
			return name
		}
		for end, more := rest, rest != ""; more; _, end, more = strings.Cut(end, ".") {
			if name := t.below[end]; name != "" {
				return name
			}
		}
		if name := t.brands[first]; name != "" && national(rest) {
			return name
		}
	}
	return ""
}

// national reports what stands behind a brand's name in one country or in all: "com", "de", "co.uk", "com.au".
func national(end string) bool {
	first, country, two := strings.Cut(end, ".")
	if !two {
		return len(end) == 2 || end == "com" || end == "net" || end == "org"
	}
	return len(country) == 2 && (first == "co" || first == "com")
}

// Limits returns what a provider bears. most is the number of connections for all who have none of their own; the table
// that comes with the program only ever lowers it.
func (p *Providers) Limits(name string, most int) ProviderLimits {
	var l ProviderLimits
	for _, t := range p.tables {
		own := t.limits[name]
		if t.ours && own.Connections > 0 {
			own.Connections = min(own.Connections, most)
		}
		l.Connections = positive(l.Connections, own.Connections)
		l.PerMinute = positive(l.PerMinute, own.PerMinute)
		l.PerConnection = positive(l.PerConnection, own.PerConnection)
	}
	l.Connections = positive(l.Connections, most)
	return l
}
