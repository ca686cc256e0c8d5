package token

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestFind(t *testing.T) {
	const tok = "snc1_0123456789abcdefghjkmnpqrstvwxyz"
	for _, c := range []struct {
		name, text string
		want       []Span
	}{
		{"no token", "Dear all", nil},
		{"a token alone", tok, []Span{{0, 37}}},
		{"in an address", "<l-bounces+" + tok + "@lists.example>", []Span{{11, 48}}},
		{"in a URL", "https://forum.example.org/u/" + tok + "?x=1", []Span{{28, 65}}},
		{"in upper case", strings.ToUpper(tok), []Span{{0, 37}}},
		{"letters before and after it", "xs" + tok + "0", []Span{{2, 39}}},
		{"two without a gap", tok + tok, []Span{{0, 37}, {37, 74}}},
		{"a prefix before the token", "snc1_" + tok, []Span{{5, 42}}},
		{"a false start of 31 characters", tok[:36] + " " + tok, []Span{{37, 74}}},
		{"underscores before it", "____" + tok, []Span{{4, 41}}},
		{"cut short at the end", "see " + tok[:36], nil},
		{"broken by a line end", tok[:20] + "\r\n" + tok[20:], nil},
		{"a look-alike letter inside", tok[:20] + "l" + tok[21:], nil},
		{"the long s is no s", "ſnc1_" + tok[5:], nil},
	} {
		if diff := cmp.Diff(c.want, Find(c.text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestRedact(t *testing.T) {
	a, b := Random(), Random()
	text := "To: l-mod+" + a + "@lists.example\nhttps://forum.example.org/u/" + b + "\n"
	want := "To: l-mod+[link removed]@lists.example\nhttps://forum.example.org/u/[link removed]\n"
	if got := Redact(text, "[link removed]"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Redact("nothing here", "[link removed]"); got != "nothing here" {
		t.Errorf("a text without token came back as %q", got)
	}
}

func TestATokenThatMayStay(t *testing.T) {
	a, b := Random(), Random()
	text := a + " and " + b + " and " + strings.ToUpper(a)
	got := RedactBut(text, "[link removed]", func(tok string) bool { return strings.EqualFold(tok, a) })
	if want := a + " and [link removed] and " + strings.ToUpper(a); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNoTokenIsLeftAfterRedact(t *testing.T) {
	piece := rapid.OneOf(
		rapid.SampledFrom([]string{"snc1_", "SNC1_", "_", "s", "snc1", "[", "0123456789abcdefghjkmnpqrstvwxyz"}),
		rapid.StringMatching(`snc1_[0-9a-hjkmnp-tv-z]{32}`),
		rapid.StringN(0, 8, 20),
	)
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(t, "pieces"), "")
		spans := Find(text)
		at := 0
		for _, s := range spans {
			if s.Start < at || s.End != s.Start+Length {
				t.Fatalf("span %v overlaps or has a wrong length", s)
			}
			if _, err := Hash(text[s.Start:s.End]); err != nil {
				t.Fatalf("found %q, which is no token", text[s.Start:s.End])
			}
			at = s.End
		}
		left := Redact(text, "[link removed]")
		if len(Find(left)) > 0 {
			t.Fatalf("a token is left in %q", left)
		}
		for i := range len(left) - Length + 1 {
			if _, err := Hash(left[i : i+Length]); err == nil {
				t.Fatalf("Find does not see the token at %d of %q", i, left)
			}
		}
	})
}

func BenchmarkFind(b *testing.B) {
	text := strings.Repeat("Dear all, the part_time timetable of snc1_ is here. ", 2000) + Random()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if len(Find(text)) != 1 {
			b.Fatal("token not found")
		}
	}
}
