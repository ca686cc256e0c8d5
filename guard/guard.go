// Package guard looks for what may identify a pupil in a post before it is sent: numbers of pupils and patients, birth
// dates, plans and referrals with a child's name, class lists, and photos that say where they were taken.
//
// Look is a function of values: no store, no clock, no network. It reads at most MaxText octets of each text, in time
// proportional to their length. A finding says what kind, where and why in plain words. It never holds the characters
// themselves, only where they stand, so it may be logged and printed.
//
// The guard only reduces risk. Numbers with a check digit are found reliably; names are not, because no list of names is
// complete and a name is also a word, a place or a colleague. docs/safeguarding.md has what is searched, what is not, and
// figures.
package guard

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Input is a post as the guard reads it.
type Input struct {
	Subject string
	Own     string // the writer's words, with a signature if there is one
	Quoted  string // what the post quotes or passes on
	Files   []File

	Today time.Time // tells how old somebody born on a date is; zero: the age is not judged
}

// File is a file of a post.
type File struct {
	Name string
	Text string // cells of a sheet are parted by tabs, rows by line ends; "\f" and a name begin a sheet, a page or a slide
	Read bool   // Text is all there is to read; false gives a hint that nobody looked inside

	Place bool // a photo that says where it was taken
}

// Kind is what a finding is about.
type Kind string

// The kinds. FirstName, FullName and Unread are hints; all others hold a post.
const (
	UPN       Kind = "upn"       // Unique Pupil Number
	NHS       Kind = "nhs"       // NHS number
	ULN       Kind = "uln"       // Unique Learner Number
	NINO      Kind = "nino"      // National Insurance number
	Birth     Kind = "birth"     // birth date
	Plan      Kind = "plan"      // a plan, review or referral with a child's name
	Child     Kind = "child"     // the full name of a pupil beside a word that says so
	ClassList Kind = "classlist" // several children in a table
	Place     Kind = "place"     // a photo with a place
	FirstName Kind = "firstname" // a first name beside a school year
	FullName  Kind = "fullname"  // a full name, and nothing says whose
	Unread    Kind = "unread"    // a file, or the end of a long text, that was not searched
)

// Part is a part of a post.
type Part int

// The parts, in the order in which they are searched.
const (
	Subject Part = iota
	Own
	Quoted
	FileName
	FileText
)

// Where is a place in a post. It names files by number, since a name of a file may name a child.
type Where struct {
	Part  Part
	File  int // number of the file, from 1 on; 0 outside files
	Sheet int // number of the sheet, page or slide, from 1 on; 0 where there is none
	Line  int // line or row, from 1 on; 0 for a file as a whole
}

// String returns the place in words: "line 2", "file 1, sheet 2, row 4".
func (w Where) String() string {
	switch w.Part {
	case Subject:
		return "subject"
	case Own:
		return fmt.Sprintf("line %d", w.Line)
	case Quoted:
		return fmt.Sprintf("quoted text, line %d", w.Line)
	case FileName:
		return fmt.Sprintf("name of file %d", w.File)
	}
	switch {
	case w.Line == 0:
		return fmt.Sprintf("file %d", w.File)
	case w.Sheet > 0:
		return fmt.Sprintf("file %d, page or sheet %d, line %d", w.File, w.Sheet, w.Line)
	}
	return fmt.Sprintf("file %d, line %d", w.File, w.Line)
}

// Finding is one thing that may identify a pupil.
type Finding struct {
	Kind  Kind
	Where Where
	Hold  bool   // false is a hint, for the acknowledgement
	Why   string // a reason in plain words, which never holds the characters that were found

	Start, End int // octets of the text of Where, from Start up to and without End; both 0 for a file as a whole
}

// String returns kind, place and reason, and nothing of what was found.
func (f Finding) String() string {
	what := "hold"
	if !f.Hold {
		what = "hint"
	}
	return fmt.Sprintf("%s: %s (%s): %s", what, f.Kind, f.Where, f.Why)
}

// Bounds of one look.
const (
	MaxText     = 1 << 20 // octets of one text that are read; the rest gives a hint
	maxFindings = 2000    // for one text
	maxFiles    = 200
)

// Look returns everything in a post that may identify a pupil, in the order of the parts and of their text. Allow has the
// names that may stand anywhere, such as those of tests and laws.
func Look(in Input, allow Allow) []Finding {
	l := look{today: in.Today, allow: allow}
	l.text(Where{Part: Subject}, in.Subject)
	l.text(Where{Part: Own}, in.Own)
	l.text(Where{Part: Quoted}, in.Quoted)
	for i, f := range in.Files {
		if i == maxFiles {
			l.add(Finding{Kind: Unread, Where: Where{Part: FileText, File: i + 1}, Why: "there are more files than are searched"})
			break
		}
		l.file(i+1, f)
	}
	return l.found
}

// Holds reports whether a finding among them holds the post.
func Holds(found []Finding) bool {
	return slices.ContainsFunc(found, func(f Finding) bool { return f.Hold })
}

// In returns the findings of one text of a post, for Mask. File is 0 outside files.
func In(found []Finding, part Part, file int) []Finding {
	var here []Finding
	for _, f := range found {
		if f.Where.Part == part && f.Where.File == file {
			here = append(here, f)
		}
	}
	return here
}

// look gathers the findings of one post.
type look struct {
	today time.Time
	allow Allow
	found []Finding
}

func (l *look) add(f Finding) { l.found = append(l.found, f) }

func (l *look) file(number int, f File) {
	l.text(Where{Part: FileName, File: number}, f.Name)
	whole := Where{Part: FileText, File: number}
	if f.Place {
		l.add(Finding{Kind: Place, Where: whole, Hold: true, Why: "the photo says where it was taken"})
	}
	if !f.Read {
		l.add(Finding{Kind: Unread, Where: whole, Why: "its text could not be read, so nobody has searched it"})
	}
	l.text(whole, f.Text)
}

// text searches one text and adds what it finds, in its order.
func (l *look) text(where Where, s string) {
	if s == "" {
		return
	}
	long := len(s) > MaxText
	if long {
		s = s[:MaxText]
	}
	d := newDoc(s, where.Part, l.today, l.allow)
	d.search()
	slices.SortStableFunc(d.found, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	lines := lineCounter{text: s, line: 1}
	for i, f := range d.found {
		if i == maxFindings {
			break
		}
		at := where
		start, end := d.original(f.start, f.end)
		lines.to(start)
		if at.Part != Subject && at.Part != FileName {
			at.Sheet, at.Line = lines.sheet, max(1, lines.line)
		}
		l.add(Finding{Kind: f.kind, Where: at, Hold: f.kind != FirstName && f.kind != FullName && !f.hint, Why: f.why, Start: start, End: end})
	}
	if long {
		l.add(Finding{Kind: Unread, Where: where, Why: "the text is longer than what is searched"})
	}
}

// lineCounter turns rising offsets into lines, and sheets where the text has any.
type lineCounter struct {
	text            string
	at, line, sheet int
}

// to moves on to an offset. The line that begins a sheet is line 0 of it.
func (c *lineCounter) to(offset int) {
	for ; c.at < offset; c.at++ {
		switch c.text[c.at] {
		case '\n':
			c.line++
		case '\f':
			c.sheet++
			c.line = 0
		}
	}
}
