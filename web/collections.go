package web

import (
	"errors"
	"net/http"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/store"
)

// collectionRoutes are the pages of what moderators chose.
var collectionRoutes = []route{
	{"GET", "/collections", signedIn, collectionsPage, false},
	{"GET", "/collection/{name}", signedIn, collectionPage, false},
}

type collectionsData struct {
	Collections []collectionLink
	Mod         bool
}

// collectionLink is a collection in a list of them.
type collectionLink struct {
	Path, Title, Intro, Count, List string
	Due                             string // for moderators: how many entries should be looked at again
}

// collectionsPage lists the collections of all lists that the page is to show.
func collectionsPage(v *visit) error {
	lists, err := v.narrowed()
	if err != nil {
		return err
	}
	d := collectionsData{Mod: v.moderates()}
	err = v.s.db.View(func(tx *store.Tx) (err error) {
		d.Collections, err = v.collected(tx, lists)
		return err
	})
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "collections.html", v.shell("Collections", link{Path: "/collections", Text: "Collections"}), d)
}

// collected are the collections of lists, in which there is something.
func (v *visit) collected(tx *store.Tx, lists []list.List) (all []collectionLink, err error) {
	for _, l := range lists {
		of, err := archive.ReadCollections(tx, v.reader, l.ID)
		if err != nil {
			return nil, err
		}
		for _, c := range of {
			if c.Entries == 0 {
				continue
			}
			row := collectionLink{Path: v.s.cfg.Path + collectionPath(c.Collection, l, v.lists), Title: c.Title, Intro: c.Intro, Count: plural(c.Entries, "discussion", "discussions")}
			if len(v.lists) > 1 {
				row.List = l.Title
			}
			if due := c.Due(v.now); due > 0 && v.reader.Moderates(l.ID) {
				row.Due = thousands(due)
			}
			all = append(all, row)
		}
	}
	return all, nil
}

// collectionPath is the address of a collection; where several lists can be read it names the list, because their collections may
// have the same name.
func collectionPath(c archive.Collection, l list.List, of []list.List) string {
	path := "/collection/" + c.Slug
	if len(of) > 1 {
		path += "?list=" + l.Name
	}
	return path
}

type chosenData struct {
	Title, Intro, List string
	Entries            []chosenEntry
}

// chosenEntry is a discussion that moderators chose, with what they say of it.
type chosenEntry struct {
	Discussion discussionData
	Summary    string
	Review     string // when somebody is to look whether it still holds
	Due        bool   // that day has come
	Mod        bool   // the reader may do it
	Added      string
}

// collectionPage shows a collection, of the first list that has one of that name.
func collectionPage(v *visit) error {
	lists, err := v.narrowed()
	if err != nil {
		return err
	}
	var of list.List
	var c archive.Collection
	var entries []archive.Entry
	err = v.s.db.View(func(tx *store.Tx) error {
		for _, of = range lists {
			if c, entries, err = archive.ReadCollection(tx, v.reader, of.ID, v.args["name"]); !errors.Is(err, archive.ErrNoCollection) {
				return err
			}
		}
		return errNoPage
	})
	if err != nil {
		return err
	}
	d := chosenData{Title: c.Title, Intro: c.Intro}
	if len(v.lists) > 1 {
		d.List = of.Title
	}
	if d.Entries, err = v.entries(of, entries); err != nil {
		return err
	}
	return v.show(http.StatusOK, "collection.html", v.shell(d.Title, link{Path: "/collections", Text: "Collections"}), d)
}

// entries are the discussions of a collection that are to be seen, in their order.
func (v *visit) entries(l list.List, entries []archive.Entry) (all []chosenEntry, err error) {
	roots := make([]archive.Number, len(entries))
	for i, e := range entries {
		roots[i] = e.Thread
	}
	summaries, err := v.s.cfg.Overview.Summaries(roots)
	if err != nil {
		return nil, err
	}
	err = v.s.db.View(func(tx *store.Tx) error {
		all = nil
		for i, s := range summaries {
			if s.Posts == 0 {
				continue // nobody may see it now
			}
			some, err := v.discussions(tx, []archive.Summary{s}, false)
			if err != nil {
				return err
			}
			for _, d := range some {
				all = append(all, v.entry(l, entries[i], d))
			}
		}
		return nil
	})
	return all, err
}

func (v *visit) entry(l list.List, e archive.Entry, d discussionData) chosenEntry {
	row := chosenEntry{Discussion: d, Summary: e.Summary, Mod: v.reader.Moderates(l.ID)}
	if !e.Review.IsZero() {
		row.Review, row.Due = day(e.Review), !e.Review.After(v.now)
	}
	if !e.Added.IsZero() {
		row.Added = day(e.Added)
	}
	return row
}
