// Package relay carries private messages between members of a list, so that neither sees the other's address.
//
// Each post has an address, L-author+TOKEN@, that leads to its author; it stands in the footer of every copy and is the same
// for all readers. What a member writes there reaches the author from an address of the same form that leads back, and so on.
// A token of kind token.Author says where it leads: A is the post, B the person whom the post's author answers, or 0 for the
// author. Nothing is stored about it. The first may be used by every member, the second by the post's author alone; both
// live as long as the post is to be seen and whom they lead to is a member.
//
// What may be relayed is a pure decision (Decide), and how the mail looks is one too (compose). A message waits in the intake,
// with a queue row that names it; the copy is composed when it is sent, and the bytes are taken out of the intake in the
// transaction that settles the row. Who wrote to whom and when is kept for 90 days.
//
// Tables:
//
//	relay.entries   intake.ID             -> Entry: what came to such an address, for 90 days
//	relay.received  (person, intake.ID)   -> nothing: of these the messages that were relayed to somebody
//	relay.days      person                -> Day: how often the person wrote today
//	relay.muted     (reader, writer)      -> when the reader asked for no more messages of the writer
//
// The functions take a transaction first and may be called at once; every change is one transaction of the caller's. After a
// crash a message is there whole, with its row, or not at all, and one that was being sent is sent again with the same
// Message-ID.
package relay

import (
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/store"
	"sencoforum/token"
)

// Kind is the kind of this package's queue rows.
const Kind = "private"

// What is promised: how long it is known who wrote to whom, how many messages a member may write in a day, and how many
// answers of the robot one gets.
const (
	Retention   = 90 * 24 * time.Hour
	MostADay    = 30
	answersADay = 10
)

// An Entry is what is kept of a mail to a relay address. One that was not relayed has no people.
type Entry struct {
	At   time.Time      `json:"at"`
	Key  intake.Key     `json:"key,omitempty"` // by which the message is known when it comes again
	List list.ID        `json:"list"`
	Post archive.Number `json:"post,omitempty"`
	From list.PersonID  `json:"from,omitempty"`
	To   list.PersonID  `json:"to,omitempty"`
}

// relayed reports whether it was a message from one member to another.
func (e Entry) relayed() bool { return e.To != 0 }

// A Day is what one person did on one day, as token.DayOf counts them.
type Day struct {
	Day     uint16 `json:"day"`
	Sent    int    `json:"sent"`
	Answers int    `json:"answers,omitempty"` // mails of the robot about it

	Warned []string `json:"warned,omitempty"` // digests of what held a number, about which they were asked
}

type (
	receivedKey = store.Pair[list.PersonID, intake.ID]
	mutedKey    = store.Pair[list.PersonID, list.PersonID] // reader, writer
)

var (
	entries  = store.NewTable("relay.entries", store.Uint64Key[intake.ID](), store.JSON[Entry]())
	received = store.NewTable("relay.received", store.PairKey(store.Uint32Key[list.PersonID](), store.Uint64Key[intake.ID]()), store.Empty())
	days     = store.NewTable("relay.days", store.Uint32Key[list.PersonID](), store.JSON[Day]())
	muted    = store.NewTable("relay.muted", store.PairKey(store.Uint32Key[list.PersonID](), store.Uint32Key[list.PersonID]()), store.JSON[time.Time]())
)

// A Book carries private messages. Its methods may be called at once.
type Book struct {
	db   *store.DB
	keys *token.Keyring
	now  func() time.Time
}

// New returns a book that reads db when a message is sent, and signs addresses with keys.
func New(db *store.DB, keys *token.Keyring, now func() time.Time) *Book {
	return &Book{db: db, keys: keys, now: now}
}
