package moderate

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

const letter = "From: Jo Brown <jo@university.example>\r\nSubject: A study about SENCO workload\r\n\r\nDear colleagues,\r\nwe are looking for SENCOs.\r\n"

// desk is a list with one moderator, Asha, and a letter to the owners.
func desk(t *testing.T, kind list.Kind) (*store.DB, *Forwarder) {
	t.Helper()
	db := testdb.Open(t)
	keys, err := token.Open(filepath.Join(t.TempDir(), "token.keys"))
	if err != nil {
		t.Fatal(err)
	}
	f := NewForwarder(db, keys, testdb.Address(t, "operator@host.example"), func() time.Time { return noon })
	testdb.Update(t, db, func(tx *store.Tx) error {
		l, err := list.Create(tx, list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum", Settings: list.DefaultSettings()})
		if err != nil {
			return err
		}
		p, err := list.AddPerson(tx, list.Person{Address: testdb.Address(t, "asha@school.example")})
		if err != nil {
			return err
		}
		if err := list.Join(tx, list.Membership{List: l.ID, Person: p.ID, Role: list.RoleModerator, Mode: list.ModeNone}); err != nil {
			return err
		}
		_, err = intake.Put(tx, intake.New{
			Record: intake.Record{Kind: string(kind), List: 1, Sender: string(list.Verified), Envelope: message.Envelope{Received: noon}},
			Raw:    store.NewBlob([]byte(letter)), State: intake.Handled,
		})
		return err
	})
	return db, f
}

// forward puts the rows for a destination and returns them.
func forward(t *testing.T, db *store.DB, f *Forwarder, kind list.Kind) []queue.Row {
	t.Helper()
	var rows []queue.Row
	testdb.Update(t, db, func(tx *store.Tx) error {
		l, err := list.Get(tx, 1)
		if err != nil {
			return err
		}
		to, err := f.Recipients(tx, list.Destination{Kind: kind, List: l})
		if err != nil {
			return err
		}
		return f.Forward(tx, 1, 1, to)
	})
	testdb.View(t, db, func(tx *store.Tx) error {
		for r, err := range queue.List(tx, queue.Filter{}) {
			if err != nil {
				return err
			}
			rows = append(rows, r)
		}
		return nil
	})
	return rows
}

func TestAModeratorReadsWhoWroteAndMayAnswer(t *testing.T) {
	db, f := desk(t, list.KindOwner)
	rows := forward(t, db, f, list.KindOwner)
	if len(rows) != 1 {
		t.Fatalf("%d rows", len(rows))
	}
	out, err := f.Render(context.Background(), rows[0])
	if err != nil {
		t.Fatal(err)
	}
	got := string(out.Header) + string(out.Body)
	for _, want := range []string{
		"From: SENCO Forum moderators <senco-forum-owner@lists.example.org>\r\n",
		"To: asha@school.example\r\n", "Reply-To: SENCO Forum moderators\r\n <senco-forum-owner+snc1_",
		"Subject: To the moderators - Jo Brown: \"A study about SENCO workload\"\r\n",
		"Auto-Submitted: auto-generated\r\n", "X-Auto-Response-Suppress: All\r\n",
		"> Dear colleagues,\r\n> we are looking for SENCOs.\r\n", "not a member's",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("without %q", want)
		}
	}
	if strings.Contains(got, "List-Post") || out.To.String() != "asha@school.example" || !strings.HasPrefix(out.From.Local, "senco-forum-bounces+snc1_") {
		t.Errorf("to %s from %s:\n%s", out.To, out.From, got)
	}
	for line := range strings.Lines(got) {
		if len(strings.TrimRight(line, "\r\n")) > 78 {
			t.Errorf("a line of %d characters: %s", len(line), line)
		}
	}
}

func TestWhoIsNoModeratorAnyMoreGetsNothing(t *testing.T) {
	db, f := desk(t, list.KindOwner)
	rows := forward(t, db, f, list.KindOwner)
	testdb.Update(t, db, func(tx *store.Tx) error {
		return list.SaveMember(tx, list.Membership{List: 1, Person: 1, Role: list.RoleMember, Mode: list.ModeNone})
	})
	if _, err := f.Render(context.Background(), rows[0]); !errors.Is(err, queue.ErrDropped) {
		t.Errorf("error %v, want ErrDropped", err)
	}
}

func TestTheOperatorStandsInWhereThereIsNoModerator(t *testing.T) {
	db, f := desk(t, list.KindOwner)
	testdb.Update(t, db, func(tx *store.Tx) error { return list.Leave(tx, 1, 1) })
	for _, kind := range []list.Kind{list.KindOwner, list.KindOperator} {
		testdb.View(t, db, func(tx *store.Tx) error {
			l, err := list.Get(tx, 1)
			if err != nil {
				return err
			}
			to, err := f.Recipients(tx, list.Destination{Kind: kind, List: l})
			if len(to) != 1 || to[0].Address.String() != "operator@host.example" {
				t.Errorf("mail for %s goes to %v", kind, to)
			}
			return err
		})
	}
	rows := forward(t, db, f, list.KindOperator)
	out, err := f.Render(context.Background(), rows[0])
	if err != nil || out.To.String() != "operator@host.example" {
		t.Errorf("to %s, error %v", out.To, err)
	}
}
