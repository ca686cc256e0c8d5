package archive

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"sencoforum/list"
	"sencoforum/store"
)

// BenchmarkImport imports an archive: the mbox file that IMPORT_MBOX names, else an invented one of 2,000 messages.
func BenchmarkImport(b *testing.B) {
	file := os.Getenv("IMPORT_MBOX")
	if file == "" {
		file = filepath.Join(b.TempDir(), "old.mbox")
		if err := os.WriteFile(file, inventedMbox(2000), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		b.StopTimer()
		db, size := benchStore(b), int64(0)
		f, err := os.Open(file)
		if err != nil {
			b.Fatal(err)
		}
		if info, err := f.Stat(); err == nil {
			size = info.Size()
		}
		b.StartTimer()
		began := time.Now()
		r := importSource(b, db, &MboxSource{File: file, From: f, Size: size})
		took := time.Since(began)
		b.ReportMetric(float64(r.New)/took.Seconds(), "messages/s")
		b.ReportMetric(float64(r.Longest.Microseconds())/1000, "ms-longest-write")
		b.ReportMetric(float64(db.Stats().Size)/float64(size), "store/mbox")
		b.StopTimer()
		f.Close()
		db.Close()
		b.StartTimer()
	}
}

func benchStore(b *testing.B) *store.DB {
	b.Helper()
	o := store.DefaultOptions()
	o.Reserve = 0
	db, err := store.Open(filepath.Join(b.TempDir(), "bench.db"), o)
	if err != nil {
		b.Fatal(err)
	}
	err = db.Update(func(tx *store.Tx) error {
		_, err := list.Create(tx, list.List{Name: "senco-forum", Domain: "lists.example", Title: "SENCO Forum", Settings: list.DefaultSettings()})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return db
}

// importSource imports a source in batches, as the command does.
func importSource(t testing.TB, db *store.DB, s ImportSource) (sum ImportResult) {
	t.Helper()
	p := NewImportPlan()
	if err := p.Add(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	p.Order(time.Now())
	var l list.List
	err := db.View(func(tx *store.Tx) (err error) {
		l, err = list.Get(tx, 1)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	i := Importer{DB: db, List: l, Now: time.Now, Run: NewImportRun()}
	var batch ImportBatch
	hand := func() {
		items, err := ReadImportBatch(batch.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		r, err := i.Batch(t.Context(), items)
		if err != nil {
			t.Fatal(err)
		}
		sum.Add(r)
		batch.Reset()
	}
	for item, err := range p.Items() {
		if err != nil {
			t.Fatal(err)
		}
		ok, err := batch.Add(item)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			hand()
			if _, err := batch.Add(item); err != nil {
				t.Fatal(err)
			}
		}
	}
	hand()
	return sum
}
