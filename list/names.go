package list

import (
	"crypto/sha256"
	"fmt"

	"sencoforum/message"
	"sencoforum/store"
)

// The names of people are found by what they look like, so that a post under somebody else's name is seen. A row is a
// digest and a number, never a name.

// namesVersion changes with what message.Skeleton does; IndexNames then writes every row anew.
const namesVersion = 1

// nameKey is a digest of the skeleton of a name, and the person who has it.
type nameKey = store.Pair[string, PersonID]

func nameOf(name string) string {
	s := message.Skeleton(CleanName(name))
	if s == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(s))
	return string(sum[:16])
}

// rename keeps the index in step with a person's name.
func rename(tx *store.Tx, id PersonID, from, to string) error {
	before, after := nameOf(from), nameOf(to)
	if before == after {
		return nil
	}
	if before != "" {
		if err := names.Delete(tx, nameKey{A: before, B: id}); err != nil {
			return err
		}
	}
	if after == "" {
		return nil
	}
	return names.Put(tx, nameKey{A: after, B: id}, struct{}{})
}

// Alike returns the people whose stored name cannot be told from the given one by eye, at most most of them.
func Alike(tx *store.Tx, name string, most int) (found []PersonID, err error) {
	digest := nameOf(name)
	if digest == "" {
		return nil, nil
	}
	for row, err := range store.Prefix(names, tx, digest) {
		if err != nil {
			return nil, err
		}
		if found = append(found, row.Key.B); len(found) == most {
			break
		}
	}
	return found, nil
}

// AlikeMember reports whether a name cannot be told from that of another member of the list, or from the list's own.
func AlikeMember(tx *store.Tx, l List, name string, self PersonID) (bool, error) {
	s := message.Skeleton(CleanName(name))
	if s != "" && (s == message.Skeleton(l.Title) || s == message.Skeleton(l.Title+" moderators")) {
		return true, nil
	}
	const most = 20
	found, err := Alike(tx, name, most)
	if err != nil {
		return false, err
	}
	for _, p := range found {
		if p == self {
			continue
		}
		is, err := members.Has(tx, memberKey(l.ID, p))
		if err != nil || is {
			return is, err
		}
	}
	return false, nil
}

// IndexNames writes the index of names where it is missing, or was made by an older version. It is part of the start, and
// reports how many people have a name.
func IndexNames(tx *store.Tx) (int, error) {
	v, err := namesMade.Value(tx)
	if err != nil || v == namesVersion {
		return 0, err
	}
	for row, err := range names.All(tx) {
		if err != nil {
			return 0, err
		}
		if err := names.Delete(tx, row.Key); err != nil {
			return 0, err
		}
	}
	n := 0
	for p, err := range People(tx) {
		if err != nil {
			return n, err
		}
		if err := rename(tx, p.ID, "", p.Name); err != nil {
			return n, fmt.Errorf("index name of person %d: %w", p.ID, err)
		}
		if p.Name != "" {
			n++
		}
	}
	_, err = namesMade.Add(tx, namesVersion-int64(v))
	return n, err
}
