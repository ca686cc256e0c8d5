package store_test

import (
	"math/rand/v2"
	"testing"

	"sencoforum/store"
	"sencoforum/store/storetest"
)

// BenchmarkCompact writes a store of some 60 MB anew.
func BenchmarkCompact(b *testing.B) {
	db := storetest.Open(b)
	noise := rand.NewChaCha8([32]byte{1})
	for i := range 60 {
		err := db.Update(func(tx *store.Tx) error {
			for j := range 256 {
				value := make([]byte, 1500)
				noise.Read(value)
				if err := planks.Put(tx, uint64(i*256+j), string(value)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	bytes := int64(0)
	for b.Loop() {
		done, err := db.Compact()
		if err != nil {
			b.Fatal(err)
		}
		bytes += done.After
	}
	b.ReportMetric(float64(bytes)/b.Elapsed().Seconds()/1e6, "MB/s")
}
