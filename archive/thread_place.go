package archive

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"sencoforum/message"
	"sencoforum/store"
)

// waitersMost is how many posts are noted as waiting for one missing message. The first is enough to find the thread;
// the others are for the day it is split off.
const waitersMost = 4

// placer puts posts into threads. own returns what a stored post says in its own words; it is asked for few.
type placer struct {
	tx  *store.Tx
	own func(Post) (phrases, error)
}

// placing is the work on one post. It reads and writes a bounded number of rows, however large the archive is: one for
// each key that the post names before the first known one, and at most suspectsMost of the same subject.
type placing struct {
	placer
	post  *Post
	from  NewPost
	node  node
	waits []uint64 // what it names and no post has yet
	late  Number   // thread of the posts that waited for this one
}

// enter puts a post that has its number into its thread and into the indexes. The thread and the parent of p are set.
func (w placer) enter(p *Post, n NewPost) error {
	g := placing{placer: w, post: p, from: n}
	own := n.ownKeys()
	steps := []func() error{g.byToken, g.byName, g.beside, g.lateParent, g.bySubject, g.settle}
	if n.kept != nil {
		g.node, steps = *n.kept, []func() error{g.asBefore}
	} else {
		p.Thread, p.Parent = 0, 0
		g.node.own, g.node.token = keyHashes(p.List, own), n.Answers
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return fmt.Errorf("place post %d: %w", p.Number, err)
		}
	}
	for _, key := range own {
		if err := putName(w.tx, p.List, key, p.Number); err != nil {
			return err
		}
	}
	about, _ := subjectOf(*p)
	if k, ok := alikeKey(*p, about); ok {
		if err := alike.Put(w.tx, k, struct{}{}); err != nil {
			return err
		}
	}
	return threads.Put(w.tx, threadKey{A: p.Thread, B: p.Number}, g.node)
}

// asBefore leaves a post in its thread, as far as that was there before it.
func (g *placing) asBefore() (err error) {
	if g.post.Thread >= g.post.Number {
		g.post.Thread = g.post.Number
		return nil
	}
	g.post.Thread, err = rootOf(g.tx, g.post.Thread)
	return err
}

// below puts the post below another.
func (g *placing) below(parent Post, via Via) (err error) {
	g.post.Parent, g.node.via = parent.Number, via
	if via != ViaReference {
		g.node.parent = parent.Number
	}
	g.post.Thread, err = rootOf(g.tx, parent.Thread)
	return err
}

// byToken follows the reply address to which the post was sent.
func (g *placing) byToken() error {
	n := g.from.Answers
	if n == 0 || n >= g.post.Number {
		return nil
	}
	parent, err := Get(g.tx, n)
	switch {
	case errors.Is(err, ErrNoPost):
		return nil
	case err != nil || parent.List != g.post.List:
		return err
	}
	return g.below(parent, ViaToken)
}

// byName finds the nearest known post that it names; what is nearer and unknown is waited for.
func (g *placing) byName() error {
	if g.post.Parent != 0 {
		return nil
	}
	keys, references := g.from.linkKeys()
	g.node.links = keyHashes(g.post.List, keys)
	for i, key := range keys {
		first, err := g.known(key)
		if err != nil {
			return err
		}
		if first == 0 {
			g.waits = append(g.waits, g.node.links[i])
			continue
		}
		parent, err := Get(g.tx, first)
		if err != nil {
			return err
		}
		if err := g.below(parent, ViaReference); err != nil {
			return err
		}
		return g.further(parent, keys[:max(references, i+1)], i+1)
	}
	return nil
}

// further unites the thread with those of all other posts that References names, and waits for the rest. So what one
// post names is one thread, in whatever order it came. Mostly the parent has named them all, and nothing is looked up.
func (g *placing) further(parent Post, keys []string, from int) error {
	if from == len(keys) {
		return nil
	}
	above, _, err := threads.Get(g.tx, threadKey{A: parent.Thread, B: parent.Number})
	if err != nil {
		return err
	}
	for i := from; i < len(keys); i++ {
		if slices.Contains(above.links, g.node.links[i]) {
			continue
		}
		first, err := g.known(keys[i])
		if err != nil {
			return err
		}
		if first == 0 {
			g.waits = append(g.waits, g.node.links[i])
			continue
		}
		other, err := ThreadOf(g.tx, first)
		if err != nil {
			return err
		}
		if g.post.Thread, err = unite(g.tx, g.post.Thread, other); err != nil {
			return err
		}
	}
	return nil
}

