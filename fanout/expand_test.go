package fanout

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

// members makes a list with n members, m1 to mN, all of whom get every post.
func members(t testing.TB, db *store.DB, n int) {
	t.Helper()
	testdb.Update(t, db, func(tx *store.Tx) error {
		if _, err := list.Create(tx, forum()); err != nil {
			return err
		}
		for i := range n {
			p, err := list.AddPerson(tx, list.Person{Address: testdb.Address(t, fmt.Sprintf("m%d@school.example", i+1))})
			if err != nil {
				return err
			}
			if err := list.Join(tx, list.Membership{List: 1, Person: p.ID, Role: list.RoleMember, Mode: list.ModeEvery}); err != nil {
				return err
			}
		}
		return nil
	})
}

// post publishes a post of member 1.
func post(t testing.TB, db *store.DB, id string, refs ...string) archive.Post {
	t.Helper()
	raw := []byte("From: M <m1@school.example>\r\nSubject: hello\r\nMessage-ID: " + id + "\r\n\r\nwords\r\n")
	var p archive.Post
	testdb.Update(t, db, func(tx *store.Tx) error {
		in, err := intake.Put(tx, intake.New{Record: intake.Record{Envelope: message.Envelope{Received: noon}}, Raw: store.NewBlob(raw), State: intake.Waiting})
		if err != nil {
			return err
		}
		n := archive.Describe(message.Parse(raw), "", noon)
		n.List, n.Intake, n.Author, n.Until, n.References = 1, in, 1, noon, refs
		if p, err = archive.Accept(tx, n); err != nil {
			return err
		}
		p, err = archive.Publish(tx, p.Number, noon, 3)
		return err
	})
	return p
}

func change(t *testing.T, db *store.DB, p list.PersonID, fn func(*list.Membership)) {
	t.Helper()
	testdb.Update(t, db, func(tx *store.Tx) error {
		m, err := list.Member(tx, 1, p)
		if err != nil {
			return err
		}
		fn(&m)
		return list.SaveMember(tx, m)
	})
}

