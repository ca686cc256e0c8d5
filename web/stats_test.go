package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/hold"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
	"sencoforum/watch"
)

func TestPlotOf(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []int
		bars   []plotBar
		top    string
	}{
		{"nothing at all", nil, nil, "1"},
		{"only noughts", []int{0, 0}, nil, "1"},
		{"the greatest is as high as there is room", []int{1, 2}, []plotBar{{44, 66, 147, 52}, {192, 14, 147, 104}}, "2"},
		{"little beside much is still to be seen", []int{1, 80_000}, []plotBar{{44, 117, 147, 1}, {192, 14, 147, 104}}, "80,000"},
		{"less than nothing is nothing", []int{-4, 1}, []plotBar{{192, 14, 147, 104}}, "1"},
	} {
		p := plotOf("x", "T", "D", c.values, []string{"a", "b"})
		if d := cmp.Diff(c.bars, p.Bars); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
		if got := p.Lines[len(p.Lines)-1].Text; got != c.top {
			t.Errorf("%s: the uppermost line is %q, want %q", c.name, got, c.top)
		}
	}
	for n := range 400 {
		p := plotOf("x", "T", "D", make([]int, n), make([]string, n))
		if len(p.Labels) > plotLabels {
			t.Fatalf("%d bars have %d labels", n, len(p.Labels))
		}
	}
}

func TestStatsTellWhatIsWritten(t *testing.T) {
	s := newSite(t, nil)
	ask := s.post(1, 1, "Pens", "Does anyone know whether pens are allowed?")
	s.post(1, 2, "Re: Pens", "We use the long form for all of them, and it has always been allowed.", fmt.Sprintf("In-Reply-To: <%d@school.example>", ask))
	s.post(1, 1, "Rulers", "Does anyone know whether rulers are allowed?")
	s.post(2, 1, "Elsewhere", "Words for heads.")
	_, html := s.as(2).ask("GET", "/stats", "")
	for _, want := range []string{
		"<dt>Discussions</dt><dd>2</dd>", "<dt>Messages</dt><dd>3</dd>", "<dt>Questions answered, last 12 months</dt><dd>50%</dd>", "<dt>Members now</dt><dd>2</dd>",
		`<svg class="plot"`, "<title", "<desc", `<a href="/2026/11">November 2026</a>`, "Within an hour", "No answer yet",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in\n%s", want, html)
		}
	}
	if strings.Contains(html, "style=") || strings.Contains(html, "/mod/stats") == false {
		t.Error("a style, or no way to the page for moderators")
	}
	_, both := s.as(1).ask("GET", "/stats", "")
	_, one := s.as(1).ask("GET", "/stats?list=heads", "")
	if !strings.Contains(both, "<dt>Messages</dt><dd>4</dd>") || !strings.Contains(one, "<dt>Messages</dt><dd>1</dd>") {
		t.Errorf("both lists:\n%s\none:\n%s", both, one)
	}
	if r, _ := s.as(2).ask("GET", "/stats?list=heads", ""); r.StatusCode != http.StatusNotFound {
		t.Errorf("a list of others: %d", r.StatusCode)
	}
}

func TestStatsShowMembersOnceCountedTwice(t *testing.T) {
	s := newSite(t, nil)
	for _, at := range []time.Time{noon.AddDate(0, -2, 0), noon} {
		testdb.Update(t, s.db, func(tx *store.Tx) error { return list.NoteSizes(tx, at) })
	}
	_, html := s.as(2).ask("GET", "/stats", "")
	if !strings.Contains(html, "<h2>Members</h2>") || !strings.Contains(html, `<th scope="row">September 2026</th><td class="n">2</td>`) {
		t.Error(html)
	}
}

func TestModStatsTellWhatWaitedAndHowMailFares(t *testing.T) {
	s := newSite(t, func(c *Config) {
		c.Standing = func(*store.Tx) ([]watch.Standing, error) {
			return []watch.Standing{
				{Provider: "Big Mail", People: 40, Week: watch.Tally{Accepted: 1234}, Alarm: watch.Alarm{Kind: "x", Since: noon}},
				{Provider: "smith-family.example", People: 1},
			}, nil
		}
	})
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		for i, waited := range []time.Duration{3 * time.Hour, 72 * time.Hour} {
			it := hold.Item{List: 1, Reason: hold.Moderation, Since: noon.Add(-waited), From: message.Address{Local: fmt.Sprint("x", i), Domain: "x.example"}}
			it.Asked = it.Since
			if i == 0 {
				it.Decision = &hold.Decision{Verdict: hold.Approved, At: noon.Add(-time.Hour), Due: noon, Done: true}
			}
			if _, err := hold.Put(tx, it); err != nil {
				return err
			}
		}
		return nil
	})
	_, html := s.as(2).ask("GET", "/mod/stats", "")
	for _, want := range []string{"1 message waits now. The oldest has waited 3 days.", "<dt>Approved</dt><dd>1</dd>", "Each was decided within 2 hours.", "Big Mail", "1,234", "1 more member is at providers that have fewer than five of us each."} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in\n%s", want, html)
		}
	}
	if strings.Contains(html, "smith-family") {
		t.Error("a provider that tells who a member is")
	}
}

func TestWhatWaitsIsASentence(t *testing.T) {
	post, person := hold.Item{Kind: hold.Post}, hold.Item{Kind: hold.Application}
	for _, c := range []struct {
		all  []hold.Item
		want string
	}{
		{nil, "Nothing waits now"}, {[]hold.Item{post}, "1 message waits now"}, {[]hold.Item{post, post}, "2 messages wait now"},
		{[]hold.Item{person}, "1 person waits now for a decision about them"}, {[]hold.Item{post, person, person}, "1 message waits now, and 2 people wait for a decision about them"},
	} {
		if got := waitingWords(c.all); got != c.want {
			t.Errorf("%d things: %q, want %q", len(c.all), got, c.want)
		}
	}
}
