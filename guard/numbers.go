package guard

import (
	"slices"
	"strings"
)

// pupilLetters is the alphabet of the check letter of a Unique Pupil Number, by value (GovTalk data standard "Unique
// Pupil Number" 2.0).
const pupilLetters = "ABCDEFGHJKLMNPQRTUVWXYZ"

// numbers finds Unique Pupil Numbers, NHS numbers, Unique Learner Numbers and National Insurance numbers, in one pass.
func (d *doc) numbers() {
	for i := 0; i < len(d.text); i++ {
		c := d.text[i]
		switch {
		case isLetter(c) && (i == 0 || !isAlnum(d.text[i-1]) || d.before(i, 3) == "upn"):
			if to, fits, ok := d.pupilNumber(i); ok {
				why := "it is a Unique Pupil Number; its check letter fits"
				if !fits {
					why = "it stands behind UPN and has the form of one; a letter or digit may be mistyped"
				}
				d.foundNumber(UPN, i, to, why, false)
				i = to - 1
			} else if to, ok := d.insuranceNumber(i); ok {
				d.foundNumber(NINO, i, to, "it has the form of a National Insurance number", false)
				i = to - 1
			}
		case isDigit(c) && (i == 0 || !isDigit(d.text[i-1])):
			i = d.tenDigits(i)
		}
	}
}

func (d *doc) foundNumber(kind Kind, from, to int, why string, hint bool) {
	if len(d.found) <= 4*maxFindings {
		d.found = append(d.found, span{kind: kind, start: from, end: to, why: why, hint: hint})
	}
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isAlnum(c byte) bool  { return isDigit(c) || isLetter(c) }

// byteAt returns an octet of the text, or 0 outside it.
func (d *doc) byteAt(i int) byte {
	if i < 0 || i >= len(d.text) {
		return 0
	}
	return d.text[i]
}

// pass skips what may stand inside a number: at most three spaces, dashes, dots and slashes.
func (d *doc) pass(i int) int {
	for n := 0; n < 3 && strings.IndexByte(" -./", d.byteAt(i)) >= 0 && i < len(d.text); n++ {
		i++
	}
	return i
}

// goesOn reports that a number with gaps has more digits behind to, or before from.
func (d *doc) goesOn(to int) bool { return isDigit(d.byteAt(d.pass(to))) }

func (d *doc) comesFrom(from int) bool {
	c := d.byteAt(from - 1)
	return (c == ' ' || c == '-' || c == '.') && isDigit(d.byteAt(from-2))
}

// pupilNumber reads a letter with 12 digits, or with 11 and a letter, at i. Where it has gaps and no label, the local
// authority in it must not begin with 0 or 1, as telephone numbers do. One whose check letter does not fit is none but behind
// the word UPN, where somebody has mistyped it.
func (d *doc) pupilNumber(i int) (to int, fits, ok bool) {
	var values [12]int
	j, gaps := i+1, false
	for n := range values {
		k := d.pass(j)
		gaps = gaps || k > j
		c := d.byteAt(k)
		switch {
		case isDigit(c):
			values[n] = int(c - '0')
		case n == 11 && isLetter(c):
			if values[n] = strings.IndexByte(pupilLetters, upper(c)); values[n] < 0 {
				return 0, false, false
			}
		default:
			return 0, false, false
		}
		j = k + 1
	}
	if isAlnum(d.byteAt(j)) || gaps && d.goesOn(j) {
		return 0, false, false
	}
	sum := 0
	for n, v := range values {
		sum += (n + 2) * v
	}
	if fits = upper(d.text[i]) == pupilLetters[sum%23]; !fits && !hasWord(d.clause(i, 12), "upn") {
		return 0, false, false
	}
	if before := d.window(i, 40); !hasAny(before, "upn", "pupil") && (gaps && values[0] < 2 || hasWord(before, thingLabels...)) {
		return 0, false, false
	}
	return j, fits, !d.insideLink(i)
}

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - ('a' - 'A')
	}
	return c
}