// known returns the first post that has a key, 0 for none. A second one of the same Message-ID gets no answers, so
// nobody can draw the answers to a post to another.
func (g *placing) known(key string) (Number, error) {
	return firstNamed(g.tx, g.post.List, key)
}

// beside joins the threads of others that wait for the same missing messages, and waits, too.
func (g *placing) beside() error {
	for _, hash := range g.waits {
		first, waiters, err := g.waiting(hash)
		if err != nil {
			return err
		}
		if first != 0 {
			if g.post.Thread, err = unite(g.tx, g.post.Thread, first); err != nil {
				return err
			}
			if g.node.via == ViaNothing {
				g.node.via = ViaReference
			}
		}
		if waiters < waitersMost {
			if err := awaited.Put(g.tx, awaitKey{A: hash, B: g.post.Number}, struct{}{}); err != nil {
				return err
			}
		}
	}
	return nil
}

// waiting returns the thread of the first post that waits for a key, 0 for none, and how many wait.
func (g *placing) waiting(hash uint64) (thread Number, waiters int, err error) {
	for row, err := range store.Prefix(awaited, g.tx, hash) {
		if err != nil {
			return 0, 0, err
		}
		if waiters++; waiters == 1 {
			if thread, err = ThreadOf(g.tx, row.Key.B); err != nil {
				return 0, 0, err
			}
		}
	}
	return thread, waiters, nil
}

// lateParent finds the thread of those that wait for this post. The tree gives them their parent whenever it is read,
// so nothing of theirs is written.
func (g *placing) lateParent() error {
	for _, key := range g.from.ownKeys() {
		first, err := g.known(key)
		if err != nil {
			return err
		}
		if first != 0 {
			continue // another post has it, and the answers
		}
		thread, _, err := g.waiting(keyHash(g.post.List, key))
		if err != nil {
			return err
		}
		if g.late, err = unite(g.tx, g.late, thread); err != nil {
			return err
		}
	}
	return nil
}

// settle decides the thread: that of the parent, else that of those who waited, else a new one.
func (g *placing) settle() (err error) {
	if g.post.Thread, err = unite(g.tx, g.post.Thread, g.late); err != nil {
		return err
	}
	if g.post.Thread == 0 {
		g.post.Thread = g.post.Number
	}
	return nil
}

// ownKeys are the keys under which other posts can name this one: its Message-ID, and its place in an Outlook
// conversation.
func (n NewPost) ownKeys() []string {
	keys := []string{n.MessageID}
	if n.Conversation != nil {
		keys = append(keys, conversationKey(*n.Conversation, len(n.Conversation.Replies)))
	}
	return keys
}

// conversationUp is how many steps up an Outlook conversation are looked for; after them only its beginning is.
const conversationUp = 32

// linkKeys are the keys of what the post answers, nearest first, and how many of them are from References. Nothing
// answers itself.
func (n NewPost) linkKeys() (keys []string, references int) {
	own := n.ownKeys()
	add := func(ids []string) {
		for _, id := range ids[:min(len(ids), namesMost)] {
			if !slices.Contains(own, id) && !slices.Contains(keys, id) {
				keys = append(keys, id)
			}
		}
	}
	add(n.References)
	references = len(keys)
	add(n.InReplyTo)
	if c := n.Conversation; c != nil && len(c.Replies) > 0 {
		up := len(c.Replies) - 1
		for ; up > 0 && len(c.Replies)-up <= conversationUp; up-- {
			keys = append(keys, conversationKey(*c, up))
		}
		keys = append(keys, conversationKey(*c, 0))
	}
	return keys, references
}

// conversationKey names the message of a conversation that has the first so many blocks. It cannot be a Message-ID,
// which has angle brackets.
func conversationKey(c message.ThreadIndex, replies int) string {
	b := c.Conversation[:]
	for _, r := range c.Replies[:replies] {
		b = append(b, r[:]...)
	}
	if len(b) > 64 {
		return fmt.Sprintf("outlook:%s:%d:%016x", hex.EncodeToString(b[:16]), replies, keyHash(0, string(b)))
	}
	return "outlook:" + hex.EncodeToString(b)
}

// moment is when a post came, or for an imported one when it says it was written.
func moment(p Post) time.Time {
	if p.Imported {
		return p.Written
	}
	return p.Accepted
}
