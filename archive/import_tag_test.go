package archive

import (
	"fmt"
	"strings"
	"testing"

	"sencoforum/message"
)

func TestAnOldListsTagIsTakenOutOfSubjects(t *testing.T) {
	for _, c := range []struct{ name, tag, subject, want string }{
		{"before", "[Old]", "[Old] Hello", "Hello"},
		{"behind a reply mark", "[Old]", "Re: [Old] Hello", "Re: Hello"},
		{"before one", "[Old]", "[Old] Re: Hello", "Re: Hello"},
		{"many times", "[Old]", "[Old] Re: [Old] AW: [old] Hello", "Re: AW: Hello"},
		{"behind a counted mark", "[Old]", "Re[2]: [Old] Hello", "Re[2]: Hello"},
		{"behind another list's", "[Old]", "[Other] [Old] Hello", "[Other] Hello"},
		{"other tags stay", "[Old]", "[Old] [Nevow] Hello", "[Nevow] Hello"},
		{"in the middle it stays", "[Old]", "What is [Old] for?", "What is [Old] for?"},
		{"behind a long word it stays", "[Old]", "Question: [Old] or new", "Question: [Old] or new"},
		{"alone", "[Old]", "[Old]", ""},
		{"alone behind a mark", "[Old]", "Re: [Old]", "Re:"},
		{"in no subject", "[Old]", "", ""},
		{"in other letters", "[Old List]", "[OLD  list] Hello", "Hello"},
		{"with a number", "[Old %d]", "Re: [Old 12] Hello [Old 13]", "Re: Hello [Old 13]"},
		{"without brackets", "Old:", "Old: Hello", "Hello"},
		{"that is a word", "Old", "Old Oldham", "Oldham"},
		{"a longer word stays", "Old", "Oldham", "Oldham"},
		{"folded behind it", "[Old]", "[Old]\n\tRe: Hello\n you", "Re: Hello you"},
		{"encoded", "[Old]", "=?utf-8?q?=5BOld=5D_H=C3=A9llo?=", "Héllo"},
		{"before an encoded rest", "[Old]", "[Old] =?utf-8?q?H=C3=A9llo?=", "Héllo"},
		{"within an encoded rest as well", "[Old]", "[Old] =?utf-8?q?Re=3A_=5BOld=5D_H=C3=A9llo?=", "Re: Héllo"},
		{"behind a mark of another language", "[Old]", "=?utf-8?b?5Zue5aSN77yaW09sZF0gSGVsbG8=?=", "回复： Hello"},
		{"letters that are no charset", "[Old]", "[Old] H\xe9llo", "Héllo"},
	} {
		t.Run(c.name, func(t *testing.T) {
			raw := "From: x@y.example\nSubject: " + c.subject + "\nTo: [Old] <l@y.example>\n\n[Old] words\n"
			out, did := NewTagCutter(c.tag).Fix([]byte(raw))
			if got := message.Parse(out).Subject(); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			if changed := string(out) != raw; changed != did {
				t.Errorf("it says %t:\n%s", did, out)
			}
			if !strings.Contains(string(out), "\nTo: [Old] <l@y.example>\n\n[Old] words\n") || strings.Contains(string(out), "\r") {
				t.Errorf("the rest has changed:\n%q", out)
			}
			if again, did := NewTagCutter(c.tag).Fix(out); did || string(again) != string(out) {
				t.Errorf("once more: %q", again)
			}
		})
	}
	if out, did := NewTagCutter("[Old]").Fix([]byte("From: x@y\r\n\r\n")); did || string(out) != "From: x@y\r\n\r\n" {
		t.Errorf("without a subject: %q", out)
	}
}

func TestTheTagThatMostMessagesBear(t *testing.T) {
	message := func(subject, more, body string) string {
		return fmt.Sprintf("From x@y Thu May  1 09:00:00 2003\nFrom: x@y.example\nSubject: %s\n%s\n%s\n\n", subject, more, body)
	}
	listed := func(subject string) string { return message(subject, "List-Id: <old.y.example>\n", "words") }
	footed := func(subject string) string {
		return message(subject, "", "words\n"+strings.Repeat("_", 47)+"\nOld mailing list\nOld@y.example\n")
	}
	for _, c := range []struct {
		name, text, want string
	}{
		{"all, by List-Id", strings.Repeat(listed("Re: [Old] x"), 10), "[Old]"},
		{"all, by footers", strings.Repeat(footed("[Old] Re: x"), 10), "[Old]"},
		{"eight of ten", strings.Repeat(listed("[Old] x"), 8) + strings.Repeat(listed("x"), 2), "[Old]"},
		{"seven of ten", strings.Repeat(listed("[Old] x"), 7) + strings.Repeat(listed("[New] x"), 3), ""},
		{"what has no marks does not count", strings.Repeat(listed("[Old] x"), 10) + strings.Repeat(message("x", "", "x"), 50), "[Old]"},
		{"nor does it tell", strings.Repeat(message("[Old] x", "", "x"), 50), ""},
		{"too few", strings.Repeat(listed("[Old] x"), 9), ""},
		{"no tag", strings.Repeat(listed("About [Old] x"), 10), ""},
		{"only the first count", strings.Repeat(listed("[Old] x"), tagMarked) + strings.Repeat(listed("x"), tagMarked), "[Old]"},
		{"numbers are no one tag", func() (s string) {
			for i := range 20 {
				s += listed(fmt.Sprintf("[PATCH %d/20] x", i+1))
			}
			return s
		}(), ""},
	} {
		if got := planOf(t, c.text).Tag(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzTag(f *testing.F) {
	f.Add("[Old]", "Subject: =?utf-8?q?=5BOld=5D?= x\r\n\r\n")
	f.Add("Old %d", "subject:\n [Old]\n\nx")
	f.Fuzz(func(t *testing.T, tag, raw string) {
		c := NewTagCutter(tag)
		out, did := c.Fix([]byte(raw))
		if !did && string(out) != raw {
			t.Errorf("%q was changed without a word", raw)
		}
	})
}
