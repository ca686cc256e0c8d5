package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
	"sencoforum/token"
)

// perPage is how many messages of a discussion one page has.
const perPage = 50

// threadData is a discussion as its page shows it.
type threadData struct {
	Number  archive.Number
	Subject string
	Count   string
	People  string
	By      string
	Begun   stamp
	Latest  stamp
	Chosen  []link // collections in which it is
	Topics  []link
	List    string
	Closed  bool
	Choice  string // mute, follow or nothing
	Solved  bool   // the writer of the question said so
	Asked   bool   // the reader asked it, and may say so
	All     bool   // quotes are open
	Posts   []postData
	Outline []outlineData
	Pages   pager
	Reply   string // address for a reply to the last message
	Similar []discussionData

	Done  string         // what was just done
	Form  string         // of the box for an answer; empty: there is none
	Room  string         // for files with it
	To    archive.Number // the message that it answers
	ToWho string
	ToAll string // how many people get an answer
	Max   int
}

// postData is a message of it.
type postData struct {
	Number   archive.Number
	Place    int // in the discussion, from 1
	Author   string
	First    string // what the author is called in a sentence
	Written  stamp
	Parent   archive.Number // 0: none that is here
	To       string         // where the parent is
	ParentBy string
	Missing  bool   // it answers a message that is not here
	Gone     string // since when it is removed; empty: it is there
	Era      string
	Pieces   []piece
	Files    []fileData
	Reply    string // mailto: to everybody
	Private  string // mailto: to the author alone, by an address that does not show theirs
	Write    bool   // it can be answered here
	Own      bool
	Raw      bool
	Stop     string // where moderators stop it, or release it again
	Stopped  bool   // it was stopped, which moderators see
	HTML     bool   // it can be shown with the shape that its writer gave it
}

// outlineData is a line of the outline of a discussion; Depth is bounded, so that it fits a telephone.
type outlineData struct {
	Path    string
	Author  string
	When    string
	Depth   int
	Files   bool
	Removed bool
}

// outlineDepth is how far lines of the outline are moved in at most.
const outlineDepth = 5

func threadPage(v *visit) error {
	n, err := v.number()
	if err != nil {
		return err
	}
	page, err := v.page()
	if err != nil {
		return err
	}
	var d threadData
	var month link
	var living archive.Number
	var disc archive.Discussion
	var posts []archive.Post
	var top archive.Post
	err = v.s.db.View(func(tx *store.Tx) error {
		if disc, posts, err = archive.ReadThread(tx, v.reader, n); err != nil {
			return err
		}
		if living = disc.Number; living != n {
			return nil
		}
		first := (page - 1) * perPage
		if first >= len(posts) {
			return errNoPage
		}
		top = firstShown(posts)
		d, err = v.discussion(tx, disc, posts, first)
		begun := top.Written.In(london)
		month = link{Path: begun.Format("/2006/01"), Text: begun.Format("January 2006")}
		return err
	})
	switch {
	case err != nil:
		return err
	case living != n: // it became a part of another, or n is a message of it
		return v.to(http.StatusMovedPermanently, threadPath(living, page, v.query("all") != ""))
	}
	if d.Similar, err = v.similar(disc, top); err != nil {
		return err
	}
	d.Done = threadDone[v.query("done")]
	d.Pages = pagerOf(page, perPage, len(d.Outline), func(p int) string { return threadPath(n, p, d.All) })
	return v.show(http.StatusOK, "thread.html", v.shell(d.Subject, month), d)
}

func threadPath(n archive.Number, page int, all bool) string {
	q := url.Values{}
	if page > 1 {
		q.Set("page", fmt.Sprint(page))
	}
	if all {
		q.Set("all", "1")
	}
	path := fmt.Sprintf("/t/%d", n)
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return path
}

// postPath is where a message stands, by its place in the discussion.
func postPath(n archive.Number, place int, post archive.Number) string {
	return fmt.Sprintf("%s#m%d", threadPath(n, place/perPage+1, false), post)
}

func firstShown(posts []archive.Post) archive.Post {
	for _, p := range posts {
		if p.Shown() {
			return p
		}
	}
	return posts[0]
}

