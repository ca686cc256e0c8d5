package archive

import (
	"time"

	"sencoforum/list"
	"sencoforum/store"
)

// A Listed is a collection with how much is in it.
type Listed struct {
	Collection
	Entries int
	reviews []time.Time
}

// Due is how many of its entries somebody should look at again at a moment.
func (c Listed) Due(now time.Time) (n int) {
	for _, at := range c.reviews {
		if !at.After(now) {
			n++
		}
	}
	return n
}

// ReadCollections returns the collections of a list for a reader of it, and nothing to others.
func ReadCollections(tx *store.Tx, r list.Reader, l list.ID) (all []Listed, err error) {
	if !r.Reads(l) {
		return nil, nil
	}
	of, err := Collections(tx, l)
	if err != nil {
		return nil, err
	}
	for _, c := range of {
		in := Listed{Collection: c}
		for row, err := range store.Prefix(entries, tx, c.ID) {
			if err != nil {
				return nil, err
			}
			if in.Entries++; !row.Value.Review.IsZero() {
				in.reviews = append(in.reviews, row.Value.Review)
			}
		}
		all = append(all, in)
	}
	return all, nil
}

// ReadCollection returns a collection of a list by its slug with its entries, for a reader of it; ErrNoCollection to others. Of
// an entry nothing says yet whether its discussion is to be seen.
func ReadCollection(tx *store.Tx, r list.Reader, l list.ID, slug string) (Collection, []Entry, error) {
	if !r.Reads(l) {
		return Collection{}, nil, ErrNoCollection
	}
	c, err := FindCollection(tx, l, slug)
	if err != nil {
		return c, nil, err
	}
	all, err := Entries(tx, c.ID)
	return c, all, err
}
