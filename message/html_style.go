package message

import (
	"regexp"
	"strings"
	"unicode"
)

// The bounds of what style sheets may add to the elements of one mail. A sheet
// is folded into style attributes, and an attribute is copied to each element
// that it fits.
const (
	maxRule  = 400
	maxRules = 500
	maxAdded = 256 << 10
)

// styleProperties are the CSS properties that say how text and tables look.
// None can fetch anything, move an element out of the mail, or hide it.
var styleProperties = map[string]bool{
	"background": true, "background-color": true, "border": true, "border-bottom": true, "border-bottom-color": true,
	"border-bottom-style": true, "border-bottom-width": true, "border-collapse": true, "border-color": true,
	"border-left": true, "border-left-color": true, "border-left-style": true, "border-left-width": true,
	"border-radius": true, "border-right": true, "border-right-color": true, "border-right-style": true,
	"border-right-width": true, "border-spacing": true, "border-style": true, "border-top": true,
	"border-top-color": true, "border-top-style": true, "border-top-width": true, "border-width": true,
	"caption-side": true, "clear": true, "color": true, "direction": true, "float": true, "font": true,
	"font-family": true, "font-size": true, "font-style": true, "font-variant": true, "font-weight": true,
	"height": true, "letter-spacing": true, "line-height": true, "list-style": true, "list-style-type": true,
	"margin": true, "margin-bottom": true, "margin-left": true, "margin-right": true, "margin-top": true,
	"max-width": true, "min-width": true, "overflow-wrap": true, "padding": true, "padding-bottom": true,
	"padding-left": true, "padding-right": true, "padding-top": true, "table-layout": true, "text-align": true,
	"text-decoration": true, "text-decoration-color": true, "text-decoration-line": true, "text-indent": true,
	"text-transform": true, "vertical-align": true, "white-space": true, "width": true, "word-break": true,
	"word-spacing": true, "word-wrap": true,
}

// cleanStyle returns the declarations of a style attribute that may stay.
func cleanStyle(s string) string {
	var b strings.Builder
	for s != "" {
		var one string
		one, s = cutDeclaration(s)
		name, value, ok := strings.Cut(one, ":")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		if !ok || !styleProperties[name] || !isStyleValue(value) {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		b.WriteString(name)
		b.WriteString(": ")
		b.WriteString(quotedName.ReplaceAllString(value, "$1"))
	}
	return b.String()
}

// quotedName is a font of plain words, whose quotes can go: inside an
// attribute they would be written as numbers, which confuses some readers.
var quotedName = regexp.MustCompile(`"([A-Za-z][A-Za-z-]*(?: [A-Za-z][A-Za-z-]*)*)"`)

// cutDeclaration cuts at the first semicolon outside quotes and brackets.
func cutDeclaration(s string) (first, rest string) {
	var quote byte
	depth := 0
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ';' && depth <= 0:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// isStyleValue reports a value of words, numbers, colours and quoted names.
func isStyleValue(s string) bool {
	if s == "" || len(s) > maxRule || strings.Count(s, `"`)%2 != 0 || strings.Count(s, "'")%2 != 0 {
		return false
	}
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" #%.,+/!'\"_-()", r) {
			return false
		}
	}
	return attrStyle().MatchString(s)
}

// styleSheet holds the plain rules of a mail's style elements by selector:
// "p", ".name" or "p.name". Mail programs that mark every paragraph with a
// class (Outlook's MsoNormal) depend on them for their spacing.
type styleSheet struct {
	rules map[string]string
	added int
}

// read adds the rules of one style element. At-rules, and selectors of any
// other form, are passed over.
func (s *styleSheet) read(css string) {
	if s.rules == nil {
		s.rules = make(map[string]string)
	}
	css = strings.NewReplacer("<!--", "", "-->", "").Replace(stripComments(css))
	for len(s.rules) < maxRules {
		open := strings.IndexByte(css, '{')
		if open < 0 {
			return
		}
		head := css[:open]
		body, rest := cutBlock(css[open+1:])
		css = rest
		if i := strings.LastIndexByte(head, ';'); i >= 0 {
			head = head[i+1:]
		}
		if strings.Contains(body, "{") {
			continue
		}
		s.add(head, cleanStyle(body))
	}
}

func (s *styleSheet) add(selectors, style string) {
	if style == "" || len(style) > maxRule {
		return
	}
	for one := range strings.SplitSeq(selectors, ",") {
		one = strings.ToLower(strings.TrimSpace(one))
		if one == "" || one == "a" || len(s.rules) >= maxRules || strings.ContainsAny(one, " \t\r\n>+~:#[*\\") {
			continue
		}
		if old := s.rules[one]; old != "" && len(old)+len(style) <= maxRule {
			s.rules[one] = old + "; " + style
			continue
		}
		s.rules[one] = style
	}
}

// apply returns the style of an element: what the sheet says, then its own.
func (s *styleSheet) apply(element, class, own string) string {
	if len(s.rules) == 0 || s.added > maxAdded {
		return own
	}
	var all []string
	look := func(selector string) {
		if style, ok := s.rules[selector]; ok {
			all = append(all, style)
			s.added += len(style)
		}
	}
	look(element)
	for _, name := range firstFields(strings.ToLower(class), 4) {
		look("." + name)
		look(element + "." + name)
	}
	if own != "" {
		all = append(all, own)
	}
	return strings.Join(all, "; ")
}

// firstFields returns at most n words of s.
func firstFields(s string, n int) []string {
	words := strings.Fields(s)
	return words[:min(n, len(words))]
}

// cutBlock returns what stands before the bracket that closes the block.
func cutBlock(s string) (body, rest string) {
	depth := 1
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return s[:i], s[i+1:]
			}
		}
	}
	return s, ""
}

func stripComments(css string) string {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(css, "/*")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		_, css, _ = strings.Cut(after, "*/")
	}
}