// discussion gathers what the page shows, with the messages from a place on.
func (v *visit) discussion(tx *store.Tx, disc archive.Discussion, posts []archive.Post, first int) (threadData, error) {
	top := firstShown(posts)
	d := threadData{Number: disc.Number, Subject: subjectOf(top), By: nameOf(top), Begun: full(top.Written), All: v.query("all") != ""}
	l := v.list(top.List)
	if len(v.lists) > 1 {
		d.List = l.Title
	}
	latest := d.count(posts, v.now)
	if err := v.addCurated(tx, &d, l); err != nil {
		return d, err
	}
	c, err := list.ChoiceOf(tx, uint32(disc.Number), v.reader.Person())
	if err != nil {
		return d, err
	}
	d.Choice = map[list.Choice]string{list.Mute: "mute", list.Follow: "follow"}[c]
	if !l.Closed && !d.Closed {
		d.Reply = v.mailto(l, "reply", token.Claims{Kind: token.Reply, A: uint32(latest.Number)}, "Re: "+subjectOf(latest))
		if v.s.cfg.Desk.Write != nil {
			d.Form, d.To, d.ToWho, d.Max = token.Random(), latest.Number, firstName(latest), maxText
			d.Room = list.Megabytes(v.s.roomForFiles(l))
			n, err := list.Count(tx, l.ID)
			if err != nil {
				return d, err
			}
			d.ToAll = plural(n, "person", "people")
		}
	}
	if err := v.addSolved(tx, &d); err != nil {
		return d, err
	}
	d.Outline = v.outline(disc, posts, first)
	where := map[archive.Number]int{}
	for i, p := range posts {
		where[p.Number] = i
	}
	for i := first; i < min(first+perPage, len(posts)); i++ {
		pd, err := v.post(tx, l, posts[i], d.All, d.Closed)
		if err != nil {
			return d, err
		}
		pd.Place, pd.Missing = i+1, disc.Places[i].Missing
		if at, ok := where[disc.Places[i].Parent]; ok && disc.Places[i].Parent != 0 {
			parent := posts[at]
			pd.Parent, pd.ParentBy = parent.Number, nameOf(parent)
			pd.To = v.near(disc.Number, at, parent.Number, first)
		}
		d.Posts = append(d.Posts, pd)
	}
	return d, nil
}

// count adds how many wrote how much, and returns the latest message.
func (d *threadData) count(posts []archive.Post, now time.Time) archive.Post {
	people, shown, latest := map[string]bool{}, 0, firstShown(posts)
	for _, p := range posts {
		if !p.Shown() {
			continue
		}
		shown++
		people[fmt.Sprint(p.Author, p.From.Key(), p.AuthorName)] = true
		if !p.Written.Before(latest.Written) { // of two within a second the later one
			latest = p
		}
	}
	d.Count, d.People, d.Latest = plural(shown, "message", "messages"), plural(len(people), "person", "people"), stampOf(latest.Written, now)
	return latest
}

// addCurated adds what moderators said of a discussion.
func (v *visit) addCurated(tx *store.Tx, d *threadData, l list.List) error {
	curated, err := archive.Curated(tx, d.Number)
	if err != nil {
		return err
	}
	for _, t := range curated.Topics {
		d.Topics = append(d.Topics, link{Path: v.s.cfg.Path + "/topic/" + t.Slug, Text: t.Name})
	}
	for _, c := range curated.Collections {
		d.Chosen = append(d.Chosen, link{Path: v.s.cfg.Path + collectionPath(c, l, v.lists), Text: c.Title})
	}
	d.Closed = curated.Closed.Set()
	return nil
}

// near is where a message stands, seen from the page that begins with a place.
func (v *visit) near(n archive.Number, place int, post archive.Number, first int) string {
	if place >= first && place < first+perPage {
		return fmt.Sprintf("#m%d", post)
	}
	return v.s.cfg.Path + postPath(n, place, post)
}

func (v *visit) outline(disc archive.Discussion, posts []archive.Post, first int) (all []outlineData) {
	for i, p := range posts {
		o := outlineData{
			Path: v.near(disc.Number, i, p.Number, first), Author: nameOf(p), When: p.Written.In(london).Format("Mon 2 Jan, 15:04"),
			Depth: min(disc.Places[i].Depth, outlineDepth), Files: p.Facts.Files > 0, Removed: !p.Shown(),
		}
		if p.Written.Year() < v.now.Year() {
			o.When = p.Written.In(london).Format("2 Jan 2006")
		}
		all = append(all, o)
	}
	return all
}

