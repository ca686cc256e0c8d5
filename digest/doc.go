// Package digest makes one email a day or a week of what was written, for the members who want it so.
//
// An Editor follows the archive by cursors of its own, one for each list and kind. When the hour has come it works out an issue:
// which discussions it names, in which part, and under which one answers. One transaction stores the issue under the day of its
// period, moves the cursor, and notes that rows are to be put; they follow in chunks, like those of a post. An issue holds
// numbers and no words: each copy is composed from the archive as it is when the copy is sent, so what was hidden, redacted or
// erased meanwhile is in none of them.
//
// All members of a kind share one body. Members who have muted the same discussions of an issue share another, up to mostBodies
// in all; who has muted what nobody else has, beyond that, gets the common one. A body holds no address of a member and
// no token that gives a right.
//
// Tables:
//
//	digest.issues   Number             -> Issue; for 120 days
//	digest.periods  (list, (kind, Day)) -> Number of the issue, 0 where there was nothing to send
//	digest.places   (list, kind)       -> place: what the next issue begins after
//	digest.open     Number             -> the person after whom to go on; issues whose rows are not all put
//
// Counter: digest.issues.
//
// A crash leaves an issue not made, or made and its rows to be put from where they were: nobody gets two.
package digest

import (
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/store"
)

// RowKind is the kind of this package's queue rows.
const RowKind = "digest"

// Kind says of which time an issue is.
type Kind uint32

// The kinds. The numbers are on disk.
const (
	Weekly Kind = 1
	Daily  Kind = 2
)

// Mode is the delivery mode of the members who get a kind.
func (k Kind) Mode() list.DeliveryMode {
	if k == Daily {
		return list.ModeDaily
	}
	return list.ModeWeekly
}

// kindOf is the kind that a mode gets; false for a mode without digests.
func kindOf(m list.DeliveryMode) (Kind, bool) {
	if m == list.ModeDaily {
		return Daily, true
	}
	return Weekly, m == list.ModeWeekly
}

// Number is the number of an issue on this server, from 1.
type Number uint32

// batchBase keeps the batches of issues in the queue apart from those of posts, whose numbers have 32 bits.
const batchBase = 1 << 32

func (n Number) batch() uint64 { return batchBase + uint64(n) }

// IssueOf returns the issue to which a batch of the queue belongs; false for a batch of a post.
func IssueOf(batch uint64) (Number, bool) {
	return Number(batch - batchBase), batch > batchBase
}

// Part is a part of an issue.
type Part uint8

// The parts, in their order. The numbers are on disk.
const (
	Help    Part = 1 // questions without an answer
	Most    Part = 2 // most talked about
	Also    Part = 3 // the other discussions
	Notices Part = 4 // those that moderators tagged as notices
)

// An Issue is what one email a day or a week is made of. It holds no words.
type Issue struct {
	Number Number             `json:"number"`
	List   list.ID            `json:"list"`
	Kind   Kind               `json:"kind"`
	At     time.Time          `json:"at"`             // the beginning of its period
	Since  time.Time          `json:"since,omitzero"` // of the issue before, where that is more than a period ago
	Made   time.Time          `json:"made"`           //
	From   archive.Seq        `json:"from"`           // posts that were published after From
	To     archive.Seq        `json:"to"`             // and up to To
	Only   list.PersonID      `json:"only,omitempty"` // the one member whom it is for; 0: all of its mode
	Last   bool               `json:"last,omitempty"` // the last one, of a member who gets posts sooner from now on
	Posts  int                `json:"posts"`
	Joined int                `json:"joined,omitempty"` // members who joined, where the list wants it said
	Items  []Item             `json:"items"`
	Muted  [][]archive.Number `json:"muted,omitempty"` // sets of discussions without which there is a body, each ascending
}

// An Item is a discussion in an issue.
type Item struct {
	Part   Part           `json:"part"`
	Thread archive.Number `json:"thread"`
	First  archive.Number `json:"first"`           // the post that began it, or the first of those that can be seen
	Reply  archive.Number `json:"reply,omitempty"` // the first by somebody else
	Posts  int            `json:"posts"`           // in this period
	People int            `json:"people"`          // who answered in it
	Files  int            `json:"files,omitempty"`
	Begun  bool           `json:"begun,omitempty"` // in this period
}

// place is where the next issue of a kind begins.
type place struct {
	To    archive.Seq `json:"to"`
	Made  time.Time   `json:"made"`
	After time.Time   `json:"after,omitzero"` // nothing that was published before belongs to the next: the first look at a list
}

type (
	placeKey  = store.Pair[list.ID, Kind]
	periodKey = store.Pair[list.ID, store.Pair[Kind, Day]]
)

var (
	issues  = store.NewTable("digest.issues", store.Uint32Key[Number](), store.JSON[Issue]())
	periods = store.NewTable("digest.periods", store.PairKey(store.Uint32Key[list.ID](), store.PairKey(store.Uint32Key[Kind](), store.Uint32Key[Day]())), store.JSON[Number]())
	places  = store.NewTable("digest.places", store.PairKey(store.Uint32Key[list.ID](), store.Uint32Key[Kind]()), store.JSON[place]())
	open    = store.NewTable(openTable, store.Uint32Key[Number](), store.JSON[list.PersonID]())
)

const (
	openTable = "digest.open"
	numbers   = store.Counter("digest.issues")
)

// ListOf returns the list of an issue; false for one that is kept no longer.
func ListOf(tx *store.Tx, n Number) (list.ID, bool, error) {
	i, ok, err := issues.Get(tx, n)
	return i.List, ok, err
}
