// Package hold keeps the messages that wait for somebody's answer before they
// are posts, and the one-use tokens by which that answer is given.
//
// It is a book: its functions take a transaction first and change nothing
// outside it. The message itself is in the intake, in the state held; an item
// here points to it.
//
// Tables:
//
//	hold.items    Number                 -> Item
//	hold.order    (list, class, Number)  -> nothing: what goes first when a list keeps too much
//	hold.expiry   (moment, Number)       -> nothing: what is deleted when nobody answers
//	hold.keys     duplicate key          -> Number, so that a message sent again does not wait twice
//	hold.tokens   digest of a token      -> Grant
//	hold.granted  (Number, digest)       -> nothing: the tokens of an item
//	hold.asked    (person, day)          -> how many questions were mailed to that person that day
//	hold.named    (Number, 1 to 3)       -> an address that a stranger named as theirs, until it has been looked at
//	hold.mailed   (day, hash of address) -> nothing: who had a mail that day because of a stranger's message
//
// Counters: hold.items gives out numbers that are never used again; hold.list.ID
// counts the items of one list, hold.dropped.ID those that it had no room for.
//
// Nothing is lost or left half done by a crash: every change is one transaction
// of the caller's.
package hold

import (
	"fmt"

	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/store"
	"sencoforum/token"
)

// Number is the number of an item on this server, from 1, never used again.
type Number uint64

// class orders the items of a list by who goes first when there are too many.
type class uint32

const (
	ofStrangers class = iota
	ofMembers
)

type (
	orderKey   = store.Pair[list.ID, store.Pair[class, Number]]
	expiryKey  = store.Pair[uint64, Number]
	grantedKey = store.Pair[Number, token.Digest]
	namedKey   = store.Pair[Number, uint32]
	askedKey   = store.Pair[list.PersonID, uint32]
)

var (
	items   = store.NewTable("hold.items", store.Uint64Key[Number](), store.JSON[Item]())
	order   = store.NewTable("hold.order", store.PairKey(store.Uint32Key[list.ID](), store.PairKey(store.Uint32Key[class](), store.Uint64Key[Number]())), store.Empty())
	expiry  = store.NewTable("hold.expiry", store.PairKey(store.Uint64Key[uint64](), store.Uint64Key[Number]()), store.Empty())
	keys    = store.NewTable("hold.keys", store.StringKey[intake.Key](), store.JSON[Number]())
	tokens  = store.NewTable("hold.tokens", store.StringKey[token.Digest](), store.JSON[Grant]())
	granted = store.NewTable("hold.granted", store.PairKey(store.Uint64Key[Number](), store.StringKey[token.Digest]()), store.Empty())
	asked   = store.NewTable("hold.asked", store.PairKey(store.Uint32Key[list.PersonID](), store.Uint32Key[uint32]()), store.JSON[int]())
	named   = store.NewTable(NamedTable, store.PairKey(store.Uint64Key[Number](), store.Uint32Key[uint32]()), store.JSON[string]())
	mailed  = store.NewTable("hold.mailed", store.PairKey(store.Uint32Key[uint32](), store.StringKey[string]()), store.Empty())
)

const numbers = store.Counter("hold.items")

func waiting(l list.ID) store.Counter { return store.Counter(fmt.Sprintf("hold.list.%d", l)) }
func dropped(l list.ID) store.Counter { return store.Counter(fmt.Sprintf("hold.dropped.%d", l)) }
