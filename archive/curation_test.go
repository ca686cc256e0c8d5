package archive

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sencoforum/internal/testdb"
	"sencoforum/store"
)

var asha = Curator{Who: "member 17", Now: noon}

// addTopics makes topics of list 1 with the numbers 1, 2, 3 …, named by single letters from "a" on.
func addTopics(t *testing.T, db *store.DB, count int) {
	t.Helper()
	testdb.Update(t, db, func(tx *store.Tx) error {
		for i := range count {
			name := string(rune('a' + i))
			if i >= 26 {
				name = fmt.Sprint("topic ", i)
			}
			if _, made, err := AddTopic(tx, Topic{List: 1, Name: name}); err != nil || !made {
				return errors.Join(err, fmt.Errorf("topic %d made: %v", i, made))
			}
		}
		return nil
	})
}

// curatedLine writes what is said about a discussion: "1 ab pinned closed in start".
func curatedLine(tx *store.Tx, n Number) (string, error) {
	c, err := Curated(tx, n)
	line := fmt.Sprint(c.Thread, " ")
	for _, t := range c.Topics {
		line += t.Slug
	}
	if c.Pinned.Set() {
		line += " pinned"
	}
	if c.Closed.Set() {
		line += " closed"
	}
	for _, in := range c.Collections {
		line += " in " + in.Slug
	}
	return line, err
}

// curate does what a line says: "tag 1 a", "untag 1 a", "pin 1", "unpin 1", "close 1", "open 1", "put 1", "take 1"
// (collection "start", number 1), or an act: "merge 1 5", "split 2", "attach 2 6".
func curate(tx *store.Tx, line string) (changed bool, err error) {
	var n, into Number
	word, rest, _ := strings.Cut(line, " ")
	first, last, _ := strings.Cut(rest, " ")
	if _, err := fmt.Sscan(first, &n); err != nil {
		return false, err
	}
	switch word {
	case "tag", "untag":
		topic, err := FindTopic(tx, 1, last)
		if err != nil {
			return false, err
		}
		if word == "tag" {
			return Tag(tx, n, topic.ID)
		}
		return Untag(tx, n, topic.ID)
	case "pin":
		return Pin(tx, n, asha)
	case "unpin":
		return Unpin(tx, n)
	case "close":
		return Close(tx, n, asha)
	case "open":
		return Reopen(tx, n)
	case "put", "take":
		c, err := FindCollection(tx, 1, "start")
		if err != nil {
			return false, err
		}
		if word == "take" {
			return RemoveEntry(tx, c, n)
		}
		_, changed, err = PutEntry(tx, c, Entry{Thread: n, Summary: "about " + first, Added: noon, By: asha.Who})
		return changed, err
	}
	if last != "" {
		if _, err := fmt.Sscan(last, &into); err != nil {
			return false, err
		}
	}
	return true, act{ActKind(word), n, into}.do(tx)
}

