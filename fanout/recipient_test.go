package fanout

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/store"
)

func choose(t testing.TB, db *store.DB, thread archive.Number, p list.PersonID, c list.Choice) {
	t.Helper()
	testdb.Update(t, db, func(tx *store.Tx) error { return list.Choose(tx, uint32(thread), p, c) })
}

// TestMutedAndFollowedThreads: who muted a thread gets no more of it, whatever their mode; who follows one gets its replies
// though they get only new discussions. A merge keeps both.
func TestMutedAndFollowedThreads(t *testing.T) {
	db := testdb.Open(t)
	members(t, db, 5)
	change(t, db, 3, func(m *list.Membership) { m.Mode = list.ModeQuestions })
	change(t, db, 4, func(m *list.Membership) { m.Mode = list.ModeQuestions })
	change(t, db, 5, func(m *list.Membership) { m.Unmailed = true })
	first := post(t, db, "<1@x>")
	choose(t, db, first.Number, 2, list.Mute)
	choose(t, db, first.Number, 4, list.Follow)
	reply := post(t, db, "<2@x>", "<1@x>")
	other := post(t, db, "<3@x>")
	expandAll(t, db)
	for _, c := range []struct {
		name string
		post archive.Post
		want []uint32
	}{
		{"the first post comes to all but who muted it before it went", first, []uint32{1, 3, 4}},
		{"a reply comes to who follows", reply, []uint32{1, 4}},
		{"another thread comes to all", other, []uint32{1, 2, 3, 4}},
	} {
		if got := rows(t, db, c.post.Number); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	testdb.Update(t, db, func(tx *store.Tx) error {
		_, err := archive.Merge(tx, other.Number, first.Number, noon)
		return err
	})
	late := post(t, db, "<4@x>", "<3@x>")
	expandAll(t, db)
	if got, want := rows(t, db, late.Number), []uint32{1, 4}; !slices.Equal(got, want) {
		t.Errorf("after a merge: %v, want %v", got, want)
	}
}

// TestAMuteReachesCopiesThatWait: a copy whose thread was muted while it waited is dropped.
func TestAMuteReachesCopiesThatWait(t *testing.T) {
	db := testdb.Open(t)
	members(t, db, 2)
	p := post(t, db, "<1@x>")
	c, _ := composer(t, db)
	if _, err := c.Render(context.Background(), rowOf(p, 2)); err != nil {
		t.Fatal(err)
	}
	choose(t, db, p.Number+1, 2, list.Mute)
	if _, err := c.Render(context.Background(), rowOf(p, 2)); err != nil {
		t.Errorf("another thread is muted: %v", err)
	}
	choose(t, db, p.Number, 2, list.Mute)
	if _, err := c.Render(context.Background(), rowOf(p, 2)); !errors.Is(err, queue.ErrDropped) {
		t.Errorf("muted: %v", err)
	}
}

// BenchmarkExpand expands a post to 25,000 members: nobody chose anything about its thread, 3,000 of them muted it, or each
// of them follows a thread of another number.
func BenchmarkExpand(b *testing.B) {
	for name, set := range map[string]func(tx *store.Tx, p list.PersonID) error{
		"plain": func(*store.Tx, list.PersonID) error { return nil },
		"muted": func(tx *store.Tx, p list.PersonID) error {
			if p%8 != 0 {
				return nil
			}
			return list.Choose(tx, 1, p, list.Mute)
		},
		"elsewhere": func(tx *store.Tx, p list.PersonID) error { return list.Choose(tx, 1000, p, list.Follow) },
	} {
		b.Run(name, func(b *testing.B) {
			const n = 25_000
			db := testdb.Open(b)
			benchMembers(b, db, n, set)
			p := post(b, db, "<1@x>")
			e := NewExpander(slog.New(slog.DiscardHandler), db, func() time.Time { return noon })
			for b.Loop() {
				testdb.Update(b, db, func(tx *store.Tx) error {
					seen := 0
					for from := list.PersonID(0); ; {
						page, err := pageFor(tx, p, from, chunk, e.now())
						if err != nil {
							return err
						}
						if seen += page.seen; page.last == 0 {
							break
						}
						from = page.last + 1
					}
					if seen != n {
						b.Fatalf("%d members", seen)
					}
					return nil
				})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/member")
		})
	}
}

// BenchmarkRead is what is looked up for one copy before it is composed.
func BenchmarkRead(b *testing.B) {
	for name, chosen := range map[string]list.Choice{"plain": list.NoChoice, "follows": list.Follow} {
		b.Run(name, func(b *testing.B) {
			db := testdb.Open(b)
			benchMembers(b, db, 100, func(*store.Tx, list.PersonID) error { return nil })
			p := post(b, db, "<1@x>")
			choose(b, db, p.Number, 50, chosen)
			row, err := parsePayload(rowOf(p, 50).Payload)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				var it copyOf
				if err := db.View(func(tx *store.Tx) error { return it.read(tx, row, noon) }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func benchMembers(b *testing.B, db *store.DB, n int, set func(tx *store.Tx, p list.PersonID) error) {
	b.Helper()
	members(b, db, n)
	testdb.Update(b, db, func(tx *store.Tx) error {
		for p := list.PersonID(1); p <= list.PersonID(n); p++ {
			if err := set(tx, p); err != nil {
				return err
			}
		}
		return nil
	})
}
