package web

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAPageInMarkdownIsShownInPlaceOfOurs(t *testing.T) {
	own, err := ReadText([]byte("\ufeff# Our *own* rules\n\nBe **kind**. See [help](/help), <https://example.org> & <m@example.org>.\n\n## Children\n\n* No names\n* 2 < 3\n"), "/forum")
	if err != nil {
		t.Fatal(err)
	}
	want := "<p>Be <strong>kind</strong>. See <a href=\"/forum/help\">help</a>, <a href=\"https://example.org\">https://example.org</a> &amp; <a href=\"mailto:m@example.org\">m@example.org</a>.</p>\n" +
		"<h2>Children</h2>\n<ul>\n<li>No names</li>\n<li>2 &lt; 3</li>\n</ul>\n"
	if diff := cmp.Diff(want, string(own.HTML)); diff != "" || own.Title != "Our *own* rules" {
		t.Errorf("%q (-want +got):\n%s", own.Title, diff)
	}
	s := newSite(t, func(c *Config) { c.Texts = map[string]Text{"rules": own, "contact": {HTML: "<p>Ring us.</p>"}} })
	for path, parts := range map[string][]string{
		"/rules":   {"<h1>Our *own* rules</h1>", want, "<title>Our *own* rules – SENCO-FORUM</title>"},
		"/contact": {"<h1>Contact the moderators</h1>", "<p>Ring us.</p>"}, "/privacy": {"Members only."},
	} {
		r, html := s.browser().ask("GET", path, "")
		for _, part := range parts {
			if r.StatusCode != http.StatusOK || !strings.Contains(html, part) || strings.Count(html, "<h1>") != 1 {
				t.Errorf("%s: %d, without %q\n%s", path, r.StatusCode, part, html)
			}
		}
	}
}

func TestWhatDoesNotWorkInAPageIsNamedWithItsLine(t *testing.T) {
	for name, c := range map[string]struct {
		source string
		want   []string
	}{
		"nothing":                           {" \n", []string{"0 is empty"}},
		"too much":                          {strings.Repeat("a", MaxText+1), []string{"0 has more than 64 kB"}},
		"a file of a word processor":        {"PK\x03\x04\xff\xfe", []string{"0 is not UTF-8 text"}},
		"a block of HTML":                   {"Hello\n\n<script>alert(1)</script>\n", []string{"3 HTML is not shown"}},
		"HTML between words":                {"Hello\nyou <b>there</b>\n", []string{"2 HTML is not shown", "2 HTML is not shown"}},
		"a picture":                         {"a\n\n![x](https://example.org/x.png)", []string{"3 pictures are not shown"}},
		"two titles":                        {"# One\n\n# Two\n", []string{"3 only the first line may be a heading with one #"}},
		"a title that is not at the top":    {"Words.\n\n# One\n", []string{"3 only the first line may be a heading with one #"}},
		"a level left out":                  {"# One\n\n### Three\n", []string{"3 the heading leaves out a level"}},
		"a script as a link":                {"[x](javascript:alert(1))", []string{`1 a link leads to "javascript:alert(1)"`}},
		"data as a link":                    {"[x](<data:text/html,x>)", []string{`1 a link leads to "data:text/html,x"`}},
		"another host without a scheme":     {"[x](//evil.example/)", []string{`1 a link leads to "//evil.example/"`}},
		"a page without a slash":            {"a\n\n[x](rules)", []string{`3 a link leads to "rules"`}},
		"a reference to a script":           {"[x][1]\n\n[1]: javascript:x\n", []string{`1 a link leads to "javascript:x"`}},
		"an automatic link":                 {"<ftp://example.org/>", []string{`1 a link leads to "ftp://example.org/"`}},
		"lines that begin with four spaces": {"a\n\n    b\n", []string{"3 is program text, because it begins with four spaces or ```"}},
		"several":                           {"![x](y)\n\n[x](z)\n", []string{"1 pictures are not shown", `3 a link leads to "z"`}},
	} {
		_, err := ReadText([]byte(c.source), "")
		var faults TextFaults
		errors.As(err, &faults)
		var got []string
		for _, f := range faults {
			got = append(got, fmt.Sprint(f.Line, " ", f.Problem))
			if f.Next == "" {
				t.Errorf("%s: nothing to do", name)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// textTags are all that may be in a page.
var (
	anyTag   = regexp.MustCompile(`<[^ >]*`)
	textTags = []string{"p", "a", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "code", "blockquote", "hr", "br"}
)

// FuzzMarkdown: whatever an operator writes, nothing of it runs and nothing is loaded.
func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{"# T\n\n## A\n\n[x](/y) **b** <https://e.example>", "<img src=x onerror=y>", "[a](javascript:x)", "![a](b)", "[a]: <x\n[a]", "- 1\n\n      x", "&lt;b&gt; \\<b>", "# &#x3c;b>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		got, err := ReadText([]byte(source), "")
		if err != nil {
			return
		}
		for _, tag := range anyTag.FindAllString(string(got.HTML), -1) {
			if !slices.Contains(textTags, strings.Trim(tag, "</ ")) {
				t.Errorf("%s: %q became %q", tag, source, got.HTML)
			}
		}
		lower := strings.ToLower(string(got.HTML))
		if strings.Contains(lower, `="javascript:`) || strings.Contains(lower, `="data:`) || strings.Contains(lower, `="//`) {
			t.Errorf("%q became %q", source, got.HTML)
		}
	})
}
