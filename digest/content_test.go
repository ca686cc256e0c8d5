package digest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"sencoforum/message"
)

var update = flag.Bool("update", false, "rewrite the digests in testdata")

func address(word string, n int) message.Address {
	return message.Address{Local: fmt.Sprintf("senco-forum-%s+snc1_%032d", word, n), Domain: "lists.example.org"}
}

// sampleContent is a week as it may be, with what a stranger may write in a subject.
func sampleContent(t testing.TB) Content {
	entry := func(p Part, n int, subject string) Entry {
		return Entry{Part: p, Subject: subject, Answer: address("reply", n), Link: fmt.Sprintf("https://forum.example.org/t/%d", n), Begun: true}
	}
	hall := entry(Help, 48190, "Sensory circuits in a small hall – timetable ideas")
	hall.Asker, hall.Asks, hall.Private = "Tom", "I have the hall for 20 minutes before lunch. Has anyone made this work with Year 1 and Year 5 together?", address("author", 48190)
	tracker := entry(Help, 48187, "BSquared or own tracker for small-step targets?")
	tracker.Asker, tracker.Asks = "Nadia", "We have to choose before January. What do you use, and would you choose it again?"
	phonics := entry(Most, 48102, "Recommendations for phonics catch-up in Year 7")
	phonics.Asker, phonics.Asks, phonics.Replies, phonics.People = "Dev", "Is there something that teaching assistants can run after a day of training?", 22, 15
	phonics.Replier, phonics.Says = "Ellen", "We moved to short daily sessions and kept the same two adults all year..."
	paper := entry(Most, 48213, "EHCP annual review paperwork: who sends what, and when?")
	paper.Asks, paper.Replies, paper.People, paper.Files, paper.Begun = "How do you manage with one day a week?", 14, 9, 1, false
	paper.Says, paper.Era = "We send the forms six weeks ahead...", "Before September 2014: rules and names have changed since. Check the SEND Code of Practice."
	forged := entry(Also, 48155, `Laptop </a><script>alert(1)</script> & "normal" way of working`)
	forged.Replies, forged.Files = 6, 2
	lone := entry(Also, 48166, "Summary: part-time timetables")
	notice := entry(Notices, 48171, "Free webinar on the new SEND code, 2 December")
	notice.Closes = "30 November"
	return Content{
		Title: "SENCO Forum", Kind: Weekly, At: moment(t, "Mon 23 Nov 2026 06:30:00"), Web: "https://forum.example.org", Leave: "https://forum.example.org/leave", Messages: 61, Joined: 3,
		Entries: []Entry{hall, tracker, phonics, paper, forged, lone, notice},
		Words:   []Abbreviation{{"EHCP", "education, health and care plan"}},
	}
}

// TestGolden compares whole digests as members read them.
func TestGolden(t *testing.T) {
	daily := sampleContent(t)
	daily.Kind, daily.Joined, daily.Words, daily.Entries = Daily, 0, nil, daily.Entries[4:6]
	last := sampleContent(t)
	last.Last, last.Web, last.Joined, last.Entries = true, "", 0, last.Entries[:1]
	last.Entries[0].Link = ""
	for name, c := range map[string]Content{"weekly": sampleContent(t), "daily": daily, "last": last} {
		for ext, got := range map[string]string{"txt": "Subject: " + c.Subject() + "\n\n" + c.Text(), "html": c.HTML()} {
			file := filepath.Join("testdata", name+"."+ext)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		}
	}
}

// The text says all that the page says, in lines that a telephone shows; the page is small and holds nothing active.
func TestTextAndPage(t *testing.T) {
	c := sampleContent(t)
	text, page := c.Text(), c.HTML()
	for _, e := range c.Entries {
		for _, want := range []string{e.Answer.String(), e.Link} {
			if !strings.Contains(text, want) {
				t.Errorf("the text lacks %s", want)
			}
		}
		if !strings.Contains(page, e.Answer.Domain) || !strings.Contains(page, `href="`+e.Link+`"`) || !strings.Contains(page, strings.ReplaceAll(e.Answer.Local, "+", "+")) {
			t.Errorf("the page lacks the addresses of %q", e.Subject)
		}
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\n"); utf8.RuneCountInString(line) > 78 && !strings.Contains(line, "@") {
			t.Errorf("a line of %d letters: %q", utf8.RuneCountInString(line), line)
		}
	}
	for _, not := range []string{"<script", "<img", "http://", "javascript:", "<link", "@import", "url("} {
		if strings.Contains(page, not) {
			t.Errorf("the page has %q", not)
		}
	}
	if n := len(page); n > 60<<10 {
		t.Errorf("the page has %d bytes", n)
	}
	if ids := regexp.MustCompile(`id="(\w+)"`).FindAllStringSubmatch(page, -1); len(ids) != 5 {
		t.Errorf("parts %q", ids)
	}
}

