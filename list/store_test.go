package list

import (
	"errors"
	"testing"
	"time"

	"sencoforum/internal/testdb"
	"sencoforum/store"
)

func forum(name string) List {
	return List{Name: name, Domain: "lists.example.org", Title: "SENCO Forum", Created: time.Unix(0, 0).UTC(), Settings: DefaultSettings()}
}

func TestResolve(t *testing.T) {
	db := testdb.Open(t)
	testdb.Update(t, db, func(tx *store.Tx) error {
		for _, name := range []string{"senco-forum", "staff"} {
			if _, err := Create(tx, forum(name)); err != nil {
				return err
			}
		}
		return nil
	})
	for _, c := range []struct {
		address string
		kind    Kind
		list    string
		token   string
	}{
		{"senco-forum@lists.example.org", KindPost, "senco-forum", ""},
		{"SENCO-Forum@LISTS.example.org", KindPost, "senco-forum", ""},
		{"senco-forum-request@lists.example.org", KindRequest, "senco-forum", ""},
		{"senco-forum-help@lists.example.org", KindRequest, "senco-forum", ""},
		{"senco-forum-join@lists.example.org", KindJoin, "senco-forum", ""},
		{"senco-forum+join@lists.example.org", KindJoin, "senco-forum", ""},
		{"staff-unsubscribe@lists.example.org", KindLeave, "staff", ""},
		{"staff-owner@lists.example.org", KindOwner, "staff", ""},
		{"staff-owner+snc1_x@lists.example.org", KindOwner, "staff", "snc1_x"},
		{"staff-bounces+snc1_x@lists.example.org", KindBounces, "staff", "snc1_x"},
		{"staff-reply+a+b@lists.example.org", KindReply, "staff", "a+b"},
		{"postmaster@lists.example.org", KindOperator, "senco-forum", ""},
		{"Mail-Reports@lists.example.org", KindReports, "senco-forum", ""},
		{"Abuse@lists.example.org", KindOperator, "senco-forum", ""},
		{"staff-bounces@lists.example.org", "", "", ""},
		{"staff-join+token@lists.example.org", "", "", ""},
		{"staff-nonsense@lists.example.org", "", "", ""},
		{"staff+nonsense@lists.example.org", "", "", ""},
		{"staff@other.example", "", "", ""},
		{"postmaster@other.example", "", "", ""},
		{"nobody@lists.example.org", "", "", ""},
	} {
		t.Run(c.address, func(t *testing.T) {
			var got Destination
			err := db.View(func(tx *store.Tx) (err error) {
				got, err = Resolve(tx, testdb.Address(t, c.address))
				return err
			})
			if c.kind == "" {
				if !errors.Is(err, ErrUnknownAddress) {
					t.Errorf("error %v, want ErrUnknownAddress", err)
				}
				return
			}
			if err != nil || got.Kind != c.kind || got.List.Name != c.list || got.Token != c.token {
				t.Errorf("got %s of %q with token %q, error %v", got.Kind, got.List.Name, got.Token, err)
			}
		})
	}
}

