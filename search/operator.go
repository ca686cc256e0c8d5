package search

import (
	"fmt"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/calendar"
)

// An Operator is a word with a colon that says more than the words alone: from:, before:, has:. The table of all is the
// only place that knows them: queries are read with it and the help is made of it.
type Operator struct {
	Name    string   // without the colon
	Also    []string // other names for it
	Values  []string // the only words it takes; empty: any
	Example string
	Help    string // what it does, as a sentence without a full stop

	period bool // its value may have several words
	ors    bool // OR before it means something
	read   func(p *parser, v value)
}

// A value is what stands behind the colon.
type value struct {
	op     *Operator
	words  string // without quotes, one line
	quoted bool
	not    bool // a minus stood before the operator
	or     bool // OR stood before it
}

// Operators returns the table in the order in which help shows it.
func Operators() []Operator {
	return []Operator{
		{Name: "from", Also: []string{"author"}, Example: "from:priya", Help: "Posts by a person", ors: true, read: inField(From)},
		{Name: "subject", Also: []string{"title"}, Example: "subject:tribunal", Help: "The word is in the subject", ors: true, read: inField(Subject)},
		{Name: "file", Also: []string{"attachment", "filename"}, Example: "file:policy", Help: "The word is in a file, or in its name", ors: true, read: inField(Files)},
		{Name: "topic", Also: []string{"tag"}, Example: "topic:exam-access", Help: "Discussions with a topic", ors: true, read: readTopic},
		{Name: "list", Example: "list:senco-forum", Help: "Posts on one list", ors: true, read: readList},
		{Name: "after", Also: []string{"since"}, Example: "after:2/9/2014", Help: "From that day on", period: true, read: readAfter},
		{Name: "before", Example: `before:"september 2014"`, Help: "Up to the day before", period: true, read: readBefore},
		{Name: "until", Also: []string{"till"}, Example: "until:2014", Help: "Up to the end of that day, month or year", period: true, read: readUntil},
		{Name: "year", Also: []string{"years"}, Example: "year:2014", Help: "One year, or years such as 2010-2014; 2014/15 is a school year", period: true, read: readWhen},
		{Name: "on", Also: []string{"when", "date"}, Example: `on:"autumn term 2019"`, Help: "One day, month, year or term", period: true, read: readWhen},
		{
			Name: "has", Also: []string{"contains"}, Values: []string{"file", "link", "answer"}, Example: "has:file",
			Help: "Posts with a file or a link; discussions with an answer", read: readFact,
		},
		{
			Name: "is", Values: []string{"question", "answered", "unanswered", "closed"}, Example: "is:unanswered",
			Help: "Questions; those with an answer or without one; closed discussions", read: readFact,
		},
		{
			Name: "in", Values: []string{"quotes", "subject", "files"}, Example: "statement in:quotes",
			Help: "Look for all words in quoted text too, or only in subjects or files", read: readIn,
		},
		{Name: "sort", Also: []string{"order"}, Values: []string{"best", "newest", "oldest"}, Example: "sort:newest", Help: "The order of the answers", read: readSort},
		{
			Name: "only", Values: []string{"my-words"}, Example: "statement only:my-words",
			Help: "Look for your words alone, not for others with the same meaning", read: readOnly,
		},
		{Name: "id", Also: []string{"post", "message-id"}, Example: "id:48213", Help: "One post by its number; #48213 and a link to it work too", read: readID},
		{Name: "thread", Also: []string{"discussion"}, Example: "thread:48213", Help: "One discussion by its number or link", read: readThread},
	}
}

// A HelpLine is one line of the help: what to type and what it does.
type HelpLine struct{ Type, Does string }

// Help returns the help for people who search, made of the table.
func Help() []HelpLine {
	lines := []HelpLine{
		{"dyslexia screening", "Both words are in the post"},
		{`"reading age"`, "These words beside each other, and nothing else that means the same"},
		{"-maths", "Without this word"},
		{"laptop OR tablet", "One of the two is enough"},
	}
	for _, o := range Operators() {
		line := HelpLine{o.Example, o.Help}
		if len(o.Values) > 1 {
			line.Does += fmt.Sprintf(" (%s: %s)", o.Name, strings.Join(o.Values, ", "))
		}
		lines = append(lines, line)
	}
	return lines
}

// operator finds an operator by any of its names.
func (p *parser) operator(name string) *Operator {
	for i := range p.operators {
		o := &p.operators[i]
		if o.Name == name {
			return o
		}
		for _, also := range o.Also {
			if also == name {
				return o
			}
		}
	}
	return nil
}

// valueNames are other names of the words that has:, is:, in:, sort: and only: take.
var valueNames = map[string]string{
	"attachment": "file", "attachments": "file", "files": "file", "links": "link", "answers": "answer",
	"questions": "question", "quote": "quotes", "quoted": "quotes", "subjects": "subject", "title": "subject",
	"new": "newest", "latest": "newest", "old": "oldest", "relevance": "best", "my words": "my-words", "words": "my-words",
}

var facts = map[string]Fact{
	"file": HasFile, "link": HasLink, "answer": IsAnswered,
	"question": IsQuestion, "answered": IsAnswered, "unanswered": IsUnanswered, "closed": IsClosed,
}

