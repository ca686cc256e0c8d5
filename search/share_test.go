package search

import (
	"math/rand/v2"
	"slices"
	"testing"
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
