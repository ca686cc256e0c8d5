package message

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the wanted results of txtar cases anew")

// Each archive in testdata/outgoing has a mail, the options, and the body that
// must go out with its fields, changes and removed files. In all of them \xNN
// is an octet.
func TestOutgoing(t *testing.T) {
	names, err := filepath.Glob("testdata/outgoing/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) { outgoingCase(t, name) })
	}
}

func outgoingCase(t *testing.T, name string) {
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	for _, f := range archive.Files {
		files[f.Name] = string(f.Data)
	}
	m := Parse(toWire(files["mail"]))
	body, err := Outgoing(m, readOptions(t, files["options"]))
	if err != nil {
		t.Fatal(err)
	}
	checkBody(t, body)
	got := describeBody(body)
	if *update {
		setFile(archive, "want", got)
		if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(files["want"], got); diff != "" {
		t.Error(diff)
	}
}

// toWire makes lines end in CRLF and turns \xNN into octets.
func toWire(s string) []byte {
	var b []byte
	for i := 0; i < len(s); i++ {
		n, err := uint64(0), error(nil)
		switch {
		case s[i] == '\n':
			b = append(b, '\r', '\n')
			continue
		case strings.HasPrefix(s[i:], `\x`) && len(s) >= i+4:
			if n, err = strconv.ParseUint(s[i+2:i+4], 16, 8); err == nil {
				b = append(b, byte(n))
				i += 3
				continue
			}
		}
		b = append(b, s[i])
	}
	return b
}

// fromWire is the opposite of toWire; a space at the end of a line is shown.
func fromWire(b []byte) string {
	var s strings.Builder
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSuffix(line, "\r\n")
		for i := range len(line) {
			switch c := line[i]; {
			case c == ' ' && i == len(line)-1, c < ' ' && c != '\t', c > '~':
				fmt.Fprintf(&s, `\x%02x`, c)
			default:
				s.WriteByte(c)
			}
		}
		s.WriteByte('\n')
	}
	return s.String()
}

// readOptions reads lines of a key and a value; \n in a value is a line end.
func readOptions(t *testing.T, s string) BodyOptions {
	t.Helper()
	o := BodyOptions{CleanHTML: true, AttachTotal: 2 << 20}
	for line := range strings.Lines(s) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		value = strings.ReplaceAll(value, `\n`, "\n")
		switch key {
		case "footer":
			o.FooterText = value
		case "html":
			o.FooterHTML = value
		case "note":
			o.Note = func(names []string) string { return value + " " + strings.Join(names, ", ") }
		case "raw html":
			o.CleanHTML = false
		case "total":
			n, err := strconv.Atoi(value)
			if err != nil {
				t.Fatal(err)
			}
			o.AttachTotal = int64(n)
		default:
			t.Fatalf("unknown option %q", key)
		}
	}
	return o
}

func describeBody(b Body) string {
	var s strings.Builder
	for _, f := range b.Fields {
		fmt.Fprintf(&s, "%s: %s\n", f.Name, f.Value)
	}
	s.WriteString("\n" + fromWire(b.Bytes))
	for _, c := range b.Changes {
		fmt.Fprintf(&s, "[changed] %s\n", c)
	}
	for _, r := range b.Removed {
		fmt.Fprintf(&s, "[removed] part %d %s %s %d\n", r.Part, r.Name, r.Type, r.Size)
	}
	if b.EightBit {
		s.WriteString("[8bit]\n")
	}
	return s.String()
}

func setFile(a *txtar.Archive, name, data string) {
	for i := range a.Files {
		if a.Files[i].Name == name {
			a.Files[i].Data = []byte(data)
			return
		}
	}
	a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(data)})
}

// checkBody holds what every body promises.
func checkBody(t testing.TB, b Body) {
	t.Helper()
	if !bytes.HasSuffix(b.Bytes, []byte("\r\n")) {
		t.Error("the last line does not end in CRLF")
	}
	for line := range bytes.Lines(b.Bytes) {
		text, ok := bytes.CutSuffix(line, []byte("\r\n"))
		if !ok || len(text) > 998 || bytes.ContainsAny(text, "\r\n\x00") {
			t.Errorf("line of %d octets may not travel: %.120q", len(text), line)
		}
	}
	var w Writer
	for _, f := range b.Fields {
		w.Raw(f.Name, f.Value)
	}
	if w.Err() != nil {
		t.Error(w.Err())
	}
	if b.EightBit != isEightBit(b.Bytes) {
		t.Error("EightBit is", b.EightBit)
	}
}
