package ceilings

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestNothingInTheRepositoryIsTooLong(t *testing.T) {
	wrong, err := Check(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range wrong {
		t.Error(one)
	}
}

// function returns a function of n lines.
func function(n int) string { return "func f() {\n" + strings.Repeat("\t_ = 0\n", n-2) + "}\n" }

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		want             []string
	}{
		{"a file of 500 lines", "a/a.go", "package a\n" + strings.Repeat("\n", 499), nil},
		{"a file of 501 lines", "a/a.go", "package a\n" + strings.Repeat("\n", 500), []string{"a/a.go has 501 lines, more than 500"}},
		{"a test is a file too", "a_test.go", "package a\n" + strings.Repeat("\n", 500), []string{"a_test.go has 501 lines, more than 500"}},
		{"a function of 60 lines", "a.go", "package a\n" + function(60), nil},
		{"a function of 61 lines", "a.go", "package a\n" + function(61), []string{"a.go:2: f has 61 lines, more than 60"}},
		{"its comment does not count", "a.go", "package a\n\n" + strings.Repeat("// f\n", 9) + function(60), nil},
		{"a long method", "a.go", "package a\n" + strings.Replace(function(61), "f()", "(t T) f()", 1), []string{"a.go:2: f has 61 lines, more than 60"}},
		{"a long function in a variable", "a.go", "package a\nvar v = " + strings.Replace(function(61), "f()", "()", 1),
			[]string{"a.go:2: a function has 61 lines, more than 60"}},
		{"a flat table", "a.go", "package a\n// f is a table.\n//\n// ceiling: flat table\n" + function(99), nil},
		{"a flat table elsewhere", "a.go", "package a\n// ceiling: flat table\n\n" + function(99), []string{"a.go:4: f has 99 lines, more than 60"}},
		{"an exemption is for one function", "a.go", "package a\n// ceiling: flat table\n" + function(99) + function(99),
			[]string{"a.go:102: f has 99 lines, more than 60"}},
		{"no Go", "a.go", "package 1\n", []string{"a.go:1:9: expected 'IDENT', found 1"}},
		{"testdata is passed over", "a/testdata/a.go", "package a\n" + function(61), nil},
		{"a hidden folder is passed over", ".cache/a.go", "package a\n" + function(61), nil},
		{"another sort of file", "a.txt", strings.Repeat("\n", 999), nil},
	} {
		got, err := Check(fstest.MapFS{c.file: &fstest.MapFile{Data: []byte(c.text)}})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
