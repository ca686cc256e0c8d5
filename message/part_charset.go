package message

import (
	"strings"
	"unicode/utf8"
)

// Mislabelled reports a text whose bytes are not in the charset that it says, or are beyond ASCII while it says none: what
// is shown of it rests on a guess.
func (p *Part) Mislabelled() bool {
	if len(p.Parts) > 0 || !strings.HasPrefix(p.Type, "text/") {
		return false
	}
	label := strings.Trim(strings.ToLower(p.Params["charset"]), " \t\"'")
	switch label {
	case "utf-8", "utf8":
		return !utf8.Valid(p.Content())
	case "", "us-ascii", "ascii", "unknown-8bit", "x-unknown", "default":
		return !isASCII(string(p.Content()))
	}
	return len(label) > maxCharset || !strings.Contains(label, "utf-7") && charset(label) == nil && !isASCII(string(p.Content()))
}
