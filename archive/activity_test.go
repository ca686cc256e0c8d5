package archive

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/calendar"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

// months are figures as a line for each month.
func activityOf(t *testing.T, o *Overview) (all []string) {
	t.Helper()
	months, err := o.activity(1, calendar.London())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range months {
		all = append(all, fmt.Sprint(m.Year, m.Month, ": ", m.Posts, " posts, ", m.Begun, " begun, ", m.Questions, " questions, ", m.Answered))
	}
	return all
}

func compareActivity(t *testing.T, kept, read *Overview) {
	t.Helper()
	if d := cmp.Diff(activityOf(t, read), activityOf(t, kept)); d != "" {
		t.Fatalf("the figures that follow differ from those that were read (+):\n%s", d)
	}
}

// asked is an archive with questions that waited for as long as their answers say.
func asked(t *testing.T) (*Overview, *store.DB) {
	asks, answers := "Does anyone know whether pens are allowed?\n", "We use the long form for all of them, and it has always been allowed.\n"
	month := 24 * 31
	var mails []mail
	for i, c := range []struct {
		begun, wait int // hours
	}{{0, 1}, {1, 24}, {2, 30}, {3, 7 * 24}, {4, 3 * month}, {month, -5}, {month + 1, 0}} {
		ask := mail{id: fmt.Sprintf("q%d@x", i), from: "P <p@school.example>", hours: c.begun, body: asks}
		mails = append(mails, ask)
		if c.wait != 0 {
			mails = append(mails, mail{id: fmt.Sprintf("a%d@x", i), from: "Q <q@school.example>", hours: c.begun + c.wait, body: answers,
				header: fmt.Sprintf("References: <q%d@x>\n", i)})
		}
	}
	mails = append(mails, mail{id: "n@x", from: "P <p@school.example>", hours: 1, body: "The new handbook is out.\n"})
	db := build(t, mails...)
	return newTable(t, db), db
}

func TestActivityCountsPostsAndWaits(t *testing.T) {
	o, db := asked(t)
	begin := noon.In(calendar.London())
	want := []string{
		fmt.Sprint(begin.Year(), begin.Month(), ": 10 posts, 6 begun, 5 questions, [1 1 1 1 1]"),
	}
	got := activityOf(t, o)
	t.Log(got)
	if len(got) != 3 || got[0] != want[0] {
		t.Errorf("got %q, want first %q", got, want)
	}
	testdb.Update(t, db, func(tx *store.Tx) error { _, err := Hide(tx, 2, Seal{}, noon); return err }) // the quickest answer
	hidden := fmt.Sprint(begin.Year(), begin.Month(), ": 9 posts, 6 begun, 5 questions, [0 1 1 1 1]")
	if got := activityOf(t, o); got[0] != hidden {
		t.Errorf("with a hidden answer: %q, want %q", got[0], hidden)
	}
}

// Whoever does not read a list learns nothing of how much is written there.
func TestActivityIsForReaders(t *testing.T) {
	o, _ := asked(t)
	got, err := o.Activity(list.Reader{}, 1, time.UTC)
	if err != nil || got != nil {
		t.Errorf("%v, %v", got, err)
	}
}
