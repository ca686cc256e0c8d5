package web

import (
	"errors"
	"fmt"
	"net/http"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/search"
	"sencoforum/store"
)

// rosterRoutes are the pages of members who agreed to be seen by the others.
var rosterRoutes = []route{
	{"GET", "/members", signedIn, rosterPage, false},
	{"GET", "/member/{person}", signedIn, rosterMemberPage, false},
}

// rosterPer is how many members of a list one page has, memberPer how many discussions of one, and answersPer how many answers.
const (
	rosterPer  = 200
	memberPer  = 30
	answersPer = 20
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
	Discussions []discussionData // on the first page
	Answers     []memberAnswer
	Count       string // of all answers; empty: that is not known here
	Newer       string // the page before
	Older       string // the next page
	Page        int
	Self        bool
}

// memberAnswer is a message with which a member answered others.
type memberAnswer struct {
	Path, Subject, Excerpt string
	Written                stamp
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
	if d.Page, err = v.page(); err != nil {
		return err
	}
	if d.Page == 1 {
		err = v.begunBy(&d, lists, p)
	}
	if err == nil && v.s.cfg.Search != nil {
		err = v.answersBy(&d, lists, p)
	}
	if err != nil {
		return err
	}
	if d.Page > 1 && len(d.Answers) == 0 {
		return errNoPage
	}
	return v.show(http.StatusOK, "member.html", v.shell(d.Name, link{Path: "/members", Text: "Members"}), d)
}

// begunBy fills in the discussions that somebody began.
func (v *visit) begunBy(d *rosterMember, lists []list.List, p list.PersonID) error {
	var found []archive.Summary
	for _, l := range lists {
		page, _, err := v.s.cfg.Overview.Read(v.reader, archive.Query{List: l.ID, Asker: p, Order: archive.ByBegun, Count: memberPer})
		if err != nil {
			return err
		}
		found = append(found, page...)
	}
	return v.s.db.View(func(tx *store.Tx) (err error) {
		d.Discussions, err = v.discussions(tx, found, false)
		return err
	})
}

// answersBy fills in a page of what somebody answered to others, in the lists in which they agreed to be seen.
func (v *visit) answersBy(d *rosterMember, lists []list.List, p list.PersonID) error {
	reader := v.reader
	if len(lists) < len(reader.Lists()) {
		reader = reader.Among(lists)
	}
	numbers, all, err := v.s.cfg.Search.AnswersBy(v.r.Context(), search.Reading(reader), p, (d.Page-1)*answersPer, answersPer)
	if err != nil {
		return err
	}
	d.Count = plural(all, "answer", "answers")
	path := fmt.Sprintf("%s/member/%d?page=", v.s.cfg.Path, p)
	if d.Page > 1 {
		d.Newer = path + fmt.Sprint(d.Page-1)
	}
	if all > d.Page*answersPer {
		d.Older = path + fmt.Sprint(d.Page+1)
	}
	return v.s.db.View(func(tx *store.Tx) error {
		d.Answers = nil
		for _, n := range numbers {
			p, raw, err := archive.ReadText(tx, reader, n)
			switch {
			case errors.Is(err, archive.ErrNoPost), errors.Is(err, archive.ErrRemoved):
				continue // it went a moment ago
			case err != nil && !errors.Is(err, intake.ErrNoMessage):
				return err
			}
			one := memberAnswer{Path: v.s.cfg.Path + "/m/" + number(n), Subject: subjectOf(p), Written: stampOf(p.Written, v.now)}
			if err == nil {
				one.Excerpt = excerpt(message.Parse(raw).Words().Own, excerptLength)
			}
			d.Answers = append(d.Answers, one)
		}
		return nil
	})
}
