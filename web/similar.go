package web

import (
	"context"
	"fmt"
	"sync"
	"time"

	"sencoforum/archive"
	"sencoforum/search"
	"sencoforum/store"
)

// Bounds of the discussions that are named below another. The page is not late for them: what is not found in time is found
// beside it, for the next reader.
const (
	similarMost = 3
	similarTime = 3 * time.Millisecond // that a page waits
	similarWait = 5 * time.Millisecond // for other searches to end
	similarKept = 24 * time.Hour
	likesHalf   = 5000 // discussions of which it is remembered, of those that were read last and of those before them: 1 MB
)

// likes remembers which discussions are alike, by number. What is shown of each is read anew, by whoever reads: what was removed, or
// they may not read, is not named.
type likes struct {
	mu       sync.Mutex // guards these
	now, old map[likeKey]alike
}

// likeKey is a discussion with the number of its messages: what is written in it may change what it is like.
type likeKey struct {
	thread archive.Number
	posts  int
}

type alike struct {
	found []archive.Number // the first post of each
	at    time.Time
}

func (l *likes) get(k likeKey, now time.Time) ([]archive.Number, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, ok := l.now[k]
	if !ok {
		if a, ok = l.old[k]; ok {
			l.keep(k, a)
		}
	}
	return a.found, ok && now.Sub(a.at) < similarKept
}

func (l *likes) put(k likeKey, found []archive.Number, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keep(k, alike{found, now})
}

// keep puts one among those that were read last. The caller holds mu.
func (l *likes) keep(k likeKey, a alike) {
	if len(l.now) >= likesHalf || l.now == nil {
		l.old, l.now = l.now, map[likeKey]alike{}
	}
	l.now[k] = a
}

// similar begins to look for discussions of the same list that are about the same, and returns what waits for them: the page is
// made meanwhile.
func (v *visit) similar(disc archive.Discussion, posts []archive.Post) (wait func() []archive.Number) {
	if v.s.cfg.Search == nil {
		return func() []archive.Number { return nil }
	}
	key := likeKey{disc.Number, len(posts)}
	if firsts, ok := v.s.finder.likes.get(key, v.now); ok {
		return func() []archive.Number { return firsts }
	}
	return v.lookAlike(key, firstShown(posts))
}

// repliesTo says how many answers a discussion of so many messages has.
func repliesTo(posts int) string {
	if posts < 2 {
		return "no replies yet"
	}
	return plural(posts-1, "reply", "replies")
}

// named are what is shown of discussions that are like another. A fault of the search is no fault of the page.
func (v *visit) named(disc archive.Discussion, firsts []archive.Number) ([]discussionData, error) {
	var out []discussionData
	err := v.s.db.View(func(tx *store.Tx) error {
		out = nil
		for _, n := range firsts {
			d, _, err := archive.ReadThread(tx, v.reader, n)
			if err != nil || d.Number == disc.Number {
				continue // it went, or was joined to this one
			}
			p, err := archive.ReadPost(tx, v.reader, n)
			if err != nil {
				continue
			}
			out = append(out, discussionData{Path: fmt.Sprintf("%s/t/%d", v.s.cfg.Path, d.Number), Subject: subjectOf(p), Begun: brief(p.Written, v.now),
				Author: nameOf(p), Replies: repliesTo(len(d.Places))})
		}
		return nil
	})
	return out, err
}

// lookAlike asks the search, where it has time, and returns what waits a little for the answer, as long as it takes from now.
func (v *visit) lookAlike(k likeKey, top archive.Post) (wait func() []archive.Number) {
	late := time.After(v.s.finder.similarTime)
	ready := make(chan []archive.Number, 1)
	reader, now, ctx := search.Reading(v.reader).Within(top.List), v.now, v.r.Context()
	leave, err := v.s.finder.enter(ctx, 0)
	go func() {
		if err != nil {
			leave, err = v.s.finder.enter(ctx, similarWait)
		}
		if err != nil {
			ready <- nil
			return
		}
		defer leave()
		ready <- v.s.alike(k, reader, top.Number, now)
	}()
	return func() []archive.Number {
		select {
		case firsts := <-ready:
			return firsts
		case <-late:
			return nil
		}
	}
}

// alike finds discussions that are like another and remembers them, also that there are none. It may outlive the request, so it
// catches a panic itself; the search has a bound of its own, and an index that is being closed waits for it. While the index is
// made nothing is found, which is not remembered.
func (s *Server) alike(k likeKey, reader search.Reader, n archive.Number, now time.Time) (firsts []archive.Number) {
	defer func() {
		if r := recover(); r != nil {
			s.log.Error("discussions that are alike are not found", "cause", r)
		}
	}()
	found, err := s.cfg.Search.Similar(context.Background(), reader, n, similarMost)
	if err != nil {
		s.log.Debug("discussions that are alike are not found", "cause", err)
		return nil
	}
	for _, l := range found {
		firsts = append(firsts, l.First)
	}
	s.finder.likes.put(k, firsts, now)
	return firsts
}
