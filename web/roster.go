package web

import (
	"errors"
	"fmt"
	"net/http"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/store"
)

// rosterRoutes are the pages of members who agreed to be seen by the others.
var rosterRoutes = []route{
	{"GET", "/members", signedIn, rosterPage, false},
	{"GET", "/member/{person}", signedIn, rosterMemberPage, false},
}

// rosterPer is how many members of a list one page has, and memberPer how many discussions of one.
const (
	rosterPer = 200
	memberPer = 30
)

type rosterData struct{ Lists []rosterList }

type rosterList struct {
	Title   string
	Members []link
	More    string
}

func rosterPage(v *visit) error {
	lists, err := v.narrowed()
	if err != nil {
		return err
	}
	from := list.PersonID(0)
	if s := v.query("from"); s != "" {
		if from, err = numberOf[list.PersonID](s); err != nil {
			return err
		}
	}
	var d rosterData
	err = v.s.db.View(func(tx *store.Tx) error {
		d = rosterData{}
		for _, l := range lists {
			all, next, err := membership.ReadMembers(tx, v.reader, l.ID, from, rosterPer)
			if err != nil {
				return err
			}
			if len(all) == 0 {
				continue
			}
			of := rosterList{Title: l.Title}
			for _, m := range all {
				of.Members = append(of.Members, link{Path: fmt.Sprintf("%s/member/%d", v.s.cfg.Path, m.Person), Text: m.Name + roleOf(m.Role)})
			}
			if next != 0 {
				of.More = fmt.Sprintf("%s/members?list=%s&from=%d", v.s.cfg.Path, l.Name, next)
			}
			d.Lists = append(d.Lists, of)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "members.html", v.shell("Members", link{Path: "/members", Text: "Members"}), d)
}

// roleOf is what is said beside a name.
func roleOf(r list.Role) string {
	if r.Moderates() {
		return " (moderator)"
	}
	return ""
}

type rosterMember struct {
	Name        string
	Lists       []string
	Discussions []discussionData
	Self        bool
}

// rosterMemberPage shows a member in the lists in which they agreed to it and which the reader reads.
func rosterMemberPage(v *visit) error {
	p, err := v.person()
	if err != nil {
		return err
	}
	d := rosterMember{Self: p == v.reader.Person()}
	var lists []list.List
	err = v.s.db.View(func(tx *store.Tx) error {
		d.Name, d.Lists, lists = "", nil, nil
		for _, l := range v.lists {
			m, err := membership.ReadMember(tx, v.reader, l.ID, p)
			if errors.Is(err, list.ErrNoMember) {
				continue
			}
			if err != nil {
				return err
			}
			d.Name, lists, d.Lists = m.Name, append(lists, l), append(d.Lists, l.Title+roleOf(m.Role))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if d.Name == "" {
		return errNoPage
	}
	var found []archive.Summary
	for _, l := range lists {
		page, _, err := v.s.cfg.Overview.Read(v.reader, archive.Query{List: l.ID, Asker: p, Order: archive.ByBegun, Count: memberPer})
		if err != nil {
			return err
		}
		found = append(found, page...)
	}
	err = v.s.db.View(func(tx *store.Tx) (err error) {
		d.Discussions, err = v.discussions(tx, found, false)
		return err
	})
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "member.html", v.shell(d.Name, link{Path: "/members", Text: "Members"}), d)
}
