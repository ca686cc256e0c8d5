package message

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"sencoforum/internal/corpora"
	"sencoforum/internal/worked"
)

func TestCleanHTML(t *testing.T) {
	images := map[string]bool{"logo@x": true}
	for _, c := range []struct {
		name, in, want string
		found          change
	}{
		{"ordinary formatting stays", `<p align="center"><b>Hi</b> <i>all</i></p>`, `<p align="center"><b>Hi</b> <i>all</i></p>`, 0},
		{"a table with colours stays", `<table border="1" cellpadding="2" style="border-collapse:collapse"><tr><td bgcolor="#ffeeaa" colspan="2">x</td></tr></table>`,
			`<table border="1" cellpadding="2" style="border-collapse: collapse"><tr><td bgcolor="#ffeeaa" colspan="2">x</td></tr></table>`, 0},
		{"fonts and colours stay", `<font color="red" face="Comic Sans MS" size="2"><span style="color:rgb(1, 2, 3);font-family:&quot;Segoe UI&quot;,Arial">x</span></font>`,
			`<font color="red" face="Comic Sans MS" size="2"><span style="color: rgb(1, 2, 3); font-family: Segoe UI,Arial">x</span></font>`, 0},
		{"a quote keeps the mark that folds it", `<div class="gmail_quote"><blockquote type="cite" class="x">old</blockquote></div>`,
			`<div class="gmail_quote"><blockquote type="cite" class="x">old</blockquote></div>`, 0},
		{"web, mail and telephone links stay", `<a href="https://a.example/?b=1&amp;c=2">a</a><a href="mailto:a@b.example">b</a><a href="tel:01132960000">c</a>`,
			`<a href="https://a.example/?b=1&amp;c=2">a</a><a href="mailto:a@b.example">b</a><a href="tel:01132960000">c</a>`, 0},
		{"a link elsewhere loses its target", `<a href="file:///etc/passwd">a</a><a href="/x">b</a><a href="cid:logo@x">c</a>`, `<a>a</a><a>b</a><a>c</a>`, 0},
		{"a picture of the mail stays", `<img src="cid:logo@x" alt="Logo" onerror="x()">`, `<img src="cid:logo@x" alt="Logo">`, changedActive},
		{"a picture by address leaves its words", `a<img src="//x.example/a.png" alt="Our &lt;b&gt; school">b`, `a[Our &lt;b&gt; school]b`, changedPictures},
		{"a picture without an address is none", `a<img alt="x">b`, `a[x]b`, 0},
		{"a picture inside the address goes", `<img src="data:image/png;base64,AAAA">`, ``, changedPictures},
		{"a picture for larger screens goes", `<img src="cid:logo@x" srcset="https://x.example/2x.png 2x">`, `<img src="cid:logo@x">`, changedPictures},
		{"a script goes with its text", `a<script>alert("<b>")</script>b`, `ab`, changedActive},
		{"a script that never ends takes the rest, as it would on a screen", `a<script>b`, `a`, changedActive},
		{"a disguised link to a program goes", "<a href=\"java\tscript:x()\">a</a>", `<a>a</a>`, changedActive},
		{"an object leaves what stands for it", `a<object data="x.swf">words</object>b`, `awordsb`, changedActive},
		{"an end tag without start does no harm", `a</object></noscript>b<noscript>c</noscript>d`, `abd`, 0},
		{"letters inside a form stay", `<form action="https://x.example"><textarea><b>hello</b></textarea></form>`, `&lt;b&gt;hello&lt;/b&gt;`, changedActive},
		{"styles that fetch or move go", `<p style="position:fixed;top:0;background:url(//x.example/a);color:red;width:expression(x())">a</p>`, `<p style="color: red">a</p>`, changedPictures},
		{"styles in disguise go", `<p style="color:r\65 d;background-color:\75rl(x);margin:1px/**/2px;color:blue">a</p>`, `<p style="color: blue">a</p>`, 0},
		{"a quote that never ends takes its own style only", `<p style="color:red;font-family:'Arial;margin:0">a</p>`, `<p style="color: red">a</p>`, 0},
		{"a comment goes", `a<!-- b --><!--[if mso]>c<![endif]-->d<![if !x]>e<![endif]>`, `ade`, 0},
		{"drawings leave their words", `<svg><style>x</style><a xlink:href="javascript:x()"><text>hi</text></a></svg>`, `<a>hi</a>`, 0},
		{"the title of the page is no text", `<title>T</title>x`, `x`, 0},
		{"a stylesheet from elsewhere goes", `<link rel="stylesheet" href="https://x.example/a.css"><style>@import url(https://x.example/b.css);</style>x`, `x`, changedPictures},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, found := cleanHTML(c.in, images)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if found != c.found {
				t.Errorf("found %q, want %q", found.sentences(), c.found.sentences())
			}
		})
	}
}

