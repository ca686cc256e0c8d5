package notice

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// width is how many letters a line of our own mail has at most.
const width = 76

// fill breaks a paragraph of our own words into lines.
func fill(s string) string { return fillTo(s, width) }

// fillTo is fill for lines of another width.
func fillTo(s string, width int) string {
	var b strings.Builder
	at := 0
	for _, w := range strings.Fields(s) {
		n := utf8.RuneCountInString(w)
		switch {
		case at == 0:
		case at+1+n > width:
			b.WriteByte('\n')
			at = 0
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(w)
		at += n
	}
	return b.String()
}

// columns sets words and what they do side by side, indented, so that no line is a command alone.
func columns(rows [][2]string) string {
	first := 0
	for _, r := range rows {
		first = max(first, utf8.RuneCountInString(r[0]))
	}
	var b strings.Builder
	for _, r := range rows {
		b.WriteString("  " + r[0] + strings.Repeat(" ", first-utf8.RuneCountInString(r[0])+3) + r[1] + "\n")
	}
	return b.String()
}

// quote marks every line of other people's text, at most most lines of it where most is not 0, and no more than fits into a
// mail.
func quote(text string, most int) string {
	text = strings.TrimRight(clean(text), "\n ")
	cut := ""
	if len(text) > mostShown {
		text, cut = strings.ToValidUTF8(text[:mostShown], ""), "[cut: the rest is kept here]"
	}
	var b strings.Builder
	n := 0
	for line := range strings.Lines(text) {
		if n++; most > 0 && n > most {
			cut = "..."
			break
		}
		for _, piece := range pieces(strings.TrimRight(line, "\n")) {
			b.WriteString(strings.TrimRight("> "+piece, " ") + "\n")
		}
	}
	if cut != "" {
		b.WriteString("> " + cut + "\n")
	}
	return b.String()
}

// longest is how many letters of a stranger's line stay together in a quote.
const longest = 400

// pieces breaks a line that no mail program would show: at a blank, where there is one in the second half of a piece.
func pieces(line string) (all []string) {
	for utf8.RuneCountInString(line) > longest {
		at := 0
		for range longest {
			_, size := utf8.DecodeRuneInString(line[at:])
			at += size
		}
		if blank := strings.LastIndexByte(line[:at], ' '); blank >= at/2 {
			at = blank + 1
		}
		all, line = append(all, line[:at]), line[at:]
	}
	return append(all, line)
}

// clean takes out of a stranger's text what hides or turns around what stands beside it, and leaves its lines.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case r == '\r', unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, text)
}

// pasted is a command that people paste, broken between its parts where it is too long for a line.
func pasted(parts ...string) string {
	lines := parts[:1:1]
	for _, p := range parts[1:] {
		last := &lines[len(lines)-1]
		if utf8.RuneCountInString(*last+" "+p) <= width {
			*last += " " + p
			continue
		}
		lines = append(lines, "  "+p)
	}
	return strings.Join(lines, " \\\n")
}

// fitted breaks lines that names and addresses have made too long for a mail, where there is a blank. What goes on stands below
// the beginning of the line, or below its second column. Quotes and commands stay whole.
func fitted(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		indent := strings.Repeat(" ", len(line)-len(strings.TrimLeft(line, " ")))
		if row := columnForm.FindStringSubmatchIndex(line); row != nil && row[2] < width/2 {
			indent = strings.Repeat(" ", utf8.RuneCountInString(line[:row[2]]))
		}
		for utf8.RuneCountInString(line) > maxColumns && !strings.HasPrefix(line, ">") && !strings.HasPrefix(line, "sencoforum ") {
			at := strings.LastIndexByte(line[:len(string([]rune(line)[:width]))], ' ')
			if at <= len(indent) {
				break
			}
			b.WriteString(strings.TrimRight(line[:at], " ") + "\n")
			line = indent + line[at+1:]
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// count is a number with its word.
func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%s %ss", thousands(n), word)
}

// thousands writes a number as people here do.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// capital makes the first letter of a sentence large, but leaves an address as it was written.
func capital(s string) string {
	if first, _, _ := strings.Cut(s, " "); strings.Contains(first, "@") {
		return s
	}
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// hm is a time of the day.
func hm(t time.Time) string { return t.Format("15:04") }

// soon is a time of the day and how far off it is, for what happens within the hour.
func soon(now, at time.Time) string {
	left := int((at.Sub(now) + time.Minute - 1) / time.Minute)
	if left < 1 {
		return "now"
	}
	return fmt.Sprintf("at %s (in %s)", hm(at), count(left, "minute"))
}

// lasting is a time that has passed, in the largest fitting unit.
func lasting(d time.Duration) string {
	switch {
	case d < time.Hour:
		return count(max(1, int(d/time.Minute)), "minute")
	case d < 48*time.Hour:
		return count(int(d/time.Hour), "hour")
	}
	return count(int(d/(24*time.Hour)), "day")
}

// read quotes what the robot understood of a reply, the first words of it.
func read(s string) string {
	return fmt.Sprintf("I read: %q", plainQuotes(shorten(s)))
}

// source says by what something was done: the words of a reply, or a page. Whoever did not do it hears of it by this.
func source(s string, web bool) string {
	if web {
		return fill("You did this on the web. Was it not you? Write to the other moderators at once.")
	}
	return read(s)
}
