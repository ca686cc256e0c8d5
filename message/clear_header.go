package message

import (
	"bytes"
	"maps"
	"slices"
	"strings"
)

// header takes what must not stay out of the header of a part, field by field, and sets the fields that are given.
func (e *editor) header(p *Part, head []byte, whole bool, set []Field) {
	ours := whole && e.Ours != nil && e.Ours(p.Header)
	if !ours && e.Field == nil && len(set) == 0 {
		return
	}
	for at := 0; at < len(head); {
		end := fieldEnd(head, at)
		field := head[at:end]
		at = end
		name := fieldName(field)
		i := slices.IndexFunc(set, func(f Field) bool { return strings.EqualFold(f.Name, name) })
		switch {
		case i >= 0:
			e.replace(field, writeFields(set[i:i+1]))
			set = slices.Delete(slices.Clone(set), i, i+1)
		case len(bytes.TrimSpace(field)) == 0 && len(set) > 0: // the empty line at the end
			e.replace(field[:0], writeFields(set))
			set = nil
		default:
			personal := whole && e.Personal != nil && e.Personal(name)
			may := e.Field != nil && (e.May == nil || e.May(field))
			if personal && (ours || may && e.Field.wants(string(field))) {
				e.replace(field, nil)
			} else if !may {
				continue
			} else if out := e.field(name, field); !bytes.Equal(out, field) {
				e.replace(field, out)
			}
		}
	}
	if len(set) > 0 && len(head) > 0 { // the empty line was forgotten
		e.replace(head[len(head):], writeFields(set))
	}
}

// fieldEnd returns where the field that begins at an offset ends, with the lines that belong to it.
func fieldEnd(head []byte, at int) int {
	line, next := cutLine(head, at)
	for len(line) > 0 && next < len(head) && isBlank(head[next]) {
		_, next = cutLine(head, next)
	}
	return next
}

func fieldName(field []byte) string {
	i := colon(field)
	if i < 0 {
		return ""
	}
	return string(trimSpace(field[:i]))
}

// field takes what must not stay out of one field with its line ends: in place, and what then is left in encoded words or in
// pieces of a parameter by writing it anew.
func (e *editor) field(name string, raw []byte) []byte {
	out := raw
	if e.Field.wants(string(raw)) {
		out = []byte(e.Field(string(raw)))
	}
	if name == "" {
		return out
	}
	_, value, _ := bytes.Cut(out, []byte(":"))
	text := unfold(string(trimSpace(value)))
	if f, ok := e.params(name, text); ok {
		return writeFields([]Field{f})
	}
	decoded := cleanLine(decodeWords(text))
	if !e.Field.wants(text) && !e.Field.wants(decoded) {
		return out
	}
	var w Writer
	if m := (&Message{Header: NewHeader(Field{"From", text})}); strings.EqualFold(name, "From") {
		if from, ok := m.From(); ok {
			w.Mailbox(name, Mailbox{Name: e.Field(from.Name), Address: from.Address})
			return w.Bytes()
		}
	}
	w.Text(name, e.Field(decoded))
	return w.Bytes()
}

// params writes a Content- field anew of which a parameter, put together and decoded, holds what must not stay.
func (e *editor) params(name, text string) (Field, bool) {
	if !strings.EqualFold(name, "Content-Type") && !strings.EqualFold(name, "Content-Disposition") {
		return Field{}, false
	}
	value, params := parseParams(text)
	found := false
	params = maps.Clone(params)
	for key, val := range params {
		if clean := cleanLine(decodeWords(val)); e.Field.wants(val) || e.Field.wants(clean) {
			params[key], found = e.Field(clean), true
		}
	}
	if !found {
		return Field{}, false
	}
	if strings.EqualFold(name, "Content-Type") {
		return Field{name, formatType(value, params)}, true
	}
	return Field{name, formatParams(value, params)}, true
}
