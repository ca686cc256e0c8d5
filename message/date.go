package message

import (
	"strconv"
	"strings"
	"time"
)

// readDate reads a date as mail programs wrote it over the years: RFC 5322 with
// its obsolete forms, two-digit years, missing zones, comments, the order of C's
// asctime, ISO 8601. Behind a semicolon, as in Received, only the end counts.
func readDate(s string) (time.Time, bool) {
	s = s[strings.LastIndexByte(s, ';')+1:]
	if len(s) > 200 {
		s = s[:200]
	}
	d := dateReader{month: 0, day: -1, year: -1, hour: -1}
	words := strings.FieldsFunc(dropComments(s), func(r rune) bool {
		return r == ' ' || r == '\t' || r == ',' || r == '\r' || r == '\n'
	})
	for _, w := range words {
		d.word(w)
	}
	return d.time()
}

// dateReader gathers the pieces of a date; -1 means not seen yet.
type dateReader struct {
	year, month, day  int // month 0: not seen
	hour, minute, sec int
	afternoon, noon   bool // "pm"; "am" or "pm" was there
	zoned             bool
	offset            int // seconds east of UTC
}

// word takes in one word; what it does not know it ignores.
func (d *dateReader) word(w string) {
	lower := strings.ToLower(strings.TrimRight(w, "."))
	switch {
	case d.hour < 0 && strings.IndexByte(w, ':') > 0:
		d.clock(lower)
	case strings.Count(w, "-") == 2 && w[0] != '-', strings.Count(w, "/") == 2:
		d.joined(lower)
	case d.month == 0 && isLetter(w[0]) && d.monthName(lower):
	case lower == "am" || lower == "pm":
		d.noon, d.afternoon = true, lower == "pm"
	case w[0] == '+' || w[0] == '-':
		d.zone(w)
	case w[0] >= '0' && w[0] <= '9':
		d.number(w)
	default:
		d.namedZone(lower)
	}
}

// clock reads 10:52:37, 10:52, 10:52pm and ISO's 10:52:37.5Z or 10:52:37+02:00.
func (d *dateReader) clock(w string) {
	if date, rest, ok := strings.Cut(w, "t"); ok && strings.Count(date, "-") == 2 {
		d.joined(date)
		w = rest
	}
	end := strings.TrimLeft(w, "0123456789:.")
	parts := strings.Split(w[:len(w)-len(end)], ":")
	if len(parts) > 3 {
		return
	}
	var n [3]int
	for i, p := range parts {
		p, _, _ = strings.Cut(p, ".")
		v, err := strconv.Atoi(p)
		if err != nil {
			return
		}
		n[i] = v
	}
	if n[0] > 24 || n[1] > 59 || n[2] > 60 {
		return
	}
	d.hour, d.minute, d.sec = n[0], n[1], n[2]
	if end != "" {
		d.word(end)
	}
}

// joined reads 1-Jul-2003, 2003-07-01 and 1/7/2003, days first as in Britain.
func (d *dateReader) joined(w string) {
	if d.day > 0 {
		return
	}
	p := strings.FieldsFunc(w, func(r rune) bool { return r == '-' || r == '/' })
	if len(p) != 3 {
		return
	}
	if len(p[0]) == 4 {
		p[0], p[2] = p[2], p[0]
	}
	month := monthNumber(p[1])
	if month == 0 {
		month, _ = strconv.Atoi(p[1])
	}
	if month < 1 || month > 12 {
		return
	}
	d.month = month
	d.number(p[0])
	d.setYear(p[2])
}

// number is the day first, then the year; four digits are a year anywhere.
// Where no month has a name, the second number is one.
func (d *dateReader) number(w string) {
	n, err := strconv.Atoi(w)
	switch {
	case err != nil || n < 0:
	case len(w) >= 3 && d.year < 0:
		d.setYear(w)
	case d.day < 0 && n >= 1 && n <= 31:
		d.day = n
	case d.year < 0 && d.month > 0:
		d.setYear(w)
	}
}

// setYear reads a year; RFC 5322 §4.3 says which century two digits mean.
func (d *dateReader) setYear(w string) {
	n, err := strconv.Atoi(w)
	switch {
	case err != nil:
		return
	case len(w) <= 2 && n < 50:
		n += 2000
	case len(w) <= 3:
		n += 1900
	}
	if n >= 1900 && n <= 2200 {
		d.year = n
	}
}

// zone reads +0200, -3:30 and the like.
func (d *dateReader) zone(w string) {
	digits := strings.ReplaceAll(w[1:], ":", "")
	n, err := strconv.Atoi(digits)
	if err != nil || d.zoned || len(digits) > 4 {
		return
	}
	if len(digits) <= 2 {
		n *= 100
	}
	seconds := (n/100*60 + n%100) * 60
	if seconds > 15*3600 {
		return
	}
	if w[0] == '-' {
		seconds = -seconds
	}
	d.zoned, d.offset = true, seconds
}

// namedZone reads the zones with a name that mail used (RFC 5322 §4.3), and
// some of Europe's. GMT+0100 is both.
func (d *dateReader) namedZone(w string) {
	if i := strings.IndexAny(w, "+-"); i > 0 && (w[:i] == "gmt" || w[:i] == "utc") {
		d.zone(w[i:])
		return
	}
	if hours, ok := zoneHours[w]; ok && !d.zoned {
		d.zoned, d.offset = true, hours*3600
	}
}

// zoneHours are the hours east of UTC of zones with a name.
var zoneHours = map[string]int{
	"ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0,
	"bst": 1, "cet": 1, "met": 1, "mez": 1, "west": 1, "cest": 2, "mest": 2, "mesz": 2, "eet": 2, "eest": 3,
	"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}

func (d *dateReader) time() (time.Time, bool) {
	if d.year < 0 || d.month == 0 || d.day < 1 {
		return time.Time{}, false
	}
	if d.hour < 0 {
		d.hour = 0
	}
	if d.noon {
		d.hour %= 12
		if d.afternoon {
			d.hour += 12
		}
	}
	loc := time.UTC
	if d.offset != 0 {
		loc = time.FixedZone("", d.offset)
	}
	return time.Date(d.year, time.Month(d.month), d.day, d.hour, d.minute, d.sec, 0, loc), true
}

// monthName takes in a word that is the name of a month.
func (d *dateReader) monthName(w string) bool {
	d.month = monthNumber(w)
	return d.month > 0
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// monthNumber reads a month's English name, in small letters, by three of its letters or more.
func monthNumber(w string) int {
	if len(w) < 3 || len(w) > 9 {
		return 0
	}
	for m := time.January; m <= time.December; m++ {
		name := m.String()
		if len(w) <= len(name) && w[0] == name[0]|0x20 && w[1:] == name[1:len(w)] {
			return int(m)
		}
	}
	if w == "sept" {
		return int(time.September)
	}
	return 0
}
