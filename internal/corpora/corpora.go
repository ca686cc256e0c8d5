// Package corpora finds the collections of real and hostile mail that tests
// read. They are not part of the repository; a test that finds none is skipped.
package corpora

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// Dir returns the directory of the collection called name, below
// $SENCOFORUM_CORPORA or else below ../shared/corpora beside the module. Where it
// is absent the test is skipped, and says so.
func Dir(t testing.TB, name string) string {
	t.Helper()
	base := os.Getenv("SENCOFORUM_CORPORA")
	if base == "" {
		base = filepath.Join(moduleRoot(t), "..", "shared", "corpora")
	}
	dir := filepath.Join(base, name)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("SKIPPED: NO CORPUS %q: set SENCOFORUM_CORPORA to the directory that holds it (%v)", name, err)
	}
	return dir
}

// Files returns the files below dir whose names match pattern, in their order.
// It fails the test where there are none.
func Files(t testing.TB, dir, pattern string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if ok, err := filepath.Match(pattern, d.Name()); !ok || err != nil {
			return err
		}
		files = append(files, path)
		return nil
	})
	if err != nil {
		t.Fatalf("read corpus %s: %v", dir, err)
	}
	if len(files) == 0 {
		t.Fatalf("read corpus %s: no file matches %s", dir, pattern)
	}
	return files
}

// RealMbox returns the mbox of twenty years of a public mailing list of programmers, in which no child is named.
func RealMbox(t testing.TB) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join(Dir(t, "archive-twisted-web"), "twisted-web.mbox.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	mbox, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return mbox
}

// moduleRoot is the nearest directory above the test's that holds go.mod.
func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatalf("find the module: %v", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatalf("find the module: no go.mod above the test")
		}
		dir = parent
	}
}
