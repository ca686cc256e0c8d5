package failpoint

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"testing"
)

// TestEachPlaceStandsOnceInTheShippedCode reads all shipped code: each name has exactly one line that hits it, and each
// line names a place by its constant.
func TestEachPlaceStandsOnceInTheShippedCode(t *testing.T) {
	constants := namesByConstant(t)
	where := map[Name][]string{}
	shipped(t, os.DirFS("../.."), func(file string, f *ast.File) {
		for _, hit := range hits(f) {
			name, known := constants[hit]
			if !known {
				t.Errorf("%s hits %q, which is no name of the table", file, hit)
			}
			where[name] = append(where[name], file)
		}
	})
	for _, name := range Names() {
		if len(where[name]) != 1 {
			t.Errorf("%s stands at %d places: %q", name, len(where[name]), where[name])
		}
	}
}

func TestTheTableHasEachNameOnceWithASentence(t *testing.T) {
	constants := namesByConstant(t)
	if len(constants) != len(table) {
		t.Errorf("%d constants, %d lines in the table", len(constants), len(table))
	}
	seen := map[Name]bool{}
	for _, row := range table {
		room, rest, _ := strings.Cut(string(row.name), ".")
		if room == "" || rest == "" || seen[row.name] {
			t.Errorf("%q is no ROOM.PLACE, or stands twice", row.name)
		}
		seen[row.name] = true
		if !strings.HasSuffix(row.text, ".") || Text(row.name) != row.text {
			t.Errorf("%s has the sentence %q", row.name, row.text)
		}
	}
	for constant, name := range constants {
		if !seen[name] {
			t.Errorf("%s is %q, which is not in the table", constant, name)
		}
	}
}

// namesByConstant reads the constants of names.go.
func namesByConstant(t *testing.T) map[string]Name {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "names.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]Name{}
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Names) != 1 || len(spec.Values) != 1 {
			return true
		}
		if lit, ok := spec.Values[0].(*ast.BasicLit); ok {
			name, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			all[spec.Names[0].Name] = Name(name)
		}
		return true
	})
	return all
}

// shipped calls each for every file that is part of the server.
func shipped(t *testing.T, tree fs.FS, each func(file string, f *ast.File)) {
	t.Helper()
	err := fs.WalkDir(tree, ".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && file != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || file == "internal" || file == "bench"):
			return fs.SkipDir
		case d.IsDir() || path.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go"):
			return nil
		}
		text, err := fs.ReadFile(tree, file)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, text, parser.SkipObjectResolution)
		if err == nil {
			each(file, f)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// hits returns the constants that a file hands to Hit; "" for an argument that is none.
func hits(f *ast.File) []string {
	var all []string
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || !of(call.Fun, "Hit") {
			return true
		}
		constant := ""
		if arg, ok := call.Args[0].(*ast.SelectorExpr); ok && of(arg, arg.Sel.Name) {
			constant = arg.Sel.Name
		}
		all = append(all, constant)
		return true
	})
	return all
}

// of reports whether an expression is failpoint.NAME.
func of(e ast.Expr, name string) bool {
	s, ok := e.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != name {
		return false
	}
	pkg, ok := s.X.(*ast.Ident)
	return ok && pkg.Name == "failpoint"
}
