package courier

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/internal/worked"
)

func TestWriteBody(t *testing.T) {
	for _, tc := range []struct {
		name  string
		parts []string
		want  string
	}{
		{"proper lines go unchanged", []string{"A: b\r\n", "\r\nHello\r\n"}, "A: b\r\n\r\nHello\r\n.\r\n"},
		{"an empty mail is a dot", []string{"", ""}, ".\r\n"},
		{"a dot at the start of a line is doubled", []string{".a\r\n", "b\r\n.\r\n..\r\nc.d\r\n"}, "..a\r\nb\r\n..\r\n...\r\nc.d\r\n.\r\n"},
		{"a last line without end gets one", []string{"a", "b"}, "a\r\nb\r\n.\r\n"},
		{"a lone LF becomes CRLF", []string{"a\nb\n.\nc\r\n"}, "a\r\nb\r\n..\r\nc\r\n.\r\n"},
		{"a lone CR becomes CRLF", []string{"a\rb\r.\rc\r\n"}, "a\r\nb\r\n..\r\nc\r\n.\r\n"},
		{"CR CR LF is two line ends", []string{"a\r\r\n.\r\n"}, "a\r\n\r\n..\r\n.\r\n"},
		{"LF CR is two line ends", []string{"a\n\rb\r\n"}, "a\r\n\r\nb\r\n.\r\n"},
		{"a CR at the end of a part is a line end", []string{"a\r", "\nb"}, "a\r\n\r\nb\r\n.\r\n"},
		{"false ends stay inside", []string{"a\n.\r\nMAIL FROM:<x>\r\n"}, "a\r\n..\r\nMAIL FROM:<x>\r\n.\r\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var parts [][]byte
			for _, p := range tc.parts {
				parts = append(parts, []byte(p))
			}
			var got bytes.Buffer
			if err := writeBody(&got, parts...); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got.String()); diff != "" {
				t.Errorf("on the wire (-want +got):\n%s", diff)
			}
		})
	}
}

// Without care for where the next LF is, a long run of CRs takes quadratic time: these more than a minute. With it they take a twentieth
// of a second.
func TestWriteBodyIsLinear(t *testing.T) {
	body := bytes.Repeat([]byte("\r"), 2<<20)
	start := worked.Time(t)
	if err := writeBody(io.Discard, body); err != nil {
		t.Fatal(err)
	}
	if took := worked.Time(t) - start; took > 10*time.Second {
		t.Errorf("%d bytes took %v", len(body), took)
	}
}

func FuzzWriteBody(f *testing.F) {
	for _, s := range []string{"", ".", "\r\n.\r\n", "a\n.\nb", "\r.\r", "a\r\r\n.\r\n", "..\r\n"} {
		f.Add([]byte(s), []byte("b\r\n"))
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		var got bytes.Buffer
		if err := writeBody(&got, a, b); err != nil {
			t.Fatal(err)
		}
		lines, ok := strings.CutSuffix(got.String(), ".\r\n")
		if !ok {
			t.Fatal("does not end with a dot")
		}
		if lines == "" {
			return
		}
		if !strings.HasSuffix(lines, "\r\n") {
			t.Fatalf("dot is not at the start of a line: %q", lines)
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(lines, "\r\n"), "\r\n") {
			if line == "." || strings.ContainsAny(line, "\r\n") {
				t.Fatalf("line %q in %q", line, lines)
			}
		}
	})
}
