package moderate

import (
	"maps"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

func TestWhatIsDueToTheSecond(t *testing.T) {
	for _, c := range []struct {
		name    string
		kind    string
		state   intake.State
		reasons []string
		keep    time.Duration
		want    step
	}{
		{"rejected", "post", intake.Rejected, nil, 90 * day, stepPurge},
		{"discarded", "post", intake.Discarded, nil, 30 * day, stepPurge},
		{"automatic, its text", "post", intake.Discarded, []string{"automatic", "vacation"}, 7 * day, stepText},
		{"automatic, its row", "post", intake.Discarded, []string{"automatic"}, 30 * day, stepPurge},
		{"withdrawn", "post", intake.Withdrawn, nil, 30 * day, stepText},
		{"duplicate", "post", intake.Duplicate, nil, 30 * day, stepPurge},
		{"a returned copy", string(list.KindBounces), intake.Handled, nil, 30 * day, stepPurge},
		{"mail to people", string(list.KindOwner), intake.Handled, nil, 90 * day, stepPurge},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := intake.Record{Kind: c.kind, Reasons: c.reasons}
			s := intake.Status{State: c.state, Since: noon}
			at := noon.Add(c.keep)
			if before := due(r, s, at.Add(-time.Second)); before == c.want {
				t.Errorf("a second before its time it is due")
			}
			if got := due(r, s, at); got != c.want {
				t.Errorf("at its time: %d, want %d", got, c.want)
			}
			if got := due(r, s, at.Add(time.Second)); got != c.want {
				t.Errorf("a second after its time: %d, want %d", got, c.want)
			}
		})
	}
	for _, s := range []intake.State{intake.Held, intake.Waiting, intake.Expanding, intake.Expanded, intake.Done, intake.Shunted, intake.Erased} {
		if got := due(intake.Record{Kind: "post"}, intake.Status{State: s, Since: noon}, noon.AddDate(50, 0, 0)); got != stepNone {
			t.Errorf("%s is due after fifty years", s)
		}
	}
	for _, k := range []list.Kind{list.KindReports, list.KindAuthor} {
		if got := due(intake.Record{Kind: string(k)}, intake.Status{State: intake.Handled, Since: noon}, noon.AddDate(50, 0, 0)); got != stepNone {
			t.Errorf("mail to %s has another keeper", k)
		}
	}
}

