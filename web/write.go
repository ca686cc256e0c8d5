package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
	"sencoforum/token"
)

// A Desk takes what members write on pages. It makes a mail of it, with the files that are kept for its form, which meets the rules
// of every other. TakeBack returns the message that was taken back, or nil for one that has gone out.
type Desk struct {
	Foresee  func(context.Context, Written) (Outlook, error) // what would become of it; changes nothing
	Write    func(context.Context, Written) (Outlook, error) // returns when what became of it is stored
	TakeBack func(context.Context, archive.Number, list.PersonID) (raw []byte, err error)
	Complain func(context.Context, Complaint) (taken bool, err error)
}

// A Written is what a member who is signed in wrote.
type Written struct {
	To      message.Address // of a list, or an address with a token
	Person  list.PersonID
	Fresh   bool // they typed a code just now
	Subject string
	Text    string
	Form    string // what comes twice from one form is taken once
}

// An Outlook says what becomes, or became, of something written.
type Outlook struct {
	Fate  string         // one of the fates
	Why   []string       // sentences
	Hints []string       // what its writer may want to look at
	Post  archive.Number // 0: it has no number
	At    time.Time      // when it goes out
	Again bool           // its form was sent before, and nothing was done now
	Raw   []byte         // as it would be stored; nil once it is
}

// The fates of something written.
const (
	fateGoes    = "goes"    // to everybody, or to the one person
	fateAsked   = "asked"   // its writer is asked first
	fateWaits   = "waits"   // moderators look first
	fateOrdered = "ordered" // it is a word for the robot
	fateRefused = "refused"
)

// A Complaint is a member's report of a post.
type Complaint struct {
	Post   archive.Number
	Person list.PersonID
	Fresh  bool
	Words  string
	Form   string
}

// writeRoutes are the pages on which members write.
var writeRoutes = []route{
	{"GET", "/post", signedIn, writePage, false},
	{"POST", checkPath, signedIn, checkPost, false},
	{"GET", keptPath, signedIn, signedInAgain, false},
	{"POST", "/t/{number}/send", readsIt, sendThread, false},
	{"GET", "/m/{number}/private", readsIt, privatePage, false},
	{"GET", "/m/{number}/report", readsIt, reportPage, false},
	{"POST", "/m/{number}/report", readsIt, reportPost, false},
}

const (
	checkPath = "/post/check"
	keptPath  = "/post/back"
)

// What somebody may write at once, in letters, and the largest form that may hold it: a letter may take nine bytes there.
const (
	maxSubject  = 150
	maxText     = 50_000
	maxPostBody = 512 << 10
)

// mostBody is how much a request may bring, in bytes.
func (s *Server) mostBody(r *http.Request) int64 {
	switch {
	case r.Method == http.MethodPost && s.pathOf(r) == announcePath:
		return maxAnnounceBody
	case r.Method != http.MethodPost || s.pathOf(r) != checkPath:
		return maxBody
	case bringsFiles(r):
		return mostRead
	}
	return maxPostBody
}

// An aim is whom something written is for.
type aim struct {
	list    list.List
	post    archive.Post // that it answers; zero: none
	private bool         // for the writer of that post alone
}

// aimOf reads from a form, or from behind the question mark, whom something is for.
func (v *visit) aimOf(get func(string) string) (aim, error) {
	var a aim
	n, err := numberIn(get("to"))
	if err != nil {
		return a, err
	}
	if n == 0 {
		a.list = v.lists[0]
		name := get("list")
		for _, l := range v.lists {
			if l.Name == name {
				a.list, name = l, ""
			}
		}
		if name != "" {
			return a, errNoPage
		}
		return a, nil
	}
	a.private = get("private") != ""
	err = v.s.db.View(func(tx *store.Tx) error {
		a.post, err = archive.ReadPost(tx, v.reader, n)
		return err
	})
	a.list = v.list(a.post.List)
	return a, err
}

// addressOf is where it goes. A token in it says what it answers, and shows nobody's address.
func (v *visit) addressOf(a aim) message.Address {
	if a.post.Number == 0 {
		return a.list.Post()
	}
	word, c := "reply", token.Claims{Kind: token.Reply, A: uint32(a.post.Number)}
	if a.private {
		word, c.Kind = "author", token.Author
	}
	to := a.list.Service(word)
	to.Local += "+" + v.s.keys.Sign(c, a.list.Name)
	return to
}

