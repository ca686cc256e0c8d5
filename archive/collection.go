package archive

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"sencoforum/list"
	"sencoforum/store"
)

// CollectionID is the number of a collection on this server, from 1.
type CollectionID uint32

// A Collection is a page of discussions that moderators chose and summed up.
type Collection struct {
	ID    CollectionID `json:"id"`
	List  list.ID      `json:"list"`
	Slug  string       `json:"slug"`            // in the address of its page
	Title string       `json:"title"`           // 1 to 100 characters, one line
	Intro string       `json:"intro,omitempty"` // at most 2,000 characters
	Made  time.Time    `json:"made"`
}

// An Entry is a discussion in a collection.
type Entry struct {
	Thread  Number    `json:"thread"`            // under which the discussion lives when it is read
	Title   string    `json:"title,omitempty"`   // shown for its subject; at most 100 characters, one line
	Summary string    `json:"summary,omitempty"` // at most 2,000 characters
	Review  time.Time `json:"review,omitzero"`   // from when on somebody should look whether it still holds; zero: never
	Order   int       `json:"order"`             // place in the collection, from 1
	Added   time.Time `json:"added"`
	By      string    `json:"by"`

	put Number // under which it is kept
}

// Bounds of collections.
const (
	MaxCollections     = 60  // of a list
	MaxEntries         = 200 // of a collection
	MaxEntryTitle      = 100 // characters
	maxCollectionTitle = 100 // characters
	maxSummary         = 2000
)

type (
	// collectionKey finds the collections of a list.
	collectionKey = store.Pair[list.ID, CollectionID]
	// entryKey finds the entries of a collection by the number that the thread had when it was put in.
	entryKey = store.Pair[CollectionID, Number]
)

var (
	collections = store.NewTable("archive.collections", store.PairKey(store.Uint32Key[list.ID](), store.Uint32Key[CollectionID]()),
		store.JSON[Collection]())
	entries = store.NewTable("archive.entries", store.PairKey(store.Uint32Key[CollectionID](), store.Uint32Key[Number]()), store.JSON[Entry]())
)

const collectionNumbers = store.Counter("archive.collections")

// Errors about collections.
var (
	ErrNoCollection    = errors.New("no such collection")
	ErrCollectionTaken = errors.New("another collection has this slug")
	ErrManyCollections = errors.New("the list has as many collections as it can")
	ErrManyEntries     = errors.New("the collection has as many entries as it can")
	ErrNoEntry         = errors.New("the discussion is not in this collection")
)

// Collections returns the collections of a list in the order in which they were made.
func Collections(tx *store.Tx, l list.ID) ([]Collection, error) {
	all := []Collection{}
	for row, err := range store.Prefix(collections, tx, l) {
		if err != nil {
			return nil, err
		}
		all = append(all, row.Value)
	}
	return all, nil
}

// FindCollection finds a collection of a list by its slug, or returns ErrNoCollection.
func FindCollection(tx *store.Tx, l list.ID, slug string) (Collection, error) {
	all, err := Collections(tx, l)
	if err != nil {
		return Collection{}, err
	}
	for _, c := range all {
		if c.Slug == slug {
			return c, nil
		}
	}
	return Collection{}, fmt.Errorf("%w: %q", ErrNoCollection, slug)
}

// CreateCollection makes a collection. Made is false when the list had one with that slug and title already, which is
// returned.
func CreateCollection(tx *store.Tx, c Collection) (_ Collection, made bool, err error) {
	if c, err = c.checked(); err != nil {
		return c, false, err
	}
	all, err := Collections(tx, c.List)
	if err != nil {
		return c, false, err
	}
	for _, o := range all {
		switch {
		case o.Slug == c.Slug && o.Title == c.Title:
			return o, false, nil
		case o.Slug == c.Slug:
			return c, false, fmt.Errorf("%w: %s", ErrCollectionTaken, c.Slug)
		}
	}
	if len(all) >= MaxCollections {
		return c, false, fmt.Errorf("%w, %d", ErrManyCollections, MaxCollections)
	}
	n, err := collectionNumbers.Next(tx)
	if err != nil {
		return c, false, err
	}
	c.ID = CollectionID(n)
	return c, true, collections.Put(tx, collectionKey{A: c.List, B: c.ID}, c)
}

