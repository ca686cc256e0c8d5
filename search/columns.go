package search

import (
	"context"
	"errors"
	"math"
	"sync"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/store"
)

// Columns are what filters and counts need of each post, in memory: 16 bytes for each. They follow the change record and are
// never stored. A post that nobody may see any more has none, so it is in no result from that moment on, whatever the index
// still holds.
type columns struct {
	db      *store.DB
	changed func([]archive.Post) // is told of posts that changed

	following sync.Mutex // held by the one that reads the store
	mu        sync.RWMutex
	loaded    bool
	seq       archive.Seq
	rows      []column          // by number of the post
	authors   []author          // by number of column; what it holds never changes
	named     map[string]uint32 // the first author with a name, as it is shown
	numbers   map[Author]uint32
	shown     int
}

// A column is what is kept of a post. List 0: it is not to be seen.
type column struct {
	list    list.ID
	author  uint32
	written uint32 // Unix seconds
	facts   Fact   // HasFile and HasLink
}

// An Author is who wrote a post, as its readers see it. Person is 0 for imported posts of people who are not known here.
type Author struct {
	Person list.PersonID
	Name   string
}

// An author is a name, as it is shown, with the number of the first who has it: who are called the same count as one.
type author struct {
	name   string
	first  uint32
	person list.PersonID
}

func newColumns(db *store.DB, changed func([]archive.Post)) *columns {
	return &columns{db: db, changed: changed, numbers: map[Author]uint32{}, named: map[string]uint32{}}
}

// Bounds of one snapshot of the store.
const (
	columnPosts   = 2000
	columnChanges = 500
)

// catchUp takes in all that is committed. The first time it reads all posts.
func (c *columns) catchUp(ctx context.Context) error {
	if c.isCurrent() {
		return nil
	}
	c.following.Lock()
	defer c.following.Unlock()
	if !c.loaded {
		if err := c.load(ctx); err != nil {
			return err
		}
	}
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		if more, err = c.step(); err != nil {
			return err
		}
	}
	return nil
}

func (c *columns) isCurrent() (current bool) {
	err := c.db.View(func(tx *store.Tx) error {
		last, err := archive.LastSeq(tx)
		c.mu.RLock()
		defer c.mu.RUnlock()
		current = c.loaded && c.seq >= last
		return err
	})
	return err == nil && current
}

// load reads all posts in small snapshots. What changes meanwhile stands in the change record after its place then.
func (c *columns) load(ctx context.Context) error {
	from, next := archive.Seq(0), archive.Number(1)
	for first, more := true, true; more; first = false {
		if err := ctx.Err(); err != nil {
			return err
		}
		var posts []archive.Post
		err := c.db.View(func(tx *store.Tx) (err error) {
			if first {
				if from, err = archive.LastSeq(tx); err != nil {
					return err
				}
			}
			posts, err = readPosts(tx, next)
			return err
		})
		if err != nil {
			return err
		}
		if more = len(posts) > 0; more {
			next = posts[len(posts)-1].Number + 1
		}
		c.put(posts, from)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.loaded = true
	return nil
}

func readPosts(tx *store.Tx, from archive.Number) (posts []archive.Post, err error) {
	for p, err := range archive.All(tx, from) {
		if errors.Is(err, store.ErrDamaged) {
			continue // the archive says so to whoever reads it
		}
		if err != nil {
			return nil, err
		}
		if posts = append(posts, p); len(posts) == columnPosts {
			break
		}
	}
	return posts, nil
}

// step takes in a few changes, and reports whether there may be more.
func (c *columns) step() (more bool, err error) {
	var posts []archive.Post
	c.mu.RLock()
	last, read := c.seq, 0
	c.mu.RUnlock()
	err = c.db.View(func(tx *store.Tx) error {
		for ch, err := range archive.Changes(tx, last+1) {
			if err != nil && !errors.Is(err, store.ErrDamaged) {
				return err
			}
			last = ch.Seq
			if ch.Event != archive.EventThreaded && ch.Event != archive.EventCurated && ch.Post != 0 {
				p, err := archive.Get(tx, ch.Post)
				if err == nil {
					posts = append(posts, p)
				} else if !errors.Is(err, store.ErrDamaged) && !errors.Is(err, archive.ErrNoPost) {
					return err
				}
			}
			if read++; read == columnChanges {
				break
			}
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	c.put(posts, last)
	c.changed(posts)
	return read == columnChanges, nil
}

func (c *columns) put(posts []archive.Post, upTo archive.Seq) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range posts {
		for int(p.Number) >= len(c.rows) {
			c.rows = append(c.rows, make([]column, 1+len(c.rows)/8)...)
		}
		r := &c.rows[p.Number]
		if r.list != 0 {
			c.shown--
		}
		*r = column{}
		if p.Shown() {
			*r = c.columnOf(p)
			c.shown++
		}
	}
	c.seq = upTo
}

func (c *columns) columnOf(p archive.Post) column {
	a := Author{Person: p.Author, Name: p.AuthorName}
	n, ok := c.numbers[a]
	if !ok {
		n = uint32(len(c.authors))
		name := list.CleanName(a.Name)
		first, ok := c.named[name]
		if !ok {
			first, c.named[name] = n, n
		}
		c.authors, c.numbers[a] = append(c.authors, author{name, first, a.Person}), n
	}
	r := column{list: p.List, author: n, written: seconds(p.Written)}
	if p.Facts.Files > 0 {
		r.facts |= HasFile
	}
	if p.Facts.Links {
		r.facts |= HasLink
	}
	return r
}

// seconds is a moment in Unix seconds, of 1970 to 2106.
func seconds(t time.Time) uint32 { return uint32(min(max(t.Unix(), 0), math.MaxUint32)) }

// total is how many posts can be seen.
func (c *columns) total() int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.shown
}
