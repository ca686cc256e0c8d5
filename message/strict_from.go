package message

import "strings"

// checkFrom takes a From value that every program reads as the same one address.
func checkFrom(value string) *FormError {
	r := fromReader{lexer: addressLexer{rest: value}}
	for {
		tok := r.lexer.next()
		switch tok.kind {
		case endOfAddresses:
			r.end()
			return r.verdict()
		case colonSign, semicolon:
			return &FormError{RuleGroup, "From is a group"}
		case comma:
			r.end()
		case angleText:
			r.angles = append(r.angles, tok.text)
		case quotedText:
			r.text.WriteString(quote(tok.text))
		case plainText:
			r.text.WriteString(tok.text)
		}
	}
}

// fromReader gathers the addresses between commas.
type fromReader struct {
	lexer  addressLexer
	text   strings.Builder
	angles []string
	specs  []string // what every program, or any, may take for the address
}

// end ends one mailbox. A piece without at sign is part of a name that lacks
// its quotes, as in "Smith, John <js@example.org>".
func (r *fromReader) end() {
	text := strings.TrimSpace(dropWords(r.text.String(), len(r.angles) == 0))
	r.specs = append(r.specs, r.angles...)
	if strings.Contains(text, "@") && !r.showsAddress(text) {
		r.specs = append(r.specs, text)
	}
	r.angles = nil
	r.text.Reset()
}

// dropWords removes encoded words, which are never part of an address (RFC 2047 §5). With apart those stay that touch other
// letters: where no angle brackets tell the address from the name, they stand in the address.
func dropWords(s string, apart bool) string {
	var b strings.Builder
	for {
		i := strings.Index(s, "=?")
		if i < 0 {
			return b.String() + s
		}
		_, n := readWord(s[i:])
		b.WriteString(s[:i])
		switch {
		case n == 0:
			n = 2
			b.WriteString("=?")
		case apart && touches(b.String(), s[i+n:]):
			b.WriteString(s[i : i+n])
		}
		s = s[i+n:]
	}
}

// touches reports that no white space stands on one side of what is between before and after.
func touches(before, after string) bool {
	const space = " \t\r\n"
	return before != "" && !strings.ContainsAny(before[len(before)-1:], space) ||
		after != "" && !strings.ContainsAny(after[:1], space) && !strings.HasPrefix(after, "=?")
}

// showsAddress reports a display name that is the address itself, or has it in
// quotes: both are common and cannot be mistaken for another address.
func (r *fromReader) showsAddress(text string) bool {
	if len(r.angles) != 1 {
		return false
	}
	if strings.HasPrefix(text, `"`) && strings.Count(text, `"`) == 2 && strings.HasSuffix(text, `"`) {
		return true
	}
	return !strings.ContainsAny(text, " \t") && strings.EqualFold(strings.Trim(text, `"'`), strings.TrimSpace(r.angles[0]))
}

func (r *fromReader) verdict() *FormError {
	switch {
	case r.lexer.broken != "":
		return &FormError{RuleBadFrom, "From has a quote or bracket that is not closed"}
	case len(r.specs) == 0:
		return &FormError{RuleNoAddress, "From has no address"}
	case len(r.specs) > 1:
		return &FormError{RuleTwoAddresses, "From has more than one address"}
	}
	spec := strings.TrimSpace(closeSigns(dropCommentsOutsideQuotes(r.specs[0])))
	a, err := ParseAddress(spec)
	switch {
	case err != nil:
		return &FormError{RuleBadFrom, "the address in From is malformed"}
	case strings.Contains(a.Local, "=?"):
		return &FormError{RuleBadFrom, "the address in From has an encoded word"}
	}
	return nil
}

// dropCommentsOutsideQuotes removes comments from an addr-spec, but not what
// only looks like one in a quoted local part. A backslash outside both stays,
// and with it all else: no address has one there.
func dropCommentsOutsideQuotes(s string) string {
	if strings.HasPrefix(s, `"`) {
		return s
	}
	depth := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && depth == 0:
			return s
		case c == '\\':
			i++
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		}
	}
	return dropComments(s)
}
