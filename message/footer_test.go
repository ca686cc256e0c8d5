package message

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFooter(t *testing.T) {
	for _, c := range []struct {
		name  string
		o     BodyOptions
		notes []string
		text  string
		html  string
	}{
		{"the signature line is added", BodyOptions{FooterText: "One\nTwo\n"}, nil, "-- \nOne\nTwo\n", "One<br>\nTwo"},
		{"and is not doubled", BodyOptions{FooterText: "-- \r\nOne\r"}, nil, "-- \nOne\n", "One"},
		{"empty lines inside stay", BodyOptions{FooterText: "\nOne\n\nTwo\n\n"}, nil, "-- \nOne\n\nTwo\n", "One<br>\n<br>\nTwo"},
		{"HTML of the list's own is kept", BodyOptions{FooterText: "One", FooterHTML: "<b>One</b>"}, nil, "-- \nOne\n", "<b>One</b>"},
		{"HTML alone makes the text too", BodyOptions{FooterHTML: "<b>One</b><br>Two"}, nil, "-- \nOne\nTwo\n", "<b>One</b><br>Two"},
		{"notes come last", BodyOptions{FooterText: "One"}, []string{"A & B"}, "-- \nOne\nA & B\n", "One<br>\nA &amp; B"},
		{"a link ends before the punctuation", BodyOptions{FooterText: "See (https://x.example/a?b=1&c), or http://y.example."}, nil,
			"-- \nSee (https://x.example/a?b=1&c), or http://y.example.\n",
			`See (<a href="https://x.example/a?b=1&amp;c">https://x.example/a?b=1&amp;c</a>), or <a href="http://y.example">http://y.example</a>.`},
		{"notes stand alone", BodyOptions{}, []string{"Note"}, "-- \nNote\n", "Note"},
		{"long notes are broken, links are not", BodyOptions{}, []string{strings.Repeat("word ", 16) + "https://x.example/" + strings.Repeat("a", 70) + "."},
			"-- \n" + strings.TrimSpace(strings.Repeat("word ", 15)) + "\nword\nhttps://x.example/" + strings.Repeat("a", 70) + ".\n",
			strings.Repeat("word ", 16) + `<a href="https://x.example/` + strings.Repeat("a", 70) + `">https://x.example/` + strings.Repeat("a", 70) + "</a>."},
		{"HTML is ASCII in any charset", BodyOptions{FooterText: "Zoë <zoe@x.example>"}, nil, "-- \nZoë <zoe@x.example>\n", "Zo&#235; &lt;zoe@x.example&gt;"},
		{"controls go", BodyOptions{FooterText: "a\x00b\x07c"}, nil, "-- \nabc\n", "abc"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFooter(c.o, c.notes)
			if diff := cmp.Diff(footer{c.text, footerBlock + c.html + "\n</div>\n"}, f, cmp.AllowUnexported(footer{})); diff != "" {
				t.Error(diff)
			}
		})
	}
	if f := newFooter(BodyOptions{FooterText: " \n"}, nil); f != (footer{}) {
		t.Errorf("a footer out of nothing: %+v", f)
	}
}
