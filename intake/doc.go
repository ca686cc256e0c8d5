// Package intake keeps every message that was answered with 250, as it came,
// in exactly one known state.
//
// It owns the raw message, its envelope, what was found out about its sender,
// its state, and the counters that prove that nothing vanished. Posts, held
// items and shunted messages point to it, so raw bytes are written once.
//
// Tables:
//
//	intake.messages  ID            -> Record, which never changes
//	intake.raw       ID            -> the raw message, compressed; absent for a duplicate, once it was stripped, and where a pack has it
//	intake.packs     ID            -> Pack: raw messages of an import, the last of them the one with this ID
//	intake.states    ID            -> State with its reason
//	intake.keys      duplicate key -> ID, for posts and mail to people (intake/keys.go)
//	intake.blocked   keyed digest  -> ID, for content that was taken out and must not come in again
//	intake.secret    "erasures"    -> what these digests are keyed with
//
// Counters: intake.accepted rises by one in the transaction of each 250,
// intake.live.STATE follows every change of state, and intake.purged.STATE
// rises when a message is removed. At all times
//
//	accepted = sum of live + sum of purged
//
// and Audit checks both this sum and the counters against the rows.
//
// Each change of state is one transaction of the caller's and may be run
// again. After a crash a message is in the state of its last transaction.
package intake

import (
	"sencoforum/store"
)

// ID is the number of a message on this server, from 1, never used again.
type ID uint64

var (
	messages = store.NewTable("intake.messages", store.Uint64Key[ID](), store.Compact[Record]())
	raws     = store.NewTable("intake.raw", store.Uint64Key[ID](), store.Blobs())
	packs    = store.NewTable("intake.packs", store.Uint64Key[ID](), store.Blobs())
	states   = store.NewTable("intake.states", store.Uint64Key[ID](), store.Compact[Status]())
	blocked  = store.NewTable("intake.blocked", store.StringKey[string](), store.JSON[ID]())
	secrets  = store.NewTable("intake.secret", store.StringKey[string](), store.JSON[Secret]())
)

const (
	numbers  = store.Counter("intake.messages")
	accepted = store.Counter("intake.accepted")
)

func live(s State) store.Counter   { return store.Counter("intake.live." + string(s)) }
func purged(s State) store.Counter { return store.Counter("intake.purged." + string(s)) }
