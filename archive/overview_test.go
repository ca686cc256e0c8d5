package archive

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

func newTable(t testing.TB, db *store.DB) *Overview {
	t.Helper()
	return NewOverview(slog.New(slog.DiscardHandler), db)
}

func TestSumUp(t *testing.T) {
	asks, brings := Facts{Rules: 1, Asks: true}, Facts{Rules: 1, Answers: true, Files: 2}
	post := func(n Number, author list.PersonID, f Facts, change ...func(*Post)) Post {
		p := Post{Number: n, List: 1, State: Published, Author: author, Facts: f, Accepted: noon.Add(time.Duration(n) * time.Hour), Published: noon}
		for _, c := range change {
			c(&p)
		}
		return p
	}
	hidden := func(p *Post) { p.State = Hidden }
	from := func(local string) func(*Post) {
		return func(p *Post) { p.From = message.Address{Local: local, Domain: "x.example"} }
	}
	for _, c := range []struct {
		name    string
		posts   []Post
		missing bool   // what the first answers is not here
		want    string // posts, files, first, last, asker, and marks
	}{
		{"a question without an answer", []Post{post(1, 7, asks)}, false, "1 0 1 1 7 question"},
		{"a question with an answer", []Post{post(1, 7, asks), post(2, 8, brings)}, false, "2 2 1 2 7 question answered"},
		{"the asker does not answer", []Post{post(1, 7, asks), post(2, 7, brings)}, false, "2 2 1 2 7 question"},
		{"thanks are no answer", []Post{post(1, 7, asks), post(2, 8, Facts{Rules: 1})}, false, "2 0 1 2 7 question"},
		{"an announcement is not answered", []Post{post(1, 7, Facts{Rules: 1}), post(2, 8, brings)}, false, "2 2 1 2 7"},
		{"a question in the middle begins nothing", []Post{post(1, 7, Facts{Rules: 1}), post(2, 8, asks)}, false, "2 0 1 2 7"},
		{"a hidden answer is none", []Post{post(1, 7, asks), post(2, 8, brings, hidden)}, false, "1 0 1 1 7 question"},
		{"an answer that its writer wants in no archive", []Post{post(1, 7, asks), post(2, 8, brings, func(p *Post) { p.NoArchive = true })}, false,
			"1 0 1 1 7 question"},
		{"without its question", []Post{post(1, 7, asks, hidden), post(2, 8, asks), post(3, 9, brings)}, false, "2 2 2 3 8"},
		{"an answer to what is not here", []Post{post(1, 7, asks), post(2, 8, brings)}, true, "2 2 1 2 7"},
		{"nothing to see", []Post{post(1, 7, asks, hidden)}, false, "0 0 0 0 0"},
		{"no posts", nil, false, "0 0 0 0 0"},
		{"facts that are not known", []Post{post(1, 7, asks), post(2, 8, Facts{})}, false, "2 0 1 2 7 question unsure"},
		{"strangers are told apart by their addresses", []Post{post(1, 0, asks, from("a")), post(2, 0, brings, from("b"))}, false,
			"2 2 1 2 0 question answered"},
		{"one stranger", []Post{post(1, 0, asks, from("a")), post(2, 0, brings, from("A"))}, false, "2 2 1 2 0 question"},
		{"two who are forgotten may be one", []Post{post(1, 0, asks), post(2, 0, brings)}, false, "2 2 1 2 0 question"},
		{"a member answers a stranger", []Post{post(1, 0, asks, from("a")), post(2, 8, brings, from("b"))}, false, "2 2 1 2 0 question answered"},
	} {
		var places []Place
		known := map[Number]Post{}
		for i, p := range c.posts {
			places = append(places, Place{Post: p.Number, Missing: c.missing && i == 0})
			known[p.Number] = p
		}
		s := sumUp(places, known)
		got := fmt.Sprint(s.Posts, s.Files, s.First, s.Last, s.Asker) + marks(s)
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func marks(s Summary) (all string) {
	for _, m := range []struct {
		is   bool
		word string
	}{{s.Question, "question"}, {s.Answered, "answered"}, {s.Unsure, "unsure"}, {s.Pinned, "pinned"}, {s.Closed, "closed"}} {
		if m.is {
			all += " " + m.word
		}
	}
	return all
}

// TestTheTimesOfADiscussion has an answer that bears an older date than its question.
func TestTheTimesOfADiscussion(t *testing.T) {
	db := build(t, mail{id: "a@x", hours: 5}, mail{id: "b@x", hours: 3, header: "References: <a@x>\n"}, mail{id: "c@x", hours: 4, header: "References: <a@x>\n"})
	s, err := newTable(t, db).Get(1)
	if err != nil || !s.Begun.Equal(noon.Add(3*time.Hour)) || !s.Latest.Equal(noon.Add(5*time.Hour)) || s.First != 1 || s.Last != 1 {
		t.Errorf("%+v, %v", s, err)
	}
}

// everything is a table as its methods give it.
func everything(t *testing.T, o *Overview, last Number) (all []Summary) {
	t.Helper()
	for _, by := range []Order{ByLatest, ByBegun, ByPosts} {
		for _, l := range []list.ID{1, 2} {
			for at, first := (Cursor{}), true; first || at != (Cursor{}); first = false {
				page, next, err := o.List(Query{List: l, Order: by, From: at, Count: 7})
				if err != nil {
					t.Fatal(err)
				}
				all, at = append(all, page...), next
			}
		}
	}
	var want []Number
	for _, s := range all {
		want = append(want, s.First)
	}
	slices.Sort(want)
	if got, err := o.Firsts(); err != nil || !slices.Equal(got, slices.Compact(want)) {
		t.Fatalf("the first posts are %v, want %v, error %v", got, slices.Compact(want), err)
	}
	numbers := make([]Number, last+1)
	for n := range numbers {
		numbers[n] = Number(n)
	}
	roots, err := o.ThreadOf(numbers)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range roots {
		all = append(all, Summary{Thread: n})
	}
	return all
}

// TestATableThatIsKeptIsOneThatIsRead lets posts come, and moderators and members do what they can, at random. After each
// of them the table that follows must be the one that is read afresh, and each of its discussions what Summarize says.
func TestATableThatIsKeptIsOneThatIsRead(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newWorld(t, seed)
			kept := newTable(t, w.db)
			done := map[string]int{}
			for step := range 200 {
				done[w.step()]++
				if step%3 != 0 { // several changes are taken in together
					continue
				}
				got, want := everything(t, kept, w.last), everything(t, newTable(t, w.db), w.last)
				if d := cmp.Diff(want, got); d != "" {
					t.Fatalf("step %d: the table that follows differs from one that was read (+):\n%s", step, d)
				}
				compareActivity(t, kept, newTable(t, w.db))
			}
			w.compareWithRows(kept)
			t.Log(done)
		})
	}
}

