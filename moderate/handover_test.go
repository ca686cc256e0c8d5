package moderate

import (
	"strings"
	"testing"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/store"
)

func TestAMailIsHandedOverAndItsWriterIsTold(t *testing.T) {
	db, f := desk(t, list.KindRequest)
	margaret := list.Person{Address: testdb.Address(t, "margaret@school.example")}
	testdb.Update(t, db, func(tx *store.Tx) error {
		l, err := list.Get(tx, 1)
		if err != nil {
			return err
		}
		n, err := f.HandOver(tx, Handing{Message: 1, List: l, To: margaret, Answers: "<a@school.example>", Read: "Hello, I wonder"})
		if err != nil || n != 1 {
			t.Errorf("%d people, %v", n, err)
		}
		kinds := map[string]string{}
		for r, err := range queue.List(tx, queue.Filter{}) {
			if err != nil {
				return err
			}
			kinds[r.Kind] = string(r.Payload)
		}
		if len(kinds) != 2 || !strings.Contains(kinds[queue.LetterKind], "I read: \"Hello, I wonder\"") || !strings.Contains(kinds[queue.LetterKind], "Auto-Submitted: auto-replied") {
			t.Errorf("rows %q", kinds)
		}
		if err := list.Leave(tx, 1, 1); err != nil {
			return err
		}
		f.operator.Local, f.operator.Domain = "", ""
		if n, err = f.HandOver(tx, Handing{Message: 1, List: l, To: margaret}); err != nil || n != 0 {
			t.Errorf("to nobody: %d people, %v", n, err)
		}
		return nil
	})
}
