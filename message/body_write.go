package message

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// write returns the body that the tree says.
func (c *copier) write() Body {
	fields, content := c.root.write()
	if !bytes.HasSuffix(content, []byte("\r\n")) {
		content = append(content[:len(content):len(content)], "\r\n"...)
	}
	return Body{
		Fields:   append([]Field{{"MIME-Version", "1.0"}}, fields...),
		Bytes:    content,
		EightBit: isEightBit(content),
	}
}

// write returns the Content- fields and the encoded body of a part.
func (n *node) write() ([]Field, []byte) {
	switch {
	case len(n.kids) > 0 && n.isChanged():
		return n.writeMultipart()
	case n.changed:
		return n.writeLeaf(n.kind, n.params, n.content)
	}
	if content, ok := n.asItIs(); ok {
		return n.part.contentFields(), content
	}
	n.again = true
	if len(n.kids) > 0 {
		return n.writeMultipart()
	}
	return n.writeAgain()
}

// asItIs returns the encoded bytes of a part that did not change, if they may
// travel. A part that says binary needs BINARYMIME, which we never ask for.
func (n *node) asItIs() ([]byte, bool) {
	if n.part.Encoding == "binary" && len(n.kids) == 0 {
		return nil, false
	}
	return canonical(n.part.Body)
}

// writeLeaf encodes new content: text as simply as it can be, files as base64.
func (n *node) writeLeaf(kind string, params map[string]string, content []byte) ([]Field, []byte) {
	encoding, body := "base64", []byte(nil)
	if strings.HasPrefix(kind, "text/") && bytes.IndexByte(content, 0) < 0 {
		encoding, body = encodeText(content)
	} else {
		body = encodeBase64(content)
	}
	fields := []Field{
		{"Content-Type", formatType(kind, params)},
		{"Content-Transfer-Encoding", encoding},
	}
	named := n.isBody(kind) && n.part.FileName != "" && n.part.Disposition == ""
	if named {
		fields = append(fields, Field{"Content-Disposition", "inline"}) // it has a name, and is read all the same
	}
	for _, f := range n.part.contentFields() {
		switch name := strings.ToLower(f.Name); {
		case name == "content-type", name == "content-transfer-encoding", named && name == "content-disposition":
		default:
			fields = append(fields, f)
		}
	}
	return fields, body
}

// writeAgain encodes a leaf anew because its bytes cannot travel. Messages and
// multiparts must not be encoded (RFC 2046 §5), so such a part becomes a file.
func (n *node) writeAgain() ([]Field, []byte) {
	p := n.part
	if strings.HasPrefix(p.Type, "message/") || strings.HasPrefix(p.Type, "multipart/") {
		return n.writeLeaf("application/octet-stream", map[string]string{"name": p.nameOrPreset()}, p.Content())
	}
	return n.writeLeaf(p.Type, p.Params, p.Content())
}

// writeMultipart writes a container around its children.
func (n *node) writeMultipart() ([]Field, []byte) {
	var parts [][]byte
	for _, kid := range n.kids {
		parts = append(parts, kid.writePart())
	}
	old := n.part.Params["boundary"]
	boundary := chooseBoundary(old, parts)
	var out bytes.Buffer
	for _, part := range parts {
		out.WriteString("--" + boundary + "\r\n")
		out.Write(part)
		out.WriteString("\r\n")
	}
	out.WriteString("--" + boundary + "--\r\n")
	fields := []Field{{"Content-Type", formatType(n.part.Type, withParam(n.part.Params, "boundary", boundary))}}
	if isEightBit(out.Bytes()) {
		fields = append(fields, Field{"Content-Transfer-Encoding", "8bit"})
	}
	for _, f := range n.part.contentFields() {
		switch {
		case strings.EqualFold(f.Name, "Content-Transfer-Encoding"):
		case !strings.EqualFold(f.Name, "Content-Type"):
			fields = append(fields, f)
		case boundary == old && n.part.says(f):
			fields[0] = f
		}
	}
	return fields, out.Bytes()
}

// writePart returns a part with its header, as it stands inside a multipart.
func (n *node) writePart() []byte {
	if !n.isChanged() {
		if head, ok := n.rawHeader(); ok {
			if content, ok := n.asItIs(); ok {
				return slices.Concat(head, content)
			}
		}
	}
	fields, content := n.write()
	return slices.Concat(writeFields(fields), []byte("\r\n"), content)
}

// rawHeader returns the header of a part as it came, if it is sound and the
// part had one of its own. The header of the message has other fields too.
func (n *node) rawHeader() ([]byte, bool) {
	p := n.part
	if n.number <= 0 || len(p.Raw) == len(p.Body) {
		return nil, false
	}
	head, ok := canonical(p.Raw[:len(p.Raw)-len(p.Body)])
	whole := bytes.HasSuffix(head, []byte("\r\n\r\n")) || string(head) == "\r\n"
	return head, ok && whole && !isEightBit(head)
}

// chooseBoundary keeps the old boundary of a multipart if it still fits, or
// makes one out of the contents, so that the same parts get the same one and
// none of them can hold it.
func chooseBoundary(old string, parts [][]byte) string {
	if isBoundary(old) && !holdsBoundary(parts, old) {
		return old
	}
	hash := sha256.New()
	for _, part := range parts {
		hash.Write(part)
	}
	return "=_" + hex.EncodeToString(hash.Sum(nil)[:16])
}

// isBoundary reports a boundary of RFC 2046 §5.1.1, without spaces.
func isBoundary(s string) bool {
	if s == "" || len(s) > 70 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z') && strings.IndexByte("'()+_,-./:=?", c) < 0 {
			return false
		}
	}
	return true
}

// holdsBoundary reports a line that begins with the boundary in a part; some
// programs take a line with more behind it for the delimiter too.
func holdsBoundary(parts [][]byte, boundary string) bool {
	delimiter := []byte("\n--" + boundary)
	for _, part := range parts {
		if bytes.HasPrefix(part, delimiter[1:]) || bytes.Contains(part, delimiter) {
			return true
		}
	}
	return false
}