func TestStyleSheetsAreFoldedIn(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"by class", `<style>p.MsoNormal, .x {margin:0cm}</style><p class="MsoNormal">a<b class=x>b</b>`, `<p class="MsoNormal" style="margin: 0cm">a<b class="x" style="margin: 0cm">b</b>`},
		{"the element's own style comes last", `<style>P {color:red}</style><p style="color:blue">a`, `<p style="color: red; color: blue">a`},
		{"two rules for one name add up", `<style>p {color:red} p{margin:0}</style><p>a`, `<p style="color: red; margin: 0">a`},
		{"comments and the old comment marks are no rules", `<style><!-- /* p {x} */ p {/*c*/color:red} --></style><p>a`, `<p style="color: red">a`},
		{"rules of at-blocks and longer selectors are passed over", `<style>@media print {p {color:red}} div p {color:red} p:hover {color:red} p#a{color:red} b{color:red}</style><p>a<b>b</b>`, `<p>a<b style="color: red">b</b>`},
		{"a mountain of rules is cut", `<style>` + manyRules(maxRules) + `p{color:red}</style><p>a</p><p class="c0">b</p>`,
			`<p>a</p><p class="c0" style="margin: 0">b</p>`},
		{"what may not stay does not come in this way", `<style>p {position:fixed;background:url(x)}</style><p>a`, `<p>a`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, _ := cleanHTML(c.in, nil); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func manyRules(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ".c%d{margin:0}", i)
	}
	return b.String()
}

// A sheet is copied to each element, which must not let a mail explode.
func TestStyleSheetsAreBounded(t *testing.T) {
	in := `<style>p {font-family:` + strings.Repeat("a", 350) + `}</style>` + strings.Repeat("<p>x", 100_000)
	if out, _ := cleanHTML(in, nil); len(out) > len(in)+2*maxAdded {
		t.Errorf("%d octets became %d", len(in), len(out))
	}
}

func TestCleanHTMLIsQuick(t *testing.T) {
	for _, unit := range []string{"<", "<a ", "<p style='color:red;", "<div>", "&", "<style>p{", "<img src=cid:a alt='", "\"'", "<b style=\"color:((((\">"} {
		start := worked.Time(t)
		cleanHTML(strings.Repeat(unit, maxHTML/len(unit)), nil)
		if took := worked.Time(t) - start; took > 10*time.Second {
			t.Errorf("%q repeated took %v", unit, took)
		}
	}
}

// Attacks that are known to work somewhere leave nothing that runs or fetches.
func TestCleanHTMLAttacks(t *testing.T) {
	file, err := os.ReadFile(filepath.Join(corpora.Dir(t, "html-xss"), "dompurify.json"))
	if err != nil {
		t.Fatal(err)
	}
	var attacks []struct{ Payload string }
	if err := json.Unmarshal(file, &attacks); err != nil || len(attacks) == 0 {
		t.Fatal("no attacks", err)
	}
	for _, a := range attacks {
		out, _ := cleanHTML(a.Payload, nil)
		checkHarmless(t, out)
	}
}

var linkForm = regexp.MustCompile(attrLink)

// checkHarmless reads HTML as a browser does and fails for all that is active.
func checkHarmless(t testing.TB, out string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(out))
	if err != nil {
		t.Errorf("%v: %q", err, out)
		return
	}
	for n := range root.Descendants() {
		switch n.Data {
		case "script", "style", "iframe", "object", "embed", "form", "input", "base", "meta", "link", "svg", "math", "template":
			if n.Type == html.ElementNode {
				t.Errorf("element %s in %q", n.Data, out)
			}
		}
		for _, a := range n.Attr {
			val := strings.ToLower(strings.TrimSpace(a.Val))
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "srcset", a.Key == "background", a.Key == "action",
				a.Key == "src" && !strings.HasPrefix(val, "cid:"),
				a.Key == "href" && !linkForm.MatchString(val),
				a.Key == "style" && (strings.ContainsAny(val, `\*{}<@`) || strings.Contains(val, "url") || strings.Contains(val, "expression")):
				t.Errorf("attribute %s=%q in %q", a.Key, a.Val, out)
			}
		}
	}
}

func FuzzCleanHTML(f *testing.F) {
	f.Add(`<p style="color:red">Hello <img src="cid:a"><a href="https://x.example">x</a></p>`)
	f.Add(`<style>p.a{margin:0}</style><p class=a><svg><math><style><img src=x onerror=y>`)
	f.Add(`<a href="javas&#99;ript:x"><noscript><p title="</noscript><img src=x>">`)
	f.Fuzz(func(t *testing.T, in string) {
		if len(in) > 64<<10 {
			return
		}
		out, _ := cleanHTML(in, map[string]bool{"a": true})
		checkHarmless(t, out)
	})
}
