package archive

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/store"
)

// An Export is the posts that are wanted as an mbox file. Zero values want all.
type Export struct {
	List   list.ID
	Thread Number
	Year   int             // in which they were written, in UTC
	By     func(Post) bool // further conditions; nil: none
	All    bool            // also posts whose writer wants them in no archive; for an export to that writer
}

// Exported is what an export gave out.
type Exported struct {
	Posts  int // that were written
	Unseen int // that are wanted and that members do not see: hidden, withdrawn, erased, not archived, or not yet published
}

// What one snapshot of the store is read for.
const (
	exportPosts = 200
	exportBytes = 8 << 20
)

// Write writes the published posts in the order of their numbers, as [MboxWriter] does. It looks at a few posts at a time,
// so what is published meanwhile may be among them.
func (e Export) Write(ctx context.Context, db *store.DB, w io.Writer) (Exported, error) {
	var sum Exported
	out := NewMboxWriter(w)
	for next := Number(1); next > 0; {
		var some []exportedPost
		err := db.View(func(tx *store.Tx) (err error) {
			some, next, err = e.some(tx, next, &sum)
			return err
		})
		if err != nil {
			return sum, err
		}
		for _, p := range some {
			if err := out.Write(p.raw, p.sender, p.post.Written); err != nil {
				return sum, err
			}
			sum.Posts++
		}
		if err := ctx.Err(); err != nil {
			return sum, err
		}
	}
	return sum, nil
}

// exportedPost is a post on its way into the file.
type exportedPost struct {
	post   Post
	sender string
	raw    []byte
}

// some reads a few posts from a number on. next is where to go on, 0 at the end.
func (e Export) some(tx *store.Tx, from Number, sum *Exported) (out []exportedPost, next Number, err error) {
	seen, bytes := 0, 0
	for p, err := range All(tx, from) {
		if err != nil {
			return nil, 0, err
		}
		if seen == exportPosts || bytes > exportBytes {
			return out, p.Number, nil
		}
		seen++
		wanted, err := e.wants(tx, p)
		if err != nil {
			return nil, 0, err
		}
		if !wanted {
			continue
		}
		if !p.Shown() && (!e.All || p.State != Published) {
			sum.Unseen++
			continue
		}
		raw, err := intake.Raw(tx, p.Intake)
		if err != nil {
			return nil, 0, fmt.Errorf("export post %d: %w", p.Number, err)
		}
		bytes += len(raw)
		out = append(out, exportedPost{post: p, sender: envelopeName(p), raw: identified(raw, p.MessageID)})
	}
	return out, 0, nil
}

// identified puts the Message-ID of a post before a message that has none of its own. It was made of the message as it came,
// so after a redaction nobody could make it again.
func identified(raw []byte, id string) []byte {
	if headerOf(raw).MessageID() == id {
		return raw
	}
	return slices.Concat([]byte("Message-ID: "+id+"\r\n"), raw)
}

func (e Export) wants(tx *store.Tx, p Post) (bool, error) {
	switch {
	case e.List != 0 && p.List != e.List, e.Year != 0 && p.Written.UTC().Year() != e.Year, e.By != nil && !e.By(p):
		return false, nil
	case e.Thread == 0:
		return true, nil
	}
	thread, err := ThreadOf(tx, p.Number)
	return thread == e.Thread, err
}

// envelopeName is an address for the From_ line, or empty where it would be no single word.
func envelopeName(p Post) string {
	s := p.From.String()
	if p.From.IsZero() || strings.ContainsAny(s, " \t\r\n\"") {
		return ""
	}
	return s
}
