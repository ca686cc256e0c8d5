package rig

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"sencoforum/store"
)

// TestRigRot damages the store of a server in all sorts of ways. Whatever changes, hides or adds a record is found by the
// check; reading says so and never gives out anything wrong; and nothing breaks down. Every twentieth time the real
// program is asked as well, and a backup put back.
func TestRigRot(t *testing.T) {
	s := newRotSample(t)
	random := dice(t)
	c := rotCount{}
	if v := s.judgeInTime(t, "no damage", s.file); v.found() || v.warned || v.touched() {
		t.Fatalf("the sound store is said to be damaged: %+v", v)
	}
	for i := range size(t).damages {
		d := rotDamages[i%len(rotDamages)]
		b, where := d.do(slices.Clone(s.file), s.page, random)
		v := s.judgeInTime(t, d.name+" "+where, b)
		c.add(v)
		if f := v.fault(); f != "" {
			t.Errorf("%s, %s: %s", d.name, where, f)
		}
		if i%20 == 0 {
			t.Run("the program: "+d.name, func(t *testing.T) { s.askProgram(t, where, b, v) })
			c.asked++
		}
	}
	t.Run("free pages", func(t *testing.T) { s.damageFree(t, random) })
	t.Logf("%d records in %d pages; %d damages: %s", len(s.records), len(s.file)/s.page, c.all, c)
	if c.touched*4 < c.all {
		t.Errorf("%d of %d damages touched a record: that shows too little", c.touched, c.all)
	}
}

// rotCount sums up verdicts.
type rotCount struct{ all, touched, refused, warned, checked, hid, asked int }

func (c *rotCount) add(v rotVerdict) {
	c.all++
	for n, is := range map[*int]bool{
		&c.touched: v.touched() || v.opened != nil, &c.refused: v.opened != nil, &c.warned: v.warned, &c.checked: len(v.check) > 0, &c.hid: v.hidden > 0 && !v.warned,
	} {
		if is {
			*n++
		}
	}
}

func (c rotCount) String() string {
	return fmt.Sprintf("%d touched a record; %d stores were not opened, %d only with a warning, the check found %d, %d others hid a record until the check; the program was asked %d times",
		c.touched, c.refused, c.warned, c.checked, c.hid, c.asked)
}

// judgeInTime judges, and fails the test when that takes too long or breaks down.
func (s *rotSample) judgeInTime(t *testing.T, what string, b []byte) rotVerdict {
	t.Helper()
	type end struct {
		v     rotVerdict
		err   error
		broke any
	}
	ended := make(chan end, 1)
	go func() {
		var e end
		defer func() {
			e.broke = recover()
			ended <- e
		}()
		e.v, e.err = s.judge(b)
	}()
	select {
	case e := <-ended:
		if e.err != nil || e.broke != nil {
			t.Fatalf("%s: %v %v", what, e.err, e.broke)
		}
		return e.v
	case <-time.After(patience):
		t.Fatalf("%s: no answer within %v", what, patience)
	}
	return rotVerdict{}
}

// TestRigRotFindsAPlantedFault changes, adds and removes a record with everything that belongs to it, as no disk could: the
// store has no chance to notice, so the comparison must.
func TestRigRotFindsAPlantedFault(t *testing.T) {
	s := newRotSample(t)
	for _, c := range []struct {
		name   string
		change func(tx *store.Tx, table store.Table[string, []byte], key string, value []byte) error
	}{
		{"a record is another", func(tx *store.Tx, table store.Table[string, []byte], key string, value []byte) error {
			return table.Put(tx, key, append(value, ' '))
		}},
		{"a record is gone", func(tx *store.Tx, table store.Table[string, []byte], key string, _ []byte) error {
			return table.Delete(tx, key)
		}},
		{"a record is new", func(tx *store.Tx, table store.Table[string, []byte], key string, value []byte) error {
			return table.Put(tx, key+"x", value)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), diskStore)
			if err := s.write(path, s.file); err != nil {
				t.Fatal(err)
			}
			db, err := store.Open(path, s.options())
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.Update(func(tx *store.Tx) error {
				for r, err := range rotTable("list.people").All(tx) {
					if err != nil {
						return err
					}
					return c.change(tx, rotTable("list.people"), r.Key, r.Value)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if v := s.examine(db, false); v.fault() == "" {
				t.Errorf("nobody noticed: %+v", v)
			}
		})
	}
}

// damageFree damages only pages that are not in use. No record suffers.
func (s *rotSample) damageFree(t *testing.T, random *rand.Rand) {
	free := s.freePages(t)
	if len(free) == 0 {
		t.Fatal("the sample has no free page")
	}
	noticed, damages := 0, min(len(free), size(t).damages/10)
	for range damages {
		page := free[random.IntN(len(free))]
		b := slices.Clone(s.file)
		for range 8 {
			b, _ = flip(b, page*s.page+random.IntN(s.page), random)
		}
		v := s.judgeInTime(t, fmt.Sprint("free page ", page), b)
		if v.touched() || v.opened != nil {
			t.Errorf("page %d is free, and its damage touched a record: %+v", page, v)
		}
		if v.found() {
			noticed++
		}
	}
	t.Logf("%d free pages; %d of %d damages were noticed", len(free), noticed, damages)
}
