package digest

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"

	"sencoforum/message"
)

// Styles stand in the elements, because many mail programs drop a style sheet; that has only the dark colours and small screens.
const (
	pageStyle = `@media(prefers-color-scheme:dark){body,.bg{background:#16191f!important}.card{background:#1d2129!important;border-color:#d9a53a!important}` +
		`.tx{color:#e9e4d8!important}.mu{color:#b5b9c2!important}a{color:#8ec5ff!important}}` +
		`@media(max-width:480px){.pad{padding:16px!important}}`
	linkStyle  = `style="color:#0a4a8f"`
	headStyle  = `style="font-size:20px;line-height:26px;margin:24px 0 8px"`
	titleStyle = `style="font-size:17px;line-height:24px;margin:0 0 4px"`
	mutedStyle = `class="mu" style="margin:0 0 4px;color:#4a5160"`
	table      = `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"`
)

// anchors name the parts within the page.
var anchors = map[Part]string{Help: "need", Most: "most", Also: "more", Notices: "notices"}

// page gathers HTML.
type page struct{ strings.Builder }

func (p *page) add(format string, args ...any) { fmt.Fprintf(p, format, args...) }

// HTML is an issue as a page for mail programs: one column, no pictures, and its own dark colours.
func (c Content) HTML() string {
	var p page
	title := html.EscapeString(c.Title)
	p.add(`<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">`+
		`<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>%s</title>
<style>%s</style></head>
`, html.EscapeString(c.Subject()), pageStyle)
	p.add(`<body style="margin:0;padding:0;background:#fdfaf2" class="bg"><div role="main" aria-roledescription="email" aria-label="%s %s" lang="en-GB">
<div style="display:none;max-height:0;overflow:hidden">%s</div>
`, title, c.kind(), html.EscapeString(c.teaser()))
	p.WriteString(table + ` class="bg" style="background:#fdfaf2"><tr><td align="center">` + table + ` style="max-width:640px"><tr>` +
		`<td class="pad tx" style="padding:24px;font-family:Verdana,Arial,sans-serif;font-size:17px;line-height:27px;color:#1d2129;text-align:left;word-break:break-word;overflow-wrap:anywhere">` + "\n")
	p.add(`<h1 style="font-size:24px;line-height:30px;margin:0 0 8px">%s %s</h1>
<p class="mu" style="margin:0 0 20px;color:#4a5160">%s · %s · about %s to read</p>
`, title, c.kind(), c.At.Format("Monday 2 January 2006"), c.amount(), number(c.minutes(), "minute"))
	for _, line := range c.intro() {
		p.add("<p style=\"margin:0 0 20px\">%s</p>\n", html.EscapeString(line))
	}
	c.contents(&p)
	for part := Help; part <= Notices; part++ {
		c.addPart(&p, part)
	}
	c.addWords(&p)
	c.addFoot(&p)
	p.WriteString("</td></tr></table></td></tr></table></div></body></html>\n")
	return p.String()
}

// teaser is what a mail program shows behind the subject.
func (c Content) teaser() string {
	var s []string
	switch help, _ := c.part(Help); {
	case len(help) == 1:
		s = append(s, "1 question still needs an answer.")
	case len(help) > 1:
		s = append(s, fmt.Sprintf("%d questions still need an answer.", len(help)))
	}
	if most, _ := c.part(Most); len(most) > 0 {
		s = append(s, "Most talked about: "+most[0].Subject+".")
	}
	return strings.Join(append(s, "About "+number(c.minutes(), "minute")+" to read."), " ")
}

func (c Content) contents(p *page) {
	p.add(`<h2 style="font-size:20px;line-height:26px;margin:0 0 8px">In this email</h2>
<ul style="margin:0 0 20px;padding-left:22px">`)
	for part := Help; part <= Notices; part++ {
		if all, left := c.part(part); len(all) > 0 {
			head := c.head(part)
			if !strings.HasSuffix(head, "?") {
				head += ":"
			}
			p.add(`<li><a href="#%s" %s>%s %s</a></li>`, anchors[part], linkStyle, head, inside(part, len(all)+left))
		}
	}
	p.add("</ul>\n")
}

func (c Content) addPart(p *page, part Part) {
	all, left := c.part(part)
	if len(all) == 0 {
		return
	}
	p.add("<h2 id=\"%s\" %s>%s</h2>\n", anchors[part], headStyle, c.head(part))
	switch part {
	case Help:
		for _, e := range all {
			p.WriteString(table + `><tr><td class="card" style="background:#fff1cc;border-left:6px solid #5c3d00;padding:14px 16px">`)
			e.addWhole(p)
			p.WriteString("</td></tr></table>\n<div style=\"height:12px;line-height:12px\">&nbsp;</div>\n")
		}
	case Most:
		for _, e := range all {
			e.addWhole(p)
		}
	default:
		p.add(`<ul style="margin:0 0 18px;padding-left:22px">`)
		for _, e := range all {
			e.addLine(p)
		}
		p.add("</ul>\n")
	}
	if left > 0 {
		p.add("<p style=\"margin:0 0 18px\">And %s more.</p>\n", number(left, "discussion"))
	}
}

