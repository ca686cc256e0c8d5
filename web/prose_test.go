package web

import (
	"html/template"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sencoforum/message"
)

func TestProse(t *testing.T) {
	long := strings.Repeat("word ", 13) // what a program breaks
	for name, c := range map[string]struct{ text, want string }{
		"paragraphs are told apart by an empty line":       {"One.\n\nTwo.\n", "<p>One.</p>\n<p>Two.</p>\n"},
		"short lines stay lines":                           {"Jane Smith\nSENCO", "<p>Jane Smith<br>SENCO</p>\n"},
		"lines that a program broke are one again":         {long + "\nand on.", "<p>" + strings.TrimSpace(long) + "\nand on.</p>\n"},
		"but not before a point of a list":                 {long + "\n- a point\n2. another", "<p>" + strings.TrimSpace(long) + "<br>- a point<br>2. another</p>\n"},
		"markup is text":                                   {`<script>alert("x")</script> & <b>`, "<p>&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt; &amp; &lt;b&gt;</p>\n"},
		"a web address is a link, and its sentence is not": {"See https://x.example/a?b=1&c=2.", `<p>See <a href="https://x.example/a?b=1&amp;c=2" rel="noreferrer nofollow ugc">https://x.example/a?b=1&amp;c=2</a>.</p>` + "\n"},
		"a quote ends a web address":                       {`https://x.example/"onmouseover=alert(1)`, `<p><a href="https://x.example/" rel="noreferrer nofollow ugc">https://x.example/</a>&#34;onmouseover=alert(1)</p>` + "\n"},
		"what is no web address is no link":                {"javascript:alert(1) data:text/html,x http://", "<p>javascript:alert(1) data:text/html,x http://</p>\n"},
		"nothing is nothing":                               {"\n\n \n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, string(prose(c.text, template.HTMLEscapeString))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPieces(t *testing.T) {
	text := "My own words, write to me@school.example.\n\nOn Friday Priya <priya@other.example> wrote:\n> Her words, from\n> priya@other.example\n\n-- \nJane\nSENCO\n"
	all := piecesOf(message.Words{Segments: message.Split(text)}, false, template.HTMLEscapeString)
	var folds []string
	for _, p := range all {
		folds = append(folds, p.Fold)
		if p.Fold != "" && strings.Contains(string(p.HTML), "@") {
			t.Errorf("%s shows an address: %s", p.Fold, p.HTML)
		}
	}
	if diff := cmp.Diff([]string{"", "Show quoted text (3 lines)", "Show signature"}, folds); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !strings.Contains(string(all[0].HTML), "me@school.example") {
		t.Errorf("the writer's own words are changed: %s", all[0].HTML)
	}
	for _, p := range piecesOf(message.Words{Segments: message.Split(text)}, true, template.HTMLEscapeString) {
		if p.Fold != "" && !p.Open {
			t.Errorf("%s is not open", p.Fold)
		}
	}
}

func TestExcerpt(t *testing.T) {
	for text, want := range map[string]string{
		"Hi,\n\nHow do you do it?":           "How do you do it?",
		"How?":                               "How?",
		"Dear all,\nWho has one?":            "Who has one?",
		"Dear all, who has one?\nI do not.":  "Dear all, who has one? I do not.",
		strings.Repeat("letters ", 30) + ".": strings.TrimSpace(strings.Repeat("letters ", 4)) + " …",
		"":                                   "",
	} {
		if got := excerpt(text, 38); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// FuzzProse shows anything as text. What comes out holds no tag but those that prose writes.
func FuzzProse(f *testing.F) {
	f.Add("See https://x.example/<b>\n\n- \"a\"")
	f.Add("http://\x00\xff\"'`<>{}")
	f.Fuzz(func(t *testing.T, text string) {
		rest := string(prose(text, template.HTMLEscapeString))
		for _, tag := range []string{"<p>", "</p>", "<br>", "</a>", `" rel="noreferrer nofollow ugc">`, `<a href="http`} {
			rest = strings.ReplaceAll(rest, tag, "")
		}
		if strings.ContainsAny(rest, `<>"'`) {
			t.Errorf("%q becomes %q", text, prose(text, template.HTMLEscapeString))
		}
	})
}
