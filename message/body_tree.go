package message

import "slices"

// node is a part of the copy in the making. It begins as a part of the message
// unchanged.
type node struct {
	part   *Part
	number int // of the part in the message, see Walk
	up     *node
	kids   []*node

	kind    string            // type and parameters, where they change
	params  map[string]string //
	content []byte            // new content of a leaf, before its transfer encoding
	changed bool              // content is new, or children are
	again   bool              // the bytes cannot travel and were encoded anew
	gone    bool              // it is not in the copy
}

// grow copies the tree of parts, numbered as Walk numbers them.
func (c *copier) grow(p *Part, up *node) *node {
	n := &node{part: p, number: c.count, up: up}
	c.count++
	for _, child := range p.Parts {
		n.kids = append(n.kids, c.grow(child, n))
	}
	return n
}

// textNode returns a part of our own.
func textNode(text string) *node {
	n := &node{part: &Part{Type: "text/plain"}, number: -1}
	n.become("text/plain", map[string]string{"charset": "utf-8"}, []byte(text))
	return n
}

// become gives a leaf a new content.
func (n *node) become(kind string, params map[string]string, content []byte) {
	n.kind, n.params, n.content, n.changed = kind, params, content, true
}

// walk calls do for every part that is still in the copy.
func (n *node) walk(do func(*node)) {
	if n.gone {
		return
	}
	kids := n.kids
	do(n)
	for _, kid := range kids {
		kid.walk(do)
	}
}

// isBody reports text to be read, not a file. A message that is nothing but
// text is one whatever its disposition says.
func (n *node) isBody(kind string) bool {
	if len(n.kids) > 0 || n.gone || n.partType() != kind {
		return false
	}
	return n.part.IsText() || n.up == nil
}

func (n *node) partType() string {
	if n.kind != "" {
		return n.kind
	}
	return n.part.Type
}

// has reports a text of that kind somewhere in n; one that says something, if
// words is set.
func (n *node) has(kind string, words bool) bool {
	found := false
	n.walk(func(k *node) {
		if !found && k.isBody(kind) {
			found = !words || !isBlankText(k.part.Reading())
		}
	})
	return found
}

// drop takes n out of the copy, with the files in it.
func (c *copier) drop(n *node) {
	n.walk(func(k *node) {
		if f, ok := c.attachments()[k.number]; ok {
			c.removed = append(c.removed, f)
		}
	})
	n.walk(func(k *node) { k.gone = true })
}

// prune removes what is gone below n and returns what takes its place. A
// container of which one part is left becomes that part; one of which nothing
// is left is gone, which is nil.
func (n *node) prune() *node {
	if n.gone {
		return nil
	}
	before := len(n.kids)
	var kids []*node
	for _, kid := range n.kids {
		left := kid.prune()
		n.changed = n.changed || left != kid
		if left != nil {
			kids = append(kids, left)
		}
	}
	n.kids = kids
	switch {
	case len(kids) == before:
		return n
	case len(kids) == 0:
		return nil
	case len(kids) == 1:
		return kids[0]
	}
	return n
}

// isChanged reports a part of which the bytes cannot be copied.
func (n *node) isChanged() bool {
	return n.changed || slices.ContainsFunc(n.kids, (*node).isChanged)
}

// rewritten reports that a part was encoded anew because it could not travel.
func (n *node) rewritten() bool {
	return n.again || slices.ContainsFunc(n.kids, (*node).rewritten)
}
