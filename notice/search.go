package notice

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"sencoforum/message"
)

// Found answers somebody who searched by email: one page of discussions.
type Found struct {
	Words     string   // that were looked for
	Typed     string   // what was typed, where it was corrected; else empty
	Total     int      // discussions in all
	AtLeast   bool     // there may be more than Total
	From      int      // the number of the first one on this page, from 1
	Hits      []Hit    // on this page
	More      bool     // there are others behind them
	Also      []string // what was looked for besides
	Why       []string // sentences on what changed its name
	Remarks   []string // sentences about the search itself: a date that could not be read, an answer that is not whole
	Suggested string   // words that would have found something; empty: none
	Members   int      // of the list, for those who find nothing
	Token     string   // for the answer
	Read      string
}

// A Hit is a discussion that was found.
type Hit struct {
	Subject string
	Author  string // of the post that fits best
	Written time.Time
	Posts   int
	Loose   bool   // it has most of the words, and Total does not count it
	Era     string // the sentence about law that changed since; empty: none
	Snippet string // words around those that were looked for, at most SnippetWidth characters
}

// Compose returns the mail.
func (n Found) Compose(t To) (Mail, error) {
	about := plainQuotes(cmp.Or(shorten(n.Words), "everything"))
	if len(n.Hits) == 0 {
		return t.robotAt(kindFound, n.Token, "Nothing found about: "+about, n.nothing(t))
	}
	total := count(n.Total, "discussion")
	if n.AtLeast {
		total = "More than " + total
	}
	first := "To read a whole discussion, reply with its number: get " + fmt.Sprint(n.From)
	if n.More {
		first = "To read one, reply with its number: get " + fmt.Sprint(n.From) + ". For the next ones: more"
	}
	first += "\n" + followIt
	return t.robotAt(kindFound, n.Token, total+" about: "+about, paragraphs(n.corrected(), first, n.also(), n.remarks(), n.list()+n.eras(),
		fill("Not found? Ask the forum: "+t.List.Post().String()), iRead(n.Read)))
}

// followIt offers to follow a search.
const followIt = "For an email when there is something new, reply: follow"

func (n Found) nothing(t To) string {
	ask := "Not found? Ask the forum: " + t.List.Post().String()
	if n.Members > 1 {
		ask += ". " + capital(count(n.Members, "colleague")) + " read it."
	}
	suggested := ""
	if n.Suggested != "" {
		suggested = fill("Did you mean \"" + plainQuotes(n.Suggested) + "\"? Reply: search " + n.Suggested)
	}
	return paragraphs("I found no discussion about \""+plainQuotes(shorten(n.Words))+"\".", n.corrected(), n.also(), n.remarks(), suggested, fill(ask), followIt,
		"Fewer words find more. These work too: from:Priya, year:2015,\nafter:2020, has:file, -word, \"words together\"", iRead(n.Read))
}

// corrected says openly that something else was looked for than what was typed.
func (n Found) corrected() string {
	if n.Typed == "" {
		return ""
	}
	return fill("I looked for \"" + plainQuotes(shorten(n.Words)) + "\". For \"" + plainQuotes(shorten(n.Typed)) + "\" alone, put it in quotes.")
}

func (n Found) also() string {
	if len(n.Also) == 0 {
		return ""
	}
	all := []string{fill("I also looked for: " + plainQuotes(strings.Join(n.Also, ", ")) + ".")}
	for _, why := range n.Why[:min(len(n.Why), mostWhy)] {
		all = append(all, fill(plainQuotes(why)))
	}
	return strings.Join(all, "\n")
}

// mostWhy bounds what is said of words that changed, so that a page of a mail stays short.
const mostWhy = 2

func (n Found) remarks() string {
	var all []string
	for _, r := range n.Remarks {
		all = append(all, fill(r))
	}
	return strings.Join(all, "\n")
}

// SnippetWidth is how many characters of a snippet stand in its line.
const SnippetWidth = 50

// text is a hit in two lines below its number: what it is about, and words of it.
func (h Hit) text(number int) string {
	first := fmt.Sprintf("%d. ", number)
	about := fmt.Sprintf(" (%s, %d)", count(h.Posts, "message"), h.Written.Year())
	line := first + cutTo(cmp.Or(shorten(h.Subject), "(no subject)"), width-len(first)-len(about)) + about + "\n"
	says := cutTo(cmp.Or(shorten(h.Author), "Somebody"), width-len(first)-SnippetWidth-2)
	if snippet := shorten(h.Snippet); snippet != "" {
		says += ": " + cutTo(snippet, SnippetWidth)
	}
	return line + strings.Repeat(" ", len(first)) + says + "\n"
}

// hanging breaks a text into lines, those after the first indented, with a line end behind.
func hanging(text, indent string) string {
	return strings.ReplaceAll(fillTo(text, width-len(indent)), "\n", "\n"+indent) + "\n"
}

