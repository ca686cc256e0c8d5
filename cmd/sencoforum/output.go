package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
	"unicode/utf8"

	"sencoforum/calendar"
)

// show prints v as JSON with --json, else what words writes. It is written at once, so that what goes through the
// control socket is not cut into single words.
func (o *rootOptions) show(v any, words func(t *text)) error {
	var b bytes.Buffer
	if o.json {
		e := json.NewEncoder(&b)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			return fmt.Errorf("write JSON: %w", err)
		}
	} else {
		words(newText(&b))
	}
	if _, err := o.out.Write(b.Bytes()); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// text gathers sentences and tables for people.
type text struct {
	to *bytes.Buffer
}

func newText(to *bytes.Buffer) *text { return &text{to: to} }

// say writes a line.
func (t *text) say(format string, args ...any) {
	fmt.Fprintln(t.to, visible(fmt.Sprintf(format, args...)))
}

// lineWidth is how wide a paragraph gets, in characters.
const lineWidth = 100

// paragraph writes words after a label, broken into lines that stand below each other. A word is never broken.
func (t *text) paragraph(label, words string) {
	line, space := label, ""
	for word := range strings.FieldsSeq(visible(words)) {
		if space != "" && utf8.RuneCountInString(line+space+word) > lineWidth {
			t.to.WriteString(line + "\n")
			line, space = strings.Repeat(" ", utf8.RuneCountInString(label)), ""
		}
		line, space = line+space+word, " "
	}
	t.to.WriteString(line + "\n")
}

// rows writes aligned columns under a heading; nothing when there are no rows.
func (t *text) rows(heading []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	if len(heading) > 0 {
		rows = append([][]string{heading}, rows...)
	}
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				fmt.Fprint(w, "\t")
			}
			fmt.Fprint(w, visible(cell))
		}
		fmt.Fprintln(w)
	}
	w.Flush()
	for line := range strings.Lines(b.String()) {
		t.to.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
}

// visible makes words of strangers harmless for a terminal: nothing in them moves the cursor or hides.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return ' '
		case unicode.IsGraphic(r):
			return r
		}
		return unicode.ReplacementChar
	}, s)
}

// plural is a number with its word, for example "1 member" or "1,204 members".
func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s + " " + word + "s"
}

// moment is a time as people in Britain read it; a dash for none.
func moment(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(calendar.London()).Format("2 Jan 2006 15:04")
}

// day is a date as people in Britain read it; a dash for none.
func day(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(calendar.London()).Format("2 Jan 2006")
}

// orDash is a word, or a dash for none.
func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
