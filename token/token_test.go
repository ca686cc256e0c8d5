package token

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var day = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

// fixed returns a keyring that is in no file, whose key id has the bytes 0 to 31.
func fixed(id uint8) *Keyring {
	secret := make([]byte, secretSize)
	for i := range secret {
		secret[i] = byte(i)
	}
	return &Keyring{keys: []key{{Key: Key{ID: id, Created: day}, secret: secret}}}
}

// The vectors were computed with another program. A change here breaks every link in mail already sent.
func TestSignedTokensHaveTheFixedLayout(t *testing.T) {
	for _, c := range []struct {
		claims Claims
		list   string
		want   string
	}{
		{Claims{Bounces, 1, 17, 48213, 20779}, "senco-forum", "snc1_040g000024001f2na4ny19f25s7jwbda"},
		{Claims{Reply, 1, 48213, 0, 0}, "senco-forum", "snc1_080g005wam0000000001nf53h9nd1vz2"},
		{Claims{Author, 2, 0, 7, 0}, "senco-forum", "snc1_0c10000000000007000ftptnath2n3pe"},
		{Claims{OneClick, 255, 1<<32 - 1, 1<<32 - 1, 1<<16 - 1}, "a", "snc1_0kzzzzzzzzzzzzzzzzzv25std63mxgpx"},
		{Claims{Feedback, 1, 17, 48213, 0}, "", "snc1_0m0g000024001f2n0009tf6fjvyrdvmw"},
	} {
		ring := fixed(c.claims.Key)
		asked := c.claims
		asked.Key = 99
		got := ring.Sign(asked, c.list)
		if got != c.want {
			t.Errorf("Sign(%+v, %q) = %s, want %s", c.claims, c.list, got, c.want)
		}
		if back, err := ring.Verify(c.want, c.list); err != nil || back != c.claims {
			t.Errorf("Verify(%s) = %+v, %v, want %+v", c.want, back, err, c.claims)
		}
	}
}

func TestVerify(t *testing.T) {
	const good = "snc1_040g000024001f2na4ny19f25s7jwbda"
	for _, c := range []struct {
		name, token, list string
		want              error
	}{
		{"the token as it was made", good, "senco-forum", nil},
		{"upper case, as some hosts rewrite it", strings.ToUpper(good), "senco-forum", nil},
		{"list name in another case", good, "Senco-Forum", nil},
		{"another list", good, "senco-forum2", ErrForged},
		{"no list", good, "", ErrForged},
		{"kind changed", strings.Replace(good, "_04", "_08", 1), "senco-forum", ErrForged},
		{"key id that was never made", strings.Replace(good, "040g", "0410", 1), "senco-forum", ErrForged},
		{"member changed", strings.Replace(good, "0024", "0028", 1), "senco-forum", ErrForged},
		{"day changed", strings.Replace(good, "na4n", "na4p", 1), "senco-forum", ErrForged},
		{"last bit of the MAC changed", good[:Length-1] + "b", "senco-forum", ErrForged},
		{"one character short", good[:Length-1], "senco-forum", ErrMalformed},
		{"one character more", good + "0", "senco-forum", ErrMalformed},
		{"another prefix", "snc2_" + good[5:], "senco-forum", ErrMalformed},
		{"a look-alike letter", good[:Length-1] + "l", "senco-forum", ErrMalformed},
		{"a line end inside", good[:Length-1] + "\n", "senco-forum", ErrMalformed},
		{"nothing", "", "senco-forum", ErrMalformed},
	} {
		if _, err := fixed(1).Verify(c.token, c.list); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
}

func TestKindNoughtIsNeverAccepted(t *testing.T) {
	ring := fixed(1)
	if _, err := ring.Verify(ring.Sign(Claims{A: 1, B: 2, Day: 3}, "a"), "a"); !errors.Is(err, ErrForged) {
		t.Errorf("got %v, want %v", err, ErrForged)
	}
}

func TestEverySignedTokenVerifiesAndNoOtherDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ring := fixed(rapid.Byte().Draw(t, "key"))
		list := rapid.StringMatching(`[a-z][a-z0-9-]{0,17}`).Draw(t, "list")
		want := Claims{
			Kind: Kind(rapid.ByteRange(1, 255).Draw(t, "kind")),
			Key:  ring.keys[0].ID,
			A:    rapid.Uint32().Draw(t, "a"),
			B:    rapid.Uint32().Draw(t, "b"),
			Day:  rapid.Uint16().Draw(t, "day"),
		}
		s := ring.Sign(want, list)
		if got, err := ring.Verify(s, list); err != nil || got != want {
			t.Fatalf("Verify(%s) = %+v, %v, want %+v", s, got, err, want)
		}
		at := rapid.IntRange(len(Prefix), Length-1).Draw(t, "at")
		other := rapid.SampledFrom([]byte(Alphabet)).Draw(t, "other")
		changed := s[:at] + string(other) + s[at+1:]
		if _, err := ring.Verify(changed, list); err == nil && changed != s {
			t.Fatalf("%s is accepted in the place of %s", changed, s)
		}
	})
}