func TestAWholeListNameWinsOverAServiceAddress(t *testing.T) {
	db := testdb.Open(t)
	testdb.Update(t, db, func(tx *store.Tx) error {
		if _, err := Create(tx, forum("school")); err != nil {
			return err
		}
		_, err := Create(tx, forum("school-owner-group"))
		return err
	})
	err := db.View(func(tx *store.Tx) error {
		d, err := Resolve(tx, testdb.Address(t, "school-owner-group@lists.example.org"))
		if d.Kind != KindPost || d.List.Name != "school-owner-group" {
			t.Errorf("got %s of %s", d.Kind, d.List.Name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestCheckName(t *testing.T) {
	for name, ok := range map[string]bool{
		"senco-forum": true, "a": true, "abcdefghijklmnopqr": true, "2nd-list": true,
		"abcdefghijklmnopqrs": false, "-x": false, "x-": false, "X": false, "a b": false, "": false,
		"postmaster": false, "abuse": false, "mail-reports": false, "staff-owner": false, "staff-join": false, "a+b": false,
	} {
		if err := CheckName(name); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestPeopleAndMembers(t *testing.T) {
	db := testdb.Open(t)
	var l List
	testdb.Update(t, db, func(tx *store.Tx) (err error) {
		l, err = Create(tx, forum("senco-forum"))
		return err
	})
	testdb.Update(t, db, func(tx *store.Tx) error {
		for _, a := range []string{"priya@school.example", "tom@school.example"} {
			p, err := AddPerson(tx, Person{Address: testdb.Address(t, a), Name: "  Priya\tN. "})
			if err != nil {
				return err
			}
			if err := Join(tx, Membership{List: l.ID, Person: p.ID, Role: RoleModerator, Mode: ModeEvery}); err != nil {
				return err
			}
		}
		return nil
	})
	err := db.View(func(tx *store.Tx) error {
		p, err := FindPerson(tx, testdb.Address(t, "PRIYA@School.example"))
		if err != nil || p.Name != "Priya N." {
			t.Errorf("found %q, error %v", p.Name, err)
		}
		mods, err := Moderators(tx, l.ID)
		if n, _ := Count(tx, l.ID); n != 2 || len(mods) != 2 || err != nil {
			t.Errorf("%d members, %d moderators, error %v", n, len(mods), err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	refused := map[string]func(tx *store.Tx) error{
		"the same address twice": func(tx *store.Tx) error {
			_, err := AddPerson(tx, Person{Address: testdb.Address(t, "Tom@school.example")})
			return err
		},
		"the same membership twice": func(tx *store.Tx) error {
			return Join(tx, Membership{List: l.ID, Person: 1, Role: RoleMember, Mode: ModeEvery})
		},
		"a mode that does not exist": func(tx *store.Tx) error {
			return Join(tx, Membership{List: l.ID, Person: 9, Role: RoleMember, Mode: "hourly"})
		},
		"leaving without membership": func(tx *store.Tx) error { return Leave(tx, l.ID, 9) },
		"a list of the same name":    func(tx *store.Tx) error { _, err := Create(tx, forum("senco-forum")); return err },
	}
	for name, fn := range refused {
		if err := db.Update(fn); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	testdb.Update(t, db, func(tx *store.Tx) error { return Leave(tx, l.ID, 1) })
	if err := db.View(func(tx *store.Tx) error { _, err := Member(tx, l.ID, 1); return err }); !errors.Is(err, ErrNoMember) {
		t.Errorf("after leaving: %v", err)
	}
}

func TestAChangedAddressMovesTheRecord(t *testing.T) {
	db := testdb.Open(t)
	testdb.Update(t, db, func(tx *store.Tx) error {
		_, err := AddPerson(tx, Person{Address: testdb.Address(t, "old@school.example")})
		return err
	})
	testdb.Update(t, db, func(tx *store.Tx) error {
		p, err := GetPerson(tx, 1)
		if err != nil {
			return err
		}
		p.Address = testdb.Address(t, "new@school.example")
		return SavePerson(tx, p)
	})
	err := db.View(func(tx *store.Tx) error {
		if _, err := FindPerson(tx, testdb.Address(t, "old@school.example")); !errors.Is(err, ErrNoPerson) {
			t.Errorf("the old address: %v", err)
		}
		_, err := FindPerson(tx, testdb.Address(t, "new@school.example"))
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestCleanNameShowsNoAddress(t *testing.T) {
	for in, want := range map[string]string{
		"Priya N.": "Priya N.", " Jo\r\nBrown ": "Jo Brown", "jo@school.example": "", "jo＠school.example": "", "Jo\u202enworB": "Jo nworB", "Jo <jo>": "Jo jo", "": "",
	} {
		if got := CleanName(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestMegabytes(t *testing.T) {
	for n, want := range map[int64]string{15 << 20: "15 MB", 2e6: "2 MB", 2 << 20: "2 MB", 1500000: "1.5 MB", 300_000: "300 KB", 0: "0 KB"} {
		if got := Megabytes(n); got != want {
			t.Errorf("%d bytes are written %s", n, got)
		}
	}
}
