package fanout

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

// Composer composes the copies of posts at the moment they are sent.
type Composer struct {
	db   *store.DB
	keys *token.Keyring
	cfg  Config

	mu     sync.Mutex
	recent []*composed // newest last; guarded by mu
}

// Config is what a copy says about this server.
type Config struct {
	WebURL   string // base address of the web archive; empty while there is none
	LeaveURL string // base address of the pages by which members leave with one click; empty while there are none
	Now      func() time.Time
}

// NewComposer returns a composer that reads db and signs return addresses with
// keys.
func NewComposer(db *store.DB, keys *token.Keyring, cfg Config) *Composer {
	return &Composer{db: db, keys: keys, cfg: cfg}
}

// copyOf is all that one copy is made of besides the composed post.
type copyOf struct {
	post   archive.Post
	list   list.List
	person list.Person
}

// Render makes the copy of one queue row. It returns queue.ErrDropped when the
// member no longer receives posts, or the post is not to be seen any more.
func (c *Composer) Render(_ context.Context, r queue.Row) (queue.Outgoing, error) {
	p, err := parsePayload(r.Payload)
	if err != nil {
		return queue.Outgoing{}, err
	}
	var it copyOf
	if err := c.db.View(func(tx *store.Tx) error { return it.read(tx, p, c.cfg.Now()) }); err != nil {
		return queue.Outgoing{}, err
	}
	same, err := c.compose(it)
	if err != nil {
		return queue.Outgoing{}, fmt.Errorf("compose post %d: %w", p.Post, err)
	}
	header, err := c.personal(it)
	if err != nil {
		return queue.Outgoing{}, err
	}
	return queue.Outgoing{
		Row:      r.ID,
		From:     it.list.ReturnAddress(c.keys, it.person.ID, uint32(it.post.Number), c.cfg.Now()),
		To:       it.person.Address,
		Header:   header,
		Body:     same.bytes,
		UTF8:     !it.person.Address.ASCII(),
		EightBit: same.eightBit,
	}, nil
}

// read loads what the copy needs, or returns queue.ErrDropped.
func (it *copyOf) read(tx *store.Tx, p payload, now time.Time) error {
	m, err := list.Member(tx, p.List, p.Person)
	if errors.Is(err, list.ErrNoMember) {
		return queue.ErrDropped
	}
	if err != nil {
		return err
	}
	if it.post, err = archive.Get(tx, p.Post); err != nil {
		return err
	}
	if it.post.State != archive.Published {
		return queue.ErrDropped
	}
	who := wanting{post: it.post, now: now, expanded: true}
	wants, err := who.receives(tx, m)
	if err != nil {
		return err
	}
	if !wants {
		return queue.ErrDropped
	}
	if it.list, err = list.Get(tx, p.List); err != nil {
		return err
	}
	it.person, err = list.GetPerson(tx, p.Person)
	return err
}

// personal is the part of the header that differs between members.
func (c *Composer) personal(it copyOf) ([]byte, error) {
	claims := token.Claims{Kind: token.Feedback, A: uint32(it.person.ID), B: uint32(it.post.Number)}
	var w message.Writer
	w.Raw("Feedback-ID", fmt.Sprintf("%s:%d:post:%s", c.keys.Sign(claims, it.list.Name), it.post.Number, it.list.Name))
	c.unsubscribe(&w, it)
	return w.Bytes(), w.Err()
}

// unsubscribe writes how this member leaves: by mail, and where there are pages with one click (RFC 8058). The field that
// tells a mail program to do that by itself is for https only; without, the link is for people.
func (c *Composer) unsubscribe(w *message.Writer, it copyOf) {
	mail := "<mailto:" + it.list.Service("leave").String() + ">"
	if c.cfg.LeaveURL == "" {
		w.Raw("List-Unsubscribe", mail)
		return
	}
	base := strings.TrimRight(c.cfg.LeaveURL, "/")
	claims := token.Claims{Kind: token.OneClick, A: uint32(it.person.ID), B: uint32(it.list.ID)}
	w.Raw("List-Unsubscribe", "<"+base+"/u/"+c.keys.Sign(claims, it.list.Name)+">, "+mail)
	if strings.HasPrefix(strings.ToLower(base), "https://") {
		w.Raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
}

// composed is the part of a copy that all members share.
type composed struct {
	post     archive.Number
	revision uint32
	once     sync.Once
	bytes    []byte // rest of the header, blank line, body
	eightBit bool
	err      error
	made     time.Time
}

// keep is how many composed posts are kept: those that are being sent at once.
// keepFailure is how long a post that cannot be composed is not tried again, so
// that each of its thousands of rows does not cost the same once more.
const (
	keep        = 8
	keepFailure = time.Minute
)

// compose returns the shared part of a post's copies, composing it once for
// each revision.
func (c *Composer) compose(it copyOf) (*composed, error) {
	s := c.slot(it.post)
	s.once.Do(func() {
		s.err = errors.New("composing broke off") // stands if it panics: a slot is never empty without an error
		s.bytes, s.eightBit, s.err = c.composeShared(it)
	})
	if store.Trouble(s.err) || c.cfg.Now().Sub(s.made) > keepFailure && s.err != nil {
		c.forget(s)
	}
	return s, s.err
}

func (c *Composer) slot(p archive.Post) *composed {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.recent {
		if s.post == p.Number && s.revision == p.Revision {
			return s
		}
	}
	s := &composed{post: p.Number, revision: p.Revision, made: c.cfg.Now()}
	if c.recent = append(c.recent, s); len(c.recent) > keep {
		c.recent = c.recent[1:]
	}
	return s
}

func (c *Composer) forget(s *composed) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, other := range c.recent {
		if other == s {
			c.recent = append(c.recent[:i:i], c.recent[i+1:]...)
			return
		}
	}
}

func (c *Composer) composeShared(it copyOf) ([]byte, bool, error) {
	var raw []byte
	at := places{web: c.cfg.WebURL}
	err := c.db.View(func(tx *store.Tx) (err error) {
		if raw, err = intake.Raw(tx, it.post.Intake); err != nil {
			return err
		}
		w, err := list.WordsOf(tx, it.list.ID, notice.TextFooter)
		if err != nil {
			return err
		}
		at.last = notice.Filled(w.Text, notice.To{List: it.list}, 0)
		if at.above, err = archive.Above(tx, it.post); err != nil {
			return err
		}
		at.author, err = c.authorAddress(tx, it)
		return err
	})
	if err != nil {
		return nil, false, err
	}
	return shared(message.Parse(raw), it.post, it.list, at)
}

// authorAddress leads to the author of a post: the same for all readers, and for as long as the post is to be seen. It is zero
// where the author is no member or wants no private messages. Package relay takes what is written there.
func (c *Composer) authorAddress(tx *store.Tx, it copyOf) (message.Address, error) {
	m, err := list.Member(tx, it.list.ID, it.post.Author)
	if errors.Is(err, list.ErrNoMember) || err == nil && m.NoRelay {
		return message.Address{}, nil
	}
	a := it.list.Service("author")
	a.Local += "+" + c.keys.Sign(token.Claims{Kind: token.Author, A: uint32(it.post.Number)}, it.list.Name)
	return a, err
}
