package archive

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"sencoforum/internal/testdb"
	"sencoforum/store"
)

// topicNames are the topics of list 1 in order.
func topicNames(t *testing.T, db *store.DB) string {
	t.Helper()
	var all []string
	testdb.View(t, db, func(tx *store.Tx) error {
		some, err := Topics(tx, 1)
		for i, topic := range some {
			if topic.Order != i+1 {
				t.Errorf("%s has the order %d, and is number %d", topic.Name, topic.Order, i+1)
			}
			all = append(all, topic.Name+"/"+topic.Slug)
		}
		return err
	})
	return strings.Join(all, " ")
}

func TestTopicsOfAList(t *testing.T) {
	db := testdb.Open(t)
	addTopics(t, db, 3)
	for _, c := range []struct {
		name    string
		do      func(tx *store.Tx) (Topic, bool, error)
		changed bool
		err     error
		want    string
	}{
		{"add again", func(tx *store.Tx) (Topic, bool, error) { return AddTopic(tx, Topic{List: 1, Name: "B"}) }, false, nil, "a/a b/b c/c"},
		{"add in front", func(tx *store.Tx) (Topic, bool, error) { return AddTopic(tx, Topic{List: 1, Name: "D", Order: 1}) }, true, nil,
			"D/d a/a b/b c/c"},
		{"a slug that is taken", func(tx *store.Tx) (Topic, bool, error) { return AddTopic(tx, Topic{List: 1, Name: "E", Slug: "a"}) }, false,
			ErrTopicTaken, "D/d a/a b/b c/c"},
		{"a slug that is none", func(tx *store.Tx) (Topic, bool, error) { return AddTopic(tx, Topic{List: 1, Name: "E", Slug: "E/e"}) }, false,
			ErrWords, "D/d a/a b/b c/c"},
		{"a name of two lines", func(tx *store.Tx) (Topic, bool, error) { return AddTopic(tx, Topic{List: 1, Name: "E\nF"}) }, false,
			ErrWords, "D/d a/a b/b c/c"},
		{"a new name keeps the slug", func(tx *store.Tx) (Topic, bool, error) { return ChangeTopic(tx, 1, Topic{List: 1, Name: "Alpha"}) }, true, nil,
			"D/d Alpha/a b/b c/c"},
		{"the same name", func(tx *store.Tx) (Topic, bool, error) { return ChangeTopic(tx, 1, Topic{List: 1, Name: "Alpha"}) }, false, nil,
			"D/d Alpha/a b/b c/c"},
		{"a name that is taken", func(tx *store.Tx) (Topic, bool, error) { return ChangeTopic(tx, 1, Topic{List: 1, Name: "C"}) }, false, ErrTopicTaken,
			"D/d Alpha/a b/b c/c"},
		{"to the end", func(tx *store.Tx) (Topic, bool, error) {
			return ChangeTopic(tx, 1, Topic{List: 1, Order: 99, Slug: "alpha"})
		}, true, nil,
			"D/d b/b c/c Alpha/alpha"},
		{"of another list", func(tx *store.Tx) (Topic, bool, error) { return ChangeTopic(tx, 1, Topic{List: 2, Name: "C"}) }, false, ErrNoTopic,
			"D/d b/b c/c Alpha/alpha"},
	} {
		var changed bool
		err := db.Update(func(tx *store.Tx) (err error) {
			_, changed, err = c.do(tx)
			return err
		})
		if changed != c.changed || !errors.Is(err, c.err) {
			t.Errorf("%s: changed %v, %v", c.name, changed, err)
		}
		if got := topicNames(t, db); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// tagAll imports threads an hour apart and tags all with topic 1.
func tagAll(t *testing.T, count int) *store.DB {
	t.Helper()
	var mails []mail
	for i := range count {
		mails = append(mails, mail{id: fmt.Sprint(i, "@x"), hours: -i}) // the later a post came, the older it is
	}
	db := build(t, mails...)
	addTopics(t, db, 1)
	testdb.Update(t, db, func(tx *store.Tx) error {
		for n := range Number(count) {
			if _, err := Tag(tx, n+1, 1); err != nil {
				return err
			}
		}
		return nil
	})
	return db
}

// pagesOf reads all that is tagged with a topic, a page after the other.
func pagesOf(tx *store.Tx, topic Topic, count int) (pages [][]Number, err error) {
	var at TopicPlace
	for {
		page, next, err := ByTopic(tx, topic, at, count)
		if pages = append(pages, page); err != nil || next == (TopicPlace{}) {
			return pages, err
		}
		at = next
	}
}

func TestByTopicShowsTheNewestFirstAndOneThreadOnce(t *testing.T) {
	db := tagAll(t, 8)
	testdb.Update(t, db, func(tx *store.Tx) error { _, err := Merge(tx, 2, 5, noon); return err }) // 5 leads to 2
	testdb.Update(t, db, func(tx *store.Tx) error { _, err := Merge(tx, 1, 8, noon); return err })
	var pages [][]Number
	testdb.View(t, db, func(tx *store.Tx) error {
		topic, err := FindTopic(tx, 1, "A")
		if err != nil {
			return err
		}
		if pages, err = pagesOf(tx, topic, 2); err != nil {
			return err
		}
		counts, err := CountByTopic(tx, 1, 100)
		if counts[1] != 6 {
			t.Errorf("%d threads are counted", counts[1])
		}
		return err
	})
	if got := fmt.Sprint(pages); got != "[[1 2] [3 4] [6 7] []]" {
		t.Error(got)
	}
}

func TestByTopicLooksAtABoundedNumberOfRows(t *testing.T) {
	db := tagAll(t, taggedExamine+20)
	testdb.Update(t, db, func(tx *store.Tx) error { // all but the first are one thread, which stands at its newest row
		for n := range Number(taggedExamine + 18) {
			if _, err := Merge(tx, 2, n+3, noon); err != nil {
				return err
			}
		}
		return nil
	})
	testdb.View(t, db, func(tx *store.Tx) error {
		page, next, err := ByTopic(tx, Topic{ID: 1, List: 1}, TopicPlace{}, 10)
		if !slices.Equal(page, []Number{1, 2}) || next == (TopicPlace{}) || next.Thread > taggedExamine+10 {
			t.Errorf("got %v, then %v", page, next)
		}
		page, next, err2 := ByTopic(tx, Topic{ID: 1, List: 1}, next, 10)
		if len(page) > 0 || next != (TopicPlace{}) {
			t.Errorf("then %v, then %v", page, next)
		}
		return errors.Join(err, err2)
	})
}

func TestARemovedTopicIsGoneAtOnceAndItsRowsInSteps(t *testing.T) {
	db := tagAll(t, 2*untagThreads+5)
	testdb.Update(t, db, func(tx *store.Tx) error { return RemoveTopic(tx, 1, 1) })
	gone := func(tx *store.Tx) error {
		page, _, err := ByTopic(tx, Topic{ID: 1, List: 1}, TopicPlace{}, 10)
		c, err2 := Curated(tx, 1)
		all, err3 := Topics(tx, 1)
		if len(page)+len(c.Topics)+len(all) > 0 {
			t.Errorf("still there: %v, %v, %v", page, c.Topics, all)
		}
		return errors.Join(err, err2, err3)
	}
	testdb.View(t, db, gone)
	testdb.Update(t, db, func(tx *store.Tx) error { return clearTopic(tx, Topic{ID: 1, List: 1}) }) // and then a crash
	left := func() (n int) {
		testdb.View(t, db, func(tx *store.Tx) error {
			for _, err := range tagged.All(tx) {
				if err != nil {
					return err
				}
				n++
			}
			return nil
		})
		return n
	}
	if n := left(); n != untagThreads+5 {
		t.Errorf("%d rows are left after the first step", n)
	}
	testdb.Update(t, db, func(tx *store.Tx) error { // the same name is free again, with another number
		again, made, err := AddTopic(tx, Topic{List: 1, Name: "a"})
		if !made || again.ID != 2 {
			t.Errorf("made %v: %+v", made, again)
		}
		return err
	})
	for range 2 { // the second time there is nothing to do
		if err := ClearTopics(t.Context(), db); err != nil {
			t.Fatal(err)
		}
	}
	if n := left(); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	testdb.View(t, db, func(tx *store.Tx) error {
		for row, err := range curations.All(tx) {
			if err != nil {
				return err
			}
			if len(row.Value.Topics) > 0 {
				t.Fatalf("thread %d has still %v", row.Key, row.Value.Topics)
			}
		}
		_, ok, err := topics.Get(tx, topicKey{A: 1, B: 1})
		if ok {
			t.Error("the topic is still there")
		}
		return err
	})
}
