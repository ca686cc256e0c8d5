package archive

import (
	"errors"
	"testing"
	"time"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

func TestWhenAQuestionIsSolved(t *testing.T) {
	at := func(h int) time.Time { return noon.Add(time.Duration(h) * time.Hour) }
	post := func(n Number, author list.PersonID, hour int, asks bool) Post {
		return Post{Number: n, List: 1, State: Published, Author: author, Accepted: at(hour), Facts: Facts{Rules: 1, Asks: asks}}
	}
	for _, c := range []struct {
		name  string
		said  []solved
		posts []Post
		want  bool
	}{
		{"nobody said so", nil, []Post{post(1, 7, 1, true)}, false},
		{"the asker said so", []solved{{7, at(5)}}, []Post{post(1, 7, 1, true)}, true},
		{"somebody else said so, in a part that had another asker", []solved{{8, at(5)}}, []Post{post(1, 7, 1, true)}, false},
		{"the asker asked again since", []solved{{7, at(5)}}, []Post{post(1, 7, 1, true), post(2, 7, 6, true)}, false},
		{"the asker said so after the second question", []solved{{7, at(5)}, {7, at(7)}}, []Post{post(1, 7, 1, true), post(2, 7, 6, true)}, true},
		{"the asker thanked since", []solved{{7, at(5)}}, []Post{post(1, 7, 1, true), post(2, 7, 6, false)}, true},
		{"somebody else asks something since", []solved{{7, at(5)}}, []Post{post(1, 7, 1, true), post(2, 8, 6, true)}, true},
		{"nobody knows who asked", []solved{{0, at(5)}}, []Post{post(1, 0, 1, true)}, false},
	} {
		known := map[Number]Post{}
		for _, p := range c.posts {
			known[p.Number] = p
		}
		if got := isSolved(c.said, c.posts[0].Author, known); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// The asker alone says it, once; a table that follows and one that is read anew know it; and a merge keeps it.
func TestSolveStaysThroughMergesAndReading(t *testing.T) {
	db := testdb.Open(t)
	for i, id := range []string{"<1@x>", "<2@x>"} {
		p := accept(t, db, id, noon)
		publish(t, db, p.Number)
		testdb.Update(t, db, func(tx *store.Tx) error {
			p, err := Get(tx, p.Number)
			p.Author, p.Facts = list.PersonID(7+i), Facts{Rules: 1, Asks: true}
			return errors.Join(err, posts.Put(tx, p.Number, p))
		})
	}
	follows := newTable(t, db)
	check := func(what string, n Number, want bool) {
		t.Helper()
		for _, o := range []*Overview{follows, newTable(t, db)} {
			s, err := o.Get(n)
			if err != nil || s.Solved != want || s.Answered != want || !s.Question {
				t.Errorf("%s: %+v, %v", what, s, err)
			}
		}
	}
	check("at first", 1, false)
	solve := func(by list.PersonID, is bool) (changed bool) {
		testdb.Update(t, db, func(tx *store.Tx) (err error) {
			var not *NotAskerError
			if _, changed, err = Solve(tx, 1, by, noon, is); errors.As(err, &not) && not.Asked.Number == 1 {
				return nil
			}
			return err
		})
		return changed
	}
	if solve(8, true) || solve(0, true) {
		t.Error("somebody else did it")
	}
	check("after somebody else", 1, false)
	if !solve(7, true) || solve(7, true) {
		t.Error("the asker does it once")
	}
	check("after the asker", 1, true)
	testdb.Update(t, db, func(tx *store.Tx) error { return act{ActMerge, 2, 1}.do(tx) })
	check("after a merge", 1, true)
	if !solve(7, false) || solve(7, false) {
		t.Error("the asker undoes it once")
	}
	check("after the asker undid it", 1, false)
}
