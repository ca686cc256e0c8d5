package message

import "strings"

// A Change gives a text as it may leave. It is pure, and changes nothing in what it has changed before.
type Change func(text string) string

// Reworded returns a message with the same body in which every text is as change gives it; of its header it has only the
// fields that describe the body. Parts in which there is nothing to change are copied as they are, others are encoded anew; a
// message that is attached becomes its readable text, as it must not be encoded (RFC 2046 §5.2.1). What cannot be done part
// by part leaves the readable text alone. A signature over the body does not survive a change, see Signed.
func Reworded(m *Message, change Change) *Message {
	c := copier{message: m}
	c.root = c.grow(m.Root, nil)
	c.root.walk(func(n *node) {
		if len(n.kids) == 0 && n.part.wants(change) {
			n.reword(change)
		}
	})
	if done := asMessage(c.write()); !change.wants(string(done.Root.Raw)) && !done.WantsInside(change) {
		return done
	}
	c = copier{message: m, root: textNode(change(m.Text()))}
	return asMessage(c.write())
}

func (n *node) reword(change Change) {
	p := n.part
	switch {
	case p.isAttachedMessage():
		n.become("text/plain", map[string]string{"charset": "utf-8"}, []byte(change(p.Message().Text())))
	case p.Type == "text/html" && change.wants(reduceHTML(change(p.Text()))): // written so that only people see it
		n.become("text/plain", map[string]string{"charset": "utf-8"}, []byte(change(p.Reading())))
	case strings.HasPrefix(p.Type, "text/"):
		n.become(p.Type, withCharset(p.Params, "utf-8"), []byte(change(p.Text())))
	default:
		n.become(p.Type, p.Params, []byte(change(string(p.Content()))))
	}
}

// asMessage is a body with the fields that describe it.
func asMessage(b Body) *Message {
	return Parse([]byte(string(writeFields(b.Fields)) + "\r\n" + string(b.Bytes)))
}

// Wants reports whether a change finds anything to do in a message as people and programs read it: in a field, in a part, or
// in a message that is attached.
func (m *Message) Wants(change Change) bool {
	return change.wantsField(m.Header) || m.WantsInside(change)
}

// WantsInside is Wants for the body alone.
func (m *Message) WantsInside(change Change) bool {
	for n, p := range m.Walk() {
		if n > 0 && change.wantsField(p.Header) || len(p.Parts) == 0 && p.wants(change) {
			return true
		}
	}
	return false
}

func (p *Part) wants(change Change) bool {
	return change.wants(string(p.Content())) || change.wants(p.Text()) || change.wants(p.Reading()) ||
		p.isAttachedMessage() && p.Message().Wants(change)
}

func (change Change) wants(text string) bool { return change(text) != text }

func (change Change) wantsField(h Header) bool {
	for _, f := range h.Fields() {
		if change.wants(f.Value) || change.wants(cleanLine(decodeWords(f.Value))) {
			return true
		}
	}
	return false
}
