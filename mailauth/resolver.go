package mailauth

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"time"
)

// The limits for one message, whatever strangers publish. SPF needs at most 1 record, 10 terms, and 10 hosts for each
// of those (RFC 7208 §4.6.4); real records stay below 30. DMARC needs 8 for the author (RFC 9989 §4.10), at most 8 for
// each of six identities, and 3 to see whether a domain exists.
const (
	spfLookups   = 60
	dkimLookups  = maxSignatures
	dmarcLookups = 60
	txtBytes     = 4096 // of one TXT record; a longer one is passed over
)

// Resolver asks the domain name system. *net.Resolver is one.
//
// Names come with a final dot. A name that does not exist, or has no such record, gives an empty answer or an error that
// is a *net.DNSError with IsNotFound; every other error counts as temporary. The strings of one TXT record are joined.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error)
	LookupAddr(ctx context.Context, addr string) ([]string, error)
}

// lookups is a Resolver for one mechanism and one message: it counts, ends each look-up in time, tidies names and
// answers, and tells "there is none" from "ask again".
type lookups struct {
	resolver Resolver
	each     time.Duration // for one look-up
	shorten  bool          // long names lose labels at the left (RFC 7208 §7.3)

	mu    sync.Mutex
	left  int
	spent bool // one more look-up was wanted than allowed
}

// LookupTXT returns the TXT records of a name, but for those that are too long.
func (l *lookups) LookupTXT(ctx context.Context, name string) ([]string, error) {
	all, err := ask(ctx, l, name, l.resolver.LookupTXT)
	var txts []string
	for _, txt := range all {
		if len(txt) <= txtBytes {
			txts = append(txts, txt)
		}
	}
	return txts, err
}

// LookupMX returns the mail hosts of a name, those that are well formed where some are not.
func (l *lookups) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	return ask(ctx, l, name, l.resolver.LookupMX)
}

// LookupIPAddr returns the addresses of a host, of both families.
func (l *lookups) LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error) {
	return ask(ctx, l, host, l.resolver.LookupIPAddr)
}

// LookupAddr returns the names of an IP address.
func (l *lookups) LookupAddr(ctx context.Context, addr string) ([]string, error) {
	return bounded(ctx, l, addr, l.resolver.LookupAddr)
}

// ask looks a name up. The final dot keeps the search list of the host out of it.
func ask[T any](ctx context.Context, l *lookups, name string, look func(context.Context, string) ([]T, error)) ([]T, error) {
	query, ok := l.query(name)
	if !ok {
		return nil, notFound()
	}
	return bounded(ctx, l, query+".", look)
}

// bounded makes one look-up within its count and time. Where there is an answer, an error beside it is dropped: it
// speaks of malformed records among good ones.
func bounded[T any](ctx context.Context, l *lookups, name string, look func(context.Context, string) ([]T, error)) ([]T, error) {
	if !l.take() {
		return nil, trouble("too many look-ups")
	}
	ctx, cancel := context.WithTimeout(ctx, l.each)
	defer cancel()
	answers, err := look(ctx, name)
	if len(answers) > 0 || err == nil {
		return answers, nil
	}
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		return nil, notFound()
	}
	return nil, trouble("no answer")
}

func (l *lookups) take() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.left == 0 {
		l.spent = true
		return false
	}
	l.left--
	return true
}

// overspent says whether a look-up was refused because there had been too many.
func (l *lookups) overspent() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.spent
}

// query returns the name to look up, in lower case and without its final dot, and false for what cannot be in the
// system. Other characters than those of host names are let through, since SPF macros make them.
func (l *lookups) query(name string) (string, bool) {
	if n, ok := normal(name); ok {
		return n, true
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	for l.shorten && len(name) > nameBytes {
		_, rest, ok := strings.Cut(name, ".")
		if !ok {
			return "", false
		}
		name = rest
	}
	for _, c := range []byte(name) {
		if c <= ' ' || c >= 0x7f {
			return "", false
		}
	}
	return name, fits(name)
}

// The libraries know these by their type and fields. The texts are fixed, so that no stranger's text is passed on.
func notFound() error { return &net.DNSError{Err: "no such record", IsNotFound: true} }

func trouble(what string) error { return &net.DNSError{Err: what, IsTemporary: true} }

// isTrouble says whether a look-up gave no answer, rather than the answer that there is none.
func isTrouble(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && !dns.IsNotFound
}
