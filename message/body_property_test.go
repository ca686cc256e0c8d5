package message

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sencoforum/internal/corpora"
)

const footerMark = "Footer-of-the-list"

// wholeMail puts a body behind its header, as a courier does.
func wholeMail(b Body) []byte {
	w := Writer{}
	w.Text("Subject", "x")
	for _, f := range b.Fields {
		w.Raw(f.Name, f.Value)
	}
	return append(append(bytes.Clone(w.Bytes()), "\r\n"...), b.Bytes...)
}

// checkOutgoing makes a copy of raw and holds what every copy promises. It
// returns what a member would read, before and after.
func checkOutgoing(t testing.TB, raw []byte, o BodyOptions) (before, after *Message) {
	t.Helper()
	m := Parse(raw)
	body, err := Outgoing(m, o)
	if err != nil {
		t.Fatal(err)
	}
	checkBody(t, body)
	again, err := Outgoing(Parse(raw), o)
	if err != nil || !reflect.DeepEqual(body, again) {
		t.Error("the same mail gave another copy", err, cmp.Diff(body, again))
	}
	got := Parse(wholeMail(body))
	if m.Signed() {
		if want, ok := canonical(m.Root.Body); ok && !bytes.Equal(bytes.TrimSuffix(body.Bytes, []byte("\r\n")), bytes.TrimSuffix(want, []byte("\r\n"))) {
			t.Error("signed mail was changed")
		}
		return m, got
	}
	if !holdsText(got, footerMark) {
		t.Errorf("no footer in\n%s", wholeMail(body))
	}
	return m, got
}

// holdsText reports a text in a part that people read.
func holdsText(m *Message, text string) bool {
	for n, p := range m.Walk() {
		if (p.IsText() || n == 0) && len(p.Parts) == 0 && strings.Contains(p.Text(), text) {
			return true
		}
	}
	return false
}

func FuzzOutgoing(f *testing.F) {
	names, err := filepath.Glob("testdata/outgoing/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if file.Name == "mail" {
				f.Add(toWire(string(file.Data)), int64(10), true)
			}
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, total int64, clean bool) {
		if len(raw) > 32<<10 {
			return
		}
		note := func(names []string) string { return "On the forum: " + strings.Join(names, ", ") }
		checkOutgoing(t, raw, BodyOptions{FooterText: footerMark, AttachTotal: total, CleanHTML: clean, Note: note})
	})
}

// Every mail of the collection can be sent on, and keeps its words.
func TestOutgoingKeepsTheWordsOfTheCorpus(t *testing.T) {
	dir := corpora.Dir(t, "mime")
	files := append(corpora.Files(t, dir, "*.eml"), corpora.Files(t, dir, "*.msg")...)
	files = append(files, corpora.Files(t, dir, "*.raw")...)
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(filepath.Dir(name))+"/"+filepath.Base(name), func(t *testing.T) {
			before, after := checkOutgoing(t, raw, BodyOptions{FooterText: footerMark, AttachTotal: -1, CleanHTML: true})
			if before.Root.isAttachedMessage() {
				return // it travels whole, as a file beside the footer
			}
			if lost := lostWords(before.Text(), after.Text()); len(lost) > 0 {
				t.Errorf("lost %q\nof %.2000s\nin %.2000s", lost, before.Text(), after.Text())
			}
		})
	}
}

// lostWords returns the words of a that do not stand in b in their order.
func lostWords(a, b string) (lost []string) {
	rest := strings.Fields(b)
	for _, word := range strings.Fields(a) {
		found := false
		for i, w := range rest {
			if w == word || strings.Trim(w, "[]") == word {
				rest, found = rest[i+1:], true
				break
			}
		}
		if !found {
			lost = append(lost, word)
		}
	}
	return lost
}

func BenchmarkOutgoingText5K(b *testing.B) {
	line := "How do others manage it with one day a week for the annual reviews?\r\n"
	raw := []byte("From: Priya <p@school.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + strings.Repeat(line, 5000/len(line)))
	benchmarkOutgoing(b, raw)
}

func BenchmarkOutgoingAttachment1400K(b *testing.B) {
	var raw bytes.Buffer
	raw.WriteString("From: Priya <p@school.example>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHere is the form.\r\n")
	raw.WriteString("--b\r\nContent-Type: application/pdf; name=form.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	row := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("PDF"), 19)) + "\r\n"
	raw.WriteString(strings.Repeat(row, 1_400_000/len(row)))
	raw.WriteString("\r\n--b--\r\n")
	benchmarkOutgoing(b, raw.Bytes())
}

func benchmarkOutgoing(b *testing.B, raw []byte) {
	m := Parse(raw)
	o := BodyOptions{FooterText: "Reply = everyone.", AttachTotal: 2 << 20, CleanHTML: true}
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Outgoing(m, o); err != nil {
			b.Fatal(err)
		}
	}
}
