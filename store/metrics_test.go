package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"sencoforum/store"
	"sencoforum/store/storetest"
)

// registered returns a registry that has the store's figures.
func registered(t *testing.T, db *store.DB) *prometheus.Registry {
	t.Helper()
	r := prometheus.NewPedanticRegistry()
	if err := db.Register(r); err != nil {
		t.Fatal(err)
	}
	return r
}

// wantFigures compares the figures that are named in text, which is as Prometheus reads it.
func wantFigures(t *testing.T, g prometheus.Gatherer, text string) {
	t.Helper()
	var names []string
	for line := range strings.Lines(text) {
		if what, ok := strings.CutPrefix(line, "# TYPE "); ok {
			names = append(names, strings.Fields(what)[0])
		}
	}
	if err := testutil.GatherAndCompare(g, strings.NewReader(text), names...); err != nil {
		t.Error(err)
	}
}

func TestCommitsAreCounted(t *testing.T) {
	db, _ := storetest.OpenFaulty(t)
	r := registered(t, db)
	inOneGroup(t, db, put("a"), put("b"), func(*store.Tx) error { return errors.New("not wanted") })
	if err := db.Update(func(*store.Tx) error { return nil }); err != nil { // writes nothing
		t.Fatal(err)
	}
	wantFigures(t, r, `
# HELP sencoforum_store_commits_total Commits that are safe on disk.
# TYPE sencoforum_store_commits_total counter
sencoforum_store_commits_total 1
# HELP sencoforum_store_transactions_total Transactions in these commits; divided by the commits, how many shared one.
# TYPE sencoforum_store_transactions_total counter
sencoforum_store_transactions_total 2
# HELP sencoforum_store_commit_failures_total Commits that failed. full: no room on disk, nothing was written. refused: a row could not be written. broken: the disk reported an error and the server must stop.
# TYPE sencoforum_store_commit_failures_total counter
sencoforum_store_commit_failures_total{cause="broken"} 0
sencoforum_store_commit_failures_total{cause="full"} 0
sencoforum_store_commit_failures_total{cause="refused"} 0
# HELP sencoforum_store_failed 1 after the disk reported an error: nothing more is written and the server stops.
# TYPE sencoforum_store_failed gauge
sencoforum_store_failed 0
`)
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if h := f.Metric[0].Histogram; h != nil && (f.GetName() != "sencoforum_store_commit_seconds" || h.GetSampleCount() != 1 || h.GetSampleSum() <= 0) {
			t.Errorf("%s: %v", f.GetName(), h)
		}
	}
}

func TestFailedCommitsAreCountedByCause(t *testing.T) {
	db, disk := storetest.OpenFaulty(t)
	r := registered(t, db)
	disk.FailBefore(fmt.Errorf("commit: %w", store.ErrFull))
	db.Update(put("a"))
	disk.RefusePuts(func(_ string, key []byte) error {
		if string(key) == "bad" {
			return store.ErrDamaged
		}
		return nil
	})
	inOneGroup(t, db, put("b"), put("bad")) // once for the two, which is no failure yet, and once for each
	disk.FailAfter(errors.New("input/output error"))
	db.Update(put("c"))
	wantFigures(t, r, `
# HELP sencoforum_store_commit_failures_total Commits that failed. full: no room on disk, nothing was written. refused: a row could not be written. broken: the disk reported an error and the server must stop.
# TYPE sencoforum_store_commit_failures_total counter
sencoforum_store_commit_failures_total{cause="broken"} 1
sencoforum_store_commit_failures_total{cause="full"} 1
sencoforum_store_commit_failures_total{cause="refused"} 1
# HELP sencoforum_store_commits_total Commits that are safe on disk.
# TYPE sencoforum_store_commits_total counter
sencoforum_store_commits_total 1
# HELP sencoforum_store_failed 1 after the disk reported an error: nothing more is written and the server stops.
# TYPE sencoforum_store_failed gauge
sencoforum_store_failed 1
`)
}

func TestTheFiguresOfTheStoreFollowTheConventions(t *testing.T) {
	db := storetest.Open(t)
	r := registered(t, db)
	problems, err := testutil.GatherAndLint(r)
	if err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
	if err := db.Register(r); err == nil || !strings.Contains(err.Error(), "register figures of the store") {
		t.Errorf("registered twice: %v", err)
	}
}
