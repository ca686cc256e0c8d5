package web

import (
	"fmt"
	"slices"

	"sencoforum/archive"
	"sencoforum/store"
)

// similarMost is how many discussions are named below another.
const similarMost = 3

// repliesTo says how many answers a discussion of so many messages has.
func repliesTo(posts int) string {
	if posts < 2 {
		return "no replies yet"
	}
	return plural(posts-1, "reply", "replies")
}

// similar are discussions of the same list that are about the same as one, as far as they were found before (search.Alike): a page
// looks for nothing. What is shown of each is read now, by whoever reads: what was removed, was joined to this one, or they may not
// read, is not named.
func (v *visit) similar(disc archive.Discussion, top archive.Post) (out []discussionData, err error) {
	if v.s.cfg.Search == nil {
		return nil, nil
	}
	alike := v.s.cfg.Search.Alike(top)
	if len(alike) == 0 {
		return nil, nil
	}
	roots, err := v.s.cfg.Overview.ThreadOf(alike) // some may have been joined since
	if err != nil {
		return nil, err
	}
	sums, err := v.s.cfg.Overview.Summaries(slices.Compact(roots))
	if err != nil {
		return nil, err
	}
	err = v.s.db.View(func(tx *store.Tx) error {
		out = nil
		for _, s := range sums {
			if s.Thread == 0 || s.Thread == disc.Number || s.List != top.List || len(out) == similarMost {
				continue
			}
			p, err := archive.ReadPost(tx, v.reader, s.First)
			if err != nil || !p.Shown() {
				continue
			}
			out = append(out, discussionData{Path: fmt.Sprintf("%s/t/%d", v.s.cfg.Path, s.Thread), Subject: subjectOf(p), Begun: brief(p.Written, v.now),
				Author: nameOf(p), Replies: repliesTo(s.Posts)})
		}
		return nil
	})
	return out, err
}
