package guard

import "strings"

// column is what a heading of a table promises.
type column uint16

const (
	colName column = 1 << iota
	colFirst
	colBirth
	colNumber // UPN
	colHealth
	colLearner
	colYear
	colStatus // of SEN, and what is done about it
	colAdult
)

// headings are words in the cells of a heading, without regard to capitals.
//
// ceiling: flat table
var headings = []struct {
	column column
	words  []string
}{
	{colBirth, []string{"dob", "d.o.b", "birth", "geni"}},
	{colNumber, []string{"upn", "pupil number", "pupil no"}},
	{colHealth, []string{"nhs"}},
	{colLearner, []string{"uln", "learner number"}},
	{colAdult, []string{"teacher", "staff", "role", "course", "governor", "mail", "ext", "adult", "senco", "phone", "author", "appointed", "trainer", "monday", "tuesday", "room", "expires", "delivered by", "led by", "school", "officer", "cost", "title", "urn"}},
	{colName, []string{"name", "surname", "forename", "pupil", "child", "student", "learner", "enw", "disgybl"}},
	{colYear, []string{"year", "yr", "class", "form", "reg", "ncy", "group", "blwyddyn"}},
	{colStatus, []string{"sen", "send", "k/e", "k / e", "status", "need", "ehcp", "code", "provision", "intervention", "reading age", "pp", "diagnosis", "progress", "support", "aln", "statement", "medical", "allerg", "attendance", "notes"}},
}

// minPupils is how many children make a class list.
const minPupils = 3

const classListWhy = "it looks like a list of pupils, with birth dates, numbers, years or needs"

// table is the table that is being read.
type table struct {
	d       *doc
	columns []column // of the heading, or none
	all     column   // of every column

	pupils      int // rows that are about a child
	first, last int // tokens of these rows
	births      []int
	nextDate    int // of d.dates
}

// classLists finds tables with several children, in files as well as in what is typed.
func (d *doc) classLists() {
	if d.part == Subject || d.part == FileName {
		return
	}
	t := table{d: d}
	blank := 0
	for i := 0; i < len(d.tokens); {
		to := d.lineEnd(i)
		if d.sign(i) == '\f' || to == i {
			if blank++; d.sign(i) == '\f' || blank > 2 {
				t.done()
			}
			i = to + 1
			continue
		}
		blank = 0
		t.row(i, to)
		i = to + 1
	}
	t.done()
}

// done ends a table.
func (t *table) done() {
	if t.pupils >= minPupils {
		t.d.find(ClassList, t.first, t.last, classListWhy)
	} else {
		for _, n := range t.births {
			day := t.d.dates[n]
			t.d.find(Birth, day.from, day.to, "it stands in a column of birth dates")
		}
	}
	*t = table{d: t.d, nextDate: t.nextDate}
}

// cell is a part of a row.
type cell struct{ from, to int }

// cells cuts a row at tabs, or else at "|", ";" or "," where there are two or more.
func (t *table) cells(from, to int) []cell {
	var counts [128]int
	for i := from; i < to; i++ {
		if s := t.d.tokens[i].sign; t.d.tokens[i].form == sign && s < 128 {
			counts[s]++
		}
	}
	by := byte(0)
	switch {
	case counts['\t'] > 0:
		by = '\t'
	case counts['|'] > 1:
		by = '|'
	case counts[';'] > 1:
		by = ';'
	case counts[','] > 1:
		by = ','
	default:
		return t.gaps(from, to)
	}
	var all []cell
	begin, quoted := from, false
	for i := from; i <= to; i++ {
		if i < to && t.d.sign(i) == '"' {
			quoted = !quoted
		}
		if i == to || !quoted && t.d.tokens[i].form == sign && t.d.tokens[i].sign == by {
			c := cell{begin, i}
			if c.to-c.from > 1 && t.d.sign(c.from) == '"' && t.d.sign(c.to-1) == '"' { // RFC 4180
				c.from, c.to = c.from+1, c.to-1
			}
			all = append(all, c)
			begin = i + 1
		}
	}
	return all
}

