package message

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// reduceHTML turns HTML into the text a person would see, in one pass. Blocks
// become lines, quotes get their mark, the address of a link follows its text
// where the text does not show it. Nothing is fetched and nothing is run.
func reduceHTML(s string) string {
	text, _ := reduceMarked(s)
	return text
}

// reduceMarked also returns what the structure says about the text, see Words.
func reduceMarked(s string) (string, []hint) {
	r := htmlReducer{}
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return r.result(), r.hints
		case html.TextToken:
			if r.hidden == 0 {
				r.text(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			r.open(z)
		case html.EndTagToken:
			name, _ := z.TagName()
			r.close(atom.Lookup(name))
		}
	}
}

// htmlReducer writes text and knows how many line ends stand before the next.
type htmlReducer struct {
	out    strings.Builder
	breaks int       // line ends to write before the next text
	space  bool      // a space is due before the next text
	quote  int       // depth of blockquote
	pre    int       // depth of pre
	hidden atom.Atom // the element whose text is not shown, or 0
	href   string    // of the link that is open
	start  int       // where the text of that link begins
	marked marked    // the element that is open and marked as a quote or the like
	hints  []hint
}

// maxQuote bounds the marks at the start of a line.
const maxQuote = 20

// open takes in a start tag.
func (r *htmlReducer) open(z *html.Tokenizer) {
	name, attrs := z.TagName()
	tag := atom.Lookup(name)
	if r.hidden != 0 {
		return
	}
	r.openMark(tag, z, attrs)
	switch tag {
	case atom.Script, atom.Style, atom.Title, atom.Template:
		r.hidden = tag
	case atom.Br:
		r.breaks++
	case atom.Pre:
		r.pre++
		r.line(1)
	case atom.Blockquote:
		r.line(1)
		r.quote++
	case atom.Li:
		r.line(1)
		r.write("- ")
	case atom.Td, atom.Th:
		r.space = true
	case atom.A:
		r.href, r.start = "", r.out.Len()
		if attrs {
			r.href = linkOf(z)
		}
	case atom.Img:
		if attrs {
			r.text(attribute(z, "alt"))
		}
	default:
		r.line(blockBreaks(tag))
	}
}

func (r *htmlReducer) close(tag atom.Atom) {
	if r.hidden != 0 {
		if tag == r.hidden {
			r.hidden = 0
		}
		return
	}
	r.closeMark(tag)
	switch tag {
	case atom.Pre:
		r.pre = max(0, r.pre-1)
		r.line(1)
	case atom.Blockquote:
		r.line(1)
		r.quote = max(0, r.quote-1)
	case atom.A:
		r.closeLink()
	case atom.Li:
		r.line(1)
	default:
		r.line(blockBreaks(tag))
	}
}

// closeLink adds the address of a link whose text does not show it.
func (r *htmlReducer) closeLink() {
	if r.href != "" && !strings.Contains(r.out.String()[min(r.start, r.out.Len()):], r.href) {
		r.out.WriteString(" <" + r.href + ">") // before the line ends that are due
	}
	r.href = ""
}

// blockBreaks returns how many line ends stand around an element.
func blockBreaks(tag atom.Atom) int {
	switch tag {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return 2
	case atom.Div, atom.Tr, atom.Table, atom.Ul, atom.Ol, atom.Hr, atom.Dl, atom.Dt, atom.Dd,
		atom.Section, atom.Article, atom.Header, atom.Footer, atom.Address, atom.Center, atom.Form, atom.Fieldset:
		return 1
	}
	return 0
}

func (r *htmlReducer) line(n int) { r.breaks = max(r.breaks, n) }

// text adds text; outside pre, any white space is one space.
func (r *htmlReducer) text(s string) {
	if r.pre > 0 {
		for i, line := range strings.Split(s, "\n") {
			if i > 0 {
				r.breaks++
			}
			r.write(line)
		}
		return
	}
	words := strings.FieldsFunc(s, isHTMLSpace)
	if len(words) == 0 {
		r.space = r.space || s != ""
		return
	}
	r.space = r.space || isHTMLSpace(rune(s[0]))
	r.write(strings.Join(words, " "))
	r.space = isHTMLSpace(rune(s[len(s)-1]))
}

// write adds s, after what is due before it.
func (r *htmlReducer) write(s string) {
	if s == "" {
		return
	}
	switch {
	case r.out.Len() == 0:
		r.mark()
	case r.breaks > 0:
		for range min(r.breaks, 3) {
			r.out.WriteByte('\n')
		}
		r.mark()
	case r.space:
		r.out.WriteByte(' ')
	}
	r.breaks, r.space = 0, false
	// A hard space looks like a space, and words are looked for.
	r.out.WriteString(strings.ReplaceAll(s, "\u00a0", " "))
}

func (r *htmlReducer) mark() {
	if r.quote > 0 {
		r.out.WriteString(strings.Repeat(">", min(r.quote, maxQuote)) + " ")
	}
}

func (r *htmlReducer) result() string {
	if r.out.Len() == 0 {
		return ""
	}
	r.endMark()
	return r.out.String() + "\n"
}

func isHTMLSpace(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\f' }

// linkOf returns the address of a link that a reader may want to see.
func linkOf(z *html.Tokenizer) string {
	href := strings.TrimSpace(attribute(z, "href"))
	lower := strings.ToLower(href[:min(len(href), 8)])
	if strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://") {
		return href
	}
	if address, ok := strings.CutPrefix(href, "mailto:"); ok {
		address, _, _ = strings.Cut(address, "?")
		return address
	}
	return ""
}

// attribute returns the value of an attribute of the tag that z stands at.
func attribute(z *html.Tokenizer, name string) string {
	for {
		key, val, more := z.TagAttr()
		if string(key) == name {
			return string(val)
		}
		if !more {
			return ""
		}
	}
}
