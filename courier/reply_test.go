package courier

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"sencoforum/queue"
)

func read(s string) (reply, error) {
	return readReply(bufio.NewReaderSize(strings.NewReader(s), 4096))
}

func TestReadReply(t *testing.T) {
	type want struct {
		Code           int
		Enhanced, Text string
	}
	for _, tc := range []struct {
		name, in string
		want     want
	}{
		{"one line", "250 2.1.5 Ok, Ann\r\n", want{250, "2.1.5", "Ok, Ann"}},
		{"code alone", "354\r\n", want{354, "", ""}},
		{"code and blank", "250 \r\n", want{250, "", ""}},
		{"several lines, the code said on each", "550-5.7.1 Not\r\n550-5.7.1 from\r\n550 5.7.1 you\r\n", want{550, "5.7.1", "Not from you"}},
		{"several lines, the code said once", "550-5.7.1 Not\r\n550 from you\r\n", want{550, "5.7.1", "Not from you"}},
		{"an enhanced code of another class is text", "250 5.1.1 Ok\r\n", want{250, "", "5.1.1 Ok"}},
		{"a version number is text", "220 4.97 Exim\r\n", want{220, "", "4.97 Exim"}},
		{"a long number is text", "550 5.7.1234 No\r\n", want{550, "", "5.7.1234 No"}},
		{"enhanced code alone", "250 2.0.0\r\n", want{250, "2.0.0", ""}},
		{"controls, marks and broken UTF-8", "550 5.1.1 a\x00b\x1bc\u202ed\xffe\tf\r\n", want{550, "5.1.1", "a b c d e f"}},
		{"the longest line", "250 " + strings.Repeat("é", 997) + "\r\n", want{250, "", strings.Repeat("é", queue.MaxText/2)}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, err := read(tc.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, want{r.code, r.enhanced(), r.text()}); diff != "" {
				t.Errorf("reply (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadReplyRefuses(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		want     error
	}{
		{"nothing", "", io.EOF},
		{"half a line", "250 Ok", io.EOF},
		{"half a reply", "250-Ok\r\n", io.EOF},
		{"a lone LF", "250 Ok\n", errReply},
		{"no code", "Ok then\r\n", errReply},
		{"a short line", "25\r\n", errReply},
		{"a code of no class", "650 Ok\r\n", errReply},
		{"a preliminary code", "150 Ok\r\n", errReply},
		{"no separator", "250Ok\r\n", errReply},
		{"two codes", "250-Ok\r\n251 Ok\r\n", errReply},
		{"a line too long", "250 " + strings.Repeat("x", 1995) + "\r\n", errReply},
		{"a line without end", strings.Repeat("2", 5000), errReply},
		{"too many lines", strings.Repeat("250-Ok\r\n", 100) + "250 Ok\r\n", errReply},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if r, err := read(tc.in); !errors.Is(err, tc.want) {
				t.Errorf("reply %v, error %v, want %v", r, err, tc.want)
			}
		})
	}
}

func TestParseExtensions(t *testing.T) {
	for _, tc := range []struct {
		name  string
		lines []string
		want  extensions
	}{
		{"a greeting is no extension", []string{"PIPELINING"}, extensions{}},
		{"no lines", nil, extensions{}},
		{"without regard to case", []string{"mx", "pipelining", "8bitmime", "SMTPutf8", "StartTLS"},
			extensions{pipelining: true, eightBit: true, utf8: true, starttls: true}},
		{"size with a number", []string{"mx", "SIZE 1000"}, extensions{sized: true, size: 1000}},
		{"size without one", []string{"mx", "SIZE"}, extensions{sized: true}},
		{"size zero is no limit", []string{"mx", "SIZE 0"}, extensions{sized: true}},
		{"size with nonsense", []string{"mx", "SIZE -1"}, extensions{sized: true}},
		{"both forms of AUTH", []string{"mx", "AUTH PLAIN login", "AUTH=XOAUTH2"}, extensions{auth: []string{"PLAIN", "LOGIN", "XOAUTH2"}}},
		{"unknown words and empty lines", []string{"mx", "", "PIPELININGS", "X-FOO SIZE 3"}, extensions{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := parseExtensions(tc.lines)
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(extensions{})); diff != "" {
				t.Errorf("extensions (-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzReadReply(f *testing.F) {
	for _, s := range []string{"250 Ok\r\n", "250-a\r\n250 b\r\n", "550 5.1.1 No\r\n", "354\r\n", "250-SIZE 5\r\n250 AUTH=PLAIN\r\n",
		"25", "250 \xff\x00\r\n", "999 x\r\n", "250 ok\n", "421-4.7.0 \u202e\r\n421\r\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := read(s)
		if err != nil {
			if r.code != 0 {
				t.Fatal("a reply with an error")
			}
			return
		}
		if r.code < 200 || r.code > 599 || len(r.lines) == 0 || len(r.lines) > maxReplyLines {
			t.Fatalf("reply %+v", r)
		}
		text := r.text()
		if len(text) > queue.MaxText || !utf8.ValidString(text) || text != cleanText(text) {
			t.Fatalf("text %q", text)
		}
		parseExtensions(r.lines)
		judge(answers{mail: r, rcpt: r, data: r})
	})
}
