package web

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/signin"
	"sencoforum/store"
	"sencoforum/token"
)

// feedsData is the part of the settings about feeds.
type feedsData struct {
	All     []feedData
	Offered []option
	New     string // address of the one that was just made
}

type feedData struct{ Name, Of, Made string }

// feeds fills in which feeds somebody has, and of what they may make one.
func (v *visit) feeds(tx *store.Tx, d *feedsData) error {
	d.All, d.Offered = nil, nil
	names := map[feedKey]string{}
	for _, l := range v.lists {
		names[feedKey{list: l.ID}] = "all of " + l.Title
		d.Offered = append(d.Offered, option{Value: l.Name, Text: "All of " + l.Title})
		topics, err := archive.Topics(tx, l.ID)
		if err != nil {
			return err
		}
		for _, t := range topics {
			name := t.Name
			if len(v.lists) > 1 {
				name += " (" + l.Title + ")"
			}
			names[feedKey{l.ID, t.ID}] = name
			d.Offered = append(d.Offered, option{Value: l.Name + "/" + t.Slug, Text: name})
		}
	}
	all, err := signin.Feeds(tx, v.reader.Person())
	for _, f := range all {
		of := names[feedKey{f.List, f.Topic}]
		if of == "" {
			of = "a topic that is gone"
		}
		d.All = append(d.All, feedData{Name: string(f.Name), Of: of, Made: day(f.Made)})
	}
	return err
}

// changeFeeds makes a feed or stops one. The address of a new one stands on the page that answers, and never again.
func changeFeeds(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	if name := form.Get("stop"); name != "" {
		err := v.s.db.Update(func(tx *store.Tx) error { return signin.EndFeed(tx, v.now, v.reader.Person(), token.Digest(name)) })
		if err != nil && !errors.Is(err, signin.ErrNoFeed) { // it was stopped before
			return err
		}
		return v.to(http.StatusSeeOther, "/settings?done=feed")
	}
	var tok string
	err = v.s.db.Update(func(tx *store.Tx) error {
		l, topic, err := v.feedOf(tx, form.Get("of"))
		if err == nil {
			tok, err = signin.MakeFeed(tx, v.now, v.reader, l, topic)
		}
		return err
	})
	switch {
	case errors.Is(err, signin.ErrFeedsMost):
		return v.settings(http.StatusUnprocessableEntity, settingsData{Error: fmt.Sprintf("You have %d feeds, and that is the most. Stop one first.", signin.FeedsMost)}, nil)
	case errors.Is(err, signin.ErrNoFeed):
		return v.settings(http.StatusUnprocessableEntity, settingsData{Error: "Choose of what you want a feed."}, nil)
	case err != nil:
		return err
	}
	return v.settings(http.StatusOK, settingsData{Feeds: feedsData{New: v.abroad("/feed/" + tok + feedEnd)}}, nil)
}

// feedOf reads of what a feed is asked for: the name of a list, with the slug of a topic behind a slash.
func (v *visit) feedOf(tx *store.Tx, of string) (list.ID, archive.TopicID, error) {
	name, slug, some := strings.Cut(of, "/")
	m, ok := v.memberOf(name)
	if !ok {
		return 0, 0, signin.ErrNoFeed
	}
	if !some {
		return m.List, 0, nil
	}
	t, err := archive.FindTopic(tx, m.List, slug)
	if errors.Is(err, archive.ErrNoTopic) {
		err = signin.ErrNoFeed
	}
	return m.List, t.ID, err
}
