package message

import "strings"

// unflow puts the paragraphs of format=flowed text together again (RFC 3676
// §4.1): a line that ends in a space goes on in the next one of the same quote
// depth. delsp says that this space is not part of the text.
func unflow(s string, delsp bool) string {
	var b strings.Builder
	b.Grow(len(s))
	f := flow{out: &b, delsp: delsp}
	body, ended := strings.CutSuffix(s, "\n")
	for line := range strings.SplitSeq(body, "\n") {
		f.line(line)
	}
	if ended {
		b.WriteByte('\n')
	}
	return b.String()
}

type flow struct {
	out   *strings.Builder
	delsp bool
	begun bool
	open  bool // the line before goes on here
	depth int  // of quotes in the line before
}

func (f *flow) line(s string) {
	text := strings.TrimLeft(s, ">")
	depth := len(s) - len(text)
	text = strings.TrimPrefix(text, " ") // space-stuffed (RFC 3676 §4.4)
	signature := text == "-- "
	if !f.open || depth != f.depth || signature {
		f.start(depth)
	}
	f.open = strings.HasSuffix(text, " ") && !signature
	if f.open && f.delsp {
		text = text[:len(text)-1]
	}
	f.out.WriteString(text)
}

func (f *flow) start(depth int) {
	if f.begun {
		f.out.WriteByte('\n')
	}
	f.begun, f.depth = true, depth
	if depth > 0 {
		f.out.WriteString(strings.Repeat(">", depth))
		f.out.WriteByte(' ')
	}
}
