package signin

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/list"
	"sencoforum/store"
	"sencoforum/token"
)

// A Feed is a right that a member gave to a program: to read what is new in one list, or in one topic of it. It ends with the
// membership in which it was made, also when its holder comes back later.
type Feed struct {
	Person list.PersonID   `json:"person"`
	List   list.ID         `json:"list"`
	Topic  archive.TopicID `json:"topic,omitempty"` // 0: all of the list
	Made   time.Time       `json:"made"`
	Joined uint64          `json:"joined"` // JoinedSeq of the membership, which another one does not have

	Name token.Digest `json:"-"` // hash of its token; whoever knows it can end the feed and nothing else
}

// FeedsMost bounds the feeds of one person.
const FeedsMost = 20

// What may be wrong with a feed.
var (
	ErrNoFeed    = errors.New("no such feed")
	ErrFeedsMost = errors.New("there are as many feeds as a person may have")
)

var (
	feeds   = store.NewTable("signin.feeds", store.StringKey[token.Digest](), store.JSON[Feed]())
	feedsOf = store.NewTable("signin.feedsof", store.PairKey(store.Uint32Key[list.PersonID](), store.StringKey[token.Digest]()), store.Empty())
)

// MakeFeed gives a reader a feed of a list of theirs, and returns its token, which stands nowhere else. The error is
// ErrFeedsMost, or ErrNoFeed for a list that they may not read.
func MakeFeed(tx *store.Tx, now time.Time, r list.Reader, l list.ID, topic archive.TopicID) (tok string, err error) {
	i := slices.IndexFunc(r.Memberships(), func(m list.Membership) bool { return m.List == l })
	if i < 0 {
		return "", ErrNoFeed
	}
	all, err := Feeds(tx, r.Person())
	if err != nil {
		return "", err
	}
	if len(all) >= FeedsMost {
		return "", ErrFeedsMost
	}
	tok = token.Random()
	name, err := token.Hash(tok)
	if err != nil {
		return "", err
	}
	f := Feed{Person: r.Person(), List: l, Topic: topic, Made: now, Joined: r.Memberships()[i].JoinedSeq}
	if err := feeds.Put(tx, name, f); err != nil {
		return "", err
	}
	if err := f.record(tx, now, "feed make", f.who()); err != nil {
		return "", err
	}
	return tok, feedsOf.Put(tx, personKey{A: f.Person, B: name}, struct{}{})
}

// Feeds are those of a person, the oldest first.
func Feeds(tx *store.Tx, p list.PersonID) (all []Feed, err error) {
	for row, err := range store.Prefix(feedsOf, tx, p) {
		if err != nil {
			return nil, err
		}
		f, ok, err := feeds.Get(tx, row.Key.B)
		if err != nil {
			return nil, err
		}
		if f.Name = row.Key.B; ok {
			all = append(all, f)
		}
	}
	slices.SortFunc(all, func(x, y Feed) int { return x.Made.Compare(y.Made) })
	return all, nil
}

// EndFeed ends one feed of a person by its name; it returns ErrNoFeed if it is not theirs.
func EndFeed(tx *store.Tx, now time.Time, p list.PersonID, name token.Digest) error {
	f, ok, err := feeds.Get(tx, name)
	if err != nil {
		return err
	}
	if !ok || f.Person != p {
		return ErrNoFeed
	}
	f.Name = name
	return endFeed(tx, now, f, f.who())
}

func (f Feed) who() string { return fmt.Sprintf("member %d", f.Person) }

// record says in the record that a feed was made or has ended. It names no token.
func (f Feed) record(tx *store.Tx, now time.Time, action, by string) error {
	e := audit.Entry{At: now, Actor: by, Action: action, List: uint32(f.List), Person: uint32(f.Person)}
	if f.Topic != 0 {
		e.Detail = fmt.Sprintf("topic %d", f.Topic)
	}
	return audit.Append(tx, e)
}

func endFeed(tx *store.Tx, now time.Time, f Feed, by string) error {
	if err := f.record(tx, now, "feed end", by); err != nil {
		return err
	}
	if err := feeds.Delete(tx, f.Name); err != nil {
		return err
	}
	return feedsOf.Delete(tx, personKey{A: f.Person, B: f.Name})
}

// FeedReader returns whose feed a token is, as a reader of its list and of nothing else, or ErrNoFeed. It changes nothing.
func FeedReader(tx *store.Tx, tok string) (list.Reader, Feed, error) {
	name, err := token.Hash(tok)
	if err != nil {
		return list.Reader{}, Feed{}, ErrNoFeed
	}
	f, ok, err := feeds.Get(tx, name)
	f.Name = name
	if err != nil {
		return list.Reader{}, f, err
	}
	if !ok {
		return list.Reader{}, f, ErrNoFeed
	}
	r, err := list.ReaderOf(tx, f.Person)
	if err != nil {
		return list.Reader{}, f, fmt.Errorf("reader of a feed: %w", err)
	}
	if !f.of(r) {
		return list.Reader{}, f, ErrNoFeed
	}
	return r.Only(f.List), f, nil
}

// of reports whether the membership in which the feed was made goes on.
func (f Feed) of(r list.Reader) bool {
	return slices.ContainsFunc(r.Memberships(), func(m list.Membership) bool { return m.List == f.List && m.JoinedSeq == f.Joined })
}

// sweepFeeds takes away what no membership is behind any more.
func (k *Keeper) sweepFeeds() error {
	var over []Feed
	err := k.db.View(func(tx *store.Tx) error {
		over = nil
		for row, err := range feeds.All(tx) {
			if err != nil {
				return err
			}
			f := row.Value
			f.Name = row.Key
			r, err := list.ReaderOf(tx, f.Person)
			if err != nil {
				return err
			}
			if !f.of(r) {
				over = append(over, f)
			}
		}
		return nil
	})
	if err != nil || len(over) == 0 {
		return err
	}
	return k.db.Update(func(tx *store.Tx) error {
		for _, f := range over {
			if err := endFeed(tx, k.book.now(), f, "server"); err != nil {
				return err
			}
		}
		return nil
	})
}
