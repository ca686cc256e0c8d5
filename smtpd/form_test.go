package smtpd

import (
	"strings"
	"testing"
)

func TestForm(t *testing.T) {
	tests := []struct {
		name string
		in   string
		want flaw
	}{
		{"an empty message has no flaw", "", ""},
		{"lines that end with CRLF have no flaw", "a\r\n\r\n.\r\n", ""},
		{"the last line may lack its end", "a\r\nb", ""},
		{"a line of the limit passes", strings.Repeat("x", 10) + "\r\n", ""},
		{"a line over the limit", strings.Repeat("x", 11) + "\r\n", flawLine},
		{"a CR before a letter", "a\rb\r\n", flawCR},
		{"a CR before CRLF", "a\r\r\n", flawCR},
		{"a CR at the very end", "a\r\n\r", flawCR},
		{"an LF after a letter", "a\nb\r\n", flawLF},
		{"an LF at the start", "\na\r\n", flawLF},
		{"an LF after CRLF", "a\r\n\n", flawLF},
		{"a NUL", "a\x00b\r\n", flawNUL},
		{"a NUL between CR and LF", "a\r\x00\n", flawCR},
		{"a framing flaw is worse than a long line", strings.Repeat("x", 11) + "\n", flawLF},
		{"the first framing flaw counts", "a\nb\rc\x00", flawLF},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for cut := range len(tt.in) + 1 {
				f := form{limit: 10}
				f.scan([]byte(tt.in[:cut]))
				f.scan([]byte(tt.in[cut:]))
				if got := f.verdict(); got != tt.want {
					t.Errorf("cut at %d: got %q, want %q", cut, got, tt.want)
				}
			}
		})
	}
}