// However many discussions a week has, the page stays small and its words few; what is left out is counted.
func TestABusyWeek(t *testing.T) {
	c := sampleContent(t)
	e := c.Entries[5]
	e.Subject, e.Replies = strings.Repeat("Wörter & ", 12), 3
	for range 300 {
		c.Entries = append(c.Entries, e)
	}
	for range 20 {
		help := c.Entries[0]
		help.Asks = strings.Repeat("why? ", 80)
		c.Entries = append([]Entry{help}, c.Entries...)
	}
	c.limit()
	if n := len(c.HTML()); n > 60<<10 {
		t.Errorf("the page has %d bytes", n)
	}
	if asks := strings.Count(c.Text(), "why? why?"); !strings.Contains(c.Text(), "And 262 discussions more.") && !strings.Contains(c.Text(), "more.") || c.Entries[19].Asks != "" || asks == 0 {
		t.Errorf("left out is not counted, or the words are not limited: %d", asks)
	}
}

func TestSubjects(t *testing.T) {
	c := sampleContent(t)
	if got, want := c.Subject(), "SENCO Forum weekly: 7 discussions, 2 need an answer"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	c.Entries = c.Entries[1:2]
	if got, want := c.Subject(), "SENCO Forum weekly: 1 discussion, 1 needs an answer"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	c.Kind, c.Entries = Daily, sampleContent(t).Entries[4:]
	if got, want := c.Subject(), "SENCO Forum daily: 3 discussions"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestExtracts(t *testing.T) {
	long := strings.Repeat("We have tried a good deal with our Year 3 class. ", 6)
	for _, k := range []struct{ name, own, question, extract string }{
		{"a greeting is left out", "Hi all,\n\nWho uses reading pens?", "Who uses reading pens?", "Who uses reading pens?"},
		{"and one on the line of the question", "Hi everyone, who uses reading pens?", "Who uses reading pens?", "Who uses reading pens?"},
		{"a question that begins with a greeting word stays", "Dear me, what a day. Who can help?", "Dear me, what a day. Who can help?", "Dear me, what a day. Who can help?"},
		{"only a greeting is all there is", "Hello", "Hello", "Hello"},
		{"the question is found behind much else", long + "Has anyone got a better idea?", "... We have tried a good deal with our Year 3 class. We have tried a good deal with our Year 3 class. We have tried a good deal with our Year 3 class. Has anyone got a better idea?", strings.TrimSpace(strings.Repeat("We have tried a good deal with our Year 3 class. ", 3))},
		{"a short form ends no sentence", "Ask Mr. A. Brown, e.g. about pens. " + long, strings.TrimSpace("Ask Mr. A. Brown, e.g. about pens. " + strings.Repeat("We have tried a good deal with our Year 3 class. ", 3)), strings.TrimSpace("Ask Mr. A. Brown, e.g. about pens. " + strings.Repeat("We have tried a good deal with our Year 3 class. ", 3))},
		{"one endless sentence is cut at a word", strings.Repeat("words and ", 40), strings.TrimSpace(strings.Repeat("words and ", 18)) + " words...", strings.TrimSpace(strings.Repeat("words and ", 18)) + " words..."},
		{"nothing hides", "Who\u202e uses\x00 pens?\n\n\nWe do.", "Who uses pens?", "Who uses pens? We do."},
	} {
		if got := question(k.own, mostExtract); got != k.question {
			t.Errorf("%s: the question is %q, want %q", k.name, got, k.question)
		}
		if got := extract(k.own, mostExtract); got != k.extract {
			t.Errorf("%s: the extract is %q, want %q", k.name, got, k.extract)
		}
	}
}

func TestClosingDays(t *testing.T) {
	for text, want := range map[string]string{
		"Closing date: Friday 4 December 2026.":  "Friday 4 December 2026",
		"The post closes on 1st March at noon":   "1st March",
		"Please book by 30 November":             "30 November",
		"We met on 3 May. The deadline is soon.": "",
	} {
		if got := closing(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// FuzzExtract: whatever a member writes becomes one short line.
func FuzzExtract(f *testing.F) {
	f.Add("Hi all,\n\nWho uses pens? A. b. c? " + strings.Repeat("x", 300))
	f.Add("\xff\xfe. ? ! . a. \u202e\u2028 - ")
	f.Fuzz(func(t *testing.T, own string) {
		own = strings.ToValidUTF8(own, "?")
		for _, got := range []string{question(own, mostExtract), extract(own, mostExtract)} {
			if n := utf8.RuneCountInString(got); n > mostExtract+4 || strings.ContainsAny(got, "\r\n\x00\u202e") || !utf8.ValidString(got) {
				t.Errorf("%d letters: %q", n, got)
			}
		}
		closing(own)
	})
}
