package web

import (
	"fmt"
	"html/template"
	"strings"

	"sencoforum/archive"
	"sencoforum/search"
)

// foundData is a discussion that was found.
type foundData struct {
	Path, Post string
	Subject    template.HTML
	Author     string
	Written    stamp
	Count      string // "15 messages, 3 match"
	Says       string // answered, or not
	Waiting    bool   // it wants an answer
	Loose      bool
	Era        string
	Snippet    template.HTML
	List       string
}

// foundOne is a discussion as the page shows it.
func (v *visit) foundOne(f search.Found, words bool) foundData {
	d := foundData{
		Path: fmt.Sprintf("%s/t/%d", v.s.cfg.Path, f.Thread), Subject: markedHTML(f.Subject), Author: f.Author, Written: brief(f.Written, v.now),
		Count: plural(f.Posts, "message", "messages"), Loose: f.Loose, Era: f.Era, Snippet: markedHTML(f.Snippet),
	}
	if d.Subject == "" {
		d.Subject = template.HTML(template.HTMLEscapeString(subjectOf(archive.Post{})))
	}
	if d.Author == "" {
		d.Author = nameOf(archive.Post{})
	}
	if words && f.Posts > 1 {
		d.Count += ", " + plural(f.Matches, "matches", "match")
	}
	if f.Best != f.First {
		d.Post = fmt.Sprintf("%s/m/%d", v.s.cfg.Path, f.Best)
	}
	switch {
	case f.Answered:
		d.Says = "answered"
	case f.Question && !f.Closed:
		d.Says, d.Waiting = "no answer yet", true
	case f.Closed:
		d.Says = "closed"
	}
	if len(v.lists) > 1 {
		d.List = v.list(f.List).Title
	}
	return d
}

// Row is the discussion in the list of a page. It is written here and not in the page's template: a long page has fifty, and a template
// asks of each of a thousand pieces what it is, which took a third of the time of such a page. All that is not markup is escaped.
func (d foundData) Row() template.HTML {
	var b strings.Builder
	text := template.HTMLEscapeString
	fmt.Fprintf(&b, `<li><h3><a href="%s">%s</a></h3><p class="meta"><time datetime="%s">%s</time> · %s · %s`,
		text(d.Path), d.Subject, text(d.Written.ISO), text(d.Written.Text), text(d.Author), text(d.Count))
	for _, more := range []string{d.Says, d.List} {
		if more != "" {
			b.WriteString(" · " + text(more))
		}
	}
	if d.Loose {
		b.WriteString(` · <span class="tag">some of your words</span>`)
	}
	if d.Era != "" {
		fmt.Fprintf(&b, ` · <span class="tag warn">%s</span>`, text(d.Era))
	}
	b.WriteString("</p>")
	if d.Snippet != "" {
		fmt.Fprintf(&b, "\n<p>%s</p>", d.Snippet)
	}
	if d.Post != "" {
		fmt.Fprintf(&b, "\n"+`<p class="meta"><a href="%s">Go to this message<span class="vh"> by %s, %s</span></a></p>`, text(d.Post), text(d.Author), text(d.Written.Text))
	}
	b.WriteString("</li>")
	return template.HTML(b.String())
}

// markedHTML is a text with its marks, without what nobody sees. A page has hundreds of such pieces, and the template would ask of
// each what it is.
func markedHTML(spans []search.Span) template.HTML {
	var b strings.Builder
	for _, s := range spans {
		text := template.HTMLEscapeString(visible(s.Text))
		if s.Mark && text != "" {
			text = "<mark>" + text + "</mark>"
		}
		b.WriteString(text)
	}
	return template.HTML(b.String())
}
