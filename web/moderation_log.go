package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/moderate"
	"sencoforum/store"
)

var logRoutes = []route{{"GET", "/mod/log", audits, logPage, false}}

const logPerPage = 50

// logKinds are what the page can be narrowed to, by how the actions begin.
var logKinds = []option{
	{Value: "", Text: "Everything"}, {Value: "held ", Text: "Decisions on what waited"}, {Value: "post ", Text: "Posts"}, {Value: "thread ", Text: "Discussions"},
	{Value: "member ", Text: "Members"}, {Value: "act ", Text: "Acts on people and on the list"}, {Value: "list ", Text: "Settings of the list"},
}

type logData struct {
	Kinds, Actors []option
	List          string
	Lines         []logLine
	Older         string
}

type logLine struct {
	At             stamp
	By, Did, About string
	List           string
	Things         []link
	Number         uint64
}

// logPage shows what was done to lists, by whom and how.
func logPage(v *visit) error {
	lists, err := v.narrowed()
	if err != nil {
		return err
	}
	kind, actor, from := v.r.URL.Query().Get("kind"), v.query("who"), v.query("from")
	q := moderate.LogQuery{Kind: kind, Count: logPerPage}
	if len(kind) > 20 {
		return errNoPage
	}
	for _, n := range []struct {
		text string
		to   func(uint64)
	}{{actor, func(n uint64) { q.Actor = list.PersonID(n) }}, {from, func(n uint64) { q.From = n }}} {
		if n.text == "" {
			continue
		}
		i, err := strconv.ParseUint(n.text, 10, 32)
		if err != nil {
			return errNoPage
		}
		n.to(i)
	}
	for _, l := range lists {
		q.Lists = append(q.Lists, l.ID)
	}
	var d logData
	err = v.s.db.View(func(tx *store.Tx) error {
		d = logData{List: v.query("list")}
		lines, next, err := moderate.Log(tx, v.reader, q)
		if err != nil {
			return err
		}
		for _, e := range lines {
			d.Lines = append(d.Lines, v.logLine(e))
		}
		if next > 0 {
			d.Older = "/mod/log?" + url.Values{"kind": {kind}, "who": {actor}, "list": {d.List}, "from": {fmt.Sprint(next)}}.Encode()
		}
		d.Actors, err = v.actors(tx, q)
		return err
	})
	if err != nil {
		return err
	}
	for _, k := range logKinds {
		k.Chosen = k.Value == kind
		d.Kinds = append(d.Kinds, k)
	}
	crumbs := []link{{Path: "/mod/log", Text: "What was done"}}
	if v.moderates() {
		crumbs = append([]link{{Path: "/mod", Text: "To moderate"}}, crumbs...)
	}
	return v.show(http.StatusOK, "log.html", v.shell("What was done", crumbs...), d)
}

// audited are the lists of whose record the reader may read.
func (v *visit) audited() []list.ID { return moderate.Audited(v.reader) }

// actors are those who moderate the lists now.
func (v *visit) actors(tx *store.Tx, q moderate.LogQuery) ([]option, error) {
	all := []option{{Text: "Anybody"}}
	seen := map[list.PersonID]bool{}
	for _, l := range v.audited() {
		people, err := list.Moderators(tx, l)
		if err != nil {
			return nil, err
		}
		for _, p := range people {
			if name := list.CleanName(p.Name); !seen[p.ID] {
				if name == "" {
					name = fmt.Sprintf("Member %d", p.ID)
				}
				all = append(all, option{Value: fmt.Sprint(p.ID), Text: name, Chosen: p.ID == q.Actor})
				seen[p.ID] = true
			}
		}
	}
	return all, nil
}

func (v *visit) logLine(e moderate.LogLine) logLine {
	l := logLine{At: full(e.At), By: e.By, Did: didWords(e.Action), About: detailWords(e.Detail), Number: e.Number}
	if e.Action == "list set" {
		l.About = settingWords(e.Detail)
	}
	if len(v.audited()) > 1 {
		l.List = e.List
	}
	if e.Person != "" && e.Person != e.By {
		l.Things = append(l.Things, link{Text: e.Person})
	}
	for i, n := range e.Items {
		if i == 5 {
			l.Things = append(l.Things, link{Text: fmt.Sprintf("and %d more", len(e.Items)-i)})
			break
		}
		it := link{Text: fmt.Sprintf("number %d", n)}
		switch {
		case strings.HasPrefix(e.Action, "held"):
			it = v.forModerators(link{Path: "/mod/" + hold.Number(n).Code(), Text: "#" + hold.Number(n).Code()})
		case strings.HasPrefix(e.Action, "post"), e.Action == "report keep", strings.HasPrefix(e.Action, "thread") && (i == 0 || !strings.HasSuffix(e.Action, "tag")):
			it.Path = fmt.Sprintf("%s/m/%d", v.s.cfg.Path, n)
		}
		l.Things = append(l.Things, it)
	}
	return l
}

// forModerators is a link for who moderates, and only its text for others.
func (v *visit) forModerators(l link) link {
	if !v.moderates() {
		l.Path = ""
	} else {
		l.Path = v.s.cfg.Path + l.Path
	}
	return l
}
