package guard

// date is a day in a text.
type date struct {
	from, to int // tokens
	y, m, d  int
	loose    bool // digits that are a date only beside a label
}

// findDates finds the days of a text in the forms that are used in Britain, ISO 8601, and American words.
func (d *doc) findDates() {
	for i := 0; i < len(d.tokens); i++ {
		t := d.tokens[i]
		var found date
		var ok bool
		switch {
		case t.form == number && i > 0 && t.glued && d.tokens[i-1].form == number:
		case t.form == number:
			found, ok = d.dateAt(i)
		case t.class&month != 0 && t.form == word:
			found, ok = d.monthFirst(i)
		}
		if ok {
			d.dates = append(d.dates, found)
			i = found.to - 1
		}
	}
}

func (d *doc) dateAt(i int) (date, bool) {
	if f, ok := d.figures(i); ok {
		return f, true
	}
	if f, ok := d.dayFirst(i); ok {
		return f, true
	}
	return d.bare(i)
}

// figures reads 12/03/2014, 12.3.14, 2014-03-12 and their like.
func (d *doc) figures(i int) (date, bool) {
	s := d.sign(i + 1)
	if d.at(i+1).form != sign || s != '/' && s != '.' && s != '-' || d.sign(i+3) != s || d.at(i+3).form != sign {
		return date{}, false
	}
	a, b, c := d.value(i), d.value(i+2), d.value(i+4)
	if a < 0 || b < 0 || c < 0 {
		return date{}, false
	}
	switch {
	case d.width(i) == 4:
		return d.day(i, i+5, c, b, a)
	case b > 12 && a <= 12:
		return d.day(i, i+5, b, a, d.year(i+4))
	}
	return d.day(i, i+5, a, b, d.year(i+4))
}

// dayFirst reads "12th of March 2014", "12-Mar-14", "12 Mar '14".
func (d *doc) dayFirst(i int) (date, bool) {
	j := i + 1
	if t := d.at(j); t.form == word && t.glued && t.end-t.start == 2 {
		j++ // st, nd, rd, th
	}
	if s := d.sign(j); d.at(j).form == sign && (s == '-' || s == '/' || s == '.') {
		j++
	}
	if d.lower(j) == "of" {
		j++
	}
	j = d.soft(j)
	m := monthNumber(d.lower(j))
	if m == 0 {
		return date{}, false
	}
	j++
	if s := d.sign(j); d.at(j).form == sign && (s == '-' || s == '/' || s == '.' || s == ',') {
		j++
	}
	j = d.soft(j)
	if d.sign(j) == '\'' {
		j++
	}
	if w := d.width(j); w != 4 && w != 2 {
		return date{}, false
	}
	return d.day(i, j+1, d.value(i), m, d.year(j))
}

// monthFirst reads "March 12th, 2014".
func (d *doc) monthFirst(i int) (date, bool) {
	m := monthNumber(d.lower(i))
	j := i + 1
	day := d.value(j)
	if m == 0 || day < 1 || d.width(j) > 2 {
		return date{}, false
	}
	j++
	if t := d.at(j); t.form == word && t.glued {
		j++
	}
	if d.sign(j) == ',' {
		j++
	}
	if d.width(j) != 4 {
		return date{}, false
	}
	return d.day(i, j+1, day, m, d.value(j))
}

// bare reads 12032014, 120314 and 12 03 2014, which are dates only beside a label.
func (d *doc) bare(i int) (date, bool) {
	var found date
	var ok bool
	n := d.value(i)
	switch w := d.width(i); {
	case w == 8:
		found, ok = d.day(i, i+1, n/1000000, n/10000%100, n%10000)
	case w == 6:
		found, ok = d.day(i, i+1, n/10000, n/100%100, century(n%100, d.today.Year()))
	case w <= 2 && d.width(i+1) == 2 && d.width(i+2) >= 2:
		found, ok = d.day(i, i+3, n, d.value(i+1), d.year(i+2))
	}
	found.loose = true
	return found, ok
}

func (d *doc) day(from, to, day, month, year int) (date, bool) {
	if day < 1 || day > 31 || month < 1 || month > 12 || year < 1900 || year > 2100 {
		return date{}, false
	}
	return date{from: from, to: to, y: year, m: month, d: day}, true
}

// width returns how many digits a number has, 0 for what is none.
func (d *doc) width(i int) int {
	t := d.at(i)
	if t.form != number {
		return 0
	}
	return int(t.end - t.start)
}

// year reads a year of four digits, or of two.
func (d *doc) year(i int) int {
	switch d.width(i) {
	case 4:
		return d.value(i)
	case 2:
		return century(d.value(i), d.today.Year())
	}
	return 0
}

// century puts the century before a year of two digits: the last one that is not in the future.
func century(yy, now int) int {
	if now < 2000 || now > 2099 {
		now = 2030
	}
	if yy <= now-2000 {
		return 2000 + yy
	}
	return 1900 + yy
}

func monthNumber(s string) int {
	if len(s) < 3 {
		return 0
	}
	if n, ok := welshMonths[s]; ok {
		return n
	}
	for n, name := range []string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"} {
		if s == name || s == name[:3] || s == "sept" && n == 8 {
			return n + 1
		}
	}
	return 0
}

var welshMonths = map[string]int{
	"ionawr": 1, "chwefror": 2, "mawrth": 3, "ebrill": 4, "mai": 5, "mehefin": 6,
	"gorffennaf": 7, "awst": 8, "medi": 9, "hydref": 10, "tachwedd": 11, "rhagfyr": 12,
}

// age returns how many years have passed from a day on; below 0 it is still to come. Without a clock everybody born since
// 1999 is ten.
func (d *doc) age(born date) int {
	if d.today.IsZero() {
		if born.y >= 1999 {
			return 10
		}
		return 40
	}
	y, m, day := d.today.Date()
	age := y - born.y
	if int(m) < born.m || int(m) == born.m && day < born.d {
		age--
	}
	return age
}
