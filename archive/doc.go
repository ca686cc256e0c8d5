// Package archive is the numbered record of posts, with a change record beside
// it that everything else follows.
//
// Acceptance gives a post its number, which is its permalink for ever, and a
// moment until which it waits. Publishing is a small transaction of its own:
// it gives the post the next sequence number, which is the order in which
// posts become visible. Followers (fan-out, search, digest, IMAP) read the
// change record by a cursor over sequence numbers and are never called from
// here. A post has one live row in that record; a new event replaces the old.
//
// Tables:
//
//	archive.posts    Number             -> Post
//	archive.changes  Seq                -> Change
//	archive.waiting  (until, Number)    -> nothing; posts whose delay runs, in the order of their time
//	archive.ids      (list+Message-ID, Number) -> nothing; finds a parent by its Message-ID
//	archive.threads  (thread, Number)   -> nothing; the posts of a thread in order
//
// Counters: archive.numbers and archive.seq are the two hot keys.
//
// A crash leaves a post either waiting or published, never between.
package archive

import (
	"sencoforum/store"
)

// Number is the number of a post on this server, from 1: its permalink.
type Number uint32

// Seq is a place in the change record, from 1: the order of visibility.
type Seq uint64

// idKey finds posts by list and Message-ID.
type idKey = store.Pair[string, Number]

// waitKey orders waiting posts by the moment of publishing, in Unix nanoseconds.
type waitKey = store.Pair[uint64, Number]

// threadKey lists the posts of a thread.
type threadKey = store.Pair[Number, Number]

var (
	posts   = store.NewTable("archive.posts", store.Uint32Key[Number](), store.Remember(store.JSON[Post]()))
	changes = store.NewTable("archive.changes", store.Uint64Key[Seq](), store.JSON[Change]())
	waiting = store.NewTable("archive.waiting", store.PairKey(store.Uint64Key[uint64](), store.Uint32Key[Number]()), store.Empty())
	ids     = store.NewTable("archive.ids", store.PairKey(store.StringKey[string](), store.Uint32Key[Number]()), store.Empty())
	threads = store.NewTable("archive.threads", store.PairKey(store.Uint32Key[Number](), store.Uint32Key[Number]()), store.Empty())
)

const (
	numbers   = store.Counter("archive.numbers")
	sequences = store.Counter("archive.seq")
)

// ChangesTable and WaitingTable are the names to watch for new changes and for
// posts that begin to wait.
const (
	ChangesTable = "archive.changes"
	WaitingTable = "archive.waiting"
)
