package web

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strconv"
	"strings"
)

//go:embed pages/*.html
var files embed.FS

var pages = template.Must(template.ParseFS(files, "pages/*.html"))

// A page is a title, some texts and at most one button, which posts to the address of the page itself.
type page struct {
	Brand  string // the list's title; empty where no list is meant
	Title  string
	Done   string // what was just done
	Texts  []string
	Button string
	Style  string // address of the style sheet
}

// Head is the title for the window: with the list's, where the page's own does not name it.
func (p page) Head() string {
	if strings.Contains(p.Title, p.Brand) {
		return p.Title
	}
	return p.Title + " – " + p.Brand
}

// show writes a page. The error is one of the connection.
func (s *Server) show(w http.ResponseWriter, status int, p page) error {
	p.Style = s.cfg.Path + stylePath
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, "page.html", p); err != nil {
		panic(err) // a template of ours that does not fit its data
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	_, err := w.Write(b.Bytes())
	return tell(err)
}
