package courier

import (
	"cmp"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"sencoforum/internal/seldom"
	"sencoforum/store"
)

const (
	maxPolicies  = 5_000               // domains whose policies are kept
	policyAge    = 24 * time.Hour      // after which a policy is fetched anew
	policyRest   = 5 * time.Minute     // before what could not be fetched is tried again (RFC 8461 §3.3)
	policyUnused = 30 * 24 * time.Hour // after which a policy is no more refreshed
	noteEvery    = time.Hour           // for each domain
)

// policyRow is a row of "courier.policies".
type policyRow struct {
	ID      string    // of the TXT record by which it was found
	Policy  string    // as stsPolicy.String writes it
	Fetched time.Time // the last time
	Expires time.Time // Fetched and max_age
	Used    time.Time // for a route, as known when the row was written
}

// policyTable holds policies by their domain, in lower case and A-labels.
var policyTable = store.NewTable("courier.policies", store.StringKey[string](), store.JSON[policyRow]())

// heldPolicy is a policy that was fetched.
type heldPolicy struct {
	stsPolicy
	id                     string
	fetched, expires, used time.Time
}

// failedFetch is a policy that was not to be had.
type failedFetch struct {
	id string
	at time.Time
}

// policyCache remembers the policies of domains: in memory, and in the store once it has one. All goroutines may use it
// at once. It is never locked while the store works.
type policyCache struct {
	log     *slog.Logger
	now     func() time.Time
	unsaved *seldom.Line

	mu     sync.Mutex // guards the rest
	db     *store.DB  // nil: memory alone
	known  map[string]heldPolicy
	failed map[string]failedFetch
	notes  map[string]*seldom.Line
}

func newPolicyCache(log *slog.Logger, now func() time.Time) *policyCache {
	return &policyCache{
		log: log, now: now,
		unsaved: seldom.NewLine("the store did not take a mail domain's MTA-STS policy: it holds until the next start", slog.LevelWarn, seldom.Minute),
		known:   map[string]heldPolicy{}, failed: map[string]failedFetch{}, notes: map[string]*seldom.Line{},
	}
}

// open reads what db has and keeps policies there from now on.
func (p *policyCache) open(db *store.DB) error {
	known := map[string]heldPolicy{}
	err := db.View(func(tx *store.Tx) error {
		for row, err := range policyTable.All(tx) {
			held, err := row.Value.held(err)
			if err != nil {
				p.log.Error("an MTA-STS policy is damaged and left out", "domain", row.Key, "cause", err)
				continue
			}
			known[row.Key] = held
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read MTA-STS policies: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.db, p.known = db, known
	return nil
}

// held reads a row; err is why it could not be read.
func (r policyRow) held(err error) (heldPolicy, error) {
	if err != nil {
		return heldPolicy{}, err
	}
	policy, err := parseSTSPolicy(r.Policy)
	return heldPolicy{stsPolicy: policy, id: r.ID, fetched: r.Fetched, expires: r.Expires, used: r.Used}, err
}

func (h heldPolicy) row() policyRow {
	return policyRow{ID: h.id, Policy: h.stsPolicy.String(), Fetched: h.fetched, Expires: h.expires, Used: h.used}
}

// use returns the policy of a domain that holds now, for a route.
func (p *policyCache) use(domain string) (heldPolicy, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	h, ok := p.known[domain]
	if !ok || !p.now().Before(h.expires) {
		return heldPolicy{}, false
	}
	h.used = p.now()
	p.known[domain] = h
	return h, true
}

// fresh reports that a policy need not be fetched anew.
func (p *policyCache) fresh(h heldPolicy) bool { return p.now().Sub(h.fetched) < policyAge }

// put keeps a policy that has just been fetched. Where there is no room the one that was longest not used gives way.
func (p *policyCache) put(domain, id string, policy stsPolicy, used time.Time) {
	now := p.now()
	h := heldPolicy{stsPolicy: policy, id: id, fetched: now, expires: now.Add(policy.maxAge), used: used}
	p.mu.Lock()
	delete(p.failed, domain)
	gone := ""
	if _, has := p.known[domain]; !has && len(p.known) >= maxPolicies {
		gone = slices.MinFunc(slices.Collect(maps.Keys(p.known)), func(a, b string) int {
			return cmp.Or(p.known[a].used.Compare(p.known[b].used), cmp.Compare(a, b))
		})
		delete(p.known, gone)
	}
	p.known[domain] = h
	db := p.db
	p.mu.Unlock()
	p.save(db, func(tx *store.Tx) error {
		if err := policyTable.Delete(tx, gone); err != nil {
			return err
		}
		return policyTable.Put(tx, domain, h.row())
	})
}

// save writes to the store. Without it what is in memory holds all the same.
func (p *policyCache) save(db *store.DB, change func(tx *store.Tx) error) {
	if db == nil {
		return
	}
	if err := db.Update(change); err != nil {
		p.unsaved.Log(p.log, slog.Any("cause", err))
	}
}

// stale drops the policies that have run out, and returns the domains in use whose policies should be fetched anew.
func (p *policyCache) stale() []string {
	now := p.now()
	p.mu.Lock()
	var over, stale []string
	for domain, h := range p.known {
		switch {
		case !now.Before(h.expires):
			over = append(over, domain)
			delete(p.known, domain)
		case !p.fresh(h) && now.Sub(h.used) < policyUnused:
			stale = append(stale, domain)
		}
	}
	db := p.db
	p.mu.Unlock()
	if len(over) > 0 {
		p.save(db, func(tx *store.Tx) error {
			for _, domain := range over {
				if err := policyTable.Delete(tx, domain); err != nil {
					return err
				}
			}
			return nil
		})
	}
	slices.Sort(stale)
	return stale
}

// fail remembers that a policy was not to be had.
func (p *policyCache) fail(domain, id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.failed) >= maxPolicies {
		p.failed = map[string]failedFetch{} // they are tried sooner than they would be
	}
	p.failed[domain] = failedFetch{id, p.now()}
}

// rests reports that the policy of that id was tried in vain a moment ago.
func (p *policyCache) rests(domain, id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	f, ok := p.failed[domain]
	return ok && f.id == id && p.now().Sub(f.at) < policyRest
}

// note logs what is wrong with a domain's policy or where it is not kept, at most once an hour for each domain.
func (p *policyCache) note(domain, what string, attrs ...slog.Attr) {
	p.mu.Lock()
	key := domain + " " + what
	line := p.notes[key]
	if line == nil {
		if len(p.notes) >= maxPolicies {
			p.notes = map[string]*seldom.Line{}
		}
		line = seldom.NewLine(what, slog.LevelWarn, noteEvery)
		p.notes[key] = line
	}
	p.mu.Unlock()
	line.Log(p.log, append([]slog.Attr{slog.String("domain", domain)}, attrs...)...)
}
