package mailauth

import (
	"context"
	"strings"
)

// walkQueries is the most that one tree walk asks (RFC 9989 §4.10).
const walkQueries = 8

// found is what stands at _dmarc below a domain: one record, none, or no answer.
type found struct {
	domain  string
	record  record
	exists  bool
	trouble bool
}

// walked is a tree walk: the records from the longest domain to the shortest. After trouble it ends early, and what it
// would have found is not known.
type walked struct {
	start   string
	records []found
	trouble bool
}

// walker looks up the DMARC records for one message, each name once.
type walker struct {
	lookups *lookups
	known   map[string]found
}

// at returns what is published for a domain. Several records count as none (RFC 9989 §4.10, step 2).
func (w *walker) at(ctx context.Context, domain string) found {
	if f, ok := w.known[domain]; ok {
		return f
	}
	f := found{domain: domain}
	txts, err := w.lookups.LookupTXT(ctx, "_dmarc."+domain)
	f.trouble = isTrouble(err)
	n := 0
	for _, txt := range txts {
		if r, ok := parseRecord(txt); ok {
			f.record = r
			n++
		}
	}
	f.exists = n == 1
	w.known[domain] = f
	return f
}

// walk makes the tree walk of RFC 9989 §4.10 from a domain.
//
// Name servers of top-level domains are not always kind to such queries. No answer there changes nothing when the domain
// right below has a record, because a registry's record must say psd=y (§5.2), which makes that domain the end as well.
func (w *walker) walk(ctx context.Context, domain string) walked {
	return gather(domain, func(name string) found { return w.at(ctx, name) })
}

// remembered makes the same walk without asking anybody: a name that was not looked up counts as one without an answer.
func (w *walker) remembered(domain string) walked {
	return gather(domain, func(name string) found {
		f, ok := w.known[name]
		f.trouble = f.trouble || !ok
		return f
	})
}

func gather(domain string, at func(string) found) walked {
	result := walked{start: domain}
	for _, name := range walkNames(domain) {
		f := at(name)
		if f.trouble {
			last := len(result.records) - 1
			result.trouble = last < 0 || parent(result.records[last].domain) != name || parent(name) != ""
			return result
		}
		if !f.exists {
			continue
		}
		result.records = append(result.records, f)
		if f.record.psd != psdUnknown {
			break
		}
	}
	return result
}

// walkNames returns the names that a tree walk visits: the domain, then its ancestors, of which long domains skip all
// with eight labels or more.
func walkNames(domain string) []string {
	names := []string{domain}
	labels := strings.Split(domain, ".")
	for n := min(len(labels)-1, walkQueries-1); n > 0; n-- {
		names = append(names, strings.Join(labels[len(labels)-n:], "."))
	}
	return names
}

// organisation returns the organisational domain of the domain where the walk started (RFC 9989 §4.10.2).
func (w walked) organisation() string {
	org := w.start
	for _, f := range w.records {
		if f.record.psd == psdNo {
			return f.domain
		}
		if f.record.psd == psdYes && f.domain != w.start {
			return below(w.start, f.domain)
		}
		org = f.domain
	}
	return org
}

// policyRecord returns the record that applies to the domain where the walk started: its own, or that of its
// organisational domain, or that of its public suffix (RFC 9989 §4.10.1).
func (w walked) policyRecord() (found, bool) {
	org := w.organisation()
	for _, f := range w.records {
		if f.domain == w.start || f.domain == org || f.record.psd == psdYes {
			return f, true
		}
	}
	return found{}, false
}

// below returns the ancestor of a name, or the name itself, that has one label more than the domain.
func below(name, domain string) string {
	for parent(name) != domain {
		name = parent(name)
	}
	return name
}

// present says whether a domain exists (RFC 9989 §3.2.13). A Resolver does not tell a name without records from one that
// does not exist, so a domain exists here when it has a mail host, an address or a text.
func (w *walker) present(ctx context.Context, domain string) answer {
	hosts, err1 := w.lookups.LookupMX(ctx, domain)
	if len(hosts) > 0 {
		return yes
	}
	addresses, err2 := w.lookups.LookupIPAddr(ctx, domain)
	if len(addresses) > 0 {
		return yes
	}
	texts, err3 := w.lookups.LookupTXT(ctx, domain)
	switch {
	case len(texts) > 0:
		return yes
	case isTrouble(err1), isTrouble(err2), isTrouble(err3):
		return maybe
	}
	return no
}
