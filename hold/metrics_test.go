package hold

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

func TestFigures(t *testing.T) {
	db := testdb.Open(t)
	testdb.Update(t, db, func(tx *store.Tx) error {
		for _, name := range []string{"one", "two"} {
			if _, err := list.Create(tx, list.List{Name: name, Domain: "lists.example.org", Title: name, Settings: list.DefaultSettings()}); err != nil {
				return err
			}
		}
		for i := range MaxItems + 1 {
			if _, err := Put(tx, Item{List: 1, Key: intake.Key(fmt.Sprint(i)), Until: noon}); err != nil {
				return err
			}
		}
		_, err := Put(tx, Item{List: 2, Key: "of another list", Until: noon})
		return err
	})
	testdb.Update(t, db, func(tx *store.Tx) error { _, _, err := Surplus(tx, 1); return err })
	r := prometheus.NewPedanticRegistry()
	if err := Register(r, db); err != nil {
		t.Fatal(err)
	}
	want := `
# HELP sencoforum_hold_dropped_total Messages that were given up unanswered because their list kept too many, the oldest of strangers first.
# TYPE sencoforum_hold_dropped_total counter
sencoforum_hold_dropped_total 1
# HELP sencoforum_hold_items Messages that wait for somebody's answer before they are posts, on all lists.
# TYPE sencoforum_hold_items gauge
sencoforum_hold_items 1001
`
	if err := testutil.GatherAndCompare(r, strings.NewReader(want)); err != nil {
		t.Error(err)
	}
}