// archived is a store with a list and posts of those ages, in years.
func archived(t *testing.T, years ...int) (*store.DB, *Eraser, list.List) {
	t.Helper()
	db, _ := desk(t, list.KindOwner)
	ledger, err := OpenLedger(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var l list.List
	testdb.Update(t, db, func(tx *store.Tx) (err error) {
		if l, err = list.Get(tx, 1); err != nil {
			return err
		}
		for i, y := range years {
			raw := []byte("From: Priya <priya@school.example>\r\nSubject: words\r\nMessage-ID: <" + string(rune('a'+i)) + "@x>\r\n\r\nA text that is old.\r\n")
			m := message.Parse(raw)
			at := noon.AddDate(-y, 0, 0)
			id, err := intake.Put(tx, intake.New{Record: intake.Record{Kind: "post", List: 1, MessageID: m.MessageID(), Envelope: message.Envelope{Received: at}},
				Raw: store.NewBlob(raw), State: intake.Done})
			if err != nil {
				return err
			}
			n := archive.Describe(m, "", at)
			n.List, n.Intake, n.Author = 1, id, 1
			if _, err = archive.Import(tx, n); err != nil {
				return err
			}
		}
		return nil
	})
	return db, NewEraser(db, nil, ledger), l
}

func TestPostsGrowTooOldOnlyWhereTheListSaysSo(t *testing.T) {
	db, e, l := archived(t, 1, 10, 11, 12)
	by := By{Actor: "server", Now: noon}
	look := func() map[string]int {
		t.Helper()
		dry, err := e.Retain(by, true)
		if err != nil {
			t.Fatal(err)
		}
		return dry.Posts
	}
	if got := look(); len(got) != 0 {
		t.Errorf("with no limit: %v", got)
	}
	l.KeepPosts = 120
	testdb.Update(t, db, func(tx *store.Tx) error { return list.Save(tx, l) })
	by.Now = noon.Add(-time.Second)
	if got := look(); got["senco-forum"] != 2 {
		t.Errorf("a second before the second is ten years old: %v", got)
	}
	by.Now = noon
	if got := look(); got["senco-forum"] != 3 {
		t.Errorf("when the second is ten years old: %v", got)
	}
	testdb.Update(t, db, func(tx *store.Tx) error {
		_, err := archive.Hide(tx, 4, archive.Seal{Reason: "police", Until: noon.Add(time.Hour)}, noon)
		return err
	})
	done, err := e.Retain(by, false)
	if err != nil || done.Posts["senco-forum"] != 2 || done.Sealed != 1 {
		t.Errorf("done %+v, %v; want two posts, and one that is sealed", done, err)
	}
	if got := look(); len(got) != 0 {
		t.Errorf("afterwards: %v", got)
	}
	states := map[archive.Visibility]int{}
	err = db.View(func(tx *store.Tx) error {
		for p, err := range archive.All(tx, 0) {
			if err != nil {
				return err
			}
			states[p.State]++
		}
		return nil
	})
	want := map[archive.Visibility]int{archive.Published: 1, archive.Erased: 2, archive.Hidden: 1}
	if err != nil || !maps.Equal(states, want) {
		t.Errorf("posts %v, want %v, %v", states, want, err)
	}
}

func TestWhatIsPurgedIsCounted(t *testing.T) {
	db, e, _ := archived(t)
	testdb.Update(t, db, func(tx *store.Tx) error {
		for i := range 250 {
			raw := []byte("From: Jo <jo@x.example>\r\n\r\nvacation\r\n")
			_, err := intake.Put(tx, intake.New{Record: intake.Record{Kind: "post", List: 1, Reasons: []string{"automatic"}, Envelope: message.Envelope{Received: noon.Add(time.Duration(i))}},
				Raw: store.NewBlob(raw), State: intake.Discarded})
			if err != nil {
				return err
			}
		}
		return nil
	})
	run := func(after time.Duration) Retained {
		t.Helper()
		r, err := e.Retain(By{Actor: "server", Now: noon.Add(after)}, false)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := run(8 * day); r.Texts != 250 || len(r.Purged) != 0 {
		t.Errorf("after eight days: %+v", r)
	}
	if r := run(8 * day); r.Total() != 0 {
		t.Errorf("once more: %+v", r)
	}
	if r := run(31 * day); r.Purged[intake.Discarded] != 250 {
		t.Errorf("after 31 days: %+v", r)
	}
	if r := run(91 * day); r.Purged[intake.Handled] != 1 {
		t.Errorf("after 91 days: %+v", r)
	}
	err := db.View(func(tx *store.Tx) error {
		report, err := intake.Audit(tx)
		if len(report.Faults) > 0 || report.Accepted != 251 || report.Purged[intake.Discarded] != 250 {
			t.Errorf("audit %+v", report)
		}
		for range audit.All(tx) {
			t.Error("the rows of a purge are no acts of a person")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAPostForNoArchiveGoesThirtyDaysAfterItsDelivery(t *testing.T) {
	p := archive.Post{State: archive.Published, NoArchive: true, Accepted: noon.Add(-time.Hour), Published: noon, Written: noon.AddDate(-9, 0, 0)}
	at := noon.Add(30 * day)
	if postDue(p, 0, at.Add(-time.Second)) || !postDue(p, 0, at) || !postDue(p, 0, at.Add(time.Second)) {
		t.Error("it goes at another moment")
	}
	p.NoArchive = false
	if postDue(p, 0, at) || !postDue(p, 12, at) {
		t.Error("others go when their list says so")
	}
	if p.NoArchive, p.State = true, archive.Erased; postDue(p, 12, at) {
		t.Error("what is erased is due again")
	}

	db, e, _ := archived(t)
	testdb.Update(t, db, func(tx *store.Tx) error {
		for i := range 2 {
			raw := []byte("From: Priya <priya@school.example>\r\nX-No-Archive: yes\r\nMessage-ID: <" + string(rune('a'+i)) + "@x>\r\n\r\nwords\r\n")
			m := message.Parse(raw)
			id, err := intake.Put(tx, intake.New{Record: intake.Record{Kind: "post", List: 1, MessageID: m.MessageID()}, Raw: store.NewBlob(raw), State: intake.Waiting})
			if err != nil {
				return err
			}
			n := archive.Describe(m, "", noon)
			n.List, n.Intake, n.Author = 1, id, 1
			stored, err := archive.Accept(tx, n)
			if err != nil {
				return err
			}
			if _, err = archive.Publish(tx, stored.Number, noon, 2); err != nil {
				return err
			}
		}
		_, err := archive.Hide(tx, 2, archive.Seal{Reason: "police", Until: at.Add(time.Hour)}, noon)
		return err
	})
	done, err := e.Retain(By{Actor: "server", Now: at}, false)
	if err != nil || done.Posts["senco-forum"] != 1 || done.Sealed != 1 {
		t.Errorf("done %+v, %v; want one, and one that is sealed", done, err)
	}
	testdb.View(t, db, func(tx *store.Tx) error {
		p, err := archive.Get(tx, 1)
		if has, err := intake.HasRaw(tx, p.Intake); p.State != archive.Erased || has || err != nil {
			t.Errorf("the post is %s, its text there: %t, %v", p.State, has, err)
		}
		return err
	})
}

func TestTheRecordIsKeptForSixYears(t *testing.T) {
	db, e, _ := archived(t)
	testdb.Update(t, db, func(tx *store.Tx) error {
		for i := range 2500 {
			if err := audit.Append(tx, audit.Entry{At: noon.Add(time.Duration(i) * time.Second), Actor: "operator uid 0", Action: "member add"}); err != nil {
				return err
			}
		}
		return nil
	})
	run := func(now time.Time, dry bool) int {
		t.Helper()
		done, err := e.Retain(By{Actor: "server", Now: now}, dry)
		if err != nil {
			t.Fatal(err)
		}
		return done.Record
	}
	at := noon.AddDate(6, 0, 0)
	if n := run(at.Add(-time.Second), false); n != 0 {
		t.Errorf("%d entries go a second before their time", n)
	}
	if n := run(at, true); n != 1 {
		t.Errorf("%d entries would go at the time of the first", n)
	}
	if n := run(at.Add(2000*time.Second), false); n != 2001 {
		t.Errorf("%d entries went, want 2001", n)
	}
	testdb.View(t, db, func(tx *store.Tx) error {
		faults, err := audit.Verify(tx)
		if len(faults) > 0 {
			t.Errorf("the record has faults: %v", faults)
		}
		return err
	})
}
