package archive

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"sencoforum/internal/testdb"
	"sencoforum/store"
)

func base64Of(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// act is one line of what a moderator does.
type act struct {
	kind       ActKind
	post, into Number
}

func (a act) do(tx *store.Tx) (err error) {
	switch a.kind {
	case ActMerge:
		_, err = Merge(tx, a.post, a.into, noon)
	case ActSplit:
		_, err = Split(tx, a.post, noon)
	default:
		_, err = Attach(tx, a.post, a.into, noon)
	}
	return err
}

// family is thread 1 with posts 1 to 4 and thread 5 with posts 5 and 6.
func family() []mail {
	return []mail{{id: "a@x"}, {id: "b@x", header: "References: <a@x>\n"}, {id: "c@x", header: "References: <a@x> <b@x>\n"},
		{id: "d@x", header: "References: <a@x>\n"}, {id: "e@x"}, {id: "f@x", header: "References: <e@x>\n"}}
}

func TestActs(t *testing.T) {
	for _, c := range []struct {
		name string
		acts []act
		err  error // of the last act
		more []mail
		want string
	}{
		{"merge leaves the older number", []act{{ActMerge, 1, 5}}, nil, nil, "1: 1 .2 ..3 .4 5 .6"},
		{"merge by alias", []act{{ActMerge, 5, 1}, {ActMerge, 5, 1}}, ErrOneThread, nil, "1: 1 .2 ..3 .4 5 .6"},
		{"split takes what answers along", []act{{ActSplit, 2, 0}}, nil, nil, "1: 1 .4; 2: 2 .3; 5: 5 .6"},
		{"answers to a split post follow it", []act{{ActSplit, 2, 0}}, nil, []mail{{id: "g@x", header: "References: <a@x> <b@x>\n"}},
			"1: 1 .4; 2: 2 .3 .7; 5: 5 .6"},
		{"the rules unite no threads that were split", []act{{ActSplit, 2, 0}}, nil,
			[]mail{{id: "g@x", header: "References: <a@x> <gone@x>\n"}, {id: "h@x", header: "References: <b@x> <gone@x>\n"}},
			"1: 1 .4 .7?; 2: 2 .3 .8?; 5: 5 .6"},
		{"the founder cannot be split off", []act{{ActSplit, 1, 0}}, ErrFounder, nil, "1: 1 .2 ..3 .4; 5: 5 .6"},
		{"split ends a merge", []act{{ActMerge, 1, 5}, {ActSplit, 5, 0}}, nil, nil, "1: 1 .2 ..3 .4; 5: 5 .6"},
		{"merge ends a split", []act{{ActSplit, 2, 0}, {ActMerge, 2, 1}}, nil, nil, "1: 1 .4 2 .3; 5: 5 .6"},
		{"attach within a thread", []act{{ActAttach, 4, 3}}, nil, nil, "1: 1 .2 ..3 ...4; 5: 5 .6"},
		{"attach to another thread", []act{{ActAttach, 2, 6}}, nil, nil, "1: 1 .4; 5: 5 .6 ..2 ...3"},
		{"answers to an attached post follow it", []act{{ActAttach, 2, 6}}, nil,
			[]mail{{id: "g@x", header: "References: <older@x> <a@x> <b@x>\n"}, {id: "h@x", header: "References: <older@x> <a@x>\n"}},
			"1: 1 .4 .8; 5: 5 .6 ..2 ...3 ...7"},
		{"attach a whole thread", []act{{ActAttach, 1, 6}}, nil, nil, "1: 5 .6 ..1 ...2 ....3 ...4"},
		{"attach below itself", []act{{ActAttach, 2, 3}}, ErrBelow, nil, "1: 1 .2 ..3 .4; 5: 5 .6"},
		{"no such thread", []act{{ActMerge, 2, 5}}, ErrNoThread, nil, "1: 1 .2 ..3 .4; 5: 5 .6"},
		{"no such post", []act{{ActSplit, 99, 0}}, ErrNoPost, nil, "1: 1 .2 ..3 .4; 5: 5 .6"},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := build(t, family()...)
			for i, a := range c.acts {
				err := db.Update(a.do)
				if i == len(c.acts)-1 && !errors.Is(err, c.err) || i < len(c.acts)-1 && err != nil {
					t.Errorf("%v: %v", a, err)
				}
			}
			for _, m := range c.more {
				testdb.Update(t, db, func(tx *store.Tx) error { _, err := importOne(tx, "", m.raw()); return err })
			}
			if got := outline(t, db); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if r := rebuildNow(t, db); r.Rows != 0 || r.Moved != 0 {
				t.Errorf("a rebuild changed %+v", r)
			}
			if got := outline(t, db); got != c.want {
				t.Errorf("after a rebuild %s, want %s", got, c.want)
			}
		})
	}
}

