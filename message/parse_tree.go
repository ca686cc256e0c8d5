package message

import (
	"bytes"
	"slices"
	"strings"
)

// tree reads the tree of parts in one walk from the first byte to the last. A
// delimiter line belongs to the innermost open multipart that has its boundary,
// and ends every part inside that one. Beyond its limits the tree stays flat;
// a strict one stops there with a fault. Each level looks at its bytes a fixed
// number of times, and the levels are bounded, so the time is linear.
type tree struct {
	raw    []byte
	limits Limits
	parts  int
	leaves bool     // one has been read
	stack  []string // boundaries of the open multiparts, outermost first

	strict bool // for Scan: attached messages are opened too
	words  int  // encoded words so far, counted when strict
	fault  *FormError
}

// delimiter is a line between parts (RFC 2046 §5.1.1), or the end of the message.
type delimiter struct {
	start   int // of the line
	next    int // of the line after it
	level   int // in the stack; -1 is the end of the message
	closing bool
}

// part reads the part at start; depth is the number of containers around it. It
// returns what ended the part.
func (t *tree) part(start, depth int, preset string) (*Part, delimiter) {
	t.parts++
	end := t.find(start)
	r := headerReader{block: t.raw[start:t.lineEnd(end, start)]}
	body := start + r.read()
	p := &Part{Header: Header{fields: r.fields}, depth: depth}
	p.describe(preset)
	t.checkHeader(&r, body-start)
	switch {
	case t.fault != nil:
	case p.isMultipart() && t.mayOpen(depth):
		end = t.children(p, body, end)
	case t.strict && p.isAttachedMessage() && !p.isEncoded() && t.mayOpen(depth):
		_, end = t.part(body, depth+1, "text/plain")
	default:
		p.first = !t.leaves
		t.leaves = true
	}
	stop := t.lineEnd(end, body)
	p.Raw, p.Body = t.raw[start:stop], t.raw[body:stop]
	return p, end
}

func (p *Part) isMultipart() bool { return strings.HasPrefix(p.Type, "multipart/") }

// isEncoded reports a transfer encoding that must be removed to see the content.
func (p *Part) isEncoded() bool {
	switch p.Encoding {
	case "base64", "quoted-printable", "x-uuencode":
		return true
	}
	return false
}

// presetType is the type of children that name none.
func (p *Part) presetType() string {
	if p.Type == "multipart/digest" {
		return "message/rfc822" // RFC 2046 §5.1.5
	}
	return "text/plain"
}

// children reads the parts of the multipart p, whose body begins at body and
// for the multiparts around it ends at outer. It returns what ended p.
func (t *tree) children(p *Part, body int, outer delimiter) delimiter {
	boundary := t.boundary(p, body, outer)
	if boundary == "" {
		t.keepText(p, body, outer)
		return outer
	}
	mine := len(t.stack)
	t.stack = append(t.stack, boundary)
	d := t.find(body)
	if p.Header.Count("Content-Type") > 1 {
		t.keepText(p, body, d) // a part lost its delimiter, and its header went into ours
	}
	for d.level >= mine && t.fault == nil {
		var child *Part
		switch {
		case d.closing || t.onlySpace(d.next):
			// A part behind the closing delimiter counts as well.
			d = t.find(d.next)
			continue
		case !t.mayAdd():
			t.stack = t.stack[:mine]
			return t.opaque(p, d.next)
		}
		child, d = t.part(d.next, p.depth+1, p.presetType())
		p.Parts = append(p.Parts, child)
	}
	t.stack = t.stack[:mine]
	return d
}

// keepText makes a text part of what stands where parts should be.
func (t *tree) keepText(p *Part, body int, end delimiter) {
	text := t.raw[body:t.lineEnd(end, body)]
	if len(bytes.TrimSpace(text)) == 0 || !t.mayAdd() {
		return
	}
	t.parts++
	p.Parts = append(p.Parts, &Part{Type: "text/plain", Encoding: p.Encoding, Raw: text, Body: text, depth: p.depth + 1})
}

// opaque makes one part of all that is left of the multipart p.
func (t *tree) opaque(p *Part, from int) delimiter {
	end := t.find(from)
	rest := t.raw[from:t.lineEnd(end, from)]
	p.Parts = append(p.Parts, &Part{Type: "application/octet-stream", Raw: rest, Body: rest, depth: p.depth + 1})
	return end
}

// boundary returns the boundary of a multipart, or where it is missing or never
// used before outer, one that is. "" means that there is none.
func (t *tree) boundary(p *Part, body int, outer delimiter) string {
	b := strings.TrimRight(p.Params["boundary"], " \t")
	t.checkBoundary(b)
	if b != "" {
		one := tree{raw: t.raw[:outer.next], stack: []string{b}}
		if d := one.find(body); d.level == 0 {
			return b
		}
	}
	return guessBoundary(t.raw[body:outer.start])
}

// guessBoundary finds a line of two dashes and more before a Content- field.
func guessBoundary(body []byte) string {
	for pos := 0; pos < len(body); {
		line, next := cutLine(body, pos)
		if len(line) > 2 && line[0] == '-' && line[1] == '-' {
			after, _ := cutLine(body, next)
			if len(after) > 8 && strings.EqualFold(string(after[:8]), "Content-") && colon(after) > 0 {
				return string(bytes.TrimRight(line[2:], " \t"))
			}
		}
		pos = next
	}
	return ""
}

// find returns the first delimiter line at or after from, where a line begins.
func (t *tree) find(from int) delimiter {
	end := delimiter{start: len(t.raw), next: len(t.raw), level: -1}
	if len(t.stack) == 0 {
		return end
	}
	for pos := from; pos < len(t.raw); {
		if !bytes.HasPrefix(t.raw[pos:], []byte("--")) {
			i := bytes.Index(t.raw[pos:], []byte("\n--"))
			if i < 0 {
				break
			}
			pos += i + 1
		}
		line, next := cutLine(t.raw, pos)
		if level, closing := t.match(line[2:]); level >= 0 {
			return delimiter{pos, next, level, closing}
		}
		pos = next
	}
	return end
}

// match finds the innermost boundary that a line, without its dashes, has.
func (t *tree) match(line []byte) (level int, closing bool) {
	for level, b := range slices.Backward(t.stack) {
		if len(line) < len(b) || string(line[:len(b)]) != b {
			continue
		}
		// Text after the delimiter is to be ignored; another letter makes another boundary.
		tail := line[len(b):]
		if len(tail) == 0 || isBlank(tail[0]) {
			return level, false
		}
		if end, ok := bytes.CutPrefix(tail, []byte("--")); ok && (len(end) == 0 || isBlank(end[0])) {
			return level, true
		}
	}
	return -1, false
}

// lineEnd returns where the content before d ends: the line end before a
// delimiter belongs to it (RFC 2046 §5.1.1). It is never before from.
func (t *tree) lineEnd(d delimiter, from int) int {
	end := d.start
	if d.level >= 0 && end > from && t.raw[end-1] == '\n' {
		end--
		for end > from && t.raw[end-1] == '\r' {
			end--
		}
	}
	return end
}

// onlySpace reports that nothing follows: an open delimiter at the very end was
// meant to close.
func (t *tree) onlySpace(pos int) bool {
	for _, c := range t.raw[pos:] {
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return false
		}
	}
	return true
}
