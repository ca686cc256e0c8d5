package message

import "strings"

// dropLongHTML deals with HTML that is too long to clean: it goes where there
// is the same as plain text, and otherwise becomes plain text.
func (c *copier) dropLongHTML() {
	if !c.options.CleanHTML {
		return
	}
	c.root.walk(func(n *node) {
		if !n.isBody("text/html") || len(n.part.Content()) <= maxHTML {
			return
		}
		c.found |= changedLongHTML
		if form := otherForm(n); form != nil {
			c.drop(form)
			return
		}
		c.reduce(n, n.part.Reading())
	})
}

// reduce makes plain text of a part of HTML. A plain form of it that says
// nothing, which some programs send along, goes.
func (c *copier) reduce(n *node, text string) {
	n.become("text/plain", map[string]string{"charset": "utf-8"}, []byte(text))
	for form := n; form.up != nil; form = form.up {
		for _, kid := range form.up.kids {
			if form.up.part.Type == "multipart/alternative" && kid.isBody("text/plain") && kid != form && isBlankText(kid.part.Reading()) {
				c.drop(kid)
			}
		}
	}
}

func isBlankText(s string) bool { return strings.TrimSpace(s) == "" }

// otherForm returns the child of a multipart/alternative that holds n, if
// another child has the same as plain text.
func otherForm(n *node) *node {
	for ; n.up != nil; n = n.up {
		if n.up.part.Type != "multipart/alternative" {
			continue
		}
		for _, kid := range n.up.kids {
			if kid != n && kid.has("text/plain", true) {
				return n
			}
		}
	}
	return nil
}

// dropActiveForms takes out the forms of a text that mail programs run like
// small web pages. Their text is there in another form too.
func (c *copier) dropActiveForms() {
	if !c.options.CleanHTML {
		return
	}
	c.root.walk(func(n *node) {
		if n.up == nil || len(n.up.kids) < 2 || n.up.part.Type != "multipart/alternative" {
			return
		}
		switch n.part.Type {
		case "text/x-amp-html", "text/watch-html":
			delete(c.attachments(), n.number) // it is no file
			c.drop(n)
			c.found |= changedActive
		}
	})
}

// cleanHTML cleans every part of HTML that is to be read.
func (c *copier) cleanHTML() {
	if !c.options.CleanHTML {
		return
	}
	images := c.images()
	c.root.walk(func(n *node) {
		if !n.isBody("text/html") {
			return
		}
		page := n.part.Text()
		clean, found := cleanHTML(page, images)
		c.found |= found
		if reduceHTML(clean) == "" && reduceHTML(page) != "" {
			// All words stood where a cautious reader sees none.
			c.found |= changedToText
			c.reduce(n, reduceHTML(page))
			return
		}
		n.setHTML(clean)
	})
}

// setHTML gives the part new HTML, in its own charset if that has the letters.
// A page in ASCII had the others as numbers, and has them again.
func (n *node) setHTML(page string) {
	label := n.part.Params["charset"]
	if isASCIILabel(label) && !isEightBit(n.part.Content()) {
		page = asciiHTML(page)
	}
	content, name := encodeAs(strings.TrimPrefix(page, "\ufeff"), label)
	n.become("text/html", withCharset(n.part.Params, name), content)
}

// addHTML puts the footer at the end of the page.
func (n *node) addHTML(footer string) {
	page := n.part.Text()
	if n.changed {
		page = decodeCharset(n.content, n.params["charset"])
	}
	lower := asciiLower(page)
	at := strings.LastIndex(lower, "</body")
	if at < 0 {
		at = strings.LastIndex(lower, "</html")
	}
	if at < 0 {
		at = len(page)
	}
	if at > 0 && page[at-1] != '\n' {
		footer = "\n" + footer
	}
	n.setHTML(page[:at] + footer + page[at:])
}

// asciiLower lowers A to Z and moves no offset.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
