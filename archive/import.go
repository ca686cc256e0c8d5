package archive

import (
	"fmt"

	"sencoforum/store"
)

// Import stores a post that was written before it came here: it is published
// at once, under its own date, and carries the origin mark by which fan-out
// and digests step over it. Nobody is sent anything.
func Import(tx *store.Tx, n NewPost) (Post, error) {
	n.Imported, n.Until = true, n.Written
	p, err := Accept(tx, n)
	if err != nil {
		return Post{}, fmt.Errorf("import post %s: %w", n.MessageID, err)
	}
	return Publish(tx, p.Number, n.Written, 0)
}
