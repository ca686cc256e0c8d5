package doctor

import (
	"fmt"
	"strings"
)

// ttl is how long others may keep a record, in seconds.
const ttl = 3600

// maxString is the length of one string of a TXT record (RFC 1035 §3.3).
const maxString = 255

// Zone writes records as a snippet of a zone file (RFC 1035 §5). What does not belong into the zone, or not yet, stands
// there as a comment.
func Zone(records []Record, files []PolicyFile) string {
	var b strings.Builder
	for _, r := range records {
		line := fmt.Sprintf("%s. %d IN %s %s\n", r.Name, ttl, r.Type, r.data())
		switch r.Place {
		case InZone:
			fmt.Fprintf(&b, "; %s\n%s", r.Title, line)
		case AtHost:
			fmt.Fprintf(&b, "; Not here but at your hosting provider: %s, PTR, %s\n", r.Name, r.Value)
		case Undecided:
			fmt.Fprintf(&b, "; To be completed: %s\n; %s", r.Title, line)
		case Later:
			fmt.Fprintf(&b, "; When the policy file is on the web: %s\n; %s", r.Title, line)
		}
	}
	for _, f := range files {
		fmt.Fprintf(&b, "; %s has to be this file:\n", f.URL)
		for line := range strings.Lines(f.Text) {
			b.WriteString(";   " + line)
		}
	}
	return b.String()
}

// data is the value in the form of a zone file.
func (r Record) data() string {
	switch r.Type {
	case "MX":
		return fmt.Sprintf("%d %s.", r.Priority, r.Value)
	case "TXT":
		return quoted(r.Value)
	}
	return r.Value
}

// quoted writes a text as the strings of a TXT record.
func quoted(text string) string {
	var parts []string
	for len(text) > maxString {
		parts, text = append(parts, text[:maxString]), text[maxString:]
	}
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	for i, p := range append(parts, text) {
		p = `"` + escape.Replace(p) + `"`
		if i < len(parts) {
			parts[i] = p
		} else {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, " ")
}
