package search

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"sencoforum/archive"
	"sencoforum/internal/testdb"
	"sencoforum/store"
)

func TestADiscussionWithNoneOfTheFirstWordsIsNeverAlikeEnough(t *testing.T) {
	order := rand.New(rand.NewPCG(1, 1))
	skipped := 0
	for range 3000 {
		words := make([]wanted, similarLeast+order.IntN(similarTerms-similarLeast+1))
		for i := range words {
			words[i] = wanted{worth: 1 + 20*order.Float64(), posts: uint64(order.IntN(20_000)), title: order.IntN(6) == 0}
		}
		places, late := lookOrder(words)
		if got := slices.Sorted(slices.Values(places)); !slices.Equal(got, placesOf(words)) {
			t.Fatalf("looks through %v", got)
		}
		rest := hasWords(0)
		for _, i := range places[late:] {
			rest |= 1 << i
		}
		skipped += rest.count()
		enough := rest.worth(words)/totalOf(words) >= similarEnough
		if titles := titlesOf(words); enough && (titles == 0 || rest&titles != 0) {
			t.Fatalf("what has all but the first %d of %+v is passed over", late, words)
		}
	}
	if skipped == 0 {
		t.Error("no word comes late")
	}
}

// alikeByAll are the discussions that are like some words, by looking for each word in all posts.
func (s *shelf) alikeByAll(words []wanted, root archive.Number) (likes []Like) {
	has := map[archive.Number]hasWords{}
	err := s.x.look(context.Background(), weights{}, func(l *look) error {
		return s.x.overview.Roots(func(of []archive.Number) error {
			for i, w := range words {
				err := l.holders(w.word, func(n archive.Number) { has[of[n]] |= 1 << i })
				if err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		s.t.Fatal(err)
	}
	titles := titlesOf(words)
	for n, h := range has {
		worth := h.worth(words) / totalOf(words)
		if n != root && h.count() >= similarLeast && (titles == 0 || h&titles != 0) && worth >= similarEnough {
			likes = append(likes, Like{Summary: archive.Summary{Thread: n}, Worth: worth})
		}
	}
	slices.SortFunc(likes, func(a, b Like) int {
		return cmp.Or(cmp.Compare(b.Worth, a.Worth), cmp.Compare(b.Thread, a.Thread))
	})
	return likes
}

func TestDiscussionsAlikeAreThoseOfAllWordsInAllPosts(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	order := rand.New(rand.NewPCG(2, 2))
	letter := func(n int) string { return string(rune('a' + n%26)) }
	for i := range 240 { // six of each kind, which share most of their words
		kind := i % 40
		text := make([]string, 12+order.IntN(8))
		for j := range text {
			if text[j] = "kind" + letter(kind) + letter(kind/26+20) + letter(order.IntN(16)); order.IntN(4) == 0 {
				text[j] = "noise" + letter(order.IntN(26)) + letter(order.IntN(26))
			} else if order.IntN(20) == 0 {
				text[j] += "-noise" + letter(order.IntN(26))
			}
		}
		s.post(text[0]+" "+text[1], strings.Join(text, " "), id(fmt.Sprint("q", i)))
	}
	s.follow()
	w := s.searcher(shippedWords(t))
	if err := s.x.CatchUp(context.Background()); err != nil {
		t.Fatal(err)
	}
	compared := 0
	for n := archive.Number(1); n <= 240; n += 3 {
		a := newAnalyser()
		subject, own := "", ""
		s.read(n, &subject, &own)
		words, err := w.telling(termsOf(a.tokens(subject, subjectWords), a.tokens(own, similarRead)))
		if err != nil {
			t.Fatal(err)
		}
		if len(words) < similarLeast {
			continue
		}
		got, err := w.like(context.Background(), s.reader(), termsOf(a.tokens(subject, subjectWords), a.tokens(own, similarRead)), n)
		if err != nil {
			t.Fatal(err)
		}
		want := s.alikeByAll(words, n)
		compared += len(want)
		same := func(a, b Like) bool { return a.Thread == b.Thread && a.Worth == b.Worth }
		if !slices.EqualFunc(got, want, same) {
			t.Fatalf("like %d are %v, want %v", n, got, want)
		}
	}
	if compared < 20 {
		t.Errorf("only %d are compared", compared)
	}
}

// read reads a post.
func (s *shelf) read(n archive.Number, subject, own *string) {
	s.t.Helper()
	testdb.View(s.t, s.db, func(tx *store.Tx) error {
		p, err := archive.Get(tx, n)
		if err != nil {
			return err
		}
		*subject = p.Subject
		*own, _, err = s.x.texts.of(tx, p)
		return err
	})
}
