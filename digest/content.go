package digest

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/calendar"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/store"
	"sencoforum/token"
)

// Content is what an issue says, in words: all that its text and its page are made of.
type Content struct {
	Title    string // of the list
	Kind     Kind
	At       time.Time
	Since    time.Time // it says what was written since then, more than a period ago; zero: in its period
	Last     bool
	Asked    bool   // the one copy that somebody asked for, whatever they get otherwise
	Own      string // what the list says at the top, in its own words; empty: nothing
	Leave    string // address of the page where one leaves; empty: there is none
	Web      string // base address of the archive; empty: there is none
	Messages int
	Joined   int
	Summer   string  // how to pause over the summer holidays, where this is the last one before them
	Entries  []Entry // by their parts
	Words    []Abbreviation
}

// An Entry is a discussion in words.
type Entry struct {
	Part    Part
	Thread  archive.Number
	Subject string
	Asker   string // the first name of who began it; empty where nobody knows
	Asks    string // what it asks, in two lines; empty: the title is enough
	Replier string // the first name of who answered first
	Says    string // that answer, in two lines
	Replies int    // in this period
	People  int
	Files   int
	Begun   bool            // in this period
	Answer  message.Address // where everybody reads an answer
	Private message.Address // where only the asker does; zero: nowhere
	Link    string          // empty: there are no pages
	Era     string          // a sentence about what the law was; empty: none
	Closes  string          // a day, as the writer wrote it; empty: none is known
}

// leavePage is the page where everybody can leave who types their address.
const leavePage = "/leave"

// Bounds of words. An extract has two lines of a telephone in it, and a paragraph of a screen.
const (
	mostWords   = 1000 // of an issue; what comes after is named only
	mostExtract = 190  // letters
	mostTitle   = 120
	mostNamed   = 40 // discussions of the part Also
	perMinute   = 200
)

// content puts an issue into words, from the archive as it is.
func (e *Editor) content(tx *store.Tx, l list.List, i Issue) (Content, error) {
	c := Content{Title: l.Title, Kind: i.Kind, At: i.At.In(calendar.London()), Last: i.Last, Asked: i.Only != 0 && !i.Last, Web: strings.TrimRight(e.cfg.WebURL, "/"), Joined: i.Joined}
	if !i.Since.IsZero() && !i.Last {
		c.Since = i.Since.In(calendar.London())
	}
	if e.cfg.LeaveURL != "" {
		c.Leave = strings.TrimRight(e.cfg.LeaveURL, "/") + leavePage
	}
	if i.Only == 0 {
		c.Summer = summer(e.cfg.Hours, ScheduleOf(l, i.Kind), i.At)
	}
	own, err := list.WordsOf(tx, l.ID, notice.TextDigest)
	if err != nil {
		return c, err
	}
	c.Own = strings.Join(strings.Fields(notice.Filled(own.Text, notice.To{List: l}, 0)), " ")
	for _, it := range i.Items {
		entry, ok, err := e.entry(tx, l, it)
		if err != nil {
			return c, fmt.Errorf("discussion %d: %w", it.Thread, err)
		}
		if ok {
			c.Entries = append(c.Entries, entry)
			c.Messages += it.Posts
		}
	}
	c.limit()
	if e.cfg.Explain != nil {
		c.Words = e.cfg.Explain(c.words())
	}
	return c, nil
}

// entry puts a discussion into words; false where its first message cannot be seen any more.
func (e *Editor) entry(tx *store.Tx, l list.List, it Item) (n Entry, ok bool, err error) {
	first, err := archive.Get(tx, it.First)
	if err != nil || !first.Shown() {
		return n, false, err
	}
	n = Entry{
		Part: it.Part, Thread: it.Thread, Subject: shorten(cmp.Or(first.Subject, message.NoSubject), mostTitle), Asker: list.FirstName(first.AuthorName),
		Replies: it.Posts, People: it.People, Files: it.Files, Begun: it.Begun, Answer: l.ReplyAddress(e.cfg.Keys, uint32(first.Number)),
	}
	if it.Begun {
		n.Replies = max(0, it.Posts-1)
	}
	if e.cfg.WebURL != "" {
		n.Link = fmt.Sprintf("%s/t/%d", strings.TrimRight(e.cfg.WebURL, "/"), it.Thread)
	}
	if n.Era, err = archive.Era(tx, l.ID, first.Written); err != nil {
		return n, false, err
	}
	own, err := ownWords(tx, first)
	if err != nil {
		return n, false, err
	}
	switch it.Part {
	case Help:
		n.Asks = question(own, mostExtract)
		n.Private, err = e.private(tx, l, first)
	case Most:
		n.Asks = question(own, mostExtract)
		err = n.addReply(tx, it.Reply)
	case Notices:
		n.Closes = closing(own)
	}
	return n, true, err
}