// insuranceNumber reads a National Insurance number at i: two letters that are given out, six digits, A to D. Without the
// last letter it needs a label.
func (d *doc) insuranceNumber(i int) (to int, ok bool) {
	a, b := d.byteAt(i), d.byteAt(i+1)
	if !isLetter(b) || (a|0x20 == a) != (b|0x20 == b) || !givenOut(upper(a), upper(b)) {
		return 0, false
	}
	j, gaps := i+2, false
	for range 6 {
		k := d.pass(j)
		gaps = gaps || k > j
		if !isDigit(d.byteAt(k)) {
			return 0, false
		}
		j = k + 1
	}
	label := hasAny(d.window(i, 40), "national insurance", "nino", "ni n", "ni:", "n.i.", "ni #")
	k := d.pass(j)
	if c := upper(d.byteAt(k)); c >= 'A' && c <= 'D' && !isAlnum(d.byteAt(k+1)) {
		j = k + 1
		return j, label || !gaps || a < 'a'
	}
	return j, label && !isAlnum(d.byteAt(j)) && !d.goesOn(j)
}

// givenOut reports two letters with which a National Insurance number may begin (HMRC, NIM39110).
func givenOut(a, b byte) bool {
	if strings.IndexByte("DFIQUV", a) >= 0 || strings.IndexByte("DFIOQUV", b) >= 0 {
		return false
	}
	switch string([]byte{a, b}) {
	case "BG", "GB", "KN", "NK", "NT", "TN", "ZZ":
		return false
	}
	return true
}

// tenDigits looks at a number that begins at i for an NHS number or a Unique Learner Number, and returns the last octet
// that it has dealt with.
func (d *doc) tenDigits(i int) int {
	var v [10]int
	var gaps []int // after how many digits
	j := i
	for n := range v {
		k := j
		if n > 0 {
			k = d.pass(j)
		}
		if k > j {
			gaps = append(gaps, n)
		}
		if !isDigit(d.byteAt(k)) {
			return d.lastDigit(i)
		}
		v[n] = int(d.text[k] - '0')
		j = k + 1
	}
	if isAlnum(d.byteAt(j)) || d.insideLink(i) {
		return d.lastDigit(i)
	}
	longer := len(gaps) > 0 && d.goesOn(j) || d.comesFrom(i)
	if kind, why, hint := d.judgeTen(i, j, v, len(gaps) == 2 && gaps[0] == 3 && gaps[1] == 6, longer); kind != "" {
		d.foundNumber(kind, i, j, why, hint)
		return j - 1
	}
	return d.lastDigit(i)
}

// lastDigit returns the last digit of the digits that begin at i.
func (d *doc) lastDigit(i int) int {
	for isDigit(d.byteAt(i + 1)) {
		i++
	}
	return i
}

// Labels of numbers, and of what is none.
var (
	learnerLabels = []string{"uln", "unique learner", "learner n", "u.l.n"}
	healthLabels  = []string{"nhs", "n.h.s"}
	healthCues    = []string{"patient", "dob", "d.o.b", "date of birth", "hospital no", "hospital number", "chi number"}

	// British telephone numbers begin with 0 or +44, so their labels say nothing of ten digits in the spacing of the NHS.
	phoneWords  = []string{"tel", "telephone", "phone", "cell", "mobile", "mob", "fax", "ring", "call", "dial", "text", "whatsapp", "t", "m", "p", "f", "ph"}
	phoneLabels = []string{"tel", "phone", "ring ", "call", "mobile", "fax", "dial", "whatsapp", "text "}
	placeLabels = []string{"zoom", "meeting", "id ", "id:", "ref ", "ref:", "ref.", "reference", "isbn", "case", "webinar", "quote", "passcode", "centre", "vat ", "sort code", "ticket", "po ", "conference"}
	thingLabels = []string{"policy", "serial", "tracking", "order", "invoice", "licence", "license", "parcel", "account", "booking", "barcode"}
	otherLabels = slices.Concat(placeLabels, phoneLabels, thingLabels)
)

// judgeTen says what ten digits are: an NHS number when its check fits and it has a label, the spacing 3-3-4, or stands
// beside a patient or a birth date; a learner's number with its label only.
func (d *doc) judgeTen(from, to int, v [10]int, spaced, longer bool) (kind Kind, why string, hint bool) {
	before, after := d.window(from, 60), d.following(to, 24)
	nearLabel := label(before, learnerLabels)
	if nearLabel || hasAny(after, "(uln") {
		if r := weighted(v) % 11; r != 0 && v[9] == 10-r {
			return ULN, "it is labelled as a Unique Learner Number", false
		}
		return ULN, "it is labelled as a Unique Learner Number, but its last digit does not fit", true
	}
	if !fitsHealth(v) {
		return "", "", false
	}
	switch {
	case label(before, healthLabels) || hasAny(after, "(nhs", " is the nhs", " nhs n"):
		return NHS, "it is an NHS number; its check digit fits and it is labelled so", false
	case longer:
	case spaced && v[0] != 0 && strings.IndexByte(d.text[from:to], '.') < 0 && !calls(d.clause(from, 36)) && !hasWord(d.clause(from, 36), thingLabels...) && !hasWord(d.clause(from, 36), placeLabels...):
		return NHS, "it is written like an NHS number and its check digit fits", false
	case hasWord(d.clause(from, 36), otherLabels...):
	case hasAny(before, healthCues...) || hasAny(after, healthCues...):
		return NHS, "it stands beside a patient or a birth date and has the check digit of an NHS number", false
	}
	return "", "", false
}

