package search

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sencoforum/calendar"
)

var testNow = time.Date(2026, 11, 27, 18, 0, 0, 0, calendar.London())

// readings are texts and what they print as.
var readings = []struct{ name, text, want string }{
	{"words are looked for one by one", "Dyslexia screening", "dyslexia screening"},
	{"quotes make a phrase", `"Reading Age" test`, `"reading age" test`},
	{"curly quotes too", "“reading age” ‘test’", `"reading age" test`},
	{"one quote alone is none", `"reading age`, "reading age"},
	{"minus leaves out", "dyslexia -maths", "dyslexia -maths"},
	{"minus before a phrase", `-"exam access" x`, `-"exam access" x`},
	{"a long dash is a minus", "dyslexia –maths", "dyslexia -maths"},
	{"a dash with space round it is none", "dyslexia - maths", "dyslexia maths"},
	{"NOT is a minus", "dyslexia NOT maths", "dyslexia -maths"},
	{"OR joins its neighbours only", "help laptop OR tablet exams", "help laptop OR tablet exams"},
	{"a bar is OR", "laptop|tablet | pen", "laptop OR tablet OR pen"},
	{"small or is a word", "laptop or tablet", "laptop or tablet"},
	{"OR at an end means nothing", "OR laptop OR", "laptop"},
	{"OR before a minus means nothing", "laptop OR -tablet", "laptop -tablet"},
	{"AND means nothing", "laptop AND tablet", "laptop tablet"},
	{"brackets mean nothing", "(laptop OR tablet) AND (exam)", "laptop OR tablet exam"},
	{"a plus is an exact word", "+statement", `"statement"`},
	{"words are there once", "exam exam Exam", "exam"},
	{"marks inside words stay", "SENCo's e.h.c.p. sen-support", "senco's e.h.c.p sen-support"},
	{"a slash separates", "SEND/ALN", "send aln"},
	{"an ampersand is part of a word", "S&LT report", "s&lt report"},
	{"other marks hold together", "rank*file", `"rank file"`},
	{"unknown operators are words", "note:well", `"note well"`},
	{"only minus terms", "-maths", "-maths"},
	{"nothing", " \t\n", ""},
	{"marks only", `?! * " "" () | - + # <>`, ""},
	{"not UTF-8", "dys\xfflexia\x00", "dys lexia"},
	{"a person", "from:priya", "from:priya"},
	{"a person with two names", `From:"Priya Sharma"`, `from:"priya sharma"`},
	{"space behind the colon", "from: priya subject: tribunal", "from:priya subject:tribunal"},
	{"subject OR", "subject:exam OR subject:test", "subject:exam OR subject:test"},
	{"not in the subject", "-subject:exam", "-subject:exam"},
	{"without a value", "from:", ""},
	{"topics are slugs", `topic:"Exam access" OR topic:SATs topic:transition -topic:jobs`, "topic:exam-access OR topic:sats topic:transition -topic:jobs"},
	{"lists are any of them", "list:Senco-Forum@example.org list:early", "list:early list:senco-forum"},
	{"days come before months", "after:2/9/2014", "after:2014-09-02"},
	{"the year before", "before:2014", "before:2014-01-01"},
	{"until is with the year", "until:2014", "before:2015-01-01"},
	{"dates of several words", "after:september 2013 before:2nd of Sept 2014 plan", "plan after:2013-09-01 before:2014-09-02"},
	{"a term", "on:autumn term 2019 phonics", "phonics after:2019-09-01 before:2020-01-01"},
	{"last year", `year:"last year"`, "after:2025-01-01 before:2026-01-01"},
	{"a short year", "year:14", "after:2014-01-01 before:2015-01-01"},
	{"years", "year:2010-2014", "after:2010-01-01 before:2015-01-01"},
	{"a school year", "year:2014/15 review", "review after:2014-09-01 before:2015-09-01"},
	{"dates narrow", "year:2014 after:1/6/2014", "after:2014-06-01 before:2015-01-01"},
	{"dates that exclude each other", "year:2014 year:2016", "after:2016-01-01 before:2016-01-01"},
	{"no date", "before:Easter eggs", "eggs"},
	{"a sentence with a colon", "to be held on: the lawn", "to be held on the lawn"},
	{"things a post has", "has:attachment has:links has:answer", "has:file has:link is:answered"},
	{"things it has not", "-has:file -is:closed", "-has:file -is:closed"},
	{"unanswered", "is:questions is:unanswered", "is:question is:unanswered"},
	{"things it cannot have", "has:cake", ""},
	{"all words in quotes too", `in:quotes "school action" plus`, `"school action" plus in:quotes`},
	{"all words in the subject", "in:subject plus -minus", "subject:plus -subject:minus"},
	{"an order", "sort:latest plan", "plan sort:newest"},
	{"no other words", "only:my-words statement", "statement only:my-words"},
	{"a post", "#48213", "#48213"},
	{"a post without a number", "#autism", "autism"},
	{"a link", "https://forum.example/m/48213#m3", "#48213"},
	{"a link of a discussion", "/t/123?page=2 https://forum.example/t/9-exams", "thread:9 thread:123"},
	{"another link", "https://gov.uk/send", `https "gov.uk" send`},
	{"a Message-ID", "<abc.123@mail.example>", "<abc.123@mail.example>"},
	{"an address is two words", "priya@school.example", `"priya school.example"`},
	{"the ninth word is left out", "one two three four five six seven eight nine", "one two three four five six seven eight"},
	{"common words are not counted", "one of the two for the three and four a five is six at seven on eight", "one of the two for the three and four a five is six at seven on eight"},
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range readings {
		t.Run(c.name, func(t *testing.T) {
			want := strings.ReplaceAll(c.want, `"gov.uk"`, "gov.uk")
			if got := Parse(c.text, testNow).String(); got != want {
				t.Errorf("%q is\n%s, want\n%s", c.text, got, want)
			}
		})
	}
}

func TestCommonWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, counts string }{
		{"how do i keep the plan", "keep plan"},
		{"the who", "the who"},
		{"the OR plan", "the plan"},
		{`"the plan"`, "the plan"},
		{"-the plan", "the plan"},
	} {
		var counts []string
		for _, cl := range Parse(c.text, testNow).Clauses {
			for _, term := range cl.Terms {
				if !term.Common {
					counts = append(counts, term.Words...)
				}
			}
		}
		if got := strings.Join(counts, " "); got != c.counts {
			t.Errorf("of %q %q counts, want %q", c.text, got, c.counts)
		}
	}
}

func TestNotes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"dyslexia screening -maths", ""},
		{"before:Easter", `I could not read the date "Easter". Write it like 2/9/2014, September 2014 or 2014.`},
		{"has:cake", "I left out has:cake. It can be file, link or answer."},
		{"from:", "I left out from: as nothing stands behind it. Write it like from:priya."},
		{`the "reading age`, "I found only one quote mark, so I looked for the words one by one."},
		{"laptop OR year:2014", "I left out OR before year:, as all such conditions must be true."},
		{"a1 a2 a3 a4 a5 a6 a7 a8 a9", "That was a lot. I looked for the first 8 words."},
		{"year:2014 year:2016", "No post can match: there is no day that fits all your dates."},
		{strings.Repeat("the ", 3000), "That was long. I looked at the first 200 characters."},
	} {
		var got []string
		for _, n := range Parse(c.text, testNow).Notes {
			got = append(got, n.Text)
		}
		if strings.Join(got, "\n") != c.want {
			t.Errorf("%.40q has the notes %q, want %q", c.text, got, c.want)
		}
	}
}

func TestParseForm(t *testing.T) {
	t.Parallel()
	f := Form{Typed: "dyslexia year:2014", Also: map[string][]string{
		"when": {"since June 2014"}, "topic": {"exam-access"}, "has": {"file"}, "from": {`Priya "P" Sharma`}, "sort": {"newest"},
		"only": {"my-words"}, "list": {"early"}, "page": {"7"}, "is": {""},
	}}
	want := `dyslexia from:"priya p sharma" topic:exam-access list:early after:2014-06-01 before:2015-01-01 has:file sort:newest only:my-words`
	q := ParseForm(f, testNow)
	if got := q.String(); got != want {
		t.Errorf("the form is\n%s, want\n%s", got, want)
	}
	if q.Typed != "dyslexia year:2014" {
		t.Errorf("typed %q", q.Typed)
	}
	f.Also["when"] = []string{"Whitsun"}
	if q := ParseForm(f, testNow); len(q.Notes) != 1 || q.Notes[0].Kind != NoteDate {
		t.Errorf("a wrong date has the notes %v", q.Notes)
	}
}

