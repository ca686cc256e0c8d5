package intake

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"sencoforum/internal/testdb"
	"sencoforum/store"
)

// putPacked stores messages that share a pack, as an import does. An empty one gets bytes of its own.
func putPacked(t *testing.T, db *store.DB, raws ...string) (ids []ID) {
	t.Helper()
	in := make([][]byte, len(raws))
	for i, raw := range raws {
		in[i] = []byte(raw)
	}
	p := NewPack(in)
	testdb.Update(t, db, func(tx *store.Tx) error {
		next, err := PutPack(tx, p)
		if err != nil {
			return err
		}
		for i, raw := range raws {
			n := fresh(Done)
			if n.Raw, n.Key = (store.Blob{}), Key(fmt.Sprint("key ", next)); raw == "" {
				n.Raw = store.NewBlob([]byte("apart"))
			}
			id, err := Put(tx, n)
			if err != nil || id != next+ID(i) {
				return fmt.Errorf("message %d of a pack has the number %d: %w", i, id, err)
			}
			ids = append(ids, id)
		}
		return nil
	})
	return ids
}

func rawIs(t *testing.T, db *store.DB, id ID, want string) {
	t.Helper()
	testdb.View(t, db, func(tx *store.Tx) error {
		raw, err := Raw(tx, id)
		has, hasErr := HasRaw(tx, id)
		if want == "" && errors.Is(err, ErrNoMessage) && !has {
			return hasErr
		}
		if want == "" || string(raw) != want || !has {
			t.Errorf("message %d: %q, has %t, %v; want %q", id, raw, has, err, want)
		}
		if len(raw) > 0 {
			raw[0]++ // it is the caller's own
		}
		return hasErr
	})
}

// packed returns everything that stands in packs, and how many there are.
func packed(t *testing.T, db *store.DB) (all []byte, n int) {
	t.Helper()
	testdb.View(t, db, func(tx *store.Tx) error {
		for row, err := range packs.All(tx) {
			if err != nil {
				return err
			}
			plain, err := row.Value.Bytes()
			if err != nil {
				return err
			}
			all, n = append(append(all, plain...), 'w'), n+1
		}
		return nil
	})
	return all, n
}

func TestMessagesAreFoundInPacksAndBesideThem(t *testing.T) {
	db := testdb.Open(t)
	before := put(t, db, fresh(Waiting))
	first := putPacked(t, db, "one", "", "three")
	between := fresh(Duplicate)
	between.Raw = store.Blob{}
	gap := put(t, db, between)
	second := putPacked(t, db, "five", "six")
	for range 2 { // from the store, and as they were remembered
		for id, want := range map[ID]string{
			before: "Subject: hello\r\n\r\nworld\r\n", gap: "",
			first[0]: "one", first[1]: "apart", first[2]: "three", second[0]: "five", second[1]: "six", second[1] + 1: "",
		} {
			rawIs(t, db, id, want)
		}
	}
	if _, n := packed(t, db); n != 2 {
		t.Errorf("%d packs, want 2", n)
	}
}

func TestWhatTakesAMessageOutTakesItOutOfItsPack(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(tx *store.Tx, id ID) error
		want string
	}{
		"strip":   {Strip, ""},
		"drop":    {DropRaw, ""},
		"purge":   {func(tx *store.Tx, id ID) error { return Purge(tx, id, "") }, ""},
		"erase":   {func(tx *store.Tx, id ID) error { return Erase(tx, id, Status{}) }, ""},
		"replace": {func(tx *store.Tx, id ID) error { return Replace(tx, id, []byte("other words")) }, "other words"},
	} {
		t.Run(name, func(t *testing.T) {
			db := testdb.Open(t)
			raws := []string{"the first", "zanzibarwort", "ultramarinefox"}
			ids := putPacked(t, db, raws...)
			for i, id := range ids {
				rawIs(t, db, id, raws[i])
				testdb.Update(t, db, func(tx *store.Tx) error { return c.do(tx, id) })
				if all, n := packed(t, db); bytes.Contains(all, []byte(raws[i])) || (n == 0) != (i == len(ids)-1) {
					t.Errorf("%d packs have %q after %q was taken out", n, all, raws[i])
				}
				rawIs(t, db, id, c.want)
				for j := i + 1; j < len(ids); j++ {
					rawIs(t, db, ids[j], raws[j])
				}
			}
			testdb.Update(t, db, func(tx *store.Tx) error { return Strip(tx, ids[0]) })
			rawIs(t, db, ids[0], "")
		})
	}
}