// world is an archive in which things happen at random.
type world struct {
	*testing.T
	r     *rand.Rand
	db    *store.DB
	last  Number
	mails []mail
	topic []TopicID
	hid   []Number
}

func newWorld(t *testing.T, seed uint64) *world {
	w := &world{T: t, r: rand.New(rand.NewPCG(seed, 21)), db: testdb.Open(t)}
	w.mails = honest(w.r, 150)
	w.r.Shuffle(len(w.mails), func(i, j int) { w.mails[i], w.mails[j] = w.mails[j], w.mails[i] })
	testdb.Update(t, w.db, func(tx *store.Tx) error {
		for _, name := range []string{"Access", "Autism", "Reading"} {
			topic, _, err := AddTopic(tx, Topic{List: 1, Name: name})
			if err != nil {
				return err
			}
			w.topic = append(w.topic, topic.ID)
		}
		return nil
	})
	return w
}

// post puts a post in; it waits, or is imported.
func (w *world) post(tx *store.Tx) error {
	if len(w.mails) == 0 {
		return nil
	}
	m := w.mails[0]
	w.mails = w.mails[1:]
	m.from = fmt.Sprintf("P <p%d@school.example>", w.r.IntN(4))
	m.body += []string{"Does anyone know whether pens are allowed?", "We use the long form for all of them.", "Thanks!"}[w.r.IntN(3)]
	raw := m.raw()
	n := Describe(message.Parse(raw), "", noon)
	n.List, n.Author, n.Until = 1, list.PersonID(w.r.IntN(4)), noon
	state := intake.Waiting
	imported := w.r.IntN(2) == 0
	if imported {
		state = intake.Done
	}
	in, err := intake.Put(tx, intake.New{Record: intake.Record{Envelope: message.Envelope{Received: noon}}, Raw: store.NewBlob(raw), State: state})
	if err != nil {
		return err
	}
	n.Intake = in
	take := Accept
	if imported {
		take = Import
	}
	p, err := take(tx, n)
	w.last = max(w.last, p.Number)
	return err
}

