package list

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sencoforum/internal/testdb"
	"sencoforum/store"
)

func TestBanPatternsFit(t *testing.T) {
	for _, c := range []struct {
		name, pattern string
		banned, free  []string
	}{
		{"an address bans itself alone, without regard to case", "Bob@Spam.example", []string{"bob@spam.example", "BOB@SPAM.example"}, []string{"bob2@spam.example", "bob@sub.spam.example"}},
		{"a domain bans all below it", "spam.example", []string{"a@spam.example", "a@mail.spam.example"}, []string{"a@notspam.example", "spam.example@x.example"}},
		{"a domain may have its sign", "@spam.example", []string{"a@spam.example"}, []string{"a@xspam.example"}},
		{"a star stands for any characters", "sales*@shop.*", []string{"sales@shop.example", "sales.uk@shop.org"}, []string{"asales@shop.example", "sales@myshop.example"}},
		{"two stars", "*bot*@x.example", []string{"bot@x.example", "arobot7@x.example"}, []string{"bo@x.example", "bot@y.example"}},
		{"nothing overlaps", "ab*ba@x.example", []string{"abba@x.example"}, []string{"aba@x.example"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := BanPattern(c.pattern)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range c.banned {
				if !banFits(p, testdb.Address(t, s).Key()) {
					t.Errorf("%s does not ban %s", p, s)
				}
			}
			for _, s := range c.free {
				if banFits(p, testdb.Address(t, s).Key()) {
					t.Errorf("%s bans %s", p, s)
				}
			}
		})
	}
	for _, bad := range []string{"", "*", "*@*", "@", "nodot", "a b@x.example", "a@@x.example", "*****@x.example", "x*", "@-.example", "@x..", strings.Repeat("a", 255) + "@x.example"} {
		if p, err := BanPattern(bad); err == nil {
			t.Errorf("%q is taken as %q", bad, p)
		}
	}
}

// What was read once is read the same again, and an address that is banned by itself is banned.
func TestBanPatternsAreStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[a-zA-Z0-9*]{1,6}@[a-z*]{1,5}\.(example|org)`).Draw(t, "pattern")
		p, err := BanPattern(s)
		if err != nil {
			return
		}
		again, err := BanPattern(p)
		if err != nil || again != p {
			t.Fatalf("%q, then %q, %v", p, again, err)
		}
		if !banFits(p, strings.ReplaceAll(p, "*", "x")) || !banFits(p, strings.ReplaceAll(p, "*", "")) {
			t.Fatalf("%s does not fit itself", p)
		}
	})
}

func FuzzBanPattern(f *testing.F) {
	for _, s := range []string{"a@b.example", "@b.example", "*a@*.example", "", "@@@"} {
		f.Add(s, "x@y.example")
	}
	f.Fuzz(func(t *testing.T, s, key string) {
		if p, err := BanPattern(s); err == nil {
			banFits(p, key)
		}
	})
}

func TestBansOfAList(t *testing.T) {
	db := testdb.Open(t)
	testdb.Update(t, db, func(tx *store.Tx) error {
		for _, p := range []string{"@spam.example", "bob@x.example"} {
			if err := AddBan(tx, 1, Ban{Pattern: p}); err != nil {
				return err
			}
		}
		if err := AddBan(tx, 1, Ban{Pattern: "bob@x.example"}); !errors.Is(err, ErrBanned) {
			t.Errorf("again: %v", err)
		}
		return nil
	})
	banned := func(l ID, s string) (yes bool) {
		testdb.View(t, db, func(tx *store.Tx) (err error) {
			yes, err = Banned(tx, l, testdb.Address(t, "clean@x.example"), testdb.Address(t, s))
			return err
		})
		return yes
	}
	if !banned(1, "a@spam.example") || !banned(1, "BOB@x.example") || banned(2, "bob@x.example") || banned(1, "eve@x.example") {
		t.Error("the wrong people are banned")
	}
	testdb.Update(t, db, func(tx *store.Tx) error { return RemoveBan(tx, 1, "bob@x.example") })
	if banned(1, "bob@x.example") {
		t.Error("still banned")
	}
	if err := db.Update(func(tx *store.Tx) error { return RemoveBan(tx, 1, "bob@x.example") }); !errors.Is(err, ErrNoBan) {
		t.Errorf("removed twice: %v", err)
	}
}

func TestChoicesAboutThreads(t *testing.T) {
	db := testdb.Open(t)
	of := func(thread uint32, p PersonID) (c Choice) {
		testdb.View(t, db, func(tx *store.Tx) (err error) { c, err = ChoiceOf(tx, thread, p); return err })
		return c
	}
	testdb.Update(t, db, func(tx *store.Tx) error {
		return errors.Join(Choose(tx, 7, 1, Mute), Choose(tx, 7, 2, Follow), Choose(tx, 7, 3, Follow),
			Choose(tx, 9, 2, Mute), Choose(tx, 9, 1, Follow), Choose(tx, 7, 3, NoChoice))
	})
	if of(7, 1) != Mute || of(7, 2) != Follow || of(7, 3) != NoChoice || of(8, 1) != NoChoice {
		t.Error("a choice is not what was chosen")
	}
	testdb.Update(t, db, func(tx *store.Tx) error { return CopyChoices(tx, 7, 11) })
	if of(11, 1) != Mute || of(7, 1) != Mute {
		t.Error("a split does not copy")
	}
	testdb.Update(t, db, func(tx *store.Tx) error { return UniteChoices(tx, 7, 9) })
	if of(9, 1) != Mute || of(9, 2) != Mute || of(7, 1) != NoChoice {
		t.Error("a merge does not unite: a mute is lost, or the old thread still has one")
	}
	testdb.Update(t, db, func(tx *store.Tx) error { return forgetChoices(tx, 1) })
	if of(9, 1) != NoChoice || of(9, 2) != Mute {
		t.Error("a person who is forgotten has choices, or somebody else lost theirs")
	}
}
