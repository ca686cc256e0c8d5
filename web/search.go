package web

import (
	"fmt"
	"net/http"
	"net/url"

	"sencoforum/list"
	"sencoforum/search"
	"sencoforum/store"
)

// searchRoutes exist where there is a search.
var searchRoutes = []route{
	{"GET", "/search", signedIn, searchPage, false},
	{"GET", "/glossary", anybody, glossaryPage, false},
}

// searchPer is how many discussions one page of answers has, where no more are asked for.
const searchPer = 10

// searchData is what was found.
type searchData struct {
	Typed    string
	Begun    bool   // something was asked for
	Shown    string // where another spelling was looked for
	Wanted   string // what was typed then
	Instead  string // page of what was typed
	Meant    link   // another spelling
	Also     []string
	Why      []string // which names changed and when
	Only     string   // page with these words alone
	Wider    string   // page with others as well; empty where those were looked for
	Notes    []string
	Rebuilt  string // how far the index is; empty: all of it
	Partial  bool
	Loose    bool
	Chips    []link
	Clear    string // page without filters
	Count    string
	Found    []foundData
	Number   int // of the page
	First    string
	Next     string
	PerMany  string // per of a long page; empty: it is a short one
	Per      link   // pages of the other length
	Facets   facetsData
	Sorts    []optionData
	Tips     []search.HelpLine
	Follow   string // what of the search can be followed; empty: nothing
	FollowIn string // the one list that is meant; empty: all
	Follows  bool   // it is followed already
	Ask      string // where to write
	Members  string
	Glossary string
}

// searchPage finds discussions. All that it is asked stands in its address.
func searchPage(v *visit) error {
	w, at, err := v.asked()
	if err != nil {
		return err
	}
	got, any, err := v.find(w, at)
	if err != nil {
		return err
	}
	d := v.found(w, at, got)
	d.Facets, d.Sorts = v.facets(w, got, any), sorts(got.Query.Sort)
	if err := v.others(&d, w); err != nil {
		return err
	}
	title := "Search"
	if d.Begun && d.Typed != "" {
		title = cut(d.Typed, 60) + " – search"
	}
	return v.show(http.StatusOK, "search.html", v.shell(title), d)
}

// asked reads the address of the page.
func (v *visit) asked() (wish, sheet, error) {
	at, err := v.sheet()
	return v.wish(), at, err
}

// find looks for what was asked, as far as the bounds allow.
func (v *visit) find(w wish, at sheet) (got search.Answers, any anyTime, err error) {
	if !v.s.finder.allow(v.reader.Person(), v.now) {
		return got, any, errSearch
	}
	leave, err := v.s.finder.enter(v.r.Context(), searchesWait)
	if err != nil {
		return got, any, err
	}
	defer leave()
	if got, err = v.answers(w, at, w.per()); err != nil || w.first("when") == "" {
		return got, anyTime{got.Facets.Years, got.Discussions}, err
	}
	all, err := v.answers(w.without("when"), sheet{number: 1}, 1) // other years may be chosen in place of this one
	return got, anyTime{all.Facets.Years, all.Discussions}, err
}

// anyTime is what there would be without a choice of years.
type anyTime struct {
	years       []search.Facet
	discussions int
}

func (v *visit) answers(w wish, at sheet, count int) (search.Answers, error) {
	q := search.ParseForm(w.form(), v.now)
	if len(q.Clauses) == 0 && w.first("sort") == "" && q.Sort == search.Best {
		q.Sort = search.Newest // nothing fits better than another
	}
	return v.s.cfg.Search.Search(v.r.Context(), search.Reading(v.reader), search.Ask{Query: q, After: at.after, Count: count})
}

