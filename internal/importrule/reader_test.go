package importrule

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOnlySignInMakesReaders holds the promise of list.Reader: whoever has one got it by signing in.
func TestOnlySignInMakesReaders(t *testing.T) {
	root := os.DirFS("../..")
	found := 0
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := fs.ReadFile(root, path)
		if err != nil || !strings.Contains(string(b), "list.ReaderOf(") {
			return err
		}
		found++
		if room, _, _ := strings.Cut(path, "/"); room != "signin" {
			t.Errorf("%s makes a reader; only signin does", path)
		}
		return nil
	})
	if err != nil || found == 0 {
		t.Errorf("%d files make readers, %v", found, err)
	}
}
