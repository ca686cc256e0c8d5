package web

import (
	"errors"
	"fmt"
	"net/http"

	"sencoforum/archive"
	"sencoforum/store"
)

// topicPer is how many discussions one page of a topic has.
const topicPer = 30

type topicsData struct{ Topics []topicData }

type topicData struct{ Path, Name, Count string }

// countMost bounds the counting of what is tagged.
const countMost = 1000

func topicsPage(v *visit) error {
	lists, err := v.narrowed()
	if err != nil {
		return err
	}
	var d topicsData
	err = v.s.db.View(func(tx *store.Tx) error {
		d = topicsData{}
		for _, l := range lists {
			all, err := archive.Topics(tx, l.ID)
			if err != nil {
				return err
			}
			counts, err := archive.CountByTopic(tx, l.ID, countMost)
			if err != nil {
				return err
			}
			for _, t := range all {
				row := topicData{Path: v.s.cfg.Path + "/topic/" + t.Slug, Name: t.Name, Count: plural(counts[t.ID], "discussion", "discussions")}
				if len(lists) > 1 {
					row.Path += "?list=" + l.Name
					row.Name += " (" + l.Title + ")"
				}
				if counts[t.ID] >= countMost {
					row.Count = "over " + thousands(countMost-1) + " discussions"
				}
				d.Topics = append(d.Topics, row)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "topics.html", v.shell("Topics", link{Path: "/topics", Text: "Topics"}), d)
}

type topicPageData struct {
	Title       string
	Discussions []discussionData
	Older       string
}

// topicPage lists the discussions with a topic, in each list that has one of that name.
func topicPage(v *visit) error {
	lists, err := v.narrowed()
	if err != nil {
		return err
	}
	from, err := v.cursor()
	if err != nil {
		return err
	}
	var found []archive.Summary
	var title, older string
	for _, l := range lists {
		var topic archive.Topic
		err := v.s.db.View(func(tx *store.Tx) (err error) {
			topic, err = archive.FindTopic(tx, l.ID, v.args["name"])
			return err
		})
		if errors.Is(err, archive.ErrNoTopic) {
			continue
		}
		if err != nil {
			return err
		}
		title = topic.Name
		page, next, err := v.s.cfg.Overview.Read(v.reader, archive.Query{List: l.ID, Topic: topic.ID, Count: topicPer, From: from})
		if err != nil {
			return err
		}
		found = append(found, page...)
		if next != (archive.Cursor{}) {
			older = fmt.Sprintf("%s/topic/%s?list=%s&from=%d-%d", v.s.cfg.Path, topic.Slug, l.Name, next.Value, next.Thread)
		}
	}
	if title == "" {
		return errNoPage
	}
	d := topicPageData{Title: title, Older: older}
	err = v.s.db.View(func(tx *store.Tx) (err error) {
		d.Discussions, err = v.discussions(tx, found, true)
		return err
	})
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "topic.html", v.shell(title, link{Path: "/topics", Text: "Topics"}), d)
}
