package message

import (
	"math/bits"
	"strings"
	"unicode"
)

// quotes decides the lines with marks. An mbox writes ">From " before an own line that begins with "From ".
func (s *splitter) quotes() {
	for i := range s.lines {
		l := &s.lines[i]
		if l.depth == 0 {
			continue
		}
		if strings.HasPrefix(l.text, ">From ") && !s.markedBeside(i) {
			continue
		}
		s.mark(i, i+1, Quoted)
	}
}

// markedBeside reports a quote mark on the line before or after.
func (s *splitter) markedBeside(i int) bool {
	return i > 0 && s.lines[i-1].depth > 0 || i+1 < len(s.lines) && s.lines[i+1].depth > 0
}

// The lines that say who wrote what follows, and when: at most so many lines and octets.
const (
	maxAttributionLines = 4
	maxAttribution      = 400
)

// attributions finds the lines "On … NAME wrote:". What follows one up to the end is a quote where no line after it has a
// mark and own words stand above it; with marks the quote ends where they do.
func (s *splitter) attributions() {
	for i := 0; i < len(s.lines); i++ {
		if s.lines[i].free() && isRunOn(s.lines[i].low) && (s.top || s.ownBefore(i)) {
			s.mark(i, len(s.lines), Quoted)
			return
		}
		from, ok := s.attributionAt(i)
		if !ok {
			continue
		}
		next := s.next(i+1, 3)
		switch {
		case next >= 0 && s.lines[next].depth > 0:
			s.mark(from, next, Quoted)
		case next >= 0 && isBar(s.lines[next].bare):
			end := s.bars(next)
			s.mark(from, end, Quoted)
		case s.top || s.ownBefore(from):
			s.mark(from, len(s.lines), Quoted)
			return
		default:
			s.mark(from, i+1, Quoted)
		}
		s.markSplit(from, i)
	}
}

// markSplit decides the last piece of an attribution which looks like a quote since it begins with ">".
func (s *splitter) markSplit(from, to int) {
	for i := from; i <= to; i++ {
		s.lines[i].kind, s.lines[i].decided = Quoted, true
	}
}

func isBar(bare string) bool { return bare == "|" || strings.HasPrefix(bare, "| ") }

// bars returns the end of a quote whose mark is a bar.
func (s *splitter) bars(from int) int {
	for from < len(s.lines) && isBar(s.lines[from].bare) {
		from++
	}
	return from
}

// attributionAt reports an attribution that ends in line n, and where it begins.
func (s *splitter) attributionAt(n int) (from int, ok bool) {
	l := &s.lines[n]
	split := l.depth == 1 && (l.bare == ":" || l.bare == "wrote:")
	if !split && !l.free() {
		return 0, false
	}
	if isZonedSender(l.bare) || isDatedSender(l.bare) && s.quoteFollows(n) {
		return n, true
	}
	if !strings.HasSuffix(l.bare, ":") && !strings.HasSuffix(l.bare, "：") {
		return 0, false
	}
	followed := s.quoteFollows(n)
	joined := ""
	for i, used := n, 0; i >= 0 && used <= maxAttributionLines; i-- {
		above := &s.lines[i]
		if above.blank() && split && used > 0 { // some programs tear an attribution up
			continue
		}
		if i < n && !above.free() || len(joined)+len(above.low) > maxAttribution {
			break
		}
		used++
		joined = strings.TrimSpace(above.low + " " + joined)
		if isAttribution(joined, followed) {
			return s.attributionStart(i, n), true
		}
	}
	return 0, false
}

func (s *splitter) quoteFollows(n int) bool {
	next := s.next(n+1, 3)
	return next >= 0 && (s.lines[next].depth > 0 || isBar(s.lines[next].bare))
}

// attributionStart goes on from line i of one that ends in line n up to where the date begins.
func (s *splitter) attributionStart(i, n int) int {
	for j := i; j >= 0 && n-j < maxAttributionLines && s.lines[j].free(); j-- {
		if startsAttribution(s.lines[j].low) {
			return j
		}
	}
	return i
}

