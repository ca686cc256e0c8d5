package message

import (
	"bytes"
	"net/mail"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestWriterText(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"plain text stays as it is", "Hello there", "Subject: Hello there\r\n"},
		{"nothing is an empty field", "", "Subject:\r\n"},
		{"spaces at the ends go", "  Hello ", "Subject: Hello\r\n"},
		{"a long subject is folded at a space", strings.Repeat("twelve chars ", 7),
			"Subject: twelve chars twelve chars twelve chars twelve chars twelve chars\r\n twelve chars twelve chars\r\n"},
		{"only the words beyond ASCII are encoded", "Re: [SENCO] Café for all the new SENCOs at the Crêperie today",
			"Subject: Re: [SENCO] =?UTF-8?Q?Caf=C3=A9_for_all_the_new_SENCOs_at_the_Cr?=\r\n =?UTF-8?Q?=C3=AAperie?= today\r\n"},
		{"words before it may fill more than a line", strings.Repeat("twelve chars ", 7) + "é",
			"Subject: twelve chars twelve chars twelve chars twelve chars twelve chars\r\n twelve chars twelve chars =?UTF-8?B?w6k=?=\r\n"},
		{"mostly foreign letters take the shorter base64", "Привет",
			"Subject: =?UTF-8?B?0J/RgNC40LLQtdGC?=\r\n"},
		{"what looks encoded is encoded", "=?UTF-8?Q?x?=", "Subject: =?UTF-8?B?PT9VVEYtOD9RP3g/PQ==?=\r\n"},
		{"bidi marks and controls go", "gp\u202ej.exe\x07", "Subject: gpj.exe\r\n"},
		{"a line of spaces alone cannot come about", "a" + strings.Repeat(" ", 90) + "b",
			"Subject: =?UTF-8?Q?a" + strings.Repeat("_", 54) + "?=\r\n =?UTF-8?Q?" + strings.Repeat("_", 36) + "b?=\r\n"},
		{"a word that no line can hold is encoded", strings.Repeat("a", 1000), ""},
		{"a long foreign text is cut between characters", strings.Repeat("ж", 60),
			"Subject: =?UTF-8?B?" + strings.Repeat("0LbQttC2", 6) + "0LY=?=\r\n" +
				" =?UTF-8?B?" + strings.Repeat("0LbQttC2", 7) + "0LY=?=\r\n" +
				" =?UTF-8?B?" + strings.Repeat("0LbQttC2", 6) + "0LY=?=\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var w Writer
			w.Text("Subject", c.value)
			if diff := cmp.Diff(c.want, string(w.Bytes())); diff != "" && c.want != "" || w.Err() != nil {
				t.Error(w.Err(), diff)
			}
			if h, _ := ReadHeader(w.Bytes()); h.Text("Subject") != cleanLine(c.value) {
				t.Errorf("reads back as %q", h.Text("Subject"))
			}
		})
	}
}

func TestWriterMailbox(t *testing.T) {
	list := Address{Local: "senco-forum", Domain: "lists.example.org"}
	for _, c := range []struct {
		name string
		mb   Mailbox
		want string
	}{
		{"a plain name needs no quotes", Mailbox{"SENCO Forum", list}, "From: SENCO Forum <senco-forum@lists.example.org>\r\n"},
		{"a full stop needs quotes", Mailbox{"Priya N. via SENCO Forum", list},
			"From: \"Priya N. via SENCO Forum\" <senco-forum@lists.example.org>\r\n"},
		{"quotes and backslashes are escaped", Mailbox{`A "B" \ C`, list}, "From: \"A \\\"B\\\" \\\\ C\" <senco-forum@lists.example.org>\r\n"},
		{"no name is a bare address", Mailbox{"", list}, "From: senco-forum@lists.example.org\r\n"},
		{"a name of controls is no name", Mailbox{"\x01\u202e", list}, "From: senco-forum@lists.example.org\r\n"},
		{"a name beyond ASCII is encoded", Mailbox{"Zoë (Head), Leeds", list},
			"From: =?UTF-8?B?Wm/DqyAoSGVhZCksIExlZWRz?= <senco-forum@lists.example.org>\r\n"},
		{"a name that looks encoded is encoded", Mailbox{"=?utf-8?q?head?=", list},
			"From: =?UTF-8?B?PT91dGYtOD9xP2hlYWQ/PQ==?= <senco-forum@lists.example.org>\r\n"},
		{"a name cannot add an address", Mailbox{"a@b.example>, Head <h@b.example", list},
			"From: \"a@b.example>, Head <h@b.example\" <senco-forum@lists.example.org>\r\n"},
		{"a name of quotes that no line can hold is encoded", Mailbox{strings.Repeat(`"`, 500), list}, ""},
		{"a quoted local part keeps its quotes", Mailbox{"X", Address{"a b", "x.example"}}, "From: X <\"a b\"@x.example>\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var w Writer
			w.Mailbox("From", c.mb)
			if diff := cmp.Diff(c.want, string(w.Bytes())); diff != "" && c.want != "" || w.Err() != nil {
				t.Error(w.Err(), diff)
			}
		})
	}
}

func TestWriterRawFoldsAtSpaces(t *testing.T) {
	var w Writer
	id := "<0123456789012345678901234567890123456789@mail.example.org>"
	w.Raw("References", id+" "+id+"\t"+id)
	want := "References: " + id + "\r\n " + id + "\r\n\t" + id + "\r\n"
	if diff := cmp.Diff(want, string(w.Bytes())); diff != "" || w.Err() != nil {
		t.Error(w.Err(), diff)
	}
}

