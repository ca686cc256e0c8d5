package search

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of a vocabulary.
const (
	maxEntries  = 2000
	maxForms    = 30  // of an entry, of each kind
	maxForm     = 120 // characters
	maxWords    = 12  // of a form
	maxSentence = 300 // characters
	maxFaults   = 20
)

// removed stands for the sentence of an entry that is to be taken away.
const removed = "\x00"

// faults gathers what is wrong with a file, so that all of it can be put right at once.
type faults struct {
	all  Faults
	more int
}

func (f *faults) add(line int, format string, args ...any) {
	if len(f.all) >= maxFaults {
		f.more++
		return
	}
	f.all = append(f.all, Fault{Line: line, Problem: fmt.Sprintf(format, args...)})
}

func (f *faults) err() error {
	if f.more > 0 {
		return append(f.all, Fault{Problem: fmt.Sprintf("and %d more", f.more)})
	}
	if len(f.all) == 0 {
		return nil
	}
	return f.all
}

// entryReader reads a vocabulary. An entry is some lines without an empty line between them: the first is its name, the
// others are a word, a colon, and what it says. A line that begins with a space belongs to the one above. Lines that begin
// with # are for people only.
type entryReader struct {
	faults faults
	all    []*Entry
	names  map[string]int // line of each entry
	now    *Entry
	seen   map[string]bool // words of this entry that were there
}

func parseEntries(text string) ([]*Entry, error) {
	r := entryReader{names: map[string]int{}}
	if !utf8.ValidString(text) {
		return nil, Faults{{Problem: "the file is no UTF-8 text; save it as plain text, UTF-8"}}
	}
	number := 0
	at, held := 0, "" // a line that may go on
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		number++
		line = strings.TrimRight(line, " \t\r\n")
		switch {
		case strings.HasPrefix(line, "#"):
		case line != "" && (line[0] == ' ' || line[0] == '\t') && held != "":
			held += " " + strings.TrimSpace(line)
		default:
			r.line(at, held)
			at, held = number, strings.TrimSpace(line)
			if line == "" {
				r.end()
			}
		}
	}
	r.line(at, held)
	r.end()
	return r.all, r.faults.err()
}

// line reads one line of an entry.
func (r *entryReader) line(at int, line string) {
	if line == "" {
		return
	}
	for _, c := range line {
		if !unicode.IsGraphic(c) && c != '\t' {
			r.faults.add(at, "the character %U, which nobody sees, stands here; delete it", c)
			return
		}
	}
	if r.now == nil {
		r.begin(at, line)
		return
	}
	word, rest, ok := strings.Cut(line, ":")
	word, rest = strings.ToLower(strings.TrimSpace(word)), strings.TrimSpace(rest)
	switch {
	case !ok:
		r.faults.add(at, "%q has no colon; an empty line ends an entry", cut(line, 40))
	case r.seen[word]:
		r.faults.add(at, "the entry %q has %s: twice; put a semicolon between two values", r.now.Name, word)
	case rest == "":
		r.faults.add(at, "nothing stands behind %s:; write something, or take the line away", word)
	default:
		r.seen[word] = true
		r.value(at, word, rest)
	}
}

// begin reads the name of an entry.
func (r *entryReader) begin(at int, name string) {
	r.now, r.seen = &Entry{Name: name, Line: at}, map[string]bool{}
	key := formKey(name)
	switch {
	case strings.Contains(name, ":"):
		r.faults.add(at, "an entry begins with its name, on a line without a colon: %q", cut(name, 40))
	case r.names[key] != 0:
		r.faults.add(at, "%q is an entry already, at line %d; put the two together", name, r.names[key])
	case len(r.all) >= maxEntries:
		r.faults.add(at, "more than %d entries; take some away", maxEntries)
	default:
		r.form(at, name)
	}
	if r.names[key] == 0 {
		r.names[key] = at
	}
}

// value reads what stands behind a word.
func (r *entryReader) value(at int, word, rest string) {
	e := r.now
	switch word {
	case "full":
		e.Full = r.form(at, rest)
	case "short":
		e.Short = r.formList(at, rest)
	case "also":
		e.Also = r.formList(at, rest)
	case "kinds":
		e.Kinds = r.formList(at, rest)
	case "loose":
		e.Loose = r.formList(at, rest)
	case "was":
		e.Was = r.formList(at, rest)
	case "near":
		e.Near = r.formList(at, rest)
	case "not":
		e.Not = r.formList(at, rest)
	case "used":
		var ok bool
		if e.From, e.Until, ok = years(rest); !ok {
			r.faults.add(at, "the years %q; write them like 1983-2014, until 2014 or since 2014", rest)
		}
	case "nation":
		e.Nation = rest
		if utf8.RuneCountInString(rest) > maxForm {
			r.faults.add(at, "the nation is too long; write a name such as Wales")
		}
	case "means":
		e.Means = rest
		if n := utf8.RuneCountInString(rest); n > maxSentence {
			r.faults.add(at, "the sentence has %d characters; write at most %d", n, maxSentence)
		}
	case "remove":
		if e.Means = removed; strings.ToLower(rest) != "yes" {
			r.faults.add(at, "write remove: yes, or leave the line out")
		}
	default:
		r.faults.add(at, "%q is no word of a vocabulary; there are full, short, also, kinds, loose, was, near, not, used, nation, means and remove", cut(word, 20))
	}
}

// end ends an entry.
func (r *entryReader) end() {
	if r.now == nil {
		return
	}
	if r.now.Means == "" {
		r.faults.add(r.now.Line, "the entry %q has no sentence; add means:", r.now.Name)
	}
	r.all = append(r.all, r.now)
	r.now = nil
}

func (r *entryReader) formList(at int, list string) []string {
	var all []string
	for f := range strings.SplitSeq(list, ";") {
		if f = strings.TrimSpace(f); f != "" {
			all = append(all, r.form(at, f))
		}
	}
	if len(all) > maxForms {
		r.faults.add(at, "%d values; write at most %d", len(all), maxForms)
	}
	return all
}

// form checks one name.
func (r *entryReader) form(at int, f string) string {
	switch words := strings.Fields(formKey(f)); {
	case len(words) == 0:
		r.faults.add(at, "%q has no letters; write a name", f)
	case len(words) > maxWords, utf8.RuneCountInString(f) > maxForm:
		r.faults.add(at, "%q is too long; a name has at most %d words and %d characters", cut(f, 40), maxWords, maxForm)
	}
	return f
}

// years reads "1983-2014", "until 2014", "since 2014" and "2014-".
func years(s string) (from, until int, ok bool) {
	s = strings.ToLower(strings.ReplaceAll(s, "–", "-"))
	var a, b string
	if last, ok := strings.CutPrefix(s, "until "); ok {
		b = last
	} else if first, ok := strings.CutPrefix(s, "since "); ok {
		a = first
	} else if a, b, ok = strings.Cut(s, "-"); !ok {
		return 0, 0, false
	}
	from, ok1 := aYear(a)
	until, ok2 := aYear(b)
	return from, until, ok1 && ok2 && from+until > 0 && (until == 0 || from <= until)
}

func aYear(s string) (int, bool) {
	if s = strings.TrimSpace(s); s == "" {
		return 0, true
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 1800 && n <= 2100
}

// cut shortens words of strangers for an error.
func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "..."
	}
	return s
}