// addWhole writes a discussion with what is said in it.
func (e Entry) addWhole(p *page) {
	p.add(`<h3 %s>%s</h3>`, titleStyle, e.title())
	if about := e.about(" · "); about != "" && e.Part != Help {
		p.add(`<p %s>%s</p>`, mutedStyle, about)
	}
	if e.Asks != "" {
		p.add(`<p style="margin:0 0 6px">%s</p>`, html.EscapeString(e.asked()))
	}
	if e.Says != "" {
		p.add(`<p style="margin:0 0 6px"><strong>%s</strong> “%s”</p>`, html.EscapeString(e.first()), html.EscapeString(e.Says))
	}
	if e.Era != "" {
		p.add(`<p %s>%s</p>`, mutedStyle, html.EscapeString(e.Era))
	}
	end := "0 0 18px"
	if e.Part == Help {
		end = "0"
	}
	p.add(`<p style="margin:%s">%s`, end, mailto(e.Answer, e.Subject, "Answer on the forum (everyone reads it)"))
	if !e.Private.IsZero() {
		p.add(`<br>%s`, mailto(e.Private, e.Subject, "Write only to "+e.asker()))
	}
	p.add("</p>\n")
}

// addLine writes a discussion that is named only.
func (e Entry) addLine(p *page) {
	p.add(`<li style="margin-bottom:8px">%s`, e.title())
	if e.Closes != "" {
		p.add(" – closes %s", html.EscapeString(e.Closes))
	}
	if about := e.about(" · "); about != "" {
		p.add(" – %s", about)
	}
	if e.Era != "" {
		p.add(` <span class="mu" style="color:#4a5160">%s</span>`, html.EscapeString(e.Era))
	}
	p.add(`<br>%s</li>`, mailto(e.Answer, e.Subject, "Answer on the forum (everyone reads it)"))
}

// title is the subject, and where there are pages a link.
func (e Entry) title() string {
	if e.Link == "" {
		return html.EscapeString(e.Subject)
	}
	return fmt.Sprintf(`<a href="%s" %s>%s</a>`, html.EscapeString(e.Link), linkStyle, html.EscapeString(e.Subject))
}

// mailto is a link by which one begins a mail (RFC 6068).
func mailto(to message.Address, subject, words string) string {
	at := url.PathEscape(to.Local) + "@" + to.Domain
	return fmt.Sprintf(`<a href="mailto:%s?subject=%s" %s>%s</a>`, html.EscapeString(at),
		html.EscapeString(url.PathEscape("Re: "+shorten(subject, 60))), linkStyle, html.EscapeString(words))
}

// addWords explains letters that stand for words.
func (c Content) addWords(p *page) {
	if len(c.Words) == 0 {
		return
	}
	p.add("<h2 id=\"full\" %s>In full</h2>\n<ul style=\"margin:0 0 18px;padding-left:22px\">", headStyle)
	for _, w := range c.Words {
		p.add("<li>%s: %s</li>", html.EscapeString(w.Letters), html.EscapeString(w.Words))
	}
	p.add("</ul>\n")
}

// footWords are the words that the foot offers.
var footWords = regexp.MustCompile(`\b(questions|daily|weekly|every|pause|leave)\b`)

// bold makes the words strong that a reply may be.
func bold(line string) string {
	if begin, words, ok := strings.Cut(line, ": "); ok && begin == "Reply with one word" {
		return begin + ": " + footWords.ReplaceAllString(words, "<strong>$1</strong>")
	}
	return line
}

func (c Content) addFoot(p *page) {
	p.add(`<hr style="border:0;border-top:1px solid #c9c3b4;margin:8px 0 16px"><p class="mu" style="margin:0;font-size:15px;line-height:24px;color:#4a5160">`)
	for _, line := range c.foot() {
		if line == "" {
			p.add("<br>")
		}
		p.add("%s ", bold(html.EscapeString(line)))
	}
	if c.Web != "" {
		p.add(`<a href="%s/" %s>Read in the archive</a>`, html.EscapeString(c.Web), linkStyle)
	}
	if c.Leave != "" && !c.Last {
		if c.Web != "" {
			p.WriteString(" ·")
		}
		p.add(` <a href="%s" %s>Leave %s</a>`, html.EscapeString(c.Leave), linkStyle, html.EscapeString(c.Title))
	}
	p.add("</p>\n")
}
