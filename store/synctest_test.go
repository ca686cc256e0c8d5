package store

import (
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

// Stories run in simulated time; the store must not stop their clock, nor leave a goroutine behind.
func TestTheStoreWorksInSimulatedTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	synctest.Test(t, func(t *testing.T) {
		db, err := Open(path, Options{Reserve: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		bell, stop := db.Watch("words")
		defer stop()
		go func() {
			time.Sleep(5 * 24 * time.Hour)
			putWords(t, db, "late")
		}()
		start := time.Now()
		<-bell
		if waited := time.Since(start); waited != 5*24*time.Hour {
			t.Errorf("the bell rang after %v, want five days", waited)
		}
		wantWords(t, db, "late")
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
}
