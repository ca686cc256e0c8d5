package search

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"sencoforum/archive"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

// ask searches as members do.
func (s *shelf) ask(text string, change func(*Ask)) Answers {
	s.t.Helper()
	a := Ask{Query: Parse(text, s.now)}
	if change != nil {
		change(&a)
	}
	got, err := s.searcher(shippedWords(s.t)).Search(context.Background(), s.reader(), a)
	if err != nil {
		s.t.Fatal(err)
	}
	return got
}

func TestAnswersSayWhyOtherWordsWereLookedFor(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.post("Deadline for the plan", "When must an EHCP be finished?", id("a"))
	for i := range 2 { // a word of one post may be a slip itself
		s.post("Long ago", "Her statement was late, too.", id(fmt.Sprint("b", i)))
	}
	s.follow()
	const want = "Since 2014 people write “EHC plan” for “statement” in England."
	for _, c := range []struct {
		typed string
		why   bool
	}{
		{"statement", true}, {"statment", true}, // misspelt, and corrected
		{"statement only:my-words", false}, {"deadline", false},
	} {
		got := s.ask(c.typed, nil)
		if slices.Contains(got.Why, want) != c.why {
			t.Errorf("%s: also %q, why %q", c.typed, got.Also, got.Why)
		}
	}
}

func reply(to string) string { return "In-Reply-To: <" + to + "@x.example>" }
func id(name string) string  { return "Message-ID: <" + name + "@x.example>" }

func TestAnswersAreDiscussions(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	first := s.post("Hedgehogs in the garden", "What do hedgehogs eat in winter?", id("a"))
	s.post("Re: Hedgehogs in the garden", "Ours sleep. Do not wake the hedgehog.\n\n> What do foxes eat?", id("b"), reply("a"), "From: Tom Walsh <tom@x.example>", "Date: Mon, 2 Mar 2020 10:00:00 +0000")
	s.post("Minibus", "Where do you hire a minibus?", id("c"))
	s.follow()
	got := s.ask("hedgehogs", nil)
	if got.Discussions != 1 || got.Posts != 2 || len(got.Found) != 1 || got.Found[0].Matches != 2 || got.Found[0].Posts != 2 || got.Found[0].Thread != first {
		t.Fatalf("got %+v", got)
	}
	if marks := marksOf(got.Found[0].Subject); marks != "Hedgehogs" {
		t.Errorf("marked in the subject: %s", marks)
	}
	if len(got.Facets.Years) != 2 || len(got.Facets.Authors) != 2 || got.Facets.Lists[0].Count != 1 {
		t.Errorf("counts: %+v", got.Facets)
	}
	if got := s.ask("foxes", nil); got.Discussions != 0 {
		t.Errorf("a quote is found: %+v", got.Found)
	}
	if got := s.ask("foxes in:quotes", nil); got.Discussions != 1 || !strings.Contains(Text(got.Found[0].Snippet), "foxes") {
		t.Errorf("a quote is not found where it is asked for: %+v", got.Found)
	}
}

func marksOf(spans []Span) (all string) {
	for _, s := range spans {
		if s.Mark {
			all += s.Text
		}
	}
	return all
}

func TestWordsOfADiscussionMayStandInSeveralPosts(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.post("Feeding", "What do hedgehogs eat?", id("a"))
	s.post("Re: Feeding", "Ours like porridge.", id("b"), reply("a"))
	s.post("Porridge", "Breakfast club: porridge or toast?", id("c"))
	s.follow()
	got := s.ask("hedgehogs porridge", nil)
	if got.Discussions != 1 || got.Loose || len(got.Found) != 2 || got.Found[0].Loose || !got.Found[1].Loose {
		t.Errorf("got %+v", got)
	}
}

func TestPagesOfAnswersFollowEachOther(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	for i := range 23 {
		s.post(fmt.Sprintf("Hedgehog %d", i), "About one hedgehog.", id(fmt.Sprint("p", i)), fmt.Sprintf("Date: Mon, 2 Mar %d 10:00:00 +0000", 1998+i))
	}
	s.follow()
	for _, by := range []string{"", " sort:newest", " sort:oldest"} {
		seen := map[archive.Number]bool{}
		after, pages := Place{}, 0
		for more := true; more; pages++ {
			got := s.ask("hedgehog"+by, func(a *Ask) { a.After, a.Count = ReadPlace(after.String()), 10 })
			for _, f := range got.Found {
				if seen[f.Thread] {
					t.Errorf("%q: discussion %d comes twice", by, f.Thread)
				}
				seen[f.Thread] = true
			}
			after, more = got.Next, got.Next != Place{}
		}
		if len(seen) != 23 || pages != 3 {
			t.Errorf("%q: %d discussions on %d pages, want 23 on 3", by, len(seen), pages)
		}
	}
}

