package web

import (
	"fmt"

	"sencoforum/archive"
	"sencoforum/store"
)

// startData is what moderators chose for people who are new to the role.
type startData struct{ Collections []collectionData }

type collectionData struct {
	Title, Intro string
	Entries      []entryData
}

type entryData struct{ Path, Subject, Summary string }

func (v *visit) collections() (startData, error) {
	var d startData
	lists := v.lists
	if v.visiting() && len(lists) > 1 {
		lists = lists[:1]
	}
	err := v.s.db.View(func(tx *store.Tx) error {
		d = startData{}
		for _, l := range lists {
			c, titles, err := archive.StartTitles(tx, v.reader, l.ID)
			if err != nil {
				return err
			}
			if len(titles) == 0 {
				continue
			}
			out := collectionData{Title: c.Title, Intro: c.Intro}
			for _, t := range titles {
				e := entryData{Subject: t.Subject, Summary: t.Summary}
				if !v.visiting() {
					e.Path = fmt.Sprintf("%s/t/%d", v.s.cfg.Path, t.Thread)
				}
				out.Entries = append(out.Entries, e)
			}
			d.Collections = append(d.Collections, out)
		}
		return nil
	})
	return d, err
}
