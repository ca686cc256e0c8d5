package membership

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

// planned reads a file and plans it against what is stored.
func planned(t testing.TB, db *store.DB, l list.ID, text string) (p Plan) {
	t.Helper()
	f, err := ReadCSV([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	testdb.View(t, db, func(tx *store.Tx) error {
		known, err := Everybody(tx, l)
		if err == nil {
			p = NewPlan(f, known, noon)
		}
		return err
	})
	return p
}

func exported(t testing.TB, db *store.DB, l list.ID) string {
	t.Helper()
	var b bytes.Buffer
	testdb.View(t, db, func(tx *store.Tx) error { return WriteCSV(&b, All(tx, l)) })
	return b.String()
}

const everybody = `address,name,mode,role,joined,pause,own,posting,relay,moderated,duty,ack,holds,suspended,linked,waiting,backup
priya@school.example,Priya N.,every,owner,2019-07-01T14:04:05+01:00,,on,on,on,off,off,on,,off,,off,
tom@school.example,'=Tom,daily,member,2020-01-02T00:00:00Z,2027-09-02T00:00:00+01:00,off,off,off,on,off,off,2,off,tom@home.example tom@x.example,on,tom@backup.example
zoe@school.example,"Zoë, O’Neill",none,moderator,2026-11-22T12:00:00Z,,on,on,on,off,off,on,,off,,off,
`

func TestWhatIsExportedIsImportedTheSame(t *testing.T) {
	db, forum, heads := newForum(t)
	for _, l := range []list.List{forum, heads} {
		p := planned(t, db, l.ID, everybody)
		if p.Added != 3 || p.Faults != 0 {
			t.Fatalf("plan for %s: %+v", l.Name, p)
		}
		testdb.Update(t, db, func(tx *store.Tx) error { return Import(tx, by, l.ID, p.Steps) })
		if diff := cmp.Diff(everybody, exported(t, db, l.ID)); diff != "" {
			t.Errorf("%s (-imported +exported):\n%s", l.Name, diff)
		}
		if p := planned(t, db, l.ID, exported(t, db, l.ID)); p.Unchanged != 3 {
			t.Errorf("imported again: %+v", p)
		}
	}
}

func TestAnImportDecidesAgainWhenItWrites(t *testing.T) {
	db, forum, _ := newForum(t)
	p := planned(t, db, forum.ID, "address,name\na@x.example,A\nb@x.example,B\n")
	do(t, db, func(tx *store.Tx) (Member, error) { return Add(tx, by, forum.ID, newMember(t, "a@x.example", "A")) })
	testdb.Update(t, db, func(tx *store.Tx) error { return Import(tx, by, forum.ID, p.Steps) })
	want := "address,name\na@x.example,A\nb@x.example,B\n"
	if p := planned(t, db, forum.ID, want); p.Unchanged != 2 {
		t.Errorf("after the import: %+v", p)
	}
	if got := logged(t, db); len(got) != 2 {
		t.Errorf("audit log: %q", got)
	}
}

func TestABatchWithALineThatFitsNoMoreIsDroppedWhole(t *testing.T) {
	db, forum, _ := newForum(t)
	p := planned(t, db, forum.ID, "address,linked\nnew@x.example,\na@x.example,b@x.example\n")
	do(t, db, func(tx *store.Tx) (Member, error) { return Add(tx, by, forum.ID, newMember(t, "b@x.example", "B")) })
	err := db.Update(func(tx *store.Tx) error { return Import(tx, by, forum.ID, p.Steps) })
	if err == nil || !strings.Contains(err.Error(), "line 3: linked: b@x.example belongs to somebody else") {
		t.Errorf("imported with %v", err)
	}
	if p := planned(t, db, forum.ID, "new@x.example\n"); p.Added != 1 {
		t.Errorf("a line of the batch was written: %+v", p)
	}
}

// BenchmarkImport imports a large forum in batches, as the command does.
func BenchmarkImport(b *testing.B) {
	var text strings.Builder
	text.WriteString("address,name,mode,joined\n")
	const members = 25_000
	for i := range members {
		fmt.Fprintf(&text, "member%d@school%d.example,Member %d,every,%s\n", i, i%700, i, noon.AddDate(0, 0, -i%9000).Format(time.DateOnly))
	}
	for b.Loop() {
		db, forum, _ := newForum(b)
		steps := planned(b, db, forum.ID, text.String()).Steps
		for done := 0; done < len(steps); done += 500 {
			testdb.Update(b, db, func(tx *store.Tx) error { return Import(tx, by, forum.ID, steps[done:done+500]) })
		}
	}
	b.ReportMetric(members/b.Elapsed().Seconds()*float64(b.N), "members/s")
}