func TestTheArchiveTellsTheTruth(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	n := s.post("Hedgehogs", "What do hedgehogs eat?", id("a"))
	s.follow()
	testdb.Update(t, s.db, func(tx *store.Tx) error { _, err := archive.Hide(tx, n, archive.Seal{}, s.now); return err })
	if got := s.ask("hedgehogs", nil); got.Discussions != 0 || len(got.Found) != 0 || len(got.Facets.Years) != 0 {
		t.Errorf("a hidden post is found before the index knows: %+v", got)
	}
}

func TestReadersFindWhatTheyMayRead(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	other := s.addList("other")
	s.post("Hedgehogs", "What do hedgehogs eat?", id("a"))
	s.postTo(other, "Hedgehogs elsewhere", "Hedgehogs again.", id("b"))
	s.follow()
	w := s.searcher(shippedWords(t))
	for _, c := range []struct {
		says string
		r    Reader
		want int
	}{
		{"who reads both lists finds both", s.reader(), 2},
		{"who reads one finds one", s.reader().Within(s.list), 1},
		{"nobody finds nothing", Reader{}, 0},
		{"a list that one may not read is none", Reader{lists: []list.ID{s.list}}.Within(other), 0},
	} {
		got, err := w.Search(context.Background(), c.r, Ask{Query: Parse("hedgehogs", s.now)})
		if err != nil || got.Discussions != c.want || len(got.Facets.Lists) != min(c.want, 2) {
			t.Errorf("%s: %d, %v, %+v", c.says, got.Discussions, err, got.Facets.Lists)
		}
	}
}

func TestSnippets(t *testing.T) {
	t.Parallel()
	a := newAnalyser()
	long := strings.Repeat("Nothing is said here about it at all. ", 20)
	for _, c := range []struct{ says, text, word, want string }{
		{"a short text is whole", "Ours eat porridge.", "porridge", "Ours eat [porridge]."},
		{"a long one begins with the sentence", long + "Ours eat porridge in winter. " + long, "porridge", "… Ours eat [porridge] in winter. Nothing"},
		{"without a match it is the beginning", long, "porridge", "Nothing is said here"},
		{"what could be markup stays as it is", "A <b>porridge</b> & more", "porridge", "A <b>[porridge]</b> & more"},
	} {
		var m marks
		m.add([]placedWord{{term: a.stem(c.word)}}, true)
		var b strings.Builder
		for _, s := range snippet(c.text, m.in(a, c.text)) {
			if s.Mark {
				b.WriteString("[" + s.Text + "]")
			} else {
				b.WriteString(s.Text)
			}
		}
		if got := b.String(); !strings.HasPrefix(got, c.want) || len(got) > snippetLength+snippetBefore+20 {
			t.Errorf("%s: %q, want %q", c.says, got, c.want)
		}
	}
}

func TestWhereOnlyTheSubjectMatchesTheQuestionIsShown(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	question := s.post("Porridge", "What do you cook for a breakfast club of forty, with one hob and no dishwasher at all?", id("a"))
	s.post("Re: Porridge", "Me too.", id("b"), reply("a"), "From: Tom Walsh <tom@x.example>")
	s.follow()
	got := s.ask("porridge", nil)
	if f := got.Found[0]; f.Best != question || f.Author != "Priya Shah" || !strings.HasPrefix(Text(f.Snippet), "What do you cook") {
		t.Errorf("post %d by %s: %q", f.Best, f.Author, Text(f.Snippet))
	}
	if f := s.ask("porridge from:walsh", nil).Found[0]; f.Best == question || Text(f.Snippet) != "Me too." {
		t.Errorf("a post by Walsh was asked for, and there is post %d: %q", f.Best, Text(f.Snippet))
	}
}

