package digest

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// width is how many letters a line of the text has at most, but for an address.
const width = 76

// Text is an issue as plain text. It says all that its page says.
func (c Content) Text() string {
	var b strings.Builder
	date := c.At.Format("Monday 2 January 2006")
	b.WriteString(fill("", strings.ToUpper(c.Title+" "+c.kind())+" - "+date))
	b.WriteString(fill("", "This email has "+c.amount()+"."))
	b.WriteString(fill("", "It takes about "+number(c.minutes(), "minute")+" to read."))
	for _, line := range c.intro() {
		b.WriteString("\n" + fill("", line))
	}
	b.WriteString("\nIN THIS EMAIL\n")
	n := 0
	for p := Help; p <= Notices; p++ {
		if all, left := c.part(p); len(all) > 0 {
			n++
			fmt.Fprintf(&b, "  %d. %s (%s)\n", n, c.head(p), inside(p, len(all)+left))
		}
	}
	n = 0
	for p := Help; p <= Notices; p++ {
		if all, left := c.part(p); len(all) > 0 {
			n++
			fmt.Fprintf(&b, "\n%s\n%d. %s\n", strings.Repeat("-", 60), n, strings.ToUpper(c.head(p)))
			for _, e := range all {
				b.WriteString("\n" + e.text())
			}
			if left > 0 {
				b.WriteString("\n" + fill("", fmt.Sprintf("And %s more.", number(left, "discussion"))))
			}
		}
	}
	b.WriteString(c.textWords())
	b.WriteString("\n" + strings.Repeat("-", 60) + "\n")
	for _, line := range c.foot() {
		b.WriteString(fill("", line))
	}
	if c.Web != "" {
		b.WriteString("Read in the archive: " + c.Web + "/\n")
	}
	if c.Leave != "" && !c.Last {
		b.WriteString("Or leave on this page:\n" + c.Leave + "\n")
	}
	return b.String()
}

// amount says how much is in an issue.
func (c Content) amount() string {
	s := number(len(c.Entries), "discussion")
	if c.Messages > 0 {
		s += ", " + number(c.Messages, "message")
	}
	return s
}

// text is a discussion as plain text.
func (e Entry) text() string {
	var b strings.Builder
	b.WriteString(fill("* ", e.Subject))
	if e.Part != Help {
		b.WriteString(fill("  ", e.about(", ")))
	}
	if e.Closes != "" {
		b.WriteString(fill("  ", "Closes "+e.Closes+"."))
	}
	if e.Asks != "" {
		b.WriteString(fill("  ", e.asked()))
	}
	if e.Says != "" {
		b.WriteString(fill("  ", e.first()+" \""+e.Says+"\""))
	}
	if e.Era != "" {
		b.WriteString(fill("  ", e.Era))
	}
	b.WriteString("  Answer, to everyone:\n  " + e.Answer.String() + "\n")
	if !e.Private.IsZero() {
		b.WriteString("  Write only to " + e.asker() + ":\n  " + e.Private.String() + "\n")
	}
	if e.Link != "" {
		b.WriteString("  Read: " + e.Link + "\n")
	}
	return b.String()
}

func (e Entry) asker() string {
	if e.Asker == "" {
		return "the writer"
	}
	return e.Asker
}

// asked is what a discussion asks, with who does.
func (e Entry) asked() string {
	if e.Asker == "" {
		return e.Asks
	}
	return e.Asker + ": " + e.Asks
}

// first says whose the first reply is.
func (e Entry) first() string {
	if e.Replier == "" {
		return "First reply:"
	}
	return "First reply, from " + e.Replier + ":"
}

// textWords explains letters that stand for words.
func (c Content) textWords() string {
	if len(c.Words) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s\nIN FULL\n\n", strings.Repeat("-", 60))
	for _, w := range c.Words {
		b.WriteString(fill("  ", w.Letters+": "+w.Words))
	}
	return b.String()
}

// farewell tells a member why they get this one.
func (c Content) farewell() string {
	return "This is your last " + c.kind() + " email, with what has come since the one before, so that you miss nothing."
}

// intro says what is unlike other issues, and what the list says in all of them.
func (c Content) intro() (lines []string) {
	switch {
	case c.Last:
		lines = append(lines, c.farewell())
	case !c.Since.IsZero():
		lines = append(lines, "It has all that has come since the one of "+c.Since.Format("2 January")+".")
	}
	if c.Own != "" {
		lines = append(lines, c.Own)
	}
	return lines
}

// foot is what stands below an issue.
func (c Content) foot() []string {
	lines := []string{}
	if c.Joined > 0 {
		lines = append(lines, "Welcome to "+number(c.Joined, "new member")+".", "")
	}
	if c.Summer != "" {
		lines = append(lines, c.Summer, "")
	}
	lines = append(lines, "Replies to this email come to us, not to the forum.")
	switch {
	case c.Asked:
		lines = append(lines, fmt.Sprintf("This one copy was sent to you alone. What you get of %s otherwise stays as it is.", c.Title),
			"Reply with one word: questions, daily, weekly, every, pause or leave.")
	case !c.Last:
		other := "daily"
		if c.Kind == Daily {
			other = "weekly"
		}
		lines = append(lines, fmt.Sprintf("You get it because you are a member of %s and chose the %s email.", c.Title, c.kind()),
			"Reply with one word: questions, "+other+", every, pause or leave.")
	}
	return lines
}

// fill breaks a paragraph into lines, the first with a mark before it. An empty one is an empty line, or nothing below a mark.
func fill(mark, text string) string {
	words := strings.Fields(text)
	if len(words) == 0 {
		if mark == "" {
			return "\n"
		}
		return ""
	}
	var b strings.Builder
	b.WriteString(mark)
	at := len(mark)
	for i, w := range words {
		n := utf8.RuneCountInString(w)
		switch {
		case i == 0:
		case at+1+n > width:
			b.WriteString("\n" + strings.Repeat(" ", len(mark)))
			at = len(mark)
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(w)
		at += n
	}
	b.WriteByte('\n')
	return b.String()
}
