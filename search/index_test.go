package search

import (
	"context"
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
	"sencoforum/store"
)

// shelf is an archive with an index over it.
type shelf struct {
	t    testing.TB
	db   *store.DB
	dir  string
	list list.ID
	x    *Index
	now  time.Time
	due  time.Time
}

func newShelf(t testing.TB) *shelf {
	s := &shelf{t: t, db: testdb.Open(t), dir: filepath.Join(t.TempDir(), "search"), now: time.Now()}
	s.list = s.addList("forum")
	s.open()
	t.Cleanup(func() { s.close() })
	return s
}

func (s *shelf) addList(name string) (id list.ID) {
	testdb.Update(s.t, s.db, func(tx *store.Tx) error {
		l, err := list.Create(tx, list.List{Name: name, Domain: "lists.example", Title: name, Settings: list.DefaultSettings()})
		id = l.ID
		return err
	})
	return id
}

func (s *shelf) open() {
	s.t.Helper()
	log := slog.New(slog.NewTextHandler(s.t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	s.x = Open(log, s.db, archive.NewOverview(log, s.db), Config{Dir: s.dir, Now: func() time.Time { return s.now }, Due: func() time.Time { return s.due }})
	s.x.patience = time.Minute // a machine that is busy makes no answer partial
}

func (s *shelf) close() {
	s.t.Helper()
	if err := s.x.Close(); err != nil {
		s.t.Error(err)
	}
}

// follow indexes all there is.
func (s *shelf) follow() {
	s.t.Helper()
	for more := true; more; {
		var err error
		if more, err = s.x.work(context.Background()); err != nil {
			s.t.Fatal(err)
		}
	}
}

// post is in the archive at once, as an import puts it there.
func (s *shelf) post(subject, body string, fields ...string) archive.Number {
	return s.postTo(s.list, subject, body, fields...)
}

func (s *shelf) postTo(l list.ID, subject, body string, fields ...string) (n archive.Number) {
	s.t.Helper()
	head := "From: Priya Shah <priya@school.example>\r\nSubject: " + subject + "\r\nDate: Mon, 2 Mar 2015 10:00:00 +0000\r\n"
	for _, f := range fields {
		name, _, _ := strings.Cut(f, ":")
		head = dropField(head, name) + f + "\r\n"
	}
	raw := []byte(head + "\r\n" + strings.ReplaceAll(body, "\n", "\r\n") + "\r\n")
	testdb.Update(s.t, s.db, func(tx *store.Tx) error {
		m := message.Parse(raw)
		id, err := intake.Put(tx, intake.New{Raw: store.NewBlob(raw), State: intake.Done, Record: intake.Record{Envelope: message.Envelope{Received: s.now}}})
		if err != nil {
			return err
		}
		np := archive.Describe(m, "", s.now)
		np.List, np.Intake, np.Imported = l, id, true
		p, err := archive.Import(tx, np)
		n = p.Number
		return err
	})
	return n
}

func dropField(head, name string) string {
	lines := strings.SplitAfter(head, "\r\n")
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, name+":") }), "")
}

func (s *shelf) reader() (r Reader) {
	testdb.Update(s.t, s.db, func(tx *store.Tx) (err error) {
		r, err = ReaderOfOperator(tx)
		return err
	})
	return r
}

// find returns the posts that match, in order of number.
func (s *shelf) find(q Query) []archive.Number {
	s.t.Helper()
	f, err := s.x.hits(context.Background(), s.reader(), q, defaultWeights())
	if err != nil {
		s.t.Fatal(err)
	}
	var all []archive.Number
	for _, h := range f.Hits {
		all = append(all, h.Post)
	}
	slices.Sort(all)
	return all
}

// words is a query for all of these words.
func words(text string) (q Query) {
	for _, w := range strings.Fields(text) {
		q.Clauses = append(q.Clauses, Clause{Terms: []Term{{Words: []string{w}}}})
	}
	return q
}

func phrase(text string) Query {
	return Query{Clauses: []Clause{{Terms: []Term{{Words: strings.Fields(text), Phrase: true}}}}}
}

func (s *shelf) want(q Query, want ...archive.Number) {
	s.t.Helper()
	if got := s.find(q); !slices.Equal(got, want) {
		s.t.Errorf("%v finds %v, want %v", fmt.Sprintf("%+v", q.Clauses), got, want)
	}
}

func TestPostsAreFoundByTheirWords(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	a := s.post("Reading pens in exams", "Does JCQ let us use reading pens? Our EHCPs name them.\n\n> organise the behaviour plan\n")
	b := s.post("E.H.C.P. review", "We organize SEN-Support meetings for the SENCo's team. The behavior was good.")
	s.follow()
	s.want(words("reading"), a)
	s.want(words("pen"), a)
	s.want(words("ehcp"), a, b)
	s.want(words("e.h.c.p"), a, b)
	s.want(words("organise"), b)
	s.want(words("behaviour"), b)
	s.want(words("sen support"), b)
	s.want(words("sen-support"), b)
	s.want(words("sencos"), b)
	s.want(words("priya"), a, b)
	s.want(words("reading behaviour"))
	s.want(phrase("reading pens"), a)
	s.want(phrase("pens reading"))
	s.want(phrase("let us use reading"), a)
	q := words("behaviour")
	q.Clauses[0].Terms[0].Field = Quotes
	s.want(q, a, b)
	q = words("team")
	q.Clauses[0].Terms[0].Field = Subject
	s.want(q)
	s.want(Query{Clauses: []Clause{{Not: true, Terms: []Term{{Words: []string{"pens"}}}}}}, b)
	q = words("ehcp")
	q.Clauses = append(q.Clauses, Clause{Not: true, Terms: []Term{{Words: []string{"pens"}}}})
	s.want(q, b)
	s.want(Query{}, a, b)
}

func TestNobodyFindsWhatTheyMayNotRead(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	other := s.addList("governors")
	a, b := s.post("Plan", "the secret plan"), s.postTo(other, "Plan", "the secret plan")
	s.follow()
	s.want(words("secret"), a, b)
	for _, q := range []Query{words("secret"), {}, {Filter: Filter{Posts: []archive.Number{b}}}, {Filter: Filter{Lists: []string{"governors"}}}} {
		f, err := s.x.hits(context.Background(), s.reader().Within(s.list), q, defaultWeights())
		if err != nil || slices.ContainsFunc(f.Hits, func(h hit) bool { return h.Post == b }) {
			t.Errorf("%+v: a reader of one list found the other's post: %+v, error %v", q, f.Hits, err)
		}
		if f, err = s.x.hits(context.Background(), Reader{}, q, defaultWeights()); err != nil || len(f.Hits) > 0 {
			t.Errorf("%+v: nobody found %+v, error %v", q, f.Hits, err)
		}
	}
}