// startsAttribution reports the beginning of a date as attributions have it.
func startsAttribution(low string) bool {
	if low != "" && low[0] >= '0' && low[0] <= '9' {
		return true
	}
	for _, word := range attributionStarts {
		if strings.HasPrefix(low, word) {
			return true
		}
	}
	return false
}

// isAttribution judges the text of lines joined, in lower case. Where marks follow, a verb of writing is enough.
func isAttribution(low string, followed bool) bool {
	verb := hasAny(low, attributionVerbs)
	dated := hasYear(low) || hasClock(low)
	switch {
	case verb && (followed || strings.Contains(low, "@") || dated && hasName(low)):
		return true
	case followed && dated:
		return strings.ContainsAny(low, "@<")
	}
	return false
}

// isRunOn reports an attribution behind which the quote goes on in the same line, as Yahoo on telephones writes it.
func isRunOn(low string) bool {
	at := strings.Index(low[:min(len(low), maxAttribution)], "> wrote: ")
	return at > 0 && startsAttribution(low) && hasYear(low[:at]) && strings.Contains(low[:at], "@")
}

// hasName reports more than the few words that a date and a verb need.
func hasName(low string) bool { return strings.Count(low, " ") >= 3 }

// isDatedSender reports "2013/7/20 Jane Smith <jane@school.example>", which old Gmail writes.
func isDatedSender(bare string) bool {
	return len(bare) > 12 && len(bare) < 200 && bare[0] == '2' && bare[1] == '0' &&
		(bare[4] == '/' || bare[4] == '-') && strings.HasSuffix(bare, ">") && strings.Contains(bare, "@")
}

// isZonedSender reports "2016-03-03 17:21 GMT+01:00 Jane Smith", which Gmail wrote for a while in every language.
func isZonedSender(bare string) bool {
	return len(bare) > 26 && len(bare) < 200 && bare[0] == '2' && bare[4] == '-' && bare[7] == '-' && bare[10] == ' ' &&
		strings.HasPrefix(bare[13:], ":") && strings.HasPrefix(bare[16:], " GMT")
}

// hasYear reports a number from 1980 to 2099.
func hasYear(s string) bool {
	for i := 0; i+4 <= len(s); i++ {
		if !isDigit(s[i]) {
			continue
		}
		j := i
		for j < len(s) && isDigit(s[j]) {
			j++
		}
		if y := s[i:j]; len(y) == 4 && (y >= "1980" && y <= "2099") {
			return true
		}
		i = j
	}
	return false
}