// gaps cuts a row where two spaces or more stand, as in a table that was typed or copied.
func (t *table) gaps(from, to int) []cell {
	var all []cell
	begin := from
	for i := from + 1; i <= to; i++ {
		if i == to || t.d.tokens[i].start-t.d.tokens[i-1].end > 1 {
			all = append(all, cell{begin, i})
			begin = i
		}
	}
	if len(all) < 3 {
		return []cell{{from, to}}
	}
	return all
}

func (t *table) row(from, to int) {
	cells := t.cells(from, to)
	if len(cells) > 1 && t.heading(cells) {
		return
	}
	if len(cells) == 1 && to-from > 24 {
		return // a sentence
	}
	has, named := t.read(cells)
	t.labelled(cells)
	if named && t.isPupil(has) {
		if t.pupils++; t.pupils == 1 {
			t.first = from
		}
		t.last = to
	}
}

// heading reads a row as a heading and reports whether it is one.
func (t *table) heading(cells []cell) bool {
	var columns []column
	var all column
	known, filled := 0, 0
	for _, c := range cells {
		kind := column(0)
		if c.to > c.from {
			filled++
			kind = t.headingOf(c)
		}
		if kind != 0 {
			known++
		}
		columns = append(columns, kind)
		all |= kind
	}
	if known < 2 || 3*known < filled {
		return false
	}
	if t.pupils > 0 || len(t.births) > 0 {
		t.done()
	}
	t.columns, t.all = columns, all
	return true
}

// headingOf returns what a cell promises as a heading; 0 for one that holds a value.
func (t *table) headingOf(c cell) column {
	if c.to-c.from > 7 {
		return 0
	}
	for i := c.from; i < c.to; i++ {
		if t.d.tokens[i].form == number {
			return 0
		}
	}
	s := strings.ToLower(t.d.text[t.d.tokens[c.from].start:t.d.tokens[c.to-1].end])
	for _, h := range headings {
		for _, w := range h.words {
			if at := strings.Index(s, w); at >= 0 && (at == 0 || !isLetter(s[at-1])) && (len(w) > 3 || at+len(w) == len(s) || !isLetter(s[at+len(w)])) {
				if h.column == colName && strings.Contains(s, "first") || strings.Contains(s, "forename") {
					return colName | colFirst
				}
				return h.column
			}
		}
	}
	return 0
}

// read returns what the cells of a row hold, and whether a child's name is among them.
func (t *table) read(cells []cell) (has column, named bool) {
	years := 0
	for k, c := range cells {
		if c.from == c.to {
			continue
		}
		head := column(0)
		if k < len(t.columns) {
			head = t.columns[k]
		}
		named = named || t.nameIn(cells, k, head)
		got := t.valueIn(c, head, len(cells) == 1)
		if got&colYear != 0 {
			years++
		}
		has |= got
	}
	if years > 1 && t.all&colYear == 0 {
		has &^= colYear // a rota
	}
	return has, named
}

// nameIn reports a child's name in a cell, or in it and the next.
func (t *table) nameIn(cells []cell, k int, head column) bool {
	d, c := t.d, cells[k]
	i := c.from
	for i < c.to && (d.tokens[i].form == number || d.tokens[i].form == sign && d.tokens[i].sign != '\'') {
		i++ // "12." before a name
	}
	n, ok := d.nameAt(i)
	if !ok {
		n, ok = d.surnameFirst(i)
	}
	switch {
	case ok && n.isChild() && (n.to == c.to || len(cells) == 1):
		return true
	case ok && !n.unsure && !n.titled && !n.allowed && !n.place && !n.small && len(cells) > 1 && n.to+1 == c.to && d.at(n.to).capital && !d.is(n.to, word, institution|role):
		return true
	case ok && (n.titled || n.allowed || n.place):
		return false
	case head&colName != 0 && t.all&colAdult == 0:
		w := d.at(i)
		return i < c.to && c.to-i <= 6 && w.form == word && w.capital && w.class&(common|filler|title) == 0 && w.end-w.start > 2 && !(w.upper && w.end-w.start < 4)
	case len(t.columns) > 0 || i+1 != c.to || !d.is(i, word, first) || !d.at(i).capital:
		return false
	}
	return k+1 < len(cells) && d.lonely(cells[k+1]) || k > 0 && d.lonely(cells[k-1])
}

