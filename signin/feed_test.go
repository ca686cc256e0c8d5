package signin

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"sencoforum/audit"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
	"sencoforum/token"
)

// feed makes a feed of the first list for a person who is on it.
func (d *desk) feed(p list.PersonID) (tok string, err error) {
	d.t.Helper()
	d.update(func(tx *store.Tx) error {
		r, e := list.ReaderOf(tx, p)
		if e != nil {
			return e
		}
		tok, err = MakeFeed(tx, d.now, r, 1, 0)
		return nil
	})
	return tok, err
}

// feeds reports which lists a token reads.
func (d *desk) feeds(tok string) (lists []list.ID, err error) {
	testdb.View(d.t, d.db, func(tx *store.Tx) error {
		var r list.Reader
		r, _, err = FeedReader(tx, tok)
		lists = r.Lists()
		return nil
	})
	return lists, err
}

func TestAFeedReadsOneListUntilItsMembershipEnds(t *testing.T) {
	d := newDesk(t)
	tok, err := d.feed(1)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := d.feeds(tok); err != nil || len(got) != 1 || got[0] != 1 {
		t.Fatalf("reads %v, %v", got, err)
	}
	d.step() // a sweep leaves it
	if _, err := d.feeds(strings.ToUpper(tok)); err != nil {
		t.Errorf("after a sweep: %v", err)
	}
	for name, bad := range map[string]string{"another": token.Random(), "none": "", "cut": tok[:len(tok)-1]} {
		if _, err := d.feeds(bad); !errors.Is(err, ErrNoFeed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	d.update(func(tx *store.Tx) error { return list.Leave(tx, 1, 1) })
	if _, err := d.feeds(tok); !errors.Is(err, ErrNoFeed) {
		t.Errorf("after leaving: %v", err)
	}
	d.update(func(tx *store.Tx) error {
		return list.Join(tx, list.Membership{List: 1, Person: 1, Role: list.RoleMember, Mode: list.ModeEvery, JoinedSeq: 7})
	})
	if _, err := d.feeds(tok); !errors.Is(err, ErrNoFeed) {
		t.Errorf("a later membership has the feed of an earlier one: %v", err)
	}
	if err := d.keep.sweepFeeds(); err != nil {
		t.Fatal(err)
	}
	testdb.View(t, d.db, func(tx *store.Tx) error {
		all, err := Feeds(tx, 1)
		if len(all) > 0 {
			t.Errorf("left: %v", all)
		}
		return err
	})
	if got := fmt.Sprint(d.recorded()); got != "[member 1: feed make 1/1, server: feed end 1/1]" {
		t.Errorf("the record has %s", got)
	}
}

// recorded is what the record says of feeds.
func (d *desk) recorded() (all recordLines) {
	testdb.View(d.t, d.db, func(tx *store.Tx) error {
		for e, err := range audit.All(tx) {
			if err != nil {
				return err
			}
			if strings.HasPrefix(e.Action, "feed") {
				all = append(all, fmt.Sprintf("%s: %s %d/%d", e.Actor, e.Action, e.List, e.Person))
			}
		}
		return nil
	})
	return all
}

type recordLines []string

// String has them all on one line.
func (r recordLines) String() string { return "[" + strings.Join(r, ", ") + "]" }

func TestFeedsAreStoredHashedCountedAndStopped(t *testing.T) {
	d := newDesk(t)
	first, err := d.feed(2)
	if err != nil {
		t.Fatal(err)
	}
	name, err := token.Hash(first)
	if err != nil {
		t.Fatal(err)
	}
	testdb.View(t, d.db, func(tx *store.Tx) error {
		if has, err := feeds.Has(tx, token.Digest(first)); has || err != nil {
			t.Errorf("stored in clear, %v", err)
		}
		has, err := feeds.Has(tx, name)
		if !has {
			t.Error("not stored by its hash")
		}
		return err
	})
	for range FeedsMost - 1 {
		if _, err := d.feed(2); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.feed(2); !errors.Is(err, ErrFeedsMost) {
		t.Errorf("one more: %v", err)
	}
	if _, err := d.feed(3); !errors.Is(err, ErrNoFeed) {
		t.Errorf("of a list that is not theirs: %v", err)
	}
	d.update(func(tx *store.Tx) error {
		if err := EndFeed(tx, d.now, 1, name); !errors.Is(err, ErrNoFeed) {
			t.Errorf("somebody else's: %v", err)
		}
		return EndFeed(tx, d.now, 2, name)
	})
	if _, err := d.feeds(first); !errors.Is(err, ErrNoFeed) {
		t.Errorf("stopped: %v", err)
	}
	if got := d.recorded(); len(got) != FeedsMost+1 || got[FeedsMost] != "member 2: feed end 1/2" {
		t.Errorf("the record has %s", got)
	}
}
