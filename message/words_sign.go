package message

import (
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSignatureLines bounds a signature.
const maxSignatureLines = 25

// signatures decides the ends of each run of own words: what follows "-- ", a telephone's advertisement, and name,
// position, school and address as people in schools write them.
func (s *splitter) signatures() {
	for from, end := range s.runs() {
		end = s.phones(from, end)
		end = s.dashes(from, end)
		s.nameBlock(from, end)
	}
}

// phones decides advertisements of telephones in lines of their own, and returns the end of what stands above the last.
func (s *splitter) phones(from, end int) int {
	for i := end - 1; i >= from && i >= end-6; i-- {
		l := &s.lines[i]
		if !l.free() {
			continue
		}
		if !isPhoneLine(l.low) {
			return end
		}
		s.mark(i, end, Signature)
		end = i
	}
	return end
}

// isPhoneLine tells an advertisement from a sentence that begins as one.
func isPhoneLine(low string) bool {
	low = strings.TrimLeft(low, "-*_ ")
	if len(low) > 200 || !hasPrefixOf(low, phonePhrases) {
		return len(low) < 100 && hasAny(low, phoneExcuses)
	}
	if rest, ok := strings.CutPrefix(low, "sent from my "); ok {
		name, _, _ := strings.Cut(rest, ",")
		return len(rest) < 80 && strings.Count(rest, " ") < 8 && hasAny(name, phoneNames)
	}
	return strings.Count(low, " ") < 12
}

// dashes decides what follows the line "-- ", or a rule above a few short lines.
func (s *splitter) dashes(from, end int) int {
	for i := from; i < end; i++ {
		l := &s.lines[i]
		if !l.free() {
			continue
		}
		switch {
		case isDashes(l.bare):
			n := s.countFree(i+1, end, maxSignatureLines)
			if n > maxSignatureLines || n > 4 && !s.ownBefore(i) {
				continue
			}
		case !s.ruledSignature(i, end):
			continue
		}
		s.mark(i, end, Signature)
		return i
	}
	return end
}

// ruledSignature reports a rule in line i with a few short lines below it. Lines of dashes stand above many things, so
// they need more: something in the lines that signatures show.
func (s *splitter) ruledSignature(i, end int) bool {
	bare := s.lines[i].bare
	if bare != "---" && (!isRule(bare) || strings.Trim(bare, "_-") != "") {
		return false
	}
	n := s.countFree(i+1, end, 6)
	if n == 0 || n > 6 || !s.shortLines(i+1, end) {
		return false
	}
	return bare[0] == '_' || s.evidence(i+1, end) != 0
}

// shortLines reports lines that could all be of a signature.
func (s *splitter) shortLines(from, end int) bool {
	for i := from; i < end; i++ {
		l := &s.lines[i]
		if l.free() && (len(l.bare) > 70 || strings.HasSuffix(l.bare, "?") || isClosing(l.low)) {
			return false
		}
	}
	return true
}

// What a line of a signature can show.
const (
	showsPosition uint = 1 << iota
	showsPlace
	showsCall
	showsLink
	showsAddress
	showsDays
)

// nameBlock decides the block of name, position, school and address at the end of a run.
func (s *splitter) nameBlock(from, end int) {
	start, closing := s.candidate(from, end)
	if closing >= 0 {
		start = s.afterClosing(closing, end)
	} else {
		start = s.belowLetter(s.evidentStart(start, end), end)
	}
	if start < 0 || start >= end {
		return
	}
	shown := uint(0)
	for i := start; i < end; i++ {
		shown |= shows(&s.lines[i])
	}
	if closing < 0 && !s.begins(start, end) {
		return // "New SENCO in a primary school in Leeds" tells who somebody is
	}
	need := 2
	if closing >= 0 || s.isAuthor(start) || s.top && s.isNameLine(start) {
		need = 1
	}
	if bits.OnesCount(shown) >= need && s.ownBefore(start) {
		s.mark(start, end, Signature)
	}
}

// isAuthor reports a line that is the writer's whole name.
func (s *splitter) isAuthor(i int) bool {
	return strings.Contains(s.author, " ") && strings.ToLower(s.lines[i].bare) == s.author
}

// begins reports lines that may be a signature without a closing above them: they begin with a whole name, or show more than
// positions and places.
func (s *splitter) begins(from, end int) bool {
	return s.isNameLine(from) || s.isAuthor(from) || s.evidence(from, end)&^(showsPosition|showsPlace) != 0
}

// isNameLine reports a whole name, perhaps with a position behind a comma or a bar.
func (s *splitter) isNameLine(i int) bool {
	name := s.lines[i].bare
	if at := strings.IndexAny(name, ",|"); at > 0 {
		name = strings.TrimSpace(name[:at])
	}
	return isName(name) && !isFirstName(name) && signMatcher().in(asciiLower(name)) == 0
}

// belowLetter leaves the first paragraph of a block to the letter where nothing else would be, as an answer of one word looks
// like a name. What is left begins with a whole name, or is no block.
func (s *splitter) belowLetter(start, end int) int {
	if start < 0 || s.letterBefore(start) {
		return start
	}
	for start < end && s.lines[start].free() {
		start++
	}
	for start < end && !s.lines[start].free() {
		start++
	}
	if start < end && s.isNameLine(start) {
		return start
	}
	return -1
}

// letterBefore reports words before line n beside a greeting.
func (s *splitter) letterBefore(n int) bool {
	for i := s.first; i < n; i++ {
		l := &s.lines[i]
		_, more, _ := strings.Cut(l.low, ",")
		if l.free() && hasLetters(l.bare) && !(isGreeting(l.low) && more == "") {
			return true
		}
	}
	return false
}

// candidate goes up from the end of a run as long as lines could be of a signature. It returns the first of them, and
// the last line in it that ends the letter, or -1.
func (s *splitter) candidate(from, end int) (start, closing int) {
	closing = -1
	start = end
	for i, used := end-1, 0; i >= from && used < maxSignatureLines; i-- {
		l := &s.lines[i]
		if l.blank() {
			continue
		}
		if isClosing(l.low) {
			if closing < 0 && s.evidence(i+1, end) != 0 {
				closing = i
			}
		} else if !couldSign(l) {
			break
		}
		if closing >= 0 {
			return i, closing
		}
		start = i
		used++
	}
	if start > from && start < end && s.lines[start-1].free() { // the end of a paragraph of text
		for start < end && s.lines[start].free() {
			start++
		}
	}
	return start, closing
}

func (s *splitter) evidence(from, end int) (shown uint) {
	for i := from; i < end; i++ {
		shown |= shows(&s.lines[i])
	}
	return shown
}

// afterClosing returns where the block behind "Kind regards" begins: a first name alone belongs to the letter.
func (s *splitter) afterClosing(closing, end int) int {
	i := closing + 1
	for i < end && !s.lines[i].free() {
		i++
	}
	if i < end && isFirstName(s.lines[i].bare) && s.evidence(i+1, end) != 0 {
		i++
		for i < end && !s.lines[i].free() {
			i++
		}
	}
	return i
}

// evidentStart drops paragraphs from the top of a block as long as they show nothing of a signature and are no name.
func (s *splitter) evidentStart(start, end int) int {
	best := -1
	for last := end; last > start; {
		for last > start && !s.lines[last-1].free() {
			last--
		}
		first := last
		for first > start && s.lines[first-1].free() {
			first--
		}
		if first == last {
			break
		}
		if s.evidence(first, last) == 0 && !(best >= 0 && last-first == 1 && isName(s.lines[first].bare)) {
			break
		}
		whole := first
		for first < last && shows(&s.lines[first]) == 0 && !isName(s.lines[first].bare) {
			first++
		}
		if first > whole && (best >= 0 || !s.begins(first, last)) { // the end of a letter about a position
			break
		}
		best, last = first, first
		if s.isAuthor(first) || s.top && s.isNameLine(first) {
			break
		}
		if first > start && s.lines[first-1].free() {
			break
		}
	}
	return best
}

// couldSign reports a line that may stand in a signature: short, and no sentence.
func couldSign(l *textLine) bool {
	shown := shows(l)
	if shown&showsDays != 0 {
		return !strings.HasSuffix(l.bare, "?")
	}
	if isMotto(l.bare) {
		return true
	}
	if strings.HasPrefix(l.low, "i ") || strings.HasPrefix(l.low, "i'") || strings.Contains(l.bare, "?") || isGreeting(l.low) {
		return false
	}
	words := strings.Count(l.bare, " ") + 1
	if shown&^showsPosition != 0 {
		return words <= 18 && len(l.bare) <= 160 && !(strings.HasSuffix(l.bare, ".") && words > 9)
	}
	return words <= 9 && len(l.bare) <= 90 && !(strings.HasSuffix(l.bare, ".") && words > 4)
}

// isMotto reports one line between quotation marks, as some schools have below their address.
func isMotto(bare string) bool {
	return len(bare) > 4 && len(bare) < 160 && hasPrefixOf(bare, []string{`"`, "“", "‘"}) &&
		(strings.HasSuffix(bare, `"`) || strings.HasSuffix(bare, "”") || strings.HasSuffix(bare, "’"))
}

// shows returns what a line shows of a signature.
func shows(l *textLine) (what uint) {
	if l.bare == "" || len(l.bare) > 200 {
		return 0
	}
	what = signMatcher().in(l.low)
	if hasPrefixOf(l.low, callWords) || hasNumber(l.bare) {
		what |= showsCall
	}
	if strings.HasPrefix(l.low, "http") {
		what |= showsLink
	}
	if hasPostcode(l.bare) {
		what |= showsAddress
	}
	return what
}

// hasNumber reports nine digits or more with nothing but spaces and signs between them, as telephone numbers have.
func hasNumber(s string) bool {
	n := 0
	for i := range len(s) {
		switch c := s[i]; {
		case isDigit(c):
			if n++; n >= 9 {
				return true
			}
		case c == ' ' || c == '(' || c == ')' || c == '-' || c == '+' || c == '.':
		default:
			n = 0
		}
	}
	return false
}

// hasPostcode reports a British postcode in capitals: "RG1 4XX".
func hasPostcode(s string) bool {
	for i := 1; i+3 < len(s); i++ {
		if s[i] == ' ' && isDigit(s[i+1]) && isCapital(s[i+2]) && isCapital(s[i+3]) && (isDigit(s[i-1]) || isCapital(s[i-1])) {
			return i+4 == len(s) || s[i+4] == ' ' || s[i+4] == ',' || s[i+4] == '.'
		}
	}
	return false
}

func isCapital(c byte) bool { return c >= 'A' && c <= 'Z' }

// isClosing reports the line that ends a letter, also with the name behind a comma.
func isClosing(low string) bool {
	if len(low) > 60 {
		return false
	}
	head, name, _ := strings.Cut(low, ",")
	if strings.Count(strings.TrimSpace(name), " ") > 3 { // "TA, hoping to become a SENCO"
		return false
	}
	head = strings.TrimRight(head, "!.-–, x:)")
	for _, c := range closings {
		if head == c {
			return true
		}
	}
	return false
}

// isFirstName reports one word with a capital.
func isFirstName(bare string) bool {
	return !strings.Contains(bare, " ") && isName(bare) && utf8.RuneCountInString(bare) <= 14
}

// isName reports one to five words with capitals and nothing else.
func isName(bare string) bool {
	words := strings.Fields(strings.Trim(bare, ",.*_"))
	if len(words) == 0 || len(words) > 5 || len(bare) > 60 {
		return false
	}
	for _, w := range words {
		if r, _ := utf8.DecodeRuneInString(strings.TrimLeft(w, "(")); !unicode.IsUpper(r) {
			return false
		}
	}
	return true
}
