package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing that is wrong with a configuration.
type Fault struct {
	File    string // empty from Validate
	Line    int    // 0 where the file has no such line
	Key     string // such as "smtp.listen"; empty for a fault of the whole file
	Problem string
	Next    string // what to do about it
}

// String returns the fault as one line: "forum.toml: line 12: smtp.listn: no such key; did you mean smtp.listen?"
func (f Fault) String() string {
	var b strings.Builder
	if f.File != "" {
		b.WriteString(f.File + ": ")
	}
	if f.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", f.Line)
	}
	if f.Key != "" {
		b.WriteString(f.Key + ": ")
	}
	b.WriteString(f.Problem)
	if f.Next != "" {
		b.WriteString("; " + f.Next)
	}
	return b.String()
}

// Faults is everything that is wrong with a configuration, in the order of the file; as an error, one line for each.
type Faults []Fault

// Error returns all faults, each on its line.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, one := range f {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// sorted returns the faults in the order of the file, those without a line last.
func (f Faults) sorted() Faults {
	slices.SortStableFunc(f, func(a, b Fault) int {
		if (a.Line == 0) != (b.Line == 0) {
			return cmp.Compare(b.Line, a.Line)
		}
		return cmp.Compare(a.Line, b.Line)
	})
	return f
}
