package moderate

import (
	"errors"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/store"
)

func TestAnIncidentListsWhoWasSentAPost(t *testing.T) {
	c := newClub(t)
	c.deliver(func(m uint32) bool { return m < 4 })
	c.update(func(tx *store.Tx) error {
		if _, err := IncidentOf(tx, By{Actor: "operator uid 0", Now: noon}, c.post.Number); !errors.Is(err, ErrNotStopped) {
			t.Errorf("of a post that can be seen: %v", err)
		}
		return nil
	})
	c.stop()
	c.update(func(tx *store.Tx) error {
		if err := list.Leave(tx, 1, 2); err != nil {
			return err
		}
		if err := list.Forget(tx, 3); err != nil {
			return err
		}
		in, err := IncidentOf(tx, By{Actor: "operator uid 0", Now: noon.Add(time.Hour)}, c.post.Number)
		if err != nil || in.Have() != 3 || len(in.Copies) != 3 {
			t.Fatalf("%+v, %v", in, err)
		}
		for i, want := range []struct {
			address string
			member  bool
		}{{"asha@school.example", true}, {"sam@school.example", false}, {"", false}} {
			got := in.Copies[i]
			address := ""
			if !got.Address.IsZero() {
				address = got.Address.String()
			}
			if address != want.address || got.Member != want.member || got.Outcome != queue.Delivered || got.To != noon || got.From != noon {
				t.Errorf("copy %d: %+v", i, got)
			}
		}
		if _, err := IncidentOf(tx, By{Actor: "operator uid 0", Now: noon}, 99); !errors.Is(err, archive.ErrNoPost) {
			t.Errorf("of no post: %v", err)
		}
		return nil
	})
	if all := c.actions(); all[len(all)-1] != "operator uid 0: incident export ()" {
		t.Errorf("audit: %q", all)
	}
}
