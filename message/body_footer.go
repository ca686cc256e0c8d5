package message

import "slices"

// addFooter puts the footer, with the notes about this copy, where it is read.
func (c *copier) addFooter() {
	f := newFooter(c.options, c.notes())
	if f.text == "" || c.footTree(c.root, f) {
		return
	}
	own := textNode(f.text)
	if c.root.part.Type == "multipart/mixed" && len(c.root.kids) > 0 && !c.root.gone {
		c.root.kids = slices.Insert(c.root.kids, 0, own)
		c.root.changed = true
		return
	}
	c.root = &node{part: &Part{Type: "multipart/mixed"}, number: -1, kids: []*node{own, c.root}, changed: true}
	c.root.kids[1].up = c.root
}

// notes returns what this copy tells its readers beside the list's footer.
func (c *copier) notes() []string {
	var notes []string
	if len(c.removed) > 0 && c.options.Note != nil {
		var names []string
		for _, f := range c.removed {
			names = append(names, f.Name)
		}
		notes = append(notes, cleanLine(c.options.Note(names)))
	}
	return append(notes, c.found.sentences()...)
}

// footTree adds the footer to the text in n: to every form of it, but not to
// every text of several that follow each other. It reports whether it could.
func (c *copier) footTree(n *node, f footer) bool {
	switch {
	case n.gone:
		return false
	case n.isBody("text/plain"):
		n.addText(f)
		return true
	case n.isBody("text/html"):
		n.addHTML(f.html)
		return true
	case n.part.Type == "multipart/alternative":
		done := false
		for _, kid := range n.kids {
			done = c.footTree(kid, f) || done
		}
		return done
	}
	kid := n.mainText()
	return kid != nil && c.footTree(kid, f)
}

// mainText chooses the child at the end of what people read: the last that has
// HTML, since programs that show HTML may show a plain text beside it as a
// file, else the last with plain text. One without any word is the last resort.
func (n *node) mainText() *node {
	for _, words := range []bool{true, false} {
		for _, kind := range []string{"text/html", "text/plain"} {
			for _, kid := range slices.Backward(n.kids) {
				if kid.has(kind, words) {
					return kid
				}
			}
		}
	}
	return nil
}
