package search

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"sencoforum/archive"
)

// Parse reads what somebody typed: the words that Help shows, and everything else as words to look for. It never fails:
// what means nothing is left out, and a note says so where people would wonder. Days are those of London, and now says
// which "last year" is. The result can be printed (String) and read again.
func Parse(text string, now time.Time) Query {
	p := newParser(now)
	p.q.Typed = p.clean(text, MaxText)
	p.read(p.q.Typed)
	return p.finish()
}

// A Form is a search as a page sends it: what was typed, and what was chosen beside it. Choices mean what the operators of
// their names mean; of each there may be several.
type Form struct {
	Typed string              // the parameter q
	Also  map[string][]string // when, topic, list, has, is, from, sort, only, by these names; others are not looked at
}

// ParseForm reads what was typed and what was chosen.
func ParseForm(f Form, now time.Time) Query {
	p := newParser(now)
	p.q.Typed = p.clean(f.Typed, MaxText)
	p.read(p.q.Typed)
	for _, name := range []string{"when", "topic", "list", "has", "is", "from", "sort", "only"} {
		values := f.Also[name]
		for _, v := range values[:min(len(values), MaxTerms)] {
			if v = strings.ReplaceAll(p.clean(v, MaxText/2), `"`, " "); strings.TrimSpace(v) != "" {
				op := p.operator(name)
				op.read(p, value{op: op, words: strings.TrimSpace(v), quoted: true})
			}
		}
	}
	return p.finish()
}

// lastThing is what was read last, for an OR behind it.
type lastThing uint8

const (
	lastNothing lastThing = iota
	lastClause
	lastTopic
	lastList
)

// A parser is one reading of one text.
type parser struct {
	q         Query
	now       time.Time
	operators []Operator

	rest    string
	or      bool // an OR waits for what comes
	last    lastThing
	in      Field
	terms   int
	dropped bool // terms were left out, or filters
}

func newParser(now time.Time) *parser { return &parser{now: now, operators: Operators()} }

func (p *parser) note(k NoteKind, format string, args ...any) {
	n := Note{k, fmt.Sprintf(format, args...)}
	if len(p.q.Notes) < 2*MaxTerms && !slices.Contains(p.q.Notes, n) {
		p.q.Notes = append(p.q.Notes, n)
	}
}

var sameMarks = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "″", `"`, "’", "'", "‘", "'", "ʼ", "'", "–", "-", "—", "-", "−", "-", "‐", "-", "‑", "-")

// clean makes one line of valid UTF-8 with plain quotes and dashes, of at most so many characters.
func (p *parser) clean(text string, most int) string {
	cut := len(text) > 8*most
	text = strings.ToValidUTF8(text[:min(len(text), 8*most)], " ")
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r):
			return -1
		case unicode.IsSpace(r) || !unicode.IsGraphic(r):
			return ' '
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(sameMarks.Replace(text)), " ")
	if utf8.RuneCountInString(text) > most {
		cut = true
		text = string([]rune(text)[:most])
		if at := strings.LastIndexByte(text, ' '); at > 0 {
			text = text[:at]
		}
	}
	if cut {
		p.note(NoteTooLong, "That was long. I looked at the first %d characters.", most)
	}
	return strings.TrimSpace(text)
}

// gaps separate words and say nothing.
const gaps = " ()[]{},;"

// read goes through a text.
func (p *parser) read(text string) {
	p.rest = text
	for {
		p.rest = strings.TrimLeft(p.rest, gaps)
		if p.rest == "" {
			break
		}
		if p.rest[0] == '|' {
			p.rest, p.or = p.rest[1:], p.last != lastNothing
			continue
		}
		before := len(p.rest)
		p.item()
		if len(p.rest) >= before { // never: each item is at least a byte
			break
		}
	}
	p.or = false
}

// item reads one thing: a word, a phrase, an operator, a number or a link, with or without a minus.
func (p *parser) item() {
	not, exact := false, false
	for p.rest != "" && (p.rest[0] == '-' || p.rest[0] == '+') {
		not, exact = p.rest[0] == '-', p.rest[0] == '+'
		p.rest = p.rest[1:]
	}
	if p.rest == "" || strings.IndexByte(gaps, p.rest[0]) >= 0 {
		return
	}
	switch p.rest[0] {
	case '"':
		p.phrase(not)
		return
	case '<':
		if p.messageID(not) {
			return
		}
	}
	chunk := p.chunk()
	switch name, rest, colon := strings.Cut(chunk, ":"); {
	case chunk == "":
		p.rest = p.rest[1:] // a mark on its own
	case chunk == "OR" && !not:
		p.or = p.last != lastNothing
	case chunk == "AND" && !not:
	case chunk == "NOT" && !not && strings.TrimLeft(p.rest, gaps) != "":
		p.rest = "-" + strings.TrimLeft(p.rest, gaps+"-+")
		p.item()
	case p.isPlace(chunk, not):
	case colon && p.operator(strings.ToLower(name)) != nil:
		p.rest = rest + p.rest
		p.operand(p.operator(strings.ToLower(name)), not)
	default:
		p.words(chunk, not, exact)
	}
}

