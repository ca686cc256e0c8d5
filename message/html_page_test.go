package message

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"sencoforum/internal/corpora"
)

func place(id string) string {
	if id == "gone" {
		return ""
	}
	return "/a/1/" + id
}

func TestPageHTML(t *testing.T) {
	for name, c := range map[string][2]string{
		"the shape of a text stays":       {"<p>One <b>two</b></p><ul><li>three</li></ul>", "<p>One <b>two</b></p><ul><li>three</li></ul>"},
		"its looks go":                    {`<p style="color:red" class="x" id="main" align="right"><font color="#ff0000">One</font></p>`, "<p>One</p>"},
		"a heading is no heading of ours": {"<h1>Title</h1><h3>More</h3>", "<p><strong>Title</strong></p><p><strong>More</strong></p>"},
		"a link says where it leads":      {`<a href="https://x.example/a" title="y">z</a>`, `<a href="https://x.example/a" rel="nofollow noreferrer">z</a>`},
		"an address is no link":           {`<a href="mailto:a@x.example">write</a>`, "<a>write</a>"},
		"a picture is one of the message": {`<img src="cid:logo" alt="Our logo" width="9">`, `<img src="/a/1/logo" alt="Our logo">`},
		"a picture without words":         {`<img src="cid:logo">`, `<img src="/a/1/logo" alt="">`},
		"a picture that is not here goes": {`a<img src="cid:gone" alt="x">b<img src="https://x.example/p.gif">c`, "abc"},
		"a table stays":                   {`<table border="1"><tr><td colspan="2" bgcolor="red">x</td></tr></table>`, `<table><tr><td colspan="2">x</td></tr></table>`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := PageHTML(c[0], place); got != c[1] {
				t.Errorf("got %s, want %s", got, c[1])
			}
		})
	}
}

// checkShape reads HTML as a browser does and fails for all but the shape of a text.
func checkShape(t testing.TB, out string) {
	t.Helper()
	checkHarmless(t, strings.ReplaceAll(out, `src="/a/1/`, `src="cid:`))
	root, err := html.Parse(strings.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			switch n.Data + " " + a.Key {
			case "a href", "a rel", "img alt", "td colspan", "td rowspan", "th colspan", "th rowspan":
			case "img src":
				if !strings.HasPrefix(a.Val, "/a/1/") {
					t.Errorf("a picture from %q in %q", a.Val, out)
				}
			default:
				t.Errorf("attribute %s of %s in %q", a.Key, n.Data, out)
			}
		}
		switch n.Data {
		case "h1", "h2", "h3", "h4", "h5", "h6", "main", "nav", "header", "footer":
			t.Errorf("element %s in %q", n.Data, out)
		}
	}
}

func TestPageHTMLAttacks(t *testing.T) {
	file, err := os.ReadFile(filepath.Join(corpora.Dir(t, "html-xss"), "dompurify.json"))
	if err != nil {
		t.Fatal(err)
	}
	var attacks []struct{ Payload string }
	if err := json.Unmarshal(file, &attacks); err != nil || len(attacks) == 0 {
		t.Fatal("no attacks", err)
	}
	for _, a := range attacks {
		out, _ := cleanHTML(a.Payload, map[string]bool{"a": true})
		checkShape(t, PageHTML(out, place))
	}
}

func FuzzPageHTML(f *testing.F) {
	f.Add(`<p style="color:red">Hello <img src="cid:a" alt='"><b>'><a href="https://x.example">x</a></p><h2>x`)
	f.Add(`<img src='cid:"onerror=x' alt="&quot;>">`)
	f.Fuzz(func(t *testing.T, in string) {
		if len(in) > 64<<10 {
			return
		}
		out, _ := cleanHTML(in, map[string]bool{"a": true})
		checkShape(t, PageHTML(out, place))
	})
}