// cutTo shortens a text to so many characters, at the end of a word where one is near.
func cutTo(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	r = r[:most-2]
	for at := len(r) - 1; at > len(r)/2; at-- {
		if r[at] == ' ' {
			r = r[:at]
			break
		}
	}
	return strings.TrimRight(string(r), " …") + " …"
}

// list is the hits, with a line before those that have most of the words, where others have all.
func (n Found) list() string {
	var b strings.Builder
	for i, h := range n.Hits {
		if h.Loose && (i == 0 || !n.Hits[i-1].Loose) {
			if i > 0 {
				b.WriteByte('\n')
			}
			b.WriteString("With most of the words:\n")
		}
		b.WriteString(h.text(n.From + i))
	}
	return b.String()
}

// eras says of which hits the law has changed since, each change in a line.
func (n Found) eras() string {
	var says []string
	which := map[string][]string{}
	for i, h := range n.Hits {
		if h.Era == "" {
			continue
		}
		if which[h.Era] == nil {
			says = append(says, h.Era)
		}
		which[h.Era] = append(which[h.Era], fmt.Sprint(n.From+i))
	}
	for i, era := range says {
		says[i] = fill("Number " + strings.Join(which[era], ", ") + ": " + shorten(era))
	}
	return strings.Join(says, "\n")
}

// A WholeThread is a discussion as one mail.
type WholeThread struct {
	Subject string
	Number  uint32
	Posts   []ThreadPost
	Link    string // its page; empty: there are no pages
	Token   string // for the answer; empty: the robot's address
	Read    string
	Most    int // bytes of the text; 0: as many as such a mail has
}

// A ThreadPost is a post as somebody reads it by email: own words alone.
type ThreadPost struct {
	Number  uint32
	Author  string
	Written time.Time
	Text    string
	Files   []string
	Era     string // the sentence about law that changed since
}

// maxThread bounds the text of a discussion in a mail, in bytes.
const maxThread = 190 << 10

// Compose returns the mail, which has at most 200 KB.
func (n WholeThread) Compose(t To) (Mail, error) {
	var b strings.Builder
	b.WriteString(n.head())
	said, era := 0, ""
	for i, p := range n.Posts {
		text := p.text(i+1, len(n.Posts), p.Era != era)
		if b.Len()+len(text) > cmp.Or(n.Most, maxThread) {
			break
		}
		b.WriteString("\n" + text)
		era = p.Era
		said++
	}
	if left := len(n.Posts) - said; left > 0 {
		b.WriteString("\n" + fill(fmt.Sprintf("[%s more: an email from me holds no more than 200 KB. To read one, reply with its number: get #%d]",
			capital(count(left, "message")), n.Posts[said].Number)) + "\n")
	}
	subject := fmt.Sprintf("The whole discussion: %s #%d", inQuotes(n.Subject), n.Number)
	text := paragraphs(b.String(), iRead(n.Read))
	if n.Token != "" {
		return t.robotAt(kindDiscussion, n.Token, subject, text)
	}
	return t.compose(kindDiscussion, subject, message.Mailbox{}, text)
}

func (n WholeThread) head() string {
	what := count(len(n.Posts), "message")
	if len(n.Posts) > 1 {
		what += ", the oldest first"
	}
	what += ". Only what each person wrote is shown, not what they quoted."
	return paragraphs(fill(what), n.Link)
}

// text is a post below a line that says whose it is.
func (p ThreadPost) text(number, of int, newEra bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "---------- %d of %d ----------\n", number, of)
	b.WriteString(fill(cmp.Or(shorten(p.Author), "somebody")+", "+day(p.Written)+", "+hm(p.Written)+fmt.Sprintf(", #%d", p.Number)) + "\n")
	if p.Era != "" && newEra {
		b.WriteString(fill("Note: "+p.Era) + "\n")
	}
	b.WriteByte('\n')
	for line := range strings.Lines(strings.TrimSpace(clean(p.Text))) {
		if line = strings.TrimRight(line, "\n "); len(line) > width {
			line = fill(line)
		}
		b.WriteString(line + "\n")
	}
	if len(p.Files) > 0 {
		b.WriteString("\n" + fill("Files: "+strings.Join(p.Files, ", ")) + "\n")
	}
	return b.String()
}

// NoThread answers somebody who asked for a discussion that is not there for them.
type NoThread struct {
	Asked string // as it was written
	Token string
	Read  string
}

// Compose returns the mail.
func (n NoThread) Compose(t To) (Mail, error) {
	text := paragraphs(fill("I found no discussion for \""+plainQuotes(shorten(n.Asked))+"\". It may have been removed, or the number is another one."),
		"To look for something, reply: search WORDS\nTo read a discussion, reply with its number: get #48213", iRead(n.Read))
	if n.Token != "" {
		return t.robotAt(kindNoDiscussion, n.Token, "Nothing found: "+plainQuotes(shorten(n.Asked)), text)
	}
	return t.compose(kindNoDiscussion, "Nothing found: "+plainQuotes(shorten(n.Asked)), message.Mailbox{}, text)
}
