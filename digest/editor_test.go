package digest

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

// forum is a list with members, on a clock of its own.
type forum struct {
	t   testing.TB
	db  *store.DB
	ed  *Editor
	now time.Time
	n   int
}

// newForum has members m1 to mN with a mode, on Thursday 1 January 2026. The editor has looked at it once.
func newForum(t testing.TB, n int, mode list.DeliveryMode) *forum {
	f := &forum{t: t, db: testdb.Open(t), now: moment(t, "Thu 1 Jan 2026 12:00:00")}
	keys, err := token.Open(filepath.Join(t.TempDir(), "token.keys"))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	f.ed = NewEditor(log, f.db, Config{
		Keys: keys, Overview: archive.NewOverview(log, f.db), WebURL: "https://forum.example.org", LeaveURL: "https://forum.example.org",
		Now: func() time.Time { return f.now },
	})
	testdb.Update(t, f.db, func(tx *store.Tx) error {
		_, err := list.Create(tx, list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum", Created: f.now, Settings: list.DefaultSettings()})
		return err
	})
	for from := 0; from < n; from += 1000 {
		testdb.Update(t, f.db, func(tx *store.Tx) error {
			for i := from; i < min(n, from+1000); i++ {
				p, err := list.AddPerson(tx, list.Person{Name: fmt.Sprintf("Member%d Smith", i+1), Address: testdb.Address(t, fmt.Sprintf("m%d@school.example", i+1))})
				if err != nil {
					return err
				}
				if err := list.Join(tx, list.Membership{List: 1, Person: p.ID, Role: list.RoleMember, Mode: mode, Joined: f.now}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	f.step()
	return f
}

// step does all that is due.
func (f *forum) step() {
	f.t.Helper()
	for {
		more, err := f.ed.Step()
		if err != nil {
			f.t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

// until sets the clock and does what is due.
func (f *forum) until(when string) {
	f.t.Helper()
	f.now = moment(f.t, when)
	f.step()
}

// post publishes a post.
func (f *forum) post(author list.PersonID, subject, words string, refs ...string) archive.Post {
	f.t.Helper()
	f.n++
	raw := []byte(fmt.Sprintf("From: Member%d Smith <m%d@school.example>\r\nSubject: %s\r\nMessage-ID: <%d@x>\r\n\r\n%s\r\n", author, author, subject, f.n, words))
	var p archive.Post
	testdb.Update(f.t, f.db, func(tx *store.Tx) error {
		in, err := intake.Put(tx, intake.New{Record: intake.Record{Envelope: message.Envelope{Received: f.now}}, Raw: store.NewBlob(raw), State: intake.Waiting})
		if err != nil {
			return err
		}
		n := archive.Describe(message.Parse(raw), "", f.now)
		n.List, n.Intake, n.Author, n.AuthorName, n.Until, n.References = 1, in, author, fmt.Sprintf("Member%d Smith", author), f.now, refs
		if p, err = archive.Accept(tx, n); err != nil {
			return err
		}
		p, err = archive.Publish(tx, p.Number, f.now, 3)
		return err
	})
	return p
}

func (f *forum) change(p list.PersonID, fn func(*list.Membership)) {
	f.t.Helper()
	testdb.Update(f.t, f.db, func(tx *store.Tx) error {
		m, err := list.Member(tx, 1, p)
		if err != nil {
			return err
		}
		fn(&m)
		return list.SaveMember(tx, m)
	})
}

// rows are the rows that wait, in the order of their members.
func (f *forum) rows() (all []queue.Row) {
	f.t.Helper()
	testdb.View(f.t, f.db, func(tx *store.Tx) error {
		for r, err := range queue.List(tx, queue.Filter{}) {
			if err != nil {
				return err
			}
			all = append(all, r)
		}
		return nil
	})
	return all
}

// mail is what a row becomes.
func (f *forum) mail(r queue.Row) (queue.Outgoing, *message.Message) {
	f.t.Helper()
	out, err := f.ed.Render(context.Background(), r)
	if err != nil {
		f.t.Fatal(err)
	}
	return out, message.Parse(append(slices.Clone(out.Header), out.Body...))
}

func members(rows []queue.Row) (all []uint32) {
	for _, r := range rows {
		all = append(all, r.Member)
	}
	return all
}

func TestAWeekBecomesOneMailForEachMember(t *testing.T) {
	f := newForum(t, 6, list.ModeWeekly)
	f.change(2, func(m *list.Membership) { m.Mode = list.ModeEvery })
	f.change(3, func(m *list.Membership) { m.PausedUntil = f.now.AddDate(0, 1, 0) })
	f.change(4, func(m *list.Membership) { m.Suspended = true })
	f.change(5, func(m *list.Membership) { m.Mode = list.ModeDaily })
	testdb.Update(t, f.db, func(tx *store.Tx) error { // who was weekly and gets posts sooner is owed nothing yet
		owed, err := list.LastDigests(tx, 9)
		for _, o := range owed {
			err = errors.Join(err, list.PaidLastDigest(tx, o))
		}
		return err
	})
	f.post(1, "Reading pens", "Hi all,\n\nWho uses reading pens in exams?\n\nMember1 Smith\nSENCO")
	f.until("Sat 3 Jan 2026 09:00:00")
	hall := f.post(2, "Hall", "We use the small hall.")
	f.post(6, "Re: Hall", "On Saturday somebody wrote:\n> We use the small hall.\n\nSo do we, every morning before the register.", hall.MessageID)
	f.until("Mon 5 Jan 2026 06:29:59")
	if got := members(f.rows()); !slices.Equal(got, []uint32{5, 5, 5}[:len(got)]) {
		t.Fatalf("before the hour there are rows for %v", got)
	}
	f.until("Mon 5 Jan 2026 06:30:00")
	var weekly []queue.Row
	for _, r := range f.rows() {
		if r.Member != 5 {
			weekly = append(weekly, r)
		}
	}
	if got := members(weekly); !slices.Equal(got, []uint32{1, 6}) {
		t.Fatalf("rows for %v, want 1 and 6", got)
	}
	out, m := f.mail(weekly[0])
	if got, want := m.Subject(), "SENCO Forum weekly: 2 discussions, 1 needs an answer"; got != want {
		t.Errorf("subject %q, want %q", got, want)
	}
	text := m.Text()
	for _, want := range []string{"1. CAN YOU HELP?\n\n* Reading pens\n  Member1: Who uses reading pens in exams?\n", "  Write only to Member1:\n  senco-forum-author+snc1_",
		"* Hall\n  1 reply\n  Member2: We use the small hall.\n  First reply, from Member6: \"So do we, every morning before the register.\"\n", "  Read: https://forum.example.org/t/1\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "SENCO\n") && strings.Contains(text, "Smith") || strings.Contains(text, "somebody wrote") {
		t.Errorf("a signature or a quote is in\n%s", text)
	}
	other, _ := f.mail(weekly[1])
	if &out.Body[0] != &other.Body[0] || strings.Contains(string(out.Body), "school.example") || out.From == other.From {
		t.Error("two copies must share the body, without an address of anybody's, and nothing else")
	}
	for _, field := range []string{"List-Unsubscribe: <https://forum.example.org/u/snc1_", "To: m1@school.example", "Reply-To: SENCO Forum <senco-forum-request@", "Auto-Submitted: auto-generated"} {
		if !strings.Contains(strings.ReplaceAll(string(out.Header), "\"", ""), field) {
			t.Errorf("the header lacks %q:\n%s", field, out.Header)
		}
	}
	if strings.Contains(string(out.Header), "List-Post") {
		t.Error("a digest names an address to post to, for answers to it")
	}
}

func TestAClockThatIsSetBackMakesNoSecondIssue(t *testing.T) {
	f := newForum(t, 2, list.ModeWeekly)
	f.post(1, "News", "Some news.")
	f.until("Mon 5 Jan 2026 06:30:00")
	f.until("Mon 5 Jan 2026 06:30:01") // a restart is no more than this
	f.until("Sun 4 Jan 2026 12:00:00")
	f.until("Mon 5 Jan 2026 07:00:00")
	if got := members(f.rows()); !slices.Equal(got, []uint32{1, 2}) {
		t.Errorf("rows for %v", got)
	}
}

func TestAnEmptyWeekIsNotSent(t *testing.T) {
	f := newForum(t, 2, list.ModeWeekly)
	f.until("Mon 5 Jan 2026 06:30:00")
	f.until("Mon 12 Jan 2026 09:00:00")
	if got := f.rows(); len(got) != 0 {
		t.Errorf("%d rows", len(got))
	}
	f.post(1, "News", "Some news.")
	f.until("Mon 2 Feb 2026 11:00:00") // stopped over two issues: one is made up for
	if got := members(f.rows()); !slices.Equal(got, []uint32{1, 2}) {
		t.Errorf("rows for %v", got)
	}
}

// Each post is in one weekly issue, whatever happens to the server and its clock.
func TestEachPostIsInOneIssue(t *testing.T) {
	f := newForum(t, 1, list.ModeWeekly)
	in := map[archive.Number]map[Number]bool{}
	look := func() { // before old issues are deleted
		testdb.View(t, f.db, func(tx *store.Tx) error {
			for row, err := range issues.All(tx) {
				if err != nil {
					return err
				}
				for _, it := range row.Value.Items {
					if in[it.Thread] == nil {
						in[it.Thread] = map[Number]bool{}
					}
					in[it.Thread][row.Key] = row.Value.Kind == Weekly
				}
			}
			return nil
		})
	}
	for i, when := range []string{"Fri 2 Jan 2026 10:00:00", "Mon 5 Jan 2026 06:30:00", "Mon 4 Jan 2027 07:00:00", "Tue 6 Jan 2026 10:00:00", "Mon 12 Jan 2026 06:30:01", "Mon 26 Jan 2026 06:31:00", "Mon 29 Mar 2027 06:30:00", "Mon 5 Apr 2027 06:30:00"} {
		f.until(when)
		look()
		f.post(1, fmt.Sprintf("Number %d", i), "Some news.")
	}
	f.until("Mon 12 Apr 2027 06:30:00")
	look()
	for n := archive.Number(1); n <= 8; n++ {
		weekly := 0
		for _, is := range in[n] {
			if is {
				weekly++
			}
		}
		if weekly != 1 || len(in[n]) != 2 {
			t.Errorf("post %d is in %d weekly issues, and %d in all", n, weekly, len(in[n]))
		}
	}
}

func TestExpandingAnIssueGoesOnWhereACrashStoppedIt(t *testing.T) {
	f := newForum(t, 2*chunk+3, list.ModeWeekly)
	f.post(1, "News", "Some news.")
	f.now = moment(t, "Mon 5 Jan 2026 06:30:00")
	if more, err := f.ed.Step(); !more || err != nil { // stores the issue and puts one chunk
		t.Fatal(more, err)
	}
	if got := len(f.rows()); got != chunk {
		t.Fatalf("%d rows after a chunk", got)
	}
	log := slog.New(slog.DiscardHandler)
	cfg := f.ed.cfg
	cfg.Overview = archive.NewOverview(log, f.db)
	f.ed = NewEditor(log, f.db, cfg) // another process
	f.step()
	if got := members(f.rows()); len(got) != 2*chunk+3 || len(slices.Compact(got)) != 2*chunk+3 {
		t.Errorf("%d rows", len(got))
	}
}

// What was taken out between making an issue and sending it is in no copy.
func TestWhatWasTakenOutIsNotSent(t *testing.T) {
	f := newForum(t, 2, list.ModeWeekly)
	f.post(1, "Secret", "A name that must not be here.")
	f.post(1, "News", "Some news.")
	f.until("Mon 5 Jan 2026 06:30:00")
	r := f.rows()[0]
	if _, m := f.mail(r); !strings.Contains(m.Text(), "Secret") {
		t.Fatalf("it is not there before:\n%s", m.Text())
	}
	hide := func(n archive.Number) {
		testdb.Update(t, f.db, func(tx *store.Tx) error { _, err := archive.Hide(tx, n, archive.Seal{}, f.now); return err })
	}
	hide(1)
	if out, m := f.mail(r); strings.Contains(string(out.Header)+m.Text(), "Secret") || !strings.Contains(m.Text(), "News") || m.Subject() != "SENCO Forum weekly: 1 discussion" {
		t.Errorf("%s\n%s", m.Subject(), m.Text())
	}
	hide(2)
	if _, err := f.ed.Render(context.Background(), r); !errors.Is(err, queue.ErrDropped) {
		t.Errorf("of a digest in which nothing is left a copy goes out: %v", err)
	}
}

func TestWhoeverGetsNoDigestAnyMoreIsLeftOut(t *testing.T) {
	for name, fn := range map[string]func(*list.Membership){
		"another mode": func(m *list.Membership) { m.Mode = list.ModeNone },
		"a pause":      func(m *list.Membership) { m.PausedUntil = moment(t, "Mon 1 Jun 2026 06:30:00") },
		"suspended":    func(m *list.Membership) { m.Suspended = true },
	} {
		f := newForum(t, 1, list.ModeWeekly)
		f.post(1, "News", "Some news.")
		f.until("Mon 5 Jan 2026 06:30:00")
		f.change(1, fn)
		if _, err := f.ed.Render(context.Background(), f.rows()[0]); !errors.Is(err, queue.ErrDropped) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMutedDiscussionsAreLeftOut(t *testing.T) {
	f := newForum(t, 4, list.ModeWeekly)
	f.post(1, "Loud", "Much noise.")
	f.post(1, "Quiet", "Some news.")
	testdb.Update(t, f.db, func(tx *store.Tx) error {
		return errors.Join(list.Choose(tx, 1, 2, list.Mute), list.Choose(tx, 1, 3, list.Mute))
	})
	f.until("Mon 5 Jan 2026 06:30:00")
	rows := f.rows()
	first, m1 := f.mail(rows[0])
	second, m2 := f.mail(rows[1])
	third, _ := f.mail(rows[2])
	if !strings.Contains(m1.Text(), "Loud") || strings.Contains(m2.Text(), "Loud") || !strings.Contains(m2.Text(), "Quiet") {
		t.Errorf("a muted discussion is in\n%s\nor not in\n%s", m2.Text(), m1.Text())
	}
	if &second.Body[0] != &third.Body[0] || &first.Body[0] == &second.Body[0] {
		t.Error("who muted the same must share a body, and nobody else")
	}
}

func TestOneLastDigest(t *testing.T) {
	f := newForum(t, 3, list.ModeWeekly)
	f.post(3, "News", "Some news.")
	f.change(1, func(m *list.Membership) { m.Mode = list.ModeEvery })
	f.change(2, func(m *list.Membership) { m.Mode = list.ModeNone })
	f.step()
	rows := f.rows()
	if got := members(rows); !slices.Equal(got, []uint32{1}) {
		t.Fatalf("rows for %v, want 1", got)
	}
	if _, m := f.mail(rows[0]); !strings.Contains(m.Text(), "This is your last weekly email") || !strings.Contains(m.Text(), "* News") {
		t.Errorf("the last one is\n%s", m.Text())
	}
	f.until("Mon 5 Jan 2026 06:30:00")
	if got := members(f.rows()); !slices.Equal(got, []uint32{1, 3}) {
		t.Errorf("in the end rows for %v", got)
	}
}

// BenchmarkWeekly makes and queues an issue of 150 posts for 25,000 members.
func BenchmarkWeekly(b *testing.B) {
	f := newForum(b, 25_000, list.ModeWeekly)
	at := moment(b, "Mon 5 Jan 2026 06:30:00")
	for b.Loop() {
		b.StopTimer()
		f.now = at.AddDate(0, 0, -3)
		for i := range 40 {
			p := f.post(list.PersonID(i+1), fmt.Sprintf("Discussion %d of %s", i, at.Format(time.DateOnly)), "Who has done this, and would you do it again?")
			for j := range 3 {
				if i < 30 || j < 2 {
					f.post(list.PersonID(100+i+j), "Re: "+p.Subject, strings.Repeat("We have, and it was worth the time that it took. ", 8), p.MessageID)
				}
			}
		}
		f.now = at
		b.StartTimer()
		f.step()
		at = at.AddDate(0, 0, 7)
	}
	b.ReportMetric(float64(len(f.rows()))/float64(b.N), "rows/op")
}

// BenchmarkRender composes the copies of an issue, one after the other.
func BenchmarkRender(b *testing.B) {
	f := newForum(b, 500, list.ModeWeekly)
	for i := range 40 {
		p := f.post(list.PersonID(i+1), fmt.Sprintf("Discussion %d", i), "Who has done this, and would you do it again?")
		f.post(list.PersonID(100+i), "Re: "+p.Subject, strings.Repeat("We have, and it was worth the time that it took. ", 8), p.MessageID)
	}
	f.until("Mon 5 Jan 2026 06:30:00")
	rows := f.rows()
	n := 0
	for b.Loop() {
		if _, err := f.ed.Render(context.Background(), rows[n%len(rows)]); err != nil {
			b.Fatal(err)
		}
		n++
	}
}