func TestLineOfASnippet(t *testing.T) {
	t.Parallel()
	a, mark, b := Span{Text: "Nobody told us anything about the way in which we "}, Span{Text: "feed", Mark: true}, Span{Text: " the hedgehogs of the garden in winter."}
	for _, c := range []struct {
		says  string
		spans []Span
		most  int
		want  string
	}{
		{"what is short enough is whole", []Span{mark, b}, 60, "feed the hedgehogs of the garden in winter."},
		{"a late mark is in it", []Span{a, mark, b}, 40, "… in which we feed the hedgehogs of …"},
		{"an early mark begins at the beginning", []Span{mark, b, a}, 40, "feed the hedgehogs of the garden in …"},
		{"without a mark it is the beginning", []Span{a, b}, 40, "Nobody told us anything about the way …"},
		{"the end is not cut", []Span{a, a, mark, {Text: " them."}}, 40, "… in which we feed them."},
		{"nothing is nothing", nil, 40, ""},
	} {
		if got := Line(c.spans, c.most); got != c.want {
			t.Errorf("%s: %q, want %q", c.says, got, c.want)
		}
	}
}

func FuzzLineOfASnippet(f *testing.F) {
	f.Add("Nobody told us … ", "feed", " the hedgehogs", 20)
	f.Fuzz(func(t *testing.T, before, mark, after string, most int) {
		spans := []Span{{Text: strings.ToValidUTF8(before, "")}, {Text: strings.ToValidUTF8(mark, ""), Mark: true}, {Text: strings.ToValidUTF8(after, "")}}
		if got := Line(spans, most); utf8.RuneCountInString(got) > max(most, 20) {
			t.Errorf("%q has more than %d characters", got, most)
		}
	})
}

func FuzzSnippet(f *testing.F) {
	f.Add("Ours eat porridge. \xff é … 😀", 4, 12)
	f.Fuzz(func(t *testing.T, text string, start, end int) {
		text = oneLine(strings.ToValidUTF8(text, ""))
		if start < 0 || end <= start || end > len(text) {
			t.Skip()
		}
		snippet(text, []Mark{{Start: start, End: end, Typed: true}})
	})
}

func FuzzReadPlace(f *testing.F) {
	f.Add(Place{1.5, 48213}.String())
	f.Add("..")
	f.Fuzz(func(t *testing.T, s string) {
		if p := ReadPlace(s); ReadPlace(p.String()) != p {
			t.Errorf("%q is %v, and then %v", s, p, ReadPlace(p.String()))
		}
	})
}

func TestAGreetingTellsNothing(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Dear colleagues, Our LA is late.":                            "Our LA is late.",
		"Hi, we screen all.":                                          "we screen all.",
		"Hello everyone! What now?":                                   "What now?",
		"High time, I think.":                                         "High time, I think.",
		"Hi is a word that begins a sentence, and this is a long one": "Hi is a word that begins a sentence, and this is a long one",
		"Hello":       "Hello",
		"Dear me? No": "Dear me? No",
		"":            "",
	} {
		if got := text[greeted(text):]; got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}

// A word that stands nowhere is said to be missed: a search for it that is followed must not tell of everything else.
func TestAWordThatStandsNowhereIsMissed(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	first := s.post("Sensory room", "Dear colleagues, What do you put into it?", id("a"))
	s.post("Re: Sensory room", "Thank you for asking.", id("b"), reply("a"))
	s.post("Minibus", "Where do you hire one?", id("c"))
	s.follow()
	got := s.ask("sensory wombats", nil)
	if !got.Loose || got.Discussions != 1 || len(got.Found) != 1 || !got.Found[0].Loose {
		t.Fatalf("found %+v", got)
	}
	if f := got.Found[0]; f.Matches != 2 || f.Best != first || !strings.HasPrefix(Text(f.Snippet), "What do you put") {
		t.Errorf("shown are %d posts, post %d, %q", f.Matches, f.Best, Text(f.Snippet))
	}
}

// TestAMisspeltTermIsFoundByItsOtherName has an archive without the right word.
func TestAMisspeltTermIsFoundByItsOtherName(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.post("New EHCP", "The EHCP came today.")
	s.follow()
	got, err := s.searcher(shippedWords(t)).Search(context.Background(), s.reader(), Ask{Query: Parse("statment", s.now)})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Found) != 1 || got.Wanted != "statment" || got.Query.Typed != "statement" {
		t.Errorf("%d found of %q in the place of %q", len(got.Found), got.Query.Typed, got.Wanted)
	}
}