func TestAGreatSplitGoesOnInSmallSteps(t *testing.T) {
	mails := []mail{{id: "a@x"}, {id: "b@x", header: "References: <a@x>\n"}}
	for i := range moveMost + 20 {
		mails = append(mails, mail{id: fmt.Sprintf("%d@x", i), header: "References: <b@x>\n"})
	}
	db := testdb.Open(t)
	var raws [][]byte
	for _, m := range mails {
		raws = append(raws, m.raw())
	}
	importAll(t, db, "", raws)
	testdb.Update(t, db, func(tx *store.Tx) error {
		more, err := Split(tx, 2, noon)
		if !more {
			t.Error("all was moved at once")
		}
		return err
	})
	if err := db.Update(act{ActSplit, 3, 0}.do); !errors.Is(err, ErrUnfinished) {
		t.Errorf("another act meanwhile: %v", err)
	}
	testdb.Update(t, db, func(tx *store.Tx) error { // an answer that comes meanwhile
		_, err := importOne(tx, "", mail{id: "late@x", header: "References: <519@x>\n"}.raw())
		return err
	})
	for range 2 { // the second time there is nothing to do
		if err := Finish(t.Context(), db); err != nil {
			t.Error(err)
		}
	}
	f := readForest(t, db)
	if len(f.thread) != len(mails)+1 || f.threads() != 2 || f.thread[1] != 1 {
		t.Errorf("%d posts in %d threads", len(f.thread), f.threads())
	}
	if r := rebuildNow(t, db); r.Moved != 0 || r.Rows != 0 {
		t.Errorf("a rebuild changed %+v", r)
	}
}

// TestARebuildGivesWhatArrivalGave lets random posts come and moderators act between them.
func TestARebuildGivesWhatArrivalGave(t *testing.T) {
	kinds := []ActKind{ActMerge, ActSplit, ActAttach}
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 11))
		mails := honest(r, 50)
		r.Shuffle(len(mails), func(i, j int) { mails[i], mails[j] = mails[j], mails[i] })
		for i := range mails { // some are alike in subject, too
			if r.IntN(3) == 0 {
				mails[i].subject = fmt.Sprintf("Re: subject %d", r.IntN(4))
			}
		}
		db := testdb.Open(t)
		done := 0
		for i, m := range mails {
			testdb.Update(t, db, func(tx *store.Tx) error { _, err := importOne(tx, "", m.raw()); return err })
			if r.IntN(3) == 0 {
				a := act{kinds[r.IntN(3)], Number(1 + r.IntN(i+1)), Number(1 + r.IntN(i+1))}
				if db.Update(a.do) == nil {
					done++
				}
			}
		}
		want := outline(t, db)
		got := rebuildNow(t, db)
		if got.Rows != 0 || got.Moved != 0 || got.Posts != len(mails) || got.Acts != done {
			t.Errorf("seed %d: %d posts and %d acts, rebuilt as %+v", seed, len(mails), done, got)
		}
		if now := outline(t, db); now != want {
			t.Errorf("seed %d:\n%s\n%s", seed, want, now)
		}
		spoil(t, db, r)
		if got = rebuildNow(t, db); got.Rows == 0 {
			t.Errorf("seed %d: nothing was put right: %+v", seed, got)
		}
		if now := outline(t, db); now != want {
			t.Errorf("seed %d, put right:\n%s\n%s", seed, want, now)
		}
	}
}

// spoil throws a few posts into wrong threads, and takes aliases and indexes away.
func spoil(t *testing.T, db *store.DB, r *rand.Rand) {
	t.Helper()
	testdb.Update(t, db, func(tx *store.Tx) error {
		all, err := numbers.Value(tx)
		if err != nil {
			return err
		}
		for range 5 {
			p, err := Get(tx, Number(1+r.IntN(int(all))))
			if err != nil {
				return err
			}
			if err := move(tx, member{number: p.Number, thread: p.Thread}, Number(1+r.IntN(int(all)))); err != nil {
				return err
			}
		}
		for row, err := range aliases.All(tx) {
			if err != nil {
				return err
			}
			if err := loosen(tx, row.Key); err != nil {
				return err
			}
		}
		for row, err := range awaited.All(tx) {
			if err != nil {
				return err
			}
			if err := awaited.Delete(tx, row.Key); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestPostsThatComeDuringARebuildAreInPlace(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 13))
	mails := honest(r, 120)
	r.Shuffle(len(mails), func(i, j int) { mails[i], mails[j] = mails[j], mails[i] })
	half := len(mails) / 2
	db, want := build(t, mails[:half]...), outline(t, build(t, mails...))
	spoil(t, db, r)
	came := make(chan error)
	go func() {
		for _, m := range mails[half:] {
			err := db.Update(func(tx *store.Tx) error { _, err := importOne(tx, "", m.raw()); return err })
			if err != nil {
				came <- err
				return
			}
		}
		came <- nil
	}()
	rebuildNow(t, db)
	if err := <-came; err != nil {
		t.Fatal(err)
	}
	rebuildNow(t, db) // those that came at its very end found a store that was put right
	if got := outline(t, db); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if r := rebuildNow(t, db); r.Rows != 0 || r.Moved != 0 {
		t.Errorf("a third rebuild changed %+v", r)
	}
}

func TestARebuildLeavesNothingBehindWhenItIsStopped(t *testing.T) {
	db := build(t, family()...)
	path := filepath.Join(t.TempDir(), "scratch.db")
	if _, err := Rebuild(t.Context(), db, filepath.Join(t.TempDir(), "no", "such"), nil); err == nil {
		t.Error("a scratch store without a folder was made")
	}
	seen := 0
	if _, err := Rebuild(t.Context(), db, path, func(done, all int) { seen = done }); err != nil || seen != 6 {
		t.Errorf("told %d posts, %v", seen, err)
	}
	left, _ := filepath.Glob(path + "*")
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
