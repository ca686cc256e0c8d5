package archive

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/store"
)

// What people read goes through the functions of this file. Each takes who reads, and what a reader may not see is to them as
// if it were not there.

// ErrRemoved says that a post, or all of a discussion, was to be seen once and is not any more.
var ErrRemoved = errors.New("the post was removed")

// A RemovedError is ErrRemoved with the moment of it.
type RemovedError struct{ At time.Time }

// Error says what happened.
func (e *RemovedError) Error() string { return ErrRemoved.Error() }

// Is reports that it is ErrRemoved.
func (e *RemovedError) Is(err error) bool { return err == ErrRemoved }

// Ended is since when a post is not to be seen any more; zero for one that is, or never was.
func (p Post) Ended() time.Time {
	switch {
	case p.First == 0:
		return time.Time{}
	case p.State == Hidden:
		return p.Removed
	case p.State == Erased:
		return p.Gone
	}
	return time.Time{}
}

// ReadPost returns a post that the reader may see. The error is ErrNoPost, or a *RemovedError.
func ReadPost(tx *store.Tx, r list.Reader, n Number) (Post, error) {
	p, err := Get(tx, n)
	if err != nil {
		return p, err
	}
	ended := p.Ended()
	switch {
	case !r.Reads(p.List):
		return Post{}, fmt.Errorf("post %d: %w", n, ErrNoPost)
	case p.Shown():
		return p, nil
	case !ended.IsZero():
		return Post{}, &RemovedError{ended}
	}
	return Post{}, fmt.Errorf("post %d: %w", n, ErrNoPost)
}

// ReadText returns the message of a post that the reader may see, as it is stored.
func ReadText(tx *store.Tx, r list.Reader, n Number) (Post, []byte, error) {
	p, err := ReadPost(tx, r, n)
	if err != nil {
		return p, nil, err
	}
	raw, err := intake.Raw(tx, p.Intake)
	return p, raw, err
}

// ReadThread returns a discussion of which the reader may see a post, by any number that leads to it. Of posts that are not
// to be seen it has those that were once, as places for a tombstone. The error is ErrNoThread, or a *RemovedError.
func ReadThread(tx *store.Tx, r list.Reader, n Number) (Discussion, []Post, error) {
	root, err := ThreadOf(tx, n)
	if err != nil {
		return Discussion{}, nil, err
	}
	d, err := Thread(tx, root)
	if err != nil {
		return d, nil, err
	}
	all, err := d.Page(tx, 0, len(d.Places))
	if err != nil {
		return d, nil, err
	}
	none := fmt.Errorf("thread %d: %w", n, ErrNoThread)
	if len(all) == 0 || !r.Reads(all[0].List) {
		return Discussion{}, nil, none
	}
	var places []Place
	var posts []Post
	var ended time.Time
	shown := false
	for i, p := range all {
		end := p.Ended()
		switch {
		case p.Shown():
			shown = true
		case !end.IsZero():
			p = Post{Number: p.Number, List: p.List, State: p.State, First: p.First, Removed: p.Removed, Gone: p.Gone, Published: p.Published}
			if end.After(ended) {
				ended = end
			}
		default:
			continue
		}
		places, posts = append(places, d.Places[i]), append(posts, p)
	}
	d.Places = places
	switch {
	case shown:
		return d, posts, nil
	case !ended.IsZero():
		return Discussion{}, nil, &RemovedError{ended}
	}
	return Discussion{}, nil, none
}

// Read is List for a reader: nothing of a list that is not theirs.
func (o *Overview) Read(r list.Reader, q Query) ([]Summary, Cursor, error) {
	if !r.Reads(q.List) {
		return nil, Cursor{}, nil
	}
	return o.List(q)
}

// A Month is what was begun in one.
type Month struct {
	Year        int
	Month       time.Month
	Discussions int
	Posts       int // of these discussions, whenever they were written
}

// Months returns the months in which discussions of a list were begun, by the clock of a place, the latest first.
func (o *Overview) Months(r list.Reader, l list.ID, in *time.Location) ([]Month, error) {
	if !r.Reads(l) {
		return nil, nil
	}
	if err := o.CatchUp(); err != nil {
		return nil, err
	}
	o.mu.RLock()
	defer o.mu.RUnlock()
	orders := o.orders[l]
	if orders == nil {
		return nil, nil
	}
	var all []Month
	var start int64 // of the month that is counted
	for _, i := range orders[ByBegun] {
		row := &o.rows[i]
		if at := int64(row.begun); len(all) == 0 || at < start {
			t := time.Unix(at, 0).In(in)
			start = time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, in).Unix()
			all = append(all, Month{Year: t.Year(), Month: t.Month()})
		}
		m := &all[len(all)-1]
		m.Discussions++
		m.Posts += int(row.posts)
	}
	return slices.Clip(all), nil
}

// StartSlug is the slug of the collection for people who are new to the role. Visitors see the titles in it, and no others.
const StartSlug = "start"

// A Title is a discussion as everybody may know of it.
type Title struct {
	Thread  Number
	Subject string
	Summary string // for readers only
}

// StartTitles returns the collection of a list for people who are new to the role, with the titles of its discussions that
// are to be seen; what moderators wrote about each only for readers of the list. It is empty where they chose none.
func StartTitles(tx *store.Tx, r list.Reader, l list.ID) (Collection, []Title, error) {
	c, err := FindCollection(tx, l, StartSlug)
	if errors.Is(err, ErrNoCollection) {
		return Collection{}, nil, nil
	}
	if err != nil {
		return c, nil, err
	}
	entries, err := Entries(tx, c.ID)
	if err != nil {
		return c, nil, err
	}
	var all []Title
	for _, e := range entries {
		d, err := Thread(tx, e.Thread)
		if err != nil {
			return c, nil, err
		}
		posts, err := d.Page(tx, 0, len(d.Places))
		if err != nil {
			return c, nil, err
		}
		i := slices.IndexFunc(posts, Post.Shown)
		if i < 0 {
			continue
		}
		t := Title{Thread: d.Number, Subject: cmp.Or(e.Title, posts[i].Subject)}
		if r.Reads(l) {
			t.Summary = e.Summary
		}
		all = append(all, t)
	}
	if !r.Reads(l) {
		c.Intro = ""
	}
	return c, all, nil
}
