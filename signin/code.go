package signin

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"strings"
	"time"

	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
	"sencoforum/token"
)

// How long a code works, how often one may try it, and how many codes may be asked for.
const (
	CodeLife = 30 * time.Minute
	Tries    = 5

	PerAddress = 5  // in an hour
	perDay     = 20 // for an address: a hundred guesses at a million codes
	perNetwork = 20 // in an hour
	allCodes   = 5000
)

// ErrNoCode says that a browser asked for no code, or that it is too old or used up.
var ErrNoCode = errors.New("this browser waits for no code")

// ErrCrowded says that too many people ask for codes just now.
var ErrCrowded = errors.New("too many codes were asked for")

// A TooOftenError says that no more codes are sent to an address, or to a network, before a moment. It is the same for
// addresses that nobody has.
type TooOftenError struct {
	Until   time.Time
	Network bool // it is the network that asked too often
}

// Error names what was asked too often.
func (e *TooOftenError) Error() string {
	what := "an address"
	if e.Network {
		what = "a network"
	}
	return "too many codes for " + what
}

// asked is a code that was asked for.
type asked struct {
	Address message.Address `json:"address"`
	At      time.Time       `json:"at"`
	Proof   []byte          `json:"proof"` // of cookie and code together
	Link    token.Digest    `json:"link"`
	Tries   int             `json:"tries"`
	To      string          `json:"to,omitempty"` // where the browser was going

	Code string `json:"code,omitempty"` // both in clear, until they are mailed
	Path string `json:"path,omitempty"`
}

func (a asked) old(now time.Time) bool { return !now.Before(a.At.Add(CodeLife)) }

type mailKey = store.Pair[uint64, token.Digest]

var (
	codes  = store.NewTable("signin.codes", store.StringKey[token.Digest](), store.JSON[asked]())
	mails  = store.NewTable("signin.mails", store.PairKey(store.Uint64Key[uint64](), store.StringKey[token.Digest]()), store.Empty())
	counts = store.NewTable("signin.asked", store.StringKey[string](), store.JSON[[]int64]())
	expiry = store.NewTable("signin.expiry", store.PairKey(store.Uint64Key[uint64](), store.StringKey[string]()), store.Empty())
)

const codesNumber = store.Counter("signin.codes")

// MailsTable is the table to watch for codes that are to be mailed.
const MailsTable = "signin.mails"

// An Asking is what a browser asks for: a code to an address. To is where it was going.
type Asking struct {
	Address message.Address
	From    netip.Addr // the client; the zero address is not counted
	To      string
}

// Ask lets a code be mailed to an address, if it is a member's, and returns what the browser is given as a cookie. The work
// is the same for every address. The error is a *TooOftenError or ErrCrowded.
func Ask(tx *store.Tx, now time.Time, a Asking) (cookie string, err error) {
	if n, err := codesNumber.Value(tx); err != nil || n >= allCodes {
		return "", errors.Join(err, ErrCrowded)
	}
	if err := count(tx, now, "network", network(a.From), []quota{{time.Hour, perNetwork}}, true); err != nil {
		return "", err
	}
	if err := count(tx, now, "address", a.Address.Key(), []quota{{time.Hour, PerAddress}, {24 * time.Hour, perDay}}, false); err != nil {
		return "", err
	}
	cookie, path, code := token.Random(), token.Random(), sixDigits()
	key, err := token.Hash(cookie)
	if err != nil {
		return "", err
	}
	link, err := token.Hash(path)
	if err != nil {
		return "", err
	}
	row := asked{Address: a.Address, At: now, Proof: proof(cookie, code), Link: link, To: a.To, Code: code, Path: path}
	if err := codes.Put(tx, key, row); err != nil {
		return "", err
	}
	if err := mails.Put(tx, mailKey{A: uint64(now.UnixMilli()), B: key}, struct{}{}); err != nil {
		return "", err
	}
	if _, err := codesNumber.Add(tx, 1); err != nil {
		return "", err
	}
	return cookie, forgetAt(tx, now.Add(CodeLife), "code "+string(key))
}

// A Wanted is what a browser waits for: the code that went to an address.
type Wanted struct {
	Address message.Address
	To      string
	Left    int // tries
}

// Waits returns what a browser waits for, or ErrNoCode.
func Waits(tx *store.Tx, now time.Time, cookie string) (Wanted, error) {
	_, a, err := find(tx, now, cookie)
	return Wanted{Address: a.Address, To: a.To, Left: Tries - a.Tries}, err
}

// An Entered is what became of a code that somebody typed.
type Entered struct {
	Wanted
	Right  bool
	Person list.PersonID // of a right one
}

