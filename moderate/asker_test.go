package moderate

import (
	"testing"
	"time"

	"sencoforum/internal/testdb"
	"sencoforum/store"
)

func TestAnAddressGetsTenAnswersADay(t *testing.T) {
	db := testdb.Open(t)
	now := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	jane := Asker{List: 1, Address: testdb.Address(t, "jane@school.example")}
	turn := func(a Asker) (got Turn) {
		testdb.Update(t, db, func(tx *store.Tx) (err error) { got, err = a.Answer(tx, now); return err })
		return got
	}
	for i := range 12 {
		if got, want := turn(jane), (Turn{May: i < 10, Last: i == 9}); got != want {
			t.Errorf("answer %d: %+v, want %+v", i+1, got, want)
		}
	}
	for _, other := range []Asker{{List: 2, Address: jane.Address}, {List: 1, Address: testdb.Address(t, "tom@school.example")}} {
		if !turn(other).May {
			t.Errorf("%+v gets none", other)
		}
	}
	now = now.AddDate(0, 0, 1)
	if got := turn(jane); !got.May || got.Last {
		t.Errorf("on the next day: %+v", got)
	}
}

func TestWhenPeopleReadWhatTheRobotDoesNot(t *testing.T) {
	const min, hour = time.Minute, time.Hour
	type step struct {
		after  time.Duration
		read   bool // the robot understood this one
		people bool
	}
	for name, steps := range map[string][]step{
		"the second in a row":                         {{0, false, false}, {hour, false, true}, {hour, false, true}},
		"a command between":                           {{0, false, false}, {hour, true, false}, {hour, false, false}},
		"a command between, within ten minutes":       {{0, false, false}, {min, true, false}, {min, false, true}},
		"the second on the next day":                  {{0, false, false}, {20 * hour, false, true}},
		"the second after two days":                   {{0, false, false}, {48 * hour, false, false}},
		"a command on the next day, and then neither": {{0, false, false}, {20 * hour, true, false}, {hour, false, false}, {hour, false, true}},
	} {
		db := testdb.Open(t)
		now := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
		a := Asker{List: 1, Address: testdb.Address(t, "jane@school.example")}
		for i, s := range steps {
			now = now.Add(s.after)
			testdb.Update(t, db, func(tx *store.Tx) error {
				if s.read {
					return a.Read(tx, now)
				}
				people, err := a.NotRead(tx, now)
				if people != s.people {
					t.Errorf("%s, mail %d: people read it: %t", name, i+1, people)
				}
				return err
			})
		}
	}
}
