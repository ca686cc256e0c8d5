package incoming

import (
	"fmt"
	"testing"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

// BenchmarkRequest takes requests that nobody could check, for addresses of members, of strangers and of who is banned. The
// three must take the same time, or the time would tell who is a member.
func BenchmarkRequest(b *testing.B) {
	const people = 2000
	for name, form := range map[string]string{"member": "p%d@school.example", "stranger": "q%d@school.example", "banned": "p%d@banned.example"} {
		b.Run(name, func(b *testing.B) {
			o := open(b)
			testdb.Update(b, o.db, func(tx *store.Tx) error {
				for i := range people {
					p, err := list.AddPerson(tx, list.Person{Address: testdb.Address(b, fmt.Sprintf("p%d@school.example", i))})
					if err != nil {
						return err
					}
					if err := list.Join(tx, list.Membership{List: 1, Person: p.ID, Role: list.RoleMember, Mode: list.ModeEvery}); err != nil {
						return err
					}
				}
				return list.AddBan(tx, 1, list.Ban{Pattern: "@banned.example"})
			})
			i := 0
			for b.Loop() {
				i++
				m := mailFrom(fmt.Sprintf(form, i%people), "senco-forum-leave@lists.example.org", fmt.Sprint("x", i), "")
				m.client = fmt.Sprintf("10.%d.%d.1", i/2560%256, i/10%256)
				if err := o.receive(b, m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
