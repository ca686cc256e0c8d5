package archive

import (
	"errors"
	"fmt"
	"time"

	"sencoforum/list"
	"sencoforum/store"
)

// A LegalEra ends with a change of the law: posts from before it carry a sentence, because what they advise may be wrong
// now.
type LegalEra struct {
	List     list.ID   `json:"list"`
	Before   time.Time `json:"before"`   // the beginning of the day on which the law changed; not before 1970
	Sentence string    `json:"sentence"` // 1 to 300 characters, one line
}

// Bounds of eras.
const (
	MaxEras     = 12 // of a list
	maxSentence = 300
)

// eraKey orders the eras of a list by their end, in Unix seconds.
type eraKey = store.Pair[list.ID, uint64]

var eras = store.NewTable("archive.eras", store.PairKey(store.Uint32Key[list.ID](), store.Uint64Key[uint64]()), store.JSON[LegalEra]())

// Errors about eras.
var (
	ErrNoEra    = errors.New("no legal era ends on that day")
	ErrManyEras = errors.New("the list has as many legal eras as it can")
)

func keyOfEra(l list.ID, before time.Time) (eraKey, error) {
	if before.Unix() <= 0 {
		return eraKey{}, fmt.Errorf("%w: a legal era ends after 1 January 1970", ErrWords)
	}
	return eraKey{A: l, B: uint64(before.Unix())}, nil
}

// SetEra adds an era to a list, or gives one that ends on the same day another sentence. It reports whether there was a
// difference.
func SetEra(tx *store.Tx, e LegalEra) (_ LegalEra, changed bool, err error) {
	k, err := keyOfEra(e.List, e.Before)
	if err != nil {
		return e, false, err
	}
	e.Before = e.Before.UTC()
	if e.Sentence, err = plainLine("sentence", e.Sentence, maxSentence); err != nil {
		return e, false, err
	}
	all, err := Eras(tx, e.List)
	if err != nil {
		return e, false, err
	}
	old, ok, err := eras.Get(tx, k)
	switch {
	case err != nil:
		return e, false, err
	case ok && old.Sentence == e.Sentence:
		return old, false, nil
	case !ok && len(all) >= MaxEras:
		return e, false, fmt.Errorf("%w, %d", ErrManyEras, MaxEras)
	}
	return e, true, eras.Put(tx, k, e)
}

// RemoveEra removes the era of a list that ends on a day, or returns ErrNoEra.
func RemoveEra(tx *store.Tx, l list.ID, before time.Time) error {
	k, err := keyOfEra(l, before)
	if err != nil {
		return err
	}
	ok, err := eras.Has(tx, k)
	if err == nil && !ok {
		err = ErrNoEra
	}
	if err != nil {
		return err
	}
	return eras.Delete(tx, k)
}

// Eras returns the eras of a list, the earliest first.
func Eras(tx *store.Tx, l list.ID) ([]LegalEra, error) {
	all := []LegalEra{}
	for row, err := range store.Prefix(eras, tx, l) {
		if err != nil {
			return nil, err
		}
		all = append(all, row.Value)
	}
	return all, nil
}

// Era returns the sentence that a post carries because of the time at which it was written; empty: none. Of several
// eras the one that ended first after that time counts. A time that is not known is in none. It reads one row.
func Era(tx *store.Tx, l list.ID, written time.Time) (sentence string, err error) {
	if written.IsZero() {
		return "", nil
	}
	from := uint64(max(written.Unix(), 0)) + 1
	for row, err := range store.PrefixFrom(eras, tx, l, from) {
		return row.Value.Sentence, err
	}
	return "", nil
}
