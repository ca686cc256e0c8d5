package watch

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sencoforum/queue"
	"sencoforum/store"
)

// Attempted counts what came of copies that were tried. It is a queue's Config.Attempted: in the transaction that settles
// them, one read and one write for each provider among them.
func (w *Watch) Attempted(tx *store.Tx, all []queue.Attempt) error {
	now := w.cfg.Now()
	recs := map[string]*record{}     // by provider
	byDomain := map[string]*record{} // of domains that were looked up
	for i := range all {
		a := &all[i]
		rec := byDomain[a.Row.Domain]
		if rec == nil {
			name, err := w.resolve(tx, a)
			if err != nil {
				return err
			}
			if rec = recs[name]; rec == nil {
				read, err := open(tx, name, now)
				if err != nil {
					return err
				}
				rec = &read
				recs[name] = rec
			}
			byDomain[a.Row.Domain] = rec
		}
		w.count(rec, a, now)
	}
	for _, name := range slices.Sorted(maps.Keys(recs)) {
		if err := providers.Put(tx, name, *recs[name]); err != nil {
			return fmt.Errorf("count copies for %s: %w", name, err)
		}
	}
	return nil
}

// resolve says whose a copy was, and remembers it.
func (w *Watch) resolve(tx *store.Tx, a *queue.Attempt) (name string, err error) {
	name = w.name(a.Provider, a.Row.Domain)
	if a.Provider != "" || a.Result.Outcome == queue.Delivered {
		err = w.remember(tx, a.Row.Domain, name)
	}
	return name, err
}

// Reported counts a copy that came back later as a report about a member of domain, in the transaction that keeps the
// report. class is one of package bounce's.
func (w *Watch) Reported(tx *store.Tx, class, domain string) error {
	now := w.cfg.Now()
	name := w.name("", domain)
	rec, err := open(tx, name, now)
	if err != nil {
		return err
	}
	rec.Now.Returned[classIndex(class)]++
	return providers.Put(tx, name, rec)
}

// open reads a provider's record and makes it count the hour of now. What it counted of an hour before is put away.
func open(tx *store.Tx, name string, now time.Time) (record, error) {
	rec, err := recordOf(tx, name)
	hour := hourOf(now)
	if err != nil || rec.Hour == hour {
		return rec, err
	}
	if rec.Now != (Tally{}) {
		key := hourKey{A: name, B: rec.Hour}
		before, _, err := hours.Get(tx, key) // there is one when the clock was set back
		if err != nil && !errors.Is(err, store.ErrDamaged) {
			return rec, err
		}
		if err := hours.Put(tx, key, before.plus(rec.Now)); err != nil {
			return rec, err
		}
	}
	rec.Hour, rec.Now = hour, Tally{}
	return rec, nil
}

// recordOf reads a provider's record. One that is damaged begins anew: no figure is worth a copy that cannot be settled.
func recordOf(tx *store.Tx, name string) (record, error) {
	rec, _, err := providers.Get(tx, name)
	if errors.Is(err, store.ErrDamaged) {
		return record{}, nil
	}
	return rec, err
}

// count adds one attempt to a record.
func (w *Watch) count(rec *record, a *queue.Attempt, now time.Time) {
	r := a.Result
	if r.Outcome == queue.Delivered {
		rec.Now.Accepted++
		rec.Accepted, rec.Bad = now, run{}
		if rec.Good.Accepted++; rec.Good.Accepted == 1 {
			rec.Good.Since = now
		}
		return
	}
	class := classIndex(w.cfg.Class(r))
	rec.Answer = Answer{At: now, Code: r.Code, Enhanced: r.Enhanced, Text: r.Text, Host: r.Host, Class: class}
	if r.Outcome == queue.Expired {
		rec.Now.Expired++
		return
	}
	if rec.Bad.Since.IsZero() {
		rec.Bad.Since = now
	}
	if r.Outcome == queue.Failed || r.Code/100 == 5 {
		rec.refused(class, a)
		return
	}
	rec.Now.Deferred++
	if class == classFull {
		rec.Now.Full++
		return
	}
	rec.Bad.Deferred++
}

// refused counts a refusal. Of a copy that was refused before, and kept, the figures count the first one only.
func (rec *record) refused(class int, a *queue.Attempt) {
	if class != classDead && class != classFull {
		rec.Good = run{}
	}
	if !refusedBefore(a.Row) {
		rec.Now.Refused[class]++
	}
	switch class {
	case classFull:
	case classDead:
		rec.Bad.Dead++
	default:
		rec.Bad.Refused++
		rec.Bad.post(a.Row)
	}
}

// post remembers that a post was refused, or a mail that belongs to none.
func (r *run) post(row queue.Row) {
	id := row.Batch
	if id == 0 {
		id = 1<<63 | uint64(row.ID)
	}
	switch {
	case r.Posts[0] == 0 || r.Posts[0] == id:
		r.Posts[0] = id
	case r.Posts[1] == 0:
		r.Posts[1] = id
	}
}

// refusedBefore reports whether the last time that a row was tried, it was refused for good and kept all the same.
func refusedBefore(r queue.Row) bool {
	words := strings.Fields(r.LastReply)
	for _, word := range words[:min(2, len(words))] { // the host comes first where it is known
		if len(word) == 3 && word >= "500" && word <= "599" || len(word) >= 5 && word[:2] == "5." {
			return true
		}
	}
	return false
}

// name is how a provider is called whose name the queue may not know: the one that last received the domain's mail, or the
// domain itself.
func (w *Watch) name(provider, domain string) string {
	if provider != "" {
		return provider
	}
	return w.Provider(domain)
}

// Provider is the name of who received the mail of a domain when it was last routed; what the courier thinks, or the domain
// itself, if it never was. It does not touch the store.
func (w *Watch) Provider(domain string) string {
	domain = strings.ToLower(domain)
	w.mu.Lock()
	p := w.byDomain[domain]
	w.mu.Unlock()
	if p == "" && w.cfg.ProviderOf != nil {
		p = w.cfg.ProviderOf(domain)
	}
	return cmp.Or(p, domain)
}

// known reports whether the domain ever had a route.
func (w *Watch) known(domain string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.byDomain[strings.ToLower(domain)] != ""
}

// remember keeps who receives a domain's mail. Memory follows what was read, since a transaction may come to nothing.
func (w *Watch) remember(tx *store.Tx, domain, provider string) error {
	if w.Provider(domain) == provider && w.known(domain) {
		return nil
	}
	kept, _, err := domains.Get(tx, domain)
	if err != nil && !errors.Is(err, store.ErrDamaged) {
		return err
	}
	if err != nil || kept != provider {
		return domains.Put(tx, domain, provider)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.byDomain[domain] = provider
	return nil
}