func expandAll(t *testing.T, db *store.DB) {
	t.Helper()
	e := NewExpander(slog.New(slog.DiscardHandler), db, func() time.Time { return noon })
	for {
		more, err := e.step()
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

// rows are the members who have a row for a post.
func rows(t *testing.T, db *store.DB, batch archive.Number) []uint32 {
	t.Helper()
	out := []uint32{}
	testdb.View(t, db, func(tx *store.Tx) error {
		for r, err := range queue.List(tx, queue.Filter{Batch: uint64(batch)}) {
			if err != nil {
				return err
			}
			out = append(out, r.Member)
		}
		return nil
	})
	return out
}

func state(t *testing.T, db *store.DB, id intake.ID) intake.State {
	t.Helper()
	var s intake.Status
	testdb.View(t, db, func(tx *store.Tx) (err error) {
		s, err = intake.StatusOf(tx, id)
		return err
	})
	return s.State
}

func TestEveryMemberWhoReceivesPostsGetsARow(t *testing.T) {
	db := testdb.Open(t)
	members(t, db, 9)
	change(t, db, 1, func(m *list.Membership) { m.NotOwn = true })
	change(t, db, 2, func(m *list.Membership) { m.Mode = list.ModeWeekly })
	change(t, db, 3, func(m *list.Membership) { m.PausedUntil = noon.Add(time.Hour) })
	change(t, db, 4, func(m *list.Membership) { m.PausedUntil = noon.Add(-time.Hour) })
	change(t, db, 5, func(m *list.Membership) { m.JoinedSeq = 1 }) // joined when this post was out
	change(t, db, 6, func(m *list.Membership) { m.Mode = list.ModeNone })
	change(t, db, 7, func(m *list.Membership) { m.Mode = list.ModeQuestions })
	p := post(t, db, "<1@x>")
	expandAll(t, db)
	if got, want := rows(t, db, p.Number), []uint32{4, 7, 8, 9}; !slices.Equal(got, want) {
		t.Errorf("rows for %v, want %v", got, want)
	}
	if got := state(t, db, p.Intake); got != intake.Expanded {
		t.Errorf("the message is %s", got)
	}
	reply := post(t, db, "<2@x>", "<1@x>")
	expandAll(t, db)
	if got, want := rows(t, db, reply.Number), []uint32{4, 5, 8, 9}; !slices.Equal(got, want) {
		t.Errorf("rows of the reply for %v, want %v", got, want)
	}
}

func TestAPostNobodyReceivesIsDone(t *testing.T) {
	db := testdb.Open(t)
	members(t, db, 1)
	change(t, db, 1, func(m *list.Membership) { m.Mode = list.ModeNone })
	p := post(t, db, "<1@x>")
	expandAll(t, db)
	if got := state(t, db, p.Intake); got != intake.Done {
		t.Errorf("the message is %s", got)
	}
}

func TestExpandingGoesOnWhereACrashStoppedIt(t *testing.T) {
	db := testdb.Open(t)
	members(t, db, 2*chunk+3)
	p := post(t, db, "<1@x>")
	e := NewExpander(slog.New(slog.DiscardHandler), db, func() time.Time { return noon })
	if more, err := e.step(); !more || err != nil {
		t.Fatal(more, err)
	}
	if got := len(rows(t, db, p.Number)); got != chunk {
		t.Fatalf("%d rows after the first step", got)
	}
	expandAll(t, db) // another expander, as after a restart
	got := rows(t, db, p.Number)
	if len(got) != 2*chunk+3 || len(slices.Compact(got)) != 2*chunk+3 {
		t.Errorf("%d rows, %d of them different", len(got), len(slices.Compact(got)))
	}
}

func TestPostsThatWaitTogetherShareATransaction(t *testing.T) {
	db := testdb.Open(t)
	members(t, db, chunk/2+1)
	first, second, third := post(t, db, "<1@x>"), post(t, db, "<2@x>"), post(t, db, "<3@x>")
	e := NewExpander(slog.New(slog.DiscardHandler), db, func() time.Time { return noon })
	if more, err := e.step(); !more || err != nil {
		t.Fatal(more, err)
	}
	if a, b, c := len(rows(t, db, first.Number)), len(rows(t, db, second.Number)), len(rows(t, db, third.Number)); a != chunk/2+1 || b != chunk/2-1 || c != 0 {
		t.Errorf("after one step %d, %d and %d rows; together they should be a chunk", a, b, c)
	}
	expandAll(t, db)
	if got := len(rows(t, db, second.Number)) + len(rows(t, db, third.Number)); got != chunk+2 {
		t.Errorf("%d rows of the others in the end", got)
	}
}

func TestAPostThatCannotBeExpandedIsSetAsideAndRetried(t *testing.T) {
	db := testdb.Open(t)
	members(t, db, 3)
	testdb.Update(t, db, func(tx *store.Tx) error { // a membership without a person
		return list.Join(tx, list.Membership{List: 1, Person: 99, Role: list.RoleMember, Mode: list.ModeEvery})
	})
	bad := post(t, db, "<1@x>")
	expandAll(t, db)
	if got := state(t, db, bad.Intake); got != intake.Shunted {
		t.Errorf("the message is %s", got)
	}
	testdb.Update(t, db, func(tx *store.Tx) error { return list.Leave(tx, 1, 99) })
	good := post(t, db, "<2@x>")
	expandAll(t, db)
	if got := rows(t, db, good.Number); len(got) != 3 {
		t.Errorf("the next post has %d rows", len(got))
	}
	testdb.Update(t, db, func(tx *store.Tx) error { return Retry(tx, bad.Seq, noon) })
	if got := rows(t, db, bad.Number); len(got) != 3 || state(t, db, bad.Intake) != intake.Expanded {
		t.Errorf("after the retry %d rows, %s", len(got), state(t, db, bad.Intake))
	}
	if err := db.Update(func(tx *store.Tx) error { return Retry(tx, bad.Seq, noon) }); err == nil {
		t.Error("a second retry found something")
	}
}

func TestImportedPostsAreStepsOver(t *testing.T) {
	db := testdb.Open(t)
	members(t, db, 3)
	testdb.Update(t, db, func(tx *store.Tx) error {
		in, err := intake.Put(tx, intake.New{State: intake.Done})
		if err != nil {
			return err
		}
		_, err = archive.Import(tx, archive.NewPost{Post: archive.Post{List: 1, Intake: in, MessageID: "<old@x>", Written: noon}})
		return err
	})
	p := post(t, db, "<1@x>")
	expandAll(t, db)
	if len(rows(t, db, 1)) != 0 || len(rows(t, db, p.Number)) != 3 {
		t.Errorf("%d rows of the imported post, %d of the other", len(rows(t, db, 1)), len(rows(t, db, p.Number)))
	}
}

func TestAChangeOfThreadsSendsNothingAndKeepsNothingBack(t *testing.T) {
	db := testdb.Open(t)
	members(t, db, 3)
	first, second := post(t, db, "<1@x>", "<a@x>"), post(t, db, "<2@x>", "<b@x>")
	third := post(t, db, "<3@x>", "<a@x>", "<b@x>") // makes one thread of both before they are expanded
	e := NewExpander(slog.New(slog.DiscardHandler), db, func() time.Time { return noon.Add(time.Hour) })
	testdb.Update(t, db, func(tx *store.Tx) error { return place.Set(tx, store.Position{Seq: 2}) })
	if l, err := e.lag(); err != nil || l.changes != 2 || l.since != 0 {
		t.Errorf("before a change of threads: %+v, %v", l, err)
	}
	testdb.Update(t, db, func(tx *store.Tx) error { return place.Set(tx, store.Position{}) })
	expandAll(t, db)
	for _, p := range []archive.Post{first, second, third} {
		if got := rows(t, db, p.Number); !slices.Equal(got, []uint32{1, 2, 3}) {
			t.Errorf("post %d has rows for %v", p.Number, got)
		}
	}
}

func composer(t *testing.T, db *store.DB) (*Composer, *token.Keyring) {
	t.Helper()
	keys, err := token.Open(filepath.Join(t.TempDir(), "token.keys"))
	if err != nil {
		t.Fatal(err)
	}
	return NewComposer(db, keys, Config{Now: func() time.Time { return noon }}), keys
}

func rowOf(p archive.Post, person list.PersonID) queue.Row {
	return queue.Row{ID: 7, Kind: Kind, Payload: payload{Post: p.Number, Revision: 1, List: 1, Person: person}.bytes()}
}

func TestACopyIsPersonalInItsEnvelopeOnly(t *testing.T) {
	db := testdb.Open(t)
	members(t, db, 2)
	p := post(t, db, "<1@x>")
	c, keys := composer(t, db)
	a, err := c.Render(context.Background(), rowOf(p, 1))
	if err != nil {
		t.Fatal(err)
	}
	b, err := c.Render(context.Background(), rowOf(p, 2))
	if err != nil {
		t.Fatal(err)
	}
	if &a.Body[0] != &b.Body[0] || string(a.Header) == string(b.Header) || a.From == b.From {
		t.Error("two copies must share the body and nothing else")
	}
	local, tok, _ := strings.Cut(b.From.Local, "+")
	claims, err := keys.Verify(tok, "senco-forum")
	if err != nil || local != "senco-forum-bounces" || claims.A != 2 || claims.B != uint32(p.Number) || claims.Day != token.DayOf(noon) {
		t.Errorf("return address %s says %+v, error %v", b.From, claims, err)
	}
	onlyTheAuthors(t, keys, p, b.Body)
	if !strings.Contains(string(b.Header)+string(b.Body), "X-Loop: senco-forum@lists.example.org\r\n") {
		t.Error("a copy without the loop mark")
	}
}

// onlyTheAuthors demands that the part which all members share holds one token, which leads to the author of the post.
func onlyTheAuthors(t *testing.T, keys *token.Keyring, p archive.Post, body []byte) {
	t.Helper()
	found := token.Find(string(body))
	if len(found) != 1 {
		t.Fatalf("%d tokens stand in the part that all members share", len(found))
	}
	got, err := keys.Verify(string(body[found[0].Start:found[0].End]), "senco-forum")
	want := token.Claims{Kind: token.Author, Key: got.Key, A: uint32(p.Number)}
	if err != nil || got != want {
		t.Errorf("the token says %+v, error %v, want %+v", got, err, want)
	}
}

// Whom nobody may write to is not named: who has left, who wants no private messages, and whoever wrote an imported post.
func TestAnAuthorWhoCannotBeWrittenTo(t *testing.T) {
	for name, spoil := range map[string]func(tx *store.Tx) error{
		"left": func(tx *store.Tx) error { return list.Leave(tx, 1, 1) },
		"takes none": func(tx *store.Tx) error {
			return list.SaveMember(tx, list.Membership{List: 1, Person: 1, Role: list.RoleMember, Mode: list.ModeEvery, NoRelay: true})
		},
	} {
		db := testdb.Open(t)
		members(t, db, 2)
		p := post(t, db, "<1@x>")
		testdb.Update(t, db, spoil)
		c, _ := composer(t, db)
		out, err := c.Render(context.Background(), rowOf(p, 2))
		if err != nil {
			t.Fatal(err)
		}
		if len(token.Find(string(out.Body))) > 0 {
			t.Errorf("%s: the address stands in the copy", name)
		}
	}
}

func TestACopyIsDroppedWhen(t *testing.T) {
	for name, spoil := range map[string]func(tx *store.Tx) error{
		"the member has left": func(tx *store.Tx) error { return list.Leave(tx, 1, 2) },
		"the member paused delivery": func(tx *store.Tx) error {
			return list.SaveMember(tx, list.Membership{List: 1, Person: 2, Role: list.RoleMember, Mode: list.ModeNone})
		},
	} {
		t.Run(name, func(t *testing.T) {
			db := testdb.Open(t)
			members(t, db, 2)
			p := post(t, db, "<1@x>")
			testdb.Update(t, db, spoil)
			c, _ := composer(t, db)
			if _, err := c.Render(context.Background(), rowOf(p, 2)); !errors.Is(err, queue.ErrDropped) {
				t.Errorf("error %v, want ErrDropped", err)
			}
			if _, err := c.Render(context.Background(), rowOf(p, 1)); err != nil {
				t.Errorf("the other member's copy: %v", err)
			}
		})
	}
}

func TestARowThatMakesNoSenseIsAnError(t *testing.T) {
	c, _ := composer(t, testdb.Open(t))
	if _, err := c.Render(context.Background(), queue.Row{Payload: []byte("short")}); err == nil || errors.Is(err, queue.ErrDropped) {
		t.Errorf("error %v", err)
	}
}

func TestAPanicWhileComposingSendsNobodyAnEmptyMail(t *testing.T) {
	c := &Composer{cfg: Config{Now: func() time.Time { return noon }}} // without a store, composing panics
	it := copyOf{post: archive.Post{Number: 1, Revision: 1}}
	func() {
		defer func() {
			if recover() == nil {
				t.Fatal("composing did not panic")
			}
		}()
		c.compose(it)
	}()
	if same, err := c.compose(it); err == nil {
		t.Errorf("the next copy has %d bytes and no error", len(same.bytes))
	}
}

func TestADamagedChangeIsPassedOver(t *testing.T) {
	db := testdb.Open(t)
	members(t, db, 2)
	first, bad := post(t, db, "<1@x>"), post(t, db, "<2@x>")
	raw := store.NewTable("archive.changes", store.Uint64Key[archive.Seq](), store.Text())
	testdb.Update(t, db, func(tx *store.Tx) error { return raw.Put(tx, bad.Seq, "no change") })
	last := post(t, db, "<3@x>")
	expandAll(t, db)
	if state(t, db, first.Intake) != intake.Expanded || len(rows(t, db, first.Number)) != 2 {
		t.Errorf("the post before it: %s", state(t, db, first.Intake))
	}
	if len(rows(t, db, bad.Number)) != 0 || len(rows(t, db, last.Number)) != 2 {
		t.Errorf("%d rows of the damaged one, %d of the post after it", len(rows(t, db, bad.Number)), len(rows(t, db, last.Number)))
	}
}