func (c Collection) checked() (_ Collection, err error) {
	if c.Title, err = plainLine("title", c.Title, maxCollectionTitle); err != nil {
		return c, err
	}
	if c.Slug, err = slugFor(c.Slug, c.Title); err != nil {
		return c, err
	}
	c.Intro, err = plainText("introduction", c.Intro, maxSummary)
	return c, err
}

// SaveCollection stores another title or introduction of a collection, and reports whether there was a difference. Its
// slug, by which pages lead to it, stays.
func SaveCollection(tx *store.Tx, c Collection) (_ Collection, changed bool, err error) {
	k := collectionKey{A: c.List, B: c.ID}
	old, ok, err := collections.Get(tx, k)
	if err == nil && !ok {
		err = fmt.Errorf("%w: %q", ErrNoCollection, c.Slug)
	}
	if err != nil {
		return c, false, err
	}
	c.Slug, c.Made = old.Slug, old.Made
	if c, err = c.checked(); err != nil || c == old {
		return c, false, err
	}
	return c, true, collections.Put(tx, k, c)
}

// RemoveCollection removes a collection with its entries, and returns how many there were. The discussions stay.
func RemoveCollection(tx *store.Tx, c Collection) (int, error) {
	all, err := Entries(tx, c.ID)
	if err != nil {
		return 0, err
	}
	for _, e := range all {
		if err := takeOut(tx, c.ID, e); err != nil {
			return 0, err
		}
	}
	return len(all), collections.Delete(tx, collectionKey{A: c.List, B: c.ID})
}

// Entries returns the entries of a collection in their order, each with the number under which its discussion lives now.
// Where two discussions of it became one, both entries stay, because each has its summary.
func Entries(tx *store.Tx, id CollectionID) ([]Entry, error) {
	all := []Entry{}
	for row, err := range store.Prefix(entries, tx, id) {
		if err != nil {
			return nil, err
		}
		e := row.Value
		e.put = row.Key.B
		if e.Thread, err = livingThread(tx, e.put); err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b Entry) int { return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.put, b.put)) })
	return all, nil
}

// EntryOf returns the entry of a discussion, by any number of it, or ErrNoEntry.
func EntryOf(tx *store.Tx, c Collection, n Number) (Entry, error) {
	root, err := livingThread(tx, n)
	if err != nil {
		return Entry{}, err
	}
	all, err := Entries(tx, c.ID)
	if err != nil {
		return Entry{}, err
	}
	if i := indexOfEntry(all, root, n); i >= 0 {
		return all[i], nil
	}
	return Entry{}, fmt.Errorf("thread %d, collection %s: %w", n, c.Slug, ErrNoEntry)
}

// indexOfEntry finds the entry of a thread that lives, rather the one that was made under the number; -1: there is none.
func indexOfEntry(all []Entry, root, n Number) int {
	if i := slices.IndexFunc(all, func(e Entry) bool { return e.Thread == root && e.put == n }); i >= 0 {
		return i
	}
	return slices.IndexFunc(all, func(e Entry) bool { return e.Thread == root })
}