// found makes the page of what was found.
func (v *visit) found(w wish, at sheet, got search.Answers) searchData {
	base := v.s.cfg.Path
	d := searchData{
		Typed: w.typed, Begun: len(got.Query.Clauses) > 0 || len(w.without("per").path("")) > len("/search"), Number: at.number, Also: got.Also, Why: got.Why, Partial: got.Partial, Loose: got.Loose,
		Chips: v.chips(w, got.Facets), Tips: search.Help(), Glossary: base + "/glossary",
	}
	v.spelt(&d, w, got)
	for _, n := range got.Query.Notes {
		d.Notes = append(d.Notes, n.Text)
	}
	if got.Rebuilding < 100 {
		d.Rebuilt = fmt.Sprint(got.Rebuilding)
	}
	d.Count = plural(got.Discussions, "discussion", "discussions")
	if len(d.Chips) > 0 {
		d.Clear = base + wish{typed: search.Query{Clauses: search.Parse(w.typed, v.now).Clauses}.String(), also: map[string][]string{}}.path("")
	}
	if at.number > 1 {
		d.First = base + w.path("")
	}
	if next := at.next(got.Next); next != "" {
		d.Next = base + w.path(next)
	}
	if d.PerMany = w.first("per"); d.PerMany != "" {
		d.Per = link{Path: base + w.without("per").path(""), Text: fmt.Sprintf("%d on a page", searchPer)}
	} else if got.Discussions > searchPer {
		d.Per = link{Path: base + w.with("per", perMany).path(""), Text: perMany + " on a page"}
	}
	for _, f := range got.Found {
		d.Found = append(d.Found, v.foundOne(f, len(got.Query.Clauses) > 0))
	}
	return d
}

// spelt says which words were looked for, where they are not those that were typed.
func (v *visit) spelt(d *searchData, w wish, got search.Answers) {
	base := v.s.cfg.Path
	only := base + w.with("only", "my-words").path("")
	if got.Wanted != "" {
		d.Shown, d.Wanted, d.Instead = search.Query{Clauses: got.Query.Clauses}.String(), w.typed, only
	}
	if got.Meant != "" {
		meant := search.Query{Clauses: search.Parse(got.Meant, v.now).Clauses}.String()
		d.Meant = link{Path: base + wish{typed: got.Meant}.path(""), Text: meant}
	}
	if len(got.Also) > 0 {
		d.Only = only
	}
	if got.Query.Exact && len(got.Query.Clauses) > 0 {
		q := search.Parse(w.typed, v.now)
		if q.Exact {
			q.Exact = false
			w = w.saying(q.String())
		}
		d.Wider = base + w.without("only").path("")
	}
}

// chips are the filters that are on, each with the page without it. Those that were typed are taken out of the words.
func (v *visit) chips(w wish, f search.Facets) (all []link) {
	base := v.s.cfg.Path
	for _, c := range search.Parse(w.typed, v.now).Chips() {
		all = append(all, link{Path: base + w.saying(c.Without.Typed).path(""), Text: c.Text})
	}
	for _, name := range []string{"when", "topic", "has", "is", "list"} {
		for _, value := range w.also[name] {
			one := search.ParseForm(search.Form{Also: map[string][]string{name: {value}}}, v.now)
			for _, c := range one.Chips() {
				for _, t := range f.Topics {
					if name == "topic" && t.Value == value {
						c.Text = "Topic: " + t.Name
					}
				}
				all = append(all, link{Path: base + w.without(name, value).path(""), Text: c.Text})
			}
		}
	}
	if from := w.first("from"); from != "" {
		all = append(all, link{Path: base + w.without("from").path(""), Text: "Written by " + from})
	}
	return all
}

// others says how many people could be asked, and where, and whether the search can be followed.
func (v *visit) others(d *searchData, w wish) error {
	if len(v.lists) == 0 {
		return nil
	}
	l := v.lists[0]
	switch {
	case v.s.cfg.Desk.Write != nil && d.Typed != "":
		d.Ask = v.s.cfg.Path + "/post?subject=" + url.QueryEscape(d.Typed)
	case v.s.cfg.Desk.Write != nil:
		d.Ask = v.s.cfg.Path + "/post"
	case d.Typed != "":
		d.Ask = "mailto:" + l.Post().String() + "?" + mailSubject(d.Typed)
	default:
		d.Ask = "mailto:" + l.Post().String()
	}
	return v.s.db.View(func(tx *store.Tx) error {
		if err := v.follow(tx, d, w); err != nil {
			return err
		}
		n, err := list.Count(tx, l.ID)
		d.Members = about(n)
		return err
	})
}

// cut is the beginning of a text.
func cut(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most]) + "…"
}
