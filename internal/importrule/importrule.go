// Package importrule keeps the plan of the house true: which room may use which other room, and which room owns which
// library.
//
// The plan is in table.go. Check is a pure function over a list of packages; the test of this package applies it to the
// module as it is. Only what is shipped is checked: a test may import more.
package importrule

import (
	"fmt"
	"slices"
	"strings"
)

// Module is the path of our module.
const Module = "sencoforum"

// Package is what `go list -json` says of a package.
type Package struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// Check returns a sentence for each import that the plan forbids, in the order of the packages.
func Check(packages []Package) []string {
	var wrong []string
	for _, p := range packages {
		wrong = append(wrong, checkPackage(p)...)
	}
	return wrong
}

func checkPackage(p Package) []string {
	var wrong []string
	for _, path := range slices.Concat(p.TestImports, p.XTestImports) {
		if isLibrary(path) && find(path) == nil {
			wrong = append(wrong, unowned(p, path))
		}
	}
	here := roomOf(p.ImportPath)
	if slices.Contains(notShipped, here) {
		return wrong
	}
	plan := slices.IndexFunc(table, func(r room) bool { return r.name == here })
	if plan < 0 {
		return append(wrong, fmt.Sprintf("%s: the room %q has no line in the table of internal/importrule", p.ImportPath, here))
	}
	for _, path := range p.Imports {
		switch {
		case isOurs(path):
			if there := roomOf(path); there != here && !mayImport(table[plan], there) {
				wrong = append(wrong, fmt.Sprintf("%s imports %s: %s may not use %s", p.ImportPath, path, here, there))
			}
		case isLibrary(path):
			wrong = append(wrong, checkLibrary(p, here, path)...)
		}
	}
	return wrong
}

func checkLibrary(p Package, here, path string) []string {
	lib := find(path)
	switch {
	case lib == nil:
		return []string{unowned(p, path)}
	case len(lib.owners) == 0 && strings.HasSuffix(p.ImportPath, "test"): // a conformance suite such as store/storetest
		return nil
	case slices.Contains(lib.owners, here), slices.Contains(lib.owners, "*"):
		return nil
	case len(lib.owners) == 0:
		return []string{fmt.Sprintf("%s imports %s, which is for tests only", p.ImportPath, path)}
	}
	return []string{fmt.Sprintf("%s imports %s, which belongs to %s", p.ImportPath, path, strings.Join(lib.owners, ", "))}
}

func unowned(p Package, path string) string {
	return fmt.Sprintf("%s imports %s, which has no owner in internal/importrule", p.ImportPath, path)
}

// mayImport says whether a room may use the room named there.
func mayImport(r room, there string) bool {
	if slices.Contains(r.also, there) {
		return true
	}
	i := slices.IndexFunc(table, func(other room) bool { return other.name == there })
	if i < 0 {
		return false
	}
	row := table[i].row
	return row == under || 0 <= row && row <= r.down
}

// roomOf returns the top-level folder of one of our packages, or a package that is a room below the top level.
func roomOf(path string) string {
	inside := strings.TrimPrefix(strings.TrimPrefix(path, Module), "/")
	if slices.ContainsFunc(table, func(r room) bool { return r.name == inside && r.row == under }) {
		return inside
	}
	name, _, _ := strings.Cut(inside, "/")
	return name
}

func isOurs(path string) bool { return path == Module || strings.HasPrefix(path, Module+"/") }

// isLibrary says whether a package is neither ours nor of the standard library, whose paths begin without a dot.
func isLibrary(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return strings.Contains(first, ".") && !isOurs(path)
}

// find returns the library with the longest prefix of the path, or nil.
func find(path string) *library {
	var best *library
	for i, lib := range libraries {
		if path != lib.prefix && !strings.HasPrefix(path, lib.prefix+"/") {
			continue
		}
		if best == nil || len(lib.prefix) > len(best.prefix) {
			best = &libraries[i]
		}
	}
	return best
}