// choice returns which of its values an operator was given; empty, with a note, when it was none of them.
func (p *parser) choice(v value) string {
	w := strings.ToLower(v.words)
	for _, try := range []string{w, valueNames[w], valueNames[w] + "s"} {
		for _, known := range v.op.Values {
			if try == known {
				return known
			}
		}
	}
	p.note(NoteIgnored, "I left out %s:%s. It can be %s.", v.op.Name, v.words, orList(v.op.Values))
	return ""
}

func inField(f Field) func(*parser, value) {
	return func(p *parser, v value) {
		words := wordsOf(v.words)
		if len(words) == 0 {
			p.note(NoteIgnored, "I left out %s:%s. It has no word.", v.op.Name, v.words)
			return
		}
		p.term(Term{Field: f, Words: words, Phrase: v.quoted || len(words) > 1}, v.not, v.or)
	}
}

func readTopic(p *parser, v value) {
	slug := archive.Slug(v.words)
	f := &p.q.Filter
	switch {
	case slug == "":
		p.note(NoteIgnored, "I left out topic:%s. No topic has such a name.", v.words)
	case v.not:
		f.NotTopics = append(f.NotTopics, slug)
	case v.or && p.last == lastTopic:
		group := &f.Topics[len(f.Topics)-1]
		*group = append(*group, slug)
	default:
		f.Topics = append(f.Topics, []string{slug})
		p.last = lastTopic
	}
}

func readList(p *parser, v value) {
	name, _, _ := strings.Cut(strings.ToLower(v.words), "@")
	name = strings.Trim(name, " .")
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789._-+") != "" {
		p.note(NoteIgnored, "I left out list:%s. No list has such a name.", v.words)
		return
	}
	if v.not {
		p.q.Filter.NotLists = append(p.q.Filter.NotLists, name)
		return
	}
	p.q.Filter.Lists = append(p.q.Filter.Lists, name)
	p.last = lastList
}

// days reads the value of an operator of dates.
func (p *parser) days(v value) (calendar.Period, bool) {
	d, ok := p.period(v.words)
	switch {
	case !ok:
		p.note(NoteDate, "I could not read the date %q. Write it like 2/9/2014, September 2014 or 2014.", v.words)
	case v.not:
		p.note(NoteIgnored, "I left out -%s:%s. Use before: and after: instead.", v.op.Name, v.words)
	}
	return d, ok && !v.not
}

// period reads some days. Two figures alone are a year here.
func (p *parser) period(words string) (calendar.Period, bool) {
	if len(words) == 2 && strings.Trim(words, "0123456789") == "" {
		y, ok := calendar.ParsePeriod("january "+words, p.now)
		return calendar.Period{From: y.From, To: y.From.AddDate(1, 0, 0)}, ok
	}
	return calendar.ParsePeriod(words, p.now)
}

func readAfter(p *parser, v value) {
	if d, ok := p.days(v); ok {
		p.between(d.From, time.Time{})
	}
}

func readBefore(p *parser, v value) {
	if d, ok := p.days(v); ok {
		p.between(time.Time{}, d.From)
	}
}

func readUntil(p *parser, v value) {
	if d, ok := p.days(v); ok {
		p.between(time.Time{}, d.To)
	}
}

func readWhen(p *parser, v value) {
	if d, ok := p.days(v); ok {
		p.between(d.From, d.To)
	}
}

func readFact(p *parser, v value) {
	f := facts[p.choice(v)]
	if v.not {
		p.q.Filter.IsNot |= f
		return
	}
	p.q.Filter.Is |= f
}

func readIn(p *parser, v value) {
	switch w := p.choice(v); {
	case w == "":
	case v.not:
		p.note(NoteIgnored, "I left out -in:%s.", w)
	default:
		p.in = map[string]Field{"quotes": Quotes, "subject": Subject, "files": Files}[w]
	}
}

func readSort(p *parser, v value) {
	if w := p.choice(v); w != "" {
		p.q.Sort = map[string]Sort{"best": Best, "newest": Newest, "oldest": Oldest}[w]
	}
}

func readOnly(p *parser, v value) {
	if p.choice(v) != "" {
		p.q.Exact = !v.not
	}
}

func readID(p *parser, v value)     { p.place(v, false) }
func readThread(p *parser, v value) { p.place(v, true) }

// place reads the number, link or Message-ID of a post or a thread.
func (p *parser) place(v value, thread bool) {
	f := &p.q.Filter
	id := strings.Trim(v.words, "<>")
	switch n, isThread, ok := placeOf(v.words); {
	case v.not:
		p.note(NoteIgnored, "I left out -%s:%s.", v.op.Name, v.words)
	case ok && (thread || isThread):
		f.Threads = append(f.Threads, n)
	case ok:
		f.Posts = append(f.Posts, n)
	case isMessageID(id):
		f.MessageIDs = append(f.MessageIDs, id)
	default:
		p.note(NoteIgnored, "I left out %s:%s. It is no number of a post.", v.op.Name, v.words)
	}
}

// orList joins words as people do: "file, link or answer".
func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
