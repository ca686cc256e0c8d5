package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"sencoforum/guard"
	"sencoforum/moderate"
	"sencoforum/store"
)

// namesPath is the page of names and phrases of a list that are never a child's.
const namesPath = "/mod/settings/names"

var nameRoutes = []route{
	{"GET", namesPath, moderates, namesPage, false},
	{"POST", namesPath, moderates, changeNames, false},
}

type namesData struct {
	Title        string
	Lists        []link
	Names        []string
	Typed, Error string
	Fresh        bool
	Done         string
}

var namesDone = map[string]string{
	"add": "Done: it counts from the next message on. All moderators get an email about it.", "remove": "Done: I ask about it again. All moderators get an email about it.",
	"same": "Nothing was changed: that is there already.",
}

func namesPage(v *visit) error { return v.names(http.StatusOK, namesData{}) }

// names shows the page; d has what was typed, and what is wrong with it.
func (v *visit) names(status int, d namesData) error {
	l, err := v.oneModerated()
	if err != nil {
		return err
	}
	to := func(name string) string { return namesPath + "?list=" + url.QueryEscape(name) }
	d.Title, d.Names, d.Fresh, d.Done = l.Title, l.Allow.All(), v.session.IsFresh(v.now), namesDone[v.query("done")]
	if all := v.moderatedLists(); len(all) > 1 {
		for _, o := range all {
			d.Lists = append(d.Lists, link{Path: v.s.cfg.Path + to(o.Name), Text: o.Title, Here: o.ID == l.ID})
		}
	}
	sh := v.shell("Names that are no child’s", link{Path: "/mod", Text: "To moderate"}, link{Path: "/mod/settings?list=" + url.QueryEscape(l.Name), Text: "Settings of the list"},
		link{Path: to(l.Name), Text: "Names that are no child’s"})
	sh.Error = d.Error
	return v.show(status, "names.html", sh, d)
}

// nameFaults say what is wrong with a phrase.
var nameFaults = []struct {
	err error
	why string
}{
	{guard.ErrOneWord, "Write two words or more. One name alone would hide every child who has it."},
	{guard.ErrManyWords, "That is too long. Write at most 8 words on a line."},
	{guard.ErrNumber, "A number or a birth date in it may be a person’s. Write the name alone."},
	{moderate.ErrPhrases, "The list has as many names as it may have, or one is too long. Remove some first."},
	{moderate.ErrNoPhrase, "Somebody else has just removed that. Nothing was changed."},
	{moderate.ErrWeakProof, "Please sign in once more in a new window, then press the button here again. Nothing was changed, and what you typed is still here."},
}

// changeNames adds what was typed, a phrase on each line, or removes one.
func changeNames(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	l, err := v.oneModerated()
	if err != nil {
		return err
	}
	back, do := namesPath+"?list="+url.QueryEscape(l.Name), form.Get("do")
	var names []string
	switch do {
	case "":
		return v.to(http.StatusSeeOther, back)
	case "add":
		names = phrasesOf(form.Get("words"))
	case "remove":
		names = []string{form.Get("phrase")}
	default:
		return errNoPage
	}
	refuse := func(status int, why string) error {
		return v.names(status, namesData{Typed: form.Get("words"), Error: why})
	}
	if len(names) == 0 {
		return refuse(http.StatusUnprocessableEntity, "Write a name first.")
	}
	for _, n := range names {
		if err := guard.CheckAllowed(n); err != nil && do == "add" {
			return refuse(http.StatusUnprocessableEntity, fmt.Sprintf("“%s”: %s", visible(n), nameFault(err)))
		}
	}
	err = v.s.db.Update(func(tx *store.Tx) error { return v.s.cfg.Acts.Allow(tx, v.hand(), l.ID, names, do == "add") })
	switch {
	case errors.Is(err, moderate.ErrNotModerator):
		return errNoPage
	case errors.Is(err, moderate.ErrIsSo):
		return v.to(http.StatusSeeOther, back+"&done=same")
	case err != nil && nameFault(err) != "":
		return refuse(http.StatusUnprocessableEntity, nameFault(err))
	case err != nil:
		return err
	}
	v.s.log.Info("a moderator changed the names that are no child's on a page", "list", l.Name, "person", v.reader.Person(), "did", do, "count", len(names))
	return v.to(http.StatusSeeOther, back+"&done="+do)
}

func nameFault(err error) string {
	for _, f := range nameFaults {
		if errors.Is(err, f.err) {
			return f.why
		}
	}
	return ""
}

// namesLine says on the page of settings how many there are.
func namesLine(n int) string {
	if n == 0 {
		return "The list has none of its own."
	}
	return "The list has " + strings.TrimSpace(plural(n, "name", "names")) + " of its own."
}
