package digest

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sencoforum/archive"
	"sencoforum/calendar"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

// A new hour counts from the moment at which it is set: an editor that had looked an hour ago does not make everybody wait.
func TestAnEditorHearsOfANewHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := testdb.Open(t)
		log := slog.New(slog.DiscardHandler)
		ed := NewEditor(log, db, Config{Overview: archive.NewOverview(log, db), Now: time.Now})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- ed.Run(ctx) }()
		testdb.Update(t, db, func(tx *store.Tx) error {
			_, err := list.Create(tx, list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum", Settings: list.DefaultSettings()})
			return err
		})
		time.Sleep(time.Minute)
		testdb.Update(t, db, func(tx *store.Tx) error {
			l, err := list.Get(tx, 1)
			l.Digests.Time = time.Now().Add(5 * time.Minute).In(calendar.London()).Format("15:04")
			if err == nil {
				err = list.Save(tx, l)
			}
			return err
		})
		time.Sleep(6 * time.Minute)
		testdb.View(t, db, func(tx *store.Tx) error {
			if made, err := periods.Has(tx, keyOf(1, Daily, dayOf(time.Now()))); err != nil || !made {
				t.Errorf("a minute after the new hour the issue was made: %v, %v", made, err)
			}
			return nil
		})
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// An editor that could not make a digest tries again soon, and then less and less often.
func TestAnEditorThatFailedTriesAgainSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := testdb.Open(t)
		var said strings.Builder // the editor alone writes to it
		log := slog.New(slog.NewTextHandler(&said, nil))
		ed := NewEditor(log, db, Config{Overview: archive.NewOverview(slog.New(slog.DiscardHandler), db), Now: time.Now})
		testdb.Update(t, db, func(tx *store.Tx) error {
			if _, err := list.Create(tx, list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum", Settings: list.DefaultSettings()}); err != nil {
				return err
			}
			return store.NewTable("digest.open", store.Uint32Key[Number](), store.JSON[string]()).Put(tx, 1, "no row of ours")
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- ed.Run(ctx) }()
		time.Sleep(10 * time.Second)
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if n := strings.Count(said.String(), "a digest could not be made"); n < 3 || n > 5 {
			t.Errorf("%d tries in ten seconds:\n%s", n, said.String())
		}
	})
}
