package notice

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func hits(n int) (all []Hit) {
	for i := range n {
		h := Hit{
			Subject: "Annual review without parents", Author: "Margaret Openshaw", Written: time.Date(2003+i, 3, 14, 10, 12, 0, 0, time.UTC),
			Posts:   15,
			Snippet: "… when mum and dad do not come to the yearly …",
		}
		if h.Written.Year() < 2014 {
			h.Era = "Before September 2014: rules have changed."
		}
		all = append(all, h)
	}
	return all
}

func thread(n int) (all []ThreadPost) {
	for i := range n {
		all = append(all, ThreadPost{
			Number: uint32(48213 + i), Author: "Jane Smith", Written: time.Date(2011+2*i, 3, 14, 10, 12, 0, 0, time.UTC),
			Text: "Go ahead, record that they were invited and send them the forms with a date to reply. The LA accepted that from us.\n\nJane",
			Era:  map[bool]string{true: "Before September 2014: rules have changed."}[i < 2],
		})
	}
	all[n-1].Files = []string{"Review form.docx"}
	return all
}

// hitsOfYears are three years apart, and some from after the law changed.
func hitsOfYears(n int) []Hit {
	all := hits(n)
	for i := range all {
		all[i].Written = all[i].Written.AddDate(3*i, 0, 0)
		if all[i].Written.Year() > 2013 {
			all[i].Era = ""
		}
	}
	return all
}

func TestMailsOfTheSearch(t *testing.T) {
	for name, compose := range map[string]func() (Mail, error){
		"search-found": func() (Mail, error) {
			return Found{Words: "parent views", Total: 41, From: 1, Hits: hits(2), More: true, Also: []string{"EHC plan", "parent views form"},
				Why: []string{"Since 2014 people write “EHC plan” for “statement” in England.", "Until 2001 people wrote “stage” where you wrote “views”.", "A third."}, Token: aToken, Read: "search parent views"}.Compose(toJane())
		},
		"search-more": func() (Mail, error) {
			return Found{Words: "parent views", Total: 12, From: 11, Hits: hits(2), Token: aToken, Read: "more"}.Compose(toJane())
		},
		"search-corrected": func() (Mail, error) {
			return Found{Words: "dyslexia screening", Typed: "dislexia screaning", Total: 10000, AtLeast: true, From: 1, Hits: hits(1), More: true,
				Remarks: []string{"This took too long, so some discussions may be missing."}, Token: aToken, Read: "search dislexia screaning"}.Compose(toJane())
		},
		"search-nothing": func() (Mail, error) {
			return Found{Words: "hyperlexya", Suggested: "hyperlexia", Members: 1204, Token: aToken, Read: "search hyperlexya"}.Compose(toJane())
		},
		"search-whole-page": func() (Mail, error) {
			all := hitsOfYears(7)
			all[4].Subject = strings.Repeat("Laptops in exams and the long way to them ", 3)
			return Found{Words: "parent views", Total: 41, From: 8, Hits: all, More: true, Also: []string{"EHC plan"},
				Why: []string{"Since 2014 people write “EHC plan” for “statement” in England."}, Token: aToken, Read: "search parent views"}.Compose(toJane())
		},
		"search-some-loose": func() (Mail, error) {
			all := hits(4)
			all[2].Loose, all[3].Loose = true, true
			return Found{Words: "parent views", Total: 2, From: 1, Hits: all, Token: aToken, Read: "search parent views"}.Compose(toJane())
		},
		"search-new": func() (Mail, error) {
			return FoundNew{Searches: []FollowedSearch{{Words: "parent views", Hits: hits(2)}, {Words: "hyperlexia", Hits: hits(1), More: 3}}, Token: aToken}.Compose(toJane())
		},
		"search-new-one": func() (Mail, error) {
			return FoundNew{Searches: []FollowedSearch{{Words: "parent views", Hits: hits(1)}}, Token: aToken}.Compose(toJane())
		},
		"get-thread": func() (Mail, error) {
			return WholeThread{Subject: "Annual review without parents", Number: 48213, Posts: thread(3), Link: "https://forum.example.org/t/48213", Token: aToken, Read: "get 1"}.Compose(toJane())
		},
		"get-cut": func() (Mail, error) {
			return WholeThread{Subject: "Annual review without parents", Number: 48213, Posts: thread(5), Read: "get #48213", Most: 600}.Compose(toJane())
		},
		"get-nothing": func() (Mail, error) { return NoThread{Asked: "#99", Read: "get #99"}.Compose(toJane()) },
	} {
		t.Run(name, func(t *testing.T) {
			_, got := golden(t, name, compose)
			_, body, _ := strings.Cut(strings.ReplaceAll(got, "=\n", ""), "\n\n") // without the breaks of quoted-printable
			if n := strings.Count(body, "\n"); strings.HasPrefix(name, "search") && n > 25 {
				t.Errorf("it has %d lines", n)
			}
			for line := range strings.Lines(got) {
				if utf8.RuneCountInString(strings.TrimRight(line, "\n")) > 78 && !strings.Contains(line, "snc1_") {
					t.Errorf("a line is too long: %q", line)
				}
			}
		})
	}
}

func TestAMailWithAWholeDiscussionHasABound(t *testing.T) {
	all := thread(2000)
	for i := range all {
		all[i].Text = strings.Repeat(fmt.Sprintf("Sentence %d of a long discussion. ", i), 20)
	}
	m, err := WholeThread{Subject: "Long", Number: 1, Posts: all}.Compose(toJane())
	if err != nil {
		t.Fatal(err)
	}
	if size := len(m.Header) + len(m.Body); size > 200<<10 || size < 100<<10 {
		t.Errorf("it has %d bytes", size)
	}
	if !strings.Contains(string(m.Body), "messages more: an email from me holds no more") {
		t.Error("it does not say that there is more")
	}
}
