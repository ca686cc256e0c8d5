package message

import (
	"html"
	"slices"
	"strconv"
	"strings"
)

// signatureLine stands before a footer; mail programs show what follows it as
// no part of the text (RFC 3676 §4.3).
const signatureLine = "-- "

// noteWidth is where lines that we add to a footer are broken.
const noteWidth = 76

// footer is what is added to the author's words, in the two forms that a
// message may have. Lines of text end with LF; html is ASCII.
type footer struct{ text, html string }

// newFooter makes the footer of one copy out of the list's own and the notes
// about this message. It is empty when there is nothing to say.
func newFooter(o BodyOptions, notes []string) footer {
	lines, own := footerLines(o.FooterText), strings.TrimSpace(crToLF(o.FooterHTML))
	switch {
	case own == "":
		own = htmlLines(lines)
	case len(lines) == 0:
		lines = footerLines(reduceHTML(own))
	}
	inner := []string{own}
	for _, note := range notes {
		lines = append(lines, wrap(note, noteWidth)...)
		inner = append(inner, htmlLines([]string{note}))
	}
	inner = slices.DeleteFunc(inner, func(s string) bool { return s == "" })
	var f footer
	if len(lines) > 0 {
		f.text = signatureLine + "\n" + strings.Join(lines, "\n") + "\n"
	}
	if len(inner) > 0 {
		f.html = asciiHTML(footerBlock + strings.Join(inner, "<br>\n") + "\n</div>\n")
	}
	return f
}

// footerBlock begins the footer in HTML.
const footerBlock = `<div class="list-footer" style="margin-top: 1.5em; padding-top: 0.5em; border-top: 1px solid #777; font-size: small">
`

// footerLines returns the lines of the list's footer, without a signature line
// of its own and without spaces at the ends, which format=flowed would
// read as "goes on".
func footerLines(text string) []string {
	var lines []string
	for line := range strings.SplitSeq(crToLF(text), "\n") {
		line = strings.TrimRight(line, " \t")
		if len(lines) == 0 && (line == "" || line == "--") {
			continue
		}
		lines = append(lines, line)
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// flowed returns the text for format=flowed: a line that begins with a space,
// a quote mark or "From " gets a space before it (RFC 3676 §4.4).
func (f footer) flowed() string {
	var b strings.Builder
	for line := range strings.Lines(f.text) {
		if line[0] == ' ' || line[0] == '>' || strings.HasPrefix(line, "From ") {
			b.WriteByte(' ')
		}
		b.WriteString(line)
	}
	return b.String()
}

// crToLF makes LF the only line end, and drops what no text may hold.
func crToLF(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r < ' ' && r != '\n' && r != '\t' || r == 0x7f:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// wrap breaks one line at its spaces. A word that is too long stays whole,
// since it may be a link.
func wrap(s string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		switch {
		case line == "":
			line = word
		case len(line)+1+len(word) > width:
			lines = append(lines, line)
			line = word
		default:
			line += " " + word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// htmlLines writes lines of text as HTML, with their web addresses as links.
func htmlLines(lines []string) string {
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteString("<br>\n")
		}
		for j, word := range strings.Split(line, " ") {
			if j > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(htmlWord(word))
		}
	}
	return b.String()
}

func htmlWord(word string) string {
	link := strings.TrimRight(strings.TrimLeft(word, "(<\""), ".,;:)>\"")
	if !strings.HasPrefix(link, "https://") && !strings.HasPrefix(link, "http://") {
		return html.EscapeString(word)
	}
	before, after, _ := strings.Cut(word, link)
	safe := html.EscapeString(link)
	return html.EscapeString(before) + `<a href="` + safe + `">` + safe + `</a>` + html.EscapeString(after)
}

// asciiHTML writes everything beyond ASCII as numbers, so that the HTML may
// stand in a part of any charset.
func asciiHTML(s string) string {
	if isASCII(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		b.WriteString("&#" + strconv.Itoa(int(r)) + ";")
	}
	return b.String()
}
