package message

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind is what a piece of a message's text is to a reader.
type Kind int

// The kinds. Only Own and Forwarded are shown without being asked for; the others are folded, never deleted.
const (
	Own        Kind = iota // written by the author for this message
	Quoted                 // of an earlier message, with the line that says whose it is
	Forwarded              // a message of somebody else that the own words point to
	Signature              // name, position, school; a phone's advertisement
	Disclaimer             // confidentiality, company lines, data protection
	Banner                 // a mail system's warning about outside senders
	Footer                 // added by a list or by a virus scanner on the way
)

// String returns the name of the kind in lower case.
func (k Kind) String() string {
	switch k {
	case Own:
		return "own"
	case Quoted:
		return "quoted"
	case Forwarded:
		return "forwarded"
	case Signature:
		return "signature"
	case Disclaimer:
		return "disclaimer"
	case Banner:
		return "banner"
	case Footer:
		return "footer"
	}
	return "unknown"
}

// Segment is a run of lines of one kind.
type Segment struct {
	Kind Kind
	Text string // as it stands in the text, line ends included
}

// Words are the readable text of a message by its kinds.
type Words struct {
	Segments []Segment // cover the text whole and in order; neighbours differ in kind
	Own      string    // the own words alone, an empty line between pieces; all of the text where nothing else is left
}

// Words splits what Text returns. A subject that says "Fwd" makes the message below the own words a forwarded one. Plain
// text is judged by its words alone, HTML also by the marks that mail programs leave in it.
func (m *Message) Words() Words {
	text, hints := m.readable()
	s := splitter{text: text, hints: hints, author: m.authorName()}
	s.forward, s.reply = subjectMarks(m.Subject())
	segments := s.split()
	return Words{Segments: segments, Own: OwnWords(segments)}
}

// authorName returns the display name in From in lower case.
func (m *Message) authorName() string {
	from, _ := m.From()
	return strings.ToLower(strings.Join(strings.Fields(from.Name), " "))
}

// Split cuts text with LF line ends into segments that cover it whole, in order. It takes time in proportion to the
// size. Where nothing would be own, everything is.
func Split(text string) []Segment {
	s := splitter{text: text}
	return s.split()
}

// OwnWords joins the own segments, without empty lines at their ends and with one between them.
func OwnWords(segments []Segment) string {
	var b strings.Builder
	for _, s := range segments {
		if piece := strings.Trim(s.Text, "\n"); s.Kind == Own && piece != "" {
			if b.Len() > 0 {
				b.WriteString("\n\n")
			}
			b.WriteString(piece)
		}
	}
	return b.String()
}

// splitter finds the kinds of the lines of one text. Each step decides about lines that no step before it decided.
type splitter struct {
	text    string
	hints   []hint // what the structure of HTML says, in order
	forward bool   // the subject says that the message below is forwarded
	reply   bool   // the subject says that this is a reply

	low   string // the text that is judged, its ASCII letters in lower case
	lines []textLine
	found uint // the sets of noticeMatcher that have a phrase anywhere, so that most steps are skipped for most texts
	first int  // no own words stand before this line, see ownBefore
	alone bool // the message is nothing but one that is passed on
	top   bool // only what stands above the first quote is asked for, see Reply

	author string // the display name in From, in lower case; "" where it is not known
}

// textLine is a line, or the piece of one before or after a tag in brackets.
type textLine struct {
	text    string // whole, with its line end
	bare    string // without spaces at both ends and without quote marks
	low     string // bare, its ASCII letters in lower case, with ordinary spaces
	depth   int    // of quote marks
	kind    Kind
	decided bool
}

func (l *textLine) blank() bool { return l.bare == "" && l.depth == 0 }

// free reports a line with words about which nothing is decided yet.
func (l *textLine) free() bool { return !l.decided && l.bare != "" }

func (s *splitter) split() []Segment {
	if s.text == "" {
		return nil
	}
	s.judge()
	if !s.hasOwn() {
		return []Segment{{Own, s.text}}
	}
	return s.segments()
}

// judge decides the lines, step by step.
func (s *splitter) judge() {
	s.low = asciiLower(s.text[:min(len(s.text), maxSplit)])
	s.found = noticeMatcher().in(s.low)
	s.cut()
	s.useHints()
	s.banners()
	s.forwards()
	s.quotes()
	s.attributions()
	s.headers()
	s.footers()
	s.disclaimers()
	s.signatures()
}

// What is judged of a text. The rest is of the kind of the last line that is.
const (
	maxSplitLines = 20000
	maxSplit      = 2 << 20 // octets
)

