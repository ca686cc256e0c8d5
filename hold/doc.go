// Package hold keeps what waits for somebody's answer, and the one-use tokens by
// which that answer is given: messages before they are posts, and people who ask
// to join.
//
// An item waits for whoever wrote it, then perhaps for the moderators, and is
// decided once. A decision takes effect when the list's sending delay has passed
// and stays for 90 days after that, so that a second one hears of the first.
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
//	hold.due      (moment, Number)       -> nothing: what has to be looked at then
//	hold.said     (person, what)         -> when a person was last told something that is told seldom
//	hold.notes    list                   -> when its moderators had their last morning note
//	hold.posted   (list, person)         -> moments of the posts of the last day, in Unix seconds
//	hold.texts    (list, digest)         -> who sent a long text, and when
//	hold.textdays (day, list and digest) -> nothing: which texts to forget
//	hold.searches (person, list)         -> digest of the token of the latest search by email
//
// Counters: hold.items gives out numbers that are never used again; hold.list.ID
// counts the items of one list, hold.dropped.ID those that it had no room for.
//
// Nothing is lost or left half done by a crash: every change is one transaction
// of the caller's.
package hold

import (
	"fmt"
	"time"

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
	ofModerators // never goes
)

type (
	orderKey   = store.Pair[list.ID, store.Pair[class, Number]]
	expiryKey  = store.Pair[uint64, Number]
	grantedKey = store.Pair[Number, token.Digest]
	namedKey   = store.Pair[Number, uint32]
	askedKey   = store.Pair[list.PersonID, uint32]
	saidKey    = store.Pair[list.PersonID, string]
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
	due     = store.NewTable(DueTable, store.PairKey(store.Uint64Key[uint64](), store.Uint64Key[Number]()), store.Empty())
	said    = store.NewTable("hold.said", store.PairKey(store.Uint32Key[list.PersonID](), store.StringKey[string]()), store.JSON[time.Time]())
	noted   = store.NewTable("hold.notes", store.Uint32Key[list.ID](), store.JSON[time.Time]())
	mailed  = store.NewTable("hold.mailed", store.PairKey(store.Uint32Key[uint32](), store.StringKey[string]()), store.Empty())
)

const numbers = store.Counter("hold.items")

func waiting(l list.ID) store.Counter { return store.Counter(fmt.Sprintf("hold.list.%d", l)) }
func dropped(l list.ID) store.Counter { return store.Counter(fmt.Sprintf("hold.dropped.%d", l)) }

// Skip leaves out the next n numbers of items; see package backup.
func Skip(tx *store.Tx, n int64) error {
	_, err := numbers.Add(tx, n)
	return err
}
