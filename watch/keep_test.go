package watch

import (
	"fmt"
	"testing"
	"time"

	"sencoforum/store"
)

// TestOldFiguresAreFolded keeps the sums for as long as it says.
func TestOldFiguresAreFolded(t *testing.T) {
	p := newPost(t)
	for h := range 60 {
		p.now = noon.Add(time.Duration(h) * time.Hour)
		p.try(attempt("BT", "bt.example", 1, 1, delivered))
	}
	count := func() (h, d int, sum uint64) {
		p.view(func(tx *store.Tx) error {
			for r, err := range hours.All(tx) {
				if err != nil {
					return err
				}
				h, sum = h+1, sum+r.Value.Accepted
			}
			for r, err := range days.All(tx) {
				if err != nil {
					return err
				}
				d, sum = d+1, sum+r.Value.Accepted
			}
			return nil
		})
		return h, d, sum
	}
	keep := func() {
		t.Helper()
		if err := p.w.keep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	keep()
	if h, d, sum := count(); h != 59 || d != 0 || sum != 59 { // the running hour is in the record
		t.Errorf("%d hours, %d days, %d copies", h, d, sum)
	}
	p.now = noon.Add(40 * 24 * time.Hour)
	keep()
	if h, d, sum := count(); h != 0 || d != 3 || sum != 59 {
		t.Errorf("after 40 days %d hours, %d days, %d copies", h, d, sum)
	}
	p.now = noon.Add(410 * 24 * time.Hour)
	keep()
	if h, d, _ := count(); h != 0 || d != 0 {
		t.Errorf("after 410 days %d hours, %d days", h, d)
	}
	p.view(func(tx *store.Tx) error {
		if has, err := domains.Has(tx, "bt.example"); err != nil || has {
			t.Errorf("a domain that no member has is kept: %v, %v", has, err)
		}
		return nil
	})
}

// TestFailedMailIsBounded counts by domain, and what is too much under one name.
func TestFailedMailIsBounded(t *testing.T) {
	p := newPost(t)
	flush := func() {
		t.Helper()
		if err := p.w.flush(); err != nil {
			t.Fatal(err)
		}
	}
	p.w.Failed("Spoof.example")
	p.w.Failed("spoof.example")
	flush()
	for range 3 {
		for i := range failedDomains {
			p.w.Failed(fmt.Sprintf("%d.example", i))
		}
		flush()
	}
	p.view(func(tx *store.Tx) error {
		all, err := p.w.FailedDomains(tx, 1000)
		if err != nil {
			return err
		}
		var sum uint64
		seen := map[string]uint64{}
		for _, f := range all {
			sum += f.Mails
			seen[f.Domain] = f.Mails
		}
		if len(all) > failedDomains+1 || sum != 2+3*failedDomains || seen["spoof.example"] != 2 || seen[otherDomains] == 0 {
			t.Errorf("%d domains, %d mails, %d of the first, %d of others", len(all), sum, seen["spoof.example"], seen[otherDomains])
		}
		return nil
	})
	p.now = noon.Add(36 * 24 * time.Hour)
	if err := p.w.keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.view(func(tx *store.Tx) error {
		for row, err := range failed.All(tx) {
			t.Errorf("%v is kept: %v", row.Key, err)
			break
		}
		return nil
	})
}
