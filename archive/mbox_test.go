package archive

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/internal/corpora"
)

// readAll reads an mbox whole.
func readAll(t *testing.T, text string, kind MboxKind) (all []MboxMessage) {
	t.Helper()
	for m, err := range ReadMbox(strings.NewReader(text), kind, 1<<20) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
	return all
}

func bodies(all []MboxMessage) (out []string) {
	for _, m := range all {
		out = append(out, string(m.Raw))
	}
	return out
}

const postmarked = "From ann@a.example Mon Nov 22 09:17:05 2004\n"

func TestReadMbox(t *testing.T) {
	for _, c := range []struct {
		name string
		kind MboxKind
		in   string
		want []string
	}{
		{"nothing", "", "", nil},
		{"blank lines", "", "\n\r\n", nil},
		{"one", "", postmarked + "Subject: a\n\nHello\n\n", []string{"Subject: a\n\nHello\n"}},
		{"no end of line", "", postmarked + "Subject: a\n\nHello", []string{"Subject: a\n\nHello"}},
		{"two", "", postmarked + "Subject: a\n\nHello\n\n" + postmarked + "Subject: b\n\nBye\n\n", []string{"Subject: a\n\nHello\n", "Subject: b\n\nBye\n"}},
		{"CRLF", "", strings.ReplaceAll(postmarked+"Subject: a\n\nHello\n\n"+postmarked+"Subject: b\n\nBye\n\n", "\n", "\r\n"),
			[]string{"Subject: a\r\n\r\nHello\r\n", "Subject: b\r\n\r\nBye\r\n"}},
		{"a byte order postmarked", "", "\xef\xbb\xbf" + postmarked + "Subject: a\n\nHello\n", []string{"Subject: a\n\nHello\n"}},
		{"words of a body", "", postmarked + "Subject: a\n\nHello\n\nFrom here on it is easy\n\n", []string{"Subject: a\n\nHello\n\nFrom here on it is easy\n"}},
		{"no blank line before", "", postmarked + "Subject: a\n\nHello\n" + postmarked + "Subject: b\n", []string{"Subject: a\n\nHello\n" + postmarked + "Subject: b\n"}},
		{"no body", "", postmarked + "Subject: a\n\n" + postmarked + "Subject: b\n\n\n", []string{"Subject: a\n\n", "Subject: b\n\n"}},
		{"no header", "", postmarked + postmarked + "Subject: b\n\n\n", []string{"", "Subject: b\n\n"}},
		{"header only", "", postmarked + "Subject: a", []string{"Subject: a"}},
		{"blank lines at the end", "", postmarked + "Subject: a\n\nHello\n\n\n\n" + postmarked + "Subject: b\n\n\n", []string{"Subject: a\n\nHello\n\n\n", "Subject: b\n\n"}},
		{"quoted", "", postmarked + "Subject: a\n\n>From Ann\n>>From Bob\n> From Cy\n", []string{"Subject: a\n\nFrom Ann\n>From Bob\n> From Cy\n"}},
		{"quoted in mboxo", Mboxo, postmarked + "Subject: a\n\n>From Ann\n>>From Bob\n", []string{"Subject: a\n\nFrom Ann\n>>From Bob\n"}},
		{"a From_ line in the header", "", postmarked + ">From x\nSubject: a\n\nHello\n", []string{">From x\nSubject: a\n\nHello\n"}},
		{"counted", "", postmarked + "Content-Length: 61\n\n\n" + postmarked + "Subject: b\n\nFal\n\n" + postmarked + "Subject: c\n\nBye\n",
			[]string{"Content-Length: 61\n\n\n" + postmarked + "Subject: b\n\nFal\n", "Subject: c\n\nBye\n"}},
		{"counted and quoted", "", postmarked + "Content-Length: 10\n\n>From Ann\n\n" + postmarked + "Subject: c\n\nBye\n",
			[]string{"Content-Length: 10\n\nFrom Ann\n", "Subject: c\n\nBye\n"}},
		{"counted, not quoted", Mboxcl2, postmarked + "Content-Length: 10\n\n>From Ann\n\n" + postmarked + "Subject: c\n\nBye\n",
			[]string{"Content-Length: 10\n\n>From Ann\n", "Subject: c\n\nBye\n"}},
		{"counted wrongly", "", postmarked + "Content-Length: 9\n\nHello\n\n" + postmarked + "Subject: c\n\nBye\n",
			[]string{"Content-Length: 9\n\nHello\n", "Subject: c\n\nBye\n"}},
		{"counted far too far", "", postmarked + "Content-Length: 999999999999\n\nHello\n\n" + postmarked + "Subject: c\n\nBye\n",
			[]string{"Content-Length: 999999999999\n\nHello\n", "Subject: c\n\nBye\n"}},
		{"counted to the end", "", postmarked + "Content-Length: 6\n\nHello\n", []string{"Content-Length: 6\n\nHello\n"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, bodies(readAll(t, c.in, c.kind))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadMboxTellsWhatIsWrong(t *testing.T) {
	read := func(in string, limit int) (all []MboxMessage, last error) {
		for m, err := range ReadMbox(iotest.OneByteReader(strings.NewReader(in)), "", limit) {
			if last = err; err == nil {
				all = append(all, m)
			}
		}
		return all, last
	}
	if all, err := read("Subject: a\n\nHello\n", 100); !errors.Is(err, ErrNoMbox) || len(all) > 0 {
		t.Errorf("a mail that is no mbox: %d messages, %v", len(all), err)
	}
	all, err := read(postmarked+"Subject: a\n\n"+strings.Repeat("long\n", 100)+"\n"+postmarked+"Subject: b\n\n", 60)
	if err != nil || len(all) != 2 || !all[0].Cut || len(all[0].Raw) != 60 || all[1].Cut {
		t.Errorf("a message beyond the limit: %+v, %v", all, err)
	}
	broken := ReadMbox(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(postmarked))), "", 100)
	for _, err := range broken {
		if !errors.Is(err, iotest.ErrTimeout) {
			t.Errorf("a disk that fails: %v", err)
		}
	}
}

func TestPostmarks(t *testing.T) {
	want := time.Date(2004, 11, 22, 9, 17, 5, 0, time.UTC)
	for in, ok := range map[string]bool{
		"From ann@a.example Mon Nov 22 09:17:05 2004":         true,
		"From ann at a.example  Mon Nov 22 09:17:05 2004\r\n": true,
		"From 1500000000@xxx Mon Nov 22 09:17:05 +0000 2004":  true,
		"From - Mon Nov 22 10:17:05 2004 +0100":               true,
		"From MAILER-DAEMON Mon Nov 22 09:17:05 GMT 2004":     true,
		"From ann@a.example":                                  false,
		"From ann@a.example Mon Nov 99 09:17:05 2004":         false,
	} {
		if got := postmark([]byte(in)); ok && !got.Equal(want) || !ok && !got.IsZero() {
			t.Errorf("%q: %v", in, got)
		}
	}
}

func TestMboxOfARealList(t *testing.T) {
	f, err := os.Open(filepath.Join(corpora.Dir(t, "archive-twisted-web"), "twisted-web.mbox.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	n, dated := 0, 0
	for m, err := range ReadMbox(z, "", 1<<20) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		if !m.Postmark.IsZero() {
			dated++
		}
	}
	if n != 5374 || dated != n {
		t.Errorf("%d messages, %d with a date; want 5374", n, dated)
	}
}

// FuzzReadMbox checks that nothing of a file is lost but From_ lines, blank lines and quotes, and that what is written is
// read again as it was.
func FuzzReadMbox(f *testing.F) {
	f.Add(postmarked+"Subject: a\n\nHello\n\n>From x\n\n"+postmarked+"Content-Length: 5\n\nHello\n", uint8(0))
	f.Add("From \nFrom \n\nFrom \na:\n", uint8(2))
	f.Fuzz(func(t *testing.T, in string, k uint8) {
		kind := append([]MboxKind{MboxAuto}, MboxKinds...)[int(k)%5]
		var out bytes.Buffer
		w := NewMboxWriter(&out)
		var raws []string
		last := int64(-1)
		for m, err := range ReadMbox(strings.NewReader(in), kind, 1<<20) {
			if err != nil {
				return
			}
			if m.Offset <= last || m.Offset >= int64(len(in)) || !strings.HasPrefix(in[m.Offset:], "From ") {
				t.Fatalf("a message at %d after one at %d", m.Offset, last)
			}
			last = m.Offset
			raw := append([]byte("A: b\n"), m.Raw...)
			if err := w.Write(raw, "", time.Time{}); err != nil {
				t.Fatal(err)
			}
			raws = append(raws, string(lf(raw)))
		}
		var again []string
		for m, err := range ReadMbox(&out, Mboxrd, 1<<30) {
			if err != nil {
				t.Fatal(err)
			}
			again = append(again, string(m.Raw))
		}
		if diff := cmp.Diff(raws, again); diff != "" {
			t.Errorf("what was written is not what was read (-want +got):\n%s", diff)
		}
	})
}

// lf is a message with LF at the end of each line, and a blank line behind its header.
func lf(raw []byte) (out []byte) {
	for line := range bytes.Lines(raw) {
		out = append(append(out, bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))...), '\n')
	}
	if !bytes.Contains(out, []byte("\n\n")) {
		out = append(out, '\n')
	}
	if !bytes.Contains(out, []byte("\n\n")) {
		out = append(out, '\n')
	}
	return out
}
