package moderate

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
	"sencoforum/token"
)

// Use is what a moderator's token is for.
type Use string

// The uses. A reply to the first three comes to L-mod+TOKEN@, one to a letter to L-owner+TOKEN@.
const (
	UseOffer    Use = "offer"    // words about a post: recall, erase, release; stop, close, ask
	UseStep     Use = "step"     // one yes to one act
	UsePractice Use = "practice" // a first reply, which changes nothing
	UseLetter   Use = "letter"   // answers to one mail to the owners, or to one report
)

// How long tokens live: what may be answered about a post and the second step, and answers to a mail.
const (
	offerLife   = 14 * day
	letterLife  = 90 * day
	tokensKept  = 30 * day // after their time, so that their holder hears that they are too old
	tidyMost    = 50       // how many are forgotten for each one that is made
	mostOneLine = 200      // bytes of what is kept of a line that was read
)

// A Pending is what a token of a moderator's stands for. The token was mailed to that moderator alone; only its hash is stored.
type Pending struct {
	Use    Use           `json:"use"`
	List   list.ID       `json:"list"`
	Person list.PersonID `json:"person"` // the moderator
	Until  time.Time     `json:"until"`

	Post    archive.Number `json:"post,omitempty"`    // of an offer
	Message intake.ID      `json:"message,omitempty"` // of a letter: the mail that is answered; of an offer: the report
	Act     *Act           `json:"act,omitempty"`     // of a second step
	Used    time.Time      `json:"used,omitzero"`     // of what works once: when it was used
}

// ErrNoToken says that a token was never given out by this room, or that its time has long passed.
var ErrNoToken = errors.New("that token is not one of the moderators'")

type pendingUntil = store.Pair[uint64, token.Digest]

var (
	pending       = store.NewTable("moderate.pending", store.StringKey[token.Digest](), store.JSON[Pending]())
	pendingExpiry = store.NewTable("moderate.pending.until", store.PairKey(store.Uint64Key[uint64](), store.StringKey[token.Digest]()), store.Empty())
)

// allow makes a token and returns it; it is known at this moment alone. Some tokens whose time has long passed go.
func allow(tx *store.Tx, p Pending, now time.Time) (string, error) {
	if err := tidyPending(tx, now); err != nil {
		return "", err
	}
	t := token.Random()
	digest, err := token.Hash(t)
	if err != nil {
		return "", err
	}
	return t, errors.Join(pending.Put(tx, digest, p), pendingExpiry.Put(tx, untilKey(p, digest), struct{}{}))
}

func untilKey(p Pending, d token.Digest) pendingUntil {
	return pendingUntil{A: uint64(p.Until.Add(tokensKept).Unix()), B: d}
}

func tidyPending(tx *store.Tx, now time.Time) error {
	var old []pendingUntil
	for row, err := range pendingExpiry.All(tx) {
		if err != nil {
			return err
		}
		if len(old) == tidyMost || row.Key.A > uint64(now.Unix()) {
			break
		}
		old = append(old, row.Key)
	}
	for _, k := range old {
		if err := errors.Join(pending.Delete(tx, k.B), pendingExpiry.Delete(tx, k)); err != nil {
			return err
		}
	}
	return nil
}

// Look returns what a moderator's token stands for, also when its time has passed or it was used: the caller answers that. The
// error is ErrNoToken.
func LookPending(tx *store.Tx, t string) (Pending, error) {
	digest, err := token.Hash(t)
	if err != nil {
		return Pending{}, fmt.Errorf("%w: %w", ErrNoToken, err)
	}
	p, ok, err := pending.Get(tx, digest)
	if err == nil && !ok {
		err = ErrNoToken
	}
	return p, err
}

// spend marks a token as used.
func spend(tx *store.Tx, t string, now time.Time) error {
	digest, err := token.Hash(t)
	if err != nil {
		return err
	}
	p, ok, err := pending.Get(tx, digest)
	if err != nil || !ok {
		return errors.Join(err, ErrNoToken)
	}
	p.Used = now
	if p.Act != nil { // words to be taken out must not stay here
		p.Act = &Act{Kind: p.Act.Kind, List: p.Act.List, Post: p.Act.Post}
	}
	return pending.Put(tx, digest, p)
}

// unsay takes the words out of steps that nobody has confirmed, once they are out of the post.
func unsay(tx *store.Tx, n archive.Number) error {
	for row, err := range pending.All(tx) {
		if err != nil {
			return err
		}
		p := row.Value
		if p.Act == nil || p.Act.Post != n || len(p.Act.Phrases) == 0 {
			continue
		}
		if err := spendAs(tx, row.Key, p); err != nil {
			return err
		}
	}
	return nil
}

