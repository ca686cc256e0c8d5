package message

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// maxHTML is the HTML in octets that is cleaned; more is left out of a copy.
const maxHTML = 512 << 10

// cleanHTML makes HTML safe to send on: nothing in it runs, asks for input or
// fetches anything, and its pictures are those of the same message. images
// holds the content ids that travel with the copy. found says what was taken
// out that a reader might miss.
func cleanHTML(src string, images map[string]bool) (out string, found change) {
	c := htmlCleaner{tokens: html.NewTokenizer(strings.NewReader(src)), images: images}
	c.out.Grow(len(src) + len(src)/4)
	c.run()
	return htmlPolicy().Sanitize(c.out.String()), c.found
}

// htmlCleaner is the pass before the sanitiser. It knows the message: which
// pictures travel, what its style sheet says. It leaves every doubt about
// safety to the sanitiser behind it.
type htmlCleaner struct {
	tokens *html.Tokenizer
	images map[string]bool
	sheet  styleSheet
	out    strings.Builder
	found  change
}

func (c *htmlCleaner) run() {
	for {
		switch c.tokens.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			c.start(c.tokens.Token())
		case html.EndTagToken:
			if t := c.tokens.Token(); !isMode(t.Data) {
				c.out.WriteString(t.String())
			}
		case html.TextToken:
			c.out.WriteString(c.tokens.Token().String())
		}
	}
}

// isMode reports elements behind which a parser reads in another way, or which
// the sanitiser drops with all that follows. Their tags are dropped here.
func isMode(element string) bool {
	switch element {
	case "frame", "frameset", "iframe", "noembed", "noframes", "noscript", "nostyle", "object",
		"plaintext", "script", "style", "textarea", "title", "xmp":
		return true
	}
	return false
}

// start handles a start tag. Behind those whose content is no text for readers
// the tokenizer yields that content as one piece of text, which goes too.
func (c *htmlCleaner) start(t html.Token) {
	c.judge(t)
	switch t.Data {
	case "iframe", "noembed", "noframes", "noscript", "script", "style", "title":
		if c.tokens.Next() == html.TextToken && t.Data == "style" {
			c.style(string(c.tokens.Text()))
		}
	case "img", "image":
		c.image(t)
	default:
		if !isMode(t.Data) {
			t.Attr = c.attributes(t)
			c.out.WriteString(t.String())
		}
	}
}

func (c *htmlCleaner) style(css string) {
	if fetches(css) {
		c.found |= changedPictures
	}
	c.sheet.read(css)
}

// judge notes what the reader should know was taken out.
func (c *htmlCleaner) judge(t html.Token) {
	switch t.Data {
	case "script", "iframe", "frame", "object", "embed", "applet", "form", "input", "button", "select", "textarea":
		c.found |= changedActive
	}
	for _, a := range t.Attr {
		switch {
		case strings.HasPrefix(a.Key, "on"):
			c.found |= changedActive
		case a.Key == "background" || a.Key == "srcset" || a.Key == "poster":
			c.found |= changedPictures
		case a.Key == "style" && fetches(a.Val):
			c.found |= changedPictures
		case a.Key == "href" && t.Data == "a" && runs(a.Val):
			c.found |= changedActive
		}
	}
}

// fetches reports CSS that would load something.
func fetches(css string) bool {
	css = strings.ToLower(css)
	return strings.Contains(css, "url(") || strings.Contains(css, "@import")
}

// runs reports a link that is a program, however it is spelt.
func runs(link string) bool {
	link = strings.ToLower(strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, link))
	return strings.HasPrefix(link, "javascript:") || strings.HasPrefix(link, "vbscript:") || strings.HasPrefix(link, "data:")
}

// attributes returns those of an element, with the style cleaned and what the
// style sheet says folded in.
func (c *htmlCleaner) attributes(t html.Token) []html.Attribute {
	var style, class string
	kept := t.Attr[:0]
	for _, a := range t.Attr {
		if a.Key == "style" {
			style = cleanStyle(a.Val)
			continue
		}
		if a.Key == "class" {
			class = a.Val
		}
		kept = append(kept, a)
	}
	if style = c.sheet.apply(t.Data, class, style); style != "" {
		kept = append(kept, html.Attribute{Key: "style", Val: style})
	}
	return kept
}

// image keeps a picture of this message; of any other it leaves the words that
// stand for it.
func (c *htmlCleaner) image(t html.Token) {
	var src, alt string
	for _, a := range t.Attr {
		switch a.Key {
		case "src":
			src = strings.TrimSpace(a.Val)
		case "alt":
			alt = strings.TrimSpace(a.Val)
		}
	}
	id, own := contentID(src)
	if own && c.images[id] {
		t.Data = "img"
		t.Attr = c.attributes(t)
		c.out.WriteString(t.String())
		return
	}
	if !own && src != "" {
		c.found |= changedPictures
	}
	if alt != "" {
		c.out.WriteString(html.EscapeString("[" + alt + "]"))
	}
}

// contentID returns the id that a cid: link names (RFC 2392), without brackets.
func contentID(link string) (id string, ok bool) {
	if len(link) < 5 || !strings.EqualFold(link[:4], "cid:") {
		return "", false
	}
	id = link[4:]
	if plain, err := url.PathUnescape(id); err == nil {
		id = plain
	}
	return strings.Trim(id, "<> "), true
}
