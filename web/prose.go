package web

import (
	"fmt"
	"html/template"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"sencoforum/message"
)

// A piece is a part of a post's text: shown, or folded behind a line that says what it is.
type piece struct {
	Fold  string // what stands on the fold, such as "Show quoted text (6 lines)"; empty: shown
	Open  bool
	Class string
	HTML  template.HTML
}

// piecesOf makes the text of a post fit to read: the own words and what they point to are shown, all else is folded. Nothing
// of it is markup, whoever wrote it. say writes its own words.
func piecesOf(words message.Words, open bool, say writer) (all []piece) {
	for _, s := range words.Segments {
		text := strings.Trim(s.Text, "\n")
		if strings.TrimSpace(text) == "" {
			continue
		}
		lines := plural(strings.Count(text, "\n")+1, "line", "lines")
		p := piece{Open: open}
		write := writer(template.HTMLEscapeString)
		switch s.Kind {
		case message.Own:
			write = say
		case message.Forwarded:
			p.Class = "forwarded"
			text = hideAddresses(text)
		case message.Quoted:
			p.Fold, p.Class = "Show quoted text ("+lines+")", "quote"
			text = hideAddresses(unquote(text))
		case message.Signature:
			p.Fold, p.Class = "Show signature", "quote sign"
		default:
			p.Fold, p.Class = fmt.Sprintf("Show small print (%s)", lines), "quote sign"
		}
		p.HTML = prose(text, write)
		all = append(all, p)
	}
	return all
}

// unquote takes one level of quote marks away: the fold says already that it is quoted.
func unquote(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimPrefix(line, ">")
		b.WriteString(strings.TrimPrefix(line, " "))
	}
	return b.String()
}

// anAddress is a mail address as it stands in text.
var anAddress = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[\pL\pN._%+'-]+@[\pL\pN-]+(?:\.[\pL\pN-]+)+`)
})

// hideAddresses takes mail addresses out of what a post repeats of others: their writers did not put them there for everybody.
func hideAddresses(text string) string {
	if !strings.Contains(text, "@") { // to look for more takes longer than to write the page
		return text
	}
	text = anAddress().ReplaceAllString(text, "[address]")
	return strings.NewReplacer("<mailto:[address]>", "", "<[address]>", "", "[mailto:[address]]", "", "([address])", "").Replace(text)
}

// aLink is an address of the web; what may end a sentence does not belong to it.
var aLink = regexp.MustCompile(`https?://[^\s<>"'\x60{}|\\^]+[^\s<>"'\x60{}|\\^.,;:!?)\]]`)

// filled is from how many letters on a line counts as one that a program broke.
const filled = 58

// proseOf is prose in which nothing is explained.
func proseOf(text string) template.HTML { return prose(text, template.HTMLEscapeString) }

// prose writes plain text as paragraphs. Lines that a program broke at its margin are put together again; others stay lines.
func prose(text string, write writer) template.HTML {
	var b strings.Builder
	for _, para := range strings.Split(visible(text), "\n\n") {
		para = strings.Trim(para, "\n")
		if strings.TrimSpace(para) == "" {
			continue
		}
		lines := strings.Split(para, "\n")
		b.WriteString("<p>")
		for i, line := range lines {
			line = strings.TrimRight(line, " \t")
			b.WriteString(linked(strings.TrimLeft(line, " \t"), write))
			switch {
			case i == len(lines)-1:
			case utf8.RuneCountInString(line) >= filled && !startsItem(lines[i+1]):
				b.WriteString("\n")
			default:
				b.WriteString("<br>")
			}
		}
		b.WriteString("</p>\n")
	}
	return template.HTML(b.String())
}

// visible takes out what nobody sees and what turns the order of letters round.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f:
			return -1
		}
		return r
	}, text)
}

// startsItem reports a line that begins a point of a list.
func startsItem(line string) bool {
	line = strings.TrimSpace(line)
	if line == "" {
		return true
	}
	if strings.ContainsRune("-*•·–>", []rune(line)[0]) {
		return true
	}
	rest := strings.TrimLeft(line, "0123456789")
	return len(rest) < len(line) && len(line)-len(rest) <= 2 && rest != "" && (rest[0] == '.' || rest[0] == ')')
}

// linked writes a line and makes links of the addresses of the web in it. They say where they lead.
func linked(line string, write writer) string {
	if !strings.Contains(line, "://") { // to look for more takes longer than to write it
		return write(line)
	}
	var b strings.Builder
	at := 0
	for _, m := range aLink.FindAllStringIndex(line, -1) {
		url := line[m[0]:m[1]]
		b.WriteString(write(line[at:m[0]]))
		fmt.Fprintf(&b, `<a href="%s" rel="noreferrer nofollow ugc">%s</a>`, template.HTMLEscapeString(url), template.HTMLEscapeString(url))
		at = m[1]
	}
	b.WriteString(write(line[at:]))
	return b.String()
}

// excerpt is the beginning of own words in one line, cut at a word. A greeting on a line of its own says nothing about a
// question.
func excerpt(own string, most int) string {
	own = strings.TrimSpace(visible(own))
	if first, rest, more := strings.Cut(own, "\n"); more && isGreeting(strings.TrimSpace(first)) {
		own = rest
	}
	var b strings.Builder
	for _, w := range strings.Fields(own) {
		if utf8.RuneCountInString(b.String())+utf8.RuneCountInString(w) >= most {
			return strings.TrimRight(b.String(), " ,.;:–-") + " …"
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w)
	}
	return b.String()
}

// greeting is how long a line may be that greets.
const greeting = 40

func isGreeting(line string) bool {
	return len(line) <= greeting && (strings.HasSuffix(line, ",") || !strings.Contains(line, " "))
}
