package web

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	marktext "github.com/yuin/goldmark/text"
)

// A Text is a page of the operator's own, in place of one of ours.
type Text struct {
	Title string // empty: that of our page
	HTML  template.HTML
}

// A TextFault is one thing that is wrong with such a page.
type TextFault struct {
	Line    int // 0: all of it
	Problem string
	Next    string // what to do
}

// TextFaults are all of them, in the order of the lines.
type TextFaults []TextFault

// Error names all, each on its line.
func (f TextFaults) Error() string {
	lines := make([]string, len(f))
	for i, one := range f {
		lines[i] = fmt.Sprintf("line %d: %s; %s", one.Line, one.Problem, one.Next)
	}
	return strings.Join(lines, "\n")
}

// MaxText is the largest such page, in bytes.
const MaxText = 64 << 10

// TextNames are the pages that may be replaced.
func TextNames() (all []string) {
	for _, t := range texts {
		all = append(all, strings.TrimPrefix(t.path, "/"))
	}
	return all
}

// ReadText reads a page in Markdown (CommonMark). Links to pages of ours begin with a slash; base is put before them. The
// error is TextFaults. What is in the page was written by the operator; still nothing of it can be markup but Markdown's,
// and nothing is loaded from elsewhere.
func ReadText(source []byte, base string) (Text, error) {
	source = bytes.TrimPrefix(source, []byte("\ufeff"))
	switch {
	case len(source) > MaxText:
		return Text{}, TextFaults{{0, fmt.Sprintf("has more than %d kB", MaxText>>10), "write less"}}
	case !utf8.Valid(source):
		return Text{}, TextFaults{{0, "is not UTF-8 text", "save it as plain text in UTF-8; a Word file does not work"}}
	case len(bytes.TrimSpace(source)) == 0:
		return Text{}, TextFaults{{0, "is empty", "write something, or remove the key"}}
	}
	md := goldmark.New()
	doc := md.Parser().Parse(marktext.NewReader(source))
	r := textReader{source: source, base: strings.TrimRight(base, "/"), level: 1}
	r.title(doc)
	if err := ast.Walk(doc, r.look); err != nil {
		return Text{}, err
	}
	if len(r.faults) > 0 {
		slices.SortStableFunc(r.faults, func(a, b TextFault) int { return a.Line - b.Line })
		return Text{}, r.faults
	}
	var b bytes.Buffer
	if err := md.Renderer().Render(&b, source, doc); err != nil {
		return Text{}, err
	}
	return Text{Title: r.name, HTML: template.HTML(visible(b.String()))}, nil
}

// A textReader looks through one page.
type textReader struct {
	source []byte
	base   string
	name   string
	level  int // of the heading before
	faults TextFaults
}

// title takes the heading at the top out of the page: it is the page's title.
func (r *textReader) title(doc ast.Node) {
	h, ok := doc.FirstChild().(*ast.Heading)
	if !ok || h.Level != 1 {
		return
	}
	var b strings.Builder
	for i := range h.Lines().Len() {
		s := h.Lines().At(i)
		b.Write(s.Value(r.source))
	}
	r.name = strings.TrimSpace(visible(b.String()))
	doc.RemoveChild(doc, h)
}

// look judges one part of a page.
func (r *textReader) look(n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	switch n := n.(type) {
	case *ast.HTMLBlock, *ast.RawHTML:
		r.fault(n, "HTML is not shown", "write it in Markdown, such as **bold** or [a link](https://example.org); write a bare < as \\<")
	case *ast.Image:
		r.fault(n, "pictures are not shown", "say it in words")
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		r.fault(n, "is program text, because it begins with four spaces or ```", "take the spaces away")
	case *ast.Heading:
		switch {
		case n.Level == 1:
			r.fault(n, "only the first line may be a heading with one #", "write ##")
		case n.Level > r.level+1:
			r.fault(n, "the heading leaves out a level", "write "+strings.Repeat("#", r.level+1))
		}
		r.level = max(n.Level, 1)
	case *ast.Link:
		n.Destination = []byte(r.link(n, string(n.Destination)))
	case *ast.AutoLink:
		to := string(n.URL(r.source))
		if n.AutoLinkType == ast.AutoLinkEmail {
			to = "mailto:" + to
		}
		r.link(n, to)
	}
	return ast.WalkContinue, nil
}

// link is where a link leads.
func (r *textReader) link(n ast.Node, to string) string {
	u, err := url.Parse(to)
	switch {
	case err != nil:
	case u.Scheme == "https" && u.Host != "", u.Scheme == "http" && u.Host != "", u.Scheme == "mailto" && strings.Contains(u.Opaque, "@"):
		return to
	case u.Scheme == "" && u.Host == "" && strings.HasPrefix(to, "/") && !strings.Contains(to, "\\"):
		return r.base + to
	}
	r.fault(n, fmt.Sprintf("a link leads to %q", cut(to, 60)), "begin it with https:// or mailto:, or with / for a page of the forum, such as /rules")
	return ""
}

func (r *textReader) fault(n ast.Node, problem, next string) {
	r.faults = append(r.faults, TextFault{r.line(n), problem, next})
}

// line is where a part of the page begins; for words inside of a block, where that does.
func (r *textReader) line(n ast.Node) int {
	for ; n != nil; n = n.Parent() {
		if raw, ok := n.(*ast.RawHTML); ok && raw.Segments.Len() > 0 {
			return r.lineAt(raw.Segments.At(0).Start)
		}
		if n.Type() != ast.TypeInline && n.Lines() != nil && n.Lines().Len() > 0 {
			return r.lineAt(n.Lines().At(0).Start)
		}
	}
	return 0
}

func (r *textReader) lineAt(at int) int { return 1 + bytes.Count(r.source[:at], []byte("\n")) }

// own shows a page of the operator's.
func (t Text) own(v *visit, sh shell) error {
	if t.Title != "" {
		sh.Title = t.Title
		sh.Crumbs[len(sh.Crumbs)-1].Text = t.Title
	}
	return v.show(http.StatusOK, "text.html", sh, t)
}
