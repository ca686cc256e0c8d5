package message

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadHeader(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []Field
		rest     string
	}{
		{"fields end at the blank line", "A: 1\r\nB: 2\r\n\r\nbody", []Field{{"A", "1"}, {"B", "2"}}, "body"},
		{"a folded value is one line", "A: one\r\n two\r\n\tthree\r\n\r\n", []Field{{"A", "one two\tthree"}}, ""},
		{"a value may begin on the next line", "A:\r\n one\r\n\r\n", []Field{{"A", "one"}}, ""},
		{"an empty value is a value", "A:\r\nB: \r\n\r\n", []Field{{"A", ""}, {"B", ""}}, ""},
		{"spaces before the colon are allowed", "A \t: 1\r\n\r\n", []Field{{"A", "1"}}, ""},
		{"any line end will do", "A: 1\nB: 2\r\r\nC: 3\r\n\nbody\n", []Field{{"A", "1"}, {"B", "2"}, {"C", "3"}}, "body\n"},
		{"the line of an mbox file is dropped", "From a@b.c Mon Sep 14 08:12:01 2026\nA: 1\n>From x\nB: 2\n\n", []Field{{"A", "1"}, {"B", "2"}}, ""},
		{"a stray line is joined to the one before", "A: 1\r\nstray\r\nB: 2\r\n\r\nbody", []Field{{"A", "1 stray"}, {"B", "2"}}, "body"},
		{"two stray lines are the body", "A: 1\r\nHello all\r\nthis is it\r\n", []Field{{"A", "1"}}, "Hello all\r\nthis is it\r\n"},
		{"a stray line at the end is the body", "A: 1\r\nHello", []Field{{"A", "1"}}, "Hello"},
		{"no header is all body", "Hello all\r\n\r\nbye", nil, "Hello all\r\n\r\nbye"},
		{"a blank line first is no header", "\r\nA: 1", nil, "A: 1"},
		{"a line of spaces inside a header folds", "A: 1\r\n \r\nB: 2\r\n\r\n", []Field{{"A", "1"}, {"B", "2"}}, ""},
		{"a line of spaces before text ends the header", "A: 1\r\n \r\ntext of\r\ntwo lines", []Field{{"A", "1"}}, " \r\ntext of\r\ntwo lines"},
		{"an indented first line is a field", " A: 1\r\nB: 2\r\n\r\n", []Field{{"A", "1"}, {"B", "2"}}, ""},
		{"a header may end with the bytes", "A: 1", []Field{{"A", "1"}}, ""},
		{"a delimiter ends it", "A: 1\r\n--b\r\nB: 2\r\n", []Field{{"A", "1"}}, "--b\r\nB: 2\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, rest := ReadHeader([]byte(c.in))
			if diff := cmp.Diff(c.want, h.Fields()); diff != "" || string(rest) != c.rest {
				t.Errorf("rest %q, want %q; fields (-want +got):\n%s", rest, c.rest, diff)
			}
		})
	}
}

func TestHeader(t *testing.T) {
	h := NewHeader(Field{"To", "a"}, Field{"Subject", "=?utf-8?q?=E2=80=AEabc=00=0D=0A?="}, Field{"TO", "b"})
	if h.Get("to") != "a" || h.Get("Cc") != "" || h.Count("tO") != 2 || !h.Has("subject") || h.Has("Cc") {
		t.Error("fields are not found by name")
	}
	if diff := cmp.Diff([]string{"a", "b"}, h.Values("To")); diff != "" {
		t.Error(diff)
	}
	if got := h.Text("Subject"); got != "abc" {
		t.Errorf("Text = %q, want it without bidi mark, NUL and line end", got)
	}
	many, _ := ReadHeader([]byte(strings.Repeat("a: b\n", maxFields+10) + "\nbody"))
	if len(many.Fields()) != maxFields {
		t.Errorf("%d fields are kept, want %d", len(many.Fields()), maxFields)
	}
}

