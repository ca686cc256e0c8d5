package main

import (
	"strings"
)

// page is a manual page in the making, in the language of man(7). cobra can make pages, too, but they bear the date of
// the day, show a switch as --json[=false], and have one command each.
type page struct {
	strings.Builder
}

func newPage(name string) *page {
	p := &page{}
	p.line(".TH " + roff(strings.ToUpper(name)) + ` 1 "" "sencoforum ` + roff(version) + `" "Mailing list server"`)
	p.line(".nh") // names of commands are not to be divided
	p.line(".ad l")
	return p
}

// line writes a line of roff as it is.
func (p *page) line(s string) { p.WriteString(s + "\n") }

func (p *page) section(title string) { p.line(".SH " + title) }

// part begins a part of a section.
func (p *page) part(title string) { p.line(".SS " + roff(title)) }

// text writes a paragraph, in which *words* between stars are bold.
func (p *page) text(s string) {
	p.line(".PP")
	p.line(bold(s))
}

// item writes a word and its explanation.
func (p *page) item(word, s string) {
	p.line(".TP")
	p.line(`\fB` + roff(word) + `\fR`)
	p.line(bold(s))
}

// literal writes lines as they stand, right below what is above them.
func (p *page) literal(s string) {
	p.line(".nf")
	for line := range strings.Lines(strings.TrimRight(s, "\n")) {
		p.line(roff(strings.TrimRight(line, "\n")))
	}
	p.line(".fi")
}

// prose writes the words of a help: lines of a paragraph run together, indented ones stay as they are.
func (p *page) prose(s string) {
	var words, fixed []string
	end := func() {
		if len(words) > 0 {
			p.text(plain(strings.Join(words, " ")))
		}
		if len(fixed) > 0 {
			p.line(".PP")
			p.literal(strings.Join(fixed, "\n"))
		}
		words, fixed = nil, nil
	}
	for line := range strings.SplitSeq(s, "\n") {
		indented := strings.HasPrefix(line, "  ")
		if line == "" || indented && len(words) > 0 || !indented && len(fixed) > 0 {
			end()
		}
		switch {
		case indented:
			fixed = append(fixed, line)
		case line != "":
			words = append(words, line)
		}
	}
	end()
}

// bold makes roff of words in which *some* are bold. A star behind a backslash is one.
func bold(s string) string {
	var out strings.Builder
	on := false
	for part := range strings.SplitSeq(strings.ReplaceAll(s, `\*`, "\x00"), "*") {
		if on {
			part = `\fB` + roff(part) + `\fR`
		} else {
			part = roff(part)
		}
		out.WriteString(part)
		on = !on
	}
	return roffLine(strings.ReplaceAll(out.String(), "\x00", "*"))
}

// plain keeps stars from making words bold.
func plain(s string) string { return strings.ReplaceAll(s, "*", `\*`) }

// roff makes what roff would read as its own into plain characters. A hyphen stays one that can be copied.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`).Replace(s)
	return roffLine(s)
}

// roffLine keeps a line from being read as a command.
func roffLine(s string) string {
	if strings.HasPrefix(s, ".") {
		return `\&` + s
	}
	return s
}
