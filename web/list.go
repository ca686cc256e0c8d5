package web

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/store"
)

// discussionData is a discussion in a list of them.
type discussionData struct {
	Path, Subject, Author string
	Replies               string
	Unanswered            bool
	Begun, Latest         stamp
	Excerpt               string
	Topics                []link
	List                  string
	Pinned, Closed        bool
}

// excerptLength is how many letters of a question stand in a list.
const excerptLength = 180

// discussions reads what lists of discussions show of each.
func (v *visit) discussions(tx *store.Tx, all []archive.Summary, texts bool) ([]discussionData, error) {
	topics := map[archive.TopicID]archive.Topic{}
	for _, l := range v.lists {
		of, err := archive.Topics(tx, l.ID)
		if err != nil {
			return nil, err
		}
		for _, t := range of {
			topics[t.ID] = t
		}
	}
	var out []discussionData
	for _, s := range all {
		p, begins, err := v.opening(tx, s.First, texts)
		if errors.Is(err, archive.ErrNoPost) || errors.Is(err, archive.ErrRemoved) {
			continue // it went a moment ago
		}
		if err != nil {
			return nil, err
		}
		d := discussionData{
			Path: fmt.Sprintf("%s/t/%d", v.s.cfg.Path, s.Thread), Subject: subjectOf(p), Author: nameOf(p), Begun: stampOf(s.Begun, v.now), Latest: stampOf(s.Latest, v.now),
			Replies: plural(s.Posts-1, "reply", "replies"), Unanswered: s.Posts == 1, Pinned: s.Pinned, Closed: s.Closed, Excerpt: begins,
		}
		for _, id := range s.Topics {
			if t, ok := topics[id]; ok {
				d.Topics = append(d.Topics, link{Path: v.s.cfg.Path + "/topic/" + t.Slug, Text: t.Name})
			}
		}
		if len(v.lists) > 1 {
			d.List = v.list(s.List).Title
		}
		out = append(out, d)
	}
	return out, nil
}

// opening is the message that begins a discussion, and how it begins where that is wanted.
func (v *visit) opening(tx *store.Tx, n archive.Number, text bool) (archive.Post, string, error) {
	if !text {
		p, err := archive.ReadPost(tx, v.reader, n)
		return p, "", err
	}
	return v.s.excerpts.of(tx, v.reader, n, v.now)
}

// latest returns discussions of several lists, those with the newest message first, and where the list of the only one goes on.
func (v *visit) latest(lists []list.List, q archive.Query) ([]archive.Summary, archive.Cursor, error) {
	var all []archive.Summary
	var next archive.Cursor
	for _, l := range lists {
		q.List = l.ID
		page, n, err := v.s.cfg.Overview.Read(v.reader, q)
		if err != nil {
			return nil, next, err
		}
		all, next = append(all, page...), n
	}
	slices.SortStableFunc(all, func(a, b archive.Summary) int {
		return cmp.Or(b.Latest.Compare(a.Latest), cmp.Compare(b.Thread, a.Thread))
	})
	if len(lists) != 1 {
		next = archive.Cursor{}
	}
	return all[:min(len(all), q.Count)], next, nil
}

// A pager is the way through the pages of a long list.
type pager struct {
	Links        []link
	Before, Next string
}

// pagerOf makes the way from the page where somebody is; it has no links where all is on one page.
func pagerOf(page, per, all int, path func(int) string) (p pager) {
	last := (all + per - 1) / per
	if last < 2 {
		return p
	}
	for i := range last {
		if n := i + 1; n == 1 || n == last || n >= page-2 && n <= page+2 {
			p.Links = append(p.Links, link{Path: path(n), Text: fmt.Sprint(n), Here: n == page})
		}
	}
	if page > 1 {
		p.Before = path(page - 1)
	}
	if page < last {
		p.Next = path(page + 1)
	}
	return p
}

// begun returns discussions of several lists that were begun not before a moment, those that were begun last first, and where
// they go on.
func (v *visit) begun(q archive.Query, lists []list.List, start time.Time) (all []archive.Summary, next archive.Cursor, err error) {
	for _, l := range lists {
		q.List = l.ID
		page, _, err := v.s.cfg.Overview.Read(v.reader, q)
		if err != nil {
			return nil, next, err
		}
		for _, s := range page {
			if !s.Begun.Before(start) {
				all = append(all, s)
			}
		}
	}
	slices.SortFunc(all, func(a, b archive.Summary) int {
		return cmp.Or(b.Begun.Compare(a.Begun), cmp.Compare(b.Thread, a.Thread))
	})
	if len(all) >= q.Count {
		all = all[:q.Count]
		last := all[len(all)-1]
		next = archive.Cursor{Value: uint32(last.Begun.Unix()), Thread: last.Thread}
	}
	return all, next, nil
}