// step does one thing and says what. What cannot be done does nothing.
func (w *world) step() string {
	n, other, topic := Number(w.r.IntN(int(w.last)+1)), Number(w.r.IntN(int(w.last)+1)), w.topic[w.r.IntN(len(w.topic))]
	by := Curator{Who: "test", Now: noon}
	ignore := func(_ any, err error) error { return err }
	acts := []struct {
		name  string
		often int
		do    func(tx *store.Tx) error
	}{
		{"post", 8, w.post},
		{"publish", 6, func(tx *store.Tx) error { return ignore(Publish(tx, n, noon, 1)) }},
		{"hide", 2, func(tx *store.Tx) error { w.hid = append(w.hid, n); return ignore(Hide(tx, n, Seal{}, noon)) }},
		{"show", 2, func(tx *store.Tx) error {
			if len(w.hid) > 0 {
				n = w.hid[w.r.IntN(len(w.hid))]
			}
			return ignore(Show(tx, n, noon))
		}},
		{"erase", 1, func(tx *store.Tx) error { return ignore(Erase(tx, n, noon)) }},
		{"redact", 2, func(tx *store.Tx) error {
			return ignore(Rewritten(tx, n, filed("Is that so?", w.r.IntN(3)), "Pens", "P", noon))
		}},
		{"unname", 1, func(tx *store.Tx) error {
			return Unname(tx, n, filed("We do that in the same way here.", 0), FormerMember)
		}},
		{"merge", 2, func(tx *store.Tx) error { return ignore(Merge(tx, n, other, noon)) }},
		{"split", 2, func(tx *store.Tx) error { return ignore(Split(tx, n, noon)) }},
		{"attach", 2, func(tx *store.Tx) error { return ignore(Attach(tx, n, other, noon)) }},
		{"tag", 2, func(tx *store.Tx) error { return ignore(Tag(tx, n, topic)) }},
		{"untag", 1, func(tx *store.Tx) error { return ignore(Untag(tx, n, topic)) }},
		{"pin", 1, func(tx *store.Tx) error { return ignore(Pin(tx, n, by)) }},
		{"unpin", 1, func(tx *store.Tx) error { return ignore(Unpin(tx, n)) }},
		{"close", 1, func(tx *store.Tx) error { return ignore(Close(tx, n, by)) }},
		{"open", 1, func(tx *store.Tx) error { return ignore(Reopen(tx, n)) }},
	}
	pick := w.r.IntN(36)
	for _, a := range acts {
		if pick -= a.often; pick < 0 {
			if err := w.db.Update(a.do); err != nil {
				return a.name + " in vain"
			}
			return a.name
		}
	}
	if w.r.IntN(4) == 0 {
		if _, err := Rebuild(w.Context(), w.db, filepath.Join(w.TempDir(), "scratch.db"), nil); err != nil {
			w.Error(err)
		}
		return "rebuild"
	}
	return "nothing"
}

