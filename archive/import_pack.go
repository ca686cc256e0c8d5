package archive

import (
	"errors"
	"runtime"

	"sencoforum/intake"
	"sencoforum/store"
)

// A unit is messages that are stored in one transaction, because those that have a place in its pack share it.
type unit struct {
	all  []prepared
	pack intake.Pack // the zero Pack for none
}

// messages is how many messages units have.
func messages(units []unit) (n int) {
	for _, u := range units {
		n += len(u.all)
	}
	return n
}

// unitPlaces bounds the time that a unit takes in a transaction, as a pack of short messages would have a hundred.
const unitPlaces = 40

// pack makes units of a piece: the new messages share packs, in their order, which are about as large as each other. A message
// that is too long for one is a unit of its own. One that comes twice in the piece has no place, as it will be known by then.
func pack(all []prepared, raws [][]byte) []unit {
	places, size := 0, 0
	seen := map[intake.Key]bool{}
	for n := range all {
		p := &all[n]
		if p.reason != "" || p.known {
			continue
		}
		if seen[p.key] || len(raws[n]) > intake.PackBytes {
			p.blob = store.NewBlob(raws[n])
			runtime.Gosched() // whoever takes mail need not wait until this goroutine has had its time
			continue
		}
		seen[p.key], p.place = true, true
		places, size = places+1, size+len(raws[n])
	}
	parts := max(1, (places+unitPlaces-1)/unitPlaces, (size+intake.PackBytes-1)/intake.PackBytes)
	return cut(all, raws, (places+parts-1)/parts, (size+parts-1)/parts)
}

// cut cuts a piece into units, of which none has more places than are wanted, and each about so many bytes.
func cut(all []prepared, raws [][]byte, places, size int) (units []unit) {
	var in [][]byte // what the next pack will have
	from, bytes := 0, 0
	end := func(to int) {
		if to > from {
			units = append(units, newUnit(all[from:to], in, bytes))
		}
		in, from, bytes = nil, to, 0
	}
	for n, raw := range raws {
		switch {
		case len(raw) > intake.PackBytes:
			end(n)
			end(n + 1)
		case all[n].place:
			if len(in) == places || bytes >= size || bytes+len(raw) > intake.PackBytes {
				end(n)
			}
			in, bytes = append(in, raw), bytes+len(raw)
		}
	}
	end(len(all))
	return units
}

// newUnit makes the pack of a unit, if there is anything to share.
func newUnit(all []prepared, in [][]byte, bytes int) unit {
	u := unit{all: all}
	if len(in) > 1 && bytes > 0 {
		u.pack = intake.NewPack(in)
	} else {
		u.spread(in)
	}
	runtime.Gosched()
	return u
}

// spread gives the messages that have a place in a pack their own bytes instead.
func (u *unit) spread(raws [][]byte) {
	u.pack = intake.Pack{}
	for n := range u.all {
		if p := &u.all[n]; p.place {
			p.place, p.blob = false, store.NewBlob(raws[0])
			raws = raws[1:]
		}
	}
}

// errLoose says that a message has not the number for which the pack of its unit was made: it turned out to be known or erased,
// or one before it to be new after all.
var errLoose = errors.New("the messages of a pack do not follow one another")

// putUnit stores the messages of a unit, the bytes that they share first. After an error, errLoose as well, nothing of it may
// be committed.
func (i *Importer) putUnit(tx *store.Tx, u *unit, r *ImportResult) error {
	var next intake.ID
	if u.pack.Len() > 0 {
		var err error
		if next, err = intake.PutPack(tx, u.pack); err != nil {
			return err
		}
	}
	for n := range u.all {
		p := &u.all[n]
		id, linked, err := i.putOne(tx, p)
		if err != nil {
			return err
		}
		p.id = id
		if p.place {
			if id != next {
				return errLoose
			}
			next++
		}
		r.count(*p, linked)
	}
	return nil
}

// loosen makes units of single messages, each with its own bytes.
func (u *unit) loosen() ([]unit, error) {
	if u.pack.Len() > 0 {
		raws, err := u.pack.Raws()
		if err != nil {
			return nil, err
		}
		u.spread(raws)
	}
	loose := make([]unit, len(u.all))
	for n := range u.all {
		loose[n].all = u.all[n : n+1]
	}
	return loose, nil
}