// hasClock reports a time of day with a colon.
func hasClock(s string) bool {
	for i := 1; i+2 < len(s); i++ {
		if s[i] == ':' && isDigit(s[i-1]) && isDigit(s[i+1]) && isDigit(s[i+2]) {
			return true
		}
	}
	return false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// hasAny reports one of the phrases in s.
func hasAny(s string, phrases []string) bool {
	for _, p := range phrases {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}

// The fields at the top of a message that Outlook and others quote.
const (
	fieldFrom uint = 1 << iota
	fieldSent
	fieldTo
	fieldSubject
	fieldOther
)

// headers finds the block of fields at the top of a quoted message ("From: Sent: To: Subject:"), or the line with dashes
// ("-----Original Message-----"), and decides all from there on.
func (s *splitter) headers() {
	if s.alone {
		return
	}
	for i := range s.lines {
		l := &s.lines[i]
		if !l.free() {
			continue
		}
		if !isSeparator(l.low, originalMessages) && !isRuledAttribution(l.low) && !s.headerBlock(i) {
			continue
		}
		from := s.aboveHeader(i)
		if !s.top && !s.ownBefore(from) {
			return // a message that is nothing but this one is shown
		}
		kind := Quoted
		if s.forward || !s.reply && s.pointsBelow(from) {
			kind = Forwarded
		}
		for j := from; j < len(s.lines); j++ {
			s.lines[j].kind, s.lines[j].decided = kind, true
		}
		return
	}
}

// aboveHeader takes in a rule and empty lines above a block.
func (s *splitter) aboveHeader(i int) int {
	for j := i - 1; j >= 0 && j >= i-3; j-- {
		switch l := &s.lines[j]; {
		case l.blank():
		case isRule(l.bare) && !l.decided:
			return j
		default:
			return i
		}
	}
	return i
}

// maxHeaderLines bounds the lines in which the fields of a block must stand.
const maxHeaderLines = 14

// headerBlock reports that the fields of a message begin in line n: a sender and two of date, recipient and subject.
func (s *splitter) headerBlock(n int) bool {
	have := fieldOf(s.lines[n].bare)
	strangers := 0
	if have == 0 || have == fieldOther {
		return false
	}
	if oneLineHeader(s.lines[n].low) {
		return true
	}
	for i := n + 1; i < len(s.lines) && i < n+maxHeaderLines && strangers < 3; i++ {
		if s.lines[i].blank() {
			continue
		}
		f := fieldOf(s.lines[i].bare)
		if f == 0 {
			strangers++
		}
		have |= f
		if have&fieldFrom != 0 && bits.OnesCount(have&(fieldSent|fieldTo|fieldSubject)) >= 2 {
			return true
		}
	}
	return false
}

// oneLineHeader reports all fields in one line, where the breaks were lost.
func oneLineHeader(low string) bool {
	return strings.HasPrefix(low, "from:") && strings.Contains(low, " subject:") &&
		(strings.Contains(low, " sent:") || strings.Contains(low, " date:"))
}

// fieldOf returns which field a line begins with, in one of the languages of the table, or 0.
func fieldOf(bare string) uint {
	const longest = 40
	head := bare[:min(len(bare), longest)]
	i := strings.IndexByte(head, ':')
	if wide := strings.Index(head, "："); wide >= 0 && (i < 0 || wide < i) {
		i = wide
	}
	if i <= 0 {
		return 0
	}
	key := strings.TrimFunc(head[:i], func(r rune) bool { return unicode.IsSpace(r) || r == '*' || r == '_' })
	return headerFields[strings.ToLower(key)]
}

// isSeparator reports one of the phrases between dashes.
func isSeparator(low string, phrases []string) bool {
	if len(low) > 120 || len(low) < 8 {
		return false
	}
	inner := strings.Trim(low, "* ")
	if inner == "" || inner[0] != '-' && inner[0] != '_' && inner[0] != '=' && !strings.HasPrefix(inner, "—") {
		return false // nearly every line
	}
	if strings.Count(low, "-")+strings.Count(low, "_")+strings.Count(low, "—") < 4 {
		return false
	}
	return hasPrefixOf(strings.Trim(inner, "-_=*— "), phrases)
}

// isRuledAttribution reports "---- On DATE NAME wrote ----", which Zoho writes.
func isRuledAttribution(low string) bool {
	return strings.HasPrefix(low, "--") && strings.HasSuffix(low, "--") && len(low) < maxAttribution &&
		hasAny(low, attributionVerbs) && (strings.Contains(low, "@") || hasYear(low))
}

// forwards finds the line with which programs begin a message that is passed on; marks below it are part of it.
func (s *splitter) forwards() {
	for i := range s.lines {
		l := &s.lines[i]
		if l.depth > 0 || l.decided || !isSeparator(l.low, forwardedMessages) && !hasPrefixOf(l.low, forwardedBegins) {
			continue
		}
		if !s.top && !s.ownBefore(i) {
			s.alone = true
			return
		}
		s.mark(i, len(s.lines), Forwarded)
		return
	}
}

// pointsBelow reports own words before line n that send the reader to what follows.
func (s *splitter) pointsBelow(n int) bool {
	for i := range n {
		if s.lines[i].free() && hasAny(s.lines[i].low, pointers) {
			return true
		}
	}
	return false
}

func hasPrefixOf(s string, phrases []string) bool {
	for _, p := range phrases {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// subjectMarks reads the marks before a subject, behind a list's tag.
func subjectMarks(subject string) (forward, reply bool) {
	if strings.HasPrefix(subject, "[") {
		if _, rest, ok := strings.Cut(subject, "]"); ok {
			subject = strings.TrimSpace(rest)
		}
	}
	_, reply = Stem(subject, "")
	return hasPrefixOf(asciiLower(subject), []string{"fw:", "fwd:", "wg:", "tr:", "rv:", "pd:", "ymlaen:"}), reply
}
