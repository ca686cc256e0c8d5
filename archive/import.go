package archive

import (
	"fmt"

	"sencoforum/intake"
	"sencoforum/store"
)

// Import stores a post that was written before it came here: it is published
// at once, under its own date, and carries the origin mark by which fan-out
// and digests step over it. Nobody is sent anything. The error wraps ErrErased
// for a message that was erased here.
func Import(tx *store.Tx, n NewPost) (Post, error) {
	gone, err := intake.IsGone(tx, uint32(n.List), n.MessageID)
	if err != nil {
		return Post{}, err
	}
	if gone {
		return Post{}, fmt.Errorf("import post %s: %w", n.MessageID, ErrErased)
	}
	return publishOld(tx, n)
}

// publishOld is Import of a message of which it is known that it was not erased here.
func publishOld(tx *store.Tx, n NewPost) (Post, error) {
	n.Imported, n.Until = true, n.Written
	p, err := numbered(tx, n)
	if err != nil {
		return Post{}, fmt.Errorf("import post %s: %w", n.MessageID, err)
	}
	err = makeVisible(tx, &p, n.Written, 0)
	return p, err
}
