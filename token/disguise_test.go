package token

import (
	"strings"
	"testing"
	"time"

	"sencoforum/internal/worked"
)

// Each text holds one token, and nothing else with a letter of it is lost.
func TestRedactFindsADisguise(t *testing.T) {
	const tok = "snc1_0123456789abcdefghjkmnpqrstvwxyz"
	all := func(format func(c byte) string) (s string) {
		for i := range len(tok) {
			s += format(tok[i])
		}
		return s
	}
	escape := func(sign, end string) func(c byte) string {
		return func(c byte) string {
			return sign + string("0123456789ABCDEF"[c>>4]) + string("0123456789abcdef"[c&15]) + end
		}
	}
	for name, text := range map[string]string{
		"percent":                   strings.ReplaceAll(tok, "_", "%5F"),
		"percent, lower case":       strings.ReplaceAll(tok, "_", "%5f"),
		"percent twice":             strings.ReplaceAll(tok, "_", "%255F"),
		"percent three times":       strings.ReplaceAll(tok, "_", "%25255F"),
		"every letter percent":      all(escape("%", "")),
		"every letter twice":        all(escape("%25", "")),
		"a filter for links":        "https-3A__forum.example_u_" + strings.ReplaceAll(tok, "_", "-5F"),
		"quoted-printable":          strings.ReplaceAll(tok, "_", "=5F"),
		"a soft line end":           tok[:20] + "=\r\n" + tok[20:],
		"soft line ends everywhere": strings.Join(strings.Split(tok, ""), "=\n"),
		"a line end":                tok[:20] + "\r\n" + tok[20:],
		"flowed":                    tok[:20] + " \r\n" + tok[20:],
		"flowed in QP":              tok[:20] + "=20\r\n" + tok[20:],
		"in a reply":                tok[:20] + "\r\n> " + tok[20:],
		"in a reply to a reply":     tok[:20] + "\r\n> > " + tok[20:],
		"cut in the prefix":         "snc\r\n> 1_" + tok[5:],
		"cut before the underscore": "snc1\r\n_" + tok[5:],
		"cut behind it":             "snc1_\r\n" + tok[5:],
		"a folded field":            tok[:20] + "\r\n " + tok[20:],
		"a reference":               strings.ReplaceAll(tok, "_", "&#95;"),
		"a hexadecimal reference":   strings.ReplaceAll(tok, "_", "&#x5F;"),
		"a named reference":         strings.ReplaceAll(tok, "_", "&lowbar;"),
		"every letter a reference":  all(func(c byte) string { return escape("&#x", ";")(c) }),
		"soft hyphens":              tok[:9] + "\u00ad" + tok[9:30] + "\u00ad" + tok[30:],
		"a space of no width":       tok[:5] + "\u200b" + tok[5:],
		"upper case":                strings.ToUpper(tok[:20]) + "\r\n" + tok[20:],
	} {
		for _, around := range [][2]string{{"", ""}, {"Dear all: ", " is it."}, {"snc1_ and _", "snc1_"}, {"https://f.example/u/", "?x=y"}} {
			got := Redact(around[0]+text+around[1], "[x]")
			if !May([]byte(around[0] + text + around[1])) {
				t.Errorf("%s: May does not see it", name)
			}
			if !strings.HasSuffix(got, "[x]"+around[1]) || !strings.HasPrefix(got, around[0]) {
				t.Errorf("%s: %q", name, got)
			}
			if masked := MaskBut(around[0]+text+around[1], func(string) bool { return false }); len(masked) != len(around[0]+text+around[1]) || Redact(masked, "") != masked {
				t.Errorf("%s: masked %q", name, masked)
			}
			kept := RedactBut(around[0]+text+around[1], "[x]", func(s string) bool { return strings.EqualFold(s, tok) })
			if kept != around[0]+text+around[1] {
				t.Errorf("%s: what may stay became %q", name, kept)
			}
		}
	}
}

func TestRedactLeavesOtherTexts(t *testing.T) {
	for _, text := range []string{
		"", "_", "snc1_", "snc1_0123", "snc1-0123456789abcdefghjkmnpqrstvwxyz", "%5F", "%", "=", "=\r\n", "&#", "&#95", "-5F", "5F", "2555F", "%255F",
		"snc1_ is what our codes begin with, and they are long.", "____________________", "> > _ >", "1_1_1_1_1", "snc1_\r\n-- \r\nJane",
	} {
		if got := Redact(text, "[x]"); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// Texts that are made to be slow take a tenth of a second for each megabyte. One whose work grew with the square of its length
// would take many minutes.
func TestRedactIsLinear(t *testing.T) {
	for _, piece := range []string{"_", "1_", "snc1_", " _", "s%=& _", "=20_", "%5F", "%25", "snc1_0123 ", "1 \u00ad_", "&#95;", "snc1_" + strings.Repeat("0\n", 31)} {
		text := strings.Repeat(piece, 1<<20/len(piece))
		start := worked.Time(t)
		Redact(text, "")
		if took := worked.Time(t) - start; took > 10*time.Second {
			t.Errorf("%q took %v for a megabyte", piece, took)
		}
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("snc1_0123456789abcdefghjkmnpqrstvwxyz")
	f.Add("snc1%5F0123456789abcdefg=\r\nhjkmnpqrstvwxyz")
	f.Add("snc1_0123456789abcd\r\n> efghjkmnpqrstvwxyz snc1_0123456789abcdefghjkmnpqrstvwxyz")
	f.Add("&#115;nc1&lowbar;0123456789abcdefghjkmnpqrst\u00advwxyz")
	f.Fuzz(func(t *testing.T, text string) {
		got := Redact(text, "[removed]")
		if len(Find(got)) > 0 || Redact(got, "[removed]") != got {
			t.Errorf("%q became %q", text, got)
		}
		masked := MaskBut(text, func(string) bool { return false })
		if len(masked) != len(text) || len(Find(masked)) > 0 {
			t.Errorf("%q masked is %q", text, masked)
		}
	})
}

func BenchmarkRedact(b *testing.B) {
	text := strings.Repeat("Dear all, the part_time timetable of snc1_ is here, at 50%. ", 2000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Redact(text, "x")
	}
}