func TestCuration(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string
		err   error // of the last line
		want  string
	}{
		{"nothing is said at first", nil, nil, "1 ; 5 "},
		{"a tag by any post of the thread", []string{"tag 3 a", "tag 1 b"}, nil, "1 ab; 5 "},
		{"untag", []string{"tag 1 a", "tag 1 b", "untag 2 a"}, nil, "1 b; 5 "},
		{"pin and close", []string{"pin 2", "close 6"}, nil, "1  pinned; 5  closed"},
		{"unpin and open", []string{"pin 2", "close 1", "unpin 3", "open 4"}, nil, "1 ; 5 "},
		{"a merge unites", []string{"tag 1 a", "tag 5 b", "pin 5", "close 1", "put 5", "merge 1 5"}, nil, "1 ab pinned closed in start"},
		{"a merge with more than a moderator could give", []string{"tag 1 a", "tag 1 b", "tag 1 c", "tag 5 d", "merge 5 1"}, nil, "1 abcd"},
		{"the end of a merge: topics stay with both, and the rest goes where it was",
			[]string{"tag 1 a", "tag 5 b", "pin 5", "close 1", "put 5", "merge 1 5", "split 5"}, nil, "1 ab closed; 5 ab pinned in start"},
		{"what is taken back of the merged thread does not come back", []string{"tag 1 a", "tag 5 a", "pin 5", "merge 1 5", "untag 1 a", "unpin 1", "split 5"},
			nil, "1 ; 5 "},
		{"an entry of a merged thread is taken out by any number", []string{"put 5", "merge 1 5", "take 2", "split 5"}, nil, "1 ; 5 "},
		{"a split copies topics and nothing else", []string{"tag 1 a", "pin 1", "close 1", "put 1", "split 2"}, nil, "1 a pinned closed in start; 2 a; 5 "},
		{"tags after a split are of one only", []string{"tag 1 a", "split 2", "tag 2 b"}, nil, "1 a; 2 ab; 5 "},
		{"attach copies nothing", []string{"tag 1 a", "tag 5 b", "attach 2 6"}, nil, "1 a; 5 b"},
		{"attach of a whole thread unites", []string{"tag 1 a", "tag 5 b", "pin 5", "attach 5 3"}, nil, "1 ab pinned"},
		{"a topic of nobody", []string{"tag 1 zz"}, ErrNoTopic, "1 ; 5 "},
		{"no such thread", []string{"tag 9 a"}, ErrNoPost, "1 ; 5 "},
		{"no such thread to pin", []string{"pin 9"}, ErrNoPost, "1 ; 5 "},
		{"no such thread to open", []string{"open 9"}, ErrNoPost, "1 ; 5 "},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := build(t, family()...)
			addTopics(t, db, 4)
			testdb.Update(t, db, func(tx *store.Tx) error {
				_, _, err := CreateCollection(tx, Collection{List: 1, Title: "Start"})
				return err
			})
			for i, line := range c.lines {
				err := db.Update(func(tx *store.Tx) error { _, err := curate(tx, line); return err })
				if i == len(c.lines)-1 && !errors.Is(err, c.err) || i < len(c.lines)-1 && err != nil {
					t.Errorf("%s: %v", line, err)
				}
			}
			for range 2 {
				if got := curatedState(t, db); got != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
				rebuildNow(t, db)
			}
		})
	}
}

// curatedState writes what is said about every thread that lives, and checks that every index says the same.
func curatedState(t *testing.T, db *store.DB) string {
	t.Helper()
	f := readForest(t, db)
	var lines []string
	testdb.View(t, db, func(tx *store.Tx) error {
		byTopic, inStart, pins := map[string][]Number{}, []Number{}, []Number{}
		roots := slices.Sorted(maps.Values(f.thread))
		for _, root := range slices.Compact(roots) {
			c, err := Curated(tx, root)
			if err != nil {
				return err
			}
			line, err := curatedLine(tx, root)
			if err != nil {
				return err
			}
			lines = append(lines, line)
			for _, topic := range c.Topics {
				byTopic[topic.Slug] = append(byTopic[topic.Slug], c.Thread)
			}
			if len(c.Collections) > 0 {
				inStart = append(inStart, c.Thread)
			}
			if c.Pinned.Set() {
				pins = append(pins, c.Thread)
			}
		}
		return errors.Join(topicsSay(tx, byTopic), startSays(tx, inStart), pinsSay(tx, pins))
	})
	slices.Sort(lines)
	return strings.Join(lines, "; ")
}

func differs(what string, got, want []Number) error {
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		return fmt.Errorf("%s: %v, the threads say %v", what, got, want)
	}
	return nil
}

func topicsSay(tx *store.Tx, want map[string][]Number) error {
	all, err := Topics(tx, 1)
	if err != nil {
		return err
	}
	for _, topic := range all {
		pages, err := pagesOf(tx, topic, 2)
		if err != nil {
			return err
		}
		if err := differs("topic "+topic.Slug, slices.Concat(pages...), want[topic.Slug]); err != nil {
			return err
		}
	}
	return nil
}

func startSays(tx *store.Tx, want []Number) error {
	c, err := FindCollection(tx, 1, "start")
	if err != nil {
		return err
	}
	all, err := Entries(tx, c.ID)
	if err != nil {
		return err
	}
	var got []Number
	for i, e := range all {
		got = append(got, e.Thread)
		if e.Order < 1 || i > 0 && all[i-1].Order >= e.Order {
			return fmt.Errorf("entry %d has the order %d", i, e.Order)
		}
	}
	slices.Sort(got)
	return differs("collection", slices.Compact(got), want)
}

func pinsSay(tx *store.Tx, want []Number) error {
	all, err := Pinned(tx, 1)
	var got []Number
	for _, c := range all {
		got = append(got, c.Thread)
	}
	return errors.Join(err, differs("pinned", got, want))
}

