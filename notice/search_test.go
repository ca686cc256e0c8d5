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
			Posts: 15, Matches: 3, Question: true, Answered: i%2 == 0,
			Snippet: "… What do others do when mum and dad do not come to the yearly meeting about the statement? I have written twice and telephoned …",
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