// addReply adds the first answer, if it can still be seen.
func (n *Entry) addReply(tx *store.Tx, reply archive.Number) error {
	if reply == 0 {
		return nil
	}
	p, err := archive.Get(tx, reply)
	if err != nil || !p.Shown() {
		return err
	}
	own, err := ownWords(tx, p)
	n.Replier, n.Says = list.FirstName(p.AuthorName), extract(own, mostExtract)
	return err
}

// ownWords are a post's own words, without quotes and signatures.
func ownWords(tx *store.Tx, p archive.Post) (string, error) {
	raw, err := archive.Raw(tx, p)
	if err != nil {
		return "", err
	}
	return message.Parse(raw).Words().Own, nil
}

// private is where one writes to the author of a post alone. It is zero where the author is no member or wants no private
// messages. Package relay takes what is written there.
func (e *Editor) private(tx *store.Tx, l list.List, p archive.Post) (message.Address, error) {
	m, err := list.Member(tx, l.ID, p.Author)
	if errors.Is(err, list.ErrNoMember) || err == nil && m.NoRelay {
		return message.Address{}, nil
	}
	a := l.Service("author")
	a.Local += "+" + e.cfg.Keys.Sign(token.Claims{Kind: token.Author, A: uint32(p.Number)}, l.Name)
	return a, err
}

// limit leaves words out from where an issue has enough of them: what comes after is named only.
func (c *Content) limit() {
	words := 0
	for i := range c.Entries {
		n := &c.Entries[i]
		words += count(n.Subject) + count(n.Asks) + count(n.Says)
		if words > mostWords {
			words -= count(n.Asks) + count(n.Says)
			n.Asks, n.Says, n.Replier = "", "", ""
		}
	}
}

// words are all the words of members in an issue.
func (c Content) words() string {
	var b strings.Builder
	for _, n := range c.Entries {
		b.WriteString(n.Subject + "\n" + n.Asks + "\n" + n.Says + "\n")
	}
	return b.String()
}

// part returns the entries of a part, and how many more there are that are not named.
func (c Content) part(p Part) (all []Entry, left int) {
	for _, n := range c.Entries {
		if n.Part == p {
			all = append(all, n)
		}
	}
	if p == Also && len(all) > mostNamed {
		all, left = all[:mostNamed], len(all)-mostNamed
	}
	return all, left
}

// minutes is how long reading takes, as people read.
func (c Content) minutes() int {
	return max(1, (count(c.words())+perMinute-1)/perMinute)
}

// Subject is the subject of the mail: what is in it.
func (c Content) Subject() string {
	s := c.opening() + number(len(c.Entries), "discussion")
	help, _ := c.part(Help)
	switch n := len(help); {
	case n == 1:
		s += ", 1 needs an answer"
	case n > 1:
		s += fmt.Sprintf(", %d need an answer", n)
	}
	return s
}

// opening is how the subject begins.
func (c Content) opening() string { return c.Title + " " + c.kind() + ": " }

func (c Content) kind() string {
	if c.Kind == Daily {
		return "daily"
	}
	return "weekly"
}

// heads are what the parts are called.
func (c Content) head(p Part) string {
	switch p {
	case Help:
		return "Can you help?"
	case Most:
		return "Most talked about"
	case Also:
		switch {
		case !c.Since.IsZero():
			return "Also since " + c.Since.Format("2 January")
		case c.Kind == Daily:
			return "Also today"
		}
		return "Also this week"
	}
	return "Notices"
}

// inside says how much is in a part.
func inside(p Part, n int) string {
	switch p {
	case Help:
		return number(n, "question")
	case Notices:
		return number(n, "notice")
	}
	return number(n, "discussion")
}

// talked says how much was written in a discussion.
func (n Entry) talked() string {
	word := "reply"
	if !n.Begun {
		word = "new reply"
	}
	if n.Replies == 0 {
		return ""
	}
	s := number(n.Replies, word)
	if n.People > 1 && n.Part == Most {
		s += " from " + strings.ReplaceAll(number(n.People, "person"), "persons", "people")
	}
	return s
}

// attached says what came with a discussion.
func (n Entry) attached() string {
	if n.Files == 0 {
		return ""
	}
	return number(n.Files, "attachment")
}

// about is what was written in a discussion and what came with it.
func (n Entry) about(between string) string {
	return strings.Trim(n.talked()+between+n.attached(), between)
}

func number(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	if stem, ok := strings.CutSuffix(word, "y"); ok {
		return fmt.Sprintf("%d %sies", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, word)
}
