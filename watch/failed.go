package watch

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"sencoforum/store"
)

// Bounds of what is counted of mail that failed DMARC. The domains are strangers' words.
const (
	failedDomains = 200 // a day; all further ones count as otherDomains
	otherDomains  = "*"
)

// Failed counts a mail that claimed to come from a domain and failed its DMARC policy. It touches memory alone; Run writes
// it down.
func (w *Watch) Failed(domain string) {
	domain = strings.ToLower(domain)
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, known := w.unsigned[domain]; domain == "" || len(domain) > 253 || !known && len(w.unsigned) >= failedDomains {
		domain = otherDomains
	}
	w.unsigned[domain]++
}

// flush writes down what Failed has counted.
func (w *Watch) flush() error {
	w.mu.Lock()
	counts := w.unsigned
	w.unsigned = map[string]uint64{}
	w.mu.Unlock()
	if len(counts) == 0 {
		return nil
	}
	err := w.db.Update(func(tx *store.Tx) error {
		today := dayOf(w.cfg.Now())
		have := 0
		for _, err := range store.Prefix(failed, tx, today) {
			if err != nil {
				return err
			}
			have++
		}
		for _, domain := range slices.Sorted(maps.Keys(counts)) {
			key := failedKey{A: today, B: domain}
			n, ok, err := failed.Get(tx, key)
			if err != nil {
				return err
			}
			if !ok && have >= failedDomains {
				key.B = otherDomains
				if n, _, err = failed.Get(tx, key); err != nil {
					return err
				}
			} else if !ok {
				have++
			}
			if err := failed.Put(tx, key, n+counts[domain]); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for domain, n := range counts { // for the next time
		if _, known := w.unsigned[domain]; !known && len(w.unsigned) >= failedDomains {
			domain = otherDomains
		}
		w.unsigned[domain] += n
	}
	return err
}

// FailedDomain is how many mails that claimed to come from a domain failed DMARC. "*" stands for all that were not told apart.
type FailedDomain struct {
	Domain string `json:"domain"`
	Mails  uint64 `json:"mails"`
}

// FailedDomains returns the domains of the last seven days, the worst first, at most most.
func (w *Watch) FailedDomains(tx *store.Tx, most int) ([]FailedDomain, error) {
	sums := map[string]uint64{}
	for row, err := range failed.From(tx, failedKey{A: dayOf(w.cfg.Now()) - 6}) {
		if err != nil {
			return nil, err
		}
		sums[row.Key.B] += row.Value
	}
	var out []FailedDomain
	for domain, n := range sums {
		out = append(out, FailedDomain{domain, n})
	}
	slices.SortFunc(out, func(a, b FailedDomain) int {
		return cmp.Or(cmp.Compare(b.Mails, a.Mails), strings.Compare(a.Domain, b.Domain))
	})
	return out[:min(most, len(out))], nil
}
