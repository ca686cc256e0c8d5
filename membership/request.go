package membership

import (
	"crypto/sha256"
	"errors"
	"net/netip"
	"strings"
	"time"

	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// Purpose is what a request asks for, and what the answer to its mail confirms.
type Purpose string

// The purposes.
const (
	ToJoin   Purpose = "join"
	ToLeave  Purpose = "leave"
	ToInvite Purpose = "invite"  // somebody who runs the list asks somebody to join
	ToMove   Purpose = "address" // a member's mail is to go to another address
	ToBackup Purpose = "backup"  // a member names an address that is written to when the usual one is dead
)

// A Request asks for a mail to an address. It is stored as it is and looked at when its session is over (Keeper), so that
// neither words nor time of the answer depend on whose address it is.
type Request struct {
	List    list.ID           `json:"list"`
	Purpose Purpose           `json:"purpose"`
	Address message.Address   `json:"address"` // that is to join, leave or be invited; of a member, the one that they have
	New     message.Address   `json:"new,omitzero"`
	Person  list.PersonID     `json:"person,omitempty"` // the member who asks to change an address
	Name    string            `json:"name,omitempty"`   // as their mail program gives it, or as they typed it
	Words   string            `json:"words,omitempty"`  // about themselves, as they typed it on a page
	Mode    list.DeliveryMode `json:"mode,omitempty"`   // that they ask for; empty for no wish
	Proved  bool              `json:"proved,omitempty"` // the request is shown to come from the address
	How     string            `json:"how,omitempty"`    // such as ByMail
	Asked   time.Time         `json:"asked"`
}

// The caps on mail that strangers can cause. Those for an address and for all are kept by the Keeper, over all lists and
// purposes; the one for a network, an IPv4 /24 or an IPv6 /64, by Ask.
const (
	mailsADay    = 1 // to one address, in 24 hours
	mailsAMonth  = 3 // to one address, in 30 days
	fromNetwork  = 10
	mailsAnHour  = 60
	month        = 30 * 24 * time.Hour
	maxRequests  = 1440 // that wait: what goes in a day; beyond that, those of the busiest networks go
	requestLives = 3 * 24 * time.Hour
)

// ErrCrowded says that a network has asked as often as one may in an hour. It does not depend on what was asked.
var ErrCrowded = errors.New("too many requests from one network in an hour")

// noNetwork stands for a client that is not counted: who asks is known.
var noNetwork netip.Addr

type (
	requestKey = store.Pair[uint32, uint64] // whose turn it is among those of its network, number
	sameKey    = store.Pair[list.ID, string]
)

// RequestsTable is the table to watch for news.
const RequestsTable = "membership.requests"

var (
	requests = store.NewTable(RequestsTable, store.PairKey(store.Uint32Key[uint32](), store.Uint64Key[uint64]()), store.JSON[Request]())
	asked    = store.NewTable("membership.asked", store.PairKey(store.Uint32Key[list.ID](), store.StringKey[string]()), store.JSON[requestKey]())
	networks = store.NewTable("membership.networks", store.StringKey[string](), store.JSON[[]int64]())
	mailed   = store.NewTable("membership.mailed", store.StringKey[string](), store.JSON[[]int64]())
	never    = store.NewTable("membership.never", store.PairKey(store.Uint32Key[list.ID](), store.StringKey[string]()), store.JSON[time.Time]())
)

const (
	requestNumbers = store.Counter("membership.requests")
	requestsWait   = store.Counter("membership.requests.wait")
	// RequestsDropped counts requests that led to no mail because of a cap.
	RequestsDropped = store.Counter("membership.requests.dropped")
)

// Ask stores a request. from is the client that brought it; the zero address stands for one that is not counted, such as a
// mail server of our own in front. The error is ErrCrowded, or a fault of ours. What it does takes the same work for every
// address, and the caller answers alike for all.
func Ask(tx *store.Tx, by By, r Request, from netip.Addr) error {
	r.Asked, r.How = by.Now, by.How
	turn := uint32(0)
	if from.IsValid() {
		n, err := countNetwork(tx, from, by.Now)
		if err != nil {
			return err
		}
		turn = uint32(n)
	}
	same := sameKey{A: r.List, B: string(r.Purpose) + " " + hashAddress(r.Address)}
	if old, ok, err := asked.Get(tx, same); err != nil {
		return err
	} else if ok { // the same again keeps its place and its time
		was, _, err := requests.Get(tx, old)
		if err != nil || was.Proved && !r.Proved { // what is shown to be theirs is not changed by what is not
			return err
		}
		r.Asked = was.Asked
		return requests.Put(tx, old, r)
	}
	if room, err := makeRoom(tx, turn); err != nil || !room {
		return err
	}
	n, err := requestNumbers.Next(tx)
	if err != nil {
		return err
	}
	if _, err := requestsWait.Add(tx, 1); err != nil {
		return err
	}
	key := requestKey{A: turn, B: n}
	if err := asked.Put(tx, same, key); err != nil {
		return err
	}
	return requests.Put(tx, key, r)
}

// makeRoom gives up the last of too many requests. It reports false when that is the one that comes.
func makeRoom(tx *store.Tx, turn uint32) (bool, error) {
	n, err := requestsWait.Value(tx)
	if err != nil || n < maxRequests {
		return err == nil, err
	}
	if _, err := RequestsDropped.Add(tx, 1); err != nil {
		return false, err
	}
	for row, err := range requests.Back(tx) {
		if err != nil {
			return false, err
		}
		if row.Key.A <= turn {
			return false, nil
		}
		return true, forgetRequest(tx, row.Key, row.Value)
	}
	return true, nil
}

// forgetRequest takes a request out of the queue.
func forgetRequest(tx *store.Tx, k requestKey, r Request) error {
	if _, err := requestsWait.Add(tx, -1); err != nil {
		return err
	}
	if err := asked.Delete(tx, sameKey{A: r.List, B: string(r.Purpose) + " " + hashAddress(r.Address)}); err != nil {
		return err
	}
	return requests.Delete(tx, k)
}

// countNetwork counts a request of a client's network, and returns how many that makes in this hour, or ErrCrowded.
func countNetwork(tx *store.Tx, from netip.Addr, now time.Time) (int, error) {
	bits := 64
	if from = from.Unmap(); from.Is4() {
		bits = 24
	}
	network, err := from.WithZone("").Prefix(bits)
	if err != nil {
		return 0, err
	}
	key := hashed(network.String())
	all, _, err := networks.Get(tx, key)
	if err != nil {
		return 0, err
	}
	if all = recent(all, now, time.Hour); len(all) >= fromNetwork {
		return 0, ErrCrowded
	}
	all = append(all, now.UnixMilli())
	return len(all), networks.Put(tx, key, all)
}

// recent are the moments, in milliseconds since 1970, that lie less than d before now.
func recent(all []int64, now time.Time, d time.Duration) (left []int64) {
	for _, ms := range all {
		if now.Sub(time.UnixMilli(ms)) < d {
			left = append(left, ms)
		}
	}
	return left
}

// mayMail reports whether a mail may go to an address that somebody may have asked for who cannot read there.
func mayMail(tx *store.Tx, a message.Address, now time.Time) (bool, error) {
	all, _, err := mailed.Get(tx, hashAddress(a))
	return len(recent(all, now, 24*time.Hour)) < mailsADay && len(recent(all, now, month)) < mailsAMonth, err
}

// noteMail counts such a mail.
func noteMail(tx *store.Tx, a message.Address, now time.Time) error {
	for _, key := range []string{hashAddress(a), toAnybody} {
		all, _, err := mailed.Get(tx, key)
		if err != nil {
			return err
		}
		keep := month
		if key == toAnybody {
			keep = time.Hour
		}
		if err := mailed.Put(tx, key, append(recent(all, now, keep), now.UnixMilli())); err != nil {
			return err
		}
	}
	return nil
}

// toAnybody is the row of mailed in which the mails of the last hour to all addresses are counted.
const toAnybody = "all"

// nextMail is the moment at which the cap for all addresses lets one more mail go; now, or before, when there is room.
func nextMail(tx *store.Tx, now time.Time) (time.Time, error) {
	all, _, err := mailed.Get(tx, toAnybody)
	if all = recent(all, now, time.Hour); err != nil || len(all) < mailsAnHour {
		return now, err
	}
	return time.UnixMilli(all[len(all)-mailsAnHour]).Add(time.Hour), nil
}

// hashAddress finds an address in the tables that must not hold it: the first half of its SHA-256.
func hashAddress(a message.Address) string { return hashed(a.Key()) }

func hashed(s string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(s)))
	return string(sum[:16])
}

// Suppressed reports whether the owner of an address wrote that nobody is to ask them again to join a list.
func Suppressed(tx *store.Tx, l list.ID, a message.Address) (bool, error) {
	return never.Has(tx, sameKey{A: l, B: hashAddress(a)})
}

// suppress refuses all further requests for an address; allow takes that back.
func suppress(tx *store.Tx, l list.ID, a message.Address, now time.Time) error {
	return never.Put(tx, sameKey{A: l, B: hashAddress(a)}, now)
}

func allow(tx *store.Tx, l list.ID, a message.Address) error {
	return never.Delete(tx, sameKey{A: l, B: hashAddress(a)})
}