// TestMergesAndSplitsKeepWhatModeratorsSaid does random things to random threads, and checks after each merge that all
// that was said of the two is said of the one, and after each split that both have the topics.
func TestMergesAndSplitsKeepWhatModeratorsSaid(t *testing.T) {
	words := []string{"tag", "tag", "tag", "untag", "pin", "unpin", "close", "open", "put", "take", "merge", "merge", "split", "attach"}
	merges, splits := 0, 0
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 17))
		mails := honest(r, 30)
		db := build(t, mails...)
		addTopics(t, db, 5)
		testdb.Update(t, db, func(tx *store.Tx) error {
			_, _, err := CreateCollection(tx, Collection{List: 1, Title: "Start"})
			return err
		})
		for range 120 {
			n, into := Number(1+r.IntN(len(mails))), Number(1+r.IntN(len(mails)))
			word := words[r.IntN(len(words))]
			line := fmt.Sprint(word, " ", n)
			before, other := curatedOf(t, db, n), curatedOf(t, db, into)
			switch word {
			case "tag", "untag":
				line += " " + string(rune('a'+r.IntN(5)))
			case "merge":
				line = fmt.Sprint("merge ", before.Thread, " ", other.Thread)
			case "attach":
				line += fmt.Sprint(" ", into)
			}
			if db.Update(func(tx *store.Tx) error { _, err := curate(tx, line); return err }) != nil {
				continue // such as a split of a founder
			}
			after, rest := curatedOf(t, db, n), curatedAs(t, db, before.Thread)
			switch word {
			case "merge":
				merges++
				if want := unionOf(before, other); said(after) != want {
					t.Errorf("seed %d, %s: %q, want %q", seed, line, said(after), want)
				}
			case "split":
				splits++
				if !hasTopics(after, before) || topicWord(rest) != topicWord(before) {
					t.Errorf("seed %d, %s: had %q, are %q and %q", seed, line, topicWord(before), topicWord(after), topicWord(rest))
				}
			}
		}
		state := curatedState(t, db)
		if rebuildNow(t, db); curatedState(t, db) != state {
			t.Errorf("seed %d: a rebuild changed what is said", seed)
		}
	}
	if merges < 20 || splits < 20 {
		t.Errorf("%d merges and %d splits are too few", merges, splits)
	}
}

// curatedOf is what is said of the discussion in which a post is. Its founder may have left it, so this may be another
// one than that with the post's number.
func curatedOf(t *testing.T, db *store.DB, n Number) Curation {
	t.Helper()
	var root Number
	testdb.View(t, db, func(tx *store.Tx) (err error) {
		root, err = ThreadOf(tx, n)
		return err
	})
	return curatedAs(t, db, root)
}

// curatedAs is what is said of the discussion with a number.
func curatedAs(t *testing.T, db *store.DB, thread Number) (c Curation) {
	t.Helper()
	testdb.View(t, db, func(tx *store.Tx) (err error) {
		c, err = Curated(tx, thread)
		return err
	})
	return c
}

// hasTopics reports whether one has all topics of the other. It may have more: posts of a thread with the number of a
// post that stands elsewhere may have stayed, and the post comes back to them.
func hasTopics(c, of Curation) bool {
	return !slices.ContainsFunc(of.Topics, func(t Topic) bool { return !slices.Contains(c.Topics, t) })
}

func topicWord(c Curation) (w string) {
	for _, t := range c.Topics {
		w += t.Slug
	}
	return w
}

func said(c Curation) string {
	return fmt.Sprint(topicWord(c), c.Pinned.Set(), c.Closed.Set(), len(c.Collections))
}

func unionOf(a, b Curation) string {
	letters := strings.Split(topicWord(a)+topicWord(b), "")
	slices.Sort(letters)
	return fmt.Sprint(strings.Join(slices.Compact(letters), ""), a.Pinned.Set() || b.Pinned.Set(), a.Closed.Set() || b.Closed.Set(),
		max(len(a.Collections), len(b.Collections)))
}

func TestWhatIsDoneTwiceChangesNothing(t *testing.T) {
	db := build(t, family()...)
	addTopics(t, db, 2)
	testdb.Update(t, db, func(tx *store.Tx) error {
		_, _, err := CreateCollection(tx, Collection{List: 1, Title: "Start"})
		return err
	})
	for _, line := range []string{"tag 1 a", "pin 1", "close 1", "put 1", "untag 1 a", "unpin 1", "open 1", "take 1"} {
		for _, want := range []bool{true, false} {
			testdb.Update(t, db, func(tx *store.Tx) error {
				before, err := LastSeq(tx)
				if err != nil {
					return err
				}
				changed, err := curate(tx, line)
				after, seqErr := LastSeq(tx)
				if changed != want || (after != before) != want {
					t.Errorf("%s: changed %v, seq %d to %d; want a change: %v", line, changed, before, after, want)
				}
				return errors.Join(err, seqErr)
			})
		}
	}
}