// PutEntry adds a discussion to a collection, or changes its entry, and reports whether there was a difference. The
// thread may be named by any number of it. Order 0 is the end for a new entry, and where it was for another.
func PutEntry(tx *store.Tx, c Collection, e Entry) (_ Entry, changed bool, err error) {
	named := e.Thread
	if e.Thread, err = livingThread(tx, named); err != nil {
		return e, false, err
	}
	p, err := Get(tx, e.Thread)
	if err != nil {
		return e, false, err
	}
	if p.List != c.List {
		return e, false, fmt.Errorf("thread %d and collection %s: %w", e.Thread, c.Slug, ErrOtherList)
	}
	if e.Summary, err = plainText("summary", e.Summary, maxSummary); err != nil {
		return e, false, err
	}
	if e.Title != "" {
		if e.Title, err = plainLine("title", e.Title, MaxEntryTitle); err != nil {
			return e, false, err
		}
	}
	all, err := Entries(tx, c.ID)
	if err != nil {
		return e, false, err
	}
	i := indexOfEntry(all, e.Thread, named)
	switch {
	case i >= 0:
		old := all[i]
		e.put, e.Added, e.By, e.Order = old.put, old.Added, old.By, cmp.Or(e.Order, old.Order)
		if e.Title == old.Title && e.Summary == old.Summary && e.Review.Equal(old.Review) && e.Order == old.Order {
			return old, false, nil
		}
		all[i] = e
	case len(all) >= MaxEntries:
		return e, false, fmt.Errorf("%w, %d", ErrManyEntries, MaxEntries)
	default:
		e.put, e.Order = e.Thread, cmp.Or(e.Order, len(all)+1)
		all, i = append(all, e), len(all)
	}
	if e.Order, err = writeEntries(tx, c.ID, all, i); err != nil {
		return e, false, err
	}
	err = amend(tx, e.put, func(to *curation) {
		if !slices.Contains(to.In, c.ID) {
			to.In = append(to.In, c.ID)
		}
	})
	if err != nil {
		return e, false, err
	}
	return e, true, announceCuration(tx, e.Thread)
}

// writeEntries writes the entry at an index, which wants the place in its Order, and those that give way; it returns the
// place it got.
func writeEntries(tx *store.Tx, id CollectionID, all []Entry, index int) (int, error) {
	put, got := all[index].put, 0
	for place, e := range reposition(all, index, all[index].Order) {
		if e.put != put && e.Order == place+1 {
			continue
		}
		if e.Order = place + 1; e.put == put {
			got = e.Order
		}
		if err := entries.Put(tx, entryKey{A: id, B: e.put}, e); err != nil {
			return 0, err
		}
	}
	return got, nil
}

// RemoveEntry takes a discussion out of a collection, and reports whether it was in it.
func RemoveEntry(tx *store.Tx, c Collection, n Number) (changed bool, err error) {
	root, err := livingThread(tx, n)
	if err != nil {
		return false, err
	}
	all, err := Entries(tx, c.ID)
	if err != nil {
		return false, err
	}
	for _, e := range all {
		if e.Thread != root {
			continue
		}
		changed = true
		if err := takeOut(tx, c.ID, e); err != nil {
			return false, err
		}
	}
	return changed, nil
}

// takeOut removes one entry.
func takeOut(tx *store.Tx, id CollectionID, e Entry) error {
	if err := entries.Delete(tx, entryKey{A: id, B: e.put}); err != nil {
		return err
	}
	out := func(c *curation) { c.In = slices.DeleteFunc(c.In, func(in CollectionID) bool { return in == id }) }
	for _, n := range []Number{e.put, e.Thread} { // after a rebuild it may stand under the other number
		if err := amend(tx, n, out); err != nil {
			return err
		}
	}
	return announceCuration(tx, e.Thread)
}

// A Due is an entry whose review date has come.
type Due struct {
	Collection Collection
	Entry      Entry
}

// DueEntries returns the entries of a list whose review date is not after now, the oldest date first.
func DueEntries(tx *store.Tx, l list.ID, now time.Time) ([]Due, error) {
	all, err := Collections(tx, l)
	if err != nil {
		return nil, err
	}
	due := []Due{}
	for _, c := range all {
		some, err := Entries(tx, c.ID)
		if err != nil {
			return nil, err
		}
		for _, e := range some {
			if !e.Review.IsZero() && !e.Review.After(now) {
				due = append(due, Due{Collection: c, Entry: e})
			}
		}
	}
	slices.SortStableFunc(due, func(a, b Due) int { return a.Entry.Review.Compare(b.Entry.Review) })
	return due, nil
}
