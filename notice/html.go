package notice

import (
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxHTML is how many bytes the page of a mail has at most; a longer one is left out.
const maxHTML = 20 << 10

// The page around a text: one column, letters that can be read without glasses, dark where the reader's screen is dark, nothing
// from elsewhere.
const (
	pageStart = `<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>`
	pageBody = `</title>
<style>@media(prefers-color-scheme:dark){body,.bg{background:#16191f!important}.tx{color:#e9e4d8!important}.mu{color:#b5b9c2!important}` +
		`a{color:#8ec5ff!important;border-color:#8ec5ff!important}}</style></head>
<body class="bg" style="margin:0;padding:0;background:#fdfaf2"><div lang="en-GB" class="tx" style="max-width:640px;margin:0 auto;padding:20px 16px;` +
		`font-family:Verdana,Arial,sans-serif;font-size:17px;line-height:27px;color:#1d2129;text-align:left;overflow-wrap:break-word">
`
	pageEnd = "</div></body></html>\n"

	linkStyle   = `style="color:#0a4a8f"`
	buttonStyle = `style="color:#0a4a8f;display:inline-block;padding:8px 16px;margin:2px 0;border:2px solid #0a4a8f;border-radius:6px;` +
		`font-weight:bold;text-decoration:none"`
)

// pressable are words that may be answered as they are, without anything behind them. Where a text offers one, the page has a
// button that begins an answer with that word in it.
var pressable = []string{
	"yes", "never", "cancel", "everyone", "send anyway", "remove attachments", "join", "leave", "resume", "every", "questions", "daily", "weekly", "none", "ack off",
}

var (
	offerForm  = regexp.MustCompile(`(?i)\b(reply(?: with)?:? )(` + strings.Join(pressable, "|") + `)([.,]?(?:\s|$))`)
	pageForm   = regexp.MustCompile(`^([A-Za-z," ]+: )?(https?://\S+)$`)
	offersForm = regexp.MustCompile(`(?i)reply with one (?:line|of these lines)[^:]*:$`)
	onlyForm   = regexp.MustCompile(`^only \pL+$`) // the one whose name stands in the mail
	cellForm   = regexp.MustCompile(` {2,}`)
)

// html is a text as a page: the same words in the same order, so that it reads the same when it is quoted as text. It is empty
// where the page would have nothing to press, or be too long. What is set apart or in quotes is somebody else's and never a link.
func (p page) html(text string) string {
	w := pageWriter{page: p, ours: regexp.MustCompile(regexp.QuoteMeta(p.list.Name) + `[a-z0-9+_-]*@` + regexp.QuoteMeta(p.list.Domain))}
	for par := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		w.paragraph(strings.Trim(par, "\n"))
	}
	out := pageStart + html.EscapeString(p.subject) + pageBody + w.b.String() + pageEnd
	if !w.pressed || len(out) > maxHTML {
		return ""
	}
	return out
}

// pageWriter writes the paragraphs of a page.
type pageWriter struct {
	page
	ours     *regexp.Regexp // addresses of the list
	b        strings.Builder
	pressed  bool // something can be pressed
	offering bool // the last paragraph offers the words of the next one
}

func (w *pageWriter) paragraph(par string) {
	class := ""
	if strings.HasPrefix(par, ">") || strings.HasPrefix(par, "-----") {
		class = `class="mu" `
	} else if strings.HasPrefix(par, "  ") {
		class = `class="in" `
	}
	style := "margin:0 0 16px"
	if class != "" {
		style += ";padding-left:16px"
	}
	w.b.WriteString("<p " + class + `style="` + style + `">`)
	last := ""
	for i, line := range slices.Collect(strings.SplitSeq(par, "\n")) {
		switch {
		case i == 0:
		case flows(last, line):
			w.b.WriteString(" ")
		default:
			w.b.WriteString("<br>\n")
		}
		w.line(line)
		last = line
	}
	w.b.WriteString("</p>\n")
	w.offering = offersForm.MatchString(strings.Join(strings.Fields(par), " "))
}

