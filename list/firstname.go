package list

import "strings"

// FirstName is what somebody is called in a sentence: the first word of the name, or all of it where that is no first name. It is
// empty where there is no name.
func FirstName(name string) string {
	name = CleanName(name)
	first, _, more := strings.Cut(name, " ")
	if more && (len([]rune(first)) < 2 || strings.ContainsAny(first, ".,") || titles[strings.ToLower(first)]) {
		return name
	}
	return first
}

// titles stand before a name.
var titles = map[string]bool{
	"mr": true, "mrs": true, "ms": true, "miss": true, "mx": true, "dr": true, "prof": true, "professor": true,
	"rev": true, "revd": true, "sir": true, "dame": true, "lady": true, "lord": true, "the": true, "a": true,
}
