package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/search"
	"sencoforum/store"
)

// followRoutes begin and end the following of a search: new discussions that match are told by email.
var followRoutes = []route{
	{"POST", followPath, signedIn, followSearch, false},
	{"POST", "/settings/searches", signedIn, unfollowSearch, false},
}

const followPath = "/search/follow"

// followedData is a search that somebody follows on a list.
type followedData struct{ Words, List, Title string }

// followed are the searches that the reader follows.
func (v *visit) followed(tx *store.Tx) (all []followedData, err error) {
	for _, l := range v.lists {
		s, err := hold.SavedOf(tx, v.savedKey(l.ID))
		if err != nil {
			return nil, err
		}
		for _, one := range s.All {
			d := followedData{Words: one.Words, List: l.Name}
			if len(v.lists) > 1 {
				d.Title = l.Title
			}
			all = append(all, d)
		}
	}
	return all, nil
}

func (v *visit) savedKey(l list.ID) hold.SavedKey { return hold.SavedKey{A: v.reader.Person(), B: l} }

// toFollow is what of a search can be followed, as it would be typed: no years, because what comes is new, no order and no
// list. It is empty where that is nothing.
func toFollow(q search.Query) string {
	q.Sort, q.Filter.After, q.Filter.Before, q.Filter.Lists = search.Best, time.Time{}, time.Time{}, nil
	return strings.TrimSpace(q.String())
}

// follow fills in whether a search can be followed, or is.
func (v *visit) follow(tx *store.Tx, d *searchData, w wish) error {
	q := search.ParseForm(w.form(), v.now)
	if d.Shown != "" { // what was put right
		q.Clauses = search.Parse(d.Shown, v.now).Clauses
	}
	if d.Follow = toFollow(q); d.Follow == "" {
		return nil
	}
	lists := v.lists
	for _, l := range v.lists {
		if len(q.Filter.Lists) == 1 && l.Name == q.Filter.Lists[0] {
			lists, d.FollowIn = []list.List{l}, l.Name
		}
	}
	d.Follows = true
	for _, l := range lists {
		s, err := hold.SavedOf(tx, v.savedKey(l.ID))
		if err != nil {
			return err
		}
		d.Follows = d.Follows && slices.ContainsFunc(s.All, func(one hold.Saved) bool { return strings.EqualFold(one.Words, d.Follow) })
	}
	return nil
}

// followSearch follows a search on the list that is named, or on all that the reader may read.
func followSearch(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	words := toFollow(search.Parse(form.Get("words"), v.now))
	if words == "" {
		return v.settings(http.StatusUnprocessableEntity, settingsData{Error: "Look for something first. Then you can follow that search."}, nil)
	}
	lists := v.lists
	if name := form.Get("list"); name != "" {
		m, ok := v.memberOf(name)
		if !ok {
			return errNoPage
		}
		lists = []list.List{v.list(m.List)}
	}
	err = v.s.db.Update(func(tx *store.Tx) error {
		for _, l := range lists {
			if err := hold.SaveSearch(tx, v.savedKey(l.ID), words, v.now, v.now.In(london).Format(time.DateOnly)); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, hold.ErrSavedMost) {
		return v.settings(http.StatusUnprocessableEntity, settingsData{Error: fmt.Sprintf("You follow %d searches, and that is the most. Stop one first.", hold.SavedMost)}, nil)
	}
	if err != nil {
		return err
	}
	return v.to(http.StatusSeeOther, "/settings?done=follows")
}

// unfollowSearch ends the following of a search. One that is not followed is none.
func unfollowSearch(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	m, ok := v.memberOf(form.Get("list"))
	if !ok {
		return errNoPage
	}
	err = v.s.db.Update(func(tx *store.Tx) error {
		_, err := hold.UnsaveSearch(tx, v.savedKey(m.List), form.Get("words"))
		return err
	})
	if err != nil {
		return err
	}
	return v.to(http.StatusSeeOther, "/settings?done=followed")
}