func TestWriterRefuses(t *testing.T) {
	list := Address{Local: "l", Domain: "x.example"}
	for _, c := range []struct {
		name  string
		write func(w *Writer)
	}{
		{"CR LF in a text", func(w *Writer) { w.Text("Subject", "a\r\nBcc: b@x.example") }},
		{"a bare CR in a text", func(w *Writer) { w.Text("Subject", "a\rb") }},
		{"NUL in a text", func(w *Writer) { w.Text("Subject", "a\x00b") }},
		{"LF in a name", func(w *Writer) { w.Mailbox("From", Mailbox{"a\nb", list}) }},
		{"LF in an address", func(w *Writer) { w.Mailbox("From", Mailbox{"a", Address{"a\nb", "x.example"}}) }},
		{"no address", func(w *Writer) { w.Mailbox("From", Mailbox{"a", Address{}}) }},
		{"an address beyond ASCII", func(w *Writer) { w.Mailbox("From", Mailbox{"a", Address{"é", "x.example"}}) }},
		{"LF in a raw value", func(w *Writer) { w.Raw("X", "a\nb") }},
		{"a raw value beyond ASCII", func(w *Writer) { w.Raw("X", "é") }},
		{"a raw value that cannot be folded", func(w *Writer) { w.Raw("X", strings.Repeat("a", 998)) }},
		{"a field name with a colon", func(w *Writer) { w.Text("X:Y", "a") }},
		{"a field name with a line end", func(w *Writer) { w.Text("X\r\nY", "a") }},
		{"no field name", func(w *Writer) { w.Text("", "a") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			var w Writer
			w.Text("Before", "x")
			c.write(&w)
			w.Text("After", "x")
			if w.Err() == nil || w.Bytes() != nil {
				t.Errorf("accepted: %q", w.Bytes())
			}
		})
	}
}

// anyText draws text of every kind that a stranger may put into a subject.
func anyText() *rapid.Generator[string] {
	word := rapid.StringMatching(` {0,60}[a-z=?_"\\é]{1,12}`)
	return rapid.OneOf(rapid.String(), rapid.StringMatching(`[ -~]{0,300}`),
		rapid.Map(rapid.SliceOfN(word, 0, 30), func(words []string) string { return strings.Join(words, "") }),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
}

// Whatever name or value goes in, the block that comes out holds exactly the
// fields that were written, or nothing.
func TestWriterNeverAddsAField(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"Subject", "X-Quite-A-Long-Name-For-A-Header-Field-Of-Ours", "a b", "é"}).Draw(t, "field")
		value := anyText().Draw(t, "value")
		for i, write := range []func(w *Writer){
			func(w *Writer) { w.Text(name, value) },
			func(w *Writer) { w.Raw(name, value) },
			func(w *Writer) { w.Mailbox(name, Mailbox{value, Address{"l", "x.example"}}) },
			func(w *Writer) { w.Mailbox(name, Mailbox{"", Address{value, "x.example"}}) },
		} {
			var w Writer
			write(&w)
			if w.Err() != nil {
				continue
			}
			checkLines(t, w.Bytes())
			h, _ := ReadHeader(w.Bytes())
			if f := h.Fields(); len(f) != 1 || f[0].Name != name {
				t.Fatalf("way %d: %q\n%s", i, f, w.Bytes())
			}
		}
	})
}

// What is written reads back as the same text.
func TestWriterRoundTrip(t *testing.T) {
	inLine := func(s string) string { return strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(s) }
	rapid.Check(t, func(t *rapid.T) {
		subject, name := inLine(anyText().Draw(t, "subject")), inLine(anyText().Draw(t, "name"))
		raw := rapid.StringMatching(`[ -~]{0,300}`).Draw(t, "raw")
		address := Address{Local: "senco-forum", Domain: "lists.example.org"}
		var w Writer
		w.Mailbox("From", Mailbox{name, address})
		w.Text("Subject", subject)
		w.Raw("References", raw)
		if w.Err() != nil {
			t.Fatal(w.Err())
		}
		checkLines(t, w.Bytes())
		h, rest := ReadHeader(append(bytes.Clone(w.Bytes()), "\r\nBody"...))
		if h.Count("From") != 1 || h.Count("Subject") != 1 || len(h.Fields()) != 3 || string(rest) != "Body" {
			t.Fatalf("fields %q rest %q", h.Fields(), rest)
		}
		if got, want := h.Text("Subject"), cleanLine(subject); got != want {
			t.Fatalf("subject %q, want %q\n%s", got, want, w.Bytes())
		}
		if got, want := h.Get("References"), strings.Trim(raw, " \t"); got != want {
			t.Fatalf("references %q, want %q", got, want)
		}
		checkMailbox(t, h.Get("From"), strings.Join(strings.Fields(cleanLine(name)), " "), address)
	})
}

func checkMailbox(t *rapid.T, value, name string, address Address) {
	t.Helper()
	got, err := mail.ParseAddress(value)
	if err != nil || got.Name != name || got.Address != address.String() {
		t.Fatalf("from %q: got %+v, %v; want %q", value, got, err, name)
	}
}

// checkLines fails for lines that are too long, blank, 8-bit or not CRLF.
func checkLines(t *rapid.T, block []byte) {
	t.Helper()
	for line := range bytes.Lines(block) {
		text, ok := bytes.CutSuffix(line, []byte("\r\n"))
		if !ok || len(text) > 998 || len(bytes.TrimSpace(text)) == 0 || bytes.ContainsAny(text, "\r\n\x00") || isEightBit(text) {
			t.Fatalf("line %q", line)
		}
		if bytes.Contains(text, []byte("=?UTF-8?")) && len(text) > 76 {
			t.Fatalf("line with encoded words has %d octets: %q", len(text), line)
		}
		if !utf8.Valid(line) {
			t.Fatalf("line %q", line)
		}
	}
}