// chunk takes what stands up to the next space or mark. A link is taken whole.
func (p *parser) chunk() string {
	marks := `"|<` + gaps
	if isLink(p.rest) {
		marks = ` "<>`
	}
	at := strings.IndexAny(p.rest, marks)
	if at < 0 {
		at = len(p.rest)
	}
	chunk := p.rest[:at]
	p.rest = p.rest[at:]
	return chunk
}

// phrase reads what stands in quotes. Without a second quote the first means nothing.
func (p *parser) phrase(not bool) {
	inside, rest, closed := strings.Cut(p.rest[1:], `"`)
	p.rest = p.rest[1:]
	if !closed {
		if strings.TrimSpace(inside) != "" {
			p.note(NoteIgnored, `I found only one quote mark, so I looked for the words one by one.`)
		}
		if not {
			p.rest = "-" + strings.TrimLeft(p.rest, gaps+"-+")
		}
		return
	}
	p.rest = rest
	if words := wordsOf(inside); len(words) > 0 {
		p.term(Term{Words: words, Phrase: true}, not, p.takeOr())
	}
}

// messageID reads <id@host>.
func (p *parser) messageID(not bool) bool {
	inside, rest, closed := strings.Cut(p.rest[1:], ">")
	if !closed || !isMessageID(inside) {
		return false
	}
	op := p.operator("id")
	p.rest = rest
	p.use(value{op: op, words: inside, not: not})
	return true
}

// isPlace reads #48213 and the link of a post or discussion.
func (p *parser) isPlace(chunk string, not bool) bool {
	if chunk[0] != '#' && !isLink(chunk) {
		return false
	}
	_, _, ok := placeOf(chunk)
	if ok {
		p.use(value{op: p.operator("id"), words: chunk, not: not})
	}
	return ok
}

// operand reads what stands behind the colon of an operator.
func (p *parser) operand(op *Operator, not bool) {
	spaced := strings.HasPrefix(p.rest, " ")
	p.rest = strings.TrimLeft(p.rest, " ")
	v := value{op: op, not: not}
	if inside, rest, closed := strings.Cut(strings.TrimPrefix(p.rest, `"`), `"`); strings.HasPrefix(p.rest, `"`) && closed {
		v.words, v.quoted, p.rest = strings.TrimSpace(inside), true, rest
	} else {
		at := strings.IndexAny(p.rest, ` "|`)
		if at < 0 {
			at = len(p.rest)
		}
		v.words, p.rest = strings.TrimRight(p.rest[:at], gaps+".!?"), p.rest[at:]
		if op.period {
			p.longer(&v)
		}
	}
	switch {
	case strings.Trim(v.words, gaps) == "":
		p.note(NoteIgnored, "I left out %s: as nothing stands behind it. Write it like %s.", op.Name, op.Example)
	case spaced && !p.readable(v):
		p.words(op.Name, not, false) // a sentence with a colon
		p.words(v.words, false, false)
	default:
		p.use(v)
	}
}

// longer takes more words into a date while they make one: after:2 September 2014.
func (p *parser) longer(v *value) {
	all := v.words
	words, rest := v.words, p.rest
	for range 7 {
		next := strings.TrimLeft(rest, " ")
		at := strings.IndexAny(next, ` "|:`)
		if at < 0 {
			at = len(next)
		}
		if at == 0 || len(next) == len(rest) || at < len(next) && next[at] == ':' {
			break
		}
		all, rest = all+" "+strings.TrimRight(next[:at], gaps), next[at:]
		if _, ok := p.period(all); ok {
			words, p.rest = all, rest
		}
	}
	v.words = words
}

// readable reports whether the value of an operator with a space behind its colon makes sense; else it is a sentence.
func (p *parser) readable(v value) bool {
	if v.op.period {
		_, ok := p.period(v.words)
		return ok
	}
	if len(v.op.Values) > 0 {
		w := strings.ToLower(v.words)
		return slices.Contains(v.op.Values, w) || valueNames[w] != ""
	}
	if _, _, ok := placeOf(v.words); v.op.Name == "id" || v.op.Name == "thread" {
		return ok
	}
	return true
}

