package main

import (
	"slices"
	"testing"

	"sencoforum/moderate"
)

func TestWhatStaysIsSaidInPlainWords(t *testing.T) {
	got := stays(moderate.Trace{
		Quotes: []moderate.Quote{
			{Post: 12, Words: 14, Why: moderate.SameWords}, {Post: 13, Words: 1, Why: moderate.SameWords},
			{Post: 14, Why: moderate.SameSubject}, {Message: 7, Kind: "owner", Why: moderate.SameFile}, {Post: 15, Why: moderate.SameID},
		},
		Said: []moderate.Said{{List: "forum", Kind: "legal era", Place: "2014-09-01", Why: moderate.SameWords}, {List: "forum", Kind: "topic", Place: "exams", Why: "the name"}},
	})
	want := []string{
		"These say some of the same, and stay as they are. post redact takes words out of one, post erase all of it:",
		"  post 12 repeats 14 of its words, one after the other",
		"  post 13 has the same words",
		"  post 14 has the same subject",
		"  message:7 (mail to owner) has the same file attached",
		"  post 15 was sent under the same Message-ID",
		"Moderators wrote these; look whether they name it or the person, and change them:",
		"  sentence before 2014-09-01 of list forum: the same words (list era set, or remove)",
		"  topic exams of list forum: the name (topic rename, or remove)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if got := stays(moderate.Trace{}); !slices.Equal(got, []string{"Nothing else that is kept was found to quote it."}) {
		t.Errorf("of nothing: %q", got)
	}
}
