package discussions

import (
	"slices"
	"strings"
	"testing"
)

func TestDiscussionsAreInventedAlikeEachTime(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 1900 || len(all) > 2200 {
		t.Errorf("%d discussions, want about 2,000", len(all))
	}
	again, err := All()
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for i, p := range Posts(all) {
		if ids[p.ID] {
			t.Fatalf("two posts have the Message-ID %s", p.ID)
		}
		ids[p.ID] = true
		if i%500 == 0 && !slices.Equal(p.Raw, Posts(again)[i].Raw) {
			t.Fatalf("post %d is another each time", i)
		}
		if strings.ContainsAny(string(p.Raw), "{}") {
			t.Errorf("a name has no words: %s", p.Raw)
		}
	}
	t.Logf("%d discussions, %d posts", len(all), len(ids))
}

func TestWordsAreThoseOfTheirYear(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		text := string(d.Posts[0].Raw)
		if year := d.Begun().Year(); year < 2011 && strings.Contains(text, "EHC") || year > 2019 && strings.Contains(text, "School Action") {
			t.Errorf("%s is written before or after its time, in %d:\n%s", d.Key, year, text)
		}
	}
}