// post gathers what the page shows of a message.
func (v *visit) post(tx *store.Tx, l list.List, p archive.Post, open, closed bool) (postData, error) {
	d := postData{Number: p.Number, Author: nameOf(p), First: firstName(p), Written: full(p.Written)}
	if v.s.cfg.Acts != nil && v.reader.Moderates(l.ID) {
		d.Stop, d.Stopped = fmt.Sprintf("%s/mod/post/%d", v.s.cfg.Path, p.Number), p.State == archive.Hidden
	}
	if !p.Shown() {
		d.Gone = day(p.Ended())
		return d, nil
	}
	era, err := archive.Era(tx, l.ID, p.Written)
	if err != nil {
		return d, err
	}
	d.Era = era
	_, raw, err := archive.ReadText(tx, v.reader, p.Number)
	if errors.Is(err, intake.ErrNoMessage) {
		d.Pieces = []piece{{HTML: "<p>The text of this message is not here.</p>"}}
		return d, nil
	}
	if err != nil {
		return d, err
	}
	m := message.Parse(raw)
	d.Pieces = piecesOf(m.Words(), open, v.explaining())
	d.HTML = hasHTML(m)
	if p.Facts.Files > 0 || !p.Facts.Known() {
		d.Files = filesOf(v.s.cfg.Path, p.Number, m.View().Files)
	}
	subject := "Re: " + subjectOf(p)
	if !l.Closed && !closed {
		d.Reply = v.mailto(l, "reply", token.Claims{Kind: token.Reply, A: uint32(p.Number)}, subject)
		d.Write = v.s.cfg.Desk.Write != nil
	}
	d.Own = p.Author != 0 && p.Author == v.reader.Person()
	switch reachable, err := v.reachable(tx, p); {
	case err != nil:
		return d, err
	case reachable && v.s.cfg.Desk.Write != nil:
		d.Private = fmt.Sprintf("%s/m/%d/private", v.s.cfg.Path, p.Number)
	case reachable:
		d.Private = v.mailto(l, "author", token.Claims{Kind: token.Author, A: uint32(p.Number)}, subject)
	}
	d.Raw = d.Own || v.reader.Moderates(l.ID)
	return d, nil
}

// hasHTML reports a message with a text in HTML.
func hasHTML(m *message.Message) bool {
	for _, part := range m.Walk() {
		if part.Type == "text/html" && part.IsText() {
			return true
		}
	}
	return false
}

// mailto is a link that begins a mail to an address with a token, which shows nobody's own.
func (v *visit) mailto(l list.List, word string, c token.Claims, subject string) string {
	a := l.Service(word)
	a.Local += "+" + v.s.keys.Sign(c, l.Name)
	return "mailto:" + a.String() + "?" + mailSubject(subject)
}

// mailSubject is the subject of a mail in a link. No letter of it can begin another field (RFC 6068 §2).
func mailSubject(s string) string {
	return "subject=" + strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}

func subjectOf(p archive.Post) string {
	if s := strings.TrimSpace(p.Subject); s != "" {
		return s
	}
	return message.NoSubject
}

// nameOf is the name that members see, never an address.
func nameOf(p archive.Post) string {
	if name := list.CleanName(p.AuthorName); name != "" {
		return name
	}
	return "A member"
}

// firstName is what an author is called in a sentence.
func firstName(p archive.Post) string {
	name := list.CleanName(p.AuthorName)
	first, _, _ := strings.Cut(name, " ")
	switch {
	case name == "":
		return "the writer"
	case len([]rune(first)) < 2 || strings.ContainsAny(first, ".,"):
		return name
	}
	return first
}

// chooseThread mutes or follows a discussion, or takes that back.
func chooseThread(v *visit) error {
	n, err := v.number()
	if err != nil {
		return err
	}
	form, err := v.form()
	if err != nil {
		return err
	}
	choice := map[string]list.Choice{"mute": list.Mute, "follow": list.Follow}[form.Get("choice")]
	err = v.s.db.Update(func(tx *store.Tx) error {
		d, _, err := archive.ReadThread(tx, v.reader, n)
		if err != nil {
			return err
		}
		n = d.Number
		return list.Choose(tx, uint32(n), v.reader.Person(), choice)
	})
	if err != nil {
		return err
	}
	return v.to(http.StatusSeeOther, fmt.Sprintf("/t/%d", n))
}

// permalink leads to where a message stands now.
func permalink(v *visit) error {
	n, err := v.number()
	if err != nil {
		return err
	}
	path := ""
	err = v.s.db.View(func(tx *store.Tx) error {
		if _, err := archive.ReadPost(tx, v.reader, n); err != nil {
			return err
		}
		d, posts, err := archive.ReadThread(tx, v.reader, n)
		if err != nil {
			return err
		}
		for i, p := range posts {
			if p.Number == n {
				path = postPath(d.Number, i, n)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if path == "" {
		return errNoPage
	}
	return v.to(http.StatusFound, path)
}
