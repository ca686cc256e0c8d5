package incoming

import (
	"fmt"
	"strings"
	"testing"

	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/message"
)

// TestWhatModeratorsWrite reads replies by what waits; how words are read is tested where that is done.
func TestWhatModeratorsWrite(t *testing.T) {
	d := open(t).desk
	because := func(causes ...list.Cause) (it hold.Item) {
		it.Number = 1
		for _, c := range causes {
			it.Findings = append(it.Findings, list.Finding{Cause: c})
		}
		return it
	}
	post, guard, spam := because(list.CauseFirst), because(list.CauseFile, list.CausePupil), because(list.CauseSpam)
	person := hold.Item{Number: 1, Kind: hold.Application}
	for _, c := range []struct {
		items []hold.Item
		text  string
		want  string // what is done, or nothing
	}{
		{[]hold.Item{post}, "Approve", "approve"}, {[]hold.Item{post}, "trust", "trust"}, {[]hold.Item{spam}, "spam", "discard"},
		{[]hold.Item{guard}, "redact \"Oliver Marsh\"", "redact Oliver Marsh"}, {[]hold.Item{guard}, "remove attachments", "remove attachments"},
		{[]hold.Item{post}, "reject Please write again.\nThank you.", "reject: Please write again."},
		{[]hold.Item{post}, "hold", "hold"}, {[]hold.Item{post}, "undo", "undo"}, {[]hold.Item{person}, "ask Where do you work?", "ask: Where do you work?"},
		{[]hold.Item{person}, "approve and trust", "trust"}, {[]hold.Item{post, spam, guard}, "approve 1 3", "approve [1 3]"},
		{[]hold.Item{post, spam, guard}, "reject 2 names", "reject [2]: names"},
		{[]hold.Item{post}, "ask Where do you work?", ""}, {[]hold.Item{post, spam}, "approve", ""}, {[]hold.Item{post, spam}, "approve 3", ""},
		{[]hold.Item{post}, "", ""}, {[]hold.Item{post}, "> approve", ""}, {[]hold.Item{post}, "no", ""}, {[]hold.Item{post}, "weekly", ""},
		{[]hold.Item{post}, "Approve but take the child's name out", ""}, {[]hold.Item{post}, "Agreed with Tom, hold it", ""},
		{[]hold.Item{post}, "I am away until Monday.\n\napprove", ""}, {[]hold.Item{post}, "ban", "ban"}, {[]hold.Item{person}, "ban", "ban"}, {[]hold.Item{person}, "bin", "discard"}, {[]hold.Item{post, spam}, "ban", ""}, {[]hold.Item{post}, "approve secret subscribe x", ""},
	} {
		m := message.Parse([]byte("From: Asha <asha@school.example>\r\nSubject: Re: x\r\n\r\n" + strings.ReplaceAll(c.text, "\n", "\r\n") + "\r\n"))
		r := d.readDecision(m, c.items, "Jane Smith", 1)
		g := hold.Grant{Item: 1}
		if len(c.items) > 1 {
			g = hold.Grant{Batch: []hold.Number{1, 2, 3}[:len(c.items)]}
		}
		got := ""
		if _, why := chosen(g, r); why == "" {
			got = r.Word.Name
			if len(r.Args.Numbers) > 0 {
				got += fmt.Sprintf(" %v", r.Args.Numbers)
			}
			if len(r.Args.Words) > 0 {
				got += " " + strings.Join(r.Args.Words, "|")
			}
			if r.Args.Text != "" {
				got += ": " + strings.Join(strings.Fields(r.Args.Text), " ")
			}
		}
		if got != c.want {
			t.Errorf("%q is read as %q (%s), want %q", c.text, got, r, c.want)
		}
	}
}