func TestDecodeWords(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain text stays", "Re: Hello", "Re: Hello"},
		{"Q", "=?ISO-8859-1?Q?a_=E9?=", "a é"},
		{"B", "=?utf-8?B?w6k=?=", "é"},
		{"B without padding", "=?utf-8?B?w6k?=", "é"},
		{"spaces between two words are dropped", "=?utf-8?q?a?= \t =?utf-8?q?b?= c", "ab c"},
		{"spaces between a word and text stay", "x =?utf-8?q?a?= y", "x a y"},
		{"bytes cut in two are put together", "=?utf-8?q?=C3?= =?utf-8?q?=A9?=", "é"},
		{"words of two charsets are read apart", "=?iso-8859-1?q?=E9?= =?utf-8?q?=C3=A9?=", "éé"},
		{"spaces inside a word are forgiven", "=?utf-8?q?a b?=", "a b"},
		{"a language is ignored", "=?utf-8*en?q?a?=", "a"},
		{"ISO-8859-1 means windows-1252", "=?iso-8859-1?q?=93a=94?=", "“a”"},
		{"an unknown charset is read as UTF-8", "=?x-none?q?=C3=A9?=", "é"},
		{"an unknown charset that is no UTF-8 is windows-1252", "=?x-none?q?=E9?=", "é"},
		{"UTF-7", "=?utf-7?q?a+AOk-b?=", "aéb"},
		{"ISO-2022-JP", "=?iso-2022-jp?b?GyRCJEgbKEI=?=", "と"},
		{"an unknown encoding stays", "=?utf-8?x?a?=", "=?utf-8?x?a?="},
		{"a word that never ends stays", "=?utf-8?q?abc", "=?utf-8?q?abc"},
		{"a word that begins anew is read", "=?utf-8?q?abc =?utf-8?q?d?=", "=?utf-8?q?abc d"},
		{"raw UTF-8 stays", "Grüße =?utf-8?q?a?=", "Grüße a"},
		{"raw 8-bit text is windows-1252", "Gr\xfc\xdfe", "Grüße"},
		{"an equals sign that encodes nothing stays", "=?utf-8?q?a=zz=4?=", "a=zz=4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := decodeWords(c.in); got != c.want {
				t.Errorf("decodeWords(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestMessageIDs(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{"ids in brackets", "<a@b> <c@d>", []string{"<a@b>", "<c@d>"}},
		{"ids that touch", "<a@b><c@d>", []string{"<a@b>", "<c@d>"}},
		{"ids without brackets", "a@b c@d", []string{"<a@b>", "<c@d>"}},
		{"words around an id", `Your message of "Mon" <a@b>`, []string{"<a@b>"}},
		{"words alone", "Message from jane@x.org of Monday", nil},
		{"a zero", "0", nil},
		{"an id that was folded", "<abc\t def@x>", []string{"<abcdef@x>"}},
		{"an id twice", "<a@b> <c@d> <a@b>", []string{"<a@b>", "<c@d>"}},
		{"a missing closing bracket", "<a@b> <c@d", []string{"<a@b>", "<c@d>"}},
		{"brackets doubled", "<<a@b>>", []string{"<a@b>"}},
		{"a control or a letter beyond ASCII", "<a\x01@b> <é@b> <c@d>", []string{"<c@d>"}},
		{"one of more than 512 bytes", "<" + strings.Repeat("a", 600) + "@b> <c@d>", []string{"<c@d>"}},
		{"empty brackets", "<> <a@b>", []string{"<a@b>"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, readIDs(c.in)); diff != "" {
				t.Errorf("ids of %q (-want +got):\n%s", c.in, diff)
			}
		})
	}
	many := Parse([]byte("References: <a@b>" + manyIDs(150) + "\r\nIn-Reply-To: <x@y>\r\n\r\n"))
	refs := many.References()
	if len(refs) != maxIDs || refs[len(refs)-1] != "<149@x>" {
		t.Errorf("%d references, the last %q, want the %d newest", len(refs), refs[len(refs)-1], maxIDs)
	}
	if diff := cmp.Diff([]string{"<x@y>"}, many.InReplyTo()); diff != "" {
		t.Error(diff)
	}
}

func TestDerivedMessageID(t *testing.T) {
	id := func(raw string) string { return Parse([]byte(raw)).MessageID() }
	first := id("From: a@b.c\r\nSubject: x\r\n\r\nbody")
	if cleanID(first) != first || !strings.HasSuffix(first, ".invalid>") {
		t.Errorf("derived id is %q", first)
	}
	if again := id("Received: y\r\nMessage-ID: nonsense\r\nFrom: a@b.c\r\nSubject: x\r\n\r\nbody"); again != first {
		t.Errorf("the same message has %q and %q", first, again)
	}
	for _, other := range []string{"From: d@b.c\r\nSubject: x\r\n\r\nbody", "From: a@b.c\r\nSubject: z\r\n\r\nbody", "From: a@b.c\r\nSubject: x\r\n\r\nother"} {
		if id(other) == first {
			t.Errorf("%q has the same id", other)
		}
	}
	if got := id("Message-Id: <A@b>\r\n\r\n"); got != "<A@b>" {
		t.Errorf("a written id came as %q", got)
	}
}

// manyIDs writes n message ids.
func manyIDs(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " <%d@x>", i)
	}
	return b.String()
}