// compareWithRows asks for each number in both ways.
func (w *world) compareWithRows(o *Overview) {
	for n := range w.last + 2 {
		got, err := o.Get(n)
		var want Summary
		werr := w.db.View(func(tx *store.Tx) (err error) { want, err = Summarize(tx, n); return err })
		for _, is := range []error{ErrNoPost, ErrNoThread} {
			if errors.Is(err, is) != errors.Is(werr, is) {
				w.Errorf("number %d: %v, from the rows %v", n, err, werr)
			}
		}
		if err != nil || werr != nil {
			continue
		}
		if d := cmp.Diff(want, got, cmp.Transformer("times", func(t time.Time) int64 { return t.Unix() }), cmp.Transformer("topics", func(t []TopicID) string { return fmt.Sprint(t) })); d != "" {
			w.Errorf("number %d differs from its rows (+):\n%s", n, d)
		}
	}
}

// allPages writes the numbers of the discussions of all pages.
func allPages(t *testing.T, o *Overview, q Query) string {
	t.Helper()
	var pages []string
	for first := true; first || q.From != (Cursor{}); first = false {
		page, next, err := o.List(q)
		if err != nil {
			t.Fatal(err)
		}
		var ns []string
		for _, s := range page {
			ns = append(ns, fmt.Sprint(s.Thread))
		}
		pages, q.From = append(pages, strings.Join(ns, " ")), next
		if len(pages) > 20 {
			t.Fatal("pages without end")
		}
	}
	return strings.Join(pages, " | ")
}

