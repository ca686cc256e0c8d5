// Package list knows the lists, the people on them, and who may post.
//
// It is a book: its functions take a transaction first and change nothing
// outside it. The posting policy (Decide) is a pure function of values.
//
// Tables:
//
//	list.lists      ID                -> List, with its settings
//	list.addresses  "name@domain"     -> ID, the posting address of each list
//	list.people     PersonID          -> Person
//	list.byaddress  address key       -> PersonID, every proved address
//	list.members    (ID, PersonID)    -> Membership, in order of person number
//	list.moderators (ID, PersonID)    -> nothing; those of them who moderate
//	list.names      (digest of how a name looks, PersonID) -> nothing
//	list.bans       (ID, pattern)     -> Ban: who can neither join nor write
//	list.texts      (ID, name)        -> Words: a piece of a mail in the list's own words
//	list.choices    (thread, PersonID) -> the Choice of a member about a thread
//	list.chosen     (PersonID, thread) -> the same, to find a person's
//	list.sizes      (ID, month)        -> how many members a list had, as last counted in that month
//	list.lastdigests (ID, PersonID)   -> the delivery mode of which a member is owed one last digest
//
// Counters: list.lists and list.people give out numbers that are never used
// again; list.ID.members counts the memberships of one list; list.names is the
// version by which the table of that name was made.
//
// Nothing here is lost or left half done by a crash: every change is one
// transaction of the caller's.
package list

import (
	"fmt"

	"sencoforum/store"
)

var (
	lists      = store.NewTable(ListsTable, store.Uint32Key[ID](), store.Remember(store.JSON[List]()))
	addresses  = store.NewTable("list.addresses", store.StringKey[string](), store.JSON[ID]())
	people     = store.NewTable("list.people", store.Uint32Key[PersonID](), personCodec)
	byAddress  = store.NewTable("list.byaddress", store.StringKey[string](), store.JSON[PersonID]())
	moderators = store.NewTable("list.moderators", store.PairKey(store.Uint32Key[ID](), store.Uint32Key[PersonID]()), store.Empty())
	names      = store.NewTable("list.names", store.PairKey(store.StringKey[string](), store.Uint32Key[PersonID]()), store.Empty())
	bans       = store.NewTable("list.bans", store.PairKey(store.Uint32Key[ID](), store.StringKey[string]()), store.JSON[Ban]())
	texts      = store.NewTable("list.texts", store.PairKey(store.Uint32Key[ID](), store.StringKey[string]()), store.Remember(store.JSON[Words]()))
	choices    = store.NewTable("list.choices", store.PairKey(store.Uint32Key[uint32](), store.Uint32Key[PersonID]()), choiceCodec)
	chosen     = store.NewTable("list.chosen", store.PairKey(store.Uint32Key[PersonID](), store.Uint32Key[uint32]()), choiceCodec)
	members    = store.NewTable("list.members", store.PairKey(store.Uint32Key[ID](), store.Uint32Key[PersonID]()), membershipCodec)
)

const (
	listNumbers   = store.Counter("list.lists")
	personNumbers = store.Counter("list.people")
	namesMade     = store.Counter("list.names")
)

// memberCount is the counter of one list's memberships.
func memberCount(id ID) store.Counter {
	return store.Counter(fmt.Sprintf("list.%d.members", id))
}

// Skip leaves out the next n numbers of people; see package backup.
func Skip(tx *store.Tx, n int64) error {
	_, err := personNumbers.Add(tx, n)
	return err
}
