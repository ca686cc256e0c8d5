package config

import (
	_ "embed"
	"fmt"
	"strings"
)

// The file at the top of the repository is a copy of this one, which a test keeps identical.
//
//go:embed example.toml
var example string

// Example returns the commented example file: every key, its reason and its default.
func Example() string { return example }

// Show returns the whole configuration as a file that Load would read. It shows where passwords come from and never a
// password, because a Config holds none.
func (c Config) Show() string {
	var b strings.Builder
	at := ""
	for _, s := range c.settings() {
		before, last := section(s.key)
		if before != at {
			fmt.Fprintf(&b, "\n[%s]\n", before)
			at = before
		}
		fmt.Fprintf(&b, "%s = %s\n", last, literal(s.field))
	}
	return b.String()
}

// literal writes the value of a field in TOML.
func literal(field any) string {
	switch field := field.(type) {
	case *string:
		return quote(*field)
	case *[]string:
		texts := make([]string, len(*field))
		for i, s := range *field {
			texts[i] = quote(s)
		}
		return "[" + strings.Join(texts, ", ") + "]"
	case *bool:
		return fmt.Sprint(*field)
	case *int:
		return fmt.Sprint(*field)
	case fmt.Stringer:
		return quote(field.String())
	}
	return ""
}

// quote writes a basic string (TOML 1.0, section "String").
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
