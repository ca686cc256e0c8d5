package courier

import (
	"strconv"
	"strings"
)

// extensions are what a peer offers in its reply to EHLO (RFC 5321 §2.2).
type extensions struct {
	pipelining bool     // RFC 2920
	eightBit   bool     // 8BITMIME, RFC 6152
	utf8       bool     // SMTPUTF8, RFC 6531
	starttls   bool     // RFC 3207
	sized      bool     // SIZE, RFC 1870
	size       int64    // greatest message in octets, 0: not said
	auth       []string // mechanisms in upper case, RFC 4954
}

// parseExtensions reads the lines of a reply to EHLO; the first is a greeting. What it does not know it ignores.
func parseExtensions(lines []string) extensions {
	var x extensions
	for _, line := range lines[min(1, len(lines)):] {
		// Old servers write "AUTH=PLAIN LOGIN".
		words := strings.Fields(strings.Replace(strings.ToUpper(line), "AUTH=", "AUTH ", 1))
		if len(words) == 0 {
			continue
		}
		switch words[0] {
		case "PIPELINING":
			x.pipelining = true
		case "8BITMIME":
			x.eightBit = true
		case "SMTPUTF8":
			x.utf8 = true
		case "STARTTLS":
			x.starttls = true
		case "AUTH":
			x.auth = append(x.auth, words[1:]...)
		case "SIZE":
			x.sized = true
			x.size = parseSize(words[1:])
		}
	}
	return x
}

// parseSize reads the argument of SIZE; what is absent or no number says nothing.
func parseSize(args []string) int64 {
	if len(args) == 0 {
		return 0
	}
	n, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
