package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sencoforum/moderate"
)

// valueActions are the expressions in actions that hold a value of a type, and what they can be where they stand.
var valueActions = map[string]func(*sources) []string{
	"string(d.Verdict)": func(s *sources) []string { return s.typed["hold.Verdict"] },
	"string(en.Act)":    func(*sources) []string { return []string{"hide", "show"} },
	`"act " + string(act.Kind)`: func(s *sources) []string {
		return s.acts("act ", func(a moderate.Act) bool { return a.OnPerson() || a.OnList() })
	},
	`"thread " + string(act.Kind)`: func(s *sources) []string {
		return s.acts("thread ", func(a moderate.Act) bool {
			switch a.Kind { // these are jobs, which write for themselves
			case moderate.ActRecall, moderate.ActErasure, moderate.ActRelease, moderate.ActRedact, moderate.ActHide:
				return false
			}
			return !a.OnPerson() && !a.OnList()
		})
	},
}

// Every action that the program writes into the record has words on its page, and no words stand there for what nothing writes.
func TestEveryActionOfTheRecordHasWords(t *testing.T) {
	s := readSources(t, "..")
	all := map[string]bool{}
	for _, w := range s.written {
		found := s.resolve(w)
		if len(found) == 0 {
			t.Errorf("%s: what can %s be? If it is clear, write it into valueActions", s.set.Position(w.is.Pos()), types.ExprString(w.is))
		}
		for _, a := range found {
			all[a] = true
		}
	}
	if len(all) < 80 {
		t.Errorf("there are %d actions: %q", len(all), slices.Sorted(maps.Keys(all)))
	}
	for _, a := range slices.Sorted(maps.Keys(all)) {
		if didWords(a) == a {
			t.Errorf("the action %q has no words", a)
		}
	}
	for _, a := range slices.Sorted(maps.Keys(did)) {
		if !all[a] {
			t.Errorf("nothing writes the action %q", a)
		}
	}
	for a := range acted {
		if !all["act "+a] {
			t.Errorf("nothing writes the action %q", "act "+a)
		}
	}
}

// sources are the programs of the module, without their tests.
type sources struct {
	set     *token.FileSet
	funcs   map[string][]*ast.FuncDecl // by package
	consts  map[string]string          // by package and name
	typed   map[string][]string        // constants, by package and type
	fields  map[string][]string        // what is written into a field of any table, by package and field
	written []place                    // actions
}

// A place is an expression in a function of a package.
type place struct {
	pkg string
	in  *ast.FuncDecl
	is  ast.Expr
}

func readSources(t *testing.T, root string) *sources {
	t.Helper()
	s := &sources{set: token.NewFileSet(), funcs: map[string][]*ast.FuncDecl{}, consts: map[string]string{}, typed: map[string][]string{}, fields: map[string][]string{}}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && path != root):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(s.set, path, nil, parser.SkipObjectResolution)
		if err == nil {
			for _, d := range f.Decls {
				s.read(f.Name.Name, d)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// read takes in what a file declares: functions, constants, fields, and what is written as an action.
func (s *sources) read(pkg string, d ast.Decl) {
	fn, _ := d.(*ast.FuncDecl)
	if fn != nil {
		s.funcs[pkg] = append(s.funcs[pkg], fn)
	}
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			for i, v := range n.Values {
				if is, ok := literal(v); ok && i < len(n.Names) {
					s.consts[pkg+"."+n.Names[i].Name] = is
					if of, ok := n.Type.(*ast.Ident); ok {
						s.typed[pkg+"."+of.Name] = append(s.typed[pkg+"."+of.Name], is)
					}
				}
			}
		case *ast.CompositeLit:
			of := ""
			if n.Type != nil {
				of = types.ExprString(n.Type)
			}
			for _, e := range n.Elts {
				kv, ok := e.(*ast.KeyValueExpr)
				if !ok {
					continue
				}
				name := types.ExprString(kv.Key)
				if is, ok := literal(kv.Value); ok {
					s.fields[pkg+"."+name] = append(s.fields[pkg+"."+name], is)
				}
				if name == "Action" && (of == "audit.Entry" || pkg == "audit" && of == "Entry") {
					s.written = append(s.written, place{pkg, fn, kv.Value})
				}
			}
		}
		return true
	})
}

func literal(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	is, err := strconv.Unquote(l.Value)
	return is, err == nil
}

// acts are the kinds of acts that fit, behind a word.
func (s *sources) acts(before string, fits func(moderate.Act) bool) (all []string) {
	for _, k := range s.typed["moderate.ActKind"] {
		if fits(moderate.Act{Kind: moderate.ActKind(k)}) {
			all = append(all, before+k)
		}
	}
	return all
}

// resolve is what an expression can be: a literal, a constant, a literal before something, a field of a table, what the function gave a
// variable before, or what the callers of the function hand in. Nothing where that is not clear.
func (s *sources) resolve(w place) []string {
	if of, ok := valueActions[types.ExprString(w.is)]; ok {
		return of(s)
	}
	switch e := w.is.(type) {
	case *ast.BasicLit:
		is, _ := literal(e)
		return []string{is}
	case *ast.BinaryExpr:
		var all []string
		for _, before := range s.resolve(place{w.pkg, w.in, e.X}) {
			for _, behind := range s.resolve(place{w.pkg, w.in, e.Y}) {
				all = append(all, before+behind)
			}
		}
		return all
	case *ast.SelectorExpr:
		return s.fields[w.pkg+"."+e.Sel.Name]
	case *ast.Ident:
		if is, ok := s.consts[w.pkg+"."+e.Name]; ok {
			return []string{is}
		}
		if i := parameter(w.in, e.Name); i >= 0 {
			return s.handed(w.pkg, w.in, i)
		}
		return s.given(w, e.Name)
	}
	return nil
}

// parameter is which one of a function's parameters has a name; -1: none.
func parameter(fn *ast.FuncDecl, name string) int {
	i := 0
	for _, f := range fn.Type.Params.List {
		for _, n := range f.Names {
			if n.Name == name {
				return i
			}
			i++
		}
	}
	return -1
}

// handed is what the callers of a function hand in, in its own package, and in others where its name is to be seen there.
func (s *sources) handed(pkg string, fn *ast.FuncDecl, i int) (all []string) {
	for in, funcs := range s.funcs {
		if in != pkg && !fn.Name.IsExported() {
			continue
		}
		for _, f := range funcs {
			ast.Inspect(f, func(n ast.Node) bool {
				if c, ok := n.(*ast.CallExpr); ok && len(c.Args) > i && called(c.Fun) == fn.Name.Name && !(f == fn) {
					all = append(all, s.resolve(place{in, f, c.Args[i]})...)
				}
				return true
			})
		}
	}
	return all
}

func called(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// given is what a function gives a variable of its own.
func (s *sources) given(w place, name string) (all []string) {
	ast.Inspect(w.in, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok {
			for i, l := range a.Lhs {
				if id, ok := l.(*ast.Ident); ok && id.Name == name && i < len(a.Rhs) {
					all = append(all, s.resolve(place{w.pkg, w.in, a.Rhs[i]})...)
				}
			}
		}
		return true
	})
	return all
}
