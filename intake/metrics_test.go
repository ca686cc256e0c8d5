package intake

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"sencoforum/internal/testdb"
	"sencoforum/store"
)

func TestMessagesAreCountedByState(t *testing.T) {
	db := testdb.Open(t)
	r := prometheus.NewPedanticRegistry()
	if err := Register(r, db); err != nil {
		t.Fatal(err)
	}
	held := fresh(Held)
	held.Envelope.From = testdb.Address(t, "canary@school.example")
	held.Reasons = []string{"canary words"}
	first := put(t, db, held)
	second := put(t, db, fresh(Waiting))
	put(t, db, fresh(Handled))
	testdb.Update(t, db, func(tx *store.Tx) error {
		if err := Move(tx, first, Status{State: Waiting}); err != nil {
			return err
		}
		return Purge(tx, second, "key")
	})
	text := `
# HELP sencoforum_intake_accepted_total Messages that were answered with 250, since the store was made.
# TYPE sencoforum_intake_accepted_total counter
sencoforum_intake_accepted_total 3
# HELP sencoforum_intake_purged_total Messages that were kept for their time and then removed.
# TYPE sencoforum_intake_purged_total counter
sencoforum_intake_purged_total 1
# HELP sencoforum_intake_unaccounted_messages Accepted messages that no state accounts for. Anything but 0 is a fault: run sencoforum audit.
# TYPE sencoforum_intake_unaccounted_messages gauge
sencoforum_intake_unaccounted_messages 0
# HELP sencoforum_intake_messages Messages by where they stand. held: for a moderator. waiting: the sending delay of a post. expanding, expanded: being sent. shunted: put aside, a person must look.
# TYPE sencoforum_intake_messages gauge
`
	for _, s := range States {
		n := map[State]string{Waiting: "1", Handled: "1"}[s]
		if n == "" {
			n = "0"
		}
		text += `sencoforum_intake_messages{state="` + string(s) + `"} ` + n + "\n"
	}
	if err := testutil.GatherAndCompare(r, strings.NewReader(text)); err != nil { // and nothing else: no words of people
		t.Error(err)
	}
	if problems, err := testutil.GatherAndLint(r); err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
}

func TestALostMessageIsSeen(t *testing.T) {
	db := testdb.Open(t)
	r := prometheus.NewPedanticRegistry()
	if err := Register(r, db); err != nil {
		t.Fatal(err)
	}
	put(t, db, fresh(Waiting))
	testdb.Update(t, db, func(tx *store.Tx) error {
		_, err := live(Waiting).Add(tx, -1)
		return err
	})
	err := testutil.GatherAndCompare(r, strings.NewReader(`
# HELP sencoforum_intake_unaccounted_messages Accepted messages that no state accounts for. Anything but 0 is a fault: run sencoforum audit.
# TYPE sencoforum_intake_unaccounted_messages gauge
sencoforum_intake_unaccounted_messages 1
`), "sencoforum_intake_unaccounted_messages")
	if err != nil {
		t.Error(err)
	}
}

func TestFiguresOfAClosedStoreAreAnError(t *testing.T) {
	db, err := store.Open(t.TempDir()+"/test.db", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := prometheus.NewPedanticRegistry()
	if err := Register(r, db); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Gather(); err == nil || !strings.Contains(err.Error(), "read figures of the intake") {
		t.Errorf("error %v", err)
	}
}
