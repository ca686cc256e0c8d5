package message

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// hint is what the structure of HTML says about a stretch of the text that was made of it.
type hint struct {
	from, to int // octets
	kind     Kind
}

// useHints decides the lines that lie whole in a stretch that a mail program has marked. A mark that would leave no own
// words says nothing: some programs put a whole letter into one.
func (s *splitter) useHints() {
	pos := 0
	for i, h := 0, 0; i < len(s.lines) && h < len(s.hints); i++ {
		for h < len(s.hints) && s.hints[h].to <= pos {
			h++
		}
		l := &s.lines[i]
		if h < len(s.hints) && s.hints[h].from <= pos && !l.blank() {
			l.kind, l.decided = s.hints[h].kind, true
		}
		pos += len(l.text)
	}
	if !s.top && !s.hasOwn() {
		for i := range s.lines {
			s.lines[i].kind, s.lines[i].decided = Own, false
		}
	}
}

// htmlMark is what an element means whose class or id a mail program has set.
type htmlMark struct {
	kind  Kind
	toEnd bool // it is the head of what fills the rest
}

// htmlMarks are the names by which mail programs mark quotes and signatures. Outlook sets "x_" before the names of
// others. gmail_quote is none of them: an answer between the questions stands in it too.
var htmlMarks = map[string]htmlMark{
	"gmail_attr":                              {kind: Quoted},
	"moz-cite-prefix":                         {kind: Quoted},
	"moz-forward-container":                   {kind: Forwarded},
	"yahoo_quoted":                            {kind: Quoted},
	"protonmail_quote":                        {kind: Quoted},
	"tutanota_quote":                          {kind: Quoted},
	"olk_src_body_section":                    {kind: Quoted},
	"divrplyfwdmsg":                           {kind: Quoted, toEnd: true},
	"ms-outlook-mobile-reference-message":     {kind: Quoted, toEnd: true},
	"mail-editor-reference-message-container": {kind: Quoted, toEnd: true},
	"gmail_signature":                         {kind: Signature},
	"moz-signature":                           {kind: Signature},
	"protonmail_signature_block":              {kind: Signature},
	"ms-outlook-mobile-signature":             {kind: Signature},
	"list-footer":                             {kind: Footer},
}

// markOf returns what a class or id of an element says.
func markOf(name, value string) (htmlMark, bool) {
	if name == "id" && value == "Signature" {
		return htmlMark{kind: Signature}, true
	}
	for class := range strings.FieldsSeq(strings.ToLower(value)) {
		class = strings.TrimPrefix(class, "x_")
		if mark, ok := htmlMarks[class]; ok {
			return mark, true
		}
	}
	return htmlMark{}, false
}

// marked is an element that a mail program has marked, from where its text begins.
type marked struct {
	open bool
	htmlMark
	tag  atom.Atom
	nest int // elements of the same name that are open, itself included
	from int
}

// openMark looks for a mark on a start tag; inside a marked element it only counts.
func (r *htmlReducer) openMark(tag atom.Atom, z *html.Tokenizer, attrs bool) {
	switch tag {
	case atom.Div, atom.Span, atom.Pre, atom.Blockquote, atom.Section, atom.Table:
	default:
		return
	}
	if r.marked.open {
		if tag == r.marked.tag {
			r.marked.nest++
		}
		return
	}
	for attrs {
		var key, val []byte
		key, val, attrs = z.TagAttr()
		if name := string(key); name == "class" || name == "id" {
			if mark, ok := markOf(name, string(val)); ok {
				r.marked = marked{open: true, htmlMark: mark, tag: tag, nest: 1, from: r.out.Len()}
				return
			}
		}
	}
}

// closeMark ends a mark with its element, unless it stands for all that follows.
func (r *htmlReducer) closeMark(tag atom.Atom) {
	if !r.marked.open || r.marked.toEnd || tag != r.marked.tag {
		return
	}
	if r.marked.nest--; r.marked.nest == 0 {
		r.endMark()
	}
}

// endMark notes the stretch of the element that is open and marked.
func (r *htmlReducer) endMark() {
	if r.marked.open && r.out.Len() > r.marked.from {
		r.hints = append(r.hints, hint{r.marked.from, r.out.Len(), r.marked.kind})
	}
	r.marked = marked{}
}
