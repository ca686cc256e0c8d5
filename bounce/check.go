package bounce

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"time"

	"sencoforum/list"
	"sencoforum/store"
)

// The refusals that wait for a look at the DNS: (list, person) -> domainCheck. A second one of the same day changes nothing, and
// one of a probe takes the place of another.
var checks = store.NewTable("bounce.checks", store.PairKey(store.Uint32Key[list.ID](), store.Uint32Key[list.PersonID]()), store.JSON[domainCheck]())

// domainCheck is a refusal because a domain is unknown.
type domainCheck struct {
	Domain string `json:"domain"`
	Probe  bool   `json:"probe,omitempty"`
	Words  string `json:"words,omitempty"`
}

// checkDomain keeps a refusal until the DNS was asked.
func (b *Book) checkDomain(tx *store.Tx, r Refusal) error {
	p, err := list.GetPerson(tx, r.Person)
	if err != nil {
		return err
	}
	key := store.Pair[list.ID, list.PersonID]{A: r.List, B: r.Person}
	old, found, err := checks.Get(tx, key)
	if err != nil || found && old.Domain == p.Address.Domain && (old.Probe || !r.Probe) {
		return err
	}
	return checks.Put(tx, key, domainCheck{Domain: p.Address.Domain, Probe: r.Probe, Words: r.Words})
}

// Resolver is the part of the DNS that a Checker asks. *net.Resolver is one.
type Resolver interface {
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// A Checker asks the DNS about domains that mail hosts called unknown, outside any transaction, and scores the refusals
// that it agrees with. What a crash interrupts is asked again.
type Checker struct {
	log  *slog.Logger
	db   *store.DB
	book *Book
	dns  Resolver
}

// NewChecker returns a checker for the refusals that a book was told of.
func NewChecker(log *slog.Logger, db *store.DB, b *Book, dns Resolver) *Checker {
	return &Checker{log: log, db: db, book: b, dns: dns}
}

// How long a checker lets refusals gather, or waits for room on disk, how many it takes at once, and how long one look-up may
// take.
const (
	checkAfter = time.Minute
	checkBatch = 50
	checkTime  = 20 * time.Second
)

// Run works until ctx ends.
func (c *Checker) Run(ctx context.Context) error {
	noted, stop := c.db.Watch(checks.Name())
	defer stop()
	for {
		more, err := c.step(ctx)
		wait := noted
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, store.ErrFull): // there is no hurry
			wait = nil
		case err != nil:
			return fmt.Errorf("check domains that are said to be unknown: %w", err)
		case more:
			continue
		}
		if wait != nil {
			select {
			case <-ctx.Done():
				return nil
			case <-wait:
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(checkAfter):
		}
	}
}

type checkRow = store.Row[store.Pair[list.ID, list.PersonID], domainCheck]

// step settles some refusals and says whether there may be more.
func (c *Checker) step(ctx context.Context) (more bool, err error) {
	var all []checkRow
	err = c.db.View(func(tx *store.Tx) error {
		all = nil
		for row, err := range checks.All(tx) {
			if err != nil {
				return err
			}
			if all = append(all, row); len(all) == checkBatch {
				return nil
			}
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	gone := make(map[string]bool) // one question for each domain
	for _, row := range all {
		domain := row.Value.Domain
		if _, asked := gone[domain]; !asked {
			gone[domain] = isGone(ctx, c.dns, domain)
		}
		if ctx.Err() != nil { // the answer may only mean that we stop
			return false, nil
		}
		if err := c.settle(row, gone[domain]); err != nil {
			return false, err
		}
	}
	return len(all) == checkBatch, nil
}

// settle scores a refusal if the domain is gone and still that of the address, and forgets it.
func (c *Checker) settle(row checkRow, gone bool) error {
	action := Nothing
	err := c.db.Update(func(tx *store.Tx) error {
		action = Nothing
		now, found, err := checks.Get(tx, row.Key)
		if err != nil || !found || now != row.Value { // it changed meanwhile, and is looked at again
			return err
		}
		if err := checks.Delete(tx, row.Key); err != nil || !gone {
			return err
		}
		p, err := list.GetPerson(tx, row.Key.B)
		if errors.Is(err, list.ErrNoPerson) || err == nil && p.Address.Domain != now.Domain {
			return nil
		}
		if err != nil {
			return err
		}
		action, err = c.book.Note(tx, Refusal{List: row.Key.A, Person: row.Key.B, Class: Dead, Probe: now.Probe, Words: now.Words})
		return err
	})
	if err == nil {
		c.log.Info("domain that a mail host called unknown", "list", uint32(row.Key.A), "person", uint32(row.Key.B), "gone", gone, "action", action.String())
	}
	return err
}

// isGone reports that the DNS says of a domain that nothing takes mail for it: it has neither mail hosts nor an address
// (RFC 5321 §5.1), or says itself that it takes none (RFC 7505). No answer, or any trouble, means that it is not.
func isGone(ctx context.Context, dns Resolver, domain string) bool {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	if strings.HasPrefix(domain, "[") {
		return false // an address literal is no name
	}
	name := domain + "." // no search list applies
	hosts, err := dns.LookupMX(ctx, name)
	if len(hosts) > 0 {
		return len(hosts) == 1 && hosts[0].Host == "."
	}
	if !notFound(err) {
		return false
	}
	for _, network := range []string{"ip4", "ip6"} {
		addrs, err := dns.LookupNetIP(ctx, network, name)
		if len(addrs) > 0 || !notFound(err) {
			return false
		}
	}
	return true
}

// notFound reports an answer that there is no such name, or nothing of that kind at it.
func notFound(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound && !dns.IsTemporary && !dns.IsTimeout
}
