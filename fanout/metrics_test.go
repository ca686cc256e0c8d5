package fanout

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"sencoforum/archive"
	"sencoforum/internal/testdb"
	"sencoforum/store"
)

func TestTheLagIsThatOfTheOldestPost(t *testing.T) {
	db := testdb.Open(t)
	now := noon
	e := NewExpander(slog.New(slog.DiscardHandler), db, func() time.Time { return now })
	r := prometheus.NewPedanticRegistry()
	if err := e.Register(r); err != nil {
		t.Fatal(err)
	}
	want := func(changes, seconds, skipped string) {
		t.Helper()
		err := testutil.GatherAndCompare(r, strings.NewReader(`
# HELP sencoforum_fanout_lag_changes Changes in the archive that have not become copies in the queue yet.
# TYPE sencoforum_fanout_lag_changes gauge
sencoforum_fanout_lag_changes `+changes+`
# HELP sencoforum_fanout_lag_seconds For how long the oldest published post has waited for its copies to be queued; 0 when none waits.
# TYPE sencoforum_fanout_lag_seconds gauge
sencoforum_fanout_lag_seconds `+seconds+`
# HELP sencoforum_fanout_skipped_changes Posts that could not be sent and were set aside: a person must look, with sencoforum queue list --shunted.
# TYPE sencoforum_fanout_skipped_changes gauge
sencoforum_fanout_skipped_changes `+skipped+`
`))
		if err != nil {
			t.Error(err)
		}
	}
	members(t, db, chunk+1)
	want("0", "0", "0")
	first := post(t, db, "<1@school.example>")
	post(t, db, "<2@school.example>")
	now = noon.Add(time.Minute)
	want("2", "60", "0")
	if _, err := e.step(); err != nil { // the first chunk of the first post: it is not done
		t.Fatal(err)
	}
	want("2", "60", "0")
	testdb.Update(t, db, func(tx *store.Tx) error {
		return setAside(tx, archive.Change{Seq: first.Seq, Post: first.Number}, "canary@school.example", now)
	})
	want("1", "60", "1")
	expandAll(t, db)
	want("0", "0", "1")
	if problems, err := testutil.GatherAndLint(r); err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
}
