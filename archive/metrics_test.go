package archive

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"sencoforum/internal/testdb"
)

func TestWaitingPostsAreCounted(t *testing.T) {
	db := testdb.Open(t)
	now := noon
	p := NewPublisher(slog.New(slog.DiscardHandler), db, func() time.Time { return now })
	r := prometheus.NewPedanticRegistry()
	if err := p.Register(r); err != nil {
		t.Fatal(err)
	}
	want := func(waiting, overdue, changes string) {
		t.Helper()
		err := testutil.GatherAndCompare(r, strings.NewReader(`
# HELP sencoforum_archive_posts_total Posts that were given a number, since the store was made.
# TYPE sencoforum_archive_posts_total counter
sencoforum_archive_posts_total 3
# HELP sencoforum_archive_changes_total Changes of what members can see, which the followers work through. Most are a post's publishing.
# TYPE sencoforum_archive_changes_total counter
sencoforum_archive_changes_total `+changes+`
# HELP sencoforum_archive_waiting_posts Accepted posts that are not published yet, because their sending delay runs; at most 10000 are counted.
# TYPE sencoforum_archive_waiting_posts gauge
sencoforum_archive_waiting_posts `+waiting+`
# HELP sencoforum_archive_overdue_seconds For how long the first waiting post should have been published; 0 when none is late.
# TYPE sencoforum_archive_overdue_seconds gauge
sencoforum_archive_overdue_seconds `+overdue+`
`))
		if err != nil {
			t.Error(err)
		}
	}
	accept(t, db, "<1@x>", noon.Add(time.Minute))
	accept(t, db, "<2@x>", noon.Add(2*time.Minute))
	accept(t, db, "<3@x>", noon.Add(time.Hour))
	want("3", "0", "0")
	now = noon.Add(150 * time.Second)
	want("3", "90", "0")
	if _, err := p.step(); err != nil {
		t.Fatal(err)
	}
	want("1", "0", "2")
	if problems, err := testutil.GatherAndLint(r); err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
}
