package search

import "testing"

func TestChips(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, chip, without string }{
		{"plan year:2014", "2014", "plan"},
		{"plan year:2010-2014", "2010 to 2014", "plan"},
		{"plan on:september 2014", "September 2014", "plan"},
		{"plan on:2/9/2014", "2 September 2014", "plan"},
		{"plan after:2/9/2014", "From 2 September 2014", "plan"},
		{"plan before:2/9/2014", "Before 2 September 2014", "plan"},
		{"plan year:2014/15", "1 September 2014 to 31 August 2015", "plan"},
		{"topic:exam-access OR topic:sats topic:jobs", "Topic: exam access or sats", "topic:jobs"},
		{"-topic:jobs x", "Not topic: jobs", "x"},
		{"list:a list:b x", "List: a or b", "x"},
		{"-list:a x", "Not list: a", "x"},
		{"has:file is:closed", "With a file", "is:closed"},
		{"-has:file x", "Without a file", "x"},
		{"#12 x", "Post 12", "x"},
		{"/t/12 /t/13", "2 discussions", ""},
		{"<a@b> x", "The post with this Message-ID", "x"},
	} {
		found := false
		for _, chip := range Parse(c.text, testNow).Chips() {
			if chip.Text == c.chip {
				found = true
				if chip.Without.Typed != c.without {
					t.Errorf("%q without %q is %q, want %q", c.text, c.chip, chip.Without.Typed, c.without)
				}
			}
		}
		if !found {
			t.Errorf("%q has no chip %q but %v", c.text, c.chip, Parse(c.text, testNow).Chips())
		}
	}
}
