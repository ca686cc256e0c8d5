package courier

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/internal/testdb"
	"sencoforum/store"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// stored returns the rows of the table.
func stored(t *testing.T, db *store.DB) map[string]policyRow {
	t.Helper()
	rows := map[string]policyRow{}
	testdb.View(t, db, func(tx *store.Tx) error {
		for row, err := range policyTable.All(tx) {
			if err != nil {
				return err
			}
			rows[row.Key] = row.Value
		}
		return nil
	})
	return rows
}

func TestPoliciesAreKeptInTheStore(t *testing.T) {
	db := testdb.Open(t)
	now := noon
	p := newPolicyCache(discard(), func() time.Time { return now })
	if err := p.open(db); err != nil {
		t.Fatal(err)
	}
	p.put("a.example", "1", mustPolicy(t, policy("enforce", "3600", "MX.a.example")), noon)
	now = noon.Add(time.Minute)
	p.put("b.example", "2", mustPolicy(t, policy("none", "60")), noon)
	p.put("a.example", "3", mustPolicy(t, "x: y\n"+policy("testing", "3600", "*.a.example")), noon)
	want := map[string]policyRow{
		"a.example": {ID: "3", Policy: policy("testing", "3600", "*.a.example"), Fetched: now, Expires: now.Add(time.Hour), Used: noon},
		"b.example": {ID: "2", Policy: policy("none", "60"), Fetched: now, Expires: now.Add(time.Minute), Used: noon},
	}
	if diff := cmp.Diff(want, stored(t, db)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	again := newPolicyCache(discard(), func() time.Time { return now })
	if err := again.open(db); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p.known, again.known, cmp.AllowUnexported(heldPolicy{}, stsPolicy{})); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
	now = now.Add(time.Minute)
	if _, ok := again.use("b.example"); ok {
		t.Error("a policy holds at its end")
	}
	again.stale()
	delete(want, "b.example")
	if diff := cmp.Diff(want, stored(t, db)); diff != "" {
		t.Errorf("rows after one ran out (-want +got):\n%s", diff)
	}
}

func TestThePolicyLongestUnusedGivesWay(t *testing.T) {
	db := testdb.Open(t)
	now := noon
	p := newPolicyCache(discard(), func() time.Time { return now })
	policy := mustPolicy(t, policy("enforce", "3600", "mx.example"))
	for i := range maxPolicies {
		now = noon.Add(time.Duration(i) * time.Millisecond)
		p.put(fmt.Sprint("d", i, ".example"), "1", policy, now)
	}
	if err := db.Update(func(tx *store.Tx) error {
		return policyTable.Put(tx, "d1.example", policyRow{})
	}); err != nil {
		t.Fatal(err)
	}
	p.db = db
	now = now.Add(time.Second)
	p.use("d0.example")
	p.put("new.example", "1", policy, now)
	p.put("d2.example", "2", policy, now) // is there already
	for domain, want := range map[string]bool{"d0.example": true, "d1.example": false, "d2.example": true, "d3.example": true, "new.example": true} {
		if _, got := p.use(domain); got != want {
			t.Errorf("%s is kept: %v, want %v", domain, got, want)
		}
	}
	if rows := stored(t, db); len(p.known) != maxPolicies || len(rows) != 2 {
		t.Errorf("%d in memory, rows %v", len(p.known), rows)
	}
	for i := range 2 * maxPolicies {
		p.fail(fmt.Sprint(i), "1")
		p.note(fmt.Sprint(i), "what")
	}
	if len(p.failed) > maxPolicies || len(p.notes) > maxPolicies {
		t.Errorf("%d failures and %d notes are kept", len(p.failed), len(p.notes))
	}
}

func TestADamagedPolicyIsLeftOut(t *testing.T) {
	db := testdb.Open(t)
	testdb.Update(t, db, func(tx *store.Tx) error {
		if err := policyTable.Put(tx, "a.example", policyRow{Policy: "oops"}); err != nil {
			return err
		}
		return policyTable.Put(tx, "b.example", policyRow{Policy: policy("none", "60"), Expires: noon})
	})
	var log bytes.Buffer
	p := newPolicyCache(slog.New(slog.NewTextHandler(&log, nil)), time.Now)
	if err := p.open(db); err != nil || len(p.known) != 1 || !strings.Contains(log.String(), "domain=a.example") {
		t.Errorf("error %v, known %v, log %s", err, p.known, &log)
	}
}

func TestAStoreThatTakesNothingStopsNoMail(t *testing.T) {
	db := testdb.Open(t)
	closed := newPolicyCache(discard(), time.Now)
	var log bytes.Buffer
	closed.log = slog.New(slog.NewTextHandler(&log, nil))
	closed.db = db
	p := mustPolicy(t, policy("enforce", "3600", "mx.example"))
	closed.save(db, func(*store.Tx) error { return store.ErrFull })
	closed.put("a.example", "1", p, time.Now())
	if _, ok := closed.use("a.example"); !ok || !strings.Contains(log.String(), "did not take") {
		t.Errorf("it holds: %v, log %s", ok, &log)
	}
}

func TestAFaultOfAPolicyIsLoggedOnceAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		p := newPolicyCache(slog.New(slog.NewTextHandler(&log, nil)), time.Now)
		for range 3 * 60 {
			p.note("a.example", "bad")
			p.note("b.example", "bad")
			time.Sleep(time.Minute)
		}
		for _, domain := range []string{"a.example", "b.example"} {
			if got, want := strings.Count(log.String(), "domain="+domain), 3; got != want {
				t.Errorf("%s: %d lines, want %d", domain, got, want)
			}
		}
	})
}
