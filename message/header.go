package message

import (
	"iter"
	"strings"
)

// Field is one header field: the name as written, and the value unfolded but
// not decoded, without spaces at its ends.
type Field struct{ Name, Value string }

// Header is the fields of a message or of a part, in their order. The zero
// Header is empty. It is never changed after it was read.
type Header struct{ fields []Field }

// NewHeader returns a header of these fields.
func NewHeader(fields ...Field) Header { return Header{fields: fields} }

// Fields returns all fields in their order; the caller must not change them.
func (h Header) Fields() []Field { return h.fields }

// Get returns the first value of the field called name, without regard to
// case, or "". The value is unfolded but not decoded.
func (h Header) Get(name string) string {
	for v := range h.each(name) {
		return v
	}
	return ""
}

// Values returns all values of the field called name, in their order.
func (h Header) Values(name string) []string {
	var all []string
	for v := range h.each(name) {
		all = append(all, v)
	}
	return all
}

// Text returns the first value of the field called name for people: encoded
// words decoded (RFC 2047), controls and bidi characters removed.
func (h Header) Text(name string) string { return cleanLine(decodeWords(h.Get(name))) }

// Has reports whether a field called name is there, even an empty one.
func (h Header) Has(name string) bool { return h.Count(name) > 0 }

// Count returns how many fields are called name.
func (h Header) Count(name string) int {
	n := 0
	for range h.each(name) {
		n++
	}
	return n
}

func (h Header) each(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, f := range h.fields {
			if strings.EqualFold(f.Name, name) && !yield(f.Value) {
				return
			}
		}
	}
}