// lonely reports a cell with one word that may be a surname.
func (d *doc) lonely(c cell) bool {
	return c.to > c.from && c.to-c.from <= 3 && d.isSurname(c.from, false)
}

// valueIn returns what a cell says of a child.
func (t *table) valueIn(c cell, head column, line bool) (has column) {
	d := t.d
	for t.nextDate < len(d.dates) && d.dates[t.nextDate].from < c.from {
		t.nextDate++
	}
	for n := t.nextDate; n < len(d.dates) && d.dates[n].from < c.to; n++ {
		age := d.age(d.dates[n])
		if head&colBirth != 0 && age >= 0 && age <= oldestPupil {
			t.births = append(t.births, n)
			has |= colBirth
		} else if (line || len(t.columns) == 0) && age >= youngestByName && age <= oldestByName && !d.dates[n].loose {
			has |= colBirth
		}
	}
	for i := c.from; i < c.to; i++ {
		if _, ok := d.schoolYear(i); ok && (line || i == c.from) {
			has |= colYear
			break
		}
	}
	switch s := d.lower(c.from); {
	case head&colYear != 0 && d.width(c.from) > 0 && d.value(c.from) <= 13:
		has |= colYear
	case head&colYear != 0 && (s == "r" || s == "n" || d.is(c.from, word, stage)):
		has |= colYear
	case head&colStatus != 0, !line && len(t.columns) == 0 && c.to-c.from <= 4 && (s == "k" || s == "e" || s == "ehcp" || s == "sen"):
		has |= colStatus
	}
	if d.hasFound(UPN, int(d.tokens[c.from].start), int(d.tokens[c.to-1].end)) {
		has |= colNumber
	}
	if line && !has.any(colStatus) {
		for i := c.from; i < c.to; i++ {
			if s := d.lower(i); s == "sen" || s == "send" || s == "ehcp" || s == "asd" || s == "adhd" || s == "slcn" || s == "semh" {
				has |= colStatus
			}
		}
	}
	return has
}

func (c column) any(of column) bool { return c&of != 0 }

// hasFound reports a finding of a kind between two octets. Findings of numbers are in the order of the text.
func (d *doc) hasFound(kind Kind, from, to int) bool {
	lo, hi := 0, d.numbersFound
	for lo < hi {
		if mid := (lo + hi) / 2; d.found[mid].start < from {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo < d.numbersFound && d.found[lo].kind == kind && d.found[lo].start < to
}

// isPupil judges a row that has a name.
func (t *table) isPupil(has column) bool {
	if t.all.any(colAdult) {
		return has.any(colNumber | colBirth)
	}
	if len(t.columns) > 0 && !t.all.any(colName) {
		return has.any(colNumber | colBirth)
	}
	return has.any(colNumber | colBirth | colYear | colStatus)
}

// labelled finds numbers whose label is the heading of their column.
func (t *table) labelled(cells []cell) {
	if !t.all.any(colHealth | colLearner) {
		return
	}
	for k, c := range cells {
		if k >= len(t.columns) || c.from == c.to || !t.columns[k].any(colHealth|colLearner) {
			continue
		}
		start, stop := int(t.d.tokens[c.from].start), int(t.d.tokens[c.to-1].end)
		kind, why := NHS, "it is in a column of NHS numbers"
		if t.columns[k].any(colLearner) {
			kind, why = ULN, "it is in a column of Unique Learner Numbers"
		}
		if v, ok := tenOf(t.d.text[start:stop]); ok && (kind == ULN || fitsHealth(v)) && !t.d.hasFound(kind, start, stop) {
			t.d.find(kind, c.from, c.to, why)
		}
	}
}
