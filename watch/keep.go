package watch

import (
	"context"
	"time"

	"sencoforum/list"
	"sencoforum/store"
)

// How long figures are kept.
const (
	keepHours = 35 * 24
	keepDays  = 400
	foldEvery = 6 * time.Hour
	foldBatch = 500 // rows in one transaction
)

// dayOf is the day of a moment in UTC, since 1 January 1970.
func dayOf(t time.Time) uint32 { return uint32(t.Unix() / 86400) }

// keep folds old hours into days and removes what is older still, in bounded transactions.
func (w *Watch) keep(ctx context.Context) error {
	for _, do := range []func(tx *store.Tx) (int, error){w.fold, w.forgetDays, w.forgetFailed, w.forgetProviders} {
		for n := foldBatch; n == foldBatch && ctx.Err() == nil; {
			err := w.db.Update(func(tx *store.Tx) (err error) {
				n, err = do(tx)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return w.forgetDomains()
}

// fold moves hours that are over 35 days old into their days.
func (w *Watch) fold(tx *store.Tx) (n int, err error) {
	before := hourOf(w.cfg.Now()) - keepHours
	for row, err := range hours.All(tx) {
		if err != nil {
			return n, err
		}
		if row.Key.B >= before {
			continue
		}
		key := hourKey{A: row.Key.A, B: row.Key.B / 24}
		day, _, err := days.Get(tx, key)
		if err != nil {
			return n, err
		}
		if err := days.Put(tx, key, day.plus(row.Value)); err != nil {
			return n, err
		}
		if err := hours.Delete(tx, row.Key); err != nil {
			return n, err
		}
		if n++; n == foldBatch {
			break
		}
	}
	return n, nil
}

func (w *Watch) forgetDays(tx *store.Tx) (n int, err error) {
	before := dayOf(w.cfg.Now()) - keepDays
	for row, err := range days.All(tx) {
		if err != nil {
			return n, err
		}
		if row.Key.B >= before {
			continue
		}
		if err := days.Delete(tx, row.Key); err != nil {
			return n, err
		}
		if n++; n == foldBatch {
			break
		}
	}
	return n, nil
}

func (w *Watch) forgetFailed(tx *store.Tx) (n int, err error) {
	before := dayOf(w.cfg.Now()) - keepHours/24
	for row, err := range failed.All(tx) {
		if err != nil {
			return n, err
		}
		if row.Key.A >= before || n == foldBatch {
			break
		}
		if err := failed.Delete(tx, row.Key); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// forgetProviders removes the records of providers that nothing was sent to for as long as days are kept.
func (w *Watch) forgetProviders(tx *store.Tx) (n int, err error) {
	before := hourOf(w.cfg.Now()) - 24*keepDays
	for row, err := range providers.All(tx) {
		if err != nil {
			return n, err
		}
		if row.Value.Hour >= before {
			continue
		}
		if err := providers.Delete(tx, row.Key); err != nil {
			return n, err
		}
		if err := alarms.Delete(tx, row.Key); err != nil {
			return n, err
		}
		if n++; n == foldBatch {
			break
		}
	}
	return n, nil
}

// forgetDomains removes domains in which no member has an address.
func (w *Watch) forgetDomains() error {
	used := map[string]bool{}
	err := w.db.Update(func(tx *store.Tx) error {
		for p, err := range list.People(tx) {
			if err != nil {
				return err
			}
			for _, a := range append(p.Addresses(), p.Backup) {
				used[a.Domain] = true
			}
		}
		for row, err := range domains.All(tx) {
			if err != nil {
				return err
			}
			if !used[row.Key] && row.Key != w.cfg.Operator.Domain {
				if err := domains.Delete(tx, row.Key); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for domain := range w.byDomain {
		if !used[domain] && domain != w.cfg.Operator.Domain {
			delete(w.byDomain, domain)
		}
	}
	return nil
}