// Every example of the help must do what it says without a complaint.
func TestHelpIsTrue(t *testing.T) {
	t.Parallel()
	for _, line := range Help() {
		q := Parse(line.Type, testNow)
		if len(q.Notes) > 0 || cmp.Equal(q, Query{Typed: q.Typed}) {
			t.Errorf("the example %q of the help makes %q with the notes %v", line.Type, q, q.Notes)
		}
	}
	for _, o := range Operators() {
		for _, v := range o.Values {
			if q := Parse(o.Name+":"+v, testNow); len(q.Notes) > 0 {
				t.Errorf("%s:%s has the notes %v", o.Name, v, q.Notes)
			}
		}
	}
}

// The table in the documentation is the one of the program.
func TestHelpIsDocumented(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../docs/search.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range Help() {
		row := "| `" + line.Type + "` | " + line.Does + " |\n"
		if !strings.Contains(string(doc), row) {
			t.Errorf("docs/search.md lacks the row %s", row)
		}
	}
}

var sameQuery = cmp.Options{cmpopts.IgnoreFields(Query{}, "Typed", "Notes"), cmpopts.EquateEmpty()}

// What is typed may be anything; it is bounded and prints to what means the same.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`"a b" -c d OR e from:x subject:"y z" topic:t list:l after:2/9/2014 before:last year has:file is:unanswered in:quotes #12 <a@b>`,
		"the of OR and", "/t/12 https://x/m/3", "year:2014-2016 on: 3", `--"x|| y" (|)`, "until:2099", "NOT NOT -NOT", "İ ß ﬁ e\u0301", strings.Repeat("in:subject word ", 20),
		"list:\"a.\" file:a/b", "after:2014 before:2010 sort:x only:words", "t\u00ad\u200b ¤ ½ Ⅷ",
	} {
		f.Add(s)
	}
	v := vocabulary(f)
	f.Fuzz(func(t *testing.T, text string) {
		q := Parse(text, testNow)
		printed := q.String()
		if n := len([]rune(printed)); n > MaxText {
			t.Errorf("%q has %d characters", printed, n)
		}
		again := Parse(printed, testNow)
		if diff := cmp.Diff(q, again, sameQuery); diff != "" {
			t.Errorf("%q prints as %q, which is another query:\n%s", text, printed, diff)
		}
		checkShape(t, q)
		for _, c := range q.Chips() {
			if diff := cmp.Diff(c.Without, Parse(c.Without.Typed, testNow), sameQuery); diff != "" {
				t.Errorf("%q without %q is another query:\n%s", text, c.Text, diff)
			}
		}
		expanded := v.Expand(q)
		checkExpanded(t, expanded)
		if expanded.String() != printed {
			t.Errorf("%q prints as %q when it is expanded", printed, expanded)
		}
	})
}

// checkShape holds what the types promise.
func checkShape(t *testing.T, q Query) {
	t.Helper()
	terms := 0
	for _, c := range q.Clauses {
		if len(c.Terms) == 0 || c.Not && len(c.Terms) != 1 {
			t.Fatalf("a clause has %d terms", len(c.Terms))
		}
		for _, term := range c.Terms {
			if len(term.Words) == 0 || strings.Contains(strings.Join(term.Words, ""), " ") {
				t.Errorf("a term has the words %q", term.Words)
			}
			if !term.Common {
				terms++
			}
		}
	}
	if terms > MaxTerms+1 { // one more where a common word stands before OR
		t.Errorf("%d terms", terms)
	}
	if f := q.Filter; !f.Before.IsZero() && f.Before.Before(f.After) {
		t.Errorf("before %v, after %v", f.Before, f.After)
	}
}
