package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/feeds"
	"golang.org/x/time/rate"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/signin"
	"sencoforum/store"
)

// feedRoutes are the feeds and where a member makes and ends them. The token in the address of a feed is the right to it.
var feedRoutes = []route{
	{"GET", "/feed/{file}", anybody, feedPage, false},
	{"POST", feedsPath, signedIn, changeFeeds, false},
}

const (
	feedsPath = "/settings/feeds"
	feedEnd   = ".atom"
)

// Bounds of a feed: discussions and characters of each, and how often one member's programs may fetch.
const (
	feedLength    = 30
	feedWords     = 1000
	feedsAtOnce   = 40
	feedEvery     = 10 * time.Second
	feedStampMost = 10_000
)

// A feedKey says what is in a feed; who reads it makes no difference.
type feedKey struct {
	list  list.ID
	topic archive.TopicID
}

// A feedStamp is since when a feed has been what it is.
type feedStamp struct {
	tag   string
	since time.Time
}

// A feeder bounds how often feeds are fetched, and knows since when each has been as it is: a feed also changes when something
// in it is removed, which no post tells. Many goroutines may use it.
type feeder struct {
	turns

	mu     sync.Mutex // guards stamps
	stamps map[feedKey]feedStamp
}

func newFeeder() *feeder {
	return &feeder{turns: newTurns(rate.Every(feedEvery), feedsAtOnce), stamps: map[feedKey]feedStamp{}}
}

// stamp is the tag of a feed with these bytes, and since when it has been like that.
func (f *feeder) stamp(k feedKey, body []byte, now time.Time) feedStamp {
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.stamps[k]
	if s.tag == tag {
		return s
	}
	if len(f.stamps) >= feedStampMost {
		clear(f.stamps)
	}
	now = now.Truncate(time.Second)
	if !now.After(s.since) {
		now = s.since.Add(time.Second) // whole seconds are all that a header tells
	}
	s = feedStamp{tag, now}
	f.stamps[k] = s
	return s
}

// feedPage is what a program fetches: the latest discussions, with the subject and the own words of who began each, and
// nobody's name.
func feedPage(v *visit) error {
	tok, ok := strings.CutSuffix(v.args["file"], feedEnd)
	if !ok {
		return errNoPage
	}
	key, body, err := v.feed(tok)
	if errors.Is(err, signin.ErrNoFeed) {
		return errNoPage
	}
	if err != nil {
		return err
	}
	at := v.s.feeder.stamp(key, body, v.now)
	h := v.w.Header()
	h.Set("Content-Type", "application/atom+xml; charset=utf-8")
	h.Set("Cache-Control", "private, no-cache") // what is removed here is gone there with the next look
	h.Set("ETag", at.tag)
	http.ServeContent(v.w, v.r, "", at.since, bytes.NewReader(body))
	return nil
}

// feed writes the feed of a token.
func (v *visit) feed(tok string) (key feedKey, body []byte, err error) {
	var of signin.Feed
	var l list.List
	var topic archive.Topic
	err = v.s.db.View(func(tx *store.Tx) error {
		if v.reader, of, err = signin.FeedReader(tx, tok); err != nil {
			return err
		}
		if l, err = list.Get(tx, of.List); err != nil || of.Topic == 0 {
			return err
		}
		topic, err = v.topic(tx, of)
		return err
	})
	if err != nil {
		return key, nil, err
	}
	if !v.s.feeder.allow(of.Person, v.now) {
		return key, nil, errBusy
	}
	latest, _, err := v.s.cfg.Overview.Read(v.reader, archive.Query{List: of.List, Topic: of.Topic, Count: feedLength})
	if err != nil {
		return key, nil, err
	}
	f := &feeds.AtomFeed{Xmlns: "http://www.w3.org/2005/Atom", Title: l.Title, Author: &feeds.AtomAuthor{AtomPerson: feeds.AtomPerson{Name: l.Title}}}
	where := v.abroad("/?list=" + url.QueryEscape(l.Name))
	if of.Topic != 0 {
		f.Title, where = topic.Name+" – "+l.Title, v.abroad("/topic/"+topic.Slug+"?list="+url.QueryEscape(l.Name))
	}
	f.Id, f.Link, f.Updated = where, &feeds.AtomLink{Href: where, Rel: "alternate", Type: "text/html"}, time.Unix(0, 0).UTC().Format(time.RFC3339)
	if err := v.s.db.View(func(tx *store.Tx) error { return v.feedEntries(tx, f, latest) }); err != nil {
		return key, nil, err
	}
	var b bytes.Buffer
	err = feeds.WriteXML(f, &b)
	return feedKey{of.List, of.Topic}, b.Bytes(), err
}

// abroad is the whole address of a page, as it stands outside of the pages.
func (v *visit) abroad(path string) string { return strings.TrimRight(v.s.cfg.Host.WebURL, "/") + path }

// topic is what a feed is about; a topic that was removed ends it.
func (v *visit) topic(tx *store.Tx, of signin.Feed) (archive.Topic, error) {
	all, err := archive.Topics(tx, of.List)
	for _, t := range all {
		if t.ID == of.Topic {
			return t, err
		}
	}
	return archive.Topic{}, errors.Join(err, signin.ErrNoFeed)
}

// feedEntries adds discussions to a feed, the one with the latest message first.
func (v *visit) feedEntries(tx *store.Tx, f *feeds.AtomFeed, latest []archive.Summary) error {
	f.Entries = nil
	for _, s := range latest {
		p, err := archive.ReadPost(tx, v.reader, s.First)
		if errors.Is(err, archive.ErrNoPost) || errors.Is(err, archive.ErrRemoved) {
			continue // it went just now
		}
		if err != nil {
			return err
		}
		words, err := v.feedWords(tx, p)
		if err != nil {
			return err
		}
		if n := s.Posts - 1; n > 0 {
			words += "<p>" + plural(n, "reply", "replies") + " in the archive.</p>"
		}
		id := v.abroad(fmt.Sprintf("/t/%d", s.Thread))
		e := &feeds.AtomEntry{
			Title: visible(subjectOf(p)), Id: id, Links: []feeds.AtomLink{{Href: id, Rel: "alternate", Type: "text/html"}},
			Published: s.Begun.UTC().Format(time.RFC3339), Updated: s.Latest.UTC().Format(time.RFC3339),
			Content: &feeds.AtomContent{Type: "html", Content: words},
		}
		f.Updated = max(f.Updated, e.Updated)
		f.Entries = append(f.Entries, e)
	}
	return nil
}

// feedWords are the first own words of a post, as HTML in which nothing is markup that its writer wrote.
func (v *visit) feedWords(tx *store.Tx, p archive.Post) (string, error) {
	_, raw, err := archive.ReadText(tx, v.reader, p.Number)
	if errors.Is(err, intake.ErrNoMessage) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return string(proseOf(cut(message.Parse(raw).Words().Own, feedWords))), nil
}