// cut makes the lines, and cuts a tag in brackets off the first words.
func (s *splitter) cut() {
	s.lines = make([]textLine, 0, min(strings.Count(s.low, "\n"), maxSplitLines)+2)
	begun, pos := false, 0
	for line := range strings.Lines(s.text[:len(s.low)]) {
		if len(s.lines) >= maxSplitLines {
			return
		}
		if !begun && strings.TrimSpace(line) != "" {
			begun = true
			if tag, rest, ok := cutTag(line); ok {
				s.add(tag, pos)
				line, pos = rest, pos+len(tag)
			}
		}
		s.add(line, pos)
		pos += len(line)
	}
}

// add adds the line that begins at an octet of the text.
func (s *splitter) add(line string, pos int) {
	depth, rest := quoteMark(line)
	rest = trimLeft(rest)
	pos += len(line) - len(rest)
	bare := strings.TrimSpace(rest)
	low := s.low[pos : pos+len(bare)]
	if strings.Contains(low, "\u00a0") {
		low = strings.ReplaceAll(low, "\u00a0", " ")
	}
	s.lines = append(s.lines, textLine{text: line, bare: bare, low: low, depth: depth})
}

// trimLeft cuts white space off the beginning.
func trimLeft(s string) string {
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f':
		case c < utf8.RuneSelf:
			return s[i:]
		default:
			return strings.TrimLeftFunc(s[i:], unicode.IsSpace)
		}
	}
	return ""
}

// mark decides the lines from one number up to and without another; those decided before stay.
func (s *splitter) mark(from, to int, kind Kind) {
	for i := from; i < to; i++ {
		if l := &s.lines[i]; !l.decided {
			l.kind, l.decided = kind, true
		}
	}
}

// hasOwn reports own words: a letter or a digit that is left.
func (s *splitter) hasOwn() bool {
	for i := range s.lines {
		if s.lines[i].kind == Own && hasLetters(s.lines[i].bare) {
			return true
		}
	}
	return false
}

// ownBefore reports words before line n about which nothing is decided. What is decided stays, so the search goes on
// where the last one ended.
func (s *splitter) ownBefore(n int) bool {
	for s.first < len(s.lines) && !(s.lines[s.first].free() && hasLetters(s.lines[s.first].bare)) {
		s.first++
	}
	return s.first < n
}

// segments joins lines of one kind. Empty lines belong to what stands before them.
func (s *splitter) segments() []Segment {
	var all []Segment
	pos, begin := 0, 0
	kind, known := Own, false
	for i := range s.lines {
		l := &s.lines[i]
		if !l.blank() && known && l.kind != kind {
			all = append(all, Segment{kind, s.text[begin:pos]})
			begin = pos
		}
		if !l.blank() {
			kind, known = l.kind, true
		}
		pos += len(l.text)
	}
	return append(all, Segment{kind, s.text[begin:]})
}

// next returns the number of the first line with words from n on, skipping at most gap empty ones, or -1.
func (s *splitter) next(n, gap int) int {
	for i := n; i < len(s.lines) && i <= n+gap; i++ {
		if !s.lines[i].blank() {
			return i
		}
	}
	return -1
}

// quoteMark counts the marks at the start of a line, which are ">", also with spaces between and with the initials of a
// writer before them, and returns what follows them.
func quoteMark(line string) (depth int, rest string) {
	rest = strings.TrimLeft(line, " \t")
	if len(line)-len(rest) > 4 {
		return 0, line
	}
	n := 0
	for n < len(rest) && n < 4 && rest[n] >= 'A' && rest[n] <= 'Z' {
		n++
	}
	if n > 0 && (n >= len(rest)-1 || rest[n] != '>' || !strings.ContainsAny(rest[n+1:n+2], " >\n")) {
		return 0, line
	}
	rest = rest[n:]
	for strings.HasPrefix(rest, ">") {
		depth++
		rest = rest[1:]
		if t := strings.TrimLeft(rest, " "); strings.HasPrefix(t, ">") {
			rest = t
		}
	}
	if depth == 0 {
		return 0, line
	}
	return depth, rest
}

// hasLetters reports something to read: a letter, a digit or a picture.
func hasLetters(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c) {
			return true
		}
		if c >= utf8.RuneSelf {
			s = s[i:]
			break
		}
	}
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.So, r) })
}

// isRule reports a line that is drawn: at least five of the same sign, or pairs of them.
func isRule(s string) bool {
	return len(s) >= 5 && strings.Trim(s, "-_=*#~+ ") == ""
}

// isDashes reports the line before a signature (RFC 3676 §4.3), however many of its spaces the way has left.
func isDashes(s string) bool { return s == "--" || s == "—" }