func TestOneTransactionTakesSeveralOutOfAPack(t *testing.T) {
	db := testdb.Open(t)
	ids := putPacked(t, db, "one", "two", "three", "four")
	testdb.Update(t, db, func(tx *store.Tx) error {
		err := errors.Join(Strip(tx, ids[0]), Replace(tx, ids[2], []byte("other")), Erase(tx, ids[3], Status{}))
		if raw, rawErr := Raw(tx, ids[1]); string(raw) != "two" || rawErr != nil {
			t.Errorf("in the same transaction: %q, %v", raw, rawErr)
		}
		return err
	})
	for i, want := range []string{"", "two", "other", ""} {
		rawIs(t, db, ids[i], want)
	}
	if all, n := packed(t, db); n != 1 || string(all) != "\x04\x00\x03\x00\x00twow" {
		t.Errorf("%d packs: %q", n, all)
	}
}

func TestAPackThatCannotBe(t *testing.T) {
	db := testdb.Open(t)
	for name, raws := range map[string][][]byte{
		"no message":    nil,
		"no bytes":      {nil, nil},
		"too many":      make([][]byte, PackMessages+1),
		"too large":     {make([]byte, PackBytes+1)},
		"sum too large": {make([]byte, PackBytes), {1}},
	} {
		if name == "too many" {
			raws[0] = []byte("a")
		}
		if err := db.Update(func(tx *store.Tx) error { _, err := PutPack(tx, NewPack(raws)); return err }); err == nil {
			t.Errorf("%s: it was put", name)
		}
	}
}

func TestADamagedPackIsNamedAndKeepsNobodyElseFromGoing(t *testing.T) {
	db := testdb.Open(t)
	alone := put(t, db, fresh(Done))
	ids := putPacked(t, db, "one", "two")
	testdb.Update(t, db, func(tx *store.Tx) error {
		return store.NewTable("intake.packs", store.Uint64Key[ID](), store.Text()).Put(tx, ids[1], "no blob")
	})
	testdb.View(t, db, func(tx *store.Tx) error {
		_, err := Raw(tx, ids[0])
		_, hasErr := HasRaw(tx, ids[0])
		if !errors.Is(err, store.ErrDamaged) || !errors.Is(hasErr, store.ErrDamaged) {
			t.Errorf("raw: %v, has: %v; want ErrDamaged", err, hasErr)
		}
		return nil
	})
	if err := db.Update(func(tx *store.Tx) error { return Strip(tx, ids[0]) }); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("strip: %v, want ErrDamaged: nobody knows what else is there", err)
	}
	testdb.Update(t, db, func(tx *store.Tx) error { return Purge(tx, alone, "key") })
}

// TestARandomLifeOfPacks compares all that is read with what was written, while messages come alone and in packs and go in
// every way, some of it in transactions that are dropped.
func TestARandomLifeOfPacks(t *testing.T) {
	dice := rand.New(rand.NewPCG(7, 11))
	db := testdb.Open(t)
	want := map[ID]string{}
	steps := []func(tx *store.Tx, id ID) error{
		Strip,
		func(tx *store.Tx, id ID) error { return Erase(tx, id, Status{}) },
		func(tx *store.Tx, id ID) error { return Replace(tx, id, []byte("replaced "+fmt.Sprint(id))) },
		func(tx *store.Tx, id ID) error { return Purge(tx, id, "") },
	}
	for n := range 300 {
		ids := slices.Sorted(maps.Keys(want))
		switch what := dice.IntN(8); {
		case what < 2 || len(ids) == 0:
			raws := make([]string, 1+dice.IntN(12))
			for i := range raws {
				raws[i] = fmt.Sprintf("word%dof%d", i, n)
			}
			for i, id := range putPacked(t, db, raws...) {
				want[id] = raws[i]
			}
		case what == 2:
			m := fresh(Done)
			m.Raw, m.Key = store.NewBlob(fmt.Appendf(nil, "alone%d", n)), ""
			want[put(t, db, m)] = fmt.Sprintf("alone%d", n)
		default:
			id, step := ids[dice.IntN(len(ids))], dice.IntN(len(steps))
			dropped := errors.New("dropped")
			if err := db.Update(func(tx *store.Tx) error { return errors.Join(steps[step](tx, id), dropped) }); err.Error() != "dropped" {
				t.Fatal(err)
			}
			rawIs(t, db, id, want[id])
			testdb.Update(t, db, func(tx *store.Tx) error { return steps[step](tx, id) })
			old := want[id]
			if delete(want, id); step == 2 {
				want[id] = "replaced " + fmt.Sprint(id)
			}
			rawIs(t, db, id, want[id])
			if all, _ := packed(t, db); bytes.Contains(all, []byte(old+"w")) {
				t.Fatalf("step %d: %q is still in a pack", n, old)
			}
		}
	}
	for id, raw := range want {
		rawIs(t, db, id, raw)
	}
}

