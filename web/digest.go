package web

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"sencoforum/digest"
	"sencoforum/list"
	"sencoforum/store"
)

// digestRoutes are the pages of the emails of a week or a day that went out. They exist only where somebody makes these.
var digestRoutes = []route{
	{"GET", "/digests", signedIn, digestsPage, false},
	{"GET", "/digest/{list}/{kind}/{day}", readsIt, digestPage, false},
}

// digestsData are the digests that are kept, by list and kind.
type digestsData struct {
	Lists  []link
	Groups []digestGroup
	Days   int
}

type digestGroup struct {
	Title string
	Fold  bool // there are many of them
	Rows  []digestRow
}

type digestRow struct{ Path, Text, About string }

func digestsPage(v *visit) error {
	lists, err := v.narrowed()
	if err != nil {
		return err
	}
	d := digestsData{Days: digest.KeptDays}
	err = v.s.db.View(func(tx *store.Tx) error {
		d.Groups = nil
		for _, l := range lists {
			all, err := digest.Past(tx, v.reader, l.ID)
			if err != nil {
				return err
			}
			d.Groups = append(d.Groups, v.groups(l, all, len(lists) > 1)...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, l := range v.lists {
		if len(v.lists) > 1 {
			d.Lists = append(d.Lists, link{Path: v.s.cfg.Path + "/digests?list=" + l.Name, Text: l.Title, Here: len(lists) == 1 && lists[0].ID == l.ID})
		}
	}
	return v.show(http.StatusOK, "digests.html", v.shell("Past digests", link{Path: "/digests", Text: "Past digests"}), d)
}

// groups sorts the digests of a list by their kind.
func (v *visit) groups(l list.List, all []digest.Issue, named bool) (groups []digestGroup) {
	for _, k := range []digest.Kind{digest.Weekly, digest.Daily} {
		g := digestGroup{Title: map[digest.Kind]string{digest.Weekly: "Weekly", digest.Daily: "Daily"}[k], Fold: k == digest.Daily}
		if named {
			g.Title += ", " + l.Title
		}
		for _, i := range all {
			if i.Kind != k {
				continue
			}
			row := digestRow{Path: v.s.cfg.Path + digestPath(l, i.Kind, i.At), Text: day(i.At), About: plural(len(i.Items), "discussion", "discussions")}
			if i.Posts > 0 { // else it asks for help only
				row.About += ", " + plural(i.Posts, "message", "messages")
			}
			g.Rows = append(g.Rows, row)
		}
		if len(g.Rows) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

func digestPath(l list.List, k digest.Kind, at time.Time) string {
	return fmt.Sprintf("/digest/%s/%s/%s", l.Name, k.Mode(), at.In(london).Format(time.DateOnly))
}

// digestData is a digest that went out, as it would be now.
type digestData struct {
	Title    string
	Amount   string
	Sections []digest.Section
	Words    []digest.Abbreviation
}

func digestPage(v *visit) error {
	k, ok := digest.KindOf(v.args["kind"])
	on, err := time.ParseInLocation(time.DateOnly, v.args["day"], london)
	if !ok || err != nil {
		return errNoPage
	}
	var of list.List
	for _, l := range v.lists {
		if l.Name == v.args["list"] {
			of = l
		}
	}
	if of.ID == 0 {
		return errNoPage
	}
	var c digest.Content
	err = v.s.db.View(func(tx *store.Tx) (err error) {
		c, err = v.s.cfg.Digests.ReadPast(tx, v.reader, of, k, on)
		return err
	})
	if errors.Is(err, digest.ErrOldIssue) {
		return v.oldDigest(of, on)
	}
	if err != nil {
		return err
	}
	d := digestData{Title: fmt.Sprintf("%s %s, %s", of.Title, k.Mode(), day(on)), Amount: c.Amount(), Sections: c.Sections(), Words: c.Words}
	return v.show(http.StatusOK, "digest.html", v.shell(d.Title, link{Path: "/digests", Text: "Past digests"}), d)
}

// oldDigest says that a digest is kept no longer, and where its discussions are.
func (v *visit) oldDigest(of list.List, on time.Time) error {
	title := fmt.Sprintf("The digest of %s is no longer kept", day(on))
	sh := v.shell(title, link{Path: "/digests", Text: "Past digests"})
	return v.show(http.StatusGone, "olddigest.html", sh, link{Path: v.s.cfg.Path + on.Format("/2006/01") + "?list=" + of.Name, Text: on.Format("January 2006")})
}