func TestTheLongestReturnAddressFitsIntoALocalPart(t *testing.T) {
	local := strings.Repeat("l", 18) + "-bounces+" + fixed(1).Sign(Claims{Bounces, 0, 1, 2, 3}, "l")
	if len(local) != 64 {
		t.Errorf("local part has %d octets, want 64", len(local))
	}
}

func TestRandomTokensDiffer(t *testing.T) {
	seen := make(map[Digest]bool)
	for range 1000 {
		s := Random()
		if len(s) != Length || !strings.HasPrefix(s, Prefix) {
			t.Fatalf("%q does not look like a token", s)
		}
		d, err := Hash(s)
		if err != nil {
			t.Fatal(err)
		}
		if seen[d] {
			t.Fatalf("%s came twice", s)
		}
		seen[d] = true
	}
}

func TestHash(t *testing.T) {
	const s = "snc1_0123456789abcdefghjkmnpqrstvwxyz"
	const want = "255b28b6381872114eddc320012602a5d1a4a1098f5f0e91a5b5d948bbd69611"
	for _, spelling := range []string{s, strings.ToUpper(s)} {
		if got, err := Hash(spelling); err != nil || got != want {
			t.Errorf("Hash(%s) = %s, %v, want %s", spelling, got, err, want)
		}
	}
	if got, err := Hash(s[:20]); !errors.Is(err, ErrMalformed) || got != "" {
		t.Errorf("a part of a token: got %q, %v, want %v", got, err, ErrMalformed)
	}
}

func TestDayOf(t *testing.T) {
	for _, c := range []struct {
		name string
		at   time.Time
		want uint16
	}{
		{"the first day", time.Unix(0, 0), 0},
		{"a day in 2026", day, 20779},
		{"London summer time counts in UTC", time.Date(2026, 7, 2, 0, 30, 0, 0, time.FixedZone("BST", 3600)), 20635},
		{"before 1970", time.Unix(-1, 0), 0},
		{"after the last day", time.Date(2149, 6, 7, 0, 0, 0, 0, time.UTC), 0},
	} {
		if got := DayOf(c.at); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}

func FuzzVerify(f *testing.F) {
	ring := fixed(1)
	f.Add(ring.Sign(Claims{Bounces, 0, 17, 48213, 20779}, "senco-forum"), "senco-forum")
	f.Add(Random(), "senco-forum")
	f.Add("SNC1_0123456789ABCDEFGHJKMNPQRSTVWXYZ", "")
	f.Add("snc1_\r\n", "a")
	f.Fuzz(func(t *testing.T, s, list string) {
		c, err := ring.Verify(s, list)
		if err == nil && !strings.EqualFold(ring.Sign(c, list), s) {
			t.Errorf("%q is accepted and was never signed", s)
		}
		if _, hashErr := Hash(s); errors.Is(err, ErrMalformed) != (hashErr != nil) {
			t.Errorf("%q: Verify says %v and Hash says %v", s, err, hashErr)
		}
	})
}