// TestAnErasedTextComesFromNoMemory reads a pack in a snapshot from before an erasure, so that it is unpacked and remembered
// after it.
func TestAnErasedTextComesFromNoMemory(t *testing.T) {
	db := testdb.Open(t)
	ids := putPacked(t, db, "kept", "zanzibarwort")
	rawIs(t, db, ids[1], "zanzibarwort")
	testdb.View(t, db, func(before *store.Tx) error {
		erased := make(chan error)
		go func() {
			erased <- db.Update(func(tx *store.Tx) error { return Erase(tx, ids[1], Status{}) })
		}()
		if err := <-erased; err != nil {
			return err
		}
		if len(recent.all) != 0 {
			t.Error("the text is still in memory after the erasure")
		}
		raw, err := Raw(before, ids[1])
		if string(raw) != "zanzibarwort" || len(recent.all) != 1 {
			t.Errorf("the snapshot from before reads %q, %v", raw, err)
		}
		return err
	})
	rawIs(t, db, ids[1], "")
	rawIs(t, db, ids[0], "kept")
}

func TestAPageUnpacksAPackOnce(t *testing.T) {
	db := testdb.Open(t)
	recent.empty()
	var ids []ID
	for n := range 3 {
		ids = append(ids, putPacked(t, db, fmt.Sprint("a", n), fmt.Sprint("b", n), fmt.Sprint("c", n))...)
	}
	open := map[ID]*byte{}
	testdb.View(t, db, func(tx *store.Tx) error {
		for _, id := range append(ids, ids...) {
			p, err := packOf(tx, id)
			if err != nil {
				return err
			}
			at := &p.raws[0][0]
			if open[p.last] != nil && open[p.last] != at {
				t.Errorf("pack %d was unpacked again for message %d", p.last, id)
			}
			open[p.last] = at
		}
		return nil
	})
	if len(open) != 3 || len(recent.all) != 3 {
		t.Errorf("%d packs were read and %d are remembered, want 3", len(open), len(recent.all))
	}
}

func TestWhatIsRememberedIsBounded(t *testing.T) {
	var r recentPacks
	sum := func() (n int) {
		for _, p := range r.all {
			n += p.packed.Stored() + p.open.size
		}
		return n
	}
	noise := make([]byte, PackBytes/2)
	rand.NewChaCha8([32]byte{1}).Read(noise)
	for id := range ID(200) {
		noise[0] = byte(id)
		if _, err := r.unpack(id, NewPack([][]byte{noise, noise}).blob); err != nil {
			t.Fatal(err)
		}
		if _, ok := r.find(0, NewPack([][]byte{noise, noise}).blob); ok && id > 0 {
			t.Fatal("the pack of another row was found")
		}
		if got := sum(); got != r.size || got > recentBytes {
			t.Fatalf("%d bytes are remembered, counted as %d; at most %d are allowed", got, r.size, recentBytes)
		}
	}
	if len(r.all) < 10 || r.all[len(r.all)-1].last != 199 {
		t.Errorf("%d packs are remembered, the last %d", len(r.all), r.all[len(r.all)-1].last)
	}
}
