package message

import (
	"html"
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
)

// pagePolicy is what clean HTML may still hold inside a page of the archive: the shape of a text. Colours, sizes and classes
// are the page's own, and an address of a person is no link.
var pagePolicy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowURLSchemes("http", "https", "cid")
	p.RequireParseableURLs(true)
	p.AllowNoAttrs().OnElements("a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2",
		"h3", "h4", "h5", "h6", "hr", "i", "ins", "kbd", "li", "ol", "p", "pre", "q", "s", "small", "strong", "sub", "sup", "table", "tbody", "td",
		"tfoot", "th", "thead", "tr", "u", "ul")
	p.AllowAttrs("href").Matching(regexp.MustCompile(`^(?i:https?):`)).OnElements("a")
	p.RequireNoReferrerOnLinks(true)
	p.RequireNoFollowOnLinks(true)
	for _, cell := range []string{"td", "th"} {
		allowOn(p, regexp.MustCompile(`^\d{1,3}$`), cell, "colspan", "rowspan")
	}
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("src").Matching(regexp.MustCompile(attrCID)).OnElements("img")
	return p
})

// What is written anew in a page: headings, so that those of the page stay its outline, and pictures.
var (
	pageHeading  = regexp.MustCompile(`<(/?)h[1-6]>`)
	pagePicture  = regexp.MustCompile(`<img\b[^<>]*>`)
	pictureID    = regexp.MustCompile(` src="cid:([^"]*)"`)
	pictureWords = regexp.MustCompile(` alt="([^"]*)"`)
)

// PageHTML returns HTML that View gave, as it may stand inside a page: without looks of its own, its headings as bold
// paragraphs, and each picture with the address that picture gives for a Content-ID; one without goes.
func PageHTML(clean string, picture func(id string) string) string {
	out := pagePolicy().Sanitize(clean)
	out = pageHeading.ReplaceAllStringFunc(out, func(tag string) string {
		if strings.HasPrefix(tag, "</") {
			return "</strong></p>"
		}
		return "<p><strong>"
	})
	return pagePicture.ReplaceAllStringFunc(out, func(tag string) string {
		id := pictureID.FindStringSubmatch(tag)
		if id == nil {
			return ""
		}
		src := picture(html.UnescapeString(id[1]))
		if src == "" {
			return ""
		}
		alt := ""
		if words := pictureWords.FindStringSubmatch(tag); words != nil {
			alt = words[1]
		}
		return `<img src="` + html.EscapeString(src) + `" alt="` + alt + `">`
	})
}
