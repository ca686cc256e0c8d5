package list

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/message"
)

func examplePerson() Person {
	return Person{
		ID: 4711, Name: "Siân Hughes", Address: message.Address{Local: "sian", Domain: "ysgol.example"},
		Linked:  []message.Address{{Local: "s.hughes", Domain: "home.example"}, {Local: "s", Domain: "x.example"}},
		Backup:  message.Address{Local: "old", Domain: "home.example"},
		Created: time.Date(2014, 9, 1, 8, 0, 0, 5e6, time.UTC),
	}
}

func exampleMembership() Membership {
	at := time.Date(2026, 11, 22, 17, 5, 0, 123e6, time.UTC)
	return Membership{List: 2, Person: 4711, Role: RoleModerator, Mode: ModeQuestions, PausedUntil: at.Add(time.Hour), Joined: at, JoinedSeq: 99, NoPosting: true}
}

func TestPeopleAndMembershipsAreReadAsTheyWereWritten(t *testing.T) {
	for _, want := range []Person{examplePerson(), {ID: 1, Address: message.Address{Local: "a", Domain: "b"}}, {}} {
		b, _ := appendPerson(nil, want)
		got, err := parsePerson(b)
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Errorf("%v, (-want +got):\n%s", err, d)
		}
	}
	for _, want := range []Membership{exampleMembership(), {NotOwn: true}, {NoRelay: true}, {Holds: 2, Moderated: true}, {Duty: true, NoAck: true}, {Unmailed: true}, {Role: RoleAuditor}, {}} {
		b, _ := appendMembership(nil, want)
		got, err := parseMembership(b)
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Errorf("%v, (-want +got):\n%s", err, d)
		}
	}
}

func TestPeopleAndMembershipsOfAnOlderStoreAreRead(t *testing.T) {
	person, _ := json.Marshal(examplePerson())
	if got, err := parsePerson(person); err != nil || !cmp.Equal(got, examplePerson()) {
		t.Errorf("%v, %v", got, err)
	}
	member, _ := json.Marshal(exampleMembership())
	if got, err := parseMembership(member); err != nil || got != exampleMembership() {
		t.Errorf("%v, %v", got, err)
	}
}

// The bytes on disk: whoever changes them must raise the version and go on reading these.
func TestPeopleAndMembershipsOnDisk(t *testing.T) {
	person, _ := appendPerson(nil, examplePerson())
	member, _ := appendMembership(nil, exampleMembership())
	for _, c := range []struct {
		name string
		got  []byte
		want string
	}{
		{"a person", person, "01e7240c5369c3a26e20487567686573047369616e0d79736" + "76f6c2e6578616d706c65036f6c640c686f6d652e6578616d706c65" + "8598e9818329" + "02" + "08732e6875676865730c686f6d652e6578616d706c65" + "017309782e6578616d706c65"},
		{"a membership", member, "0102e724096d6f64657261746f72097175657374696f6e73db9abba3a034dbbddfa1a0346302"},
	} {
		want, err := hex.DecodeString(c.want)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(c.got, want) {
			t.Errorf("%s:\ngot  %x\nwant %x", c.name, c.got, want)
		}
	}
}

func FuzzPersonAndMembership(f *testing.F) {
	p, _ := appendPerson(nil, examplePerson())
	m, _ := appendMembership(nil, exampleMembership())
	f.Add(p)
	f.Add(m)
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := parsePerson(b); err == nil {
			again, _ := appendPerson(nil, p)
			if q, err := parsePerson(again); err != nil || !cmp.Equal(p, q) {
				t.Errorf("%v became %v, %v", p, q, err)
			}
		}
		if m, err := parseMembership(b); err == nil {
			again, _ := appendMembership(nil, m)
			if n, err := parseMembership(again); err != nil || m != n {
				t.Errorf("%v became %v, %v", m, n, err)
			}
		}
	})
}

// BenchmarkMembership compares the codec with JSON, which it replaced.
func BenchmarkMembership(b *testing.B) {
	m := exampleMembership()
	b.Run("fields", func(b *testing.B) {
		v, _ := appendMembership(nil, m)
		for b.Loop() {
			if _, err := parseMembership(v); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("json", func(b *testing.B) {
		v, _ := json.Marshal(m)
		for b.Loop() {
			var n Membership
			if err := json.Unmarshal(v, &n); err != nil {
				b.Fatal(err)
			}
		}
	})
}
