package archive

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// oneWaiting stores a message and its post, which waits.
func oneWaiting(t *testing.T, db *store.DB, id string) (p Post) {
	t.Helper()
	raw := "From: Priya <priya@school.example>\r\nTo: forum@lists.example\r\nSubject: Timetables " + id + "\r\nMessage-ID: <" + id + "@school.example>\r\n\r\nHello.\r\n"
	m := message.Parse([]byte(raw))
	testdb.Update(t, db, func(tx *store.Tx) error {
		n := Submitted(m, list.List{ID: 1, Title: "Forum"}, list.Person{ID: 7}, begun)
		k := intake.DuplicateKey(1, n.From, n.MessageID, m.Root.Body)
		rec := intake.Record{Origin: intake.FromMail, Kind: "post", List: 1, MessageID: n.MessageID, Envelope: message.Envelope{Received: begun}}
		in, err := intake.Put(tx, intake.New{Record: rec, Raw: store.NewBlob([]byte(raw)), State: intake.Waiting, Key: k})
		if err != nil {
			return err
		}
		n.Intake, n.Until = in, begun.Add(5*time.Minute)
		p, err = Accept(tx, n)
		return err
	})
	return p
}

var begun = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

func howItStands(t *testing.T, db *store.DB, n Number) (s string) {
	t.Helper()
	testdb.View(t, db, func(tx *store.Tx) error {
		p, err := Get(tx, n)
		if err != nil {
			return err
		}
		st, err := intake.StatusOf(tx, p.Intake)
		r, rerr := intake.Get(tx, p.Intake)
		raw, werr := intake.Raw(tx, p.Intake)
		_, known, kerr := intake.Known(tx, intake.KeyOf(r, message.Parse(raw)))
		queue, qerr := AllWaiting(tx, 1)
		s = fmt.Sprint(p.State, " ", st.State, " known ", known, " ", queue)
		return errors.Join(err, rerr, werr, kerr, qerr)
	})
	return s
}

func TestAPostIsTakenBackAndReleased(t *testing.T) {
	db := testdb.Open(t)
	p := oneWaiting(t, db, "a")
	do := func(f func(tx *store.Tx) error) (err error) {
		db.Update(func(tx *store.Tx) error { err = f(tx); return err })
		return err
	}
	steps := []struct {
		name string
		do   func(tx *store.Tx) error
		fail bool
		want string
	}{
		{"it waits", func(*store.Tx) error { return nil }, false, "waiting waiting known true [1]"},
		{"taken back", func(tx *store.Tx) error { _, err := Withhold(tx, p.Number, begun); return err }, false, "held held known true []"},
		{"taken back twice", func(tx *store.Tx) error { _, err := Withhold(tx, p.Number, begun); return err }, true, "held held known true []"},
		{"it cannot be published", func(tx *store.Tx) error { _, err := Publish(tx, p.Number, begun, 1); return err }, true, "held held known true []"},
		{"released", func(tx *store.Tx) error {
			_, err := Release(tx, p.Number, "Timetables", begun.Add(time.Hour), begun)
			return err
		}, false, "waiting waiting known true [1]"},
		{"released twice", func(tx *store.Tx) error {
			_, err := Release(tx, p.Number, "x", begun, begun)
			return err
		}, true, "waiting waiting known true [1]"},
		{"withdrawn, and may be sent again", func(tx *store.Tx) error {
			_, err := Withdraw(tx, p.Number, intake.Status{State: intake.Withdrawn, Since: begun})
			return err
		}, false, "withdrawn withdrawn known false []"},
		{"withdrawn twice", func(tx *store.Tx) error {
			_, err := Withdraw(tx, p.Number, intake.Status{State: intake.Withdrawn, Since: begun})
			return err
		}, true, "withdrawn withdrawn known false []"},
	}
	for _, s := range steps {
		if err := do(s.do); errors.Is(err, ErrNotWaiting) != s.fail || err != nil && !s.fail {
			t.Errorf("%s: %v", s.name, err)
		}
		if got := howItStands(t, db, p.Number); got != s.want {
			t.Errorf("%s: %s, want %s", s.name, got, s.want)
		}
	}
}

func TestAHeldPostIsRejectedWithItsNumber(t *testing.T) {
	db := testdb.Open(t)
	p := oneWaiting(t, db, "a")
	testdb.Update(t, db, func(tx *store.Tx) error {
		_, err := Withhold(tx, p.Number, begun)
		_, err2 := Withdraw(tx, p.Number, intake.Status{State: intake.Rejected, Since: begun})
		return errors.Join(err, err2)
	})
	if got := howItStands(t, db, p.Number); got != "withdrawn rejected known false []" {
		t.Error(got)
	}
}

func TestWhatAMessageAnswers(t *testing.T) {
	db := testdb.Open(t)
	first := oneWaiting(t, db, "a")
	for header, want := range map[string]bool{
		"In-Reply-To: <a@school.example>": true, "References: <x@y.example> <a@school.example>": true, "In-Reply-To: <b@school.example>": false, "X-Nothing: here": false,
	} {
		m := message.Parse([]byte("From: a@b.example\r\nSubject: Re: Timetables\r\n" + header + "\r\n\r\nYes\r\n"))
		testdb.View(t, db, func(tx *store.Tx) error {
			n, ok, err := Answered(tx, Submitted(m, list.List{ID: 1}, list.Person{}, begun))
			if ok != want || ok && n != first.Thread {
				t.Errorf("%s: %d, %v", header, n, ok)
			}
			return err
		})
	}
}

func TestWhoWroteBefore(t *testing.T) {
	db := testdb.Open(t)
	testdb.Update(t, db, func(tx *store.Tx) error {
		m := message.Parse([]byte("From: Old Jane <jane@old.example>\r\nSubject: x\r\nMessage-ID: <1@old.example>\r\n\r\nHello\r\n"))
		n := Submitted(m, list.List{ID: 1}, list.Person{}, begun)
		in, err := intake.Put(tx, intake.New{Record: intake.Record{List: 1}, Raw: store.NewBlob(m.Raw()), State: intake.Done})
		if err != nil {
			return err
		}
		n.Intake = in
		_, err = Import(tx, n)
		return err
	})
	for _, c := range []struct {
		l    list.ID
		who  list.Person
		want bool
	}{
		{1, list.Person{ID: 7, Address: message.Address{Local: "jane", Domain: "new.example"}, Linked: []message.Address{{Local: "Jane", Domain: "OLD.example"}}}, true},
		{2, list.Person{ID: 7, Address: message.Address{Local: "jane", Domain: "old.example"}}, false},
		{1, list.Person{ID: 8, Address: message.Address{Local: "tom", Domain: "old.example"}}, false},
	} {
		testdb.View(t, db, func(tx *store.Tx) error {
			got, err := WroteBefore(tx, c.l, c.who)
			if got != c.want {
				t.Errorf("%v on list %d: %v", c.who.Addresses(), c.l, got)
			}
			return err
		})
	}
}