// writeData is the page on which somebody writes.
type writeData struct {
	Title  string
	Done   string // what was just done
	Error  string
	Wrong  string // the field that is wrong
	Form   string
	Post   archive.Number // that it answers; 0: none
	To     string         // who wrote that, in a sentence
	Back   string         // where that stands
	Single bool           // it is for that one person
	Lists  []option
	List   string
	People string

	Subject    string
	Text       string
	Answered   []piece
	MaxText    int
	MaxSubject int

	filesData
}

// writePage is the page for a new question, or with ?to=NUMBER for an answer.
func writePage(v *visit) error {
	if v.s.cfg.Desk.Write == nil {
		return errNoPage
	}
	a, err := v.aimOf(v.query)
	if err != nil {
		return err
	}
	a.private = false // which has an address of its own
	return v.askForText(http.StatusOK, a, writeData{Subject: v.query("subject")})
}

// privatePage is the page on which somebody writes to the writer of a post alone.
func privatePage(v *visit) error {
	n, err := v.number()
	if err != nil {
		return err
	}
	a, err := v.aimOf(func(name string) string {
		return map[string]string{"to": v.args["number"], "private": "1"}[name]
	})
	if err != nil {
		return err
	}
	reachable := false
	err = v.s.db.View(func(tx *store.Tx) (err error) {
		reachable, err = v.reachable(tx, a.post)
		return err
	})
	if err != nil {
		return err
	}
	if !reachable || v.s.cfg.Desk.Write == nil {
		return v.to(http.StatusFound, "/m/"+number(n))
	}
	return v.askForText(http.StatusOK, a, writeData{})
}

// reachable reports whether the reader may write to the writer of a post alone.
func (v *visit) reachable(tx *store.Tx, p archive.Post) (bool, error) {
	if p.Author == 0 || p.Author == v.reader.Person() {
		return false, nil
	}
	m, err := list.Member(tx, p.List, p.Author)
	if errors.Is(err, list.ErrNoMember) {
		return false, nil
	}
	return err == nil && !m.NoRelay, err
}

// askForText shows the page on which somebody writes, with what they typed.
func (v *visit) askForText(status int, a aim, d writeData) error {
	if err := v.aimed(a, &d); err != nil {
		return err
	}
	if d.Form == "" {
		d.Form = token.Random()
	}
	if err := v.files(a.list, &d); err != nil {
		return err
	}
	d.Title = "Ask everyone"
	var crumbs []link
	switch {
	case d.Single:
		d.Title = "Write privately to " + d.To
	case d.Post != 0:
		d.Title = "Reply to everyone"
	}
	if d.Post != 0 {
		crumbs = append(crumbs, link{Path: d.Back, Text: subjectOf(a.post)})
		err := v.s.db.View(func(tx *store.Tx) error {
			_, raw, err := archive.ReadText(tx, v.reader, d.Post)
			if err == nil {
				d.Answered = piecesOf(message.Parse(raw).Words(), false, v.explaining())
			}
			return nil // the text of a post may be gone, which keeps nobody from answering it
		})
		if err != nil {
			return err
		}
	}
	sh := v.shell(d.Title, append(crumbs, link{Path: "/post", Text: d.Title})...)
	sh.Error = d.Error
	return v.show(status, "write.html", sh, d)
}

// aimed fills in whom it is for.
func (v *visit) aimed(a aim, d *writeData) error {
	d.List, d.Single, d.MaxText, d.MaxSubject = a.list.Name, a.private, maxText, maxSubject
	if d.Post = a.post.Number; d.Post != 0 {
		d.To, d.Back = firstName(a.post), "/m/"+number(d.Post)
	}
	for _, l := range v.lists {
		if len(v.lists) > 1 && d.Post == 0 {
			d.Lists = append(d.Lists, option{Value: l.Name, Text: l.Title, Chosen: l.ID == a.list.ID})
		}
	}
	return v.s.db.View(func(tx *store.Tx) error {
		n, err := list.Count(tx, a.list.ID)
		d.People = plural(n, "person", "people")
		return err
	})
}

// wrongWith says what is wrong with what was typed, and in which field.
func (d writeData) wrongWith() (field, wrong string) {
	switch {
	case d.Post == 0 && strings.TrimSpace(d.Subject) == "":
		return "subject", "Write a subject, such as: End dates of part-time timetables."
	case utf8.RuneCountInString(d.Subject) > maxSubject:
		return "subject", "Your subject is too long. Write at most " + plural(maxSubject, "letter", "letters") + "."
	case strings.TrimSpace(d.Text) == "":
		return "text", "Write your message in the box."
	case utf8.RuneCountInString(d.Text) > maxText+maxText/10: // line ends are counted twice by some browsers
		return "text", "Your message is too long. Write at most " + plural(maxText, "letter", "letters") + "."
	}
	return "", ""
}
