package guard

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// form is what a token is made of.
type form byte

const (
	word   form = iota // letters
	number             // digits
	sign               // one other character that is no space
	end                // of a line
)

// token is a piece of a folded text.
type token struct {
	start, end int32
	form       form
	sign       byte // the character of a sign; '\t' and '\f' are signs
	glued      bool // no space before it
	capital    bool // begins with a capital letter
	upper      bool // has capital letters only, and at least two
	allowed    bool // stands in a phrase of the allow-list
	class      class
}

// doc is one text that is searched.
type doc struct {
	folded
	part  Part
	tabs  bool // a file with a table
	today time.Time

	tokens []token
	names  []name
	ends   map[int]int // token after a name -> its number in names, from 1 on
	dates  []date
	found  []span

	numbersFound int // so many of found are numbers, in the order of the text
}

// span is a finding in the folded text.
type span struct {
	kind       Kind
	start, end int
	why        string
	hint       bool
}

func newDoc(s string, part Part, today time.Time, allow Allow) *doc {
	d := &doc{folded: fold(s), part: part, today: today}
	d.tabs = part == FileText && strings.Contains(s, "\t")
	d.cut()
	allow.mark(d)
	return d
}

// search runs every rule.
func (d *doc) search() {
	d.numbers()
	d.numbersFound = len(d.found)
	d.findNames()
	d.findDates()
	d.births()
	d.plans()
	d.called()
	d.initialed()
	d.classLists()
	d.hints()
	d.named()
}

func (d *doc) find(kind Kind, from, to int, why string) {
	if len(d.found) > 4*maxFindings {
		return
	}
	s := span{kind: kind, start: int(d.tokens[from].start), end: int(d.tokens[to-1].end), why: why}
	for i := len(d.found) - 1; i >= 0 && i >= len(d.found)-8; i-- { // the same by another rule
		if f := d.found[i]; f.kind == kind && f.start < s.end && s.start < f.end {
			return
		}
	}
	d.found = append(d.found, s)
}

// cut makes the tokens. Marks of quoting at the beginning of a line are passed over. In the name of a file "_" parts words
// and so does a capital letter inside one.
func (d *doc) cut() {
	d.tokens = make([]token, 0, len(d.text)/4+8)
	begin, space := true, true
	for i := 0; i < len(d.text); {
		c := d.text[i]
		switch {
		case c == '\n':
			d.tokens = append(d.tokens, token{start: int32(i), end: int32(i + 1), form: end})
			begin, space = true, true
			i++
			continue
		case c == ' ' || c == '\r' || c == '_' && d.part == FileName || c == '>' && begin:
			space = true
			i++
			continue
		}
		begin = false
		t := token{start: int32(i), glued: !space}
		i = d.one(&t, i)
		t.end = int32(i)
		d.tokens = append(d.tokens, t)
		space = t.form == sign && (t.sign == '\t' || t.sign == '\f')
	}
}

// one reads a token that begins at i and returns where it ends.
func (d *doc) one(t *token, i int) int {
	c := d.text[i]
	if c >= '0' && c <= '9' {
		t.form = number
		for i < len(d.text) && d.text[i] >= '0' && d.text[i] <= '9' {
			i++
		}
		return i
	}
	from, capitals, letters := i, 0, 0
	for i < len(d.text) {
		r, n := rune(d.text[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(d.text[i:])
		}
		if !unicode.IsLetter(r) {
			break
		}
		big := unicode.IsUpper(r)
		if big && d.part == FileName && letters > capitals {
			break // OliverMarsh
		}
		if letters == 0 {
			t.capital = big
		}
		if letters++; big {
			capitals++
		}
		i += n
	}
	if letters == 0 {
		t.form, t.sign = sign, c
		_, n := utf8.DecodeRuneInString(d.text[i:])
		return i + n
	}
	t.upper = capitals == letters && letters > 1
	t.class = classOf(d.text[from:i])
	return i
}

// lower returns a token in small letters.
func (d *doc) lower(i int) string {
	if i < 0 || i >= len(d.tokens) {
		return ""
	}
	return strings.ToLower(d.raw(i))
}

func (d *doc) raw(i int) string { t := d.tokens[i]; return d.text[t.start:t.end] }

// at returns a token, or the end of a line beyond the text.
func (d *doc) at(i int) token {
	if i < 0 || i >= len(d.tokens) {
		return token{form: end}
	}
	return d.tokens[i]
}

func (d *doc) is(i int, form form, c class) bool {
	t := d.at(i)
	return t.form == form && (c == 0 || t.class&c != 0)
}

func (d *doc) sign(i int) byte { return d.at(i).sign }

// soft skips the end of a line after which the same paragraph goes on. Rows of a table are no paragraph.
func (d *doc) soft(i int) int {
	if !d.tabs && i > 0 && i+1 < len(d.tokens) && d.tokens[i].form == end && d.tokens[i+1].form != end {
		return i + 1
	}
	return i
}

// lineEnd returns the token that ends the line of token i.
func (d *doc) lineEnd(i int) int {
	for i < len(d.tokens) && d.tokens[i].form != end {
		i++
	}
	return i
}

// value returns a number of at most six digits, or -1.
func (d *doc) value(i int) int {
	t := d.at(i)
	if t.form != number || t.end-t.start > 8 {
		return -1
	}
	n := 0
	for _, c := range d.text[t.start:t.end] {
		n = 10*n + int(c-'0')
	}
	return n
}