func TestFollowersHearOfCuration(t *testing.T) {
	db := build(t, family()...)
	addTopics(t, db, 2)
	testdb.Update(t, db, func(tx *store.Tx) error {
		for _, line := range []string{"split 2", "tag 1 a", "tag 2 a", "pin 1", "tag 3 b"} {
			if _, err := curate(tx, line); err != nil {
				return err
			}
		}
		return nil
	})
	var got []string
	testdb.View(t, db, func(tx *store.Tx) error {
		for c, err := range Changes(tx, 0) {
			if err != nil {
				return err
			}
			got = append(got, fmt.Sprint(c.Event, " ", c.Post))
		}
		return nil
	})
	want := []string{"published 1", "published 2", "published 3", "published 4", "published 5", "published 6",
		"threaded 1", "threaded 2", "curated 1", "curated 2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBoundsOfCuration(t *testing.T) {
	var mails []mail
	for i := range MaxPinned + 1 {
		mails = append(mails, mail{id: fmt.Sprint(i, "@x")})
	}
	db := build(t, mails...)
	addTopics(t, db, MaxTopics)
	refused := func(what string, err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
	}
	refused("a topic too many", db.Update(func(tx *store.Tx) error {
		_, _, err := AddTopic(tx, Topic{List: 1, Name: "one more"})
		return err
	}), ErrManyTopics)
	refused("a tag too many", db.Update(func(tx *store.Tx) error {
		for id := range TopicID(MaxTagged + 1) {
			if _, err := Tag(tx, 1, id+1); err != nil {
				return err
			}
		}
		return nil
	}), ErrManyTagged)
	refused("a pin too many", db.Update(func(tx *store.Tx) error {
		for n := range Number(MaxPinned + 1) {
			if _, err := Pin(tx, n+1, asha); err != nil {
				return err
			}
		}
		return nil
	}), ErrManyPinned)
	refused("another list's topic", db.Update(func(tx *store.Tx) error {
		foreign, _, err := AddTopic(tx, Topic{List: 2, Name: "foreign"})
		if err != nil {
			return err
		}
		_, err = Tag(tx, 1, foreign.ID)
		return err
	}), ErrNoTopic)
}

// TestASplitOfAPostWhoseNumberLeadsElsewhere takes a post back to its number, under which other posts have stayed and
// became a part of another thread.
func TestASplitOfAPostWhoseNumberLeadsElsewhere(t *testing.T) {
	db := build(t, mail{id: "a@x"}, mail{id: "b@x", header: "References: <gone@x>\n"}, mail{id: "c@x", header: "References: <gone@x>\n"},
		mail{id: "d@x"})
	addTopics(t, db, 3)
	testdb.Update(t, db, func(tx *store.Tx) error {
		for _, line := range []string{"tag 1 a", "tag 2 b", "attach 2 4", "merge 2 1", "tag 4 c", "split 2"} {
			if _, err := curate(tx, line); err != nil {
				return fmt.Errorf("%s: %w", line, err)
			}
		}
		for n, want := range map[Number]string{1: "1 ab", 2: "2 abc", 3: "2 abc", 4: "4 c"} {
			if got, err := curatedLine(tx, n); err != nil || got != want {
				t.Errorf("post %d: %q, %v; want %q", n, got, err, want)
			}
		}
		return nil
	})
}

func TestWhatLostItsThreadIsSettled(t *testing.T) {
	db := build(t, family()...)
	addTopics(t, db, 3)
	testdb.Update(t, db, func(tx *store.Tx) error {
		if _, err := Tag(tx, 1, 2); err != nil {
			return err
		}
		// As if post 3 had founded a thread by older rules.
		return amend(tx, 3, func(c *curation) { c.add(1); c.Pinned = asha.mark() })
	})
	rebuildNow(t, db)
	testdb.View(t, db, func(tx *store.Tx) error {
		line, err := curatedLine(tx, 1)
		if line != "1 ab pinned" {
			t.Errorf("got %q", line)
		}
		if left, ok, err := curations.Get(tx, 3); err != nil || ok {
			t.Errorf("left: %+v, %v", left, err)
		}
		return errors.Join(err, topicsSay(tx, map[string][]Number{"a": {1}, "b": {1}}), pinsSay(tx, []Number{1}))
	})
}
