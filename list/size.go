package list

import (
	"time"

	"sencoforum/calendar"
	"sencoforum/store"
)

// A Size is how many members a list had in a month, when it was last counted in it.
type Size struct {
	Year    int
	Month   time.Month
	Members int
}

// sizes are the counts, by list and months since the year 0.
var sizes = store.NewTable("list.sizes", store.PairKey(store.Uint32Key[ID](), store.Uint32Key[uint32]()), store.JSON[int]())

// NoteSizes keeps how many members each list has now as the size of this month. It writes only what is new.
func NoteSizes(tx *store.Tx, now time.Time) error {
	now = now.In(calendar.London())
	month := uint32(now.Year())*12 + uint32(now.Month()) - 1
	for l, err := range All(tx) {
		if err != nil {
			return err
		}
		n, err := Count(tx, l.ID)
		if err != nil {
			return err
		}
		key := store.Pair[ID, uint32]{A: l.ID, B: month}
		was, ok, err := sizes.Get(tx, key)
		if err != nil {
			return err
		}
		if ok && was == n {
			continue
		}
		if err := sizes.Put(tx, key, n); err != nil {
			return err
		}
	}
	return nil
}

// Sizes returns how many members a list had in each month in which it was counted, the earliest first; nothing to whoever
// does not read it.
func Sizes(tx *store.Tx, r Reader, l ID) (all []Size, err error) {
	if !r.Reads(l) {
		return nil, nil
	}
	for row, err := range store.Prefix(sizes, tx, l) {
		if err != nil {
			return nil, err
		}
		all = append(all, Size{Year: int(row.Key.B / 12), Month: time.Month(row.Key.B%12) + 1, Members: row.Value})
	}
	return all, nil
}
