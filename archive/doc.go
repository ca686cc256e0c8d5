// Package archive is the numbered record of posts, with a change record beside
// it that everything else follows.
//
// Acceptance gives a post its number, which is its permalink for ever, and a
// moment until which it waits. Publishing is a small transaction of its own:
// it gives the post the next sequence number, which is the order in which
// posts become visible. Followers (fan-out, search, digest, IMAP) read the
// change record by a cursor over sequence numbers and are never called from
// here. A post has one live row in that record; a new event replaces the old. A
// thread that changed has one of its own beside those of its posts.
//
// An Overview is a table of all discussions in memory. It is made from the rows and follows the change record, too.
//
// docs/archive.md tells how posts find their threads.
//
// Tables:
//
//	archive.posts    Number             -> Post
//	archive.changes  Seq                -> Change
//	archive.waiting  (until, Number)    -> nothing; posts whose delay runs, in the order of their time
//	archive.names    (hash of list and Message-ID or Outlook key, Number) -> nothing; finds a parent
//	archive.ids      the same with the text in the place of its hash; read, and no longer written
//	archive.threads  (thread, Number)   -> node; the posts of a thread in order, with the hashes of what they name
//	archive.awaited  (hash of a key, Number) -> nothing; the first posts that answer a message that is not here
//	archive.subjects (hash of a subject, Unix seconds, Number) -> nothing
//	archive.aliases  thread             -> older thread that it became a part of
//	archive.joined   (thread, newer thread) -> nothing; aliases the other way round
//	archive.apart    (thread, thread)   -> nothing; taken apart by a moderator, both ways
//	archive.acts     number             -> Act; what moderators did to threads
//	archive.tidings  thread             -> Seq of its live row in the change record
//
//	archive.curations thread            -> what moderators said about it: topics, pinned, closed, collections
//	archive.topics   (list, topic)      -> Topic
//	archive.tagged   (topic, Unix seconds, thread) -> nothing; what is tagged with a topic, in the order of its beginning
//	archive.pinned   (list, thread)     -> nothing
//	archive.collections (list, collection) -> Collection
//	archive.entries  (collection, thread) -> Entry
//	archive.eras     (list, Unix seconds) -> LegalEra
//
// Counters: archive.numbers and archive.seq are the two hot keys; archive.acts, archive.topics and archive.collections
// count what their names say.
//
// A crash leaves a post either waiting or published, never between. An act that moves more than 500 posts is noted
// first and goes on after a crash when Continue is called.
package archive

import (
	"sencoforum/store"
)

// Number is the number of a post on this server, from 1: its permalink.
type Number uint32

// Seq is a place in the change record, from 1: the order of visibility.
type Seq uint64

// waitKey orders waiting posts by the moment of publishing, in Unix nanoseconds.
type waitKey = store.Pair[uint64, Number]

// threadKey lists the posts of a thread.
type threadKey = store.Pair[Number, Number]

var (
	posts   = store.NewTable("archive.posts", store.Uint32Key[Number](), store.RememberMany(store.Compact[Post](), 4096))
	changes = store.NewTable("archive.changes", store.Uint64Key[Seq](), store.Compact[Change]())
	waiting = store.NewTable("archive.waiting", store.PairKey(store.Uint64Key[uint64](), store.Uint32Key[Number]()), store.Empty())
	threads = store.NewTable("archive.threads", store.PairKey(store.Uint32Key[Number](), store.Uint32Key[Number]()),
		store.ValueCodec[node]{Append: appendNode, Parse: parseNode})
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

// Skip leaves out the next n numbers of posts; see package backup.
func Skip(tx *store.Tx, n int64) error {
	_, err := numbers.Add(tx, n)
	return err
}
