package message

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/internal/worked"
)

// outline writes a tree in short: type and text of each part.
func outline(m *Message) string {
	var b strings.Builder
	for _, p := range m.Walk() {
		b.WriteString(strings.Repeat(" ", p.depth) + p.Type)
		if len(p.Parts) == 0 {
			fmt.Fprintf(&b, " %q", p.Text())
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// checkTree checks what must hold of every tree: bounds, and slices that lie in
// the part around them.
func checkTree(t *testing.T, m *Message) {
	t.Helper()
	n := 0
	for _, p := range m.Walk() {
		n++
		if !bytes.HasSuffix(p.Raw, p.Body) || cap(p.Body) > cap(p.Raw) {
			t.Fatalf("the body of part %d is not the end of the part", n)
		}
		if p.depth > Importing().Depth || p.Type == "" || strings.ContainsAny(p.FileName, "/\\\x00\r\n") {
			t.Fatalf("part %d is %+v", n, p)
		}
		for _, child := range p.Parts {
			if cap(child.Raw) > cap(p.Body) || len(child.Raw) > len(p.Body) {
				t.Fatalf("a child of part %d is not inside it", n)
			}
		}
	}
	// Each open level may add the part of bytes that holds its rest.
	if n > 1+Importing().Parts+Importing().Depth {
		t.Fatalf("the tree has %d parts", n)
	}
}

// lines joins lines with CR LF.
func lines(s ...string) []byte { return []byte(strings.Join(s, "\r\n")) }

func TestParseTree(t *testing.T) {
	mixed := "Content-Type: multipart/mixed; boundary=b"
	for _, c := range []struct {
		name string
		raw  []byte
		want []string
	}{
		{"a message without a Content-Type is plain text", lines("Subject: x", "", "Hello"), []string{`text/plain "Hello"`}},
		{"a message without header is plain text", lines("Hello, all", "", "bye"), []string{`text/plain "Hello, all\n\nbye"`}},
		{"an empty message is empty text", nil, []string{`text/plain ""`}},
		{"parts stand between delimiters", lines(mixed, "", "preamble", "--b", "", "one", "--b", "Content-Type: text/html", "", "two", "--b--", "epilogue"),
			[]string{"multipart/mixed", ` text/plain "one"`, ` text/html "two"`}},
		{"a missing closing delimiter loses nothing", lines(mixed, "", "--b", "", "one", "--b", "", "two"),
			[]string{"multipart/mixed", ` text/plain "one"`, ` text/plain "two"`}},
		{"an open delimiter at the end closes", lines(mixed, "", "--b", "", "one", "--b", ""),
			[]string{"multipart/mixed", ` text/plain "one"`}},
		{"a missing boundary parameter is guessed", lines("Content-Type: multipart/mixed", "", "--xyz", "Content-Type: text/plain", "", "one", "--xyz--"),
			[]string{"multipart/mixed", ` text/plain "one"`}},
		{"a wrong boundary parameter is guessed", lines("Content-Type: multipart/mixed; boundary=wrong", "", "--xyz", "Content-Type: text/plain", "", "one", "--xyz--"),
			[]string{"multipart/mixed", ` text/plain "one"`}},
		{"a multipart without any boundary is text", lines(mixed, "", "just text"),
			[]string{"multipart/mixed", ` text/plain "just text"`}},
		{"an inner multipart may use the boundary of the outer one", lines(mixed, "", "--b", mixed, "", "--b", "", "one", "--b--", "--b", "", "two", "--b--"),
			[]string{"multipart/mixed", ` multipart/mixed`, `  text/plain "one"`, `  text/plain "two"`}},
		{"a boundary may begin with that of the outer one", lines(mixed, "", "--b", "Content-Type: multipart/mixed; boundary=b-1", "", "--b-1", "", "one", "--b-1--", "--b", "", "two", "--b--"),
			[]string{"multipart/mixed", ` multipart/mixed`, `  text/plain "one"`, ` text/plain "two"`}},
		{"an inner multipart without an end ends with the outer part", lines(mixed, "", "--b", "Content-Type: multipart/mixed; boundary=c", "", "--c", "", "one", "--b", "", "two", "--b--"),
			[]string{"multipart/mixed", ` multipart/mixed`, `  text/plain "one"`, ` text/plain "two"`}},
		{"a delimiter inside a line is text", lines(mixed, "", "--b", "", "not a --b here", "--bb", "--b--"),
			[]string{"multipart/mixed", ` text/plain "not a --b here\n--bb"`}},
		{"spaces behind a delimiter do not matter", lines(mixed, "", "--b \t", "", "one", "--b-- "),
			[]string{"multipart/mixed", ` text/plain "one"`}},
		{"a broken header in part two of three costs nothing else", lines(mixed, "", "--b", "", "one", "--b", "no colon here", "nor here", "", "two", "--b", "", "three", "--b--"),
			[]string{"multipart/mixed", ` text/plain "one"`, ` text/plain "no colon here\nnor here\n\ntwo"`, ` text/plain "three"`}},
		{"a part without an end of header ends at the delimiter", lines(mixed, "", "--b", "Content-Type: text/html", "--b", "", "two", "--b--"),
			[]string{"multipart/mixed", ` text/html ""`, ` text/plain "two"`}},
		{"a multipart header without blank line ends at its first delimiter", lines(mixed, "--b", "", "one", "--b--"),
			[]string{"multipart/mixed", ` text/plain "one"`}},
		{"the parts of a digest are messages", lines("Content-Type: multipart/digest; boundary=b", "", "--b", "", "Subject: a", "", "one", "--b--"),
			[]string{"multipart/digest", ` message/rfc822 "Subject: a\n\none"`}},
		{"bare line feeds and CR CR LF are line ends", []byte(mixed + "\r\r\n\r\r\n--b\n\none\r\r\n--b--\n"),
			[]string{"multipart/mixed", ` text/plain "one"`}},
		{"bare carriage returns alone are line ends", []byte("Subject: x\r\rHello\rbye"), []string{`text/plain "Hello\nbye"`}},
		{"a second Content-Type is that of a part that lost its delimiter",
			lines(mixed, "Content-Type: text/plain", "", "first", "--b", "", "second", "--b--"),
			[]string{"multipart/mixed", ` text/plain "first"`, ` text/plain "second"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := Parse(c.raw)
			if diff := cmp.Diff(strings.Join(c.want, "\n")+"\n", outline(m)); diff != "" {
				t.Errorf("tree (-want +got):\n%s", diff)
			}
			checkTree(t, m)
		})
	}
}

// TestParseSplice: what stands between the parts and the parts give the message.
func TestParseSplice(t *testing.T) {
	raw := lines("Content-Type: multipart/mixed; boundary=b", "", "pre", "--b", "X: 1", "", "one", "--b", "", "two", "--b--", "post", "")
	m := Parse(raw)
	first, second := m.Root.Parts[0].Raw, m.Root.Parts[1].Raw
	want := lines("X: 1", "", "one")
	if !bytes.Equal(first, want) || string(second) != "\r\ntwo" {
		t.Errorf("parts are %q and %q", first, second)
	}
	if &m.Raw()[0] != &raw[0] {
		t.Error("the message is a copy")
	}
}

// TestParseBounds: hostile structures cost little and lose nothing but depth.
func TestParseBounds(t *testing.T) {
	for name, raw := range hostile() {
		t.Run(name, func(t *testing.T) {
			start := worked.Time(t)
			defer func() {
				if d := worked.Time(t) - start; d > 10*time.Second {
					t.Errorf("took %v, want less than a second", d)
				}
			}()
			m := Parse(raw)
			checkTree(t, m)
			m.Text()
			m.Attachments()
			m.Automatic()
			m.To()
			m.References()
		})
	}
}

// TestMessageDepth: opening message after message ends.
func TestMessageDepth(t *testing.T) {
	m := Parse(messages(100))
	n := 0
	for m.Root.isAttachedMessage() {
		m = m.Root.Message()
		if n++; n > Importing().Depth {
			t.Fatalf("%d messages were opened, one in the other", n)
		}
	}
	if n < 10 || m.Root.Type != "application/octet-stream" {
		t.Errorf("after %d messages there is %q", n, m.Root.Type)
	}
}

// hostile returns messages that cost other readers seconds.
func hostile() map[string][]byte {
	nested := strings.Builder{}
	for i := range 3000 {
		fmt.Fprintf(&nested, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	same := strings.Repeat("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", 3000)
	from := "From: a@example.org\r\n"
	return map[string][]byte{
		"three thousand nested multiparts":          []byte(from + nested.String()),
		"three thousand multiparts of one boundary": []byte(from + same),
		"two hundred thousand empty parts":          []byte(from + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\n", 300_000)),
		"messages in messages":                      []byte(from + strings.Repeat("Content-Type: message/rfc822\r\n\r\n", 50_000)),
		"a header of two megabytes":                 []byte(from + "Subject: " + strings.Repeat("a ", 1<<20) + "\r\n\r\n"),
		"a hundred thousand fields":                 []byte(from + strings.Repeat("a: b\r\n", 100_000) + "\r\nx"),
		"encoded words that never end":              []byte(from + "Subject: " + strings.Repeat("=?x?q?", 300_000) + "?=\r\n\r\n"),
		"encoded words without number":              []byte(from + "Subject: " + strings.Repeat("=?x?q?a?= ", 200_000) + "\r\n\r\n"),
		"quotes, brackets and comments without end": []byte(from + "To: " + strings.Repeat(`"\"(<`, 300_000) + "\r\n\r\n"),
		"addresses without number":                  []byte(from + "To: " + strings.Repeat("a@b.c,", 300_000) + "\r\n\r\n"),
		"ids without number":                        []byte(from + "References: " + strings.Repeat("<a@b>", 300_000) + "\r\n\r\n"),
		"parameters without number":                 []byte(from + "Content-Type: text/plain" + strings.Repeat(";a*1=\"b", 300_000) + "\r\n\r\n"),
		"siblings whose boundary is never used":     []byte(from + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"+strings.Repeat("--\r\n", 2000), 990)),
		"HTML of angle brackets":                    []byte("Content-Type: text/html\r\n\r\n" + strings.Repeat("<", 2<<20)),
		"HTML of closing brackets":                  []byte("Content-Type: text/html\r\n\r\n" + strings.Repeat(">", 2<<20)),
		"HTML of quotes and breaks":                 []byte("Content-Type: text/html\r\n\r\n" + strings.Repeat("<blockquote>", 100_000) + strings.Repeat("<br>x", 100_000)),
		"HTML of links that are never closed":       []byte("Content-Type: text/html\r\n\r\n" + strings.Repeat("<a href=http://x>y", 100_000) + strings.Repeat("</a>", 100_000)),
		"flowed text of quote marks":                []byte("Content-Type: text/plain; format=flowed\r\n\r\n" + strings.Repeat(">", 2<<20)),
		"UTF-7 of plus signs":                       []byte("Content-Type: text/plain; charset=utf-7\r\n\r\n" + strings.Repeat("+-+", 700_000)),
		"base64 of lines that are none":             []byte("Content-Transfer-Encoding: base64\r\n\r\nYQ==\r\n" + strings.Repeat("a!\r\n", 500_000)),
		"stray header lines":                        []byte(from + strings.Repeat("x\r\na: b\r\n", 200_000)),
		"a folded header of many lines":             []byte(from + "Subject: a" + strings.Repeat("\r\n b", 300_000) + "\r\n\r\n"),
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range [][]byte{
		lines("From: a@b.c", "Content-Type: multipart/mixed; boundary=\"b\"", "", "--b", "Content-Transfer-Encoding: base64", "", "YWJj", "--b", "Content-Type: message/rfc822", "", "Subject: =?utf-7?q?+AOk-?=", "", "x", "--b--"),
		lines("From x Mon", "Subject : =?iso-8859-1?B?4Q=", " =?=", "Content-Type: text/html; charset=utf-8", "", "<p>a<a href=http://x>b</a><blockquote>c"),
		lines("Content-Type: text/plain; format=flowed; delsp=yes", "Content-Transfer-Encoding: quoted-printable", "", "> a=20", "> b =", "c"),
		lines("Content-Type: application/x; name*0*=utf-8'en'a%20; name*1=b; filename=\"..\\x\"", "Content-Disposition: attachment", "", "begin 600 x", "#86)C", "end"),
		lines("To: \"Smith, J\" <j at b.c>, g: a@b; (c) \"d\"@e", "References: <a@b> c@d", "Date: 21 Nov 97 9:5 pm est", "Precedence: auto_reply", "", ""),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		before := bytes.Clone(raw)
		m := Parse(raw)
		checkTree(t, m)
		m.From()
		m.To()
		m.Date()
		m.InReplyTo()
		m.References()
		m.Automatic()
		m.Signed()
		m.Text()
		for _, a := range m.Attachments() {
			if a.Name == "" || m.Part(a.Part) == nil {
				t.Fatalf("attachment %+v", a)
			}
		}
		if id := m.MessageID(); cleanID(id) != id {
			t.Fatalf("message id %q", id)
		}
		if s := m.Subject(); strings.ContainsAny(s, "\r\n\x00\u202e") {
			t.Fatalf("subject %q", s)
		}
		if !bytes.Equal(raw, before) {
			t.Fatal("the raw bytes were changed")
		}
	})
}
