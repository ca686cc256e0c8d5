package message

import (
	"regexp"
	"sync"

	"github.com/microcosm-cc/bluemonday"
)

// htmlPolicy is what the HTML of an outgoing copy may hold: ordinary text
// formatting, tables, links, and pictures of the same message. Everything else
// goes. It is built once and not changed afterwards.
var htmlPolicy = sync.OnceValue(func() *bluemonday.Policy {
	p, plain := bluemonday.NewPolicy(), regexp.MustCompile(attrPlain)
	p.AllowURLSchemes("http", "https", "mailto", "tel", "cid")
	p.RequireParseableURLs(true)
	elements := []string{
		"a", "abbr", "acronym", "address", "article", "aside", "b", "bdi", "bdo", "big", "blockquote", "body", "br",
		"caption", "center", "cite", "code", "col", "colgroup", "dd", "del", "details", "dfn", "dir", "div", "dl", "dt",
		"em", "figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "i",
		"ins", "kbd", "li", "main", "mark", "nav", "ol", "p", "pre", "q", "s", "samp", "section", "small", "span",
		"strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "tt",
		"u", "ul", "var", "wbr",
	}
	p.AllowNoAttrs().OnElements(elements...)
	p.AllowAttrs("class", "id", "lang").Matching(regexp.MustCompile(attrWords)).Globally()
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`^(?i:ltr|rtl|auto)$`)).Globally()
	p.AllowAttrs("style").Matching(attrStyle()).Globally()
	p.AllowAttrs("title").Globally()
	p.AllowAttrs("align", "valign", "width", "height", "bgcolor").Matching(plain).Globally()
	allowOn(p, plain, "a", "name")
	p.AllowAttrs("href").Matching(regexp.MustCompile(attrLink)).OnElements("a")
	allowOn(p, plain, "body", "text", "link", "vlink", "alink")
	allowOn(p, plain, "font", "color", "face", "size")
	allowOn(p, plain, "hr", "color", "size", "noshade")
	allowOn(p, plain, "br", "clear")
	allowOn(p, plain, "ol", "type", "start")
	allowOn(p, plain, "ul", "type")
	allowOn(p, plain, "li", "type", "value")
	allowOn(p, plain, "blockquote", "type")
	allowOn(p, plain, "table", "border", "bordercolor", "cellpadding", "cellspacing", "rules")
	for _, cell := range []string{"td", "th"} {
		allowOn(p, plain, cell, "colspan", "rowspan", "nowrap", "scope")
	}
	allowOn(p, plain, "col", "span")
	allowOn(p, plain, "colgroup", "span")
	allowOn(p, plain, "img", "border", "hspace", "vspace")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("src").Matching(regexp.MustCompile(attrCID)).OnElements("img")
	return p
})

func allowOn(p *bluemonday.Policy, values *regexp.Regexp, element string, attrs ...string) {
	p.AllowAttrs(attrs...).Matching(values).OnElements(element)
}

// The forms of attribute values, which are read with the policy: their bounds make them large, and few commands of an operator
// need them.
const (
	attrPlain = `^[\pL\pN #%.,+()'"_-]{0,200}$`
	attrWords = `^[\w -]{1,300}$`
	attrLink  = `^(?i:https?|mailto|tel):`
	attrCID   = `^(?i:cid):[^\s]{1,250}$`
)

// attrStyle is a second lock behind cleanStyle, which writes the value: no function but those of colours, no escape, no comment.
var attrStyle = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?i:(rgb|rgba|hsl|hsla)\([\d\s%.,/-]*\)|[\pL\pN #%.,+/!'"_:;-])*$`)
})