// weighted is the sum of the first nine digits by the weights 10 to 2.
func weighted(v [10]int) (sum int) {
	for n := range 9 {
		sum += (10 - n) * v[n]
	}
	return sum
}

// fitsHealth reports the check digit of an NHS number (NHS Data Model and Dictionary, modulus 11).
func fitsHealth(v [10]int) bool {
	return (11-weighted(v)%11)%11 == v[9] // 10 is no digit, so it never fits
}

// tenOf reads a text with exactly ten digits and no letters.
func tenOf(s string) (v [10]int, ok bool) {
	n := 0
	for i := range len(s) {
		switch {
		case isDigit(s[i]) && n < 10:
			v[n] = int(s[i] - '0')
			n++
		case isAlnum(s[i]):
			return v, false
		}
	}
	return v, n == 10
}

// calls reports that the last word before a number says that it is for a telephone.
func calls(before string) bool {
	before = strings.TrimRight(before, " :.-|\t(")
	if at := strings.LastIndexFunc(before, func(r rune) bool { return r < 'a' || r > 'z' }); at >= 0 {
		before = before[at+1:]
	}
	return before != "" && slices.Contains(phoneWords, before)
}

// label reports one of the labels before a number, with nothing between them that labels something else.
func label(before string, labels []string) bool {
	for _, l := range labels {
		if at := strings.LastIndex(before, l); at >= 0 && (at == 0 || !isLetter(before[at-1])) {
			rest := before[at+len(l):]
			return !hasWord(rest, otherLabels...) && strings.Count(rest, ".") < 2 && digits(rest) < 6
		}
	}
	return false
}

func digits(s string) int {
	n := 0
	for i := range len(s) {
		if isDigit(s[i]) {
			n++
		}
	}
	return n
}

func hasAny(s string, any ...string) bool {
	for _, a := range any {
		if strings.Contains(s, a) {
			return true
		}
	}
	return false
}

// hasWord is hasAny for words that begin with one of some others.
func hasWord(s string, any ...string) bool {
	for _, a := range any {
		for from := 0; ; {
			at := strings.Index(s[from:], a)
			if at < 0 {
				break
			}
			if at += from; at == 0 || !isLetter(s[at-1]) {
				return true
			}
			from = at + 1
		}
	}
	return false
}

// window returns at most n octets before i in small letters, of the same paragraph.
func (d *doc) window(i, n int) string {
	s := strings.ToLower(d.text[max(0, i-n):i])
	if at := strings.LastIndex(s, "\n\n"); at >= 0 {
		s = s[at:]
	}
	return s
}

// clause is the window without what a sentence or a line before has.
func (d *doc) clause(i, n int) string {
	s := d.window(i, n)
	if at := strings.LastIndex(s, "\n"); at >= 0 && len(s)-at > 8 {
		s = s[at:]
	}
	for _, stop := range []string{". ", "! ", "? "} {
		if at := strings.LastIndex(s, stop); at >= 0 && len(s)-at > 8 && !strings.HasSuffix(s[:at], " no") && !strings.HasSuffix(s[:at], "tel") && !strings.HasSuffix(s[:at], "ref") {
			s = s[at:]
		}
	}
	return s
}

func (d *doc) following(i, n int) string {
	s, _, _ := strings.Cut(d.text[i:min(len(d.text), i+n)], "\n")
	return strings.ToLower(s)
}

// before returns n octets before i in small letters.
func (d *doc) before(i, n int) string { return strings.ToLower(d.text[max(0, i-n):i]) }

// insideLink reports that octet i stands in the address of a page.
func (d *doc) insideLink(i int) bool {
	from := max(0, i-200)
	word := d.text[from:i]
	if at := strings.LastIndexAny(word, " \n\t<\""); at >= 0 {
		word = word[at+1:]
	}
	return strings.Contains(word, "://") || strings.HasPrefix(word, "www.")
}
