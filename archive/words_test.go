package archive

import (
	"errors"
	"strings"
	"testing"
	"unicode"
)

func TestSlug(t *testing.T) {
	for name, want := range map[string]string{
		"Exam access: reading pens":    "exam-access-reading-pens",
		"  EHCP / statements  ":        "ehcp-statements",
		"Children's mental health":     "childrens-mental-health",
		"Key Stage 2":                  "key-stage-2",
		"Café":                         "caf",
		"???":                          "",
		strings.Repeat("a", 50):        strings.Repeat("a", 40),
		strings.Repeat("a", 39) + " b": strings.Repeat("a", 39),
	} {
		if got := Slug(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestPlainText(t *testing.T) {
	for _, c := range []struct {
		in, want string
		ok       bool
	}{
		{" two\r\nlines ", "two\nlines", true},
		{"a\tb", "a b", true},
		{"", "", true},
		{"caf\u00e9 \U0001f600", "caf\u00e9 \U0001f600", true},
		{"bell\a", "", false},
		{"turned \u202e round", "", false},
		{"nothing\u200bwide", "", false},
		{"\xff", "", false},
		{strings.Repeat("é", 30), strings.Repeat("é", 30), true},
		{strings.Repeat("é", 31), "", false},
	} {
		got, err := plainText("text", c.in, 30)
		if c.ok && (err != nil || got != c.want) || !c.ok && !errors.Is(err, ErrWords) {
			t.Errorf("%q: %q, %v", c.in, got, err)
		}
	}
}

func FuzzCurationWords(f *testing.F) {
	for _, s := range []string{"Exam access", "’'a", "\r\n\t", "\u202e", "a--b", strings.Repeat("ab ", 30)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		slug := Slug(s)
		if len(slug) > maxSlug || Slug(slug) != slug || strings.Trim(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" ||
			strings.Contains(slug, "--") || strings.Trim(slug, "-") != slug {
			t.Errorf("%q has the slug %q", s, slug)
		}
		text, err := plainText("text", s, 40)
		if err != nil {
			return
		}
		if again, err := plainText("text", text, 40); err != nil || again != text {
			t.Errorf("%q: %q, then %q, %v", s, text, again, err)
		}
		if strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) }) {
			t.Errorf("%q keeps what nobody sees", text)
		}
	})
}
