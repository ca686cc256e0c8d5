// Package ceilings keeps files and functions short enough to be read in one go.
//
// No file has more than 500 lines and no function more than 60, tests included. A flat table or a switch of one-liners
// may be longer when the line right above it says
//
//	// ceiling: flat table
//
// Check is a function over a file tree; the test of this package applies it to the repository as it is.
package ceilings

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strings"
)

// The ceilings, in lines.
const (
	FileLines     = 500
	FunctionLines = 60
)

// exemption is the last line of the comment above a flat table.
const exemption = "// ceiling: flat table"

// Check returns a sentence for each file and each function of the tree that is too long, and for each file that is no
// Go. It passes over testdata and folders whose names begin with a dot or an underscore, as the go command does.
func Check(tree fs.FS) ([]string, error) {
	var wrong []string
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != "." && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_")) {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		wrong = append(wrong, checkFile(name, text)...)
		return nil
	})
	return wrong, err
}

func checkFile(name string, text []byte) []string {
	var wrong []string
	if n := bytes.Count(text, []byte("\n")); n > FileLines {
		wrong = append(wrong, fmt.Sprintf("%s has %d lines, more than %d", name, n, FileLines))
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return append(wrong, err.Error())
	}
	exempt := exemptions(set, file)
	ast.Inspect(file, func(n ast.Node) bool {
		what := ""
		switch n := n.(type) {
		case *ast.FuncDecl:
			what = n.Name.Name
		case *ast.FuncLit:
			what = "a function"
		default:
			return true
		}
		first, last := set.Position(n.Pos()).Line, set.Position(n.End()).Line
		if last-first+1 > FunctionLines && !exempt[first-1] {
			wrong = append(wrong, fmt.Sprintf("%s:%d: %s has %d lines, more than %d", name, first, what, last-first+1, FunctionLines))
		}
		return true
	})
	return wrong
}

// exemptions returns the lines that say that what follows is a flat table.
func exemptions(set *token.FileSet, file *ast.File) map[int]bool {
	lines := make(map[int]bool)
	for _, group := range file.Comments {
		for _, c := range group.List {
			if c.Text == exemption {
				lines[set.Position(c.Pos()).Line] = true
			}
		}
	}
	return lines
}
