package list

import (
	"encoding/binary"
	"fmt"

	"sencoforum/message"
	"sencoforum/store"
)

// People and memberships are read once for each copy that is made, so they are not JSON. A value begins with its
// version; a field is only ever added at the end, with a new version that goes on reading the old ones.
const (
	codecVersion = 1
	withHolds    = 2 // of a membership: the number of posts that still wait follows
)

// Before that they were JSON, which a store of those days still holds where nothing was changed since.
var (
	personOfOld     = store.JSON[Person]()
	membershipOfOld = store.JSON[Membership]()
)

func isJSON(b []byte) bool { return len(b) > 0 && b[0] == '{' }

var (
	personCodec     = store.ValueCodec[Person]{Append: appendPerson, Parse: parsePerson}
	membershipCodec = store.ValueCodec[Membership]{Append: appendMembership, Parse: parseMembership}
)

func appendPerson(b []byte, p Person) ([]byte, error) {
	b = binary.AppendUvarint(append(b, codecVersion), uint64(p.ID))
	b = store.AppendText(b, p.Name)
	b = appendAddress(b, p.Address)
	b = appendAddress(b, p.Backup)
	b = store.AppendTime(b, p.Created)
	b = binary.AppendUvarint(b, uint64(len(p.Linked)))
	for _, a := range p.Linked {
		b = appendAddress(b, a)
	}
	return b, nil
}

func parsePerson(b []byte) (Person, error) {
	if isJSON(b) {
		return personOfOld.Parse(b)
	}
	f := store.ReadFields(b, codecVersion)
	p := Person{ID: PersonID(f.Number()), Name: f.Text(), Address: address(f), Backup: address(f), Created: f.Time()}
	for n := f.Number(); n > 0 && f.Err() == nil; n-- {
		p.Linked = append(p.Linked, address(f))
	}
	if err := ended(f); err != nil {
		return Person{}, fmt.Errorf("parse person: %w", err)
	}
	return p, nil
}

func appendMembership(b []byte, m Membership) ([]byte, error) {
	version := byte(codecVersion)
	if m.Holds > 0 {
		version = withHolds
	}
	b = binary.AppendUvarint(append(b, version), uint64(m.List))
	b = binary.AppendUvarint(b, uint64(m.Person))
	b = store.AppendText(b, string(m.Role))
	b = store.AppendText(b, string(m.Mode))
	b = store.AppendTime(b, m.PausedUntil)
	b = store.AppendTime(b, m.Joined)
	b = binary.AppendUvarint(b, m.JoinedSeq)
	b = store.AppendFlags(b, m.NotOwn, m.NoPosting, m.Suspended, m.NoRelay, m.Moderated, m.Duty, m.NoAck, m.Unmailed)
	if version == withHolds {
		b = binary.AppendUvarint(b, uint64(m.Holds))
	}
	return b, nil
}

func parseMembership(b []byte) (Membership, error) {
	if isJSON(b) {
		return membershipOfOld.Parse(b)
	}
	version := byte(codecVersion)
	if len(b) > 0 && b[0] == withHolds {
		version = withHolds
	}
	f := store.ReadFields(b, version)
	m := Membership{
		List: ID(f.Number()), Person: PersonID(f.Number()), Role: Role(f.Text()), Mode: DeliveryMode(f.Text()),
		PausedUntil: f.Time(), Joined: f.Time(), JoinedSeq: f.Number(),
	}
	f.Flags(&m.NotOwn, &m.NoPosting, &m.Suspended, &m.NoRelay, &m.Moderated, &m.Duty, &m.NoAck, &m.Unmailed)
	if version == withHolds {
		m.Holds = int(min(f.Number(), uint64(MaxLimit)))
	}
	if err := ended(f); err != nil {
		return Membership{}, fmt.Errorf("parse membership: %w", err)
	}
	return m, nil
}

func appendAddress(b []byte, a message.Address) []byte {
	return store.AppendText(store.AppendText(b, a.Local), a.Domain)
}

func address(f *store.Fields) message.Address {
	return message.Address{Local: f.Text(), Domain: f.Text()}
}

// ended tells what was wrong with a value, or that it goes on behind its end.
func ended(f *store.Fields) error {
	if f.Err() == nil && len(f.Rest()) > 0 {
		return fmt.Errorf("%d bytes behind the end", len(f.Rest()))
	}
	return f.Err()
}
