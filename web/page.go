package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"sencoforum/list"
)

//go:embed pages/*.html
var files embed.FS

// pages are the templates, each in the layout that all share. An operator's commands, which have none, do not wait for them.
var pages = sync.OnceValue(parsePages)

func parsePages() map[string]*template.Template {
	shared := template.Must(template.ParseFS(files, "pages/layout.html"))
	all := map[string]*template.Template{}
	entries, err := files.ReadDir("pages")
	if err != nil {
		panic(err) // it is embedded
	}
	for _, e := range entries {
		if name := e.Name(); name != "layout.html" && strings.HasSuffix(name, ".html") {
			all[name] = template.Must(template.Must(shared.Clone()).ParseFS(files, "pages/"+name))
		}
	}
	return all
}

// A shell is what is around every page.
type shell struct {
	Base    string // before each address of ours
	Style   string
	Site    string // what the forum is called
	Title   string
	Error   string // what is wrong with what was sent; the title says so
	Index   bool
	About   string // what search engines show of a page
	Display display
	Member  bool
	Nav     []link
	Crumbs  []link
	Search  bool   // a box in the header
	Owner   string // the moderators' address; empty where no list is meant
	Post    string
	Foot    []link
	Page    any
}

// A link is a page with its name.
type link struct {
	Path, Text string
	Here       bool
}

// Head is the title for the window: with the forum's, where the page's own does not name it.
func (s shell) Head() string {
	head := s.Title
	if s.Site != "" && !strings.Contains(s.Title, s.Site) {
		head += " – " + s.Site
	}
	if s.Error != "" {
		head = "Error: " + head
	}
	return head
}

// shell fills in what the visit knows.
func (v *visit) shell(title string, crumbs ...link) shell {
	s := v.s
	sh := shell{
		Base: s.cfg.Path, Style: hashedStyle, Site: v.site.Title, Title: title, Index: v.rt.index, Display: v.display(),
		Member: !v.visiting(), Crumbs: crumbs, Foot: v.foot(),
	}
	if v.site.ID != 0 {
		sh.Owner, sh.Post = v.site.Service("owner").String(), v.site.Post().String()
	}
	if len(crumbs) > 0 {
		sh.Crumbs = append([]link{{Path: "/", Text: "Home"}}, crumbs...)
	}
	if v.visiting() {
		return sh
	}
	sh.Search = s.has("/search") && !strings.HasPrefix(v.rt.path, "/search") && v.rt.path != "/"
	for _, l := range []link{
		{Path: "/", Text: "Home"}, {Path: "/search", Text: "Search"}, {Path: fmt.Sprintf("/%d", v.now.In(london).Year()), Text: "By month"},
		{Path: "/topics", Text: "Topics"}, {Path: "/settings", Text: "My settings"}, v.modLink(),
		{Path: "/demo/mail", Text: "My mail (demonstration)"}, {Path: "/demo", Text: "Be somebody else"},
	} {
		if l.Path != "" && s.has(l.Path) {
			l.Here = l.Path == v.s.pathOf(v.r)
			sh.Nav = append(sh.Nav, l)
		}
	}
	return sh
}

// modLink is the way to the pages for moderators, for who may open them.
func (v *visit) modLink() link {
	switch {
	case v.moderates() && v.toDecide > 0:
		return link{Path: "/mod", Text: fmt.Sprintf("To moderate (%d)", v.toDecide)}
	case v.moderates():
		return link{Path: "/mod", Text: "To moderate"}
	case len(v.audited()) > 0:
		return link{Path: "/mod/log", Text: "What moderators did"}
	}
	return link{}
}

// pathOf is the address that was asked for, below the base address.
func (s *Server) pathOf(r *http.Request) string { return strings.TrimPrefix(r.URL.Path, s.cfg.Path) }

// members are the pages below every page to which visitors have no link.
var members = map[string]struct{}{"/collections": {}, "/digests": {}, "/stats": {}, "/members": {}}

// foot are the links below every page.
func (v *visit) foot() []link {
	var all []link
	for _, l := range []link{
		{Path: "/start", Text: "New to the role?"}, {Path: "/help", Text: "Help"}, {Path: "/glossary", Text: "Words and letters"}, {Path: "/display", Text: "Reading settings: text size, colours, spacing"},
		{Path: "/rules", Text: "Forum rules"}, {Path: "/privacy", Text: "Privacy"}, {Path: "/accessibility", Text: "Accessibility statement"},
		{Path: "/contact", Text: "Contact the moderators"}, {Path: "/collections", Text: "Collections"}, {Path: "/digests", Text: "Past digests"},
		{Path: "/stats", Text: "Statistics"}, {Path: "/members", Text: "Members"},
	} {
		if _, inside := members[l.Path]; inside && (v.visiting() || l.Path == "/members" && !v.roster) {
			continue
		}
		if v.s.has(l.Path) {
			all = append(all, l)
		}
	}
	return all
}

// show writes a page. The error is one of the connection.
func (v *visit) show(status int, name string, sh shell, data any) error {
	sh.Page = data
	b, ok := v.s.buffers.Get().(*bytes.Buffer)
	if !ok {
		b = &bytes.Buffer{}
	}
	defer v.s.giveBuffer(b)
	if err := pages()[name].ExecuteTemplate(b, "layout", sh); err != nil {
		panic(err) // a template of ours that does not fit its data
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	v.w.WriteHeader(status)
	_, err := v.w.Write(b.Bytes())
	return tell(err)
}

// bufferMost is the largest buffer of a page that is used again.
const bufferMost = 256 << 10

func (s *Server) giveBuffer(b *bytes.Buffer) {
	if b.Cap() <= bufferMost {
		b.Reset()
		s.buffers.Put(b)
	}
}

// A page is a title, some texts and at most one button, which posts to the address of the page itself.
type page struct {
	Brand  string // the list's title; empty where no list is meant
	Title  string
	Done   string // what was just done
	Texts  []string
	Button string
	Next   link // another page; only where there is something to do on it
}

// tell shows such a page. Whoever is signed in does not matter to it: the answer to a link of a mail is the same for all.
func (v *visit) tell(status int, p page) error {
	plain := &visit{s: v.s, w: v.w, r: v.r, now: v.now, rt: v.rt, site: list.List{Title: p.Brand}}
	return plain.show(status, "page.html", plain.shell(p.Title), p)
}
