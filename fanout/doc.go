// Package fanout turns a published post into one copy for each member who
// receives it.
//
// It follows the change record by the cursor "fanout", whose place is (seq,
// last person number). Expanding reads members in order of number and puts one
// queue row for each, in transactions of a few hundred rows; the cursor moves
// in the same transaction, so a crash neither loses nor doubles a row. A row
// names the post, its revision, the list and the person. The copy is composed
// when its turn comes (Render), from the live post and the live membership: a
// member who left, or a post that was hidden, gets no copy.
//
// Tables:
//
//	fanout.skipped  Seq -> why a change could not be expanded
//
// A change that cannot be expanded goes there, its message becomes shunted,
// and the cursor moves on, so that the next post is not held up. Retry puts
// it back.
//
// The body of a copy and most of its header are the same for all members; they
// are composed once for each revision of a post and kept in a small cache.
package fanout

import (
	"sencoforum/archive"
	"sencoforum/store"
)

// Kind is the kind of this package's queue rows.
const Kind = "post"

const place = store.Cursor("fanout")

var skipped = store.NewTable("fanout.skipped", store.Uint64Key[archive.Seq](), store.JSON[Skipped]())

// A Skipped is a change that could not be expanded.
type Skipped struct {
	Seq    archive.Seq    `json:"seq"`
	Post   archive.Number `json:"post"`
	Reason string         `json:"reason"`
}
