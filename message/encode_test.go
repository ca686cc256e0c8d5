package message

import (
	"bytes"
	"strings"
	"testing"
	"testing/quick"
)

func TestEncodeText(t *testing.T) {
	long := strings.Repeat("word ", 200)
	for _, c := range []struct{ name, in, encoding, want string }{
		{"ASCII in short lines stays", "a\nb\r\nc", "7bit", "a\r\nb\r\nc"},
		{"nothing stays nothing", "", "7bit", ""},
		{"spaces at the end of a line may stay in 7bit", "-- \nx\n", "7bit", "-- \r\nx\r\n"},
		{"a few other letters are escaped", "The café is open at ten.\n", "quoted-printable", "The caf=C3=A9 is open at ten.\r\n"},
		{"spaces at the end are escaped then", "The café is open today \n", "quoted-printable", "The caf=C3=A9 is open today=20\r\n"},
		{"a line that begins with From is escaped then", "From the café, with many greetings\n", "quoted-printable", "=46rom the caf=C3=A9, with many greetings\r\n"},
		{"a dot alone is nothing special", "a\n.\nb", "7bit", "a\r\n.\r\nb"},
		{"mostly other letters are base64", "привет", "base64", "0L/RgNC40LLQtdGC\r\n"},
		{"a bare CR is escaped", "one\rtwo", "quoted-printable", "one=0Dtwo"},
		{"no line is over 76", strings.Repeat("é", 12) + strings.Repeat("a", 200), "quoted-printable",
			strings.Repeat("=C3=A9", 12) + "aaa=\r\n" + strings.Repeat("a", 75) + "=\r\n" + strings.Repeat("a", 75) + "=\r\n" + strings.Repeat("a", 47)},
		{"a long line is broken", long, "quoted-printable", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			encoding, body := encodeText([]byte(c.in))
			if encoding != c.encoding || c.want != "" && string(body) != c.want {
				t.Errorf("got %s %q\nwant %s %q", encoding, body, c.encoding, c.want)
			}
			if bare, ok := inspect(body); !ok || bare > 0 {
				t.Errorf("may not travel: %q", body)
			}
		})
	}
}

// What is encoded decodes to the same, whatever it is.
func TestEncodeRoundTrip(t *testing.T) {
	check := func(in []byte, lines uint8) bool {
		for range lines % 4 {
			in = append(in, " \r\n.\tFrom é=\n"...)
		}
		encoding, text := encodeText(in)
		read := &Part{Encoding: encoding, Body: text}
		for line := range bytes.Lines(text) {
			if encoding != "7bit" && len(line) > 78 {
				t.Errorf("line of %d octets", len(line))
			}
		}
		file := &Part{Encoding: "base64", Body: encodeBase64(in)}
		return bytes.Equal(read.Content(), crlf(in)) && bytes.Equal(file.Content(), in)
	}
	if err := quick.Check(check, nil); err != nil {
		t.Error(err)
	}
}

func TestCanonical(t *testing.T) {
	for _, c := range []struct {
		name, in, want string
		ok             bool
	}{
		{"canonical lines stay", "a\r\n\r\nb", "a\r\n\r\nb", true},
		{"LF becomes CRLF", "a\n\nb\r\nc\n", "a\r\n\r\nb\r\nc\r\n", true},
		{"998 octets may travel", strings.Repeat("a", 998) + "\r\n", strings.Repeat("a", 998) + "\r\n", true},
		{"999 may not", strings.Repeat("a", 999), "", false},
		{"NUL may not", "a\x00", "", false},
		{"a bare CR may not", "a\rb\r\n", "", false},
		{"nor two before LF", "a\r\r\n", "", false},
		{"nor one at the end", "a\r", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := canonical([]byte(c.in))
			if ok != c.ok || ok && string(got) != c.want {
				t.Errorf("got %v %q", ok, got)
			}
		})
	}
}
