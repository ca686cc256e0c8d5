package message

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// enclosed is a mail with these files, as its reader gets it.
func enclosed(t testing.TB, text string, files ...Enclosed) *Message {
	t.Helper()
	body, fields := TextWithFiles(text, files)
	raw := "From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\nDate: Fri, 27 Nov 2026 12:00:00 +0000\r\nMIME-Version: 1.0\r\n" + string(writeFields(fields)) + "\r\n" + string(body)
	if err := Scan([]byte(raw), Arriving()); err != nil {
		t.Errorf("our own mail is at fault: %v", err)
	}
	if err := Strict([]byte(raw), false); err != nil {
		t.Errorf("our own mail is at fault: %v", err)
	}
	for line := range strings.SplitSeq(raw, "\r\n") {
		if len(line) > 998 || !isASCII(line) {
			t.Errorf("a line of %d octets: %.80q", len(line), line)
		}
	}
	return Parse([]byte(raw))
}

func TestAFileArrivesAsItWasChosen(t *testing.T) {
	long := strings.Repeat("Überblick ", 12) + "End.docx"
	for _, c := range []struct {
		name       string
		file       Enclosed
		want, kind string
	}{
		{"a text", Enclosed{"notes.txt", "text/plain", []byte("One\nTwo £5\n")}, "notes.txt", "text/plain"},
		{"a text that looks like the end of the message", Enclosed{"notes.txt", "text/plain", []byte("\r\n--=_0\r\n.\r\n")}, "notes.txt", "text/plain"},
		{"a table in an old charset", Enclosed{"d.csv", "text/csv", []byte("price,\xa35\n")}, "d.csv", "text/csv"},
		{"a name in another script", Enclosed{"План.pdf", "application/pdf", []byte("%PDF-1.4\n")}, "План.pdf", "application/pdf"},
		{"a long name", Enclosed{long, "application/octet-stream", []byte{0, 1, 2}}, safeName(long), "application/octet-stream"},
		{"a name with quotes and a path", Enclosed{"C:\\temp\\a \"b\"; c=d.txt", "text/plain", []byte("x")}, "a \"b\"; c=d.txt", "text/plain"},
		{"a name with a line end", Enclosed{"a\r\nBcc: x@y.example.txt", "text/plain", []byte("x")}, "a Bcc: x@y.example.txt", "text/plain"},
		{"no name", Enclosed{"", "image/png", []byte("\x89PNG\r\n\x1a\n")}, "picture.png", "image/png"},
		{"an email", Enclosed{"old.eml", "message/rfc822", []byte("Subject: x\r\n\r\ny")}, "old.eml", "application/octet-stream"},
		{"a page", Enclosed{"a.html", "text/html", []byte("<html><script>x</script>")}, "a.html", "text/html"},
		{"nothing in it", Enclosed{"a.bin", "application/octet-stream", nil}, "a.bin", "application/octet-stream"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := enclosed(t, "Here it is.\n", c.file, Enclosed{"second.txt", "text/plain", []byte("2")})
			v := m.View()
			if len(v.Files) != 2 || strings.TrimSpace(m.Text()) != "Here it is." || m.Header.Has("Bcc") {
				t.Fatalf("%d files, text %q", len(v.Files), m.Text())
			}
			got := v.Files[0]
			content, _ := m.FileContent(got.Part, got.Inner)
			if got.Name != c.want || got.Said != c.kind || !bytes.Equal(content, c.file.Content) {
				t.Errorf("%q, %q, %q; want %q, %q, %q", got.Name, got.Said, content, c.want, c.kind, c.file.Content)
			}
		})
	}
}

func TestATextWithoutFilesIsPlain(t *testing.T) {
	body, fields := TextWithFiles("Hello\n", nil)
	want, wantFields := PlainText("Hello\n")
	if diff := cmp.Diff(string(want), string(body)) + cmp.Diff(wantFields, fields); diff != "" {
		t.Error(diff)
	}
}

func FuzzTextWithFiles(f *testing.F) {
	f.Add("Hello", "a.txt", "text/plain", []byte("x"))
	f.Add("\r\n--=_x--\r\n", "\"\r\n\x00%é\u202e", "text/html; charset=\"", []byte("\r\n.\r\n"))
	f.Fuzz(func(t *testing.T, text, name, kind string, content []byte) {
		if len(content) > 1<<20 || !utf8.ValidString(name) {
			return
		}
		m := enclosed(t, text, Enclosed{name, kind, content})
		files := m.files()
		if len(files) != 1 || !bytes.Equal(files[0].content, content) || files[0].Name != SafeName(name, kindOctets) && files[0].Name != SafeName(name, files[0].Said) {
			t.Errorf("%d files of %q: %q", len(files), name, m.Raw())
		}
	})
}