// use does what an operator says.
func (p *parser) use(v value) {
	v.or = p.takeOr()
	if v.or && (!v.op.ors || v.not) {
		p.note(NoteIgnored, "I left out OR before %s:, as all such conditions must be true.", v.op.Name)
		v.or = false
	}
	if !v.or {
		p.last = lastNothing
	}
	v.op.read(p, v)
}

// words adds the words of a chunk that is nothing else. Those with a slash between them are words on their own, others with
// a mark between them belong together.
func (p *parser) words(chunk string, not, exact bool) {
	for part := range strings.SplitSeq(chunk, "/") {
		if strings.TrimRight(part, gaps+".?!") == "1:1" {
			part = "1-1" // one word, as in one-to-one, and not two in quotes
		}
		if words := wordsOf(part); len(words) > 0 {
			plus := !not && !exact && len(words) == 1 && strings.HasSuffix(strings.TrimRight(part, gaps+".?!"), "+")
			p.term(Term{Words: words, Phrase: exact || len(words) > 1, Plus: plus}, not, p.takeOr())
		}
	}
}

// takeOr reports whether OR stood before this.
func (p *parser) takeOr() bool {
	or := p.or
	p.or = false
	return or
}

// term adds a term as a clause of its own, or to the last one behind OR.
func (p *parser) term(t Term, not, or bool) {
	t.Common = !not && t.isCommon()
	if or && (not || p.last != lastClause) {
		p.note(NoteIgnored, "I left out OR, as it can only stand between two words or two phrases.")
		or = false
	}
	if !t.Common || or {
		if p.terms++; p.terms > MaxTerms {
			p.dropped, p.last = true, lastNothing
			return
		}
	}
	if or {
		t.Common = false
		c := &p.q.Clauses[len(p.q.Clauses)-1]
		if c.Terms[0].Common {
			c.Terms[0].Common = false
			p.terms++
		}
		c.Terms = append(c.Terms, t)
		return
	}
	p.q.Clauses = append(p.q.Clauses, Clause{Not: not, Terms: []Term{t}})
	p.last = lastClause
	if not {
		p.last = lastNothing
	}
}

// between narrows the days. What ends behind all dates that can be read has no end.
func (p *parser) between(after, before time.Time) {
	f := &p.q.Filter
	if before.Year() > 2099 {
		before = time.Time{}
	}
	if after.After(f.After) {
		f.After = after
	}
	if !before.IsZero() && (f.Before.IsZero() || before.Before(f.Before)) {
		f.Before = before
	}
}

// wordsOf splits a text into words as Term keeps them.
func wordsOf(s string) []string {
	var words []string
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !inWord(r) && !strings.ContainsRune("-'.&", r) }) {
		if w = strings.TrimFunc(w, func(r rune) bool { return !inWord(r) }); w != "" {
			words = append(words, w)
		}
	}
	return words
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// isMessageID reports whether something may be a Message-ID without its brackets.
func isMessageID(s string) bool {
	at := strings.IndexByte(s, '@')
	return at > 0 && at < len(s)-1 && !strings.ContainsAny(s, ` <>"`)
}

// isLink reports whether a text begins with a web address or the path of a page.
func isLink(s string) bool {
	lower := strings.ToLower(s[:min(len(s), 8)])
	return strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://") || strings.HasPrefix(lower, "/m/") || strings.HasPrefix(lower, "/t/")
}

// placeOf reads the number of a post or discussion: 48213, #48213, /m/48213, or a link with /m/48213 or /t/48213 in it.
func placeOf(s string) (n archive.Number, thread, ok bool) {
	if n, ok := numberAt(strings.TrimPrefix(s, "#")); ok {
		return n, false, true
	}
	if !isLink(s) {
		return 0, false, false
	}
	path, _, _ := strings.Cut(s, "?")
	path, _, _ = strings.Cut(path, "#")
	parts := strings.Split(path, "/")
	for i := len(parts) - 2; i >= 0; i-- {
		if kind := strings.ToLower(parts[i]); kind == "m" || kind == "t" {
			digits := parts[i+1]
			if end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
				digits = digits[:end]
			}
			n, ok := numberAt(digits)
			return n, kind == "t", ok
		}
	}
	return 0, false, false
}

// numberAt reads the number of a post.
func numberAt(s string) (archive.Number, bool) {
	if strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 10, 32)
	return archive.Number(n), err == nil && n > 0
}
