package hold

import (
	"sencoforum/message"
	"sencoforum/store"
)

// A Naming is an address that the writer of an item named as theirs, and which has not been looked at yet.
type Naming struct {
	Item    Number
	Nth     uint32 // which one of the item's, from 1
	Address message.Address
}

// NamedTable is the table to watch for news: a naming was put.
const NamedTable = "hold.named"

// Name stores addresses that the writer of an item named, and returns the item with how many that makes. What is stored
// does not depend on whose they are. The error is ErrNoItem when the item is gone.
func Name(tx *store.Tx, n Number, all []message.Address) (Item, error) {
	it, err := Get(tx, n)
	if err != nil {
		return it, err
	}
	for _, a := range all {
		it.Named++
		if err := named.Put(tx, namedKey{A: n, B: uint32(it.Named)}, a.String()); err != nil {
			return it, err
		}
	}
	return it, items.Put(tx, n, it)
}

// FirstNamed returns the oldest naming of the oldest item that has one, or false.
func FirstNamed(tx *store.Tx) (Naming, bool, error) {
	for row, err := range named.All(tx) {
		if err != nil {
			return Naming{}, false, err
		}
		n := Naming{Item: row.Key.A, Nth: row.Key.B}
		n.Address, err = message.ParseAddress(row.Value)
		return n, true, err
	}
	return Naming{}, false, nil
}

// Unname takes out a naming that has been looked at.
func Unname(tx *store.Tx, n Naming) error { return named.Delete(tx, namedKey{A: n.Item, B: n.Nth}) }
