package membership

import "strings"

// readAddresses reads an address a line, as list_members of Mailman 2 and `mailman members` of Mailman 3 write it, with
// and without names, and as people type it. Whether members get digests is not in such a file. Lines that begin with a
// number sign are remarks.
func readAddresses(text string) File {
	f := File{}
	number := 0
	for l := range strings.Lines(text) {
		number++
		if l = strings.TrimSpace(l); l == "" || l[0] == '#' {
			continue
		}
		address, name, ok := addressLine(l)
		if !ok {
			f.Lines = append(f.Lines, faulty(number, l, "no address: write one a line, such as Ada Lovelace <ada@school.example>"))
			continue
		}
		f.Lines = append(f.Lines, newLine(number, address, name))
	}
	return f
}

// addressLine takes a line apart that holds one mailbox: ada@school.example, Ada <ada@school.example>,
// "Ada, L." <ada@school.example>, ada@school.example (Ada), or ada@school.example Ada.
func addressLine(l string) (address, name string, ok bool) {
	l = strings.TrimRight(strings.TrimSpace(l), ",; ")
	if len(l) > maxCell {
		return "", "", false
	}
	if before, rest, found := cutUnquoted(l, '<'); found {
		address, after, closed := strings.Cut(rest, ">")
		ok = closed && strings.TrimSpace(after) == "" && isAddress(strings.TrimSpace(address))
		return strings.TrimSpace(address), unquoted(before), ok
	}
	address, name, _ = strings.Cut(strings.ReplaceAll(l, "\t", " "), " ")
	name = strings.TrimSpace(name)
	if strings.HasPrefix(name, "(") && strings.HasSuffix(name, ")") {
		name = name[1 : len(name)-1]
	}
	return address, unquoted(name), isAddress(address)
}

// isAddress reports whether a word can be meant as an address; message.ParseAddress says whether it is one. A comma or
// semicolon outside quotes is a cell of some table.
func isAddress(s string) bool {
	_, _, comma := cutUnquoted(s, ',')
	_, _, semicolon := cutUnquoted(s, ';')
	return strings.Contains(s, "@") && !comma && !semicolon
}

// cutUnquoted cuts at the first such sign that stands in no quotes.
func cutUnquoted(s string, sign byte) (before, after string, found bool) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sign && !quoted:
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// unquoted takes the quotes of a display name away, and the backslashes in them (RFC 5322 §3.2.4).
func unquoted(s string) string {
	s = strings.TrimSpace(s)
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	var b strings.Builder
	s = s[1 : len(s)-1]
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
