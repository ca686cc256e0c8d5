package list

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"
	"unicode"

	"sencoforum/message"
	"sencoforum/store"
)

// PersonID is the number of a person on this server, from 1, never used again.
type PersonID uint32

// A Person is somebody who has proved one or more addresses.
type Person struct {
	ID      PersonID          `json:"id"`
	Name    string            `json:"name,omitempty"` // as shown to members; empty means "A member"
	Address message.Address   `json:"address"`        // where mail goes
	Linked  []message.Address `json:"linked,omitempty"`
	Backup  message.Address   `json:"backup,omitzero"`
	Created time.Time         `json:"created"`
}

// Errors of people.
var (
	ErrNoPerson     = errors.New("no such person")
	ErrAddressTaken = errors.New("that address already belongs to somebody")
)

// maxPersonName keeps a From field readable on a telephone.
const maxPersonName = 80

// Addresses are all the addresses by which a person may write.
func (p Person) Addresses() []message.Address {
	return append([]message.Address{p.Address}, p.Linked...)
}

// CleanName makes a name fit to be shown: one line, no address in it, bounded.
// It returns the empty string when nothing remains.
func CleanName(name string) string {
	name = strings.Join(strings.FieldsFunc(name, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf) || strings.ContainsRune("<>\"\ufffd", r)
	}), " ")
	if strings.ContainsAny(name, "@\uff20\ufe6b") {
		return ""
	}
	if r := []rune(name); len(r) > maxPersonName {
		name = strings.TrimSpace(string(r[:maxPersonName]))
	}
	return name
}

// AddPerson stores a new person and gives a number. It returns ErrAddressTaken
// when one of the addresses is somebody's already.
func AddPerson(tx *store.Tx, p Person) (Person, error) {
	if p.Address.IsZero() {
		return Person{}, errors.New("add person: no address")
	}
	n, err := personNumbers.Next(tx)
	if err != nil {
		return Person{}, err
	}
	p.ID, p.Name = PersonID(n), CleanName(p.Name)
	for _, a := range p.Addresses() {
		if err := claim(tx, a, p.ID); err != nil {
			return Person{}, err
		}
	}
	if err := rename(tx, p.ID, "", p.Name); err != nil {
		return Person{}, err
	}
	return p, people.Put(tx, p.ID, p)
}

func claim(tx *store.Tx, a message.Address, id PersonID) error {
	owner, ok, err := byAddress.Get(tx, a.Key())
	if err != nil {
		return err
	}
	if ok && owner != id {
		return fmt.Errorf("%s: %w", a, ErrAddressTaken)
	}
	return byAddress.Put(tx, a.Key(), id)
}

// SavePerson stores a changed person and moves the address records along.
func SavePerson(tx *store.Tx, p Person) error {
	old, err := GetPerson(tx, p.ID)
	if err != nil {
		return err
	}
	for _, a := range old.Addresses() {
		if err := byAddress.Delete(tx, a.Key()); err != nil {
			return err
		}
	}
	for _, a := range p.Addresses() {
		if err := claim(tx, a, p.ID); err != nil {
			return err
		}
	}
	p.Name = CleanName(p.Name)
	if err := rename(tx, p.ID, old.Name, p.Name); err != nil {
		return err
	}
	return people.Put(tx, p.ID, p)
}

// GetPerson returns a person by number, or ErrNoPerson.
func GetPerson(tx *store.Tx, id PersonID) (Person, error) {
	p, ok, err := people.Get(tx, id)
	if err == nil && !ok {
		err = fmt.Errorf("person %d: %w", id, ErrNoPerson)
	}
	return p, err
}

// FindPerson returns the person who has proved an address, or ErrNoPerson.
func FindPerson(tx *store.Tx, a message.Address) (Person, error) {
	id, ok, err := byAddress.Get(tx, a.Key())
	if err != nil {
		return Person{}, err
	}
	if !ok {
		return Person{}, fmt.Errorf("%s: %w", a, ErrNoPerson)
	}
	return GetPerson(tx, id)
}

// People yields every person in order of number.
func People(tx *store.Tx) iter.Seq2[Person, error] {
	return func(yield func(Person, error) bool) {
		for row, err := range people.All(tx) {
			if !yield(row.Value, err) || err != nil {
				return
			}
		}
	}
}

// Forget takes away the record of a person and of their addresses, and their memberships. Their
// number is never given to anybody else.
func Forget(tx *store.Tx, id PersonID) error {
	p, err := GetPerson(tx, id)
	if err != nil {
		return err
	}
	for l, err := range All(tx) {
		if err != nil {
			return err
		}
		if err := Leave(tx, l.ID, id); err != nil && !errors.Is(err, ErrNoMember) {
			return err
		}
	}
	for _, a := range p.Addresses() {
		if err := byAddress.Delete(tx, a.Key()); err != nil {
			return err
		}
	}
	if err := rename(tx, id, p.Name, ""); err != nil {
		return err
	}
	if err := forgetChoices(tx, id); err != nil {
		return err
	}
	return people.Delete(tx, id)
}
