package list

import (
	"errors"
	"slices"

	"sencoforum/store"
)

// A Reader is a person who may read, with what they are in each list at one moment. Whoever gives out posts takes one, so
// that nothing is given out to nobody. Only signin makes Readers (internal/importrule); the zero Reader reads nothing.
type Reader struct {
	person PersonID
	of     []Membership // in the order of the lists
}

// ReaderOf returns a person as a reader. It is called for each request, so somebody who leaves reads nothing more.
func ReaderOf(tx *store.Tx, p PersonID) (Reader, error) {
	r := Reader{person: p}
	for l, err := range All(tx) {
		if err != nil {
			return Reader{}, err
		}
		m, err := Member(tx, l.ID, p)
		if errors.Is(err, ErrNoMember) {
			continue
		}
		if err != nil {
			return Reader{}, err
		}
		r.of = append(r.of, m)
	}
	return r, nil
}

// Among is the same reader, of no list but these.
func (r Reader) Among(lists []List) Reader {
	r.of = slices.DeleteFunc(slices.Clone(r.of), func(m Membership) bool {
		return !slices.ContainsFunc(lists, func(l List) bool { return l.ID == m.List })
	})
	return r
}

// Only is the same reader, of one list and of no other.
func (r Reader) Only(l ID) Reader {
	r.of = slices.DeleteFunc(slices.Clone(r.of), func(m Membership) bool { return m.List != l })
	return r
}

// Person is who reads, 0 for nobody.
func (r Reader) Person() PersonID { return r.person }

// Lists are those that they may read, in order of number.
func (r Reader) Lists() []ID {
	all := make([]ID, len(r.of))
	for i, m := range r.of {
		all[i] = m.List
	}
	return all
}

// Reads reports whether they may read the posts of a list.
func (r Reader) Reads(l ID) bool { return r.in(l) != nil }

// Moderates reports whether they moderate a list.
func (r Reader) Moderates(l ID) bool { m := r.in(l); return m != nil && m.Role.Moderates() }

// Role is what they are in a list, empty for nothing.
func (r Reader) Role(l ID) Role {
	if m := r.in(l); m != nil {
		return m.Role
	}
	return ""
}

// Memberships are what they are in each list, in order of number; they must not be changed.
func (r Reader) Memberships() []Membership { return r.of }

func (r Reader) in(l ID) *Membership {
	if i := slices.IndexFunc(r.of, func(m Membership) bool { return m.List == l }); i >= 0 {
		return &r.of[i]
	}
	return nil
}