func TestPagesOfDiscussions(t *testing.T) {
	var mails []mail
	for i := range 20 { // those of even number are questions; 3 and 4 are answered
		m := mail{id: fmt.Sprintf("%d@x", i+1), hours: i, body: "We begin on Monday."}
		if (i+1)%2 == 0 {
			m.body = "Are pens allowed?"
		}
		mails = append(mails, m)
	}
	for i, to := range []int{3, 4, 4} {
		mails = append(mails, mail{id: fmt.Sprintf("r%d@x", i), from: "Tom <tom@x.example>", hours: 30 + i, header: fmt.Sprintf("References: <%d@x>\n", to), body: "They are, on every form we have."})
	}
	db := build(t, mails...)
	testdb.Update(t, db, func(tx *store.Tx) error {
		topic, _, err := AddTopic(tx, Topic{List: 1, Name: "Access"})
		for _, n := range []Number{5, 6, 7} {
			_, terr := Tag(tx, n, topic.ID)
			err = errors.Join(err, terr)
		}
		_, cerr := Close(tx, 8, Curator{Who: "test", Now: noon})
		return errors.Join(err, cerr)
	})
	o := newTable(t, db)
	for _, c := range []struct {
		name string
		q    Query
		want string
	}{
		{"the latest first", Query{List: 1, Count: 4}, "4 3 20 19 | 18 17 16 15 | 14 13 12 11 | 10 9 8 7 | 6 5 2 1"},
		{"those begun last first", Query{List: 1, Order: ByBegun, Count: 10}, "20 19 18 17 16 15 14 13 12 11 | 10 9 8 7 6 5 4 3 2 1"},
		{"the most posts first", Query{List: 1, Order: ByPosts, Count: 3}, "4 3 20 | 19 18 17 | 16 15 14 | 13 12 11 | 10 9 8 | 7 6 5 | 2 1"},
		{"of a topic", Query{List: 1, Topic: 1, Count: 2}, "7 6 | 5"},
		{"open questions", Query{List: 1, Unanswered: true, Count: 5}, "20 18 16 14 12 | 10 6 2"},
		{"another list", Query{List: 2, Count: 5}, ""},
		{"one at a time, however few are wanted", Query{List: 1, Topic: 1}, "7 | 6 | 5"},
	} {
		if got := allPages(t, o, c.q); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
	if _, _, err := o.List(Query{List: 1, Order: 3}); err == nil {
		t.Error("an order that there is not")
	}
	if n, err := o.Len(1); n != 20 || err != nil {
		t.Errorf("%d discussions, %v", n, err)
	}
}

// TestATableHearsOfARebuild takes away that two threads are one, as a rebuild by other rules finds it.
func TestATableHearsOfARebuild(t *testing.T) {
	db := build(t, mail{id: "a@x"}, mail{id: "b@x"}, mail{id: "c@x", header: "References: <a@x> <b@x>\n"})
	o := newTable(t, db)
	read := func() string {
		page, _, err := o.List(Query{List: 1, Order: ByBegun, Count: 9})
		var all []string
		for _, s := range page {
			all = append(all, fmt.Sprintf("%d:%d", s.Thread, s.Posts))
		}
		return strings.Join(append(all, fmt.Sprint(err)), " ")
	}
	if got := read(); got != "1:3 <nil>" {
		t.Fatalf("at first %s", got)
	}
	testdb.Update(t, db, func(tx *store.Tx) error {
		return errors.Join(aliases.Delete(tx, 2), joined.Delete(tx, threadKey{A: 1, B: 2}), announce(tx, 1), announce(tx, 2))
	})
	if got := read(); got != "2:1 1:2 <nil>" {
		t.Fatalf("apart %s", got)
	}
	if r := rebuildNow(t, db); r.Rows != 2 || r.Threads != 1 {
		t.Errorf("%+v", r)
	}
	if got := read(); got != "1:3 <nil>" {
		t.Errorf("after a rebuild %s", got)
	}
}

// TestATableKnowsAThreadWhoseFounderWentElsewhere has posts 5 and 6 left in thread 1, while post 1 is in another.
func TestATableKnowsAThreadWhoseFounderWentElsewhere(t *testing.T) {
	db := build(t, append(family(), mail{id: "g@x"})...)
	o := newTable(t, db)
	if _, err := o.Len(1); err != nil {
		t.Fatal(err)
	}
	for _, a := range []act{{ActMerge, 1, 5}, {ActAttach, 1, 7}} {
		if err := db.Update(a.do); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Len(1); err != nil {
			t.Fatal(err)
		}
	}
	testdb.Update(t, db, func(tx *store.Tx) error { _, err := Close(tx, 1, Curator{Who: "test", Now: noon}); return err })
	for n, want := range map[Number]string{1: "1 2 closed", 7: "7 5"} {
		if s, err := o.Get(n); err != nil || fmt.Sprint(s.Thread, s.Posts)+marks(s) != want {
			t.Errorf("thread %d: %+v, %v, want %s", n, s, err, want)
		}
	}
	if got, err := o.ThreadOf([]Number{1, 4, 5, 6, 7, 99}); err != nil || fmt.Sprint(got) != "[7 7 1 1 7 0]" {
		t.Errorf("threads of posts: %v, %v", got, err)
	}
	testdb.Update(t, db, func(tx *store.Tx) error {
		_, err := Hide(tx, 5, Seal{}, noon)
		_, again := Hide(tx, 6, Seal{}, noon)
		return errors.Join(err, again)
	})
	if got, err := o.ThreadOf([]Number{4, 5}); err != nil || fmt.Sprint(got) != "[7 0]" {
		t.Errorf("threads of posts when one has nothing to see: %v, %v", got, err)
	}
	if _, err := o.Get(5); !errors.Is(err, ErrNoThread) {
		t.Errorf("a thread with nothing to see: %v", err)
	}
}

// TestADiscussionThatCannotBeReadLeavesTheOthers loses the row of a post.
func TestADiscussionThatCannotBeReadLeavesTheOthers(t *testing.T) {
	db := build(t, mail{id: "a@x"}, mail{id: "b@x"})
	testdb.Update(t, db, func(tx *store.Tx) error { return posts.Delete(tx, 1) })
	o := newTable(t, db)
	if n, err := o.Len(1); n != 1 || err != nil {
		t.Errorf("%d discussions, %v", n, err)
	}
	if s, err := o.Get(2); s.Thread != 2 || err != nil {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestManyReadATableThatChanges is for the race detector.
func TestManyReadATableThatChanges(t *testing.T) {
	w := newWorld(t, 99)
	o := newTable(t, w.db)
	var all sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		all.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				page, _, err := o.List(Query{List: 1, Count: 10})
				if err != nil || !slices.IsSortedFunc(page, func(a, b Summary) int { return b.Latest.Compare(a.Latest) }) {
					t.Errorf("%v, %v", page, err)
					return
				}
			}
		})
	}
	for range 60 {
		w.step()
	}
	close(stop)
	all.Wait()
}