// spendAs ends a step without its words.
func spendAs(tx *store.Tx, d token.Digest, p Pending) error {
	p.Used, p.Act = p.Until, &Act{Kind: p.Act.Kind, List: p.Act.List, Post: p.Act.Post}
	return pending.Put(tx, d, p)
}

// A tally counts what somebody did, or was told, on one day or since a moment.
type tally struct {
	Since time.Time `json:"since"`
	N     int       `json:"n"`
}

var tallies = store.NewTable("moderate.tallies", store.PairKey(store.StringKey[string](), store.Uint32Key[list.PersonID]()), store.JSON[tally]())

// May counts something that a person does, or is told, and reports whether it may be: most times within a span that begins with
// the first. What is counted has a fixed name; of somebody without a number it holds a digest, and never an address.
func May(tx *store.Tx, what string, p list.PersonID, now time.Time, most int, within time.Duration) (bool, error) {
	key := store.Pair[string, list.PersonID]{A: what, B: p}
	t, _, err := tallies.Get(tx, key)
	if err != nil {
		return false, err
	}
	if !now.Before(t.Since.Add(within)) {
		t = tally{Since: now}
	}
	if t.N >= most {
		return false, nil
	}
	t.N++
	return true, tallies.Put(tx, key, t)
}

// A Stranger writes to the owners of a list and is no member, or was not checked.
type Stranger struct {
	List    list.ID
	From    message.Address
	Checked bool // the sender is verified: those are counted apart, so that nobody uses up what is another's
}

// MayWrite counts a mail of a stranger to the owners, and reports whether it may come in: so many of one address, and of all
// together, on one day of UTC. The address is kept as a digest for that day.
func (s Stranger) MayWrite(tx *store.Tx, now time.Time, most, inAll int) (bool, error) {
	l, from := s.List, s.From
	today := fmt.Sprintf("letter %05d ", token.DayOf(now))
	if err := tidyTallies(tx, "letter ", func(what string, _ tally) bool { return what < today }); err != nil {
		return false, err
	}
	if !s.Checked {
		today += "unchecked "
	}
	sum := sha256.Sum256([]byte(from.Key()))
	may, err := May(tx, today+"all", list.PersonID(l), now, inAll, 2*day)
	if err != nil || !may {
		return false, err
	}
	return May(tx, fmt.Sprintf("%s%x", today, sum[:16]), list.PersonID(l), now, most, 2*day)
}

// tidyTallies forgets some of the first counts of a kind that are over: more than one mail adds.
func tidyTallies(tx *store.Tx, kind string, over func(what string, t tally) bool) error {
	var old []store.Pair[string, list.PersonID]
	for row, err := range tallies.From(tx, store.Pair[string, list.PersonID]{A: kind}) {
		if err != nil {
			return err
		}
		if len(old) == 8 || !strings.HasPrefix(row.Key.A, kind) || !over(row.Key.A, row.Value) {
			break
		}
		old = append(old, row.Key)
	}
	for _, k := range old {
		if err := tallies.Delete(tx, k); err != nil {
			return err
		}
	}
	return nil
}

// ofAddress reports a count of an address, which bears the number of a list and a digest, and goes within two days.
func ofAddress(what string) bool {
	return strings.HasPrefix(what, "letter ") || strings.HasPrefix(what, "replies ") || strings.HasPrefix(what, "asked ")
}

// forgetActs takes a person out of what waits and what was counted.
func forgetActs(tx *store.Tx, p list.Person) error {
	who := p.ID
	if err := dropReports(tx, func(_ intake.ID, w waitingReport) bool { return w.By == who }); err != nil {
		return err
	}
	for row, err := range reported.All(tx) {
		if err != nil {
			return err
		}
		if row.Value.By == who {
			if err := reported.Delete(tx, row.Key); err != nil {
				return err
			}
		}
	}
	theirs := func(a message.Address) bool {
		return slices.ContainsFunc(append(p.Addresses(), p.Backup), func(b message.Address) bool { return !a.IsZero() && a.Key() == b.Key() })
	}
	for row, err := range pending.All(tx) {
		if err != nil {
			return err
		}
		if p := row.Value; p.Person == who || p.Act != nil && (p.Act.Person == who || theirs(p.Act.Address)) {
			if err := errors.Join(pending.Delete(tx, row.Key), pendingExpiry.Delete(tx, untilKey(p, row.Key))); err != nil {
				return err
			}
		}
	}
	for row, err := range tallies.All(tx) {
		if err != nil {
			return err
		}
		if row.Key.B == who && !ofAddress(row.Key.A) {
			if err := tallies.Delete(tx, row.Key); err != nil {
				return err
			}
		}
	}
	return nil
}