// Enter compares what was typed with the code that the browser waits for. A code that is right is used up, and so is one
// after its last try. The error is ErrNoCode.
func Enter(tx *store.Tx, now time.Time, cookie, typed string) (Entered, error) {
	return try(tx, now, cookie, func(a asked) bool {
		return subtle.ConstantTimeCompare(a.Proof, proof(cookie, digits(typed))) == 1
	})
}

// Follow is Enter for the link in the mail. It signs in only in the browser that asked, and counts as no try.
func Follow(tx *store.Tx, now time.Time, cookie, link string) (Entered, error) {
	h, err := token.Hash(link)
	if err != nil {
		return Entered{}, ErrNoCode
	}
	_, a, err := find(tx, now, cookie)
	if err != nil {
		return Entered{}, err
	}
	if subtle.ConstantTimeCompare([]byte(a.Link), []byte(h)) != 1 {
		return Entered{}, ErrNoCode
	}
	return try(tx, now, cookie, func(asked) bool { return true })
}

func try(tx *store.Tx, now time.Time, cookie string, right func(asked) bool) (Entered, error) {
	key, a, err := find(tx, now, cookie)
	if err != nil {
		return Entered{}, err
	}
	a.Tries++
	e := Entered{Wanted: Wanted{Address: a.Address, To: a.To, Left: Tries - a.Tries}}
	if right(a) {
		if e.Person, err = member(tx, a.Address); err != nil {
			return e, err
		}
		e.Right = e.Person != 0
	}
	if e.Right || e.Left == 0 {
		return e, forgetCode(tx, key, a)
	}
	return e, codes.Put(tx, key, a)
}

// member is the person with an address who may read anything, or 0.
func member(tx *store.Tx, a message.Address) (list.PersonID, error) {
	p, err := list.FindPerson(tx, a)
	if errors.Is(err, list.ErrNoPerson) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	r, err := list.ReaderOf(tx, p.ID)
	if err != nil || len(r.Lists()) == 0 {
		return 0, err
	}
	return p.ID, nil
}

func find(tx *store.Tx, now time.Time, cookie string) (token.Digest, asked, error) {
	key, err := token.Hash(cookie)
	if err != nil {
		return "", asked{}, ErrNoCode
	}
	a, ok, err := codes.Get(tx, key)
	if err == nil && (!ok || a.old(now)) {
		err = ErrNoCode
	}
	return key, a, err
}

func forgetCode(tx *store.Tx, key token.Digest, a asked) error {
	if err := codes.Delete(tx, key); err != nil {
		return err
	}
	if err := mails.Delete(tx, mailKey{A: uint64(a.At.UnixMilli()), B: key}); err != nil {
		return err
	}
	_, err := codesNumber.Add(tx, -1)
	return err
}

// forgetAt lets the keeper forget something at a moment.
func forgetAt(tx *store.Tx, at time.Time, what string) error {
	return expiry.Put(tx, store.Pair[uint64, string]{A: uint64(at.UnixMilli()), B: what}, struct{}{})
}

// A quota is how much is allowed in a time.
type quota struct {
	in   time.Duration
	most int
}

// count notes that a code was asked for, or returns a *TooOftenError.
func count(tx *store.Tx, now time.Time, what, of string, all []quota, isNetwork bool) error {
	if of == "" {
		return nil
	}
	sum := sha256.Sum256([]byte(what + " " + of))
	key := string(sum[:16])
	was, _, err := counts.Get(tx, key)
	if err != nil {
		return err
	}
	longest := all[len(all)-1].in
	var kept []int64
	for _, at := range was {
		if at > now.Add(-longest).UnixMilli() {
			kept = append(kept, at)
		}
	}
	for _, q := range all {
		if len(kept) < q.most {
			continue
		}
		if free := time.UnixMilli(kept[len(kept)-q.most]).Add(q.in); free.After(now) {
			return &TooOftenError{Until: free, Network: isNetwork}
		}
	}
	if err := counts.Put(tx, key, append(kept, now.UnixMilli())); err != nil {
		return err
	}
	return forgetAt(tx, now.Add(longest), "count "+key)
}

// network is what counts as one: an IPv4 address, or an IPv6 /64, which belongs to one subscriber. It is empty for none.
func network(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	if a = a.Unmap().WithZone(""); a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return ""
	}
	return p.String()
}

func proof(cookie, code string) []byte {
	sum := sha256.Sum256([]byte(strings.ToLower(cookie) + " " + code))
	return sum[:]
}

var million = big.NewInt(1_000_000)

func sixDigits() string {
	n, err := rand.Int(rand.Reader, million)
	if err != nil {
		panic(err) // crypto/rand never fails (Go 1.24)
	}
	return fmt.Sprintf("%06d", n.Int64())
}

// digits are those of what somebody typed or pasted.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s[:min(len(s), 100)])
}