// flows reports that a line is broken for want of room, and goes on in the next.
func flows(line, next string) bool {
	if strings.HasPrefix(next, "          ") { // below the second column
		return true
	}
	first, _, _ := strings.Cut(next, " ")
	return !cellForm.MatchString(line+"\n"+next) && !strings.HasPrefix(line, ">") && !strings.HasPrefix(next, ">") &&
		utf8.RuneCountInString(line)+1+utf8.RuneCountInString(first) > 66
}

// line writes a line, cell by cell where it has columns.
func (w *pageWriter) line(line string) {
	apart := strings.HasPrefix(line, " ")
	cells := cellForm.Split(strings.TrimSpace(line), -1)
	switch {
	case strings.HasPrefix(line, ">"), apart && len(cells) == 1:
		w.b.WriteString(html.EscapeString(strings.TrimSpace(line)))
	case len(cells) == 1:
		w.own(line)
	default:
		for i, c := range cells {
			w.cell(i, c, apart)
		}
	}
}

// cell writes the words of a row, which come first and then in each second place, and what they do.
func (w *pageWriter) cell(i int, text string, apart bool) {
	switch {
	case i == 0:
	case i%2 == 0 && apart:
		w.b.WriteString("<br>\n")
	default:
		w.b.WriteString(" &nbsp;")
	}
	switch {
	case i == 0 && w.offering && (slices.Contains(pressable, text) || onlyForm.MatchString(text)):
		w.button(text)
	case i%2 == 0 && (apart || text == strings.ToUpper(text)):
		w.b.WriteString("<b>" + html.EscapeString(text) + "</b>")
	default:
		w.own(text)
	}
}

// own writes a line of ours with what can be pressed in it.
func (w *pageWriter) own(line string) {
	if m := pageForm.FindStringSubmatch(line); m != nil {
		w.b.WriteString(html.EscapeString(m[1]))
		w.link(m[2], m[2], linkStyle)
		return
	}
	for line != "" {
		quoted := strings.IndexByte(line, '"')
		mine := line
		if quoted >= 0 {
			mine = line[:quoted]
		}
		w.words(mine)
		if quoted < 0 {
			return
		}
		end := strings.IndexByte(line[quoted+1:], '"')
		if end < 0 {
			end = len(line) - quoted - 2
		}
		w.b.WriteString(html.EscapeString(line[quoted : quoted+end+2]))
		line = line[quoted+end+2:]
	}
}

// words writes words of ours: those that are offered as buttons, addresses of the list as links.
func (w *pageWriter) words(text string) {
	for text != "" {
		offer := offerForm.FindStringSubmatchIndex(text)
		if offer == nil {
			w.addresses(text)
			return
		}
		w.addresses(text[:offer[3]])
		w.button(text[offer[4]:offer[5]])
		text = text[offer[5]:]
	}
}

func (w *pageWriter) addresses(text string) {
	for {
		at := w.ours.FindStringIndex(text)
		if at == nil {
			w.b.WriteString(html.EscapeString(text))
			return
		}
		w.b.WriteString(html.EscapeString(text[:at[0]]))
		w.link(mailto(text[at[0]:at[1]], "", ""), text[at[0]:at[1]], linkStyle)
		text = text[at[1]:]
	}
}

func (w *pageWriter) button(word string) {
	w.link(mailto(w.answer.String(), "Re: "+shorten(w.subject), word), word, buttonStyle)
}

func (w *pageWriter) link(to, text, style string) {
	w.pressed = true
	w.b.WriteString(`<a href="` + html.EscapeString(to) + `" ` + style + `>` + html.EscapeString(text) + `</a>`)
}

// mailto is the address of a letter that is begun with a subject and a body (RFC 6068). A plus is escaped, because some webmail
// takes it for a space.
func mailto(address, subject, body string) string {
	to := "mailto:" + strings.ReplaceAll(address, "+", "%2B")
	if body == "" {
		return to
	}
	escape := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
	return to + "?subject=" + escape(subject) + "&body=" + escape(body)
}
